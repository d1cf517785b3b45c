"""Training that nobody watches: the written-out NumPy step, without a tape."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from mlviz.autograd import Array
from mlviz.errors import EngineError
from mlviz.learn.rules import UpdateRule
from mlviz.learn.training import QuickStep, Recording
from mlviz.trace.numpy_code import CompiledStep, compile_step


def quick_step(recording: Recording, rule: UpdateRule) -> QuickStep | None:
    """Return the quick form of a recorded step; None if it cannot be written as NumPy."""
    try:
        step = compile_step(recording.tape, recording.output, rule)
    except EngineError:
        return None
    return _Quick(step, rule, is_number=not recording.tape[recording.output].value.shape)


class _Quick:
    """A compiled step that is given everything it works with; see `QuickStep`."""

    def __init__(self, step: CompiledStep, rule: UpdateRule, *, is_number: bool) -> None:
        self.parameters = tuple(step.origins[name] for name in step.parameters)
        # The rule's states stand in the source parameter by parameter, in the rule's order.
        self.kept = tuple(
            (step.origins[name], part)
            for name in step.parameters
            for part in rule.kept
            if f"{name}_{part}" in step.state
        )
        self._function: Callable[..., Any] = step.function
        self._given = [(step.origins[name], value) for name, value in step.inputs.items()]
        self._keeps = bool(step.state)
        self._is_number = is_number

    def __call__(
        self,
        data: Mapping[str, Array],
        parameters: Sequence[Array],
        kept: Sequence[Array],
        settings: Sequence[float],
    ) -> tuple[float, Sequence[Array]]:
        inputs = [data.get(origin, value) for origin, value in self._given]
        found = self._function(*inputs, *parameters, *kept, *settings)
        if self._keeps:
            loss, *kept = found
        else:
            loss = found
        return loss if self._is_number else float(np.sum(loss)), kept
