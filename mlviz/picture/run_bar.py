"""The whole history of a run on one bar: how long it is, and what is worth going to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlviz.i18n import Message
from mlviz.learn.run import Run
from mlviz.learn.training import epoch_of


@dataclass(frozen=True, slots=True, eq=False)
class RunBar:
    """What a bar of a run shows; places are iterations, from 1 to `total`.

    Attributes:
        total: how long the bar is: the head, or what was planned if that is farther.
        head: as far as training came.
        measured: where all rows were measured, usually once an epoch.
        best: where the validation loss was lowest, or None.
        branches: where runs went their own ways.
        changes: from where on other settings held.
        data: from where on there were other examples.
        stop: where it stopped by itself, or None.
        reason: why it stopped there.
        is_bad: whether it stopped because a number was not finite.
    """

    total: int
    head: int
    measured: NDArray[np.float64]
    best: int | None
    branches: tuple[int, ...]
    changes: tuple[int, ...]
    data: tuple[int, ...]
    stop: int | None
    reason: Message | None
    is_bad: bool


def run_bar(run: Run, branches: Sequence[int] = (), changes: Sequence[int] = ()) -> RunBar:
    """Return the bar of a run, with the places where other runs left it, or it was changed."""
    stopped, data = run.stopped, run.training.data_changes
    return RunBar(
        total=max(run.head, planned(run), 2),
        head=run.head,
        measured=run.curves.at,
        best=run.best if run.head > 1 else None,
        branches=tuple(sorted({at for at in branches if at > 1} - {*data})),
        changes=tuple(sorted({at for at in changes if at > 1} - {*data, *branches})),
        data=data,
        stop=None if stopped is None else stopped.iteration,
        reason=None if stopped is None else stopped.reason,
        is_bad=stopped is not None and stopped.rule == "not_finite",
    )


def planned(run: Run) -> int:
    """Return how far a run is to go at least: what its file and its stop rules say."""
    ends = [run.training.iterations]
    if run.stop.iterations is not None:
        ends.append(run.stop.iterations + 1)
    if run.stop.epochs is not None:
        each = getattr(run.training.program_of(run.head), "iterations_per_epoch", 1)
        ends.append(run.stop.epochs * int(each) + 1)
    # What was asked for in so many words counts more than how many there are to look at.
    return min(ends[1:], default=ends[0])


def thinned(places: NDArray[np.float64], total: int, most: int) -> NDArray[np.float64]:
    """Return at most `most` of the places on a bar, at even distances."""
    if len(places) <= most or most < 1:
        return places[: max(most, 0)]
    return places[:: -(-len(places) // most)]


def epoch_text(run: Run, iteration: int) -> str:
    """Return how many passes over the data are done when an iteration begins: `12` or `12.4`."""
    program = run.training.program_of(iteration)
    each = int(getattr(program, "iterations_per_epoch", 1))
    epoch = epoch_of(program, iteration)
    done = (iteration - 1) % each
    return f"{epoch:,}" if each == 1 else f"{epoch + done / each:,.2f}"


def rate_at(run: Run, iteration: int) -> float | None:
    """Return the learning rate of an iteration; None without an optimizer."""
    rule = run.training.rule_of(iteration)
    return None if rule is None else rule.settings.get("lr")


def loss_at(run: Run, iteration: int) -> float | None:
    """Return the loss that an iteration's batch starts with; None if it was not done yet."""
    losses = run.curves.loss
    return float(losses[iteration - 1]) if 1 <= iteration <= len(losses) else None


def loss_now(run: Run, iteration: int) -> float:
    """Return the loss that an iteration's batch starts with; at the head it is computed."""
    found = loss_at(run, iteration)
    return run.training.loss(iteration) if found is None else found
