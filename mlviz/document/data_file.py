"""From `[data]` to examples: a set by its name, a CSV file, or rows that are written out.

Keys that do not go with the source are refused; sizes are checked before arrays are made.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from mlviz.autograd import Array
from mlviz.document.checks import (
    at_most,
    check_count,
    check_known,
    check_size,
    matrix,
    required,
    same_count,
)
from mlviz.document.limits import MAX_ROWS, MAX_SEED, MAX_TABLE, MAX_UNITS
from mlviz.document.schema import DataTable
from mlviz.document.table_file import TASKS, chosen_rows, columns_of, file_stamp, read_table
from mlviz.errors import ArgumentError, DocumentError
from mlviz.i18n import Message
from mlviz.learn.data import shipped
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.data.prepare import Chosen, Columns, Prepared, Wishes, prepare, sample
from mlviz.learn.data.shift import Shift
from mlviz.learn.data.splits import Split
from mlviz.learn.data.tables import Table
from mlviz.learn.datasets import GENERATED, SETS, digits, generated_set

Source = Literal["generated", "table", "digits", "csv", "rows"]

MAX_KINDS = 10
MAX_DEGREE = 20
MAX_NOISE = 100.0
_SHIFTS: Mapping[str, tuple[float, float]] = {
    "test_shift": (-100.0, 100.0),
    "test_scale": (0.0, 100.0),
    "test_rotate": (-360.0, 360.0),
    "test_noise": (0.0, MAX_NOISE),
}

_COLUMNS = ("rows", "features", "target", "task", "missing", "one_hot")
_KEYS: Mapping[Source, tuple[str, ...]] = {
    "generated": ("count", "noise", "seed", "kinds"),
    "table": _COLUMNS,
    "digits": (),
    "csv": (*_COLUMNS, "separator", "decimal", "encoding", "header"),
    "rows": ("inputs", "targets", "task", "validation_rows", "test_rows"),
}
_OWN = frozenset(name for names in _KEYS.values() for name in names)


@dataclass(frozen=True, slots=True, eq=False)
class DataInfo:
    """The examples of a document.

    Attributes:
        name: what they are called: the set's name, or that of the file.
        source: where they come from.
        prepared: all that was made of them, and how.
        table: the rows and columns they were chosen from, if there were any.
        columns: what was chosen.
        chosen: the rows and columns that were chosen.
    """

    name: str
    source: Source
    prepared: Prepared
    table: Table | None = None
    columns: Columns | None = None
    chosen: Chosen | None = None

    @property
    def dataset(self) -> Dataset:
        """All examples in units of their own, without gaps."""
        return self.prepared.data

    @property
    def split(self) -> Split:
        """Which rows of `dataset` are for training, validation and test, in their order."""
        return self.prepared.split

    @property
    def input_names(self) -> tuple[str, ...]:
        """What the inputs are called, before powers are taken."""
        return self.dataset.input_names

    @property
    def classes(self) -> tuple[str, ...]:
        """What the classes are called by their number; empty for a regression."""
        return self.dataset.classes

    @property
    def inputs(self) -> int:
        """How many numbers the network reads."""
        return len(self.prepared.network_names)

    @property
    def left_out(self) -> int:
        """How many rows of the table are not among the examples."""
        return len(self.table) - len(self.dataset) if self.table is not None else 0


def read_data(file: str, data: DataTable, folder: Path | None = None) -> DataInfo:
    """Return the examples that a file's `[data]` means.

    What was read last is kept, so a document that is rebuilt with another learning rate does
    not read its table again.

    Args:
        file: the file's name in errors.
        data: the table.
        folder: where a relative CSV path begins; the current folder if None.

    Raises:
        DocumentError: the table says something that is not allowed, or a file cannot be read.
    """
    source = source_of(file, data)
    path = stamp = None
    if source == "csv":
        assert data.csv is not None
        path = csv_path(data.csv, folder)
        stamp = file_stamp(path)
    kept = msgspec.structs.replace(data, batch_size=None, input_names=[], target_names=[])
    key = (msgspec.json.encode(kept), path, stamp)
    if key not in _READ:
        info = _read(file, data, path)
        while len(_READ) >= _MOST_READ:
            del _READ[next(iter(_READ))]
        _READ[key] = info
    return _READ[key]


def with_split(file: str, info: DataInfo, data: DataTable, split: Split) -> DataInfo:
    """Return the same examples shared out in another way; what is measured is measured anew.

    Raises:
        DocumentError: an input has no value in the new training rows.
    """
    examples, chosen = info.prepared.given, info.chosen
    wishes = _wishes(file, data)
    try:
        if chosen is None:
            prepared = prepare(examples, wishes, split=split)
        else:
            prepared = prepare(chosen.data, wishes, chosen.is_switch, chosen.gaps, split=split)
    except ArgumentError as error:
        raise DocumentError(file, "data", error.message) from None
    return dataclasses.replace(info, prepared=prepared)


def csv_path(name: str, folder: Path | None) -> Path:
    """Return where a CSV file is that a document in `folder` names."""
    return Path(name) if folder is None else folder / name


def source_of(file: str, data: DataTable) -> Source:
    """Return where the examples come from; refuse keys that do not go with it.

    Raises:
        DocumentError: there is no source, or two, or a key of another one.
    """
    if data.set is not None:
        check_known(file, "data.set", data.set, SETS)
    given = [name for name in ("set", "csv") if getattr(data, name) is not None]
    if data.inputs is not None or data.targets is not None or not given:
        given.append("inputs")
    if len(given) > 1:
        problem = Message("error.document.only_one", first=given[0], second=given[1])
        raise DocumentError(file, "data", problem)
    source: Source = "rows"
    if data.csv is not None:
        source = "csv"
    elif data.set is not None:
        source = "generated" if data.set in GENERATED else "table"
        if data.set == "digits":
            source = "digits"
    blank = DataTable()
    for name in data.__struct_fields__:
        if name in _OWN - set(_KEYS[source]) and getattr(data, name) != getattr(blank, name):
            allowed = sorted({*data.__struct_fields__} - (_OWN - set(_KEYS[source])))
            raise DocumentError(file, "data", found=name, allowed=allowed)
    return source


_READ: dict[tuple[bytes, Path | None, tuple[int, int] | None], DataInfo] = {}
"""What was read last, by what `[data]` says and by when its file was written."""
_MOST_READ = 2


def _read(file: str, data: DataTable, path: Path | None) -> DataInfo:
    wishes = _wishes(file, data)
    source = source_of(file, data)
    table = columns = chosen = None
    name = data.set or (path.name if path is not None else "data")
    if source in ("csv", "table"):
        table = read_table(file, data, path) if path is not None else shipped.table(name)
        if data.rows is not None:
            check_size(file, "data.rows", data.rows, MAX_TABLE)
            if data.rows < len(table):
                table = table.take(sample(len(table), data.rows, data.split_seed))
        columns = columns_of(file, data, table)
        chosen = chosen_rows(file, table, columns, name)
        examples = chosen.data
    elif source == "generated":
        examples = _generated(file, data)
    else:
        examples = digits() if source == "digits" else rows(file, data)
    try:
        if chosen is not None:
            prepared = prepare(examples, wishes, chosen.is_switch, chosen.gaps)
        else:
            prepared = prepare(examples, wishes, split=_own_split(file, data, len(examples)))
    except ArgumentError as error:
        raise DocumentError(file, "data", error.message) from None
    info = DataInfo(name, source, prepared, table, columns, chosen)
    at_most(file, "data.degree", info.inputs, MAX_UNITS)
    return info


def _wishes(file: str, data: DataTable) -> Wishes:
    for name in ("validation", "test"):
        _check_range(file, f"data.{name}", getattr(data, name), 0.0, 0.95)
    if data.validation + data.test > 0.95:
        problem = Message(
            "error.document.range", found=f"{data.validation + data.test:g}", low="0", high="0.95"
        )
        raise DocumentError(file, "data.validation + data.test", problem)
    _check_range(file, "data.split_seed", data.split_seed, 0, MAX_SEED)
    check_size(file, "data.degree", data.degree, MAX_DEGREE)
    if data.train_rows is not None:
        _check_range(file, "data.train_rows", data.train_rows, 1, MAX_TABLE)
    for name, (low, high) in _SHIFTS.items():
        _check_range(file, f"data.{name}", getattr(data, name), low, high)
    return Wishes(
        data.standardise,
        data.standardise_target,
        data.degree,
        data.validation,
        data.test,
        data.split_seed,
        data.stratify is not False,
        data.train_rows,
        Shift(data.test_shift, data.test_scale, data.test_rotate, data.test_noise, data.split_seed),
    )


def _check_range(file: str, key: str, found: float, low: float, high: float) -> None:
    if not low <= found <= high:
        problem = Message(
            "error.document.range", found=f"{found:g}", low=f"{low:g}", high=f"{high:,g}"
        )
        raise DocumentError(file, key, problem, found=f"{found:g}")


# --- Sets by name --------------------------------------------------------------------------


def _generated(file: str, data: DataTable) -> Dataset:
    assert data.set is not None
    if data.count is not None:
        check_size(file, "data.count", data.count, MAX_ROWS)
    if data.noise is not None:
        _check_range(file, "data.noise", data.noise, 0.0, MAX_NOISE)
    if data.seed is not None:
        _check_range(file, "data.seed", data.seed, 0, MAX_SEED)
    if data.kinds is not None:
        if not GENERATED[data.set].kinds:
            names = ", ".join(name for name, made in GENERATED.items() if made.kinds)
            problem = Message("error.document.kinds", set=data.set, names=names)
            raise DocumentError(file, "data.kinds", problem)
        _check_range(file, "data.kinds", data.kinds, 2, MAX_KINDS)
    made = generated_set(data.set, data.count, data.noise, data.seed, data.kinds)
    if data.kinds is not None and len(made) < data.kinds:
        problem = Message(
            "error.document.range", found=str(len(made)), low=str(data.kinds), high="…"
        )
        raise DocumentError(file, "data.count", problem)
    return made


# --- Rows that are written out -------------------------------------------------------------


def rows(file: str, data: DataTable) -> Dataset:
    """Return the examples that are written in the file.

    Answers that are lists are the outputs of a regression; plain numbers are class numbers,
    or with `task = "regression"` a regression with one output.

    Raises:
        DocumentError: lists are of different lengths, too long or empty.
    """
    found = required(file, "data", "inputs", data.inputs)
    targets = required(file, "data", "targets", data.targets)
    check_count(file, "data.inputs", len(found), MAX_ROWS)
    inputs = matrix(file, "data.inputs", found, None)
    same_count(file, "data.targets", len(targets), len(found))
    if data.task is not None:
        check_known(file, "data.task", data.task, TASKS)
    width = inputs.shape[1]
    names = tuple(f"x{index}" for index in range(1, width + 1)) if width > 1 else ("x",)
    plain = [target for target in targets if not isinstance(target, list)]
    if data.task == "classes" or (data.task is None and len(plain) == len(targets)):
        kinds = _class_numbers(file, targets)
        classes = tuple(str(kind) for kind in range(int(kinds.max()) + 1))
        return Dataset("data", inputs, kinds, names, "class", classes)
    if len(plain) == len(targets):
        return Dataset("data", inputs, np.array(plain, dtype=float)[:, None], names, "y")
    for index, target in enumerate(targets):
        if not isinstance(target, list):
            raise DocumentError(file, f"data.targets[{index}]", Message("error.document.row"))
    answers = [target for target in targets if isinstance(target, list)]
    return Dataset("data", inputs, matrix(file, "data.targets", answers, None), names, "y")


def _own_split(file: str, data: DataTable, count: int) -> Split | None:
    """Return which rows are for what, if the file names those that are not learned from."""
    if data.validation_rows is None and data.test_rows is None:
        return None
    parts = {"validation_rows": data.validation_rows or [], "test_rows": data.test_rows or []}
    left = np.ones(count, dtype=bool)
    for name, found in parts.items():
        for index, row in enumerate(found):
            key = f"data.{name}[{index}]"
            _check_range(file, key, row, 0, count - 1)
            if not left[row]:
                raise DocumentError(file, key, Message("error.data.row_twice", row=row))
            left[row] = False
    train = np.flatnonzero(left)
    if not len(train):
        raise DocumentError(file, "data", Message("error.data.empty"))
    validation, test = (np.array(rows, dtype=np.intp) for rows in parts.values())
    return Split(train[: data.train_rows], validation, test)


def _class_numbers(file: str, targets: Sequence[list[float] | float]) -> Array:
    for index, target in enumerate(targets):
        if isinstance(target, list) or target not in range(MAX_UNITS):
            problem = Message("error.document.class", last=MAX_UNITS - 1)
            raise DocumentError(file, f"data.targets[{index}]", problem)
    return np.array(targets, dtype=np.int64)
