"""From one magnification to another: boxes glide out of the box that they were inside of.

A passage is a pure function of its progress, 0 to 1. Closing is opening backwards.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from mlviz.picture.easing import smooth
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Box, Curve, Formula, Item, Picture, Polygon, Rect, Text
from mlviz.trace.magnify import View
from mlviz.trace.steps import Position

SECONDS = 0.5
"""How long a passage takes."""
MOST = 1500
"""With more nodes than this on either side there is no passage."""

Place = tuple[Position, int | None]


class Shift(NamedTuple):
    """How places of one picture lie in another: `x * scale + x0`."""

    scale: float = 1.0
    x0: float = 0.0
    y0: float = 0.0

    def rect(self, rect: Rect) -> Rect:
        """Return a rectangle in the other picture."""
        return Rect(
            rect.x * self.scale + self.x0,
            rect.y * self.scale + self.y0,
            rect.width * self.scale,
            rect.height * self.scale,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """The way from the graph that is left to the one that is reached.

    Attributes:
        left: the graph that is left.
        place: the moment and the selection there.
        before: the magnification that is left.
        after: the magnification that is reached.
        reached: its graph, once it is laid out.
        progress: 0 to 1.
    """

    left: GraphPictures
    place: Place
    before: View
    after: View
    reached: GraphPictures | None = None
    progress: float = 0.0
    _memory: dict[str, Picture] = field(default_factory=dict)

    @classmethod
    def between(
        cls, left: GraphPictures, place: Place, before: View, after: View
    ) -> "Passage | None":
        """Return the passage; None where there is too much to move, or nothing but numbers."""
        if max(len(before.spots), len(after.spots)) > MOST or before.spots == after.spots:
            return None
        return cls(left, place, before, after)

    def towards(self, reached: GraphPictures) -> "Passage":
        """Return the passage with where it leads."""
        return replace(self, reached=reached)

    def later(self, part: float) -> "Passage":
        """Return the passage a part of its length later."""
        return replace(self, progress=min(self.progress + part, 1.0))

    def picture(self, position: Position, selected: int | None, shift: Shift) -> Picture:
        """Return what is seen, in the coordinates of the graph that is reached.

        Args:
            position: the moment in the graph that is reached.
            selected: the selection there.
            shift: from the coordinates of the graph that is left.
        """
        assert self.reached is not None
        old = self._memory.get("old") or self.left.at(*self.place)
        new = self._memory.get("new") or self.reached.at(position, selected)
        self._memory.update(old=old, new=new)
        opening = len(self.after.spots) >= len(self.before.spots)
        t = smooth(self.progress)
        here = Shift()
        if opening:
            items = _opened(
                (old, self.left, self.before, shift), (new, self.reached, self.after, here), t
            )
        else:
            items = _opened(
                (new, self.reached, self.after, here), (old, self.left, self.before, shift), 1 - t
            )
        return Picture(tuple(items), new.bounds, new.focus, new.summary)


Side = tuple[Picture, GraphPictures, View, Shift]


def _opened(coarse: Side, fine: Side, t: float) -> Iterator[Item]:
    """Yield what is seen when the fine side has come out of the coarse one by `t`."""
    parents = _parents(coarse, fine)
    twins = {
        parent
        for id, parent in parents.items()
        if coarse[2].spots[parent] == fine[2].spots[id] and _alike(coarse, fine, parent, id)
    }
    fade_out, fade_in = max(1 - 2 * t, 0.0), max(2 * t - 1, 0.0)
    for side, opacity in ((coarse, fade_out), (fine, fade_in)):
        if opacity > 0:
            for item in _loose(side[0]):
                yield _moved(item, _UNIT, side[3].rect(_UNIT), opacity)
    for id, items in _nodes(coarse[0], coarse[1].rects):
        if id not in twins and fade_out > 0:
            rect = coarse[1].rects[id]
            for item in items:
                yield _moved(item, rect, coarse[3].rect(rect), fade_out)
    for id, items in _nodes(fine[0], fine[1].rects):
        own = fine[1].rects[id]
        end = fine[3].rect(own)
        parent = parents.get(id)
        start = end if parent is None else coarse[3].rect(coarse[1].rects[parent])
        opacity = 1.0 if parent in twins else min(2 * t, 1.0)
        if opacity > 0:
            now = _between(start, end, t)
            for item in items:
                yield _moved(item, own, now, opacity)


_UNIT = Rect(0, 0, 1, 1)


def _alike(coarse: Side, fine: Side, parent: int, id: int) -> bool:
    one, other = coarse[1].rects[parent], fine[1].rects[id]
    return (one.width, one.height) == (other.width, other.height)


def _parents(coarse: Side, fine: Side) -> dict[int, int]:
    """Return for each node of the fine side the one of the coarse side it comes out of."""
    view, rects = coarse[2], coarse[1].rects
    exact = {spot: id for id, spot in enumerate(view.spots) if id in rects}
    holders: dict[int, int] = {}
    for recorded, members in view.ids.items():
        flat = np.asarray(members).reshape(-1)
        if flat.size and int(flat[0]) in rects:
            holders[recorded] = int(flat[0])
    blocks = sorted(
        (spot.node, id)
        for id, spot in enumerate(view.spots)
        if spot.part == "layer" and id in rects
    )
    found: dict[int, int] = {}
    for id in fine[1].rects:
        spot = fine[2].spots[id]
        parent = exact.get(spot, holders.get(spot.node))
        if parent is None:
            parent = next((block for root, block in blocks if root >= spot.node), None)
        if parent is not None:
            found[id] = parent
    return found


def _nodes(picture: Picture, rects: Mapping[int, Rect]) -> Iterator[tuple[int, list[Item]]]:
    """Yield each node with its marks: those that lie in its box."""
    id, inside = -1, Rect(0, 0, 0, 0)
    marks: list[Item] = []
    for item in picture.items:
        if isinstance(item, Box) and item.key.startswith("node:"):
            if marks:
                yield id, marks
            id, marks = int(item.key.removeprefix("node:")), [item]
            inside = rects[id].grown(1)
        elif id >= 0 and isinstance(item, Box | Text) and _lies_in(item, inside):
            marks.append(item)
    if marks:
        yield id, marks


def _lies_in(item: Box | Text, rect: Rect) -> bool:
    if isinstance(item, Box):
        return rect.contains(*item.rect.center)
    return rect.contains(item.x, item.y)


def _loose(picture: Picture) -> Iterable[Item]:
    """Return what belongs to no node: frames and edges, which come first."""
    for item in picture.items:
        if isinstance(item, Box) and item.key.startswith("node:"):
            return
        yield item


def _between(start: Rect, end: Rect, t: float) -> Rect:
    def mixed(a: float, b: float) -> float:
        return a + (b - a) * t

    return Rect(
        mixed(start.x, end.x),
        mixed(start.y, end.y),
        mixed(start.width, end.width),
        mixed(start.height, end.height),
    )


def _moved(item: Item, old: Rect, new: Rect, opacity: float) -> Item:
    """Return a mark of what was at `old`, for it being at `new`."""
    across, down = new.width / old.width, new.height / old.height
    size = min(across, down)

    def x(value: float) -> float:
        return new.x + (value - old.x) * across

    def y(value: float) -> float:
        return new.y + (value - old.y) * down

    match item:
        case Box(rect=rect):
            moved = Rect(x(rect.x), y(rect.y), rect.width * across, rect.height * down)
            return replace(
                item, rect=moved, radius=item.radius * size, opacity=item.opacity * opacity
            )
        case Text():
            return replace(
                item,
                x=x(item.x),
                y=y(item.y),
                size=item.size * size,
                opacity=item.opacity * opacity,
            )
        case Curve(points=points) | Polygon(points=points):
            return replace(
                item,
                points=tuple((x(a), y(b)) for a, b in points),
                opacity=item.opacity * opacity,
            )
        case Formula():
            return replace(item, x=x(item.x), y=y(item.y), size=item.size * size)
    return item
