"""How a region scene is painted: the plane as an image, lines, and the examples as marks."""

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QPolygonF

from mlviz.autograd import Array
from mlviz.picture.items import Role
from mlviz.picture.region_scene import RegionScene
from mlviz.ui.class_marks import KINDS, class_colour, hatchings, mark
from mlviz.ui.strokes import pen
from mlviz.ui.theme import THEMES, Theme, blend

_SHADES = 64
_WEAKEST, _STRONGEST = 0.06, 0.5
_HATCH = 0.26
_JOINT = 1e6  # parts of the plane that count as the same place
_HALO = 1.0  # width of the pen around a mark, of its radius
RADIUS = 4.2
"""Of a mark, px at scale 1."""


def _rgb(colour: QColor) -> NDArray[np.float64]:
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def _packed(colours: NDArray[np.float64]) -> NDArray[np.uint32]:
    whole = np.round(colours).astype(np.uint32)
    packed = 0xFF000000 + (whole[..., 0] << 16) + (whole[..., 1] << 8) + whole[..., 2]
    return packed.astype(np.uint32)


@lru_cache(maxsize=8)
def class_table(theme_name: str, classes: int) -> NDArray[np.uint32]:
    """Return the colour of every class at every strength: (classes, shades)."""
    theme = THEMES[theme_name]
    panel = _rgb(theme.colour(Role.PANEL))
    amounts = np.linspace(_WEAKEST, _STRONGEST, _SHADES)[:, None]
    rows = [panel + (_rgb(class_colour(theme, kind)) - panel) * amounts for kind in range(classes)]
    return _packed(np.stack(rows))


def number_colour(theme: Theme, scale: tuple[float, float], value: float) -> QColor:
    """Return the colour of an answer: of the sign of the numbers, stronger farther from zero.

    Where all are of one sign, the colour is weakest at the end next to zero.
    """
    low, high = scale
    part = float(_parts_of(scale, value))
    if low < 0 < high:
        part = 2 * part - 1
    elif high <= 0:
        part -= 1
    front = theme.colour(Role.NEGATIVE if part < 0 else Role.POSITIVE)
    return blend(front, theme.colour(Role.PANEL), abs(part) * 0.75)


def _parts_of(scale: tuple[float, float], values: Array | float) -> Array:
    """Return how far along a scale values are, 0 to 1."""
    low, high = scale
    parts: Array = np.clip((np.asarray(values) - low) / (high - low), 0.0, 1.0)
    return parts


@lru_cache(maxsize=8)
def number_table(theme_name: str, scale: tuple[float, float]) -> NDArray[np.uint32]:
    """Return the colours from the lowest answer to the highest."""
    values = np.linspace(*scale, 2 * _SHADES).tolist()
    colours = [number_colour(THEMES[theme_name], scale, value).rgb() for value in values]
    return np.array(colours, dtype=np.uint32)


def plane_image(scene: RegionScene, theme: Theme) -> QImage:
    """Return the answers over the plane, one pixel for each point that was asked."""
    answers = scene.answers
    assert answers is not None
    if scene.kind == "classes":
        count = len(scene.classes)
        # Fixed: the weakest shade where all classes are equally likely, the strongest at 1.
        part = (answers.strengths - 1 / count) / (1 - 1 / count)
        shade = np.clip(np.nan_to_num(part) * (_SHADES - 1), 0, _SHADES - 1).astype(np.intp)
        pixels = class_table(theme.name, count)[answers.winners, shade]
    else:
        low, high = scene.scale
        part = np.nan_to_num((answers.strengths - low) / (high - low), nan=0.5)
        shade = np.clip(part * (2 * _SHADES - 1), 0, 2 * _SHADES - 1).astype(np.intp)
        pixels = number_table(theme.name, scene.scale)[shade]
    return image_of(pixels)


def image_of(pixels: NDArray[np.uint32]) -> QImage:
    """Return an image that has its own copy of the pixels."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    return image.copy()


def hatching_image(scene: RegionScene, theme: Theme, width: int, height: int, pitch: int) -> QImage:
    """Return the hatching of many classes' regions, for a rectangle of so many px."""
    answers = scene.answers
    assert answers is not None
    side = answers.side
    rows = np.minimum(np.arange(height) * side // max(height, 1), side - 1)
    columns = np.minimum(np.arange(width) * side // max(width, 1), side - 1)
    bits = (1 << (answers.winners % KINDS)).astype(np.uint16)
    hatched = (bits[:, columns][rows] & hatchings(width, height, pitch)) != 0
    colour = theme.colour(Role.TEXT)
    amount = round(255 * _HATCH)
    ink = [round(part * _HATCH) for part in (colour.red(), colour.green(), colour.blue())]
    number = amount << 24 | ink[0] << 16 | ink[1] << 8 | ink[2]
    pixels = hatched * np.uint32(number)
    made = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return made.copy()


def line_pieces(lines: Array, area: QRectF) -> list[QLineF]:
    """Return pieces of lines, given from 0 to 1, as Qt draws them fastest."""
    if not len(lines):
        return []
    scaled = lines * [area.width(), area.height()] + [area.left(), area.top()]
    return [QLineF(*ends) for ends in scaled.reshape(-1, 4).tolist()]


def line_chains(lines: Array, area: QRectF) -> list[QPolygonF]:
    """Return pieces of lines, given from 0 to 1, joined where they meet: dashes need whole lines.

    Shapes: (pieces, 2, 2).
    """
    if not len(lines):
        return []
    scaled = lines * [area.width(), area.height()] + [area.left(), area.top()]
    ends = np.round(lines * _JOINT).astype(np.int64).tolist()
    at: dict[tuple[int, int], list[int]] = {}
    for piece, (one, other) in enumerate(ends):
        at.setdefault((one[0], one[1]), []).append(piece)
        at.setdefault((other[0], other[1]), []).append(piece)
    left, found = set(range(len(ends))), []

    def follow(piece: int, end: int) -> Iterator[QPointF]:
        """Yield points from one end of a piece onwards, until nothing goes on there."""
        while True:
            yield QPointF(*scaled[piece][end])
            here = (ends[piece][end][0], ends[piece][end][1])
            following = next((each for each in at[here] if each in left), None)
            if following is None:
                return
            left.discard(following)
            piece, end = following, 1 if ends[following][0] == list(here) else 0

    for piece in range(len(ends)):
        if piece in left:
            left.discard(piece)
            forward = list(follow(piece, 1))
            found.append(QPolygonF([*reversed(list(follow(piece, 0))), *forward]))
    return found


def curve_path(x: Array, y: Array, scene: RegionScene, area: QRectF) -> QPolygonF:
    """Return a curve as a polygon; it is cut off by the clipping of whoever paints it."""
    low, high = scene.plane.low, scene.plane.high
    across = area.left() + (x - low[0]) / (high[0] - low[0]) * area.width()
    up = area.bottom() - (y - low[1]) / (high[1] - low[1]) * area.height()
    up = np.clip(up, area.top() - 1e4, area.bottom() + 1e4)
    fine = np.isfinite(up)
    return QPolygonF(
        [QPointF(a, b) for a, b in zip(across[fine].tolist(), up[fine].tolist(), strict=True)]
    )


def paint_mark(
    painter: QPainter,
    theme: Theme,
    kind: int,
    part: int,
    radius: float,
    colour: QColor,
    *,
    outlined: bool = False,
) -> None:
    """Paint the mark of an example at the painter's origin: solid, hollow, hollow with a dot.

    `outlined` is for colours that are also those of the ground.
    """
    _set_look(painter, theme, part, radius, colour, outlined)
    painter.drawPath(mark(kind, radius))
    if part == 2:
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(0, 0), radius * 0.34, radius * 0.34)


def _set_look(
    painter: QPainter, theme: Theme, part: int, radius: float, colour: QColor, outlined: bool
) -> None:
    thin = radius / RADIUS
    if part == 0:
        edge = Role.TEXT if outlined else Role.PANEL
        painter.setPen(pen(theme.colour(edge), 1.0 * thin))
        painter.setBrush(colour)
    elif outlined:  # what is hollow elsewhere has a double outline here
        painter.setPen(pen(theme.colour(Role.TEXT), 2.4 * thin))
        painter.setBrush(colour)
    else:
        painter.setPen(pen(colour, 1.7 * thin))
        painter.setBrush(theme.colour(Role.PANEL))


def marks_pixmap(
    scene: RegionScene, theme: Theme, area: QRectF, radius: float, ratio: float
) -> QPixmap:
    """Return all examples as an image of the size of `area`: each look painted once, and copied."""
    pixmap = QPixmap(round(area.width() * ratio), round(area.height() * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    places = scene.places * np.array([area.width(), area.height()])
    shades = np.zeros(len(scene.values))
    if scene.kind == "numbers":
        shades = np.round(_parts_of(scene.scale, scene.values) * 2 * _SHADES)
    looks: dict[tuple[int, float, int], QPixmap] = {}
    # Where examples lie over each other, those that were not trained with lie on top.
    for part in range(3):
        for index in np.nonzero(scene.parts == part)[0].tolist():
            key = int(scene.kinds[index]) if scene.classes else 0, float(shades[index]), part
            copied = looks.get(key)
            if copied is None:
                copied = looks[key] = _one_mark(scene, theme, index, radius, ratio)
            half = copied.width() / ratio / 2
            x, y = places[index].tolist()
            painter.drawPixmap(QPointF(x - half, y - half), copied)
    painter.end()
    return pixmap


def _one_mark(scene: RegionScene, theme: Theme, index: int, radius: float, ratio: float) -> QPixmap:
    """Return the mark of one example, in the middle of an image."""
    half = math.ceil((_HALO + 1.2) * radius + 1)
    pixmap = QPixmap(round(2 * half * ratio), round(2 * half * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(half, half)
    kind, colour = look_of(scene, theme, index)
    if scene.kind == "classes":  # the ground may be of the mark's own colour
        painter.setPen(pen(theme.colour(Role.PANEL), _HALO * radius))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(mark(kind, radius))
    part = int(scene.parts[index])
    paint_mark(painter, theme, kind, part, radius, colour, outlined=scene.kind == "numbers")
    painter.end()
    return pixmap


def look_of(scene: RegionScene, theme: Theme, index: int) -> tuple[int, QColor]:
    """Return the class whose shape an example has, and its colour."""
    if scene.classes:
        kind = int(scene.kinds[index])
        return kind, class_colour(theme, kind)
    if scene.kind == "curve":
        return 0, theme.colour(Role.MUTED)
    # On the plane of its own colours an example is told apart by its outline.
    return 0, number_colour(theme, scene.scale, float(scene.values[index]))


def paint_rings(
    painter: QPainter, places: Array, area: QRectF, radius: float, colour: QColor, width: float
) -> None:
    """Paint rings around examples: one is painted, the others are copies of it."""
    if not len(places):
        return
    ratio = painter.device().devicePixelRatioF()
    ring = _ring(radius, colour.rgb(), width, ratio)
    half = ring.width() / ratio / 2
    corner = np.array([area.left(), area.top()]) - half
    for x, y in (places * [area.width(), area.height()] + corner).tolist():
        painter.drawPixmap(QPointF(x, y), ring)


@lru_cache(maxsize=16)
def _ring(radius: float, rgb: int, width: float, ratio: float) -> QPixmap:
    half = radius + width + 1
    pixmap = QPixmap(round(2 * half * ratio), round(2 * half * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(QColor.fromRgb(rgb), width))
    middle = pixmap.width() / ratio / 2
    painter.drawEllipse(QPointF(middle, middle), radius, radius)
    painter.end()
    return pixmap
