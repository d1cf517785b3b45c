"""The numbers of a study as a table: a row a setting, or of early stopping a row a moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlviz.document.studies import BIAS, PENALTIES, STOPPING, Plan
from mlviz.document.study_runs import Result, decompositions
from mlviz.i18n import Message
from mlviz.learn.kfold import Spread
from mlviz.learn.measure import measured, metric_name
from mlviz.learn.studies import by_setting
from mlviz.numerals import format_full, format_number
from mlviz.picture.run_table import PART_WORDS
from mlviz.picture.study_lines import (
    best_setting,
    numbers_text,
    parts_of,
    setting_text,
    stopped_at,
    weight_length,
    weight_sum,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and every digit of it."""

    text: Message | str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row.

    Attributes:
        cells: one for each column.
        result: the place of the training that it opens, among the results.
        iteration: at which iteration.
        is_best: whether it stands out.
    """

    cells: tuple[Cell, ...]
    result: int
    iteration: int
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class StudyTable:
    """Headings, and rows under them."""

    columns: tuple[Message | str, ...]
    rows: tuple[TableRow, ...]


def study_table(
    plan: Plan, results: Sequence[Result], patience: int = 1, min_delta: float = 0.0
) -> StudyTable:
    """Return the table of a study, of the results there are so far."""
    if not results:
        return StudyTable((), ())
    if plan.study.name == STOPPING:
        return _moments(results[0], patience, min_delta)
    return _errors(plan, results) if plan.study.name == BIAS else _settings(plan, results)


def _settings(plan: Plan, results: Sequence[Result]) -> StudyTable:
    metric = metric_name(results[0].trained.program)
    columns: list[Message | str] = [plan.study.varied]
    values: list[Callable[[Result], float]] = []
    for part in parts_of(results):
        word = PART_WORDS[part]
        columns += [
            Message("lab.result.loss", part=word),
            Message("lab.result.metric", part=word, metric=metric),
        ]
        values += [_score(part, 0), _score(part, 1)]
    if plan.study.name in PENALTIES:
        columns += ["‖w‖₂", "Σ|w|"]
        values += [weight_length, weight_sum]
    means = [by_setting([(r.case.setting, value(r)) for r in results]) for value in values]
    best = best_setting(plan, results)
    rows = []
    for setting in sorted({each.case.setting for each in results}):
        cells = [Cell(setting_text(setting)), *(_cell(each[setting]) for each in means)]
        place = _first(results, setting)
        iteration = results[place].trained.iteration
        rows.append(TableRow(tuple(cells), place, iteration, setting == best))
    return StudyTable(tuple(columns), tuple(rows))


def _score(part: str, place: int) -> Callable[[Result], float]:
    def value(result: Result) -> float:
        return result.trained.scores[part][place]

    return value


def _cell(found: Spread) -> Cell:
    return Cell(numbers_text(*found), format_full(found.mean))


def _first(results: Sequence[Result], setting: float) -> int:
    return next(place for place, each in enumerate(results) if each.case.setting == setting)


def _errors(plan: Plan, results: Sequence[Result]) -> StudyTable:
    names = ("bias", "variance", "noise", "total", "error")
    columns = (plan.study.varied, *(Message(f"study.column.{name}") for name in names))
    best = best_setting(plan, results)
    rows = []
    for setting, found in decompositions(plan, results).items():
        values = [getattr(found, name) for name in names]
        cells = [Cell(format_number(value), format_full(value)) for value in values]
        place = _first(results, setting)
        iteration = results[place].trained.iteration
        row = TableRow((Cell(setting_text(setting)), *cells), place, iteration, setting == best)
        rows.append(row)
    return StudyTable(columns, tuple(rows))


def _moments(result: Result, patience: int, min_delta: float) -> StudyTable:
    """Return what early stopping restores, where it stops, and what comes without it."""
    training, program = result.trained.run.training, result.trained.program
    curves, each = result.trained.run.curves, program.iterations_per_epoch
    found = stopped_at(result, patience, min_delta)
    moments = [("restored", int(curves.at[found.best]))]
    if found.stop is not None:
        moments.append(("stopped", int(curves.at[found.stop])))
    moments.append(("without", training.head))
    columns: list[Message | str] = [Message("study.column.moment"), Message("study.epoch")]
    for part in parts_of((result,)):
        word, metric = PART_WORDS[part], metric_name(program)
        columns.append(Message("lab.result.loss", part=word))
        columns.append(Message("lab.result.metric", part=word, metric=metric))
    rows = []
    for name, iteration in moments:
        cells = [Cell(Message(f"study.moment.{name}")), Cell(f"{(iteration - 1) / each:,g}")]
        parameters = training.parameters(iteration)
        for part in parts_of((result,)):
            values = measured(program, parameters, part)
            cells += [Cell(format_number(value), format_full(value)) for value in values]
        rows.append(TableRow(tuple(cells), 0, iteration, name == "restored"))
    return StudyTable(tuple(columns), tuple(rows))
