"""The drawing of a loss landscape: shades, lines of equal loss, the path, the way down."""

import math
from itertools import pairwise

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.axis_marks import scale_marks, tick_text
from mlviz.picture.contour import Landscape
from mlviz.picture.curve import Axes
from mlviz.picture.isolines import even_levels, isolines, log_levels
from mlviz.picture.items import Box, Curve, Item, Picture, Raster, Rect, Role, Swarm, Text, Token

_LEFT, _TOP, _RIGHT, _BOTTOM = 58.0, 10.0, 14.0, 40.0
_DARKEST = 96
_ARROW = 44.0
_LABEL = 10.0
_APART = 34.0
_ROUNDING = 1e-9
"""Losses that differ by less, as a part of them, differ by rounding alone."""

Point = tuple[float, float]


def map_axes(landscape: Landscape, width: float, height: float) -> Axes:
    """Return where the plane lies in a picture of this size; numbers are those on the axes."""
    area = Rect(_LEFT, _TOP, max(width - _LEFT - _RIGHT, 40), max(height - _TOP - _BOTTOM, 40))
    half, (x, y) = landscape.half, landscape.directions.start
    return Axes(area, x - half, x + half, y - half, y + half)


def contour_picture(
    landscape: Landscape,
    width: float,
    height: float,
    *,
    cursor: int,
    down: tuple[float, float] | None = None,
    here: tuple[float, float] = (0.0, 0.0),
) -> Picture:
    """Return the map of the loss around the present weights.

    Args:
        landscape: what is computed of it so far.
        width: of the picture, px.
        height: of the picture, px.
        cursor: the iteration that is looked at.
        here: where that is on the plane, in steps; the middle, unless the map is an old one.
        down: where minus the gradient points, in steps; None if that is not known.
    """
    axes = map_axes(landscape, width, height)
    items: list[Item] = [Box("", axes.area, Role.STAGE, Role.LINE, 1, 0)]
    levels = _levels(landscape.losses)
    items += _shades(landscape, axes)
    lines, labels = _lines(landscape, axes, levels)
    items += lines
    items += _path(landscape, axes, cursor)
    start = landscape.directions.start
    place = axes.point(start[0] + here[0], start[1] + here[1])
    if down is not None and here == (0.0, 0.0):
        items += _way_down(axes, place, down)
    items += labels
    if all(map(math.isfinite, place)) and axes.area.contains(*place):
        items.append(Token(*place, "round", Role.UPDATE, 6))
    items += _scales(landscape, axes)
    middle = landscape.losses[landscape.side // 2, landscape.side // 2]
    summary = Message(
        "contour.summary",
        iteration=cursor,
        loss=format_number(middle),
        low=format_number(levels[0]) if levels else "–",
        high=format_number(levels[-1]) if levels else "–",
    )
    return Picture(tuple(items), Rect(0, 0, width, height), None, summary)


def is_flat(losses: Array) -> bool:
    """Return whether losses differ by no more than they are rounded."""
    finite = losses[np.isfinite(losses)]
    if not len(finite):
        return False
    low, high = float(finite.min()), float(finite.max())
    return high - low <= _ROUNDING * max(abs(low), abs(high))


def _levels(losses: Array) -> tuple[float, ...]:
    finite = losses[np.isfinite(losses)]
    if not len(finite):
        return ()
    low, high = float(finite.min()), float(finite.max())
    if is_flat(losses):
        return ()
    return log_levels(low, high) if low >= 0 else even_levels(low, high)


def _shades(landscape: Landscape, axes: Axes) -> list[Item]:
    """Shade each cell by the logarithm of its loss: the lighter, the lower."""
    losses = landscape.losses
    finite = losses[np.isfinite(losses)]
    if not len(finite):
        return []
    low, high = float(finite.min()), float(finite.max())
    if is_flat(losses):
        return []
    with np.errstate(all="ignore"):
        if low >= 0:
            floor = max(low, 1e-9 * max(high, 1.0))
            heights = np.log(np.maximum(losses, floor))
            low, high = math.log(floor), math.log(max(high, floor))
        else:
            heights = losses
        cells = (heights[:-1, :-1] + heights[1:, :-1] + heights[:-1, 1:] + heights[1:, 1:]) / 4
        part = np.nan_to_num((cells - low) / ((high - low) or 1.0), nan=0.0, posinf=1.0)
    shades = np.round(np.clip(part, 0, 1) * _DARKEST).astype(np.int8)
    return [Raster(axes.area, landscape.side - 1, shades[::-1].tobytes(), 0)]


def _lines(
    landscape: Landscape, axes: Axes, levels: tuple[float, ...]
) -> tuple[list[Item], list[Item]]:
    """Return the lines of equal loss, and their numbers."""
    lines: list[Item] = []
    labels: list[Item] = []
    taken: list[Point] = [axes.point(*landscape.directions.start)]
    last = landscape.side - 1
    for number, level in enumerate(levels):
        pieces = isolines(landscape.losses, level)
        if not len(pieces):
            continue
        shapes = np.empty((len(pieces), 4))
        shapes[:, 0::2] = axes.area.x + pieces[:, :, 0] / last * axes.area.width
        shapes[:, 1::2] = axes.area.bottom - pieces[:, :, 1] / last * axes.area.height
        lines.append(Swarm(shapes, np.arange(len(shapes)), True, stroke=Role.MUTED, opacity=0.75))
        place = _free_place(shapes, axes, taken, number)
        if place is not None:
            taken.append(place)
            labels += _number(place, level)
    return lines, labels


def _free_place(shapes: Array, axes: Axes, taken: list[Point], number: int) -> Point | None:
    """Return a place on a line where its number covers no other; on another side each time."""
    middles = (shapes[:, :2] + shapes[:, 2:]) / 2
    area = axes.area
    inside = (
        (middles[:, 0] > area.x + 18)
        & (middles[:, 0] < area.right - 18)
        & (middles[:, 1] > area.y + 9)
        & (middles[:, 1] < area.bottom - 9)
    )
    middles = middles[inside]
    angle = math.radians(60 + 75 * number)
    ray = middles @ np.array([math.cos(angle), -math.sin(angle)])
    for index in np.argsort(-ray):
        x, y = middles[index]
        if all(math.hypot(x - a, (y - b) * 1.6) > _APART for a, b in taken):
            return float(x), float(y)
    return None


def _number(place: Point, level: float) -> list[Item]:
    text = tick_text(level)
    width = 6.2 * len(text) + 6
    x, y = place
    return [
        Box("", Rect(x - width / 2, y - 7, width, 14), Role.PANEL, Role.CLEAR, 0, 4, opacity=0.85),
        Text(x, y + 3.6, text, Role.TEXT, _LABEL, False, "center", "number"),
    ]


# --- The path --------------------------------------------------------------------------------


def _path(landscape: Landscape, axes: Axes, cursor: int) -> list[Item]:
    """Return the way that was walked up to now, and fainter where it went on."""
    x, y = landscape.directions.start
    places = {
        iteration: axes.point(x + right, y + up)
        for iteration, (right, up) in sorted(landscape.path.items())
        if math.isfinite(right) and math.isfinite(up)
    }
    items: list[Item] = []
    numbers = list(places)
    for one, two in pairwise(numbers):
        piece = clipped(places[one], places[two], axes.area)
        if piece is not None:
            done = two <= cursor
            items.append(
                Curve("path", piece, Role.UPDATE, 2 if done else 1.25, dashed=not done, opacity=1)
            )
    for iteration, (px, py) in places.items():
        if iteration != cursor and axes.area.contains(px, py):
            first = iteration == numbers[0]
            radius = 5.0 if first else 2.4
            items.append(Token(px, py, "square" if first else "round", Role.UPDATE, radius, first))
    return items


def clipped(start: Point, end: Point, area: Rect) -> tuple[Point, Point] | None:
    """Return the part of a line that lies inside; None if none does."""
    low, high = 0.0, 1.0
    dx, dy = end[0] - start[0], end[1] - start[1]
    for step, room in (
        (-dx, start[0] - area.x),
        (dx, area.right - start[0]),
        (-dy, start[1] - area.y),
        (dy, area.bottom - start[1]),
    ):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            low = max(low, room / step)
        else:
            high = min(high, room / step)
    if low > high:
        return None
    return (
        (start[0] + low * dx, start[1] + low * dy),
        (start[0] + high * dx, start[1] + high * dy),
    )


def _way_down(axes: Axes, here: Point, down: tuple[float, float]) -> list[Item]:
    """Return an arrow against the gradient; only its direction counts."""
    right = down[0] / (axes.x1 - axes.x0) * axes.area.width
    up = down[1] / (axes.y1 - axes.y0) * axes.area.height
    length = math.hypot(right, up)
    if not (math.isfinite(length) and length > 0):
        return []
    tip = (here[0] + right / length * _ARROW, here[1] - up / length * _ARROW)
    return [Curve("down", (here, tip), Role.BACKWARD, 2.5, arrow="end")]


# --- The axes --------------------------------------------------------------------------------


def _scales(landscape: Landscape, axes: Axes) -> list[Item]:
    area, names = axes.area, landscape.directions.names
    items = scale_marks(axes)
    items.append(Text(area.right, area.bottom + 32, names[0], Role.TEXT, 12, True, "right"))
    width = 7.4 * len(names[1]) + 12 if isinstance(names[1], str) else 84
    corner = Rect(area.x + 3, area.y + 3, width, 18)
    items.append(Box("", corner, Role.PANEL, Role.CLEAR, 0, 4, opacity=0.85))
    items.append(Text(area.x + 8, area.y + 16, names[1], Role.TEXT, 12, True))
    return items


def loss_at(landscape: Landscape, axes: Axes, point: Point) -> tuple[int, int] | None:
    """Return the row and column of the computed loss nearest to a point of the picture."""
    area, last = axes.area, landscape.side - 1
    if not area.contains(*point):
        return None
    column = round((point[0] - area.x) / area.width * last)
    row = round((area.bottom - point[1]) / area.height * last)
    return row, column
