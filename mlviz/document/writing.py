"""A recipe as a file: what it says and no more, written whole or not at all.

A file that is there already keeps its comments and its order; only what changed is written.
"""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from mlviz.document.data_file import csv_path
from mlviz.document.document import Document
from mlviz.document.limits import MAX_BYTES
from mlviz.document.reading import parse, read, shown_path
from mlviz.document.schema import FileTable, checked_table
from mlviz.errors import DocumentError
from mlviz.i18n import Message

if TYPE_CHECKING:
    from tomlkit.items import Item

_ENTRY = "an entry of a list"
_TABLES = (
    *("network", "data", "loss", "formula", "leaves", "optimizer", "schedule", "training"),
    *("view", _ENTRY),
)
"""Written with a heading; other tables stand in one line."""
_LONGEST_KEPT = 30_000
"""Longest file of which comments are kept: the writer reads slowly."""
_WIDTH = 76
_MOST_UP = 2
"""A table that is farther up than so many folders is named by its whole path."""


def save(document: Document, path: Path) -> None:
    """Write the recipe of a document; a crash in between leaves the old file whole.

    Scenes at moments that the changed network does not have are left out, and a table of one's
    own is named as seen from the new file, if it is not far away.

    Raises:
        DocumentError: it cannot be written there.
    """
    file = shown_path(path)
    text = text_of(table_to_save(document, path.parent), _text_before(path))
    content = text.encode()
    if len(content) > MAX_BYTES:
        raise DocumentError(file, "", Message("error.document.long", limit=f"{MAX_BYTES:,}"))
    try:
        _write(path, content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(file, "", Message("error.document.write", detail=reason)) from None


def table_to_save(document: Document, folder: Path) -> FileTable:
    """Return what a file in `folder` says so that it means the same as the document."""
    table = document.table
    if table.data is not None and table.data.csv is not None:
        old = None if document.path is None else document.path.parent
        csv = _seen_from(folder.resolve(), csv_path(table.data.csv, old).resolve())
        table = replace(table, data=replace(table.data, csv=csv.as_posix()))
    kept = {scene.at for scene in document.scenes}
    return replace(table, scene=[scene for scene in table.scene if scene.at in kept])


def _seen_from(folder: Path, path: Path) -> Path:
    """Return a path as seen from a folder; as it is if it is far away, or on another disk."""
    try:
        found = Path(os.path.relpath(path, folder))
    except ValueError:  # another disk
        return path
    return path if found.parts.count("..") > _MOST_UP else found


def text_of(table: FileTable, before: str = "") -> str:
    """Return a recipe as TOML.

    Args:
        table: the recipe.
        before: the file as it was, whose comments are kept.
    """
    import tomlkit  # only needed when something is saved

    said: dict[str, Any] = _said(table)
    if before:
        kept = tomlkit.parse(before)
        _update(kept, said, msgspec.to_builtins(table))
        text = tomlkit.dumps(kept)
        with contextlib.suppress(DocumentError):
            if checked_table("", parse("", text)) == table:
                return text
    fresh = tomlkit.document()
    _update(fresh, said, {})
    return tomlkit.dumps(fresh)


def _text_before(path: Path) -> str:
    """Return what stands in a file of ours; nothing if there is none, or another one."""
    try:
        read(path)  # otherwise it is no TOML file
        text = path.read_text("utf-8-sig")
    except (DocumentError, OSError, ValueError):
        return ""
    return text if len(text) <= _LONGEST_KEPT else ""


def _write(path: Path, content: bytes) -> None:
    # Beside the file, so that putting it in its place is one operation of the same disk.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(OSError):
            os.chmod(name, path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# --- From tables to TOML -------------------------------------------------------------------


def _said(value: Any) -> Any:
    """Return plain values without those that hold anyway."""
    if isinstance(value, msgspec.Struct):
        found = {}
        for field in msgspec.structs.fields(value):
            each = getattr(value, field.name)
            usual = field.default
            if field.default_factory is not msgspec.NODEFAULT:
                usual = field.default_factory()
            if each is not None and not _same(each, usual):
                found[field.name] = _said(each)
        return found
    if isinstance(value, list):
        return [_said(part) for part in value]
    return value


def _same(one: Any, other: Any) -> bool:
    """Return whether two values say the same; `false` is not 0."""
    return bool(one == other and isinstance(one, bool) == isinstance(other, bool))


def _update(old: Any, said: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Let a TOML table say something; what it says already is not touched.

    Args:
        old: the table.
        said: what it has to say.
        whole: the same with what would hold anyway: it may stay if it stands there.
    """
    for name in [name for name in old if name not in said]:
        if name not in whole or not _same(_plain(old[name]), whole[name]):
            del old[name]
    for name, value in said.items():
        present, all_of_it = old.get(name), whole.get(name)
        plain = _plain(present)
        if isinstance(value, dict) and isinstance(plain, dict):
            _update(present, value, all_of_it if isinstance(all_of_it, dict) else {})
        elif _is_tables(value) and _is_tables(plain) and len(value) == len(plain):
            parts = all_of_it if isinstance(all_of_it, list) else [{}] * len(value)
            for one, other, each in zip(present, value, parts, strict=True):
                _update(one, other, each)
        elif present is None or not _same(plain, value):
            old[name] = _item(value, name)


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _item(value: Any, name: str) -> "Item":
    import tomlkit

    if isinstance(value, dict) and name in _TABLES:
        made = tomlkit.table()
        for key, part in value.items():
            made[key] = _item(part, key)
        return made
    if isinstance(value, dict):
        short = tomlkit.inline_table()
        for key, part in value.items():
            short[key] = _item(part, "")
        return short
    if _is_tables(value):
        several = tomlkit.aot()
        for part in value:
            several.append(_item(part, _ENTRY))
        return several
    if isinstance(value, list) and value and not isinstance(value[0], str):
        return _numbers(value)
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    plain: Item = tomlkit.item(value)
    return plain


def _numbers(rows: list[Any]) -> "Item":
    """Return numbers, or rows of them one a line; the library takes seconds for thousands."""
    from tomlkit.items import Integer, Trivia

    text = _listed(rows)
    if len(text) > _WIDTH and isinstance(rows[0], list):
        text = "[\n" + "".join(f"    {_listed(row)},\n" for row in rows) + "]"
    return Integer(0, Trivia(), text)


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_listed(part) for part in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)
