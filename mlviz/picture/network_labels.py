"""What is on its way through a network: tokens, and labels that stand still on their lines."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlviz.numerals import format_number
from mlviz.picture.bubbles import pointer
from mlviz.picture.items import Item, Rect, Role, Token
from mlviz.picture.network_form import Point
from mlviz.picture.network_lines import NetworkLines
from mlviz.picture.network_marks import Moment, chip, chip_size
from mlviz.picture.network_moves import Move, Moves
from mlviz.picture.network_plan import NetworkPlan, along
from mlviz.trace.neurons import Neurons, Place
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline

MOST_LABELS = 6
"""Of more numbers at once only those are told that somebody points at."""
_REST, _MIDDLE = 0.3, 0.5
"""Where on its way a gradient waits: beyond the weights' numbers, and where lines do not cross;
and where a value is labelled."""
_KEPT = 500
_WITHIN = 4.5
"""Size of a token on the edge of a neuron: no number is hidden."""
_PARTS = np.linspace(0.06, 0.94, 23)
_ACROSS = (0.0, 0.55, -0.55, 0.75, -0.75)
"""Where labels are tried: at these parts of a line; beside it by so many of their widths, …"""
_DOWN = (0.0, -13.0, 13.0, -17.0, 17.0, -22.0, 22.0, -28.0, 28.0, -36.0, 36.0, -46.0, 46.0)
"""… and above or below it by so many px."""
_CLEAR = 1.0
_TOKEN, _NEARER = 8.0, 3.0
"""Px that another token needs, and by how much a label is nearer to its own."""
_FAR, _ASIDE, _CROSSED = 2.0, 0.25, 9.0
"""What a px off the line costs, a px along it, and another line behind the label."""

_Array = NDArray[np.float64]
Spot = tuple[Rect, Point]
"""Where a label stands, and the point of its line that it is nearest to."""


class Travelling:
    """Draws what moves in the steps of one timeline's network."""

    def __init__(
        self, timeline: Timeline, neurons: Neurons, plan: NetworkPlan, lines: NetworkLines
    ) -> None:
        self._plan = plan
        self._lines = lines
        self.moves = Moves(timeline, neurons, plan)
        self._spots: dict[tuple[object, ...], list[Spot | None]] = {}

    def at(self, now: Moment) -> tuple[list[Item], list[Item]]:
        """Return the tokens that are under way on lines, and what lies over everything.

        That are the tokens on the edges of neurons, and the labels of a few tokens.
        """
        step = now.step
        if step is None or (step.kind is StepKind.FORWARD and now.arrived):
            return [], []
        moves = self.moves.of(step, now.row)
        forward = step.kind is StepKind.FORWARD
        role = Role.FORWARD if forward else Role.BACKWARD
        radius = 5.0 if len(moves) > MOST_LABELS else 6.5
        tokens: list[Item] = []
        over: list[Item] = []
        labelled: dict[object, Move] = {}
        for move in moves:
            # At rest a gradient waits where its number can be read.
            x, y = self._on_way(move, now.travel * _REST if now.arrived else now.travel)
            strange = None not in (move.row, now.row) and move.row != now.row
            within = move.place.kind == "within"
            size = _WITHIN if within else radius
            token = Token(x, y, "round" if forward else "diamond", role, size, strange)
            (over if within else tokens).append(token)
            if move.value is not None and not strange and _is_labelled(move, moves, now):
                labelled.setdefault(_told_once(move, forward), move)
        told = list(labelled.values())
        key = (step.number, now.row, *(move.place for move in told))
        if key not in self._spots:
            while len(self._spots) >= _KEPT:
                del self._spots[next(iter(self._spots))]
            self._spots[key] = self._find_room(told, _MIDDLE if forward else _REST)
        tips: list[Item] = []
        for move, spot in zip(told, self._spots[key], strict=True):
            if spot is not None:
                rect, end = spot
                tips += pointer(rect, role, *end)
                over += chip(rect, format_number(move.value or 0.0), role)
        return [*tips, *tokens], over

    def _on_way(self, move: Move, part: float) -> Point:
        line = self._plan.line(move.place)
        assert line is not None
        return along(line, move.start + (move.end - move.start) * part)

    def _find_room(self, moves: Sequence[Move], part: float) -> list[Spot | None]:
        """Find room for the labels of what moves, one after the other, on or at their lines."""
        taken: list[Rect] = []
        found: list[Spot | None] = []
        rests = [self._on_way(move, part) for move in moves]
        for place, move in enumerate(moves):
            others = [rest for other, rest in enumerate(rests) if other != place]
            spot = self._place(move, part, taken, others)
            found.append(spot)
            if spot is not None:
                taken.append(spot[0])
        return found

    def _place(
        self, move: Move, part: float, taken: Sequence[Rect], others: Sequence[Point]
    ) -> Spot | None:
        """Return the best place that is free, or None if there is none nearby.

        One that is nearer to where another token waits would be read as the other's number.
        """
        line = self._plan.line(move.place)
        assert line is not None
        width, height = chip_size(format_number(move.value or 0.0))
        (x0, y0), (x1, y1) = line
        parts, across, down = np.meshgrid(
            _PARTS, np.array(_ACROSS) * width, np.array(_DOWN), indexing="ij"
        )
        parts, across, down = parts.ravel(), across.ravel(), down.ravel()
        on_x, on_y = x0 + (x1 - x0) * parts, y0 + (y1 - y0) * parts
        left, top = on_x + across - width / 2, on_y + down - height / 2
        corners = np.concatenate([self._corners, _corners(taken)]) if taken else self._corners
        bounds = self._plan.bounds
        free = (left >= bounds.x) & (left + width <= bounds.right)
        free &= (top >= bounds.y) & (top + height <= bounds.bottom)
        hidden = (left[:, None] < corners[:, 2]) & (left[:, None] + width > corners[:, 0])
        hidden &= (top[:, None] < corners[:, 3]) & (top[:, None] + height > corners[:, 1])
        free &= ~hidden.any(axis=1)
        if others:
            waits = np.array([self._on_way(move, part), *others])
            aside = np.maximum(left[:, None] - waits[:, 0], waits[:, 0] - left[:, None] - width)
            above = np.maximum(top[:, None] - waits[:, 1], waits[:, 1] - top[:, None] - height)
            far = np.hypot(np.maximum(aside, 0), np.maximum(above, 0))
            nearest = far[:, 1:].min(axis=1)
            free &= (nearest > _TOKEN) & (far[:, 0] + _NEARER <= nearest)
        if not free.any():
            return None
        length = float(np.hypot(x1 - x0, y1 - y0))
        wanted = move.start + (move.end - move.start) * part
        off_x, off_y = np.abs(across) - width / 2, np.abs(down) - height / 2
        cost = _FAR * np.hypot(np.maximum(off_x, 0), np.maximum(off_y, 0))
        cost += np.where((off_x > 0) | (off_y > 0), 4.0, 0.0)
        cost += _ASIDE * (np.abs(parts - wanted) * length + np.abs(across) + np.abs(down))
        cost += _CROSSED * self._crossed(move.place, left, top, width, height)
        cost = np.where(free, cost, np.inf).round(6)
        k = int(np.argmin(cost))
        rect = Rect(float(left[k]), float(top[k]), width, height)
        return rect, (float(on_x[k]), float(on_y[k]))

    def _crossed(
        self, place: Place, left: _Array, top: _Array, width: float, height: float
    ) -> _Array:
        """Return how many other weights' lines would lie behind a label, by places."""
        if place.kind != "weight":
            return np.zeros(left.size)
        others = [self._plan.line(other) for other in self._plan.weights(place.layer)]
        own = self._plan.line(place)
        ends = np.array([(*a, *b) for a, b in (o for o in others if o and o != own)])
        if not ends.size:
            return np.zeros(left.size)
        x0, y0, x1, y1 = ends.T
        steep = (y1 - y0) / (x1 - x0)
        enters = y0 + steep * (np.maximum(left[:, None], x0) - x0)
        leaves = y0 + steep * (np.minimum(left[:, None] + width, x1) - x0)
        within = np.minimum(enters, leaves) < top[:, None] + height
        within &= np.maximum(enters, leaves) > top[:, None]
        found: _Array = within.sum(axis=1).astype(float)
        return found

    @cached_property
    def _corners(self) -> _Array:
        """What labels must not hide: whatever is written."""
        plan = self._plan
        rects = [plan.loss.grown(3)]
        for layer, units in enumerate(plan.shown):
            for unit in units:
                rects += [rect.grown(3) for rect in (plan.neuron(layer, unit),) if rect is not None]
                bias = plan.bias(layer, unit)
                if layer and bias is not None:
                    rects.append(bias)
        bounds = plan.bounds
        rects += [
            Rect(bounds.x, bounds.y, bounds.width, plan.form.heading),
            *self._lines.places.rects(),
        ]
        rects += self._lines.marks()
        for layer in range(len(plan.shown)):
            rects += [Rect(x - 40, y - 15, 80, 37) for (x, y), _ in plan.gaps(layer)]
        return _corners(rects)


def _corners(rects: Sequence[Rect]) -> _Array:
    grown = [rect.grown(_CLEAR) for rect in rects]
    return np.array([(rect.x, rect.y, rect.right, rect.bottom) for rect in grown])


def _told_once(move: Move, forward: bool) -> object:
    """Return the same for all moves that one label is enough for."""
    if forward and move.place.kind == "weight":
        return move.place.layer, move.place.source, move.value
    return move.place


def _is_labelled(move: Move, moves: Sequence[Move], now: Moment) -> bool:
    place: Place = move.place
    if place.kind == "bias" and move.start < move.end:
        return False  # its number stands where it sets out
    if len(moves) <= MOST_LABELS:
        return True
    for chosen in (now.hovered, now.selected):
        if chosen is None or chosen.unit is None:
            continue
        if chosen == place or (
            chosen.kind == "neuron" and (chosen.layer, chosen.unit) == (place.layer, place.unit)
        ):
            return True
    return False
