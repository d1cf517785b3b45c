"""What classes look like: a colour, a shape and a hatching each, so that colour is never alone."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainterPath, QPolygonF

from mlviz.picture.items import Role
from mlviz.ui.strokes import polygon
from mlviz.ui.theme import DARK, LIGHT, Theme

# The first two are the colours of negative and positive numbers, as the neurons' planes are.
_COLOURS = {
    LIGHT.name: (
        *(LIGHT.roles[role] for role in (Role.NEGATIVE, Role.POSITIVE, Role.FORWARD)),
        *("#9C2F7F", "#9A6700", "#5B4BC4", "#2E8FC7", "#B3261E", "#4F6F1F", "#5A6675"),
    ),
    DARK.name: (
        *(DARK.roles[role] for role in (Role.NEGATIVE, Role.POSITIVE, Role.FORWARD)),
        *("#E58CCB", "#E3B341", "#A99BFF", "#9AD4F5", "#FF7B72", "#B5CC6A", "#9AA6B5"),
    ),
}
SHAPES = ("circle", "square", "diamond", "up", "down", "star", "hexagon", "plus", "cross", "flat")
KINDS = len(SHAPES)
"""How many classes look different; after that colours, shapes and hatchings begin again."""


def class_colour(theme: Theme, kind: int) -> QColor:
    """Return the colour of a class."""
    return _colour(theme.name, kind % KINDS)


@lru_cache(maxsize=64)
def _colour(theme: str, kind: int) -> QColor:
    return QColor(_COLOURS[theme][kind])


@lru_cache(maxsize=256)
def mark(kind: int, radius: float) -> QPainterPath:
    """Return the shape of a class around the origin; do not change it."""
    path, r = QPainterPath(), radius
    match SHAPES[kind % KINDS]:
        case "circle":
            path.addEllipse(QPointF(0, 0), r, r)
        case "square":
            side = 0.88 * r
            path.addRect(QRectF(-side, -side, 2 * side, 2 * side))
        case "diamond":
            path.addPolygon(_regular(4, 1.2 * r, 90))
        case "up":
            path.addPolygon(_regular(3, 1.25 * r, 90))
        case "down":
            path.addPolygon(_regular(3, 1.25 * r, 270))
        case "star":
            path.addPolygon(_star(1.3 * r))
        case "hexagon":
            path.addPolygon(_regular(6, 1.1 * r, 0))
        case "plus":
            path.addPolygon(_plus(1.15 * r, 0))
        case "cross":
            path.addPolygon(_plus(1.25 * r, 45))
        case "flat":
            path.addRect(QRectF(-1.2 * r, -0.55 * r, 2.4 * r, 1.1 * r))
    path.closeSubpath()
    return path


def _regular(corners: int, radius: float, first: float) -> QPolygonF:
    angles = [math.radians(first + 360 * corner / corners) for corner in range(corners)]
    return polygon(tuple((radius * math.cos(a), -radius * math.sin(a)) for a in angles))


def _star(radius: float) -> QPolygonF:
    points = []
    for corner in range(10):
        angle, reach = math.radians(90 + 36 * corner), radius * (0.45 if corner % 2 else 1)
        points.append((reach * math.cos(angle), -reach * math.sin(angle)))
    return polygon(tuple(points))


def _plus(radius: float, turned: float) -> QPolygonF:
    arm = 0.36 * radius
    corners = (
        (-arm, -radius), (arm, -radius), (arm, -arm), (radius, -arm), (radius, arm), (arm, arm),
        (arm, radius), (-arm, radius), (-arm, arm), (-radius, arm), (-radius, -arm), (-arm, -arm),
    )  # fmt: skip
    sine, cosine = math.sin(math.radians(turned)), math.cos(math.radians(turned))
    return polygon(tuple((x * cosine - y * sine, x * sine + y * cosine) for x, y in corners))


@lru_cache(maxsize=4)
def hatchings(width: int, height: int, pitch: int) -> NDArray[np.uint16]:
    """Return which classes are hatched at each pixel: bit k is that of class k.

    Shapes: → (height, width).
    """
    y, x = np.mgrid[:height, :width]
    rising, falling = (x + y) % pitch == 0, (x - y) % pitch == 0
    flat, upright = y % pitch == 0, x % pitch == 0
    half = max(pitch // 2, 2)
    patterns = (
        np.zeros((height, width), dtype=bool),
        rising,
        falling,
        flat,
        upright,
        rising | falling,
        flat | upright,
        (x % half == 0) & (y % half == 0),
        (x + y) % half == 0,
        y % half == 0,
    )
    bits = np.zeros((height, width), dtype=np.uint16)
    for kind, pattern in enumerate(patterns):
        bits |= pattern.astype(np.uint16) << kind
    return bits
