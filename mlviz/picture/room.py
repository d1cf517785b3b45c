"""Where a label has room: the free place that is nearest to what it is about."""

from collections.abc import Collection, Mapping, Sequence
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
_STRANGER, _OWN, _WAY, _CROSSED, _OUTSIDE = 0.5, 0.25, 2.5, 25.0, 15.0
"""What it costs to cover a px² of a node, of a label's own node, a point of an edge, and to
point across a node, and for each px that is not seen."""

_Array = NDArray[np.float64]


class Room:
    """The places between the nodes of a graph.

    Args:
        rects: where the nodes' boxes are, by their ids.
        ends: the part of the picture that is seen whole.
        words: where there are words that are not to be hidden either.
    """

    def __init__(self, rects: Mapping[int, Rect], ends: Rect, words: Sequence[Rect] = ()) -> None:
        self._words = tuple(words)
        self._rects = rects
        self._ends = ends

    @cached_property
    def _corners(self) -> tuple[NDArray[np.intp], _Array]:
        ids = np.array(list(self._rects), dtype=np.intp)
        corners = [(rect.x, rect.y, rect.right, rect.bottom) for rect in self._rects.values()]
        return ids, np.array(corners, dtype=float).reshape(-1, 4)

    def place(
        self,
        sizes: Sequence[tuple[float, float]],
        at: tuple[float, float],
        own: Collection[int] = (),
        way: Sequence[tuple[float, float]] = (),
        taken: Sequence[Rect] = (),
        gap: float = TOKEN_GAP,
    ) -> tuple[int, Rect]:
        """Return which of several sizes has room nearest to a point, and where.

        Args:
            sizes: of the label, in order of preference.
            at: the point that it is about.
            own: ids of the nodes that it may rather cover, if it has to cover something.
            way: points that are better not covered.
            taken: where other labels are.
            gap: px around the point that stay free.
        """
        for far, steps in zip(_FAR, _STEPS, strict=True):
            found = self._nearest(far, steps, sizes, at, own, way, taken, gap)
            if found[0]:
                break
        return found[1:]

    def _nearest(
        self,
        far: float,
        steps: int,
        sizes: Sequence[tuple[float, float]],
        at: tuple[float, float],
        own: Collection[int],
        way: Sequence[tuple[float, float]],
        taken: Sequence[Rect],
        gap: float,
    ) -> tuple[bool, int, Rect]:
        """Return the best place at most so far away, and before it, whether it is free."""
        ids, nodes = self._near(far, at, sizes)
        weight = np.where(np.isin(ids, list(own)), _OWN, _STRANGER)
        others = [(rect.x, rect.y, rect.right, rect.bottom) for rect in (*taken, *self._words)]
        corners = np.concatenate([nodes, np.array(others, dtype=float).reshape(-1, 4)])
        weight = np.concatenate([weight, np.full(len(others), 2 * _STRANGER)])
        found: list[tuple[float, bool, int, Rect]] = []
        for number, (width, height) in enumerate(sizes):
            columns, rows = _around(far, steps, at, width, height, nodes)
            cost = self._cost(columns, rows, width, height, at, way, gap) + 10.0 * number
            across, down = _covered(columns, rows, width, height, corners)
            cost += (down * weight) @ across.T
            cost += _TOUCHED * ((down > 0) * weight) @ (across > 0).T.astype(float)
            # Sums of the same numbers in another order are the same cost.
            cost = cost.round(6).reshape(-1)
            first = np.argsort(cost, kind="stable")[:_TRIED]
            row, column = np.divmod(first, columns.size)
            left, top, cost = columns[column], rows[row], cost[first]
            cost += _CROSSED * _crossed(left, top, width, height, at, nodes)
            k = int(np.argmin(cost))
            rect = Rect(float(left[k]), float(top[k]), width, height)
            free = not (across[column[k]] * down[row[k]]).any()
            found.append((float(cost[k]), free, number, rect))
        _, free, number, rect = min(found, key=lambda entry: entry[0])
        return free, number, rect

    def _near(
        self, far: float, at: tuple[float, float], sizes: Sequence[tuple[float, float]]
    ) -> tuple[NDArray[np.intp], _Array]:
        """Return the nodes that a label near a point could cover: their ids and corners."""
        ids, corners = self._corners
        across = far + max(width for width, _ in sizes) / 2 + _CLEAR
        down = far + max(height for _, height in sizes) / 2 + _CLEAR
        near = (corners[:, 0] < at[0] + across) & (corners[:, 2] > at[0] - across)
        near &= (corners[:, 1] < at[1] + down) & (corners[:, 3] > at[1] - down)
        return ids[near], corners[near]

    def _cost(
        self,
        columns: _Array,
        rows: _Array,
        width: float,
        height: float,
        at: tuple[float, float],
        way: Sequence[tuple[float, float]],
        gap: float,
    ) -> _Array:
        """Return what the places of a grid cost, by rows and columns."""
        x, y = at
        ends = self._ends
        left, right, top, bottom = columns, columns + width, rows[:, None], rows[:, None] + height
        across = np.maximum(np.maximum(left - x, x - right), 0)
        down = np.maximum(np.maximum(top - y, y - bottom), 0)
        cost: _Array = np.hypot(across, down)
        cost += 0.05 * (np.abs(left + width / 2 - x) + np.abs(top + height / 2 - y))
        cost += np.where(top > y, 6.0, 0.0)  # above is where it is expected
        cost += np.where((across < gap) & (down < gap), 400.0, 0.0)
        outside = np.maximum(ends.x - left, 0) + np.maximum(right - ends.right, 0)
        cost += _OUTSIDE * outside
        cost += 5 * (np.maximum(ends.y - top, 0) + np.maximum(bottom - ends.bottom, 0))
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
    left: _Array, top: _Array, width: float, height: float, at: tuple[float, float], corners: _Array
) -> NDArray[np.intp]:
    """Return at how many points a label's tip would cross a node, by places."""
    found = np.zeros(left.size, dtype=np.intp)
    x, y = np.clip(at[0], left, left + width), np.clip(at[1], top, top + height)
    for part in (0.2, 0.4, 0.6, 0.8):
        across = (at[0] + (x - at[0]) * part)[:, None]
        down = (at[1] + (y - at[1]) * part)[:, None]
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
