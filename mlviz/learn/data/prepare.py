"""From a table to what a network reads, in fixed steps.

1. rows without an answer go, and rows with a gap in a column whose rule is `drop`;
2. words become switches, numbers stay numbers;
3. the rows are shared out among training, validation and test;
4. the other gaps are filled with what the training rows say;
5. inputs of the test rows are shifted, if they are to come from another distribution;
6. numbers get their powers, and are brought to one scale that the training rows set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array
from mlviz.errors import ArgumentError
from mlviz.i18n import Message
from mlviz.learn.data.columns import Kinds
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.data.preprocess import Filler, Standardizer, one_hot
from mlviz.learn.data.shift import Shift
from mlviz.learn.data.splits import Split, train_validation_test_split
from mlviz.learn.data.tables import Table

Gap = Literal["drop", "mean", "median"] | float
"""What becomes of a missing value: its row goes, or a number takes its place."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read from a table.

    Attributes:
        features: the columns that are learned from.
        target: the column that is learned.
        is_classes: whether its values are classes; otherwise it is a number.
        gaps: what becomes of missing values, by feature; of others the row goes.
        switches: columns of numbers that are taken as words.
    """

    features: tuple[str, ...]
    target: str
    is_classes: bool
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    switches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The rows and columns of a table that are learned from; gaps may still be there.

    Attributes:
        data: the examples in units of their own.
        rows: which rows of the table they are.
        sources: the column that each input comes from.
        is_switch: for each input, whether it is a word's switch.
        gaps: what a missing value of each input becomes.
    """

    data: Dataset
    rows: Array
    sources: tuple[str, ...]
    is_switch: Array
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How examples are shared out and scaled.

    Attributes:
        standardise: whether inputs that are numbers get mean 0 and spread 1.
        standardise_target: the same for the answers of a regression.
        degree: the highest power of each number.
        validation: share of the validation rows.
        test: share of the test rows.
        seed: decides which row goes where.
        stratify: whether every part has the same mix of classes.
        train_rows: so many of the training rows are learned from, the first; all if None.
        shift: how the test rows' inputs differ from the others.
    """

    standardise: bool = False
    standardise_target: bool = False
    degree: int = 1
    validation: float = 0.0
    test: float = 0.0
    seed: int = 0
    stratify: bool = True
    train_rows: int | None = None
    shift: Shift = field(default_factory=Shift)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Examples that are ready, with all that was measured to make them so.

    Attributes:
        given: the examples as they were given: those of the test are not shifted, and there
            may be gaps.
        data: the examples in units of their own, without gaps.
        split: which rows are for training, validation and test.
        filler: what was put in gaps.
        is_switch: for each input of `data`, whether it is a word's switch.
        degree: the highest power of each number.
        scale: what brings the network's inputs to one scale, if that was wished for.
        target_scale: the same for the answers.
    """

    given: Dataset
    data: Dataset
    split: Split
    filler: Filler | None
    is_switch: Array
    degree: int
    scale: Standardizer | None
    target_scale: Standardizer | None

    def network_inputs(self, inputs: ArrayLike) -> Array:
        """Return what the network reads for inputs in units of their own.

        Shapes: (rows, features) → (rows, features with their powers).
        """
        powers = with_powers(np.asarray(inputs, dtype=float), self.is_switch, self.degree)
        return powers if self.scale is None else self.scale.transform(powers)

    def network_targets(self, rows: Array) -> Array:
        """Return the answers of some rows as they are learned."""
        targets = self.data.targets[rows]
        return targets if self.target_scale is None else self.target_scale.transform(targets)

    @property
    def network_names(self) -> tuple[str, ...]:
        """What each number that the network reads is called."""
        return power_names(self.data.input_names, self.is_switch, self.degree)


def choose(table: Table, columns: Columns, name: str, most: int = 2**62) -> Chosen:
    """Return the rows and columns of a table that are learned from.

    Args:
        table: the whole.
        columns: what is read from it.
        name: what the set is called.
        most: the largest number of entries that the inputs may have.

    Raises:
        ArgumentError: there is no such column, no row is left, there are too many entries, or
            a target that should be a number is a word.
    """
    gone = table.missing(columns.target)
    for each in columns.features:
        if columns.gaps.get(each, "drop") == "drop":
            gone = gone | table.missing(each)
    rows = np.flatnonzero(~gone)
    if not len(rows):
        raise ArgumentError(Message("error.data.all_dropped", rows=len(table)))
    words = {
        each: _kinds_of(table, each, rows)
        for each in columns.features
        if each in columns.switches or each not in table.numeric
    }
    names: list[str] = []
    sources: list[str] = []
    for each in columns.features:
        if each in words and not words[each][1]:
            raise ArgumentError(Message("error.data.nothing_there", column=each))
        of_it = [f"{each}={word}" for word in words[each][1]] if each in words else [each]
        names += of_it
        sources += [each] * len(of_it)
    if len(names) * len(rows) > most:
        found = f"{len(names) * len(rows):,}"
        raise ArgumentError(Message("error.data.entries", found=found, limit=f"{most:,}"))
    inputs = [
        _switches(*words[each]) if each in words else table[each][rows, None]
        for each in columns.features
    ]
    answers, classes = _answers(table, columns, rows)
    values = np.concatenate([np.empty((len(rows), 0)), *inputs], axis=1)
    return Chosen(
        Dataset(name, values, answers, tuple(names), columns.target, classes),
        rows,
        tuple(sources),
        np.array([source in words for source in sources], dtype=bool),
        tuple(columns.gaps.get(source, "drop") for source in sources),
    )


def _answers(table: Table, columns: Columns, rows: Array) -> tuple[Array, tuple[str, ...]]:
    """Return class numbers with the classes, or numbers in a column."""
    if columns.is_classes:
        return _kinds_of(table, columns.target, rows)
    if columns.target not in table.numeric:
        raise ArgumentError(Message("error.data.words", column=columns.target))
    return table[columns.target][rows, None], ()


def _kinds_of(table: Table, name: str, rows: Array) -> Kinds:
    """Return the kinds of some rows; of the others' kinds none is left."""
    codes, words = table.kinds(name)
    chosen = codes[rows]
    is_left = np.bincount(chosen[chosen >= 0], minlength=len(words)) > 0
    place = np.append(np.cumsum(is_left) - 1, -1)  # what is missing stays so
    left = tuple(word for word, stays in zip(words, is_left, strict=True) if stays)
    return place[chosen].astype(np.int64), left


def _switches(codes: Array, words: Sequence[str]) -> Array:
    """Return a switch for each word, 1 where a row has it; nan in all of them for a gap."""
    switches = np.full((len(codes), len(words)), np.nan)
    switches[codes >= 0] = one_hot(codes[codes >= 0], len(words))
    return switches


def sample(rows: int, count: int, seed: int) -> Array:
    """Return the numbers of `count` of some rows, drawn at random and in order."""
    return np.sort(np.random.default_rng(seed).choice(rows, count, replace=False, shuffle=False))


def prepare(
    data: Dataset,
    wishes: Wishes,
    is_switch: Array | None = None,
    gaps: Sequence[Gap] = (),
    *,
    split: Split | None = None,
) -> Prepared:
    """Share out examples, fill their gaps and bring them to one scale.

    Args:
        data: the examples in units of their own; nan where something is missing.
        wishes: how.
        is_switch: for each input, whether it is a word's switch, which is neither raised to
            powers nor scaled.
        gaps: what a missing value of each input becomes; needed only where there are some.
        split: which rows are for what; shared out as wished if None.

    Raises:
        ArgumentError: a share is out of range, nothing is left to train with, or an input has
            no value in the training rows to take the mean of.
    """
    switches = np.zeros(data.inputs.shape[1], bool) if is_switch is None else is_switch
    given, split = data, split or shared_out(data, wishes)
    filler = _filler(data, split.train, gaps) if gaps else None
    if filler is not None:
        data = replace(data, inputs=filler.transform(data.inputs))
    if not wishes.shift.is_none and len(split.test):
        inputs = data.inputs.copy()
        train = inputs[split.train]
        inputs[split.test] = wishes.shift.applied(inputs[split.test], train, ~switches)
        data = replace(data, inputs=inputs)
    scale = target_scale = None
    if wishes.standardise:
        powers = with_powers(data.inputs[split.train], switches, wishes.degree)
        fitted = Standardizer.fit(powers)
        kept = np.concatenate(
            [switches] + [np.zeros((~switches).sum(), bool)] * (wishes.degree - 1)
        )
        scale = Standardizer(np.where(kept, 0.0, fitted.mean), np.where(kept, 1.0, fitted.scale))
    if wishes.standardise_target and not data.classes:
        target_scale = Standardizer.fit(data.targets[split.train])
    return Prepared(given, data, split, filler, switches, wishes.degree, scale, target_scale)


def shared_out(data: Dataset, wishes: Wishes) -> Split:
    """Return which rows are for training, validation and test; all for training stay in order."""
    count = len(data)
    if not wishes.validation and not wishes.test:
        nothing = np.arange(0)
        return Split(np.arange(count)[: wishes.train_rows], nothing, nothing)
    kinds = data.targets if data.classes and wishes.stratify else None
    split = train_validation_test_split(count, wishes.validation, wishes.test, wishes.seed, kinds)
    if not len(split.train):
        raise ArgumentError(Message("error.data.empty"))
    return split._replace(train=split.train[: wishes.train_rows])


def with_powers(inputs: Array, is_switch: Array, degree: int) -> Array:
    """Return the inputs, then the squares of those that are numbers, their cubes, and so on.

    Shapes: (rows, features) → (rows, features + (degree - 1) · numbers).
    """
    numbers = inputs[:, ~is_switch]
    return np.concatenate([inputs, *(numbers**power for power in range(2, degree + 1))], axis=1)


def power_names(names: Sequence[str], is_switch: Array, degree: int) -> tuple[str, ...]:
    """Return the names of inputs and of their powers, in the order of `with_powers`."""
    numbers = [name for name, switch in zip(names, is_switch, strict=True) if not switch]
    powers = range(2, degree + 1)
    return (*names, *(f"{name}^{power}" for power in powers for name in numbers))


def _filler(data: Dataset, train: Array, gaps: Sequence[Gap]) -> Filler:
    """Choose what fills the gaps of each input; where the rule is `drop` there are none."""
    values = np.zeros(data.inputs.shape[1])
    for index, how in enumerate(gaps):
        column = data.inputs[train, index : index + 1]
        if how == "drop":
            continue
        if isinstance(how, str) and np.isnan(column).all():
            raise ArgumentError(Message("error.data.nothing_there", column=data.input_names[index]))
        values[index] = Filler.fit(column, how).values[0]
    return Filler(values)
