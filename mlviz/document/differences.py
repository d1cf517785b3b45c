"""In what two recipes differ, and what a run of the one needs to be a run of the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from mlviz.document.schema import FileTable

Effect = Literal["none", "live", "restart"]

_SHOWN = ("title", "about", "shows", "theme", "view", "scene", "variant")
"""What is said about a recipe; no number depends on it."""

_LIVE = (
    *("optimizer", "schedule", "training", "iterations", "data.batch_size"),
    *("data.test_shift", "data.test_scale", "data.test_rotate", "data.test_noise"),
)
"""What may change in the middle of a run; no test row is learned from."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A key in which two recipes differ.

    Attributes:
        key: where, such as `network.layers[1].units`.
        before: what the first says, as it is written; empty if it says nothing.
        after: what the second says.
    """

    key: str
    before: str
    after: str


def differences(before: FileTable, after: FileTable) -> tuple[Difference, ...]:
    """Return where two recipes differ, in the order of the file; what is only shown is left out."""
    pairs = _different("", before, after)
    return tuple(
        Difference(key, _written(old), _written(new))
        for key, old, new in pairs
        if key.partition(".")[0].partition("[")[0] not in _SHOWN
    )


def effect(before: FileTable, after: FileTable) -> Effect:
    """Return what a run of `before` needs so that it is one of `after`.

    `none` if it is the same run, `live` if it can go on with the change from any iteration
    on, `restart` if it has to begin again.
    """
    found: Effect = "none"
    for difference in differences(before, after):
        if not _is_live(difference.key):
            return "restart"
        found = "live"
    return found


def _is_live(key: str) -> bool:
    starts = any(key == name or key.startswith(f"{name}.") for name in _LIVE)
    return starts or (key.startswith("network.") and key.endswith(".dropout"))


def _different(key: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, msgspec.Struct) and type(old) is type(new):
        for name in old.__struct_fields__:
            yield from _different(
                f"{key}.{name}" if key else name, getattr(old, name), getattr(new, name)
            )
    elif _has_tables(old) and _has_tables(new):
        for index in range(max(len(old), len(new))):
            parts = [side[index] if index < len(side) else None for side in (old, new)]
            yield from _different(f"{key}[{index}]", *parts)
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _different(f"{key}.{name}", old.get(name), new.get(name))
    elif old != new:
        yield key, old, new


def _has_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], msgspec.Struct)


def _written(value: Any) -> str:
    """Return a value as a person would say it: long lists by their size alone."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.12g}"
        case msgspec.Struct():
            fields = (
                (field, getattr(value, field.name)) for field in msgspec.structs.fields(value)
            )
            said = ((field.name, part) for field, part in fields if part not in (field.default, []))
            return ", ".join(f"{name} = {_written(part)}" for name, part in said)
        case list() if len(value) > 6 or any(isinstance(part, list) for part in value):
            return _size(value)
        case list():
            return "[" + ", ".join(_written(part) for part in value) + "]"
        case dict():
            return ", ".join(f"{name} = {_written(part)}" for name, part in value.items())
    return str(value)


def _size(value: Sequence[Any]) -> str:
    inner = value[0] if value else None
    return f"{len(value)}×{len(inner)}" if isinstance(inner, list) else f"[{len(value)}]"
