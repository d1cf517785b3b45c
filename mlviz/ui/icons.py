"""Icons: line drawings that take the colour of their surroundings."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from mlviz.paths import resource

_SIZES = (16, 20, 24, 30, 32, 36, 40, 48, 64, 96)
"""Rendered ahead, in device px: what buttons show at the usual scales is never stretched."""
_DISABLED = 0.45


@lru_cache(maxsize=128)
def _drawing(name: str) -> bytes:
    return resource(f"icons/{name}.svg").read_bytes()


def icon_image(name: str, colour: QColor, px: int) -> QImage:
    """Return an icon as an image of `px` by `px` device px.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    drawing = _drawing(name).replace(b"currentColor", colour.name().encode())
    image = QImage(px, px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, px, px))
    painter.end()
    return image


@lru_cache(maxsize=128)
def _icon(name: str, rgba: int) -> QIcon:
    colour = QColor.fromRgba(rgba)
    faded = QColor(colour)
    faded.setAlphaF(colour.alphaF() * _DISABLED)
    icon = QIcon()
    for px in _SIZES:
        icon.addPixmap(QPixmap.fromImage(icon_image(name, colour, px)))
        disabled = QPixmap.fromImage(icon_image(name, faded, px))
        icon.addPixmap(disabled, QIcon.Mode.Disabled)
    return icon


def icon(name: str, colour: QColor) -> QIcon:
    """Return the icon `resources/icons/<name>.svg` in a colour.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    return QIcon(_icon(name, colour.rgba()))
