"""Where a label has room: the free place that is nearest to what it is about."""

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlviz.picture.items import Rect

_FAR, _STEPS = (168.0, 336.0), (21, 48)
"""How many px away places are tried, and, where all of those hide something, farther off; and how
many of them stand side by side on the way there."""
_MOST_CLOSE = 12
_CLEAR = 1.0
"""Px that stay free between a label and a node."""
_TOUCHED = 200.0
"""Covering a node a little costs as much as so many px² more."""
TOKEN_GAP = 13.0
"""Px around a token that stay free."""
_TRIED = 60
"""Of how many of the best places it is looked whether they point across a node."""
_FORMS = (0.0, 10.0, 45.0)
"""What a label's later forms cost: they say less, or less well."""
_NODE, _WAY, _CROSSED, _OUTSIDE = 0.5, 2.5, 25.0, 15.0
"""What it costs to cover a px² of a node, a point of an edge, and to point across a node, and
for each px that is not seen."""

_Array = NDArray[np.float64]


class Room:
    """The places between the nodes of a graph.

    Args:
        rects: where the nodes' boxes are.
        ends: the part of the picture that is seen whole.
        words: where there are words that are not to be hidden either.
    """

    def __init__(self, rects: Collection[Rect], ends: Rect, words: Sequence[Rect] = ()) -> None:
        self._words = tuple(words)
        self._rects = rects
        self._ends = ends

    @cached_property
    def _corners(self) -> _Array:
        corners = [(rect.x, rect.y, rect.right, rect.bottom) for rect in self._rects]
        return np.array(corners, dtype=float).reshape(-1, 4)

    def place(
        self,
        sizes: Sequence[tuple[float, float]],
        at: tuple[float, float] | Rect,
        way: Sequence[tuple[float, float]] = (),
        taken: Sequence[Rect] = (),
        gap: float = TOKEN_GAP,
    ) -> tuple[int, Rect]:
        """Return which of several sizes has room nearest to a point, and where.

        Args:
            sizes: of the label, in order of preference.
            at: the point or the box that it is about.
            way: points that are better not covered.
            taken: where other labels are.
            gap: px around the point that stay free.
        """
        about = at if isinstance(at, Rect) else Rect(*at, 0.0, 0.0)
        for far, steps in zip(_FAR, _STEPS, strict=True):
            found = self._nearest(far, steps, sizes, about, way, taken, gap)
            if found[0]:
                break
        return found[1:]

    def _nearest(
        self,
        far: float,
        steps: int,
        sizes: Sequence[tuple[float, float]],
        about: Rect,
        way: Sequence[tuple[float, float]],
        taken: Sequence[Rect],
        gap: float,
    ) -> tuple[bool, int, Rect]:
        """Return the best place at most so far away, and before it, whether it is free."""
        nodes = self._near(far, about, sizes)
        weight = np.full(len(nodes), _NODE)
        others = [(rect.x, rect.y, rect.right, rect.bottom) for rect in (*taken, *self._words)]
        corners = np.concatenate([nodes, np.array(others, dtype=float).reshape(-1, 4)])
        weight = np.concatenate([weight, np.full(len(others), 2 * _NODE)])
        found: list[tuple[float, bool, int, Rect]] = []
        for number, (width, height) in enumerate(sizes):
            # Nothing costs less than the px that stay free: then no later form can be better.
            if found and min(found)[0] <= _FORMS[number] + gap:
                break
            columns, rows = _around(far, steps, about.center, width, height, nodes)
            cost = self._cost(columns, rows, width, height, about, way, gap) + _FORMS[number]
            across, down = _covered(columns, rows, width, height, corners)
            cost += (down * weight) @ across.T
            cost += _TOUCHED * ((down > 0) * weight) @ (across > 0).T.astype(float)
            # Sums of the same numbers in another order are the same cost.
            cost = cost.round(6).reshape(-1)
            first = np.argsort(cost, kind="stable")[:_TRIED]
            row, column = np.divmod(first, columns.size)
            left, top, cost = columns[column], rows[row], cost[first]
            cost += _CROSSED * _crossed(left, top, width, height, about, nodes)
            k = int(np.argmin(cost))
            rect = Rect(float(left[k]), float(top[k]), width, height)
            free = not (across[column[k]] * down[row[k]]).any()
            found.append((float(cost[k]), free, number, rect))
        _, free, number, rect = min(found, key=lambda entry: entry[0])
        return free, number, rect

    def _near(self, far: float, about: Rect, sizes: Sequence[tuple[float, float]]) -> _Array:
        """Return the corners of the nodes that a label could cover."""
        corners, at = self._corners, about.center
        across = far + max(width for width, _ in sizes) / 2 + _CLEAR
        down = far + max(height for _, height in sizes) / 2 + _CLEAR
        near = (corners[:, 0] < at[0] + across) & (corners[:, 2] > at[0] - across)
        near &= (corners[:, 1] < at[1] + down) & (corners[:, 3] > at[1] - down)
        found: _Array = corners[near]
        return found

    def _cost(
        self,
        columns: _Array,
        rows: _Array,
        width: float,
        height: float,
        about: Rect,
        way: Sequence[tuple[float, float]],
        gap: float,
    ) -> _Array:
        """Return what the places of a grid cost, by rows and columns."""
        x, y = about.center
        ends = self._ends
        left, right, top, bottom = columns, columns + width, rows[:, None], rows[:, None] + height
        across = np.maximum(np.maximum(left - about.right, about.x - right), 0)
        down = np.maximum(np.maximum(top - about.bottom, about.y - bottom), 0)
        cost: _Array = np.hypot(across, down)
        cost += 0.05 * (np.abs(left + width / 2 - x) + np.abs(top + height / 2 - y))
        cost += np.where(top > y, 6.0, 0.0)  # above is where it is expected
        cost += np.where((across < gap) & (down < gap), 400.0, 0.0)
        cost += _OUTSIDE * (np.maximum(ends.x - left, 0) + np.maximum(right - ends.right, 0))
        cost += _OUTSIDE * (np.maximum(ends.y - top, 0) + np.maximum(bottom - ends.bottom, 0))
        if way:
            points = np.asarray(way, dtype=float)
            beside = (points[:, 0] > left[:, None]) & (points[:, 0] < right[:, None])
            along = (points[:, 1] > top) & (points[:, 1] < bottom)
            cost += _WAY * (along.astype(float) @ beside.T.astype(float))
        return cost


def _around(
    far: float,
    count: int,
    at: tuple[float, float],
    width: float,
    height: float,
    corners: _Array,
) -> tuple[_Array, _Array]:
    """Return the left and the upper ends that are tried: a grid, and places close to the nodes."""
    steps = np.arange(-far, far + 1, far / count)
    beside = np.concatenate([corners[:, 2] + _CLEAR, corners[:, 0] - width - _CLEAR])
    above = np.concatenate([corners[:, 3] + _CLEAR, corners[:, 1] - height - _CLEAR])
    columns = np.concatenate([at[0] - width / 2 + steps, _close(beside, at[0], width, far)])
    rows = np.concatenate([at[1] - height / 2 + steps, _close(above, at[1], height, far)])
    return columns, rows


def _close(ends: _Array, at: float, size: float, far: float) -> _Array:
    """Return those ends of a label that bring it nearest to a point."""
    ends = np.unique(ends.round())
    distance = np.abs(ends + size / 2 - at)
    near: _Array = ends[np.argsort(distance)]
    return near[: min(_MOST_CLOSE, int(np.sum(distance <= far)))]


def _crossed(
    left: _Array, top: _Array, width: float, height: float, about: Rect, corners: _Array
) -> NDArray[np.intp]:
    """Return at how many points a label's tip would cross a node, by places."""
    found = np.zeros(left.size, dtype=np.intp)
    at_x = np.clip(left + width / 2, about.x, about.right)
    at_y = np.clip(top + height / 2, about.y, about.bottom)
    x, y = np.clip(at_x, left, left + width), np.clip(at_y, top, top + height)
    for part in (0.1, 0.25, 0.4, 0.55, 0.7, 0.85):
        across = (at_x + (x - at_x) * part)[:, None]
        down = (at_y + (y - at_y) * part)[:, None]
        inside = (across > corners[:, 0]) & (across < corners[:, 2])
        inside &= (down > corners[:, 1]) & (down < corners[:, 3])
        found += inside.any(axis=1)
    return found


def _covered(
    columns: _Array, rows: _Array, width: float, height: float, corners: _Array
) -> tuple[_Array, _Array]:
    """Return how many px of each node a label would cover, by columns and by rows."""
    low_x, low_y, high_x, high_y = (corners[:, k] for k in range(4))
    across = np.minimum(columns[:, None] + width, high_x + _CLEAR)
    across -= np.maximum(columns[:, None], low_x - _CLEAR)
    down = np.minimum(rows[:, None] + height, high_y + _CLEAR)
    down -= np.maximum(rows[:, None], low_y - _CLEAR)
    return np.maximum(across, 0), np.maximum(down, 0)
