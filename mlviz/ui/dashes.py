"""Dashed curves on a raster: each dash is a short line, worked out once and painted where seen.

Qt would cut the whole of a curve into dashes for every frame, also what lies beyond the view.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QTransform

from mlviz.ui.strokes import Point, bezier, dash_lengths

_FINE = 4.0
"""Curves are made of straight pieces as fine as Qt's at this scale."""

View = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False, slots=True)
class Dashes:
    """The dashes of one curve.

    Attributes:
        lines: all of them.
        middles: where they are, by the x and the y of each.
    """

    lines: list[QLineF]
    middles: NDArray[np.float64]

    def seen(self, view: View, reach: float) -> list[QLineF]:
        """Return those in a part of the picture.

        Args:
            view: its left, top, right and bottom.
            reach: how far a dash may stand from its middle.
        """
        left, top, right, bottom = view
        x, y = self.middles
        inside = (x > left - reach) & (x < right + reach) & (y > top - reach) & (y < bottom + reach)
        if inside.all():
            return self.lines
        lines = self.lines
        return [lines[row] for row in np.flatnonzero(inside).tolist()]


@lru_cache(maxsize=4096)
def dashes(points: tuple[Point, ...], width: float) -> Dashes:
    """Return the dashes of a chain of cubic Béziers that is `width` px wide."""
    fine = QTransform.fromScale(_FINE, _FINE)
    piece = bezier(points).toSubpathPolygons(fine)[0]
    places = (piece.at(corner) for corner in range(piece.size()))
    corners = np.array([(place.x(), place.y()) for place in places]) / _FINE
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    dash, gap = dash_lengths(width)
    starts = np.arange(0.0, gone[-1], dash + gap)
    ends = np.minimum(starts + dash, gone[-1])
    from_x, to_x = (np.interp(at, gone, corners[:, 0]) for at in (starts, ends))
    from_y, to_y = (np.interp(at, gone, corners[:, 1]) for at in (starts, ends))
    rows = np.stack([from_x, from_y, to_x, to_y], axis=1).tolist()
    middles = np.stack([(from_x + to_x) / 2, (from_y + to_y) / 2])
    return Dashes([QLineF(*row) for row in rows], middles)
