"""A training step as a NumPy script that runs by itself: nothing of MLViz is needed for it."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from mlviz.autograd import Array
from mlviz.autograd.expression import erf, stable_sigmoid
from mlviz.learn.training import Iteration
from mlviz.trace.numpy_code import CompiledStep, compile_step

MOST_NUMBERS = 5_000
"""Beside more numbers than these the step would not be found in the script."""

RUNS = 10
"""How many steps the script does when it is run."""

_IMPORT = "import numpy as np\n"


def numpy_script(iteration: Iteration) -> str:
    """Return `iteration` as a script: the step as a function, its numbers, and a loop.

    Only identifiers and comments of our own making are in it, and numbers.

    Args:
        iteration: a recorded iteration; its parameters are what the script starts from.
    """
    step = compile_step(iteration)
    parts = [
        (_IMPORT + _helpers(step.source)).rstrip("\n"),
        step.source.removeprefix(_IMPORT).strip("\n"),
    ]
    given = {**step.inputs, **step.parameters, **step.state}
    if sum(value.size for value in given.values()) > MOST_NUMBERS:
        shapes = "\n".join(f"#   {name}: {value.shape}" for name, value in given.items())
        parts.append(f"# To run it, give it arrays of these shapes:\n{shapes}")
    else:
        parts.append(_main(step, given))
    return "\n\n\n".join(parts) + "\n"


def _helpers(source: str) -> str:
    """Return what the step calls beside NumPy, as it stands in the engine."""
    text = ""
    if "OPS[" in source:
        text += "from mlviz.autograd import OPS\n"
    if "erf(" in source:
        text = "import math\n\n" + text
        text += _plain(erf).replace("_erf(x)", "np.frompyfunc(math.erf, 1, 1)(x)")
    if "sigmoid(" in source:
        text += _plain(stable_sigmoid).replace("stable_sigmoid", "sigmoid")
    return text.rstrip("\n")


def _plain(function: Callable[..., Any]) -> str:
    """Return a function's source without its types."""
    body = inspect.getsource(function).replace(": Any", "").replace(" -> Any", "")
    return f"\n\n{body.rstrip()}\n"


def _main(step: CompiledStep, given: dict[str, Array]) -> str:
    lines = ['if __name__ == "__main__":']
    for name, value in given.items():
        lines.append(f"    {name} = {_array(name, value)}")
    for name, setting in step.settings.items():
        lines.append(f"    {name} = {setting!r}")
    results = ", ".join(["loss", *step.state])
    arguments = ", ".join([*given, *step.settings])
    lines += [
        "",
        f"    for number in range(1, {RUNS + 1}):",
        f"        {results} = step({arguments})",
        "        print(number, loss)",
    ]
    return "\n".join(lines)


def _array(name: str, value: Array) -> str:
    """Write an array with every digit, so that the script starts from the same bits."""
    prefix = f"    {name} = np.array("
    text = np.array2string(
        value,
        separator=", ",
        floatmode="unique",
        max_line_width=98,
        threshold=MOST_NUMBERS + 1,
        prefix=prefix,
    )
    kind = "" if value.dtype in (np.float64, np.int64) else f", dtype=np.{value.dtype}"
    return f"np.array({text}{kind})"
