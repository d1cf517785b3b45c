"""Curves on a raster as short straight pieces, worked out once and painted where they are seen.

Qt would cut the whole of a curve into dashes for every frame, also what lies beyond the view;
and it paints straight lines with flat ends in a third of the time that a path takes.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF

from mlviz.ui.strokes import Point, dash_lengths

THIN = 3.0
"""Px; in a wider line the joints between the pieces could be seen."""
_FINE = 6.0
"""Px of a curve that one straight piece stands for, about."""
_FEWEST, _MOST = 16, 256

View = tuple[float, float, float, float]


class Pieces:
    """The straight pieces of one curve.

    Args:
        starts: where each begins: an x and a y.
        ends: where each ends.
    """

    def __init__(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> None:
        self._rows = np.concatenate([starts, ends], axis=1)
        self._x, self._y = ((starts + ends) / 2).T.copy()
        self._reach = float(np.abs(ends - starts).max(initial=0.0)) / 2
        self._made: dict[int, QLineF] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def seen(self, view: View, around: float) -> list[QLineF]:
        """Return those in a part of the picture.

        Args:
            view: its left, top, right and bottom.
            around: how far beyond their ends they may be seen.
        """
        left, top, right, bottom = view
        reach = self._reach + around
        x, y, made = self._x, self._y, self._made
        inside = (x > left - reach) & (x < right + reach) & (y > top - reach) & (y < bottom + reach)
        found = []
        for row in np.flatnonzero(inside).tolist():
            line = made.get(row)
            if line is None:
                line = made[row] = QLineF(*self._rows[row].tolist())
            found.append(line)
        return found


@lru_cache(maxsize=4096)
def pieces(points: tuple[Point, ...]) -> Pieces:
    """Return a chain of cubic Béziers, piece by piece."""
    corners = _corners(points)
    return Pieces(corners[:-1], corners[1:])


@lru_cache(maxsize=4096)
def dashes(points: tuple[Point, ...], width: float) -> Pieces:
    """Return the dashes of a chain of cubic Béziers that is `width` px wide."""
    corners = _corners(points)
    steps = np.diff(corners, axis=0)
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
    dash, gap = dash_lengths(width)
    starts = np.arange(0.0, gone[-1], dash + gap)
    ends = np.minimum(starts + dash, gone[-1])
    x, y = corners[:, 0], corners[:, 1]
    return Pieces(
        np.stack([np.interp(starts, gone, x), np.interp(starts, gone, y)], axis=1),
        np.stack([np.interp(ends, gone, x), np.interp(ends, gone, y)], axis=1),
    )


def _corners(points: tuple[Point, ...]) -> NDArray[np.float64]:
    """Return places along a chain of cubic Béziers, close enough for straight lines between."""
    given = np.array(points)
    parts = [given[:1]]
    for first in range(0, len(given) - 3, 3):
        a, b, c, d = given[first : first + 4]
        length = np.hypot(*(b - a)) + np.hypot(*(c - b)) + np.hypot(*(d - c))
        count = min(max(round(length / _FINE), _FEWEST), _MOST)
        t = np.linspace(0.0, 1.0, count + 1)[1:, None]
        u = 1 - t
        parts.append(u**3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t**3 * d)
    return np.concatenate(parts)
