"""Where the number of what travels has room: beside its own line, and far from all others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlviz.picture.items import Rect
from mlviz.picture.network_form import Point
from mlviz.picture.network_plan import along

Line = tuple[Point, Point]
Array = NDArray[np.float64]

_PARTS = 17
_BESIDE = (8.5, 11.0, 14.0, 18.0, 24.0)
"""At how many places of a line a label is tried, and how many px beside it: a token passes."""
_BELOW, _HIGHER = (2.5, 3.5, 4.5, 5.5, 7.0, 9.0, 12.0, -5.0), (0.0, 4.0, -4.0, 8.0, -8.0)
"""How far below what is level, or how far up and down at its ends, a label is tried."""
_END, _REACH = 3.0, 16.0
"""Px between a label and the end at which it stands, and how much farther it may point than it is
from its line."""
_PAST = 7.0
"""Px that a token needs that goes along another line."""
_NEARER = 3.0
"""Px by which a label is nearer to its own line than to another."""
_ON, _COVERED, _CROSSED = 30.0, 20.0, 6.0
_FAR, _ASIDE, _CLOSE, _WIDE = 1.5, 0.25, 0.8, 16.0
"""What it costs to stand on the line, to point at a number on it, to have another line behind the
label; a px off the line and a px along it, and a px by which another line is nearer than that."""
_CLEAR = 1.0
_TOKEN, _HALF = 6.5, 5.0
"""Half the width of a token, px, and what it costs if a part of it is hidden at rest."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a label is tried.

    Attributes:
        line: from where to where.
        first: the first part of the line that is meant, 0 to 1.
        last: the last part of it.
        wanted: at which part the label stands best.
        level: whether labels stand below it, or (None) at its ends, rather than beside it.
    """

    line: Line
    first: float = 0.0
    last: float = 1.0
    wanted: float = 0.5
    level: bool | None = False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a label stands.

    Attributes:
        rect: the label.
        end: the point of its line that it stands beside; None if it is hidden there.
        part: how far along the line that is.
        way: which of its ways that is.
        on: whether it stands on the line.
    """

    rect: Rect
    end: Point | None
    part: float
    way: int
    on: bool


def place(
    ways: Sequence[Way],
    own: Sequence[Line],
    size: tuple[float, float],
    corners: Array,
    bounds: Rect,
    others: Sequence[Line],
    behind: Sequence[Line] = (),
) -> Spot | None:
    """Return the best place for a label; None if there is none at which it is plainly its own's.

    Args:
        ways: where it is tried.
        own: the lines that it is about.
        size: its width and height.
        corners: what it must not hide: left, top, right and bottom ends.
        bounds: where it must stay.
        others: lines on which others go, whose label it must not seem to be.
        behind: lines that are better not hidden.
    """
    width, height = size
    found: tuple[float, Spot] | None = None
    about = _array(own)
    for number, way in enumerate(ways):
        x, y, parts, aside = _tried(way, width, height)
        left, top = x - width / 2, y - height / 2
        free = (left >= bounds.x) & (left + width <= bounds.right)
        free &= (top >= bounds.y) & (top + height <= bounds.bottom)
        hidden = (left[:, None] < corners[:, 2]) & (left[:, None] + width > corners[:, 0])
        hidden &= (top[:, None] < corners[:, 3]) & (top[:, None] + height > corners[:, 1])
        free &= ~hidden.any(axis=1)
        if not free.any():
            continue
        left, top, parts, aside = left[free], top[free], parts[free], aside[free]
        near = distances(left, top, width, height, about).min(axis=1)
        cost = _FAR * np.maximum(aside, 0) + np.where(near <= 0, _ON, 0.0)
        if way.level is False:  # it would point at what hides its line
            cost += _COVERED * _inside(*_points(way.line, parts), corners).any(axis=1)
        (x0, y0), (x1, y1) = way.line
        cost += _ASIDE * np.hypot(x1 - x0, y1 - y0) * np.abs(parts - way.wanted)
        if others:
            far = distances(left, top, width, height, _array(others)).min(axis=1)
            cost[(far < _PAST) | (far < near + _NEARER)] = np.inf
            cost += _CLOSE * np.maximum(_WIDE - far, 0)
            if not (cost < np.inf).any():
                continue
        lines = [*behind, *(line for line in own if line != way.line)]
        if lines:
            crossed = distances(left, top, width, height, _array(lines)) <= 0
            cost += _CROSSED * crossed.sum(axis=1)
        k = int(np.argmin(cost.round(6)))
        if cost[k] < np.inf and (found is None or cost[k] < found[0]):
            rect = Rect(float(left[k]), float(top[k]), width, height)
            end, part = _end(way, rect, float(near[k]), float(parts[k]), corners)
            found = float(cost[k]), Spot(rect, end, part, number, bool(near[k] <= 0))
    return None if found is None else found[1]


def _end(
    way: Way, rect: Rect, near: float, part: float, corners: Array
) -> tuple[Point | None, float]:
    """Return the seen point of a line that a label points at, and how far along it is."""
    if way.level is not False:
        return along(way.line, part), part
    parts = np.linspace(way.first, way.last, 2 * _PARTS)
    x, y = _points(way.line, parts)
    far = [rect.distance(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]
    middle = np.hypot(x - rect.center[0], y - rect.center[1])
    cost = np.array(far) + 0.01 * middle
    cost[_inside(x, y, corners).any(axis=1)] = np.inf
    # A token that waits there is better seen wholly.
    k = int(np.argmin(cost + _HALF * _inside(x, y, corners, _TOKEN).any(axis=1)))
    if cost[k] > near + _REACH:
        return None, part
    return (float(x[k]), float(y[k])), float(parts[k])


def _tried(way: Way, width: float, height: float) -> tuple[Array, Array, Array, Array]:
    """Return the middles of labels that are tried, at which parts of the line, how far aside."""
    (x0, y0), (x1, y1) = way.line
    if way.level is None:
        ends = np.array([x1 + _END + width / 2, x0 - _END - width / 2])
        x, down = np.meshgrid(ends, np.array(_HIGHER), indexing="ij")
        parts, _ = np.meshgrid(np.array([1.0, 0.0]), np.array(_HIGHER), indexing="ij")
        return x.ravel(), y0 + down.ravel(), parts.ravel(), np.abs(down).ravel()
    if way.level:
        x, down = np.meshgrid(np.linspace(x0, x1, 2 * _PARTS), np.array(_BELOW), indexing="ij")
        parts = (x - x0) / (x1 - x0)
        return x.ravel(), y0 + height / 2 + down.ravel(), parts.ravel(), down.ravel()
    length = float(np.hypot(x1 - x0, y1 - y0))
    across, down = (y0 - y1) / length, (x1 - x0) / length  # at right angles to the line
    reach = abs(across) * width / 2 + abs(down) * height / 2
    beside = [0.0, *(sign * (reach + by) for by in _BESIDE for sign in (-1, 1))]
    parts, off = np.meshgrid(
        np.linspace(way.first, way.last, _PARTS), np.array(beside), indexing="ij"
    )
    parts, off = parts.ravel(), off.ravel()
    x, y = _points(way.line, parts)
    return x + across * off, y + down * off, parts, np.maximum(np.abs(off) - reach, 0.0)


def distances(left: Array, top: Array, width: float, height: float, lines: Array) -> Array:
    """Return how far labels of one size are from lines, by labels and lines; 0 if they meet."""
    x0, y0, x1, y1 = lines.T
    dx, dy = x1 - x0, y1 - y0
    xs = np.stack([left, left + width, left, left + width])[:, :, None]
    ys = np.stack([top, top, top + height, top + height])[:, :, None]
    part = ((xs - x0) * dx + (ys - y0) * dy) / np.maximum(dx * dx + dy * dy, 1e-9)
    part = np.clip(part, 0.0, 1.0)
    far = np.hypot(xs - x0 - part * dx, ys - y0 - part * dy).min(axis=0)
    left, right = left[:, None], left[:, None] + width
    top, bottom = top[:, None], top[:, None] + height
    for x, y in ((x0, y0), (x1, y1)):
        across = np.maximum(np.maximum(left - x, x - right), 0.0)
        down = np.maximum(np.maximum(top - y, y - bottom), 0.0)
        far = np.minimum(far, np.hypot(across, down))
    side = dx * (ys - y0) - dy * (xs - x0)
    meets = (side.min(axis=0) < 0) & (side.max(axis=0) > 0)
    meets &= (np.minimum(x0, x1) < right) & (np.maximum(x0, x1) > left)
    meets &= (np.minimum(y0, y1) < bottom) & (np.maximum(y0, y1) > top)
    result: Array = np.where(meets, 0.0, far)
    return result


def corners_of(rects: Sequence[Rect]) -> Array:
    """Return the ends of rectangles and of a little room around them."""
    grown = [rect.grown(_CLEAR) for rect in rects]
    return np.array([(r.x, r.y, r.right, r.bottom) for r in grown], float).reshape(-1, 4)


def course(line: Line, parts: Array, corners: Array, room: float) -> Array:
    """Return when a token is at some parts of a line, 0 to 1: at once past where it is hidden.

    It goes no farther than to where it is seen.
    """
    hidden = np.asarray(_inside(*_points(line, parts), corners, room).any(axis=1))
    if not hidden.all():
        hidden = hidden[: len(hidden) - int(np.argmin(hidden[::-1]))]
    if len(hidden) < 2:
        return np.zeros(1)
    unseen = hidden[1:] | hidden[:-1]
    times = np.where(unseen & (not unseen.all()), 0.0, 1.0).cumsum()
    result: Array = np.concatenate([[0.0], times / times[-1]])
    return result


def first_clear(line: Line, parts: Sequence[float], corners: Array, room: float) -> float:
    """Return the first part of a line at which a token is not hidden; else the first of all."""
    tried = np.array(parts)
    x, y = _points(line, tried)
    hidden = _inside(x, y, corners, room).any(axis=1)
    return parts[0] if hidden.all() else parts[int(np.argmin(hidden))]


def _points(line: Line, parts: Array) -> tuple[Array, Array]:
    (x0, y0), (x1, y1) = line
    return x0 + (x1 - x0) * parts, y0 + (y1 - y0) * parts


def _inside(x: Array, y: Array, corners: Array, room: float = 0.0) -> NDArray[np.bool_]:
    """Return which points lie in which rectangles."""
    x, y = x[:, None], y[:, None]
    found: NDArray[np.bool_] = (x > corners[:, 0] - room) & (x < corners[:, 2] + room)
    found &= (y > corners[:, 1] - room) & (y < corners[:, 3] + room)
    return found


def _array(lines: Sequence[Line]) -> Array:
    return np.array([(*start, *end) for start, end in lines], dtype=float)
