"""What is on its way through a network: tokens, and labels that stand still at their lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from mlviz.numerals import format_number
from mlviz.picture.bubbles import pointer
from mlviz.picture.items import Curve, Item, Rect, Role, Token
from mlviz.picture.network_form import Point
from mlviz.picture.network_lines import NetworkLines
from mlviz.picture.network_marks import Moment, chip, chip_size
from mlviz.picture.network_moves import Move, Moves
from mlviz.picture.network_plan import NetworkPlan, along
from mlviz.picture.network_room import (
    Array,
    Line,
    Spot,
    Way,
    corners_of,
    course,
    first_clear,
    place,
)
from mlviz.trace.neurons import Neurons, Place
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline

MOST_LABELS = 6
"""Of more numbers at once only those are told that somebody points at, or the largest."""
_TRIED = 12
"""For how many of the largest ones room is looked for."""
_KEPT = 200
_LARGE, _SMALL, _WITHIN = 6.5, 5.0, 4.5
"""Sizes of a few tokens, of many, and of one on the edge of a neuron: no number is hidden."""
_NEAR = 0.22
"""Where on its line a number is told best: near the source, where lines are apart."""
_WITHIN_AT = 0.8
"""On the lower edge of a neuron: beside the next bias."""
_REST = (0.85, 0.8, 0.9, 0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3)
"""At which parts of its way a gradient without a label may wait, …"""
_STAYS = 0.6
"""… and from which part of it on it goes no farther before."""
_RING, _AT_LOSS = 1.0, 5.0
"""Px beyond a ring that it takes as well, and between the loss and its ring."""
_AURA = 12.0
"""How wide the line of the only number that is told is marked."""
_MARGIN = 6.0
"""Px by which the only number that is told is nearer to its own token than to any other."""
_SAMPLES, _WHOLE = 33, np.array([0.0, 1.0])
"""At how many parts of a way it is looked whether a token is seen; the ends of a way."""


@dataclass(frozen=True, slots=True)
class _Label:
    """The number of a move, and where it is told."""

    move: Move
    spot: Spot
    text: str


@dataclass(frozen=True, slots=True)
class _Going:
    """What moves in a step, as long as it is looked at in the same way.

    Attributes:
        moves: all of it.
        rests: at which part of its way each waits, if it is a gradient.
        courses: when each is where on its way, up to there or to the end.
        labels: the numbers that are told.
        singled: the only one that is told of many, though nobody points at it.
        carrying: the weights on whose lines that is.
    """

    moves: list[Move]
    rests: list[float]
    courses: list[tuple[Array, Array]]
    labels: list[_Label]
    singled: Move | None
    carrying: frozenset[Place]


class Travelling:
    """Draws what moves in the steps of one timeline's network."""

    def __init__(
        self, timeline: Timeline, neurons: Neurons, plan: NetworkPlan, lines: NetworkLines
    ) -> None:
        self._plan = plan
        self._lines = lines
        self._neurons = neurons
        self.moves = Moves(timeline, neurons, plan)
        self._kept: dict[tuple[object, ...], _Going] = {}
        self._hidden: dict[tuple[str, int, frozenset[Place]], Array] = {}

    def at(self, now: Moment) -> tuple[list[Item], list[Item]]:
        """Return the tokens that are under way on lines, and what lies over everything.

        That are the tokens on the edges of neurons, and the labels of a few tokens.
        """
        step = now.step
        if step is None or (step.kind is StepKind.FORWARD and now.arrived):
            return [], []
        going = self._going(step, now)
        forward = step.kind is StepKind.FORWARD
        role = Role.FORWARD if forward else Role.BACKWARD
        radius = _size_of(going.moves)
        # Of many that are under way nobody sees whose a number is.
        alone = going.singled if not forward else None
        waits = alone is not None and alone.place.kind == "weight" and not now.arrived
        told = [] if waits else going.labels
        tokens: list[Item] = []
        over: list[Item] = []
        for move, rest, times in zip(going.moves, going.rests, going.courses, strict=True):
            # At rest a gradient waits where its number can be read.
            part = rest if now.arrived else float(np.interp(now.travel, *times))
            within = move.place.kind == "within"
            size = _WITHIN if within else radius
            x, y = self._on_way(move, part, size)
            strange = None not in (move.row, now.row) and move.row != now.row
            token = Token(x, y, "round" if forward else "diamond", role, size, strange)
            (over if within else tokens).append(token)
        tips: list[Item] = []
        if told and going.singled is not None and going.singled.place.kind != "within":
            tips.append(Curve("", self._line(going.singled), role, _AURA, opacity=0.3))
        for label in told:
            rect, end = label.spot.rect, label.spot.end
            tips += [] if end is None else pointer(rect, role, *end)
            over += chip(rect, label.text, role)
        return [*tips, *tokens], over

    def carrying(self, now: Moment) -> frozenset[Place]:
        """Return the weights on whose lines tokens are."""
        step = now.step
        if step is None or (step.kind is StepKind.FORWARD and now.arrived):
            return frozenset()
        return self._going(step, now).carrying

    def _going(self, step: Step, now: Moment) -> _Going:
        """Return what moves, found once for each way in which a step is looked at."""
        key = step.number, now.row, now.selected, now.hovered
        if key not in self._kept:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._find(step, now)
        return self._kept[key]

    def _find(self, step: Step, now: Moment) -> _Going:
        moves, forward = self.moves.of(step, now.row), step.kind is StepKind.FORWARD
        groups: dict[object, list[Move]] = {}
        for move in moves:
            strange = None not in (move.row, now.row) and move.row != now.row
            if move.value is not None and not strange and not _is_told(move, forward):
                groups.setdefault(_told_once(move, forward), []).append(move)
        told, asked, singled = list(groups.values()), [], False
        if len(told) > MOST_LABELS:
            asked = [group for group in told if any(_is_chosen(move, now) for move in group)]
            singled = not asked
            told = asked or sorted(told, key=_size, reverse=True)[:_TRIED]
        carrying = frozenset(move.place for move in moves if move.place.kind == "weight")
        corners = self._corners(step, carrying)
        marks = corners_of(list(self._lines.marks(carrying)))
        few = len(groups) <= MOST_LABELS
        rivals = moves if few else [move for other in told for move in other]
        if singled and not forward and moves[0].place.kind == "weight":
            rests = [self._rest(move, None, marks) for move in moves]
            labels = self._find_one(told, moves, rests, corners)
        else:
            most = 1 if singled else len(told)
            against = [] if singled else rivals
            labels = self._find_room(told, against, corners, most)
            if len(labels) < most:  # those without room first
                placed = [id(label.move) for label in labels]
                told.sort(key=lambda group: any(id(move) in placed for move in group))
                labels = max(labels, self._find_room(told, against, corners, most), key=len)
            if len(labels) < len(groups) and moves[0].place.kind == "within" and not asked:
                labels = []  # of alike neurons one with a number would seem to be the one that acts
        by_move = {id(label.move): label.spot for label in labels}
        hidden = np.concatenate([marks, corners_of([label.spot.rect for label in labels])])
        rests = [
            1.0 if forward else self._rest(move, by_move.get(id(move)), hidden) for move in moves
        ]
        room = _size_of(moves)
        courses = [
            self._course(move, rest if rest >= _STAYS else 1.0, hidden, room)
            for move, rest in zip(moves, rests, strict=True)
        ]
        alone = labels[0].move if singled and labels else None
        return _Going(moves, rests, courses, labels, alone, carrying)

    # --- Where tokens are ------------------------------------------------------------------

    def _line(self, move: Move) -> Line:
        line = self._plan.line(move.place)
        assert line is not None
        return line

    def _mark(self, move: Move) -> Line:
        """Return what a move's label must be next to: its line, or the bias itself."""
        if move.place.kind != "bias" or move.place.unit is None:
            return self._line(move)
        bias = self._plan.bias(move.place.layer, move.place.unit)
        assert bias is not None
        y = bias.center[1]
        return (bias.x, y), (bias.right, y)

    def _on_way(self, move: Move, part: float, size: float) -> Point:
        """Return where a token is: never under the neurons at which its way begins and ends."""
        line, t = self._line(move), move.start + (move.end - move.start) * part
        if move.place.kind in ("weight", "loss"):
            (t,) = self._between(move, np.array([t]), size).tolist()
        return along(line, t)

    def _between(self, move: Move, parts: Array, size: float) -> Array:
        """Return the parts of a line nearest to some at which a token is clear of neurons."""
        (x0, _), (x1, _) = self._line(move)
        across = x1 - x0
        ring = _AT_LOSS if move.place.kind == "loss" else self._plan.ring
        last = 1 - (size + ring + _RING) / across
        result: Array = np.minimum(np.maximum(parts, size / across), last)
        return result

    def _course(self, move: Move, end: float, hidden: Array, room: float) -> tuple[Array, Array]:
        """Return times, and at which part of its way a move is then."""
        if move.place.kind not in ("weight", "loss"):
            return _WHOLE, _WHOLE * end
        way = np.linspace(0.0, end, _SAMPLES)
        parts = self._between(move, move.start + (move.end - move.start) * way, room)
        times = course(self._line(move), parts, hidden, room)
        return times, way[: len(times)]

    def _rest(self, move: Move, spot: Spot | None, hidden: Array) -> float:
        """Return at which part of its way a gradient waits: at its number, or where it is seen."""
        span = move.end - move.start
        if spot is not None and spot.end is not None and not spot.on and move.place.kind != "bias":
            return min(max((spot.part - move.start) / span, 0.0), 1.0)
        if move.place.kind in ("bias", "within"):
            return _REST[0]
        parts = [move.start + span * rest for rest in _REST]
        if move.place.kind == "weight":
            tried = self._between(move, np.array(parts), _LARGE)
            parts = list(dict.fromkeys(tried.tolist()))
        found = first_clear(self._line(move), parts, hidden, _LARGE)
        return (found - move.start) / span

    # --- Where labels are ------------------------------------------------------------------

    def _find_room(
        self, told: Sequence[list[Move]], rivals: Sequence[Move], corners: Array, most: int
    ) -> list[_Label]:
        """Find room for so many labels, one after the other, each with all of its digits."""
        found: list[_Label] = []
        for group in told:
            taken = corners_of([label.spot.rect.grown(2) for label in found])
            others = [self._mark(move) for move in rivals if move not in group]
            text = format_number(group[0].value or 0.0)
            spot = self._place(group, others, np.concatenate([corners, taken]), text)
            if spot is not None:
                found.append(_Label(_outer(group)[spot.way], spot, text))
            if len(found) == most:
                break
        return found

    def _find_one(
        self,
        told: Sequence[list[Move]],
        moves: Sequence[Move],
        rests: Sequence[float],
        corners: Array,
    ) -> list[_Label]:
        """Find room for one gradient of many, where nobody takes it for another token's."""
        waiting = {
            id(move): self._on_way(move, rest, _SMALL)
            for move, rest in zip(moves, rests, strict=True)
        }
        for (move,) in told:
            others = np.array([at for key, at in waiting.items() if key != id(move)])
            keep = _SMALL + _MARGIN
            rects = [Rect(x - keep, y - keep, 2 * keep, 2 * keep) for x, y in others.tolist()]
            text = format_number(move.value or 0.0)
            spot = self._place([move], [], np.concatenate([corners, corners_of(rects)]), text)
            if spot is None or spot.end is None or spot.on:
                continue
            far = min(spot.rect.distance(x, y) for x, y in others.tolist())
            clear = np.hypot(*(others - spot.end).T).min() > 2 * keep
            if clear and spot.rect.distance(*spot.end) + _MARGIN <= far:
                return [_Label(move, spot, text)]
        return []

    def _place(
        self, group: Sequence[Move], others: Sequence[Line], corners: Array, text: str
    ) -> Spot | None:
        """Find room for the number of some moves that is told once."""
        kind, layer = group[0].place.kind, group[0].place.layer
        ways = [self._way(move) for move in _outer(group)]
        own = [self._mark(move) for move in group]
        behind: list[Line] = []
        if kind == "weight":
            lines = (self._plan.line(other) for other in self._plan.weights(layer))
            known = {*own, *others}
            behind = [line for line in lines if line is not None and line not in known]
        return place(ways, own, chip_size(text), corners, self._plan.bounds, others, behind)

    def _way(self, move: Move) -> Way:
        first, last = sorted((move.start, move.end))
        line = self._line(move)
        match move.place.kind:
            case "within":
                return Way(line, wanted=_WITHIN_AT, level=True)
            case "bias":
                return Way(self._mark(move), level=None)
            case "weight" if (first, last) == (0, 1):
                return Way(line, wanted=_NEAR)
        return Way(line, first, last, (first + last) / 2)

    def _corners(self, step: Step, carrying: frozenset[Place]) -> Array:
        """Return what labels must not hide in a step: whatever is written, and the rings."""
        place = self._neurons.places.get(step.node)
        kind, layer = ("", 0) if place is None else (place.kind, place.layer)
        key = kind, layer, carrying
        if key not in self._hidden:
            rects = [*self._written(kind, layer), *self._lines.marks(carrying)]
            self._hidden[key] = corners_of(rects)
        return self._hidden[key]

    def _written(self, kind: str, acting: int) -> Iterator[Rect]:
        plan = self._plan
        yield plan.loss.grown(_AT_LOSS + _RING if kind == "loss" else 3)
        for layer, units in enumerate(plan.shown):
            ringed = kind in ("neuron", "sum", "product") and layer == acting
            for unit in units:
                rect, bias = plan.neuron(layer, unit), plan.bias(layer, unit)
                if rect is not None:
                    yield rect.grown(plan.ring + _RING if ringed else 3)
                if layer and bias is not None:
                    yield bias
        bounds = plan.bounds
        yield Rect(bounds.x, bounds.y, bounds.width, plan.form.heading)
        for layer in range(len(plan.shown)):
            for (x, y), _ in plan.gaps(layer):
                yield Rect(x - 40, y - 15, 80, 37)


def _told_once(move: Move, forward: bool) -> object:
    """Return the same for all moves that one label is enough for."""
    if forward and move.place.kind == "weight":
        return move.place.layer, move.place.source, move.value
    return move.place


def _outer(group: Sequence[Move]) -> Sequence[Move]:
    """Return the first and the last of the moves that carry a number: others go between them."""
    return group if len(group) < 2 else (group[0], group[-1])


def _is_told(move: Move, forward: bool) -> bool:
    """Return whether a number stands already where it sets out: at the loss it seems its own."""
    return forward and move.place.kind in ("bias", "loss")


def _size_of(moves: Sequence[Move]) -> float:
    """Return how large tokens on lines are."""
    return _SMALL if len(moves) > MOST_LABELS else _LARGE


def _size(group: Sequence[Move]) -> float:
    value = group[0].value or 0.0
    return abs(value) if isfinite(value) else inf


def _is_chosen(move: Move, now: Moment) -> bool:
    """Return whether somebody asks for a number: points at its line, or at its neuron."""
    place: Place = move.place
    for chosen in (now.hovered, now.selected):
        if chosen is None or chosen.unit is None:
            continue
        if chosen == place or (
            chosen.kind == "neuron" and (chosen.layer, chosen.unit) == (place.layer, place.unit)
        ):
            return True
    return False
