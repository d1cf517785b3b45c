"""From one magnification to another: boxes glide out of the box that they were inside of.

A passage is a pure function of its progress, 0 to 1. Closing is opening backwards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlviz.picture.afar import DETAIL, within
from mlviz.picture.easing import smooth
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import (
    Box,
    Curve,
    Formula,
    Item,
    Picture,
    Polygon,
    Rect,
    Role,
    Swarm,
    Text,
    Token,
)
from mlviz.trace.magnify import View
from mlviz.trace.steps import Position

SECONDS = 0.5
"""How long a passage takes."""
MOST = 12_000
"""With more nodes than this on either side there is no passage."""

_FADE = 0.3
"""The part of the way in which numbers and edges fade, at either end."""
_WAIT = 0.25
"""The part of it in which the boxes wait, at either end."""
_BEYOND = 200.0
"""Px around what is seen that fade with it."""
_TWINS = 24
"""So many boxes at most take their numbers with them."""
_WRITTEN = 40
"""Boxes with more marks than this, such as those with shades, do not."""

Place = tuple[Position, int | None]


class Shift(NamedTuple):
    """How places of one picture lie in another: `x * scale + x0`."""

    scale: float = 1.0
    x0: float = 0.0
    y0: float = 0.0

    def inverse(self) -> "Shift":
        """Return the way back."""
        return Shift(1 / self.scale, -self.x0 / self.scale, -self.y0 / self.scale)

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
    _memory: dict[str, Any] = field(default_factory=dict)

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

    def picture(
        self,
        position: Position,
        selected: int | None,
        shift: Shift,
        view: Rect | None = None,
        scale: float = 1.0,
    ) -> Picture:
        """Return what is seen, in the coordinates of the graph that is reached.

        Args:
            position: the moment in the graph that is reached.
            selected: the selection there.
            shift: from the coordinates of the graph that is left.
            view: the part of it that is seen; None for all, in full detail.
            scale: how large it is seen.
        """
        assert self.reached is not None
        now = (position, selected, shift, view, scale)
        if self._memory.get("now") != now:
            left, (moment, chosen) = self.left, self.place
            old = _Side(left, self.before, shift, moment, chosen, view, scale)
            new = _Side(self.reached, self.after, Shift(), position, selected, view, scale)
            ways = _Ways(*((old, new) if self.is_opening else (new, old)))
            self._memory.update(now=now, ways=ways, new=new.picture)
        ways, new_picture = self._memory["ways"], self._memory["new"]
        items = ways.items(self.progress if self.is_opening else 1 - self.progress)
        return Picture(tuple(items), new_picture.bounds, new_picture.focus, new_picture.summary)

    @property
    def is_opening(self) -> bool:
        """Whether boxes come out of boxes; otherwise they go into them."""
        return len(self.after.spots) >= len(self.before.spots)


class _Side:
    """One of the two graphs, as much of it as is seen.

    Attributes:
        graph: the graph.
        view: its magnification.
        shift: from its coordinates to those of the graph that is reached.
        picture: what is seen of it at rest.
        step: the step at which it stands.
        seen: the part of the reached graph's coordinates that is seen; None for all.
        scale: how large this graph is seen.
    """

    def __init__(
        self,
        graph: GraphPictures,
        view: View,
        shift: Shift,
        position: Position,
        selected: int | None,
        seen: Rect | None,
        scale: float,
    ) -> None:
        self.graph, self.view, self.shift = graph, view, shift
        self.seen, self.scale = seen, scale * shift.scale
        self.step = position.step
        if seen is None:
            self.picture = graph.at(position, selected)
        else:
            own = shift.inverse().rect(seen)
            self.picture = graph.seen(position, selected, None, own, self.scale)

    def boxes(self) -> NDArray[np.float64]:
        """Return where all nodes are, in the coordinates of the graph that is reached."""
        return self.graph.afar.boxes * self.shift.scale + (self.shift.x0, self.shift.y0, 0, 0)


class _Ways:
    """The way of every box from the coarse side to the fine one: what does not change with time.

    Numbers and edges fade where they are, and while they cannot be seen the boxes glide: so a
    frame costs little more than those boxes, however many there are.
    """

    def __init__(self, coarse: _Side, fine: _Side) -> None:
        self._coarse, self._fine = coarse, fine
        parents = _parents(coarse, fine)
        self._end = fine.boxes()
        rows = {int(id): row for row, id in enumerate(coarse.graph.afar.ids)}
        origin = [rows[parents[id]] if id in parents else -1 for id in fine.graph.afar.ids.tolist()]
        places = np.array(origin, dtype=np.intp).reshape(-1)
        start = coarse.boxes()[places] if rows else self._end
        self._start = np.where((places >= 0)[:, None], start, self._end)
        marks = dict(_nodes(fine.picture, fine.graph.rects))
        before = dict(_nodes(coarse.picture, coarse.graph.rects))
        # What is in both and of one size keeps its numbers on the way, if that is not too much.
        twins = {
            id: parents[id]
            for id in marks
            if id in parents
            and parents[id] in before
            and len(marks[id]) <= _WRITTEN
            and _alike(coarse, fine, parents[id], id)
        }
        self._twins = twins if len(twins) <= _TWINS else {}
        self._marks = marks
        twin_rows = np.isin(fine.graph.afar.ids, list(self._twins))
        everything = Rect(-1e9, -1e9, 2e9, 2e9)
        looks = fine.graph.afar.nodes(fine.step, everything, fine.scale)
        if fine.scale >= DETAIL:  # boxes with numbers are white
            looks = [replace(look, fill=Role.PANEL) for look in looks]
        self._looks = [replace(look, rows=look.rows[~twin_rows[look.rows]]) for look in looks]
        left_out = {id(item) for one in self._twins for item in marks[one]}
        left_out |= {id(item) for one in self._twins.values() for item in before[one]}
        # Made once: painters keep what they make of a mark as long as it is the same one.
        self._still = tuple(
            [
                _moved(item, _UNIT, side.shift.rect(_UNIT))
                for item in side.picture.items
                if id(item) not in left_out
            ]
            for side in (coarse, fine)
        )
        seen = fine.seen or fine.picture.bounds.united(coarse.shift.rect(coarse.picture.bounds))
        self._veil = Box("", seen.grown(_BEYOND), Role.STAGE, Role.CLEAR, 0, 0)

    def items(self, progress: float) -> Iterator[Item]:
        """Yield what is seen when the fine side has come out of the coarse one so far."""
        fades = max(1 - progress / _FADE, 0.0), max(1 - (1 - progress) / _FADE, 0.0)
        glide = smooth(min(max((progress - _WAIT) / (1 - 2 * _WAIT), 0.0), 1.0))
        for still, shown in zip(self._still, fades, strict=True):
            if shown > 0:
                yield from still
            if 0 < shown < 1:
                yield replace(self._veil, opacity=1 - shown)
        now = self._start + (self._end - self._start) * glide
        if max(fades) < 1:
            yield from self._gliding(now, max(fades), fades[0] >= fades[1])
        for one, parent in self._twins.items():
            own = self._fine.graph.rects[one]
            start = self._coarse.shift.rect(self._coarse.graph.rects[parent])
            place = _between(start, self._fine.shift.rect(own), glide)
            for item in self._marks[one]:
                yield _moved(item, own, place)

    def _gliding(self, now: NDArray[np.float64], still: float, early: bool) -> Iterator[Item]:
        """Yield the boxes; over numbers that have not faded yet only their outlines."""
        seen = np.ones(len(now), dtype=bool)
        if self._fine.seen is not None:
            seen = within(now[:, :2], now[:, :2] + now[:, 2:], self._fine.seen)
        side = self._coarse if early else self._fine
        outlined = still > 0 and side.scale >= DETAIL
        for look in self._looks:
            rows = look.rows[seen[look.rows]]
            if not rows.size:
                continue
            boxes = now[rows]
            if outlined:
                stroke = look.fill if look.stroke is Role.CLEAR else look.stroke
                lines = _outlines(boxes)
                whole = np.arange(len(lines))
                yield Swarm(lines, whole, True, Role.CLEAR, stroke, 1 - still)
            else:
                yield replace(look, shapes=boxes, rows=np.arange(len(boxes)))


def _outlines(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the four sides of each box."""
    x0, y0 = boxes[:, 0], boxes[:, 1]
    x1, y1 = x0 + boxes[:, 2], y0 + boxes[:, 3]
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    sides = [np.stack([*a, *b], axis=1) for a, b in pairwise(corners)]
    return np.concatenate(sides)


_UNIT = Rect(0, 0, 1, 1)


def _alike(coarse: _Side, fine: _Side, parent: int, id: int) -> bool:
    one, other = coarse.graph.rects[parent], fine.graph.rects[id]
    same = coarse.view.spots[parent] == fine.view.spots[id]
    return same and (one.width, one.height) == (other.width, other.height)


def _parents(coarse: _Side, fine: _Side) -> dict[int, int]:
    """Return for each node of the fine side the one of the coarse side it comes out of."""
    view, rects = coarse.view, coarse.graph.rects
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
    for id in fine.graph.rects:
        spot = fine.view.spots[id]
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


def _between(start: Rect, end: Rect, t: float) -> Rect:
    def mixed(a: float, b: float) -> float:
        return a + (b - a) * t

    return Rect(
        mixed(start.x, end.x),
        mixed(start.y, end.y),
        mixed(start.width, end.width),
        mixed(start.height, end.height),
    )


def _moved(item: Item, old: Rect, new: Rect) -> Item:
    """Return a mark of what was at `old`, for it being at `new`."""
    if old == new:
        return item
    across, down = new.width / old.width, new.height / old.height
    size = min(across, down)
    x0, y0 = new.x - old.x * across, new.y - old.y * down
    match item:
        case Box(rect=rect):
            moved = Rect(
                x0 + rect.x * across, y0 + rect.y * down, rect.width * across, rect.height * down
            )
            # Thousands of them pass here: `replace` would take three times as long.
            looks = (item.fill, item.stroke, item.width, item.radius * size)
            return Box(item.key, moved, *looks, item.halo, item.dashed, item.opacity, item.reach)
        case Text() | Formula():
            x, y = x0 + item.x * across, y0 + item.y * down
            return replace(item, x=x, y=y, size=item.size * size)
        case Token():
            x, y = x0 + item.x * across, y0 + item.y * down
            return replace(item, x=x, y=y, radius=item.radius * size)
        case Curve(points=points) | Polygon(points=points):
            return replace(item, points=tuple((x0 + x * across, y0 + y * down) for x, y in points))
        case Swarm():
            by = (x0, y0, x0, y0) if item.lines else (x0, y0, 0.0, 0.0)
            return replace(item, shapes=item.shapes * (across, down, across, down) + by)
    return item
