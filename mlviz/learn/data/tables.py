"""Tables: named columns of numbers or words, as a CSV file holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.errors import ArgumentError
from mlviz.i18n import Message
from mlviz.learn.data.columns import Kinds
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.data.preprocess import class_numbers, one_hot


@dataclass(frozen=True, slots=True)
class Style:
    """How a CSV file is written.

    Attributes:
        separator: what stands between entries.
        decimal: what stands before the decimals.
        encoding: how its letters are written.
        header: whether its first line names the columns.
    """

    separator: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    header: bool = True


class Table:
    """Named columns of one length: floats (nan where missing) or texts (empty where missing).

    Shapes: columns (rows), each.

    Args:
        columns: the columns by name, in order.

    Attributes:
        style: how the file was written that it was read from; None if there was none.

    Raises:
        ArgumentError: the columns are not of one length.
    """

    def __init__(self, columns: Mapping[str, Array], style: Style | None = None) -> None:
        self.style = style
        self.columns: dict[str, Array] = dict(columns)
        if len({len(column) for column in self.columns.values()}) > 1:
            shapes = ", ".join(f"{name} {len(c)}" for name, c in self.columns.items())
            raise ArgumentError(Message("error.data.rows", shapes=shapes))
        self._kinds: dict[str, Kinds] = {}
        self._missing: dict[str, Array] = {}

    @classmethod
    def finished(
        cls, columns: Mapping[str, tuple[Array, Kinds | None]], style: Style | None = None
    ) -> "Table":
        """Return the table of columns that were read; see `Column.finished`."""
        table = cls({name: values for name, (values, _) in columns.items()}, style)
        table._kinds = {name: kinds for name, (_, kinds) in columns.items() if kinds is not None}
        return table

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called, in order."""
        return tuple(self.columns)

    @property
    def numeric(self) -> tuple[str, ...]:
        """Names of the columns that hold numbers."""
        return tuple(n for n, column in self.columns.items() if column.dtype.kind == "f")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Array:
        if name not in self.columns:
            raise ArgumentError.out_of_range("column", name, ", ".join(self.columns))
        return self.columns[name]

    def kinds(self, name: str) -> Kinds:
        """Return which of its values each row of a column has, and the values in order.

        Words are in the order of the alphabet, numbers in that of size and written briefly.

        Shapes: → (rows) numbers from 0, -1 where the value is missing.

        Raises:
            ArgumentError: there is no such column.
        """
        if name not in self._kinds:
            column = self[name]
            is_number = column.dtype.kind == "f"
            there = ~np.isnan(column) if is_number else column != ""
            found, numbers = np.unique(column[there], return_inverse=True)
            codes = np.full(len(column), -1)
            codes[there] = numbers
            words = (f"{value:.12g}" if is_number else str(value) for value in found)
            self._kinds[name] = codes, tuple(words)
        return self._kinds[name]

    def missing(self, name: str) -> Array:
        """Return which rows have no value in a column.

        Raises:
            ArgumentError: there is no such column.
        """
        if name not in self._missing:
            column = self[name]
            is_number = column.dtype.kind == "f"
            found = np.isnan(column) if is_number else np.asarray(self.kinds(name)[0] < 0)
            found.flags.writeable = False  # it is kept: of a million rows it is asked for often
            self._missing[name] = found
        return self._missing[name]

    def take(self, rows: Array) -> "Table":
        """Return a table of some of the rows: their numbers, in order, or a mask."""
        part = Table({name: column[rows] for name, column in self.columns.items()}, self.style)
        part._kinds = {name: (codes[rows], words) for name, (codes, words) in self._kinds.items()}
        return part

    def numbers(self, names: Sequence[str] = ()) -> tuple[Array, tuple[str, ...]]:
        """Return columns as one array, (rows, features), with a name for each feature.

        A column of words becomes one feature a word, 1 where the row has it: `sex=male`. Where
        the word is missing all of these are nan.

        Shapes: → (rows, features).

        Args:
            names: which columns, in this order; all if empty.

        Raises:
            ArgumentError: there is no such column.
        """
        features: list[Array] = []
        labels: list[str] = []
        for name in names or self.names:
            column = self[name]
            if column.dtype.kind == "f":
                features.append(column[:, None])
                labels.append(name)
                continue
            there = column != ""
            numbers, words = class_numbers(column[there])
            switches = np.full((len(column), len(words)), np.nan)
            switches[there] = one_hot(numbers, len(words))
            features.append(switches)
            labels += [f"{name}={word}" for word in words]
        empty = np.empty((len(self), 0))
        return np.concatenate([empty, *features], axis=1), tuple(labels)

    def dataset(self, target: str, inputs: Sequence[str] = (), name: str = "table") -> Dataset:
        """Return the examples that learn column `target` from other columns.

        A target of words gives classes, one of numbers a regression. Rows without a target
        are left out; missing inputs stay nan (see `preprocess`).

        Args:
            target: what is to be learned.
            inputs: from which columns; all others if empty.
            name: what the set is called.

        Raises:
            ArgumentError: there is no such column.
        """
        wanted = self[target]
        there = ~np.isnan(wanted) if wanted.dtype.kind == "f" else wanted != ""
        part = self.take(there)
        chosen = inputs or [column for column in self.names if column != target]
        features, labels = part.numbers(chosen)
        if wanted.dtype.kind == "f":
            return Dataset(name, features, part[target][:, None], labels, target)
        kinds, classes = class_numbers(part[target])
        return Dataset(name, features, kinds, labels, target, classes)

    def __repr__(self) -> str:
        return f"Table({len(self)} rows: {', '.join(self.names)})"
