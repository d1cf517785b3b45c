"""The height of each item: near its neighbours, in order, and not closer than allowed."""

import math
from collections.abc import Sequence
from itertools import pairwise

from mlviz.layout.order import Columns

_LANE = 12.0  # room for an edge that passes a column


def place_items(columns: Columns, heights: Sequence[float], gap: float) -> list[float]:
    """Return the height of the centre of each item.

    Args:
        columns: the items in order.
        heights: of the boxes; further items are places of edges that pass.
        gap: the least room between two boxes.
    """
    boxes = len(heights)
    size = len(columns.before)
    # A long edge that bends is harder to follow than a short one.
    stiffness = [1.0 if item < boxes else 4.0 for item in range(size)]
    offsets = [_tight_offsets(column, heights, gap) for column in columns.items]
    y = [0.0] * size
    for column, offset in zip(columns.items, offsets, strict=True):
        for item, distance in zip(column, offset, strict=True):
            y[item] = distance - (offset[-1] + offset[0]) / 2

    links = [
        [(other, stiffness[item] * stiffness[other]) for other in before + after]
        for item, (before, after) in enumerate(zip(columns.before, columns.after, strict=True))
    ]
    weights = [sum(weight for _, weight in link) or 1e-3 for link in links]
    order = list(range(len(columns.items)))
    rounds = 40 if size < 1500 else 16
    for round_ in range(rounds):
        centre = _mean if round_ < rounds // 2 else _median
        for c in order if round_ % 2 == 0 else reversed(order):
            column = columns.items[c]
            wishes = [centre([(y[o], w) for o, w in links[item]], y[item]) for item in column]
            held = [weights[item] for item in column]
            for item, value in zip(column, _separate(wishes, held, offsets[c]), strict=True):
                y[item] = value

    _straighten(columns, heights, y)
    # Half pixels: what ought to be level is level, and the last bits of a float do not show.
    return [round(2 * value) / 2 for value in y]


def _straighten(columns: Columns, heights: Sequence[float], y: list[float]) -> None:
    """Put the places of each long edge on as few levels as the room around them allows."""
    room = _Room(columns, heights, y)
    for chain in columns.chains:
        run: list[int] = []
        top, bottom = -math.inf, math.inf
        for item in chain[1:-1]:
            upper, lower = room.around(item)
            if run and max(top, upper) > min(bottom, lower):
                _level(run, top, bottom, y)
                run, top, bottom = [], -math.inf, math.inf
            run.append(item)
            top, bottom = max(top, upper), min(bottom, lower)
        if run:
            _level(run, top, bottom, y)


def _level(run: Sequence[int], top: float, bottom: float, y: list[float]) -> None:
    level = max(min(sum(y[item] for item in run) / len(run), bottom), top)
    for item in run:
        y[item] = level


class _Room:
    """How far the place of an edge may move up and down."""

    def __init__(self, columns: Columns, heights: Sequence[float], y: Sequence[float]) -> None:
        self._y = y
        self._half = [h / 2 for h in heights] + [0.0] * (len(columns.before) - len(heights))
        self._above: dict[int, int] = {}
        self._below: dict[int, int] = {}
        for column in columns.items:
            for upper, lower in pairwise(column):
                self._above[lower] = upper
                self._below[upper] = lower

    def around(self, item: int) -> tuple[float, float]:
        top, bottom = -math.inf, math.inf
        if item in self._above:
            upper = self._above[item]
            top = self._y[upper] + self._half[upper] + _LANE
        if item in self._below:
            lower = self._below[item]
            bottom = self._y[lower] - self._half[lower] - _LANE
        return min(top, self._y[item]), max(bottom, self._y[item])


def _tight_offsets(column: Sequence[int], heights: Sequence[float], gap: float) -> list[float]:
    """Return the centres of a column's items when they stand as close as allowed."""
    offsets: list[float] = []
    above = 0.0
    for item in column:
        half = heights[item] / 2 if item < len(heights) else 0.0
        room = gap if half and above else _LANE
        offsets.append(offsets[-1] + above + room + half if offsets else 0.0)
        above = half
    return offsets


def _mean(values: list[tuple[float, float]], alone: float) -> float:
    if not values:
        return alone
    return sum(v * w for v, w in values) / sum(w for _, w in values)


def _median(values: list[tuple[float, float]], alone: float) -> float:
    """Return the weighted median; between two middle ones their mean."""
    if not values:
        return alone
    values.sort()
    half = sum(w for _, w in values) / 2
    total = 0.0
    for i, (value, weight) in enumerate(values):
        total += weight
        if total > half:
            return value
        if total == half:
            return (value + values[i + 1][0]) / 2
    return values[-1][0]


def _separate(
    wishes: Sequence[float], weights: Sequence[float], offsets: Sequence[float]
) -> list[float]:
    """Return the places nearest to the wishes, in weighted squares, that keep the offsets.

    This is isotonic regression: neighbours that would come too close are pooled.
    """
    pools: list[tuple[float, float, int]] = []  # value, weight, count
    for wish, held, offset in zip(wishes, weights, offsets, strict=True):
        value, weight, count = wish - offset, held, 1
        while pools and pools[-1][0] > value:
            other, other_weight, other_count = pools.pop()
            value = (value * weight + other * other_weight) / (weight + other_weight)
            weight += other_weight
            count += other_count
        pools.append((value, weight, count))
    flat = [value for value, _, count in pools for _ in range(count)]
    return [value + offset for value, offset in zip(flat, offsets, strict=True)]
