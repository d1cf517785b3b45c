"""Tables: named columns of numbers or words, as a CSV file holds them.

CSV is read by Python's own `csv` module, loaded when a file is opened. It was compared with
pyarrow, polars and pandas: they need 84 to 181 MB and 30 to 250 ms to load (`csv`: under 1 ms);
for the files that are opened here (20,000 rows: 30 ms) their speed makes no difference, and
with a row that is too short two of them fill it up without a word, where a learner needs the
line number.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from mlviz.autograd import Array
from mlviz.errors import ArgumentError, DocumentError
from mlviz.i18n import Message
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.data.preprocess import class_numbers, one_hot

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is read."""

MAX_COLUMNS = 2_000
"""Most columns that are read."""

MISSING = frozenset({"", "na", "n/a", "nan", "null", "?", "-"})
"""What stands for a missing value, in small letters."""

_SEPARATORS = ",;\t|"


class Table:
    """Named columns of one length: floats (nan where missing) or texts (empty where missing).

    Shapes: columns (rows), each.

    Args:
        columns: the columns by name, in order.

    Raises:
        ArgumentError: the columns are not of one length.
    """

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.columns: dict[str, Array] = dict(columns)
        if len({len(column) for column in self.columns.values()}) > 1:
            shapes = ", ".join(f"{name} {len(c)}" for name, c in self.columns.items())
            raise ArgumentError(Message("error.data.rows", shapes=shapes))

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

    def take(self, rows: Array) -> "Table":
        """Return a table of some of the rows: their numbers, in order, or a mask."""
        return Table({name: column[rows] for name, column in self.columns.items()})

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


def read_csv(source: str | Path | IO[str], separator: str = "", decimal: str = ".") -> Table:
    """Read a CSV file whose first line names the columns.

    A column whose entries are all numbers or missing is a column of numbers; see `MISSING`.

    Args:
        source: the file's path, or an open text file.
        separator: what stands between entries; found out from the first line if empty: a
            comma, semicolon, tab or bar.
        decimal: what stands before the decimals, a point or a comma.

    Raises:
        DocumentError: the file cannot be read, is too large, or a line has another number of
            entries than the first; the error names the line.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        try:
            if path.stat().st_size > MAX_BYTES:
                size = f"{path.stat().st_size // 2**20} MB"
                problem = Message("error.csv.large", size=size, limit=f"{MAX_BYTES // 2**20} MB")
                raise DocumentError(path.name, "", problem)
            # A byte-order mark, as spreadsheets write it, is not part of the first name.
            with path.open(encoding="utf-8-sig", newline="") as file:
                return _read(file, path.name, separator, decimal)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise DocumentError(path.name, "", Message("error.csv.open", reason=reason)) from None
        except UnicodeDecodeError:
            raise DocumentError(path.name, "", Message("error.csv.encoding")) from None
    return _read(source, str(getattr(source, "name", "csv")), separator, decimal)


def _read(file: IO[str], name: str, separator: str, decimal: str) -> Table:
    import csv  # loaded only when used

    lines = _Counted(file)
    reader = csv.reader(lines, delimiter=separator or ",", strict=True)
    if not separator:
        first = lines.peek()
        reader = csv.reader(lines, delimiter=max(_SEPARATORS, key=first.count), strict=True)
    rows: list[list[str]] = []
    try:
        header = [entry.strip() for entry in next(reader, [])]
        _check_header(header, name)
        for row in reader:
            if not row:  # an empty line
                continue
            if len(row) != len(header):
                problem = Message("error.csv.entries", found=len(row), wanted=len(header))
                raise DocumentError(name, f"line {reader.line_num}", problem)
            rows.append(row)
    except csv.Error:
        problem = Message("error.csv.syntax")
        raise DocumentError(name, f"line {reader.line_num}", problem) from None
    if not rows:
        raise DocumentError(name, "", Message("error.csv.empty"))
    columns = zip(*rows, strict=True)
    return Table({label: _column(c, decimal) for label, c in zip(header, columns, strict=True)})


def _check_header(header: list[str], name: str) -> None:
    if not header:
        raise DocumentError(name, "", Message("error.csv.empty"))
    if len(header) > MAX_COLUMNS:
        problem = Message("error.csv.columns", found=len(header), limit=MAX_COLUMNS)
        raise DocumentError(name, "line 1", problem)
    seen: set[str] = set()
    for label in header:
        if not label or label in seen:
            problem = Message("error.csv.twice" if label else "error.csv.unnamed", name=label)
            raise DocumentError(name, "line 1", problem)
        seen.add(label)


def _column(entries: Sequence[str], decimal: str) -> Array:
    """Return floats if every entry is a number or missing, and texts otherwise."""
    texts = [entry.strip() for entry in entries]
    missing = [text.lower() in MISSING for text in texts]
    if not all(missing):
        try:
            numbers = [
                np.nan if gap else float(text.replace(decimal, ".") if decimal != "." else text)
                for text, gap in zip(texts, missing, strict=True)
            ]
            return np.array(numbers)
        except ValueError:
            pass
    return np.array(["" if gap else text for text, gap in zip(texts, missing, strict=True)])


class _Counted:
    """Lines of a file, of which the first may be looked at before it is taken."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._first: str | None = None

    def peek(self) -> str:
        self._first = next(iter(self._file), "")
        return self._first

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._first is not None:
            line, self._first = self._first, None
            if line:
                return line
        return next(iter(self._file))
