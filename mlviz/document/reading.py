"""From a path to a table of plain values: whole files only, of a bounded size, in UTF-8."""

import math
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlviz.document.limits import MAX_BYTES, MAX_DOTS
from mlviz.errors import DocumentError
from mlviz.i18n import Message

_LARGEST_WHOLE = 2**53
"""Above this a float no longer holds every whole number."""

# Every branch ends somewhere whatever follows, so that the search is linear in the text.
_STRING_OR_COMMENT = re.compile(
    r'''"""(?:[^\\]|\\.)*?(?:"""|\\?\Z)|"(?:[^"\\\n]|\\.)*+"?'''
    r"""|'''.*?(?:'''|\Z)|'[^'\n]*'?|\#[^\n]*""",
    re.DOTALL,
)

_BARE_KEY = re.compile(r"\s*([^\W\d]\w*)\s*=")

_TOML_PROBLEMS = (
    ("cannot overwrite a value", "error.document.toml.twice"),
    ("declare", "error.document.toml.twice"),
    ("duplicate inline table key", "error.document.toml.twice"),
    ("redefine", "error.document.toml.twice"),
    ("immutable", "error.document.toml.twice"),
    ("invalid value", "error.document.toml.value"),
    ("unclosed array", "error.document.toml.unclosed"),
    ("unclosed inline table", "error.document.toml.unclosed"),
    ("unterminated string", "error.document.toml.unclosed"),
    ("expected '='", "error.document.toml.equals"),
    ("illegal character '\\n'", "error.document.toml.unclosed"),
    ('expected "\'"', "error.document.toml.unclosed"),
    ("illegal character", "error.document.toml.character"),
)


def shown_path(path: Path) -> str:
    """Return how a path is told to a person: as seen from the current folder, if it is below."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):
        return path.as_posix()


def read(path: Path) -> dict[str, Any]:
    """Return what stands in a TOML file.

    Raises:
        DocumentError: the file cannot be read, is too long, is not UTF-8 or not TOML, or has
            a number that is not finite.
    """
    file = shown_path(path)
    return parse(file, _decoded(file, _bytes(file, path)))


def read_head(path: Path) -> dict[str, Any]:
    """Return what stands in a TOML file before its first scene.

    Raises:
        DocumentError: as for `read`.
    """
    file = shown_path(path)
    return parse(file, _decoded(file, _bytes(file, path)).partition("\n[[scene]]")[0])


def parse(file: str, text: str) -> dict[str, Any]:
    """Return what a TOML text says; `file` is its name in errors.

    Raises:
        DocumentError: the text is not TOML, or has a number that is not finite.
    """
    _check_keys(file, text)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(file, text, str(error)) from None
    except RecursionError:
        raise DocumentError(file, "", Message("error.document.deep")) from None
    except ValueError:  # a whole number of thousands of digits
        raise DocumentError(file, "", Message("error.document.number")) from None
    _check_numbers(file, table)
    return table


def _bytes(file: str, path: Path) -> bytes:
    try:
        # Asked before it is opened: opening a pipe would wait for its other end.
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise DocumentError(file, "", Message("error.document.folder"))
        if not stat.S_ISREG(mode):
            raise DocumentError(file, "", Message("error.document.not_a_file"))
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise DocumentError(file, "", Message("error.document.not_found")) from None
    except PermissionError:
        raise DocumentError(file, "", Message("error.document.permission")) from None
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise DocumentError(file, "", Message("error.document.read", detail=detail)) from None
    if len(content) > MAX_BYTES:
        raise DocumentError(file, "", Message("error.document.long", limit=f"{MAX_BYTES:,}"))
    return content


def _decoded(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Message("error.document.encoding")
        raise DocumentError(file, "", _at_line(line, problem)) from None


def _check_keys(file: str, text: str) -> None:
    """Refuse keys of very many parts: the parser's work grows with the square of their number."""
    bare = _STRING_OR_COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(bare.split("\n"), 1):
        # A number has one dot at most, so many of them in one piece are a key.
        if any(piece.count(".") > MAX_DOTS for piece in re.split(r"[=,{}\[\]]", line)):
            raise DocumentError(file, "", _at_line(number, Message("error.document.deep")))


def _toml_error(file: str, text: str, error: str) -> DocumentError:
    told = error.lower()
    known = (id for words, id in _TOML_PROBLEMS if words in told)
    problem = Message(next(known, "error.document.toml.syntax"))
    place = re.search(r"at line (\d+)", error)
    line = int(place[1]) if place else text.rstrip("\n").count("\n") + 1
    bare = _BARE_KEY.match(text.splitlines()[line - 1]) if place else None
    if bare is not None and not bare[1].isascii():
        problem = Message("error.document.toml.quotes", name=bare[1])
    return DocumentError(file, "", _at_line(line, problem))


def _at_line(line: int, problem: Message) -> Message:
    return Message("error.document.line", line=line, problem=problem)


def _check_numbers(file: str, table: dict[str, Any]) -> None:
    for key, value in _values(table):
        if isinstance(value, float) and not math.isfinite(value):
            raise DocumentError(file, key, Message("error.document.not_finite"), found=str(value))
        if isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
            raise DocumentError(file, key, Message("error.document.number"))


def _values(table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every value of nested tables and lists with its key, without recursion."""
    waiting: list[tuple[str, Any]] = [("", table)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((f"{key}.{name}" if key else name, part) for name, part in value.items())
        elif isinstance(value, list):
            waiting.extend((f"{key}[{index}]", part) for index, part in enumerate(value))
        else:
            yield key, value
