"""The answers one by one, worst first; and for numbers, the answers against the targets."""

import math

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.axis_marks import scale_marks
from mlviz.picture.curve import Axes
from mlviz.picture.items import Box, Curve, Item, Picture, Rect, Role, Text, Token
from mlviz.picture.outcome import Outcome

MOST_MARKS = 700
_LEFT, _TOP, _RIGHT, _BOTTOM = 58.0, 12.0, 14.0, 40.0
_RADIUS = 3.6


def worst_first(
    found: Outcome,
    *,
    part: int | None = None,
    only_wrong: bool = False,
    cell: tuple[int, int] | None = None,
) -> Array:
    """Return the places of examples, the largest loss first; what is no number comes before.

    Args:
        found: the examples.
        part: only those of one part, by its place.
        only_wrong: only those put into another class than theirs.
        cell: only those of one class that were taken for another: both numbers.
    """
    shown = np.ones(len(found), dtype=bool)
    if part is not None:
        shown &= found.parts == part
    if only_wrong:
        shown &= found.wrong
    if cell is not None:
        shown &= (found.truth == cell[0]) & (found.predicted == cell[1])
    places = np.flatnonzero(shown)
    losses = np.where(np.isnan(found.losses[places]), np.inf, found.losses[places])
    return np.asarray(places[np.argsort(-losses, kind="stable")])


def first_features(inputs: Array, names: tuple[str, ...]) -> tuple[int, int]:
    """Return which two features to begin with: the first, or of pixels those that differ most.

    Shapes: inputs (n, features).
    """
    if len(names) > 2 and is_picture(names):
        most = np.argsort(-inputs.var(axis=0), kind="stable")
        return int(most[0]), int(most[1])
    return 0, min(1, len(names) - 1)


def is_picture(names: tuple[str, ...]) -> int:
    """Return how many pixels wide examples are that are square pictures; 0 if they are none."""
    side = math.isqrt(len(names))
    is_square = side > 1 and side * side == len(names)
    return side if is_square and names[0].startswith("pixel[") else 0


def scatter_picture(
    truth: Array,
    answers: Array,
    parts: Array,
    *,
    width: float,
    height: float,
    names: tuple[str, str],
    residuals: bool = False,
    selected: int = -1,
) -> Picture:
    """Return answers against targets, or how far they are off against the answers.

    Args:
        truth: the targets, (n).
        answers: what the network says, (n).
        parts: to which part each belongs, by its place, (n).
        width: of the picture, px.
        height: of the picture, px.
        names: of the target and of the answer.
        residuals: show answer − target upwards.
        selected: the example that is chosen; −1 for none.
    """
    across = answers if residuals else truth
    up = answers - truth if residuals else answers
    axes = scatter_axes(across, up, width, height, residuals=residuals)
    items: list[Item] = [Box("", axes.area, Role.STAGE, Role.LINE, 1, 0)]
    items += _right_line(axes, residuals=residuals)
    fine = np.flatnonzero(np.isfinite(across) & np.isfinite(up))
    if len(fine) > MOST_MARKS:
        fine = fine[np.arange(MOST_MARKS) * len(fine) // MOST_MARKS]
    for index in fine[np.argsort(parts[fine], kind="stable")].tolist():
        x, y = axes.point(float(across[index]), float(up[index]))
        part = int(parts[index])
        # As on the plane: solid, hollow, hollow with a dot.
        items.append(Token(x, y, "round", Role.MUTED, _RADIUS, hollow=part > 0))
        if part == 2:
            items.append(Token(x, y, "round", Role.MUTED, _RADIUS / 2))
    if 0 <= selected < len(across) and np.isfinite(up[selected]):
        x, y = axes.point(float(across[selected]), float(up[selected]))
        ring = Rect(x - 9, y - 9, 18, 18)
        items.append(Box("", ring, Role.CLEAR, Role.SELECTED, 2.5, 9))
    items += scale_marks(axes)
    low, high = (names[1], Message("predictions.residual")) if residuals else names
    items.append(Text(axes.area.right, axes.area.bottom + 32, low, Role.TEXT, 12, True, "right"))
    items.append(Text(axes.area.x + 8, axes.area.y + 15, high, Role.TEXT, 12, True))
    with np.errstate(all="ignore"):  # what diverges is shown as it is
        away = (answers[fine] - truth[fine]) ** 2
        spread = float(np.sqrt(np.mean(away))) if len(fine) else np.nan
    summary = Message("predictions.summary", n=len(answers), error=format_number(spread))
    return Picture(tuple(items), Rect(0, 0, width, height), None, summary)


def scatter_axes(across: Array, up: Array, width: float, height: float, *, residuals: bool) -> Axes:
    """Return where numbers lie; targets and answers have the same ends."""
    area = Rect(_LEFT, _TOP, max(width - _LEFT - _RIGHT, 40), max(height - _TOP - _BOTTOM, 40))
    if residuals:
        x0, x1 = _ends(across)
        most = max((abs(end) for end in _ends(up)), default=1.0)
        return Axes(area, x0, x1, -most, most)
    low, high = _ends(np.concatenate([across, up]))
    return Axes(area, low, high, low, high)


def _ends(numbers: Array) -> tuple[float, float]:
    fine = numbers[np.isfinite(numbers)]
    if not len(fine):
        return -1.0, 1.0
    low, high = float(fine.min()), float(fine.max())
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _right_line(axes: Axes, *, residuals: bool) -> list[Item]:
    """Return the line on which answers are right."""
    if residuals:
        ends = (axes.point(axes.x0, 0.0), axes.point(axes.x1, 0.0))
    else:
        ends = (axes.point(axes.x0, axes.y0), axes.point(axes.x1, axes.y1))
    return [Curve("right", ends, Role.MUTED, 1.5, dashed=True)]


def nearest(
    truth: Array, answers: Array, axes: Axes, point: tuple[float, float], *, residuals: bool
) -> int:
    """Return the example nearest to a point of the picture; −1 if none is near."""
    across = answers if residuals else truth
    up = answers - truth if residuals else answers
    with np.errstate(all="ignore"):
        x = axes.area.x + (across - axes.x0) / (axes.x1 - axes.x0) * axes.area.width
        y = axes.area.bottom - (up - axes.y0) / (axes.y1 - axes.y0) * axes.area.height
        away = np.nan_to_num(np.hypot(x - point[0], y - point[1]), nan=np.inf)
    best = int(away.argmin()) if len(away) else -1
    return best if best >= 0 and away[best] <= 9 else -1
