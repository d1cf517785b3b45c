"""A picture that stays on the screen: only where something changes is it painted again.

While the film runs, a token moves and a few nodes and edges take another look; the rest would
be painted as it was. What is painted again looks as if all of it were, to a few shades of 255.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap

from mlviz.picture.afar import DETAIL
from mlviz.picture.items import (
    Box,
    Curve,
    Item,
    Picture,
    Polygon,
    Raster,
    Rect,
    Role,
    Swarm,
    Text,
    Token,
)
from mlviz.ui.fonts import text_width
from mlviz.ui.painting import HALO, MANY_BOXES, MANY_CURVES, paint
from mlviz.ui.texts import Translate
from mlviz.ui.theme import Theme

_AROUND = 12.0
"""Px that a curve's arrow and half its width may reach beyond its points."""
_GRID = 4
"""Px of the widget; multiples of it are whole px of the device at every usual scale."""
_MOST, _PLACES, _MANY = 0.5, 3, 60
"""Of what part of the area, at how many places, and for how many items it is worth while."""
_GRAIN = 4


class KeptPicture:
    """What was painted last of a picture that is painted again and again."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._pixmap: QPixmap | None = None
        self._items: Sequence[Item] = ()

    def paint(
        self,
        painter: QPainter,
        picture: Picture,
        look: tuple[Theme, Translate, str],
        scale: float,
        origin: tuple[float, float],
        area: QRect,
    ) -> None:
        """Paint a picture.

        Args:
            painter: of the widget, without a transformation.
            picture: what to paint.
            look: the theme, what puts messages into the reader's language, and which that is.
            scale: px of the widget for one px of the picture.
            origin: where the picture's origin comes to lie.
            area: the part of the widget that the picture is painted in, over the stage's ground.
        """
        theme, translate, language = look
        ratio = painter.device().devicePixelRatioF()
        kinds = [type(item) for item in picture.items]
        boxes = kinds.count(Box) > MANY_BOXES
        key = (theme.name, language, scale, origin, area.getRect(), ratio, boxes)
        before, self._key = self._key, key
        # While it moves as a whole there is nothing to be kept, nor where all is painted at once.
        if before != key or scale < DETAIL or kinds.count(Curve) > MANY_CURVES:
            self._pixmap = None
            painter.fillRect(area, theme.colour(Role.STAGE))
            painter.translate(*origin)
            paint(painter, picture, theme, translate, scale, boxes)
            painter.resetTransform()
            return
        pixmap = self._pixmap
        places: list[QRect] | None = None
        if pixmap is not None:
            places = _changed(self._items, picture.items, translate, scale, origin, area)
        if pixmap is None or places is None:
            if pixmap is None:
                pixmap = self._pixmap = QPixmap(area.size() * ratio)
                pixmap.setDevicePixelRatio(ratio)
            places = [area]
        self._items = picture.items
        inner = QPainter(pixmap)
        for place in places:
            there = place.translated(-area.topLeft())
            inner.setClipRect(there)
            inner.fillRect(there, theme.colour(Role.STAGE))
            inner.translate(QPointF(*origin) - QPointF(area.topLeft()))
            paint(inner, picture, theme, translate, scale, boxes)
            inner.resetTransform()
        inner.end()
        painter.drawPixmap(area.topLeft(), pixmap)


def _changed(
    old: Sequence[Item],
    new: Sequence[Item],
    translate: Translate,
    scale: float,
    origin: tuple[float, float],
    area: QRect,
) -> list[QRect] | None:
    """Return where two pictures differ; None if that is nearly everywhere."""
    places: list[QRect] = []
    differing = _differing(old, new)
    if differing is None or len(differing) > _MANY:
        return None
    for item in differing:
        rect = _reach(item, translate)
        if rect is None:
            return None
        left = origin[0] + rect.x * scale - 2
        top = origin[1] + rect.y * scale - 2
        size = rect.width * scale + 4, rect.height * scale + 4
        place = _aligned(QRectF(left, top, *size).toAlignedRect()).intersected(area)
        if place.isEmpty():
            continue
        # What touches is one place; that may touch others in turn.
        while touching := [other for other in places if other.intersects(place)]:
            for other in touching:
                places.remove(other)
                place = place.united(other)
        places.append(place)
    if len(places) > _PLACES:
        whole = places[0]
        for place in places:
            whole = whole.united(place)
        places = [whole]
    covered = sum(place.width() * place.height() for place in places)
    return places if covered <= _MOST * area.width() * area.height() else None


def _differing(old: Sequence[Item], new: Sequence[Item]) -> list[Item] | None:
    """Return what is in one picture and not in the other, or None if that is very much.

    The order of the rest is the same.
    """
    if len(old) == len(new):
        pairs = zip(old, new, strict=True)
        return [item for a, b in pairs if a is not b and a != b for item in (a, b)]
    before, after = set(map(id, old)), set(map(id, new))
    if len(before ^ after) > 4 * _MANY:
        return None
    gone = [item for item in old if id(item) not in after]
    come = [item for item in new if id(item) not in before]
    return [*_without(gone, come), *_without(come, gone)]


def _without(items: Sequence[Item], others: Sequence[Item]) -> list[Item]:
    places: dict[tuple[object, ...], list[Item]] = {}
    for other in others:
        places.setdefault(_place(other), []).append(other)
    return [item for item in items if item not in places.get(_place(item), ())]


def _place(item: Item) -> tuple[object, ...]:
    """Return something that is the same for equal items, and rarely for others."""
    match item:
        case Box(rect=rect) | Raster(rect=rect):
            return type(item), rect.x, rect.y
        case Curve(points=points) | Polygon(points=points):
            return type(item), points[0], points[-1]
        case Swarm():
            return (Swarm,)
    return type(item), item.x, item.y


def _aligned(rect: QRect) -> QRect:
    left, top = rect.x() // _GRID * _GRID, rect.y() // _GRID * _GRID
    right = -(-(rect.x() + rect.width()) // _GRID) * _GRID
    bottom = -(-(rect.y() + rect.height()) // _GRID) * _GRID
    return QRect(left, top, right - left, bottom - top)


def _reach(item: Item, translate: Callable[..., str]) -> Rect | None:
    """Return where an item is painted; None if nobody can say."""
    match item:
        case Box(rect=rect):
            return rect.grown(item.width / 2 + 1 if item.halo is None else HALO + 4)
        case Raster(rect=rect):
            return rect.grown(1)
        case Text():
            text = item.text if type(item.text) is str else translate(item.text)
            grain = round(item.size * _GRAIN)
            width = text_width(text, item.family, grain, item.bold) / _GRAIN
            share = {"left": 0.0, "center": 0.5, "right": 1.0}[item.align]
            x, size = item.x - share * width, item.size
            return Rect(x - size, item.y - 1.5 * size, width + 2 * size, 2.2 * size)
        case Token():
            by = 2 * item.radius + 4
            return Rect(item.x - by, item.y - by, 2 * by, 2 * by)
        case Curve(points=points) | Polygon(points=points):
            xs, ys = zip(*points, strict=True)
            x, y = min(xs), min(ys)
            return Rect(x, y, max(xs) - x, max(ys) - y).grown(_AROUND)
    return None
