"""One training after the other as long work: a generator that tells how far it is.

`ui.work` runs it in slices of the one clock; here nothing knows of time but the length of a
slice.
"""

from collections.abc import Generator

from mlviz.errors import ArgumentError
from mlviz.learn.run import Run
from mlviz.learn.stop import StopRules

SLICE_SECONDS = 0.004
"""Training between two reports of how far it is."""


def trained(run: Run) -> Generator[float, None, None]:
    """Train a run until its rules stop it; yield how much of it is done, 0 … 1."""
    last = _last(run, run.stop)
    while run.stopped is None:
        run.advance_for(SLICE_SECONDS)
        yield min((run.head - 1) / last, 1.0)


def check_ends(stop: StopRules) -> None:
    """Refuse rules that might never stop a training.

    Raises:
        ArgumentError: there is neither a number of epochs nor one of iterations.
    """
    if stop.iterations is None and stop.epochs is None:
        raise ArgumentError.out_of_range("stop.epochs", None, "≥ 1")


def _last(run: Run, stop: StopRules) -> int:
    """Return the last iteration that can be done."""
    ends = [] if stop.iterations is None else [stop.iterations]
    if stop.epochs is not None:
        each = getattr(run.training.program, "iterations_per_epoch", 1)
        ends.append(stop.epochs * each)
    return max(min(ends), 1)
