"""What travels along the edges of the computation graph: values, gradients and updates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_number, format_shape
from mlviz.picture.behind import Behind
from mlviz.picture.bubbles import bubble_size, label, pointer
from mlviz.picture.easing import TIMINGS
from mlviz.picture.film import (
    blocked_words,
    gliding_value,
    morphing_edge,
    received_tag,
    tag_sizes,
    update_lines,
    update_rule_text,
    update_step,
)
from mlviz.picture.glyphs import slope_sign
from mlviz.picture.items import Curve, Item, Rect, Role, Token
from mlviz.picture.room import Room
from mlviz.picture.shape import Path
from mlviz.trace.blocked import Blocked, blocked
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline

_AROUND = 14.0, 29.0, 11.0
"""Px beside, above and below the nodes that are still seen when all of a graph is."""
_FARTHEST_REST = 140.0
"""Px from a box at which is told what goes a long way, where it leaves and where it arrives."""

_LONG = 400.0
"""Px of a way so long that a gradient is told at both of its ends."""
_LONGEST_LEADER, _GROUND = 400.0, 5.0
"""Px to what a label still points at, and of the stage along a line that does."""

_BESIDE, _HALO, _CLOSE = 10.0, 5.0, 16.0
"""Px between a box and what is told of it, with its halo at least, and at most."""
_UNDER_WAY = 0.4
_RESULT = 2
"""The form of a label that tells the result alone."""

Spot = tuple[int, Rect]
"""Which of its forms a label has, and where it stands as long as its step lasts."""


@dataclass
class Marks:
    """What moves: what lies behind the nodes, so as to hide no number, and what above them."""

    behind: list[Item] = field(default_factory=list)
    above: list[Item] = field(default_factory=list)


class Travel:
    """What is under way in a step of one timeline.

    Args:
        timeline: the timeline.
        rects: where the nodes' boxes are, by their ids.
        paths: how the edges run, by node and slot.
        downwards: whether the graph runs from top to bottom.
        words: where names stand that labels do not hide.
    """

    def __init__(
        self,
        timeline: Timeline,
        rects: Mapping[int, Rect],
        paths: Mapping[tuple[int, int], Path],
        downwards: bool,
        words: Sequence[Rect] = (),
    ) -> None:
        self._timeline = timeline
        self._rects = rects
        self._paths = paths
        self._downwards = downwards
        self._words = words
        self.behind = Behind(timeline.tape, rects, paths)
        self._stations: dict[tuple[int, int], tuple[float, ...]] = {}
        self._spots: dict[int, list[Spot]] = {}
        self._labels: dict[int, list[Rect]] = {}
        self._tags: dict[int, Rect | None] = {}

    def at(self, step: Step | None, progress: float) -> Marks:
        """Return what moves when a step has come so far."""
        if step is None:
            return Marks()
        timing = TIMINGS[step.kind]
        travel, arrived = timing.travel(progress), timing.arrived(progress)
        match step.kind:
            case StepKind.FORWARD if not arrived:
                return self._values(step, travel)
            case StepKind.BACKWARD:
                tag = self._tag(step)
                marks = self._gradient(step, travel, arrived, tag)
                marks.above[:0] = self._filling(step, travel, arrived, tag)
                return marks
            case StepKind.UPDATE:
                return self._update(step, travel, arrived)
        return Marks()

    def labels(self, step: Step) -> list[Rect]:
        """Return where the labels of a step stand."""
        if step.number not in self._labels:
            self.at(step, _UNDER_WAY)
            spots = [rect for _, rect in self._spots.get(step.number, ())]
            tag = self._tag(step) if step.kind is StepKind.BACKWARD else None
            self._labels[step.number] = spots if tag is None else [*spots, tag]
        return self._labels[step.number]

    def tokens(self, step: Step | None, progress: float) -> list[Item]:
        """Return the tokens alone, for where labels could not be read."""
        if step is None:
            return []
        timing = TIMINGS[step.kind]
        travel, arrived = timing.travel(progress), timing.arrived(progress)
        if step.kind is StepKind.FORWARD and not arrived:
            return [token for token, _ in self._arriving(step, travel)]
        if step.kind is StepKind.BACKWARD:
            token = self._diamond(step, travel, arrived)
            return [] if token is None else [token]
        return []

    # --- Values ----------------------------------------------------------------------------

    def _values(self, step: Step, travel: float) -> Marks:
        """Round tokens carry the inputs' values to the operation."""
        marks = Marks()
        arriving = self._arriving(step, travel)
        spots = self._spots.get(step.number) or self._value_spots(step)
        self._spots[step.number] = spots
        for (token, text), (_, rect) in zip(arriving, spots, strict=True):
            marks.behind += _tip(rect, Role.FORWARD, token)
            marks.above += label(rect, (text,), Role.FORWARD)
        marks.behind += [token for token, _ in arriving]
        return marks

    def _arriving(self, step: Step, travel: float) -> list[tuple[Token, str]]:
        """Return the tokens that go to an operation, with the numbers that they carry."""
        found = []
        for slot, source in enumerate(self._timeline.tape[step.node].inputs):
            path = self._paths.get((step.node, slot))
            if path is not None:
                x, y = path.at(travel)
                text = self._value_text(source)
                found.append((Token(x, y, "round", Role.FORWARD, 6), text))
        return found

    def _value_text(self, node: int) -> str:
        return _short(self._timeline.symbols.text(node), self._timeline.tape[node].value)

    def _value_spots(self, step: Step) -> list[Spot]:
        """Find room for the labels of all values that arrive, one after the other."""
        inputs = self._timeline.tape[step.node].inputs
        spots: list[Spot] = []
        for slot, source in enumerate(inputs):
            path = self._paths.get((step.node, slot))
            if path is None:
                continue
            size = bubble_size((self._value_text(source),))
            taken = [self._ring(step), *(rect for _, rect in spots)]
            way = [path.at(part / 12) for part in range(13)]
            spots.append(self._room.place((size,), path.at(_arriving(path)), way, taken))
        return spots

    # --- Gradients -------------------------------------------------------------------------

    def _diamond(self, step: Step, travel: float, arrived: bool) -> Token | None:
        path = self._paths.get((step.node, step.slot))
        if path is None:
            return None
        # At rest the diamond waits on its edge, where the product can be read; one that is
        # stopped never comes farther.
        end = self.rest(step) if arrived else self.farthest(step)
        way = 1 - travel * (1 - end)
        return Token(*path.at(way), "diamond", Role.BACKWARD, 8, hollow=self._is_dead(step))

    def _is_dead(self, step: Step) -> bool:
        """Return whether nothing of a gradient gets through."""
        stopped = self.blocks.get((step.node, step.slot))
        return stopped is not None and stopped.dead

    def rest(self, step: Step) -> float:
        """Return where on its edge the gradient of a step waits."""
        return self.waits((step.node, step.slot))

    def waits(self, edge: tuple[int, int]) -> float:
        """Return where on an edge, by node and slot, a gradient waits."""
        return self._told_at(edge)[-1]

    def _told_at(self, edge: tuple[int, int]) -> tuple[float, ...]:
        """Return where on an edge a gradient is told; no other box lies there if that can be."""
        if edge not in self._stations:
            wanted = _stations(self._paths[edge])
            self._stations[edge] = tuple(self.behind.visible(edge, part) for part in wanted)
        return self._stations[edge]

    def farthest(self, step: Step) -> float:
        """Return how far on its edge a gradient comes: to its end, unless it is stopped."""
        return self.rest(step) if self._is_dead(step) else 0.0

    def ends(self, step: Step) -> tuple[list[Rect], list[Rect]]:
        """Return the labels of a gradient where it leaves and where it arrives, with its tag."""
        labels = self.labels(step)
        return labels[:1], labels[len(self._spots[step.number]) - 1 :]

    def _gradient(self, step: Step, travel: float, arrived: bool, tag: Rect | None) -> Marks:
        """A diamond carries upstream × local derivative to the input."""
        token = self._diamond(step, travel, arrived)
        if token is None:
            return Marks()
        forms = self._products(step)
        path = self._paths[step.node, step.slot]
        stations = self._told_at((step.node, step.slot))
        if step.number not in self._spots:
            sizes = [bubble_size(lines) for lines in forms]
            way = [path.at(part / 12) for part in range(13)]
            taken = [self._ring(step)] if tag is None else [self._ring(step), tag]
            self._spots[step.number] = [
                self._room.place(sizes, path.at(station), way, taken) for station in stations
            ]
        # What goes a long way is told where it leaves and, from half way on, where it arrives.
        which = -1 if arrived or travel >= 0.5 else 0
        form, rect = self._spots[step.number][which]
        lines = forms[form]
        if travel <= 0:  # what comes out is told once it is under way
            first = str(lines[0])
            known = first.partition(" = ")[0] if form < _RESULT else NOT_YET
            lines = (known.ljust(len(first)),)
        tip = _tip(rect, Role.BACKWARD, token)
        return Marks([*tip, token], label(rect, lines, Role.BACKWARD))

    def _products(self, step: Step) -> list[tuple[str | Message, ...]]:
        """Return what a gradient's label says: on two lines, on one, or the result alone."""
        contribution = self._timeline.contribution(step)
        stopped = self.blocks.get((step.node, step.slot))
        words = () if stopped is None else (blocked_words(stopped),)
        if contribution.upstream.ndim or contribution.local is None:
            sign = slope_sign(self._timeline.symbols, self._timeline.output)
            return [(_short(sign, contribution.downstream), *words)]
        upstream = format_number(contribution.upstream.item())
        local = format_number(contribution.local.item())
        local = f"({local})" if local.startswith("−") else local
        product = f"{upstream} × {local}"
        result = format_number(contribution.downstream.item())
        forms = [(product, f"= {result}"), (f"{product} = {result}",), (result,)]
        return [(*lines, *words) for lines in forms]

    def _tag(self, step: Step) -> Rect | None:
        """Return where it is told how many terms the receiving gradient has; None if nowhere."""
        rect, expected = self._rects.get(step.target), self._timeline.expected(step.target)
        if rect is None or expected < 2:
            return None
        if step.target not in self._tags:
            sizes = tag_sizes(expected)
            _, place = self._room.place(sizes, rect.grown(_BESIDE), gap=0)
            # Farther off it would seem to belong to another box; its own says it in a corner too.
            self._tags[step.target] = place if _near(place, rect) else None
        return self._tags[step.target]

    def _ring(self, step: Step) -> Rect:
        """Return the box of the operation that acts, with the ring around it."""
        return self._rects[step.node].grown(_HALO)

    def _filling(self, step: Step, travel: float, arrived: bool, tag: Rect | None) -> list[Item]:
        """Show how many terms the receiving gradient has, and how many are still to come."""
        if tag is None:
            return []
        state = self._timeline.state_at(step.number if arrived else step.number - 1)
        coming = 0.0 if arrived else travel
        return received_tag(self._timeline, step, state, tag, coming)

    @cached_property
    def _room(self) -> Room:
        rects = list(self._rects.values())
        whole = rects[0]
        for rect in rects[1:]:
            whole = whole.united(rect)
        side, above, below = _AROUND
        ends = Rect(whole.x - side, whole.y - above, whole.width + 2 * side, 0)
        ends = replace(ends, height=whole.height + above + below)
        return Room(rects, ends, self._words)

    @cached_property
    def blocks(self) -> dict[tuple[int, int], Blocked]:
        """What stops a gradient, by the edge it would go along."""
        found = (
            (step, blocked(self._timeline, step))
            for step in self._timeline.steps
            if step.kind is StepKind.BACKWARD
        )
        return {(step.node, step.slot): stop for step, stop in found if stop is not None}

    @cached_property
    def _ways(self) -> dict[int, list[tuple[tuple[float, float], ...]]]:
        """How the edges run that leave a node, by its id."""
        found: dict[int, list[tuple[tuple[float, float], ...]]] = {}
        for (node, slot), path in self._paths.items():
            found.setdefault(self._timeline.tape[node].inputs[slot], []).append(path.points)
        return found

    def _update(self, step: Step, travel: float, arrived: bool) -> Marks:
        update = self._timeline.update(step.node)
        rect = self._rects.get(step.node)
        if update is None or rect is None:
            return Marks()
        single = not update.before.ndim
        uses = self._timeline.expected(step.node)
        gliding = gliding_value(update, rect, travel, uses) if single and not arrived else []
        if single:
            rule = self._timeline.iteration.rule
            forms = [update_lines(update, rule, arrived=True)]
            forms.append((" ".join(forms[0][-2:]),))
            forms.append((update_step(update),))  # old and new stand in the box
        else:  # its numbers change inside the box
            words = update_rule_text(self._timeline, step)
            name, _, new = words.partition(" ← ")
            forms = [(words,), (f"{name} ←", new) if new else (words,)]
        if step.number not in self._spots:
            sizes = [bubble_size(lines) for lines in forms]
            about = rect.grown(_BESIDE)
            spot = self._room.place(sizes, about, taken=[self._ring(step)], gap=0)
            self._spots[step.number] = [spot]
        ((form, place),) = self._spots[step.number]
        lines = forms[form]
        if single and not arrived and form < _RESULT:
            shown = str(lines[-1]).partition(" = ")[0].ljust(len(str(lines[-1])))
            lines = (shown,) if form else lines[:-1]
        ways = self._ways.get(step.node, [])
        edges = [
            mark for way in ways for mark in morphing_edge(update, way, travel, one_of=len(ways))
        ]
        # The label points at that side of the box at which it stands.
        border, (x, y) = rect.grown(_HALO), place.center
        at = min(max(x, border.x), border.right), min(max(y, border.y), border.bottom)
        tip = pointer(place, Role.UPDATE, *at)
        return Marks([*edges, *tip], [*gliding, *label(place, lines, Role.UPDATE)])


def _near(place: Rect, rect: Rect) -> bool:
    """Return whether a label lies so close to a box that it is seen to belong to it."""
    across = max(place.x - rect.right, rect.x - place.right, 0)
    return max(across, place.y - rect.bottom, rect.y - place.bottom) <= _CLOSE


def _tip(label: Rect, role: Role, token: Token) -> list[Item]:
    """Return what points from a label at its token, once that is near enough."""
    if label.distance(token.x, token.y) > _LONGEST_LEADER:
        return []
    tip = pointer(label, role, token.x, token.y)
    # On a ground of its own a line is told from edges of the same colour.
    ground = [Curve("", line.points, Role.STAGE, _GROUND) for line in tip if type(line) is Curve]
    return [*ground, *tip]


def _stations(path: Path) -> tuple[float, ...]:
    """Return where on its edge a gradient is told: half way, or near both ends of a long one."""
    near = _FARTHEST_REST / max(path.length, 1.0)
    return (0.5,) if path.length <= _LONG else (1 - near, near)


def _arriving(path: Path) -> float:
    """Return where on its edge a value is told: half way, or not far from where it arrives."""
    return max(0.5, 1 - _FARTHEST_REST / max(path.length, 1.0))


def _short(symbol: str, value: Array) -> str:
    """Return a number; where there are many, what they are and their shape."""
    if value.size == 1:
        return format_number(value.item())
    # One number alone would be taken for the value.
    shape = f"({value.size},)" if value.ndim == 1 else format_shape(value.shape)
    return f"{symbol} {shape}"
