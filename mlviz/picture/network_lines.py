"""Weights and biases of a network as lines and plates, old or new or gliding between the two."""

from collections.abc import Container, Iterator
from functools import cached_property

from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.boxes import number_role
from mlviz.picture.items import Box, Curve, Item, Rect, Role, Text
from mlviz.picture.network_form import FEW_WEIGHTS, Point
from mlviz.picture.network_marks import Moment, line_width, outline, plate
from mlviz.picture.network_plan import NetworkPlan, along
from mlviz.picture.network_plates import NUMBERS, SIGN, Plate, Plates
from mlviz.trace.neurons import Neurons, Place, entry_gradient
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import State, Timeline

_MOST_GRADIENTS = 30
_HALF, _TOKEN = 6.5, 9.5
"""Half the width of a token of a few, px, and with room around it."""
_AURA, _SLIM_AURA = (8.0, 0.35), (5.0, 0.9)
"""How much wider than a weight that is updated what lies behind it is, and its opacity: of a few,
and of many, which would run into each other."""

Line = tuple[Point, Point]
Lines = tuple[list[Item], list[Item]]


class NetworkLines:
    """Draws the weights and biases of one timeline's network."""

    def __init__(self, timeline: Timeline, neurons: Neurons, plan: NetworkPlan) -> None:
        self.timeline = timeline
        self.neurons = neurons
        self.plan = plan
        self.places = Plates(plan)
        self._kept: dict[int, tuple[tuple[object, ...], Lines]] = {}
        self._nodes: dict[int, tuple[int, ...]] = {}

    def weight(self, place: Place, state: State) -> float:
        """Return a weight or bias as it is at a moment: the new one once it is updated."""
        entry = self.neurons.entry(place)
        assert entry is not None
        node, index = entry
        update = state.update(node)
        value = self.timeline.tape[node].value if update is None else update.after
        return float(value[index])

    def _drawn(self, place: Place, now: Moment) -> float:
        """Return the weight that is drawn: while it is updated it glides from old to new."""
        step, entry = now.step, self.neurons.entry(place)
        assert entry is not None
        if step is not None and step.kind is StepKind.UPDATE and step.node == entry[0]:
            update = self.timeline.update(step.node)
            if update is not None:
                before, after = float(update.before[entry[1]]), float(update.after[entry[1]])
                return before + (after - before) * now.travel
        return self.weight(place, now.state)

    def weights(self, layer: int, now: Moment, carrying: frozenset[Place] = frozenset()) -> Lines:
        """Return a layer's weights, and their signs or numbers, which stand on top.

        Of many weights only updates are seen, so they are kept until the next of those, or
        until other lines are carrying something: signs give way to that.
        """
        places = list(self.plan.weights(layer))
        nodes = self._nodes.get(layer)
        if nodes is None:
            entries = (self.neurons.entry(place) for place in places)
            nodes = tuple({entry[0] for entry in entries if entry is not None})
            self._nodes[layer] = nodes
        step, singled = now.step, now.hovered is not None or now.selected is not None
        gliding = step is not None and step.kind is StepKind.UPDATE and step.node in nodes
        if singled or gliding or len(places) <= _MOST_GRADIENTS:
            return self._weights(layer, places, now, carrying)
        updated = tuple(now.state.update(node) is not None for node in nodes)
        carrying = frozenset(place for place in carrying if place.layer == layer)
        kept = self._kept.get(layer)
        if kept is None or kept[0] != (updated, carrying):
            drawn = self._weights(layer, places, now, carrying)
            kept = self._kept[layer] = (updated, carrying), drawn
        return kept[1]

    def _weights(
        self, layer: int, places: list[Place], now: Moment, carrying: frozenset[Place]
    ) -> Lines:
        marks: list[Item] = []
        items: list[Item] = []
        written, acting = self.places.numbers[layer], self.places.acting[layer]
        few = len(places) <= FEW_WEIGHTS
        strength = 0.85 if len(places) <= _MOST_GRADIENTS else 0.65
        auras: list[Item] = []  # none of them lies over another's line
        for place in places:
            line = self.plan.line(place)
            assert line is not None
            value = self._drawn(place, now)
            width = line_width(value)
            key = f"weight:{layer}:{place.unit}:{place.source}"
            auras += self._aura(place, line, width, now, few)
            role = number_role(value)
            seen = 1.0 if self._is_updated(place, now) else strength
            items.append(Curve(key, line, role, width, opacity=seen, mixed=True))
            if len(places) <= _MOST_GRADIENTS:
                items += self._weight_gradient(place, line, width, now)
            at = acting.get(place) if self._is_updated(place, now) else written.get(place)
            if at is not None and place in carrying and place in self._tight:
                continue
            if at is not None:
                marks += self._weight_number(place, at, value, now, False)
            elif value < 0 and place not in carrying:
                marks += self._sign(place)
        return [*auras, *items], marks

    def _is_updated(self, place: Place, now: Moment) -> bool:
        """Return whether a weight is updated in a step."""
        step, entry = now.step, self.neurons.entry(place)
        if step is None or entry is None or step.kind is not StepKind.UPDATE:
            return False
        return step.node == entry[0]

    def _sign(self, place: Place) -> list[Item]:
        """Return the mark of a negative weight, or nothing where it would hide others."""
        at = self.places.signs.get(place)
        if at is None:
            return []
        (x, y), by = at, SIGN
        rect = Rect(x - by, y - by, 2 * by, 2 * by)
        return [
            Box("", rect, Role.STAGE, Role.NEGATIVE, 1, by),
            Text(x, y + 4, "−", Role.NEGATIVE, 12, True, "center", "number"),
        ]

    def _aura(
        self,
        place: Place,
        line: Line,
        width: float,
        now: Moment,
        few: bool,
    ) -> list[Item]:
        """What lies behind a line that is selected, pointed at, or being updated."""
        items: list[Item] = []
        if self._is_updated(place, now):
            wider, opacity = _AURA if few else _SLIM_AURA
            items.append(Curve("", line, Role.UPDATE, width + wider, opacity=opacity))
        if now.hovered is not None and now.hovered.covers(place):
            items.append(Curve("", line, Role.HOVERED, width + 5, opacity=0.45))
        if now.selected is not None and now.selected.covers(place):
            items.append(Curve("", line, Role.SELECTED, width + 5, opacity=0.6))
        return items

    def _weight_gradient(
        self,
        place: Place,
        line: Line,
        width: float,
        now: Moment,
    ) -> list[Item]:
        """A dashed line beside the weight, as wide as the gradient is large."""
        entry = self.neurons.entry(place)
        assert entry is not None
        gradient = entry_gradient(now.state, entry)
        if gradient is None:
            return []
        (x0, y0), (x1, y1) = line
        wide = max(line_width(gradient) / 2, 0.6)
        down = (width + wide) / 2 + 1.5
        points = ((x0 + 4, y0 + down), (x1 - 4, y1 + down))
        return [Curve("", points, Role.BACKWARD, wide, dashed=True, opacity=0.8)]

    def marks(self, carrying: Container[Place] = ()) -> Iterator[Rect]:
        """Yield where weights carry their number, or their sign, before they are updated."""
        for place, rect in self._written_at.items():
            if place not in carrying or place not in self._tight:
                yield rect
        for place, (x, y) in self.places.signs.items():
            entry = self.neurons.entry(place)
            if place in carrying:
                continue
            if entry is not None and self.timeline.tape[entry[0]].value[entry[1]] < 0:
                yield Rect(x - SIGN, y - SIGN, 2 * SIGN, 2 * SIGN)

    @cached_property
    def _written_at(self) -> dict[Place, Rect]:
        """Where weights carry their number, before they are updated."""
        found = {}
        for places in self.places.numbers.values():
            for place, ((x, y), size, most) in places.items():
                text = _written(self.weight(place, self.timeline.state_at(0)), most)
                found[place] = plate(x, y, text, Role.TEXT, size)[0].rect
        return found

    @cached_property
    def _tight(self) -> frozenset[Place]:
        """Which of them leave a token no room before or behind them: they give way to it."""
        found = set()
        for place, rect in self._written_at.items():
            line = self.plan.line(place)
            assert line is not None
            (x0, _), (x1, _) = line
            first = _HALF / (x1 - x0)
            for part in (first, 1 - first - self.plan.ring / (x1 - x0)):
                x, y = along(line, part)
                if rect.grown(_TOKEN).contains(x, y):
                    found.add(place)
        return frozenset(found)

    @cached_property
    def signs(self) -> bool:
        """Whether any weights carry a sign and no number, before or after they are updated."""
        states = self.timeline.state_at(0), self.timeline.state_at(len(self.timeline))
        return any(self.weight(place, state) < 0 for place in self.places.signs for state in states)

    def singled(self, now: Moment) -> list[Item]:
        """Return the number and the gradient of the weight that is pointed at or selected."""
        items: list[Item] = []
        for place in dict.fromkeys((now.selected, now.hovered)):
            if place is None or place.kind != "weight" or None in (place.unit, place.source):
                continue
            place = Place("weight", place.layer, place.unit, place.source)
            line = self.plan.line(place)
            if line is None:
                continue
            at = self.places.acting[place.layer].get(place, (along(line, 0.4), *NUMBERS[0]))
            items += self._weight_number(place, at, self.weight(place, now.state), now, True)
        return items

    def _weight_number(
        self, place: Place, at: Plate, value: float, now: Moment, singled: bool
    ) -> list[Item]:
        (x, y), size, most = at
        entry = self.neurons.entry(place)
        assert entry is not None
        shown = value
        updating = (
            now.step is not None
            and now.step.kind is StepKind.UPDATE
            and now.step.node == entry[0]
            and not now.arrived
        )
        if updating:  # between the old and the new there is no number of the run
            shown = self.weight(place, now.state)
        updated = now.state.update(entry[0]) is not None
        role = Role.UPDATE if updated else number_role(value)
        items: list[Item] = list(plate(x, y, _written(shown, most), role, size))
        if singled:
            gradient = entry_gradient(now.state, entry)
            note = "∂L " + (NOT_YET if gradient is None else format_number(gradient))
            items += plate(x, y + 19, note, Role.BACKWARD, min(size, 11))
        return items

    def bias(self, layer: int, unit: int, now: Moment) -> list[Item]:
        """Return a neuron's bias, on its shoulder."""
        place = Place("bias", layer, unit)
        rect, line = self.plan.bias(layer, unit), self.plan.line(place)
        entry = self.neurons.entry(place) if layer else None
        if rect is None or line is None or entry is None:
            return []
        value = self._drawn(place, now)
        stroke, width = outline(place, now, Role.LINE, 1.25)
        step = now.step
        halo = None
        if step is not None and step.node == entry[0] and step.kind is StepKind.UPDATE:
            halo = Role.UPDATE
        updated = now.state.update(entry[0]) is not None
        number = format_number(self.weight(place, now.state))
        role = Role.UPDATE if updated else number_role(value)
        size = self.plan.form.sizes[4]
        y, inset = rect.center[1] + 0.36 * size, 6 if rect.width > 80 else 4
        return [
            Curve("", line, number_role(value), line_width(value)),
            Box(f"bias:{layer}:{unit}", rect, Role.PANEL, stroke, width, 2, halo),
            Text(rect.x + inset, y, "b", Role.MUTED, size),
            Text(rect.right - inset, y, number, role, size, align="right", family="number"),
        ]

    def to_loss(self) -> list[Item]:
        """Return the ways from the outputs to the loss."""
        last = self.neurons.layers
        lines = [self.plan.line(Place("loss", last, unit)) for unit in self.plan.shown[last]]
        return [Curve("", line, Role.LINE, 1.5) for line in lines if line is not None]


def _written(value: float, most: int) -> str:
    """Return a weight in so many characters; all of its digits are told by its tip."""
    texts = (format_number(value), format_number(value, 3), format_number(value, 2))
    return next((text for text in texts if len(text) <= most), "")
