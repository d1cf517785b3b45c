"""Where a view that follows lies: at what happens, with its edges through few boxes.

What moves the view is where something happens; that would often cut a row of boxes in two. So
it is moved a little, by as much as belongs to a step at rest, and it glides from one step's
place to the next, along with what travels: like the camera, a function of what is shown and of
nothing else.
"""

from dataclasses import dataclass

import numpy as np

from mlviz.picture.easing import smooth
from mlviz.picture.eye import Look
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Rect
from mlviz.trace.steps import Position
from mlviz.ui.camera import Camera, Lens, inside, looking_at

_MOST = 400
"""Of more boxes than this, some are always cut."""
_FARTHEST = 0.3
"""The view is moved by this part of its size at most."""
_AIR = 6.0
"""Px of the picture between a box and the edge."""
_MORE = 1.1
"""So many times the steps must be seen whole for all to be shown smaller."""

_ROUND = 24.0
"""Px of the picture between what travels and the edge."""
_TURNS = 0.25, 0.6
"""Part of its way in which the view turns from where something comes from to where it goes."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the view is in one step: what is in its middle, px of the picture."""

    start: Point
    end: Point
    goes: bool


class Framing:
    """Moves the view of one graph after the other."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] = ()
        self._frames: dict[int, _Frame | None] = {}
        self._scale = 1.0

    def camera(
        self, lens: Lens, graph: GraphPictures, position: Position, area: Rect, unit: float
    ) -> Camera:
        """Return the camera of a lens, which goes where something happens if it follows that."""
        if not lens.follows or lens.fits(graph.bounds, area, unit):
            return lens.camera(graph.bounds, None, area, unit)
        known = (graph, area, unit)
        if known != self._known:
            self._known, self._frames = known, {}
            self._scale = _scale(graph, area, unit)
        frame = self._frame(position.step)
        if frame is None:
            return lens.camera(graph.bounds, None, area, unit)
        halves = area.width / self._scale / 2, area.height / self._scale / 2
        x, y = _on_the_way(frame, graph, position, halves)
        part = graph.eye.coming(position)
        before = self._frame(position.step - 1) if part < 1 and position.step else None
        if before is not None:
            x = before.end[0] + (x - before.end[0]) * part
            y = before.end[1] + (y - before.end[1]) * part
        return looking_at(x, y, self._scale, area)

    def _frame(self, step: int) -> _Frame | None:
        if step not in self._frames:
            graph, area, _ = self._known
            assert isinstance(graph, GraphPictures)
            assert isinstance(area, Rect)
            look = graph.eye.look(step, (area.width / self._scale, area.height / self._scale))
            self._frames[step] = None if look is None else self._framed(look, graph, area)
        return self._frames[step]

    def _framed(self, look: Look, graph: GraphPictures, area: Rect) -> _Frame:
        start = end = _middle(graph, look.start, self._scale, area)
        if look.goes:
            end = _middle(graph, look.end, self._scale, area)
        return _Frame(start, end, look.goes)


def _on_the_way(frame: _Frame, graph: GraphPictures, position: Position, halves: Point) -> Point:
    """Return what is in the middle when a step has come so far.

    It stays as near as can be to where it begins, then to where it ends; but what travels is
    always seen, `halves` of the view away from its middle at most.
    """
    if not frame.goes:
        return frame.start
    if position.progress >= 1:
        return frame.end
    at, part = graph.eye.follows(position)
    late = smooth(min(max((part - _TURNS[0]) / (_TURNS[1] - _TURNS[0]), 0.0), 1.0))
    x, y = (
        _near(start, end, place, half - _ROUND, late)
        for start, end, place, half in zip(frame.start, frame.end, at, halves, strict=True)
    )
    return x, y


def _near(start: float, end: float, place: float, half: float, part: float) -> float:
    """Return a middle from `start` to `end` from which a place is seen `half` away at most."""
    first = min(max(start, place - half), place + half)
    last = min(max(end, place - half), place + half)
    return first + (last - first) * part


def _scale(graph: GraphPictures, area: Rect, unit: float) -> float:
    """Return how large a graph is shown: smaller if much more of its steps are seen whole so."""
    usual, least = Lens.LEGIBLE * unit, Lens.WHOLE * unit
    if len(graph.rects) > _MOST:
        return usual
    fitting = [min(area.width / r.width, area.height / r.height) for r in graph.eye.pairs()]
    seen = sum(scale >= usual for scale in fitting)
    more = [scale for scale in fitting if least <= scale < usual]
    return min(more) if seen + len(more) > _MORE * seen else usual


def _middle(graph: GraphPictures, focus: Rect, scale: float, area: Rect) -> Point:
    """Return what is in the middle of a view that shows a part of a graph and cuts few boxes."""
    bounds = graph.bounds.united(focus)
    camera = inside(bounds, *focus.center, scale, area)
    x, y = camera.to_picture(*area.center)
    if len(graph.rects) > _MOST:
        return x, y
    view = Rect(
        x - area.width / scale / 2,
        y - area.height / scale / 2,
        area.width / scale,
        area.height / scale,
    )
    rects = list(graph.rects.values())
    down = _shift(
        [(r.y, r.bottom) for r in rects if r.x < view.right and r.right > view.x],
        (view.y, view.bottom),
        (focus.y, focus.bottom),
        (bounds.y, bounds.bottom),
        1 / scale,
    )
    top, bottom = view.y + down, view.bottom + down
    across = _shift(
        [(r.x, r.right) for r in rects if r.y < bottom and r.bottom > top],
        (view.x, view.right),
        (focus.x, focus.right),
        (bounds.x, bounds.right),
        1 / scale,
    )
    return x + across, y + down


def _shift(boxes: list[Point], view: Point, focus: Point, bounds: Point, slack: float) -> float:
    """Return by how much to look farther in one direction, px of the picture.

    Args:
        boxes: where boxes begin and end.
        view: where the view does.
        focus: what has to be seen of the picture, as far as it is now.
        bounds: where the picture begins and ends.
        slack: a px of the widget.
    """
    low, high = view
    if (bounds[0] >= low - 1 and bounds[1] <= high + 1) or not boxes:
        return 0.0
    begins, ends = np.array(boxes).T

    def cut(by: float) -> int:
        over = (begins < low + by - slack) & (ends > low + by + slack)
        under = (begins < high + by - slack) & (ends > high + by + slack)
        return int(np.count_nonzero(over | under))

    def allowed(by: float) -> bool:
        if abs(by) > _FARTHEST * (high - low):
            return False
        held = bounds[0] <= low + by + 1 and high + by <= bounds[1] + 1
        seen = low + by <= max(focus[0], low) and min(focus[1], high) <= high + by
        return held and seen

    ways = [*(begins - _AIR - high), *(ends + _AIR - high)]
    ways += [*(begins - _AIR - low), *(ends + _AIR - low)]
    best = min(
        (by for by in (0.0, *map(float, ways)) if not by or allowed(by)),
        key=lambda by: (cut(by), abs(by)),
    )
    return best if cut(best) < cut(0.0) else 0.0
