"""From the table of a CSV file, or of one that comes with the program, to what is learned."""

import math
from collections.abc import Sequence
from pathlib import Path

from mlviz.document.checks import at_most, check_count, check_known, required
from mlviz.document.limits import MAX_TABLE, MAX_UNITS
from mlviz.document.schema import DataTable
from mlviz.errors import ArgumentError, DocumentError
from mlviz.i18n import Message
from mlviz.learn.data.csv_file import ENCODINGS, read_csv
from mlviz.learn.data.prepare import Chosen, Columns, Gap, choose
from mlviz.learn.data.tables import Table
from mlviz.learn.datasets import TABLES

TABLE_ENDINGS = (".csv", ".tsv", ".txt")
"""How files are called that are opened as tables."""

TASKS = ("classes", "regression")
_GAPS = ("drop", "mean", "median")


def read_table(file: str, data: DataTable, path: Path) -> Table:
    """Return the table of a CSV file.

    Raises:
        DocumentError: it cannot be read.
    """
    if data.encoding is not None:
        check_known(file, "data.encoding", data.encoding, ENCODINGS)
    for name in ("separator", "decimal"):
        found = getattr(data, name)
        if found is not None and (len(found) != 1 or found in '"\r\n'):
            raise DocumentError(file, f"data.{name}", Message("error.document.one_character"))
    key = _key(path, data)
    if key in _TABLES:
        return _TABLES[key]
    try:
        return _kept(key, read_csv(path, *key[2:]))
    except DocumentError as error:
        raise DocumentError(file, "data.csv", error.message) from None


_Key = tuple[Path, tuple[int, int] | None, str, str, str, bool]
_TABLES: dict[_Key, Table] = {}
"""The tables read last; reading a large one again would take seconds."""
_MOST_TABLES = 2


def style_wishes(data: DataTable) -> tuple[str, str, str, bool]:
    """Return how a file is to be read, as `read_csv` takes it: what is empty is found out."""
    return data.separator or "", data.decimal or ".", data.encoding or "", data.header


def _key(path: Path, data: DataTable) -> _Key:
    return (path, file_stamp(path), *style_wishes(data))


def _kept(key: _Key, table: Table) -> Table:
    while len(_TABLES) >= _MOST_TABLES:
        del _TABLES[next(iter(_TABLES))]
    _TABLES[key] = table
    return table


def keep_table(path: Path, data: DataTable, table: Table) -> None:
    """Let a table that was read part by part serve the document that names its file.

    Args:
        path: the file.
        data: how it was read: separator, decimal, encoding and header.
        table: what is in it.
    """
    _kept(_key(path, data), table)


def is_kept(path: Path, data: DataTable) -> bool:
    """Return whether the table of a file, read in this way, is still at hand."""
    return _key(path, data) in _TABLES


def file_stamp(path: Path) -> tuple[int, int] | None:
    """Return when a file was written and how long it is; None if there is no such file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None  # reading it will say why
    return found.st_mtime_ns, found.st_size


def columns_of(file: str, data: DataTable, table: Table) -> Columns:
    """Return what a recipe reads from a table.

    Raises:
        DocumentError: there is no such column, or a rule is not known.
    """
    known = TABLES.get(data.set or "")
    target = data.target or (known.target if known else None)
    target = required(file, "data", "target", target)
    _check_column(file, "data.target", target, table)
    features = tuple(data.features) or (known.features if known else ())
    if known and target != known.target and not data.features:
        features = ()
    features = features or tuple(name for name in table.names if name != target)
    check_count(file, "data.features", len(features), MAX_UNITS)
    for index, name in enumerate(features):
        _check_column(file, f"data.features[{index}]", name, table)
        if name == target or name in features[:index]:
            problem = Message("error.document.name_twice", name=name)
            raise DocumentError(file, f"data.features[{index}]", problem)
    for index, name in enumerate(data.one_hot):
        if name not in features:
            raise DocumentError(file, f"data.one_hot[{index}]", found=name, allowed=features)
    task = data.task or ("regression" if target in table.numeric else "classes")
    check_known(file, "data.task", task, TASKS)
    gaps = _gaps(file, data, features)
    return Columns(features, target, task == "classes", gaps, frozenset(data.one_hot))


def _check_column(file: str, key: str, name: str, table: Table) -> None:
    if name not in table.names:
        raise DocumentError(file, key, found=name, allowed=table.names)


def _gaps(file: str, data: DataTable, features: Sequence[str]) -> dict[str, Gap]:
    rule = data.missing
    if rule is None:
        return {}
    if not isinstance(rule, dict):
        gap = _gap(file, "data.missing", rule)
        return dict.fromkeys(features, gap)
    for name in rule:
        if name not in features:
            raise DocumentError(file, "data.missing", found=name, allowed=features)
    return {name: _gap(file, f"data.missing.{name}", each) for name, each in rule.items()}


def _gap(file: str, key: str, rule: str | float) -> Gap:
    if isinstance(rule, str):
        check_known(file, key, rule, _GAPS)
        return "drop" if rule == "drop" else "mean" if rule == "mean" else "median"
    if not math.isfinite(rule):
        raise DocumentError(file, key, Message("error.document.not_finite"), found=str(rule))
    return float(rule)


def chosen_rows(file: str, table: Table, columns: Columns, name: str) -> Chosen:
    """Return the rows and columns that are learned from.

    Raises:
        DocumentError: nothing is left, or there is too much of it.
    """
    for column in (columns.target, *columns.features):
        of_kinds = column not in table.numeric or column in columns.switches
        if of_kinds or (column == columns.target and columns.is_classes):
            found = len(table.kinds(column)[1])
            if found > MAX_UNITS:
                told = {"column": column, "found": f"{found:,}", "limit": f"{MAX_UNITS:,}"}
                raise DocumentError(file, "data", Message("error.data.kinds", **told))
    try:
        chosen = choose(table, columns, name, MAX_TABLE)
    except ArgumentError as error:
        raise DocumentError(file, "data", error.message) from None
    at_most(file, "data.features", chosen.data.inputs.shape[1], MAX_UNITS)
    if columns.is_classes and len(chosen.data.classes) < 2:
        problem = Message("error.data.one_class", column=columns.target)
        raise DocumentError(file, "data.target", problem)
    return chosen
