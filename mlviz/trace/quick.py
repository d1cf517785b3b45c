"""Training that nobody watches: the written-out NumPy step, without a tape."""

from collections.abc import Mapping

import numpy as np

from mlviz.autograd import Array
from mlviz.errors import EngineError
from mlviz.learn.rules import UpdateRule
from mlviz.learn.training import Parameters, QuickStep, Recording, States
from mlviz.trace.numpy_code import compile_step


def quick_step(recording: Recording, rule: UpdateRule) -> QuickStep | None:
    """Return the quick form of a recorded step; None if it cannot be written as NumPy."""
    try:
        step = compile_step(recording.tape, recording.output, rule)
    except EngineError:
        return None
    inputs = {origin: name for name, origin in step.origins.items() if name in step.inputs}

    def run(
        parameters: Parameters, states: States, data: Mapping[str, Array]
    ) -> tuple[Parameters, States]:
        for name, array in step.parameters.items():
            np.copyto(array, parameters[step.origins[name]])
            for part in rule.kept:
                step.state[f"{name}_{part}"] = states[step.origins[name]][part]
        step(**{inputs[origin]: value for origin, value in data.items() if origin in inputs})
        after, kept = dict(parameters), dict(states)
        for name, array in step.parameters.items():
            origin = step.origins[name]
            after[origin] = array.copy()
            kept[origin] = {part: step.state[f"{name}_{part}"] for part in rule.kept}
        return after, kept

    return run
