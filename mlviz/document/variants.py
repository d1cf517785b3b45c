"""Variants of a recipe that a file brings along, to be trained side by side.

Each changes a few keys of the file, `"optimizer.lr" = 0.3` or, in every layer at once,
`"network.layers[*].init" = "normal"`; everything else is as the file says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from mlviz.document.checks import at_most
from mlviz.document.localtext import LocalText, local_text
from mlviz.document.schema import FileTable, checked_table
from mlviz.errors import DocumentError
from mlviz.i18n import Message

MAX_VARIANTS = 8

_PART = re.compile(r"(\w+)|\[(\d{1,4}|\*)\]")
_KEY = re.compile(r"\w+(\[(\d{1,4}|\*)\])?(\.\w+(\[(\d{1,4}|\*)\])?)*")

_NOT_CHANGED = ("title", "about", "shows", "theme", "view", "scene", "variant")


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A recipe to compare with the others of its file.

    Attributes:
        name: what it is called.
        table: all that it says.
    """

    name: LocalText
    table: FileTable


def read_variants(file: str, table: FileTable) -> tuple[Variant, ...]:
    """Return the variants of a file, in their order; of most files there are none.

    Raises:
        DocumentError: a key is not there, or its value is of another type.
    """
    at_most(file, "variant", len(table.variant), MAX_VARIANTS)
    found = []
    for index, variant in enumerate(table.variant):
        raw = msgspec.to_builtins(table)
        key = f"variant[{index}].set"
        for path, value in variant.set.items():
            _set(file, key, raw, path, value)
        try:
            changed = checked_table(file, raw)
        except DocumentError as error:
            raise DocumentError(
                file,
                f"{key}.{error.key}",
                error.problem,
                found=error.found,
                suggestion=error.suggestion,
            ) from None
        found.append(Variant(local_text(variant.name), changed))
    return tuple(found)


def _set(file: str, key: str, raw: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a place of a table, or at several places."""
    problem = DocumentError(file, f'{key}."{path}"', Message("error.variant.no_key", key=path))
    parts = [name or index for name, index in _PART.findall(path)]
    if not _KEY.fullmatch(path) or parts[0] in _NOT_CHANGED:
        raise problem
    places = list(_places([raw], parts[:-1]))
    for place in places:
        last = parts[-1]
        if isinstance(place, list):
            indices = range(len(place)) if last == "*" else [int(last)]
            if any(index >= len(place) for index in indices):
                raise problem
            for index in indices:
                place[index] = value
        elif isinstance(place, dict):
            place[last] = value
        else:
            raise problem
    if not places:
        raise problem


def _places(tables: list[Any], parts: Sequence[str]) -> Iterator[Any]:
    """Return what stands at the end of a path; several if a part of it is `*`."""
    for table in tables:
        if not parts:
            yield table
            continue
        inside: list[Any] = []
        if isinstance(table, list) and parts[0] == "*":
            inside = table
        elif isinstance(table, list) and parts[0].isdecimal() and int(parts[0]) < len(table):
            inside = [table[int(parts[0])]]
        elif isinstance(table, dict) and parts[0] in table:
            inside = [table[parts[0]]]
        yield from _places(inside, parts[1:])
