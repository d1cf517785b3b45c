"""Training that nobody watches: the written-out NumPy step, without a tape."""

from collections.abc import Mapping, Sequence

import numpy as np

from mlviz.autograd import Array
from mlviz.errors import EngineError
from mlviz.learn.training import QuickStep, Recording
from mlviz.trace.numpy_code import CompiledGradients, compile_gradients


def quick_step(recording: Recording) -> QuickStep | None:
    """Return the quick form of a recorded step; None if it cannot be written as NumPy."""
    try:
        compiled = compile_gradients(recording.tape, recording.output)
    except EngineError:
        return None
    if compiled.reached != compiled.parameters:
        return None
    return _Quick(compiled, is_number=not recording.tape[recording.output].value.shape)


class _Quick:
    """A compiled step that is given everything it works with; see `QuickStep`."""

    def __init__(self, compiled: CompiledGradients, *, is_number: bool) -> None:
        self.parameters = compiled.parameters
        self._function = compiled.function
        self._given = compiled.inputs
        self._is_number = is_number

    def __call__(
        self, data: Mapping[str, Array], parameters: Sequence[Array]
    ) -> tuple[float, Sequence[Array]]:
        inputs = [data.get(origin, value) for origin, value in self._given]
        loss, *gradients = self._function(*inputs, *parameters)
        return loss if self._is_number else float(np.sum(loss)), gradients
