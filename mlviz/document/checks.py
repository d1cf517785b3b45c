"""The checks that all parts of a document share, with their errors."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

from mlviz.autograd import Array
from mlviz.document.limits import MAX_NAME
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.numerals import format_shape

_NAME = re.compile(r"[^\W\d_]+\d*(\^\w+)?(_\w+)?")

_T = TypeVar("_T")


def required(file: str, key: str, name: str, found: _T | None) -> _T:
    """Return `found`; refuse a table without its key `name`."""
    if found is None:
        raise DocumentError(file, key, Message("error.document.missing", name=name))
    return found


def check_known(file: str, key: str, found: str, allowed: Iterable[str]) -> None:
    """Refuse a name that is not one of those allowed, with the nearest one."""
    names = list(allowed)
    if found in names:
        return
    # `mse` is not near `mse_loss` letter by letter, but it is how it begins.
    longer = [name for name in names if found and name.startswith(found)]
    suggestion = longer[0] if len(longer) == 1 else ""
    raise DocumentError(file, key, found=found, allowed=names, suggestion=suggestion)


def check_size(file: str, key: str, found: int, limit: int) -> None:
    """Refuse a size below 1 or above `limit`."""
    if not 1 <= found <= limit:
        problem = Message("error.document.range", found=str(found), low="1", high=f"{limit:,}")
        raise DocumentError(file, key, problem, found=str(found))


def check_count(file: str, key: str, found: int, limit: int) -> None:
    """Refuse a list that is empty or longer than `limit`."""
    if not found:
        raise DocumentError(file, key, Message("error.document.empty"))
    at_most(file, key, found, limit)


def at_most(file: str, key: str, found: int, limit: int) -> None:
    """Refuse more numbers, lines or entries than `limit`."""
    if found > limit:
        problem = Message("error.document.many", found=f"{found:,}", limit=f"{limit:,}")
        raise DocumentError(file, key, problem, found=str(found))


def same_count(file: str, key: str, found: int, wanted: int) -> None:
    """Refuse a list that has not exactly `wanted` entries."""
    if found != wanted:
        problem = Message("error.document.count", found=str(found), wanted=str(wanted))
        raise DocumentError(file, key, problem, found=str(found))


def matrix(
    file: str, key: str, rows: Sequence[Sequence[object]], shape: tuple[int, int] | None
) -> Array:
    """Return rows of numbers as an array; refuse rows of different lengths, or another shape."""
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            same_count(file, f"{key}[{index}]", len(row), len(rows[0]))
    found = (len(rows), len(rows[0]) if rows else 0)
    if shape is not None:
        check_shape(file, key, found, shape)
    return np.array(rows, dtype=np.float64).reshape(found)


def check_shape(file: str, key: str, found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Refuse a table of numbers of another shape."""
    if found != wanted:
        problem = Message(
            "error.document.shape", found=format_shape(found), wanted=format_shape(wanted)
        )
        raise DocumentError(file, key, problem, found=format_shape(found))


def check_name(file: str, key: str, name: str) -> None:
    """Refuse a name that could not be shown as a symbol, such as `w1` or `net_h1`."""
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise DocumentError(file, key, bad_name(name), found=name)


def bad_name(name: str) -> Message:
    """Say why something cannot be a name: it is too long, or has other characters."""
    if len(name) > MAX_NAME:
        return Message(
            "error.document.long_name", found=name[:MAX_NAME], length=len(name), limit=MAX_NAME
        )
    return Message("error.document.bad_name", found=name)
