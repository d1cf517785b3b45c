"""Nodes painted once and copied: what belongs together and does not change is one image.

A copy has the same pixels as what it is a copy of. It is made when the same node is painted at
the same scale for the second time, so nothing is made for a node that changes all the time.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from mlviz.picture.items import Box, Item
from mlviz.ui.theme import Theme

_MARGIN = 3
"""Px around the box."""
_MOST_BYTES = 64 << 20
_MOST_SEEN = 20_000
_AT_ONCE = 2
"""How many copies are made in one frame, a third of a ms each; there will be another frame."""

Key = tuple[object, ...]
Paint = Callable[[QPainter, Sequence[Item]], None]


class _Stamp(NamedTuple):
    box: Box
    key: Key
    image: QImage | None


_stamps: dict[int, _Stamp] = {}
_bytes = 0
_last: Key = ()


def at_rest(upright: QTransform, theme: Theme, ratio: float) -> "Stamps | None":
    """Return copies for a painter's transformation, or None while the scale is changing.

    Args:
        upright: only scales and moves.
        theme: what colour a role has.
        ratio: px of the device for one px of the painter.
    """
    global _last
    before, _last = _last, (upright.m11(), ratio)
    return Stamps(upright, theme, ratio) if _last == before else None


class Stamps:
    """Copies of nodes for one scale.

    Args:
        upright: the painter's transformation; it only scales and moves.
        theme: what colour a role has.
        ratio: px of the device for one px of the painter.
    """

    def __init__(self, upright: QTransform, theme: Theme, ratio: float) -> None:
        self._theme, self._ratio = theme, ratio
        self._left = _AT_ONCE
        self._unit = upright.m11() * ratio
        self._dx, self._dy = upright.dx() * ratio, upright.dy() * ratio

    def draw(
        self, painter: QPainter, items: Sequence[Item], first: int, end: int, paint: Paint
    ) -> bool:
        """Draw a copy of one node; tell whether there is one.

        Args:
            painter: on a raster device, without a transformation.
            items: of a picture.
            first: where the node's begin; the first is its box, which no other node has.
            end: where they end.
            paint: paints items on another painter, to make a copy of them.
        """
        box = items[first]
        assert isinstance(box, Box)
        unit, rect = self._unit, box.rect
        x, y = rect.x * unit + self._dx, rect.y * unit + self._dy
        left, top = math.floor(x), math.floor(y)
        # The same part of a px, or the texts would lie differently.
        key = (unit, self._ratio, round(x - left, 3), round(y - top, 3), self._theme.name)
        known = _stamps.get(id(box))
        if known is None or known.box is not box or known.key != key:
            _keep(_Stamp(box, key, None))
            return False
        image = known.image
        if image is None:
            if self._left == 0:
                return False
            self._left -= 1
            image = self._made(box, left, top, items[first:end], paint)
            _keep(_Stamp(box, key, image))
        ratio = self._ratio
        painter.drawImage(QPointF((left - _MARGIN) / ratio, (top - _MARGIN) / ratio), image)
        return True

    def _made(self, box: Box, left: int, top: int, items: Sequence[Item], paint: Paint) -> QImage:
        width = math.ceil(box.rect.width * self._unit) + 2 * _MARGIN + 1
        height = math.ceil(box.rect.height * self._unit) + 2 * _MARGIN + 1
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        image.setDevicePixelRatio(self._ratio)
        ratio, scale = self._ratio, self._unit / self._ratio
        painter = QPainter(image)
        dx, dy = self._dx - left + _MARGIN, self._dy - top + _MARGIN
        painter.setTransform(QTransform(scale, 0, 0, scale, dx / ratio, dy / ratio))
        paint(painter, items)
        painter.end()
        return image


def _keep(stamp: _Stamp) -> None:
    global _bytes
    before = _stamps.get(id(stamp.box))
    if before is not None and before.image is not None:
        _bytes -= before.image.sizeInBytes()
    if stamp.image is not None:
        _bytes += stamp.image.sizeInBytes()
    if _bytes > _MOST_BYTES or len(_stamps) >= _MOST_SEEN:
        _stamps.clear()
        _bytes = 0 if stamp.image is None else stamp.image.sizeInBytes()
    _stamps[id(stamp.box)] = stamp
