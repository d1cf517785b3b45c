"""Shades over a plane as an image: made once for each theme, then only stretched."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from mlviz.picture.items import Raster, Role
from mlviz.ui.theme import THEMES, Theme


def paint_raster(painter: QPainter, raster: Raster, theme: Theme) -> None:
    """Paint the shades into their rectangle, with rounded corners."""
    rect = raster.rect
    area = QRectF(rect.x, rect.y, rect.width, rect.height)
    painter.save()
    painter.setOpacity(1)
    corners = QPainterPath()
    corners.addRoundedRect(area, raster.radius, raster.radius)
    painter.setClipPath(corners, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(area, raster_image(raster.shades, raster.columns, theme.name))
    painter.restore()


@lru_cache(maxsize=512)
def raster_image(shades: bytes, columns: int, theme_name: str) -> QImage:
    """Return the image: the colour of the sign, as strong as the shade, over the panel's."""
    theme = THEMES[theme_name]
    panel, positive, negative = (
        _rgb(theme.colour(role)) for role in (Role.PANEL, Role.POSITIVE, Role.NEGATIVE)
    )
    part = np.frombuffer(shades, dtype=np.int8).reshape(-1, columns, 1) / 127
    colour = np.where(part < 0, negative, positive)
    mixed = np.round(panel + (colour - panel) * np.abs(part)).astype(np.uint8)
    pixels = np.ascontiguousarray(mixed)
    height, width, _ = pixels.shape
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()  # the pixels belong to the array, which goes


def _rgb(colour: QColor) -> NDArray[np.float64]:
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)
