"""What a study varies: the recipes it trains, all but alike, for one document.

Case by case only the varied key changes; with several repetitions also the seeds. Every case
does the same number of updates, and nothing stops it earlier.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from mlviz.autograd import Array
from mlviz.document.data_file import MAX_DEGREE
from mlviz.document.document import Document
from mlviz.document.limits import MAX_ITERATIONS, MAX_UNITS
from mlviz.document.recipe import with_data, with_dropout, with_optimizer, with_seed, with_training
from mlviz.document.schema import DataTable, FileTable
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.bias_variance import paired_noise
from mlviz.learn.datasets import GENERATED, generated_set
from mlviz.learn.network import NetworkProgram

STOPPING, DEGREE, DROPOUT, EXAMPLES, BIAS = "stopping", "degree", "dropout", "examples", "bias"
PENALTIES = ("weight_decay", "l1")
SHIFTS = ("move", "scale", "rotate", "noise")
_KEYS = {"move": "test_shift", "scale": "test_scale", "rotate": "test_rotate"}
_KEYS["noise"] = "test_noise"

_SHARE = 0.25
_FEWEST_ROWS = 8
_MOST_NUMBERS = 1_000_000
_UPDATES = 1000
_POINTS = 200


@dataclass(frozen=True, slots=True)
class Study:
    """A kind of study.

    Attributes:
        name: by which it is called.
        values: what is tried unless somebody wishes for something else.
        low: the least value.
        high: the greatest value.
        whole: whether values are whole numbers.
        log: whether they belong on a logarithmic axis.
        repeats: how often each is trained, usually.
    """

    name: str
    values: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    log: bool = False
    repeats: int = 1

    @property
    def title(self) -> Message:
        """What it is called."""
        return Message(f"study.{self.name}")

    @property
    def about(self) -> Message:
        """What is varied, and what is seen by it."""
        return Message(f"study.{self.name}.about")

    @property
    def varied(self) -> Message:
        """What the axis shows."""
        return Message(f"study.{self.name}.axis")


_AMOUNTS = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)
STUDIES: Mapping[str, Study] = {
    study.name: study
    for study in (
        Study(STOPPING),
        Study(DEGREE, (1, 2, 3, 4, 5, 6, 8, 10, 12), 1, MAX_DEGREE, whole=True),
        Study("weight_decay", _AMOUNTS, 0, 100, log=True),
        Study("l1", _AMOUNTS, 0, 100, log=True),
        Study(DROPOUT, (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), 0, 0.95),
        Study(EXAMPLES, (), 1, 1_000_000, whole=True, log=True, repeats=5),
        Study(BIAS, (1, 2, 3, 4, 6, 8, 10), 1, MAX_DEGREE, whole=True, repeats=20),
        Study("move", (0, 0.25, 0.5, 0.75, 1, 1.5, 2), -100, 100),
        Study("scale", (0.25, 0.5, 0.75, 1, 1.5, 2, 3), 0, 100),
        Study("rotate", (0, 15, 30, 45, 60, 90, 120, 180), -360, 360),
        Study("noise", (0, 0.1, 0.2, 0.4, 0.6, 0.8, 1), 0, 100),
    )
}
"""Every study by its name."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a study is done.

    Attributes:
        values: what is tried.
        epochs: how long each is trained.
        repeats: how often, each time with other seeds.
    """

    values: tuple[float, ...]
    epochs: int
    repeats: int = 1


@dataclass(frozen=True, eq=False)
class Case:
    """One training of a study.

    Attributes:
        setting: the value that is tried.
        number: which repetition, from 0; that one is the recipe's own seeds.
        make: makes the recipe.
    """

    setting: float
    number: int
    make: Callable[[], FileTable] = field(repr=False)

    @cached_property
    def table(self) -> FileTable:
        """The recipe, made when it is first asked for: a study may have hundreds.

        Raises:
            DocumentError: it is not possible.
        """
        return self.make()


@dataclass(frozen=True, eq=False)
class Plan:
    """A study of a document, ready to be done.

    Attributes:
        study: which one.
        cases: what is trained, in order: all settings first, then again with other seeds.
        notes: what the study changes besides, because the recipe has no rows for it.
        points: where every network is asked for an answer, in units of its own, (n, 1).
        truth: what the true function answers there, (n); None if nobody knows.
        noise: drawn around it, (draws, n).
    """

    study: Study
    cases: tuple[Case, ...]
    notes: tuple[Message, ...] = ()
    points: Array | None = None
    truth: Array | None = None
    noise: Array | None = field(default=None, repr=False)


def offered(document: Document) -> tuple[Study, ...]:
    """Return the studies that make sense for a document."""
    return tuple(each for each in STUDIES.values() if obstacle(document, each.name) is None)


def obstacle(document: Document, name: str) -> Message | None:
    """Return why a study of a document is not possible; None if it is."""
    info, program, network = document.data, document.training.program, document.table.network
    if info is None or not isinstance(program, NetworkProgram) or network is None:
        return Message("study.no.network")
    if document.training.rule is None:
        return Message("study.no.optimizer")
    rows, numbers = len(info.dataset), int(np.sum(~info.prepared.is_switch))
    if rows < _FEWEST_ROWS and not _are_four_cases(document.table.data):
        return Message("study.no.rows", n=_FEWEST_ROWS)
    if rows * info.inputs > _MOST_NUMBERS:
        return Message("study.no.large", limit=f"{_MOST_NUMBERS:,}")
    if name == DROPOUT and len(network.layers) < 2:
        return Message("study.no.hidden")
    if name in (DEGREE, *SHIFTS) and not numbers:
        return Message("study.no.numbers")
    if name == "rotate" and numbers < 2:
        return Message("study.no.plane")
    known = info.source == "generated" and not info.classes and info.dataset.inputs.shape[1] == 1
    return Message("study.no.truth") if name == BIAS and not known else None


def _are_four_cases(data: DataTable | None) -> bool:
    """Return whether it is the table of the exclusive or: of that there can be more points."""
    return data is not None and data.set == "xor" and data.count is None


def usual(document: Document, name: str) -> Wishes:
    """Return how a study of a document is done if nobody wishes for something else.

    Raises:
        DocumentError: it is not possible.
    """
    study, info = _possible(document, name), document.data
    assert info is not None
    values = study.values
    if name == EXAMPLES:
        table, _ = _with_parts(document, study)
        assert table.data is not None
        rows = table.data.count or len(info.dataset)
        whole = round(rows * (1 - table.data.validation - table.data.test))
        first = max(4, 2 * len(info.classes), whole // 50)
        steps = np.geomspace(min(first, whole), max(whole, 1), 8)
        values = tuple(dict.fromkeys(float(round(step)) for step in steps))
    elif name in (DEGREE, BIAS):
        most = max(MAX_UNITS // max(info.dataset.inputs.shape[1], 1), 1)
        values = tuple(value for value in values if value <= most)
    each = _per_epoch(document)
    rules, planned = document.stop, document.table.iterations
    epochs = rules.epochs or -(-(rules.iterations or 0) // each)
    if not epochs:
        epochs = -(-(planned if planned > 1 else _UPDATES) // each)
    return Wishes(values, epochs, study.repeats)


def planned(document: Document, name: str, wishes: Wishes) -> Plan:
    """Return what a study of a document trains.

    Raises:
        DocumentError: it is not possible, or a value is not.
    """
    study = _possible(document, name)
    _check(document, study, wishes)
    base, notes = _with_parts(document, study)
    updates = min(wishes.epochs * _per_epoch(document), MAX_ITERATIONS)
    stop: dict[str, Any] = {"epochs": None, "loss_below": None, "patience": None}
    base = with_training(base, iterations=updates, **stop)
    folder = None if document.path is None else document.path.parent
    vary = _variation(name, folder)
    values = (0.0,) if name == STOPPING else tuple(sorted(set(wishes.values)))

    def recipe(value: float, number: int) -> FileTable:
        return _repeated(vary(base, value), number, is_drawn=name == BIAS)

    cases = tuple(
        Case(value, number, partial(recipe, value, number))
        for number in range(wishes.repeats)
        for value in values
    )
    for case in cases[: len(values)]:
        _ = case.table  # a value that is not possible is told at once
    return Plan(study, cases, notes, *_asked(document, name))


def _possible(document: Document, name: str) -> Study:
    problem = obstacle(document, name)
    if problem is not None:
        raise DocumentError(document.name, "", problem)
    return STUDIES[name]


def _check(document: Document, study: Study, wishes: Wishes) -> None:
    values = () if study.name == STOPPING else wishes.values
    if study.name != STOPPING and not values:
        raise DocumentError(document.name, "", Message("study.no.values"))
    for value in values:
        fits = math.isfinite(value) and study.low <= value <= study.high
        if not fits or (study.whole and value != int(value)):
            low, high = f"{study.low:g}", f"{study.high:,g}"
            problem = Message("error.document.range", found=f"{value:g}", low=low, high=high)
            raise DocumentError(document.name, "", problem)


def _per_epoch(document: Document) -> int:
    program = document.training.program
    assert isinstance(program, NetworkProgram)
    return program.iterations_per_epoch


def _with_parts(document: Document, study: Study) -> tuple[FileTable, tuple[Message, ...]]:
    """Return the recipe with the parts that the study measures, and what was changed."""
    table, data, notes = document.table, document.table.data, []
    assert data is not None
    part = "test" if study.name in SHIFTS else "validation"
    if study.name != BIAS and not getattr(data, part):
        if _are_four_cases(data):
            data = replace(data, count=GENERATED["xor"].count)
        data = replace(data, **{part: _SHARE})
        note = Message(f"study.note.{part}", percent=f"{100 * _SHARE:g}")
        notes.append(note)
    return replace(table, data=data), tuple(notes)


def _repeated(table: FileTable, number: int, *, is_drawn: bool) -> FileTable:
    """Return the recipe with the seeds of a repetition; of training sets drawn anew theirs."""
    data = table.data
    if not number or data is None:
        return table
    if is_drawn:
        return replace(table, data=replace(data, seed=(data.seed or 0) + number))
    moved = replace(table, data=replace(data, split_seed=data.split_seed + number))
    return with_seed(moved, table.seed + number)


def _variation(name: str, folder: Path | None) -> Callable[[FileTable, float], FileTable]:
    """Return how a value is put into a recipe."""

    def of_data(key: str, kind: type = float) -> Callable[[FileTable, float], FileTable]:
        def put(table: FileTable, value: float) -> FileTable:
            assert table.data is not None
            return with_data(table, replace(table.data, **{key: kind(value)}), folder)

        return put

    def of_penalty(table: FileTable, value: float) -> FileTable:
        amount: Any = value or None
        return with_optimizer(table, **{name: amount})

    def of_dropout(table: FileTable, value: float) -> FileTable:
        assert table.network is not None
        for index in range(len(table.network.layers) - 1):
            table = with_dropout(table, index, value)
        return table

    if name in (DEGREE, BIAS):
        return of_data("degree", int)
    if name == EXAMPLES:
        return of_data("train_rows", int)
    if name in SHIFTS:
        return of_data(_KEYS[name])
    if name in PENALTIES:
        return of_penalty
    return of_dropout if name == DROPOUT else _unchanged


def _unchanged(table: FileTable, _: float) -> FileTable:
    return table


def _asked(document: Document, name: str) -> Sequence[Array]:
    """Return where networks are asked; of a known function also its answers, and noise."""
    info, data = document.data, document.table.data
    assert info is not None
    assert data is not None
    if info.dataset.inputs.shape[1] != 1 or name not in (DEGREE, BIAS) or info.classes:
        return ()
    if name == DEGREE:
        inputs = info.dataset.inputs[:, 0]
        return (np.linspace(inputs.min(), inputs.max(), _POINTS)[:, None],)
    exact = generated_set(info.name, _POINTS, 0.0, 0)
    order = exact.inputs[:, 0].argsort()
    deviation = GENERATED[info.name].noise if data.noise is None else data.noise
    noise = paired_noise(deviation, _POINTS, seed=0)
    return exact.inputs[order], exact.targets[order, 0], noise
