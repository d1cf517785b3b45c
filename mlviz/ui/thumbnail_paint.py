"""How a thumbnail is painted."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from mlviz.picture.items import Picture, Role
from mlviz.picture.region_scene import RegionScene
from mlviz.picture.thumbnail import Thumbnail
from mlviz.ui.painting import paint
from mlviz.ui.region_paint import curve_path, line_pieces, look_of, paint_mark, plane_image
from mlviz.ui.strokes import pen
from mlviz.ui.texts import Translate
from mlviz.ui.theme import Theme

_LARGEST = 0.72
"""No picture is drawn larger than this: cards are not the stage."""
_FINEST = 4.0
_MARGIN = 8.0
_REACH = 22.0
"""Px that a bubble may stand out of its picture."""
_RADIUS = 2.3


def thumbnail_pixmap(
    found: Thumbnail, theme: Theme, translate: Translate, size: tuple[int, int], ratio: float
) -> QPixmap:
    """Return a thumbnail as an image of so many px, on a screen of this pixel ratio."""
    width, height = size
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(theme.colour(Role.STAGE))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, width, height)
    if found.picture is not None:
        _paint_picture(painter, found.picture, theme, translate, area)
    elif found.scene is not None:
        _paint_scene(painter, found.scene, theme, area)
    painter.end()
    return pixmap


def _paint_picture(
    painter: QPainter, picture: Picture, theme: Theme, translate: Translate, area: QRectF
) -> None:
    bounds = picture.bounds.grown(_REACH)
    inner = area.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    scale = min(inner.width() / bounds.width, inner.height() / bounds.height, _LARGEST)
    # Small pictures are drawn with less detail; made smaller afterwards, they keep all of it.
    fine = min(max(_LARGEST / scale, 1.0), _FINEST)
    size = QSize(round(bounds.width * scale * fine), round(bounds.height * scale * fine))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.colour(Role.STAGE))
    inside = QPainter(image)
    inside.translate(-bounds.x * scale * fine, -bounds.y * scale * fine)
    paint(inside, picture, theme, translate, scale * fine)
    inside.end()
    wide, high = bounds.width * scale, bounds.height * scale
    place = QRectF(area.center().x() - wide / 2, area.center().y() - high / 2, wide, high)
    ratio = painter.device().devicePixelRatio()
    smooth = Qt.TransformationMode.SmoothTransformation
    keep = Qt.AspectRatioMode.IgnoreAspectRatio
    small = image.scaled(QSize(round(wide * ratio), round(high * ratio)), keep, smooth)
    painter.drawImage(place, small)


def _paint_scene(painter: QPainter, scene: RegionScene, theme: Theme, area: QRectF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if scene.answers is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, plane_image(scene, theme))
        painter.setPen(pen(theme.colour(Role.TEXT), 1.2, flat=True))
        painter.drawLines(line_pieces(scene.answers.lines, area))
    radius = _RADIUS * (1.8 if len(scene.places) <= 8 else 1.0)
    for index, (x, y) in enumerate(scene.places.tolist()):
        kind, colour = look_of(scene, theme, index)
        painter.save()
        painter.translate(area.left() + x * area.width(), area.top() + y * area.height())
        paint_mark(painter, theme, kind, 0, radius, colour)
        painter.restore()
    if scene.curve is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(theme.colour(Role.FORWARD), 2.0))
        for column in scene.curve.y.T:
            painter.drawPolyline(curve_path(scene.curve.x, column, scene, area))
