"""Two runs beside each other: in what their recipes differ, and what came out of them."""

from dataclasses import dataclass

import numpy as np

from mlviz.document.schema import FileTable
from mlviz.i18n import Message
from mlviz.learn.measure import measured, parts, rows_of
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.loss_curves import nearest
from mlviz.picture.recipe_words import worded
from mlviz.picture.run_bar import loss_now, rate_at

_MOST_ROWS = 20_000
"""So many are measured when somebody looks."""
PART_WORDS = {
    "train": Message("lab.part.train"),
    "validation": Message("lab.part.validation"),
    "test": Message("lab.part.test"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the comparison.

    Attributes:
        name: what is compared: a key of the recipe, or a result.
        one: of the first run.
        other: of the second.
    """

    name: Message | str
    one: Message | str
    other: Message | str


def recipe_rows(one: FileTable, other: FileTable) -> tuple[Row, ...]:
    """Return in what two recipes differ."""
    return tuple(Row(found.name, found.before, found.after) for found in worded(one, other))


def result_rows(one: Run, other: Run, cursor: int, metric: Message | None) -> tuple[Row, ...]:
    """Return what two runs have come to at an iteration; each at its own end if that is earlier.

    Args:
        one: the first run.
        other: the second.
        cursor: the iteration.
        metric: what their metric is called, if they have one.
    """
    runs = (one, other)
    places = [min(cursor, run.head) for run in runs]
    rows = [Row(Message("lab.readout.iteration"), *(f"{place:,}" for place in places))]
    losses = [loss_now(run, place) for run, place in zip(runs, places, strict=True)]
    rows.append(Row(Message("lab.result.batch"), *map(_text, losses)))
    rates = [rate_at(run, place) for run, place in zip(runs, places, strict=True)]
    rows.append(Row(Message("lab.result.rate"), *map(_text, rates)))
    for part, word in PART_WORDS.items():
        found = [measured_at(run, part, place) for run, place in zip(runs, places, strict=True)]
        if all(pair is None for pair in found):
            continue
        texts = [("", "") if pair is None else tuple(map(_text, pair)) for pair in found]
        rows.append(Row(Message("lab.result.loss", part=word), texts[0][0], texts[1][0]))
        if metric is not None:
            name = Message("lab.result.metric", part=word, metric=metric)
            rows.append(Row(name, texts[0][1], texts[1][1]))
    return tuple(rows)


def measured_at(run: Run, part: str, iteration: int) -> tuple[float, float] | None:
    """Return loss and metric of a part at an iteration; of very many rows the nearest measured."""
    place = nearest(run.curves.at, iteration)
    program = run.training.program_of(iteration)
    if place is None or not isinstance(program, NetworkProgram) or part not in parts(program):
        return None
    is_near = part in run.curves.losses and np.isfinite(run.curves.losses[part][place])
    is_exact = is_near and run.curves.at[place] == iteration
    if not is_exact and (not is_near or len(rows_of(program, part)[0]) <= _MOST_ROWS):
        return measured(program, run.training.parameters(iteration), part)
    return float(run.curves.losses[part][place]), float(run.curves.metrics[part][place])


def _text(value: float | None) -> str:
    return NOT_YET if value is None else format_number(value)
