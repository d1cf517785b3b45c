"""Where edges run behind boxes and beside other edges, and where on them a mark is seen well."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from mlviz.autograd import Array, Tape
from mlviz.picture.items import Rect
from mlviz.picture.shape import Path

_CLEAR = 11.0
"""Px between a token's middle, where it waits, and a box that is none of its edge's ends."""
_FARTHEST = 110.0
"""Px along an edge by which a token waits elsewhere at most."""
_TRIED = np.linspace(0.06, 0.94, 45)
_MARKS = np.linspace(0.2, 0.8, 25)
_FREE, _OFF_BOXES = 18.0, 10.0
"""Px around a mark on an edge in which no other edge should be, and no box."""
_OFF_MIDDLE = 6.0
"""A mark at the end of its edge is worth so many px less than one in its middle."""
_MOST = 500
"""Of more edges than this, some always run beside each other."""

Edge = tuple[int, int]
Point = tuple[float, float]


class Behind:
    """What lies on the edges of one graph besides the boxes at their ends.

    Args:
        tape: what the graph shows.
        rects: where the nodes' boxes are, by their ids.
        paths: how the edges run, by node and slot.
    """

    def __init__(self, tape: Tape, rects: Mapping[int, Rect], paths: Mapping[Edge, Path]) -> None:
        self._tape = tape
        self._rects = rects
        self._paths = paths
        self._strange: dict[Edge, Array] = {}
        self._middles: dict[Edge, float] = {}

    def visible(self, edge: Edge, part: float) -> float:
        """Return the place on an edge that is nearest to one and that no strange box hides.

        If all that are near are hidden, it is the place itself.
        """
        path, boxes = self._paths[edge], self._boxes(edge)
        if not boxes.size:
            return part
        tried = np.array([part, *_TRIED])
        tried = tried[np.abs(tried - part) * path.length <= _FARTHEST]
        free = tried[_apart(path.along(tried), boxes).min(axis=1) >= _CLEAR]
        return float(free[np.argmin(np.abs(free - part))]) if free.size else part

    def free_middle(self, edge: Edge) -> float:
        """Return where near its middle an edge is farthest from other edges and from boxes."""
        if edge not in self._middles:
            many = len(self._paths) > _MOST
            self._middles[edge] = 0.5 if many else self._find_middle(edge)
        return self._middles[edge]

    def _find_middle(self, edge: Edge) -> float:
        points = self._paths[edge].along(_MARKS)
        lines, owners = self._lines
        near = owners != list(self._paths).index(edge)
        near &= (lines > points.min(axis=0) - _FREE).all(axis=1)
        near &= (lines < points.max(axis=0) + _FREE).all(axis=1)
        worth = -_OFF_MIDDLE * np.abs(2 * _MARKS - 1)
        if near.any():
            between = points[:, None] - lines[near]
            worth += np.minimum(np.hypot(between[..., 0], between[..., 1]).min(axis=1), _FREE)
        worth += np.minimum(_apart(points, self._corners).min(axis=1), _OFF_BOXES)
        return float(_MARKS[np.argmax(worth.round(3))])

    def _boxes(self, edge: Edge) -> Array:
        """Return the corners of the boxes that an edge passes but does not belong to."""
        if edge not in self._strange:
            node, slot = edge
            ends = (node, self._tape[node].inputs[slot])
            boxes = self._corners[~np.isin(self._ids, ends)]
            route = np.asarray(self._paths[edge].points, dtype=float)
            low, high = route.min(axis=0) - _CLEAR, route.max(axis=0) + _CLEAR
            near = (boxes[:, :2] < high).all(axis=1) & (boxes[:, 2:] > low).all(axis=1)
            self._strange[edge] = boxes[near]
        return self._strange[edge]

    @cached_property
    def _ids(self) -> Array:
        return np.array(list(self._rects))

    @cached_property
    def _corners(self) -> Array:
        corners = [(rect.x, rect.y, rect.right, rect.bottom) for rect in self._rects.values()]
        return np.array(corners, dtype=float).reshape(-1, 4)

    @cached_property
    def _lines(self) -> tuple[Array, Array]:
        """Points of all edges, a few px from each other, and the number of each one's edge."""
        found = []
        for path in self._paths.values():
            count = min(max(round(path.length / 8), 2), 100)
            found.append(path.along(np.linspace(0, 1, count)))
        owners = np.repeat(np.arange(len(found)), [len(line) for line in found])
        return np.concatenate(found), owners


def _apart(points: Array, boxes: Array) -> Array:
    """Return how far points are from boxes: 0 within."""
    x, y = points[:, 0, None], points[:, 1, None]
    across = np.maximum(np.maximum(boxes[:, 0] - x, x - boxes[:, 2]), 0)
    down = np.maximum(np.maximum(boxes[:, 1] - y, y - boxes[:, 3]), 0)
    apart: Array = np.hypot(across, down)
    return apart
