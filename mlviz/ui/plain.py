"""Boxes and curves with less detail, for what is small or very much: a call for each look."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from mlviz.picture.items import Box, Curve, Role
from mlviz.ui.strokes import hairline, straight
from mlviz.ui.theme import SOFT, Theme

WIDE = 2.5
"""A curve of this width is the one to look at, and stays wider than the others."""
_BEHIND = 8.1
"""One wider than any weight marks what lies on it, so it is wider still, and lies below all."""


def faded(theme: Theme, role: Role, opacity: float) -> QColor:
    """Return what a colour looks like on the stage; opaque lines take a quarter of the time."""
    colour, ground = theme.colour(role), theme.colour(Role.STAGE)

    def mixed(over: int, under: int) -> int:
        return round(opacity * over + (1 - opacity) * under)

    return QColor(
        mixed(colour.red(), ground.red()),
        mixed(colour.green(), ground.green()),
        mixed(colour.blue(), ground.blue()),
    )


def paint_plain_boxes(painter: QPainter, boxes: Sequence[Box], theme: Theme) -> None:
    """Paint boxes of the same look at once, without what is too small to be seen."""
    looks: dict[tuple[Role, Role, float, bool], list[QRectF]] = {}
    for box in boxes:
        rect = box.rect
        stroke = box.stroke if box.halo is None else box.halo
        fill = box.fill if box.halo is None else SOFT.get(box.halo, box.fill)
        look = (fill, stroke, box.opacity, box.halo is not None)
        looks.setdefault(look, []).append(QRectF(rect.x, rect.y, rect.width, rect.height))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    # The one that is acting lies above its neighbours, as it does in full detail.
    for (fill, stroke, opacity, haloed), rects in sorted(
        looks.items(), key=lambda entry: entry[0][3]
    ):
        painter.setOpacity(opacity)
        if stroke is Role.CLEAR:
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            painter.setPen(hairline(theme.colour(stroke), 2 if haloed else 1))
        painter.setBrush(theme.colour(fill))
        painter.drawRects(rects)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def paint_plain_curves(painter: QPainter, curves: Sequence[Curve], theme: Theme) -> None:
    """Paint curves of the same look at once, as straight lines."""
    looks: dict[tuple[Role, float, int], list[QLineF]] = {}
    for curve in curves:
        width = 4 if curve.width > _BEHIND else 2 if curve.width >= WIDE else 1
        look = (curve.role, curve.opacity, width)
        looks.setdefault(look, []).extend(straight(curve.points, curve.bezier))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setOpacity(1)
    for (role, opacity, width), lines in sorted(looks.items(), key=lambda entry: entry[0][2] % 4):
        painter.setPen(hairline(faded(theme, role, opacity), width))
        painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
