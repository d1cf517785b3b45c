"""Weights and biases of a network as lines and plates, old or new or gliding between the two."""

from collections.abc import Iterator
from functools import cached_property

from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.boxes import number_role, number_width
from mlviz.picture.items import Box, Curve, Item, Rect, Role, Text
from mlviz.picture.network_form import FEW_WEIGHTS, Point
from mlviz.picture.network_marks import Moment, line_width, outline, plate
from mlviz.picture.network_plan import NetworkPlan, along
from mlviz.trace.neurons import Neurons, Place, entry_gradient
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import State, Timeline

_NUMBERS = (12.0, 10), (11.0, 10), (10.0, 10), (11.0, 8), (10.0, 8)
_PAD = 7.0
_PLATE_PLACES = (0.4, 0.36, 0.44, 0.32, 0.5, 0.26, 0.56, 0.2, 0.62, 0.68, 0.74, 0.14, 0.8)
"""How large weights are written, and in how many characters; px beside their numbers; and where
on their lines they may be."""
_MOST_GRADIENTS = 30
_SIGN = 6.0
_OTHER_PLACES = (0.24, 0.42, 0.48, 0.18, 0.54, 0.6, 0.66, 0.72)
"""Half the width of a sign, px; and where on its line it goes if its usual place is taken."""

Line = tuple[Point, Point]
Plate = tuple[Point, float, int]
"""Where a number stands, how large it is, and in how many characters."""
Lines = tuple[list[Item], list[Item]]


class NetworkLines:
    """Draws the weights and biases of one timeline's network."""

    def __init__(self, timeline: Timeline, neurons: Neurons, plan: NetworkPlan) -> None:
        self.timeline = timeline
        self.neurons = neurons
        self.plan = plan
        self._kept: dict[int, tuple[tuple[bool, ...], Lines]] = {}
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

    def weights(self, layer: int, now: Moment) -> Lines:
        """Return a layer's weights, and their signs or numbers, which stand on top.

        Of many weights only updates are seen, so they are kept until the next of those.
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
            return self._weights(layer, places, now)
        updated = tuple(now.state.update(node) is not None for node in nodes)
        kept = self._kept.get(layer)
        if kept is None or kept[0] != updated:
            kept = self._kept[layer] = updated, self._weights(layer, places, now)
        return kept[1]

    def _weights(self, layer: int, places: list[Place], now: Moment) -> Lines:
        marks: list[Item] = []
        items: list[Item] = []
        plates = self._plates[layer]
        strength = 0.85 if len(places) <= _MOST_GRADIENTS else 0.65
        for place in places:
            line = self.plan.line(place)
            assert line is not None
            value = self._drawn(place, now)
            width = line_width(value)
            key = f"weight:{layer}:{place.unit}:{place.source}"
            items += self._aura(place, line, width, now)
            role = number_role(value)
            items.append(Curve(key, line, role, width, opacity=strength, mixed=True))
            if len(places) <= _MOST_GRADIENTS:
                items += self._weight_gradient(place, line, width, now)
            if place in plates:
                marks += self._weight_number(place, plates[place], value, now, False)
            elif value < 0:
                marks += self._sign(place)
        return items, marks

    def _sign(self, place: Place) -> list[Item]:
        """Return the mark of a negative weight, or nothing where it would hide others."""
        at = self._signs.get(place)
        if at is None:
            return []
        (x, y), by = at, _SIGN
        rect = Rect(x - by, y - by, 2 * by, 2 * by)
        return [
            Box("", rect, Role.STAGE, Role.NEGATIVE, 1, by),
            Text(x, y + 4, "−", Role.NEGATIVE, 12, True, "center", "number"),
        ]

    @cached_property
    def _signs(self) -> dict[Place, tuple[float, float]]:
        """Where the weights' signs stand, each clear of all others, whatever the weights are."""
        found: dict[Place, tuple[float, float]] = {}
        for layer in range(1, len(self.plan.shown)):
            taken: list[tuple[float, float]] = []
            for place in self.plan.weights(layer):
                line = self.plan.line(place)
                assert line is not None
                for part in (_mark_place(place), *_OTHER_PLACES):
                    x, y = along(line, part)
                    if all(max(abs(x - a), abs(y - b)) > 2 * _SIGN for a, b in taken):
                        found[place] = x, y
                        taken.append((x, y))
                        break
        return found

    def _aura(
        self,
        place: Place,
        line: Line,
        width: float,
        now: Moment,
    ) -> list[Item]:
        """What lies behind a line that is selected, pointed at, or being updated."""
        items: list[Item] = []
        step, entry = now.step, self.neurons.entry(place)
        if step is not None and step.kind is StepKind.UPDATE and entry and entry[0] == step.node:
            items.append(Curve("", line, Role.UPDATE, width + 8, opacity=0.35))
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

    def plates(self) -> Iterator[Rect]:
        """Yield where the numbers of weights are written."""
        for places in self._plates.values():
            for (x, y), size, most in places.values():
                width = number_width("8" * most, size) + _PAD
                yield Rect(x - width / 2, y - 9, width, 18)

    def marks(self) -> Iterator[Rect]:
        """Yield where weights without a number carry their sign, if they are negative."""
        for place, (x, y) in self._signs.items():
            if not self._plates[place.layer]:
                yield Rect(x - _SIGN, y - _SIGN, 2 * _SIGN, 2 * _SIGN)

    @cached_property
    def signs(self) -> bool:
        """Whether any weights carry a sign and no number."""
        return any(not self._plates[layer] for layer in range(1, len(self.plan.shown)))

    @cached_property
    def _plates(self) -> dict[int, dict[Place, Plate]]:
        """Where the weights' numbers stand and how large, of layers where all have room."""
        return {layer: self._find_plates(layer) for layer in range(1, len(self.plan.shown))}

    def _find_plates(self, layer: int) -> dict[Place, Plate]:
        lines = {place: self.plan.line(place) for place in self.plan.weights(layer)}
        if len(lines) > FEW_WEIGHTS:
            return {}
        left = self.plan.columns[layer - 1] + self.plan.form.width + 1
        right = self.plan.columns[layer] - 1
        for size, most in _NUMBERS:
            width = number_width("8" * most, size) + _PAD
            found: dict[Place, Plate] = {}
            for place, line in lines.items():
                assert line is not None
                others = [other for other in lines.values() if other is not None and other != line]
                free: list[tuple[float, Point]] = []
                for part in _PLATE_PLACES:
                    x, y = along(line, part)
                    if x - width / 2 < left or x + width / 2 > right:
                        continue
                    if all(
                        abs(y - b) >= 19 or abs(x - a) >= width for (a, b), *_ in found.values()
                    ):
                        crossed = sum(_meets(other, x, y, width / 2) for other in others)
                        free.append((crossed + abs(part - 0.4), (x, y)))
                if not free:
                    break
                found[place] = min(free)[1], size, most
            else:
                return found
        return {}

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
            at = self._plates[place.layer].get(place, (along(line, 0.4), *_NUMBERS[0]))
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
        text = format_number(shown)
        if updated and len(text) + 2 <= most:
            text = f"→ {text}"
        elif len(text) > most:  # all of its digits are told by its tip
            text = next(
                (t for t in (format_number(shown, n) for n in (3, 2)) if len(t) <= most), ""
            )
        items: list[Item] = list(plate(x, y, text, role, size))
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


def _mark_place(place: Place) -> float:
    """Return where on its line a weight carries its sign or number, so that few of them meet."""
    return 0.3 if (place.unit or 0) % 2 == 0 else 0.36


def _meets(line: Line, x: float, y: float, half: float) -> bool:
    """Return whether a line passes through a plate."""
    (x0, y0), (x1, y1) = line
    ends = [y0 + (y1 - y0) * (at - x0) / (x1 - x0) for at in (x - half, x + half)]
    return min(ends) < y + 9 and max(ends) > y - 9
