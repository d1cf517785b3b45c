"""What lies around the plane, its numbers and names: painted once while it stays the same."""

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from mlviz.picture.axis_marks import tick_text
from mlviz.picture.isolines import even_levels
from mlviz.picture.items import Role
from mlviz.picture.region_scene import RegionScene
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.theme import Theme

_SHORT = 3
"""Longer names of the upright axis are turned on their side."""


class RegionGround:
    """Keeps the last picture: in training nothing of it changes from frame to frame."""

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._of: tuple[object, ...] = ()

    def pixmap(
        self,
        scene: RegionScene,
        area: QRectF,
        size: QSize,
        ratio: float,
        theme: Theme,
        unit: float,
    ) -> QPixmap:
        """Return the axes of a scene.

        Args:
            scene: whose axes.
            area: where the plane lies.
            size: of the whole.
            ratio: pixels of the device for each of the widget.
            theme: the colours.
            unit: one px at scale 1.
        """
        ends = (scene.plane.low.tobytes(), scene.plane.high.tobytes())
        of = (ends, scene.names, area, size, ratio, theme.name, unit)
        if self._pixmap is None or of != self._of:
            pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(theme.colour(Role.PANEL))
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(area, theme.colour(Role.STAGE))
            _paint_axes(painter, scene, area, theme, unit)
            painter.end()
            self._pixmap, self._of = pixmap, of
        return self._pixmap


def _paint_axes(
    painter: QPainter, scene: RegionScene, area: QRectF, theme: Theme, unit: float
) -> None:
    low, high = scene.plane.low, scene.plane.high
    painter.setFont(number_font(10 * unit))
    painter.setPen(theme.colour(Role.MUTED))
    aligned = Qt.AlignmentFlag
    for value in even_levels(float(low[0]), float(high[0]), max(round(area.width() / 90), 3)):
        x = area.left() + (value - low[0]) / (high[0] - low[0]) * area.width()
        painter.drawLine(QLineF(x, area.bottom(), x, area.bottom() + 4 * unit))
        box = QRectF(x - 40 * unit, area.bottom() + 4 * unit, 80 * unit, 14 * unit)
        painter.drawText(box, int(aligned.AlignHCenter | aligned.AlignTop), tick_text(value))
    for value in even_levels(float(low[1]), float(high[1]), max(round(area.height() / 70), 3)):
        y = area.bottom() - (value - low[1]) / (high[1] - low[1]) * area.height()
        painter.drawLine(QLineF(area.left() - 4 * unit, y, area.left(), y))
        box = QRectF(0, y - 8 * unit, area.left() - 6 * unit, 16 * unit)
        painter.drawText(box, int(aligned.AlignRight | aligned.AlignVCenter), tick_text(value))
    painter.setFont(ui_font(12 * unit, bold=True))
    painter.setPen(theme.colour(Role.TEXT))
    below = QRectF(area.left(), area.bottom() + 18 * unit, area.width(), 18 * unit)
    painter.drawText(below, int(aligned.AlignRight | aligned.AlignVCenter), scene.names[0])
    name = scene.names[1]
    if len(name) <= _SHORT:
        beside = QRectF(0, area.top() - 4 * unit, area.left() - 6 * unit, 18 * unit)
        painter.drawText(beside, int(aligned.AlignLeft | aligned.AlignVCenter), name)
        return
    painter.save()
    painter.translate(2 * unit, area.top())
    painter.rotate(-90)
    beside = QRectF(-area.height(), 0, area.height(), 16 * unit)
    painter.drawText(beside, int(aligned.AlignRight | aligned.AlignVCenter), name)
    painter.restore()
