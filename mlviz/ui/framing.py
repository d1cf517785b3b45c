"""Where a view that follows lies, so that its edges cut through as few boxes as possible.

What moves the view is where something happens; that would often cut a row of boxes in two. So
it is moved up or down a little, by as much as belongs to a step at rest, and it glides from one
step's place to the next: like the camera, a function of what is shown and of nothing else.
"""

import numpy as np

from mlviz.picture.easing import smooth
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Rect
from mlviz.trace.steps import Position
from mlviz.ui.camera import Camera, Lens, panned

_MOST = 400
"""Of more boxes than this, some are always cut."""
_FARTHEST = 0.3
"""The view is moved by this part of its height at most."""
_AIR = 6.0
"""Px of the picture between a box and the edge."""
_GLIDE = 0.3
"""Part of a step after which the view has arrived."""


class Framing:
    """Moves the view of one graph after the other."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] = ()
        self._shifts: dict[int, float] = {}

    def camera(
        self, lens: Lens, graph: GraphPictures, position: Position, area: Rect, unit: float
    ) -> Camera:
        """Return the camera of a lens, moved up or down if it follows a part of the graph."""
        goes = lens.follows and not lens.fits(graph.bounds, area, unit)
        focus = graph.focus(position) if goes else None
        camera = lens.camera(graph.bounds, focus, area, unit)
        higher = graph.bounds.height * camera.scale > area.height
        if not goes or not higher or len(graph.rects) > _MOST:
            return camera
        known = (graph, area, unit)
        if known != self._known:
            self._known, self._shifts = known, {}
        now = self._shift(lens, position.step, position.iteration)
        if position.progress < _GLIDE and position.step:
            before = self._shift(lens, position.step - 1, position.iteration)
            now = before + (now - before) * smooth(position.progress / _GLIDE)
        return panned(camera, 0, -now * camera.scale)

    def _shift(self, lens: Lens, step: int, iteration: int) -> float:
        if step not in self._shifts:
            graph, area, unit = self._known
            assert isinstance(graph, GraphPictures)
            assert isinstance(area, Rect)
            assert isinstance(unit, float)
            focus = graph.focus(Position(iteration, step))
            camera = lens.camera(graph.bounds, focus, area, unit)
            self._shifts[step] = _shift(graph, focus, camera, area)
        return self._shifts[step]


def _shift(graph: GraphPictures, focus: Rect | None, camera: Camera, area: Rect) -> float:
    """Return by how much to look lower, px of the picture."""
    x, top = camera.to_picture(area.x, area.y)
    right, bottom = camera.to_picture(area.right, area.bottom)
    sides = [(r.x, r.y, r.right, r.bottom) for r in graph.rects.values()]
    left, high, end, low = np.array(sides).T
    beside = (left < right) & (end > x)
    high, low = high[beside], low[beside]
    slack = 1 / camera.scale  # a px of the widget

    def cut(by: float) -> int:
        over = (high < top + by - slack) & (low > top + by + slack)
        under = (high < bottom + by - slack) & (low > bottom + by + slack)
        return int(np.count_nonzero(over | under))

    def allowed(by: float) -> bool:
        if abs(by) > _FARTHEST * (bottom - top):
            return False
        inside = graph.bounds.y <= top + by + 1 and bottom + by <= graph.bounds.bottom + 1
        seen = focus is None or (top + by <= focus.y and focus.bottom <= bottom + by)
        return inside and seen

    ways = [edge - _AIR - bottom for edge in high] + [edge + _AIR - bottom for edge in low]
    ways += [edge - _AIR - top for edge in high] + [edge + _AIR - top for edge in low]
    best = min(
        (by for by in (0.0, *map(float, ways)) if not by or allowed(by)),
        key=lambda by: (cut(by), abs(by)),
    )
    return best if cut(best) < cut(0.0) else 0.0
