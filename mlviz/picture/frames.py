"""Frames around what belongs together: a module's operations, or the inside of an opened node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mlviz.i18n import Message
from mlviz.layout import LayoutGraph
from mlviz.picture.items import Box, Item, Rect, Role, Text
from mlviz.trace.magnify import Frame, Spot

_PAD = 10.0
_HEAD = 20.0
"""Room for the name above the nodes."""
_CLOSE = 18.0
"""Side of the close button."""
_LETTER = 7.2
"""Width of a letter of the name, nearly."""


@dataclass(frozen=True, slots=True)
class FramePlace:
    """Where a frame is.

    Attributes:
        frame: what it is around.
        rect: the frame.
        close: its close button; None for a module, which is not closed.
    """

    frame: Frame
    rect: Rect
    close: Rect | None

    @property
    def plate(self) -> Rect:
        """Where the name stands."""
        width = len(self.frame.name) * _LETTER + 8
        return Rect(self.rect.x + 8, self.rect.y + 6, width, 17)

    @property
    def spot(self) -> Spot | None:
        """What was opened."""
        return self.frame.spot


def frame_places(frames: Sequence[Frame], rects: Mapping[int, Rect]) -> tuple[FramePlace, ...]:
    """Return where frames are, outer ones first; one that would hold strangers is left out."""
    found: list[FramePlace] = []
    for frame in sorted(frames, key=lambda frame: len(frame.nodes)):
        inner = [place.rect for place in found if place.frame.nodes <= frame.nodes]
        parts = [rects[id] for id in frame.nodes if id in rects] + inner
        if not parts:
            continue
        whole = parts[0]
        for part in parts[1:]:
            whole = whole.united(part)
        wide = max(whole.width + 2 * _PAD, len(frame.name) * _LETTER + _CLOSE + 3 * _PAD)
        rect = Rect(whole.x - _PAD, whole.y - _PAD - _HEAD, wide, whole.height + 2 * _PAD + _HEAD)
        if frame.spot is None and _holds_strangers(frame, whole.grown(_PAD / 2), rects):
            continue
        close = None
        if frame.spot is not None:
            close = Rect(rect.right - _CLOSE - 5, rect.y + 5, _CLOSE, _CLOSE)
        found.append(FramePlace(frame, rect, close))
    return tuple(sorted(found, key=lambda place: -len(place.frame.nodes)))


def _holds_strangers(frame: Frame, rect: Rect, rects: Mapping[int, Rect]) -> bool:
    return any(
        other.x < rect.right
        and other.right > rect.x
        and other.y < rect.bottom
        and other.bottom > rect.y
        for id, other in rects.items()
        if id not in frame.nodes
    )


def framed(graph: LayoutGraph, frames: Sequence[Frame]) -> LayoutGraph:
    """Return a graph whose boxes know the frames that they are drawn in."""
    inside: dict[int, list[int]] = {}
    for number, frame in sorted(enumerate(frames), key=lambda entry: -len(entry[1].nodes)):
        for id in frame.nodes:
            inside.setdefault(id, []).append(number)
    nodes = tuple(
        replace(node, frame="/".join(map(str, inside.get(node.key, ())))) for node in graph.nodes
    )
    return LayoutGraph(nodes, graph.edges)


def frame_items(places: Sequence[FramePlace]) -> list[Item]:
    """Return the outlines of frames; they lie behind everything else."""
    items: list[Item] = []
    for place in places:
        opened = place.spot is not None
        stroke, width = (Role.HOVERED, 1.5) if opened else (Role.LINE, 1.25)
        items.append(Box("", place.rect, Role.CLEAR, stroke, width, 14, dashed=not opened))
    return items


def frame_names(places: Sequence[FramePlace]) -> list[Item]:
    """Return the names of frames and their close buttons; no edge crosses them."""
    items: list[Item] = []
    for place in places:
        rect, opened = place.rect, place.spot is not None
        items.append(Box("", place.plate, Role.STAGE, Role.CLEAR, 0, 4))
        role = Role.TEXT if opened else Role.MUTED
        items.append(Text(rect.x + 12, rect.y + 19, place.frame.name, role, 12, bold=True))
        if place.close is not None:
            x, y = place.close.center
            items.append(Box("", place.close, Role.PANEL, Role.LINE, 1, 5))
            items.append(Text(x, y + 5, "×", Role.TEXT, 14, True, "center"))
    return items


def frame_note(frame: Frame) -> Message | None:
    """Return what a frame leaves out, or None if it shows everything."""
    if frame.elided and frame.others:
        return Message("inside.elided.both", terms=f"{frame.elided:,}", cells=f"{frame.others:,}")
    if frame.elided:
        return Message("inside.elided.terms", terms=f"{frame.elided:,}")
    if frame.others:
        return Message("inside.elided.cells", cells=f"{frame.others:,}")
    return None
