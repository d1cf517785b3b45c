"""Pictures on a painter: the display list of `mlviz.picture.items`, painted as it says.

The time goes into the calls to Qt, so what cannot be seen is not painted, and below
`DETAIL` everything that looks alike is painted by one call.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPen, QTransform

from mlviz.picture.afar import DETAIL
from mlviz.picture.items import (
    Box,
    Curve,
    Formula,
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
from mlviz.ui import formulas
from mlviz.ui.cells import paint_cells, runs
from mlviz.ui.pieces import THIN, chains, seen
from mlviz.ui.plain import faded, paint_plain_boxes, paint_plain_curves
from mlviz.ui.raster import paint_raster
from mlviz.ui.shapes import lines
from mlviz.ui.sprites import Sprites
from mlviz.ui.stamps import Stamps, at_rest
from mlviz.ui.strokes import Point, arrow, bezier, pen, polygon
from mlviz.ui.swarms import paint_swarm
from mlviz.ui.texts import TextBrush, Translate
from mlviz.ui.theme import SOFT, Theme
from mlviz.ui.tokens import paint_token

LEGIBLE = 5.0
"""Texts that would be less px high are left out."""
MANY_CURVES = 150
"""With more of them in view they are straight lines."""
MANY_BOXES = 24
"""With more of them in a picture each kind is painted once and copied."""
_SQUARE = 2.0
"""Corners of a smaller radius, px, cannot be told from square ones."""
_ROLE = attrgetter("role")
HALO = 5.0
"""Px between a box and its halo, at most."""
_OUTSIDE = 10.0
"""Px that an item may reach beyond its points: its halo, its arrow, half its line."""


def paint(
    painter: QPainter,
    picture: Picture,
    theme: Theme,
    translate: Translate,
    scale: float = 1.0,
    many: bool | None = None,
) -> None:
    """Paint a picture from back to front.

    Args:
        painter: its origin is where the picture's origin comes to lie.
        picture: what to paint.
        theme: what colour a role has.
        translate: puts a message into the language of the reader.
        scale: how many of the painter's units one px of the picture is.
        many: whether its boxes are copied; if left out, that depends on how many are seen.
    """
    if scale <= 0:
        return
    painter.save()
    _clip_to_device(painter)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    brush = _PictureBrush(painter, theme, translate, scale)
    brush.paint(picture, many)
    painter.restore()


def _clip_to_device(painter: QPainter) -> None:
    """Clip to all there is: Qt then leaves out early what lies beyond, in a third of the time."""
    if painter.paintEngine().type() is not QPaintEngine.Type.Raster or painter.hasClipping():
        return
    upright, device = painter.worldTransform(), painter.device()
    painter.resetTransform()
    painter.setClipRect(0, 0, device.width(), device.height())
    painter.setWorldTransform(upright)


class _PictureBrush:
    """Paints the items of one picture; holds what stays the same from item to item."""

    def __init__(self, painter: QPainter, theme: Theme, translate: Translate, scale: float) -> None:
        self._painter = painter
        self._theme = theme
        self._translate = translate
        self._scale = scale
        self._fine = scale >= DETAIL
        self._view = self._visible()
        self._upright: QTransform = painter.worldTransform()
        engine = painter.paintEngine()
        self._raster = engine.type() is QPaintEngine.Type.Raster
        across = (self._view[0], self._view[2])
        self._texts = TextBrush(painter, theme, translate, across)
        self._sprites: Sprites | None = None

    def _visible(self) -> tuple[float, float, float, float]:
        """Return the part of the picture that can be seen: left, top, right, bottom."""
        painter = self._painter
        device = painter.device()
        area = QRectF(0, 0, device.width(), device.height())
        inverted, invertible = painter.worldTransform().inverted()
        area = inverted.mapRect(area) if invertible else QRectF()
        if painter.hasClipping():
            area = area.intersected(painter.clipBoundingRect())
        return area.left(), area.top(), area.right(), area.bottom()

    def paint(self, picture: Picture, many: bool | None = None) -> None:
        """Paint what can be seen, neighbours of one kind together."""
        items: Sequence[Item] = picture.items
        kept = bool(picture.kept) and not self._upright.isRotating()
        if not kept and not self._in_view(picture.bounds):
            items = list(self._seen(items))
        if many is None:
            many = sum(type(item) is Box for item in items) > MANY_BOXES
        if self._fine and self._raster and many:
            ratio = self._painter.device().devicePixelRatioF()
            self._sprites = Sprites(self._theme, self._unit(), ratio)
            if kept:
                self._paint_kept(picture, at_rest(self._upright, self._theme, ratio))
                return
        self._paint_items(items, not kept)

    def _paint_kept(self, picture: Picture, stamps: Stamps | None) -> None:
        """Paint a picture with copies of what stays the same.

        What belongs together does not lie over anything else of that kind, so their order does
        not matter, and boxes are painted with boxes and texts with texts.
        """
        painter, items = self._painter, picture.items
        start, end = self._view[0] - _OUTSIDE, self._view[2] + _OUTSIDE
        high, low = self._view[1] - _OUTSIDE, self._view[3] + _OUTSIDE
        done = picture.kept[0][0]
        self._paint_items(items[:done])
        fresh: list[Item] = []
        loose: list[Item] = []
        painter.resetTransform()
        painter.setOpacity(1)
        for first, last in picture.kept:
            if done < first:
                loose += items[done:first]
            done = last
            rect = items[first].rect  # type: ignore[union-attr]
            if rect.x > end or rect.x + rect.width < start:
                continue
            if rect.y > low or rect.y + rect.height < high:
                continue
            if not (stamps and stamps.draw(painter, items, first, last, self._paint_copy)):
                fresh += items[first:last]
        painter.setWorldTransform(self._upright)
        # Texts behind the rest, those of one colour together.
        texts = [item for item in fresh if type(item) is Text]
        rest = [item for item in fresh if type(item) is not Text]
        self._paint_items([*rest, *sorted(texts, key=_ROLE)], whole=True)
        self._paint_items([*loose, *items[done:]])

    def _paint_copy(self, painter: QPainter, items: Sequence[Item]) -> None:
        """Paint items elsewhere as they are painted here."""
        painter.setRenderHints(self._painter.renderHints())
        brush = _PictureBrush(painter, self._theme, self._translate, self._scale)
        brush._sprites = self._sprites
        brush._paint_items(items)

    def _paint_items(self, items: Sequence[Item], whole: bool = False) -> None:
        """Paint some items, all of them or those that may be seen."""
        kind: type = Box
        run: list[Any] = []
        least = LEGIBLE / self._scale if self._fine else math.inf
        items = [item for item in items if type(item) is not Text or item.size >= least]
        for item in items if whole else self._seen(items):
            if type(item) is not kind:
                self._flush(kind, run)
                kind, run = type(item), []
            run.append(item)
        self._flush(kind, run)

    def _flush(self, kind: type, run: list[Any]) -> None:
        if not run:
            return
        if kind is Box:
            self._boxes(run)
        elif kind is Text:
            self._texts.paint(run)
        elif kind is Curve:
            self._curves(run)
        else:
            for item in run:
                self._single(item)

    def _in_view(self, bounds: Rect) -> bool:
        left, top, right, bottom = self._view
        return (
            bounds.x >= left
            and bounds.y >= top
            and bounds.x + bounds.width <= right
            and bounds.y + bounds.height <= bottom
        )

    def _seen(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield what may lie in view; thousands of items pass here for every frame."""
        left, top, right, bottom = self._view
        low, high = top - _OUTSIDE, bottom + _OUTSIDE
        start, end = left - _OUTSIDE, right + _OUTSIDE
        for item in items:
            match item:
                case Text(x=x, y=y, align=align):
                    if y > high + item.size or y < low:
                        continue
                    if (align == "left" and x > end) or (align == "right" and x < start):
                        continue
                case Box(rect=rect):
                    if rect.x > end or rect.y > high:
                        continue
                    if rect.x + rect.width < start or rect.y + rect.height < low:
                        continue
                case Curve(points=points):
                    x, y = points[0]
                    if not (left < x < right and top < y < bottom):
                        xs, ys = zip(*points, strict=True)
                        if min(xs) > end or max(xs) < start or min(ys) > high or max(ys) < low:
                            continue
            yield item

    # --- Boxes -----------------------------------------------------------------------------

    def _boxes(self, boxes: Sequence[Box]) -> None:
        if not self._fine:
            paint_plain_boxes(self._painter, boxes, self._theme)
            return
        for are_cells, run in runs(boxes):
            if are_cells:
                paint_cells(self._painter, run, self._theme)
            elif self._sprites is not None:
                self._copied_boxes(run, self._sprites)
            else:
                for box in run:
                    self._box(box)

    def _copied_boxes(self, boxes: Sequence[Box], sprites: Sprites) -> None:
        painter, unit = self._painter, self._unit()
        dx, dy = self._upright.dx(), self._upright.dy()
        plain = not self._upright.isRotating()
        painter.resetTransform()
        opacity = -1.0
        for box in boxes:
            rect = box.rect
            if not plain or box.halo is not None or box.radius <= _SQUARE or not sprites.fits(box):
                painter.setWorldTransform(self._upright)
                self._box(box)
                painter.resetTransform()
                opacity = -1.0
                continue
            if box.opacity != opacity:
                opacity = box.opacity
                painter.setOpacity(opacity)
            sprites.draw(painter, box, rect.x * unit + dx, rect.y * unit + dy)
        painter.setWorldTransform(self._upright)

    def _box(self, box: Box) -> None:
        painter, rect = self._painter, box.rect
        painter.setOpacity(box.opacity)
        if box.halo is not None:
            ring = rect.grown(box.reach)
            painter.setPen(QPen(self._theme.colour(box.halo), 2))
            painter.setBrush(self._theme.colour(SOFT.get(box.halo, Role.CLEAR)))
            radius = box.radius + box.reach - 1
            painter.drawRoundedRect(QRectF(ring.x, ring.y, ring.width, ring.height), radius, radius)
        if box.stroke is Role.CLEAR or box.width <= 0:
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            painter.setPen(pen(self._theme.colour(box.stroke), box.width, box.dashed))
        painter.setBrush(self._theme.colour(box.fill))
        painter.drawRoundedRect(
            QRectF(rect.x, rect.y, rect.width, rect.height), box.radius, box.radius
        )

    # --- Curves ----------------------------------------------------------------------------

    def _curves(self, curves: Sequence[Curve]) -> None:
        if not self._fine or len(curves) > MANY_CURVES:
            paint_plain_curves(self._painter, curves, self._theme)
            return
        alike: list[Curve] = []
        for curve in curves:
            thin = curve.bezier and curve.width <= THIN and (curve.dashed or curve.arrow)
            if alike and not (thin and _look(curve) == _look(alike[0])):
                self._thin_curves(alike)
                alike = []
            if thin and self._raster:
                alike.append(curve)
            else:
                self._curve(curve)
        if alike:
            self._thin_curves(alike)

    def _thin_curves(self, curves: Sequence[Curve]) -> None:
        """Paint curves of one look, piece by piece."""
        painter, heads = self._painter, []
        routes: dict[bool, list[tuple[Point, ...]]] = {True: [], False: []}
        start, end = self._view[0] - 2 * _OUTSIDE, self._view[2] + 2 * _OUTSIDE
        high, low = self._view[1] - 2 * _OUTSIDE, self._view[3] + 2 * _OUTSIDE
        for curve in curves:
            points = curve.points
            if curve.arrow:
                x, y = points[-1 if curve.arrow == "end" else 0]
                tipped = arrow(points, curve.arrow == "end", curve.width)
                points = tipped.points
                if start < x < end and high < y < low:
                    heads.append(tipped.head)
            routes[curve.dashed].append(points)
        ends = [
            seen(chains(routes[dashed]), width, self._view, _OUTSIDE)
            for dashed, width in ((False, 0.0), (True, curves[0].width))
        ]
        colour = self._ink(curves[0])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for head in heads:
            painter.drawPolygon(head)
        painter.setPen(pen(colour, curves[0].width, flat=True))
        painter.drawLines(lines.filled(np.concatenate(ends)))

    def _curve(self, curve: Curve) -> None:
        points = curve.points
        if len(points) < 2:
            return
        painter = self._painter
        colour = self._ink(curve)
        if curve.arrow:
            tipped = arrow(points, curve.arrow == "end", curve.width)
            points = tipped.points
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(tipped.head)
        if len(points) == 2 and not curve.bezier and not curve.dashed:
            # Qt paints a straight line with flat ends several times faster than a path.
            painter.setPen(pen(colour, curve.width, flat=True))
            painter.drawLine(QLineF(*points[0], *points[1]))
            return
        painter.setPen(pen(colour, curve.width, curve.dashed, flat=bool(curve.arrow)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if curve.bezier:
            painter.drawPath(bezier(points))
        else:
            painter.drawPolyline(polygon(points))

    def _ink(self, curve: Curve) -> QColor:
        """Return a curve's colour, and let the painter let through as much as it does."""
        self._painter.setOpacity(1 if curve.mixed else curve.opacity)
        theme, role = self._theme, curve.role
        return faded(theme, role, curve.opacity) if curve.mixed else theme.colour(role)

    # --- The rest --------------------------------------------------------------------------

    def _single(self, item: Item) -> None:
        painter = self._painter
        if isinstance(item, Token):
            # Small pictures still show where the number is.
            least = 0.0 if self._fine else 4 / self._unit()
            paint_token(painter, item, self._theme, max(item.radius, least))
        elif isinstance(item, Swarm):
            paint_swarm(painter, item, self._theme)
        elif isinstance(item, Polygon):
            painter.setOpacity(item.opacity)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour(item.fill))
            painter.drawPolygon(polygon(item.points))
        elif isinstance(item, Formula) and self._fine:
            painter.setOpacity(1)
            formula = formulas.typeset(item.tex, item.size, self._theme, item.role)
            formula.draw_at_top(painter, item.x, item.y)
        elif isinstance(item, Raster):
            paint_raster(painter, item, self._theme)

    def _unit(self) -> float:
        return abs(self._upright.m11()) or 1.0


def _look(curve: Curve) -> tuple[Role, float, float, bool]:
    return curve.role, curve.width, curve.opacity, curve.mixed
