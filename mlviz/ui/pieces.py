"""Curves on a raster as short straight pieces, worked out once and painted where they are seen.

Qt would cut the whole of a curve into dashes for every frame, also what lies beyond the view;
and it paints straight lines with flat ends in a third of the time that a path takes.
"""

import math
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
        self._shown: tuple[tuple[View, float], list[QLineF]] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def seen(self, view: View, around: float) -> list[QLineF]:
        """Return those in a part of the picture; do not change the list.

        Args:
            view: its left, top, right and bottom.
            around: how far beyond their ends they may be seen.
        """
        if self._shown is not None and self._shown[0] == (view, around):
            return self._shown[1]
        left, top, right, bottom = view
        reach = self._reach + around
        x, y, made = self._x, self._y, self._made
        inside = (x > left - reach) & (x < right + reach) & (y > top - reach) & (y < bottom + reach)
        rows = inside.nonzero()[0].tolist()
        missing = [row for row in rows if row not in made]
        if missing:
            ends = self._rows[missing].tolist()
            made.update((row, QLineF(*end)) for row, end in zip(missing, ends, strict=True))
        found = [made[row] for row in rows]
        self._shown = (view, around), found
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
    steps = corners[1:] - corners[:-1]
    gone = np.zeros(len(corners))
    np.cumsum(np.hypot(steps[:, 0], steps[:, 1]), out=gone[1:])
    dash, gap = dash_lengths(width)
    starts = np.arange(0.0, gone[-1], dash + gap)
    count = len(starts)
    at = np.concatenate([starts, np.minimum(starts + dash, gone[-1])])
    piece = np.minimum(np.searchsorted(gone, at, side="right") - 1, len(steps) - 1)
    length = gone[piece + 1] - gone[piece]
    part = (at - gone[piece]) / np.where(length > 0, length, 1.0)
    places = corners[piece] + part[:, None] * steps[piece]
    return Pieces(places[:count], places[count:])


def _corners(points: tuple[Point, ...]) -> NDArray[np.float64]:
    """Return places along a chain of cubic Béziers, close enough for straight lines between."""
    given = np.array(points)
    parts = [given[:1]]
    for first in range(0, len(given) - 3, 3):
        controls = given[first : first + 4]
        steps = controls[1:] - controls[:-1]
        length = float(np.hypot(steps[:, 0], steps[:, 1]).sum())
        # Powers of two, so that few bases are needed.
        count = 1 << math.ceil(math.log2(min(max(length / _FINE, _FEWEST), _MOST)))
        parts.append(_basis(count) @ controls)
    return np.concatenate(parts)


@lru_cache(maxsize=16)
def _basis(count: int) -> NDArray[np.float64]:
    """Return how much each control point counts at `count` places along a cubic Bézier."""
    t = np.linspace(0.0, 1.0, count + 1)[1:]
    u = 1 - t
    return np.stack([u**3, 3 * u * u * t, 3 * u * t * t, t**3], axis=1)
