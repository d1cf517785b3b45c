"""What is on its way through a network: tokens, and labels that stand still where there is room."""

from collections.abc import Sequence
from functools import cached_property

from mlviz.numerals import format_number
from mlviz.picture.bubbles import bubble_size, label, pointer
from mlviz.picture.items import Item, Rect, Role, Token
from mlviz.picture.network_lines import NetworkLines
from mlviz.picture.network_marks import Moment
from mlviz.picture.network_moves import Move, Moves
from mlviz.picture.network_plan import HEADING, NetworkPlan, along
from mlviz.picture.room import Room
from mlviz.trace.neurons import Neurons, Place
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline

MOST_LABELS = 6
"""Of more numbers at once only those are told that somebody points at."""
_REST, _MIDDLE = 0.3, 0.5
"""Where on its way a gradient waits: beyond the weights' numbers, and where lines do not cross;
and where a value is labelled."""
_KEPT = 500


class Travelling:
    """Draws what moves in the steps of one timeline's network."""

    def __init__(
        self, timeline: Timeline, neurons: Neurons, plan: NetworkPlan, lines: NetworkLines
    ) -> None:
        self._plan = plan
        self._lines = lines
        self.moves = Moves(timeline, neurons, plan)
        self._spots: dict[tuple[object, ...], list[Rect]] = {}

    def at(self, now: Moment) -> tuple[list[Item], list[Item]]:
        """Return the tokens that are under way, and the labels of a few of them."""
        step = now.step
        if step is None or (step.kind is StepKind.FORWARD and now.arrived):
            return [], []
        moves = self.moves.of(step, now.row)
        forward = step.kind is StepKind.FORWARD
        role = Role.FORWARD if forward else Role.BACKWARD
        radius = 5.0 if len(moves) > MOST_LABELS else 6.5
        tokens: list[Token] = []
        labelled: list[tuple[Move, Token]] = []
        for move in moves:
            # At rest a gradient waits where its number can be read.
            x, y = self._on_way(move, now.travel * _REST if now.arrived else now.travel)
            strange = None not in (move.row, now.row) and move.row != now.row
            token = Token(x, y, "round" if forward else "diamond", role, radius, hollow=strange)
            tokens.append(token)
            if move.value is not None and not strange and _is_labelled(move, moves, now):
                labelled.append((move, token))
        key = (step.number, now.row, *(move.place for move, _ in labelled))
        if key not in self._spots:
            while len(self._spots) >= _KEPT:
                del self._spots[next(iter(self._spots))]
            part = _MIDDLE if forward else _REST
            self._spots[key] = self._find_room([move for move, _ in labelled], part)
        tips: list[Item] = []
        labels: list[Item] = []
        for (move, token), spot in zip(labelled, self._spots[key], strict=True):
            tips += pointer(spot, role, token.x, token.y)
            labels += label(spot, (format_number(move.value or 0.0),), role)
        return [*tips, *tokens], labels

    def _on_way(self, move: Move, part: float) -> tuple[float, float]:
        line = self._plan.line(move.place)
        assert line is not None
        return along(line, move.start + (move.end - move.start) * part)

    def _find_room(self, moves: Sequence[Move], part: float) -> list[Rect]:
        """Find room for the labels of what moves, one after the other, near where it will be."""
        found: list[Rect] = []
        for move in moves:
            size = bubble_size((format_number(move.value or 0.0),))
            way = [self._on_way(move, k / 12) for k in range(13)]
            (_, spot) = self._room.place((size,), self._on_way(move, part), way, found)
            found.append(spot)
        return found

    @cached_property
    def _room(self) -> Room:
        plan = self._plan
        rects = [plan.loss]
        for layer, units in enumerate(plan.shown):
            for unit in units:
                rects += [r for r in (plan.neuron(layer, unit),) if r is not None]
                bias = plan.bias(layer, unit)
                if layer and bias is not None:
                    rects.append(bias)
        bounds = plan.bounds
        words = [Rect(bounds.x, bounds.y, bounds.width, HEADING + 10), *self._lines.plates()]
        for layer in range(len(plan.shown)):
            words += [Rect(x - 40, y - 15, 80, 37) for (x, y), _ in plan.gaps(layer)]
        return Room(rects, bounds, words)


def _is_labelled(move: Move, moves: Sequence[Move], now: Moment) -> bool:
    if len(moves) <= MOST_LABELS:
        return True
    place: Place = move.place
    for chosen in (now.hovered, now.selected):
        if chosen is None or chosen.unit is None:
            continue
        if chosen == place or (
            chosen.kind == "neuron" and (chosen.layer, chosen.unit) == (place.layer, place.unit)
        ):
            return True
    return False
