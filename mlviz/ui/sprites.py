"""Boxes painted once and copied: rounded corners cost ten times as much as a copy of them.

A copy lies on whole pixels of the device, so that nothing is smeared.
"""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from mlviz.picture.items import Box, Role
from mlviz.ui.strokes import pen
from mlviz.ui.theme import Theme

_KEPT = 512
_LARGEST = 400.0
_made: dict[tuple[object, ...], QImage] = {}


class Sprites:
    """Copies of boxes for one scale.

    Args:
        theme: what colour a role has.
        scale: px of the painter for one px of the picture.
        ratio: px of the device for one px of the painter.
    """

    def __init__(self, theme: Theme, scale: float, ratio: float) -> None:
        self._theme = theme
        self._scale = scale
        self._ratio = ratio
        self._known: dict[tuple[object, ...], tuple[QImage, int]] = {}

    def fits(self, box: Box) -> bool:
        """Return whether a box is small enough for a copy to be worth its memory."""
        unit = self._scale * self._ratio
        return box.rect.width * unit <= _LARGEST and box.rect.height * unit <= _LARGEST

    def draw(self, painter: QPainter, box: Box, left: float, top: float) -> None:
        """Draw a box without a halo; the painter has no transformation.

        Args:
            painter: on a raster device.
            box: what to draw.
            left: where its left upper corner lies, px of the painter.
            top: the same, downwards.
        """
        rect = box.rect
        look = (rect.width, rect.height, box.radius, box.width, box.dashed, box.fill, box.stroke)
        known = self._known.get(look)
        if known is None:
            known = self._known[look] = self._image(box), self._margin(box)
        image, margin = known
        ratio = self._ratio
        x, y = round(left * ratio) - margin, round(top * ratio) - margin
        painter.drawImage(QPointF(x / ratio, y / ratio), image)

    def _margin(self, box: Box) -> int:
        return math.ceil(box.width * self._scale * self._ratio / 2) + 1

    def _image(self, box: Box) -> QImage:
        stroke = self._theme.colour(Role.CLEAR if box.width <= 0 else box.stroke)
        fill = self._theme.colour(box.fill)
        rect = box.rect
        unit = self._scale * self._ratio
        size = (rect.width, rect.height, box.radius, box.width, box.dashed)
        key = (unit, self._ratio, *size, fill.rgba(), stroke.rgba())
        image = _made.get(key)
        if image is None:
            if len(_made) >= _KEPT:
                _made.clear()
            image = self._painted(box, fill, stroke, unit)
            _made[key] = image
        return image

    def _painted(self, box: Box, fill: QColor, stroke: QColor, unit: float) -> QImage:
        margin = self._margin(box)
        width = math.ceil(box.rect.width * unit) + 2 * margin
        height = math.ceil(box.rect.height * unit) + 2 * margin
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(margin, margin)
        painter.scale(unit, unit)
        if stroke.alpha() == 0:
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            painter.setPen(pen(stroke, box.width, box.dashed))
        painter.setBrush(fill)
        rect = QRectF(0, 0, box.rect.width, box.rect.height)
        painter.drawRoundedRect(rect, box.radius, box.radius)
        painter.end()
        image.setDevicePixelRatio(self._ratio)
        return image
