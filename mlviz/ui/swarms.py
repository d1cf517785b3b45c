"""Swarms on a painter: thousands of rectangles or lines by one call to Qt."""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from mlviz.picture.items import Role, Swarm
from mlviz.ui.plain import faded
from mlviz.ui.strokes import hairline
from mlviz.ui.theme import Theme

_KEPT = 8
Kept = dict[int, tuple[NDArray[np.float64], list[Any]]]
_rectangles: Kept = {}
_lines: Kept = {}
_lock = threading.Lock()


def paint_swarm(painter: QPainter, swarm: Swarm, theme: Theme) -> None:
    """Paint a swarm, without smoothing its edges: they are too short to show steps."""
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setOpacity(1)
    if swarm.stroke is Role.CLEAR:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(hairline(faded(theme, swarm.stroke, swarm.opacity)))
    if swarm.lines:
        painter.drawLines(_chosen(swarm, _lines, QLineF))
    else:
        painter.setBrush(faded(theme, swarm.fill, swarm.opacity))
        painter.drawRects(_chosen(swarm, _rectangles, QRectF))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


def prepare(swarm: Swarm) -> None:
    """Make Qt's shapes before they are painted; in whatever thread."""
    with _lock:
        _chosen(swarm, *((_lines, QLineF) if swarm.lines else (_rectangles, QRectF)))


def _chosen(swarm: Swarm, kept: Kept, kind: type) -> list[Any]:
    """Return Qt's shapes; a graph keeps its array, so they are made once."""
    known = kept.get(id(swarm.shapes))
    if known is None or known[0] is not swarm.shapes:
        if len(kept) >= _KEPT:
            kept.pop(next(iter(kept)))  # one at a time: they are thousands of shapes each
        known = swarm.shapes, [kind(*row) for row in swarm.shapes.tolist()]
        kept[id(swarm.shapes)] = known
    shapes = known[1]
    rows = swarm.rows
    if rows.size == len(shapes):
        return shapes
    return [shapes[row] for row in rows.tolist()]
