"""What is probably wanted of a table that somebody opens: a first choice, to be changed."""

from pathlib import Path

import numpy as np

from mlviz.document.schema import DataTable
from mlviz.learn.data.tables import Table

MOST_KINDS = 20
"""Words of more kinds than these are rather names than kinds."""

MOST_ROWS = 20_000
"""Of a larger table so many rows are drawn, so that nobody has to wait."""

_TARGETS = ("target", "label", "class", "species", "outcome", "survived", "diagnosis", "price", "y")
"""What the column that is learned is often called."""

_LOOKED_AT = 20_000  # rows
_FEW = 10
_TASK_ROWS = 5  # rows of each class, at least, where numbers are taken as classes


def first_choice(path: Path, table: Table) -> DataTable:
    """Return the data of a recipe for a table: one column is learned from all others.

    It is one that is called like a target, or the last. Rows with gaps go, numbers are brought
    to one scale, and a fifth of the rows is kept for validation.
    """
    start = table if len(table) <= _LOOKED_AT else table.take(np.arange(_LOOKED_AT))
    useful = [name for name in table.names if is_useful(start, name)] or list(table.names)
    named = [name for name in useful if name.lower() in _TARGETS]
    target = (named or useful)[-1]
    task = task_of(start, target)
    return DataTable(
        csv=str(path),
        rows=MOST_ROWS if len(table) > MOST_ROWS else None,
        features=[name for name in useful if name != target],
        target=target,
        task=task,
        missing="drop",
        standardise=True,
        standardise_target=task == "regression",
        validation=0.2 if len(table) >= 10 else 0.0,
    )


def is_useful(table: Table, name: str) -> bool:
    """Return whether something can be learned from a column: it differs, and is no name."""
    missing = table.missing(name)
    if missing.mean() > 0.5:
        return False
    if name in table.numeric:
        column = table[name][~missing]
        return len(table) == 1 or bool(column.min() < column.max())
    return 1 < len(table.kinds(name)[1]) <= MOST_KINDS or len(table) == 1


def task_of(table: Table, target: str) -> str:
    """Return `classes` for words and for a few whole numbers that come again and again."""
    if target not in table.numeric:
        return "classes"
    column = table[target][~table.missing(target)]
    is_whole = bool(np.all(column == np.round(column)))
    if not is_whole or len(np.unique(column[:1000])) > _FEW:
        return "regression"
    kinds = len(np.unique(column))
    return "classes" if kinds <= _FEW and len(column) >= _TASK_ROWS * kinds else "regression"
