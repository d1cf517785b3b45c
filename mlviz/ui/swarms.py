"""Swarms on a painter: thousands of rectangles or lines by one call to Qt."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from mlviz.picture.items import Role, Swarm
from mlviz.ui.plain import faded
from mlviz.ui.shapes import lines, rectangles
from mlviz.ui.strokes import hairline
from mlviz.ui.theme import Theme


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
        painter.drawLines(lines.filled(swarm.shapes[swarm.rows]))
    else:
        painter.setBrush(faded(theme, swarm.fill, swarm.opacity))
        painter.drawRects(rectangles.filled(swarm.shapes[swarm.rows]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


def prepare(swarm: Swarm) -> None:
    """Make Qt's shapes before they are painted; in whatever thread."""
    (lines if swarm.lines else rectangles).prepare(len(swarm.shapes))
