"""Shades stay where painting is allowed."""

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from mlviz.picture.items import Raster, Rect
from mlviz.ui.raster import paint_raster
from mlviz.ui.theme import THEMES

pytestmark = pytest.mark.usefixtures("qapp")


def test_shades_are_not_painted_beyond_the_part_that_is_being_painted() -> None:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setClipRect(0, 0, 40, 20)
    paint_raster(painter, Raster(Rect(0, 0, 40, 40), 1, bytes([127]), 4), THEMES["light"])
    painter.end()
    assert image.pixelColor(20, 10) != QColor("white")
    assert image.pixelColor(20, 30) == QColor("white")
