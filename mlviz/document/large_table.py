"""A document that names a large table: found out before the table is read."""

from dataclasses import dataclass
from pathlib import Path

from mlviz.document.data_file import csv_path
from mlviz.document.reading import read, shown_path
from mlviz.document.schema import DataTable, checked_table
from mlviz.document.table_file import is_kept
from mlviz.errors import DocumentError

LARGE_BYTES = 500_000
"""Longer tables are not read in one go: a window would stand still meanwhile."""


@dataclass(frozen=True, slots=True)
class LargeTable:
    """A table that takes long to read.

    Attributes:
        path: where it is.
        data: how it is written.
    """

    path: Path
    data: DataTable


def large_table(document: Path) -> LargeTable | None:
    """Return the table that a file names, if reading it takes long.

    What is wrong with the file is told when it is opened.
    """
    try:
        data = checked_table(shown_path(document), read(document)).data
        if data is None or data.csv is None:
            return None
        path = csv_path(data.csv, document.parent)
        if is_kept(path, data) or path.stat().st_size <= LARGE_BYTES:
            return None
    except (DocumentError, OSError, ValueError):
        return None
    return LargeTable(path, data)
