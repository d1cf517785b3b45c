"""What is probably not meant in a table: read as it stands, but worth a word."""

from dataclasses import dataclass

from mlviz.learn.data.columns import all_numbers, is_number
from mlviz.learn.data.tables import Table

_LOOKED_AT = 2_000
"""So many rows are looked at."""
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Odd:
    """A column that is read as words although nearly all of it is numbers.

    Attributes:
        column: its name.
        numbers: how many of the entries that were looked at are numbers.
        entries: how many were looked at.
        other: the first one that is none.
        line: in which line of the file it stands.
    """

    column: str
    numbers: int
    entries: int
    other: str
    line: int


def almost_numbers(table: Table) -> Odd | None:
    """Return the first column that a few entries keep from being numbers."""
    for name in table.names:
        if name in table.numeric:
            continue
        entries = [str(entry) for entry in table.columns[name][:_LOOKED_AT]]
        others = [row for row, entry in enumerate(entries) if entry and not is_number(entry)]
        known = sum(bool(entry) for entry in entries)
        if others and known - len(others) >= _MOSTLY * known:
            first = others[0]
            names = 0 if table.style is not None and not table.style.header else 1
            return Odd(name, known - len(others), known, entries[first], first + names + 1)
    return None


def names_are_numbers(table: Table) -> bool:
    """Return whether the first line of a file was probably data, as it has no word."""
    return table.style is not None and table.style.header and all_numbers(table.names)
