"""Lines: pens, Bézier chains and the heads of arrows."""

import math
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF

Point = tuple[float, float]


def pen(colour: QColor, width: float, dashed: bool = False, flat: bool = False) -> QPen:
    """Return a pen; `flat` ends a line exactly at its last point."""
    made = QPen(colour, width)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashed:
        # Lengths of a pattern count in widths of the pen.
        made.setDashPattern([length / width for length in dash_lengths(width)])
    if dashed or flat:
        made.setCapStyle(Qt.PenCapStyle.FlatCap)
    else:
        made.setCapStyle(Qt.PenCapStyle.RoundCap)
    return made


def dash_lengths(width: float) -> tuple[float, float]:
    """Return how long a dash is and how long the gap behind it, on a line of some width."""
    return 4 + width, 3 + 0.6 * width


def hairline(colour: QColor, px: int = 1) -> QPen:
    """Return a pen that is as wide at every scale."""
    made = QPen(colour, px)
    made.setCosmetic(True)
    return made


@lru_cache(maxsize=8192)
def bezier(points: tuple[Point, ...]) -> QPainterPath:
    """Return a chain of cubic Béziers through 1 + 3k points; do not change it."""
    path = QPainterPath(QPointF(*points[0]))
    for first, second, end in zip(points[1::3], points[2::3], points[3::3], strict=False):
        path.cubicTo(QPointF(*first), QPointF(*second), QPointF(*end))
    return path


_straight: dict[int, tuple[tuple[Point, ...], list[QLineF]]] = {}
_KEPT = 20_000


def straight(points: tuple[Point, ...], is_bezier: bool) -> list[QLineF]:
    """Return the lines between the points, or between the ends of a chain of Béziers.

    Routes stay the same objects from frame to frame, so what was made is found by identity,
    which costs a fraction of comparing points.
    """
    known = _straight.get(id(points))
    if known is not None and known[0] is points:
        return known[1]
    ends = points[::3] if is_bezier else points
    lines = [QLineF(*start, *end) for start, end in pairwise(ends)]
    if len(_straight) >= _KEPT:
        _straight.clear()
    _straight[id(points)] = points, lines
    return lines


def polygon(points: tuple[Point, ...]) -> QPolygonF:
    """Return a polygon through the points."""
    return QPolygonF([QPointF(x, y) for x, y in points])


def diamond(x: float, y: float, radius: float) -> QPolygonF:
    """Return a square that stands on its corner."""
    return polygon(((x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)))


class Arrow:
    """The head of an arrow at one end of a line.

    Attributes:
        points: the line without the part that the head covers.
        head: the shape of the head.
    """

    def __init__(self, points: tuple[Point, ...], at_end: bool, width: float) -> None:
        (tip_x, tip_y), (from_x, from_y) = points[:-3:-1] if at_end else points[:2]
        length = 5.5 + 1.3 * width
        dx, dy = tip_x - from_x, tip_y - from_y
        distance = math.hypot(dx, dy) or 1.0
        dx, dy = dx / distance * length, dy / distance * length
        x, y = tip_x - dx, tip_y - dy
        self.head = polygon(((tip_x, tip_y), (x - dy / 2, y + dx / 2), (x + dy / 2, y - dx / 2)))
        # A little is left under the head, or a gap would show.
        stop = (x + dx * 0.02, y + dy * 0.02)
        self.points = (*points[:-1], stop) if at_end else (stop, *points[1:])


@lru_cache(maxsize=8192)
def arrow(points: tuple[Point, ...], at_end: bool, width: float) -> Arrow:
    """Return the arrow at one end of a line; do not change it."""
    return Arrow(points, at_end, width)
