"""The network on the stage: neurons in columns, weights between them, and what travels now.

Width is magnitude, colour and a − sign are the sign, both on the fixed scale of `magnitude`.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.boxes import number_role
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Box, Item, Picture, Raster, Rect, Role, Text, Token
from mlviz.picture.magnitude import magnitude
from mlviz.picture.network_hits import Choice, NetworkHits
from mlviz.picture.network_labels import Travelling
from mlviz.picture.network_lines import NetworkLines
from mlviz.picture.network_marks import Moment, outline
from mlviz.picture.plane import Planes
from mlviz.trace.neurons import Neurons, Place, entry_gradient, entry_value, find_neurons
from mlviz.trace.steps import Phase, Position, Step
from mlviz.trace.symbols import part_name, text_name
from mlviz.trace.timeline import State, Timeline

_SIDE, _LARGE_SIDE = 24, 64
_DISC = 42.0
_LARGE = 156.0
_COLOURS = {
    Phase.FORWARD: Role.FORWARD,
    Phase.BACKWARD: Role.BACKWARD,
    Phase.UPDATE: Role.UPDATE,
}


class NetworkPictures(NetworkHits):
    """Pictures of one timeline's network, at any position."""

    def __init__(
        self, timeline: Timeline, neurons: Neurons, brought: Mapping[int, int] | None = None
    ) -> None:
        super().__init__(neurons, brought)
        self.timeline = timeline
        self.lines = NetworkLines(timeline, neurons, self.plan)
        self.planes = Planes(timeline, neurons)
        self._kept: dict[tuple[int, int], tuple[object, tuple[Item, ...]]] = {}
        self.travelling = Travelling(timeline, neurons, self.plan, self.lines)
        self._names = {
            (layer, unit): self._name(layer, unit)
            for layer, units in enumerate(self.plan.shown)
            for unit in units
        }

    def at(
        self,
        position: Position,
        selected: Choice | None = None,
        hovered: Choice | None = None,
        row: int | None = 0,
    ) -> Picture:
        """Return the picture at `position`.

        Args:
            position: the moment.
            selected: what is selected.
            hovered: what the pointer is on.
            row: the example of the batch whose numbers are shown; None for the mean of all.
        """
        position = self.timeline.clamped(position)
        step = self.timeline.step(position.step)
        timing = None if step is None else TIMINGS[step.kind]
        arrived = timing is None or timing.arrived(position.progress)
        state = self.timeline.state_at(position.step if arrived else position.step - 1)
        travel = 1.0 if timing is None else timing.travel(position.progress)
        if row is not None:
            row = min(max(row, 0), self.neurons.rows - 1)
        now = Moment(
            state, step, travel, arrived, row, self._chosen(selected), self._chosen(hovered)
        )
        items: list[Item] = []
        marks: list[Item] = []
        for layer in range(1, len(self.plan.shown)):
            lines, numbers = self.lines.weights(layer, now)
            items += lines
            marks += numbers
        items += self.lines.to_loss()
        moving, labels = self.travelling.at(now)
        # What moves lies behind whatever is written.
        items += [*moving, *marks]
        for layer, units in enumerate(self.plan.shown):
            items += self._heading(layer)
            for unit in units:
                items += self.lines.bias(layer, unit, now)
                items += self._neuron(layer, unit, now)
        items += self._loss(now)
        items += labels
        items += self._enlarged(now)
        return Picture(tuple(items), self.plan.bounds, self._focus(step), self._summary(step))

    def _chosen(self, choice: Choice | None) -> Place | None:
        if choice is None:
            return None
        place = self.neurons.place(*choice)
        if place is None:
            return None
        kind = {"sum": "neuron", "product": "weight"}.get(place.kind, place.kind)
        return Place(kind, place.layer, place.unit, place.source)

    # --- Neurons ---------------------------------------------------------------------------

    def reading(self, place: Place, state: State, row: int | None, kind: str) -> float | None:
        """Return a neuron's value or gradient: of one row, or the mean once all are known."""
        find = entry_value if kind == "value" else entry_gradient
        part = self.neurons.part(place.kind, place.layer)
        if row is None and part is not None and part.whole:
            node, _ = part.at((0, 0))
            array = state.value(node) if kind == "value" else state.gradient(node)
            return None if array is None else float(array[:, place.unit].mean())
        numbers = []
        for index in range(self.neurons.rows) if row is None else (row,):
            entry = self.neurons.entry(Place(place.kind, place.layer, place.unit, row=index))
            number = None if entry is None else find(state, entry)
            if number is None:
                return None
            numbers.append(number)
        return sum(numbers) / len(numbers)

    def _neuron(self, layer: int, unit: int, now: Moment) -> list[Item]:
        rect = self.plan.neuron(layer, unit)
        assert rect is not None
        place = Place("neuron", layer, unit)
        value = self.reading(place, now.state, now.row, "value")
        stroke, width = outline(place, now, Role.LINE, 1.25)
        halo = self._halo(place, now)
        if halo is not None and stroke is Role.LINE:
            stroke, width = halo, 2.0
        body = Box(f"neuron:{layer}:{unit}", rect, Role.PANEL, stroke, width, rect.height / 2, halo)
        total = gradient = None
        if layer and value is None:
            total = self.reading(Place("sum", layer, unit), now.state, now.row, "value")
        if layer:
            gradient = self.reading(place, now.state, now.row, "gradient")
        disc = self._disc(rect, layer, unit, value, now)
        return [body, *disc, *self._numbers(layer, unit, value, total, gradient)]

    def _numbers(
        self,
        layer: int,
        unit: int,
        value: float | None,
        total: float | None,
        gradient: float | None,
    ) -> tuple[Item, ...]:
        """Return a neuron's name and numbers; the same ones as long as nothing changes."""
        key = value, total, gradient
        kept = self._kept.get((layer, unit))
        if kept is None or kept[0] != key:
            kept = self._kept[layer, unit] = key, tuple(self._written(layer, unit, *key))
        return kept[1]

    def _written(
        self,
        layer: int,
        unit: int,
        value: float | None,
        total: float | None,
        gradient: float | None,
    ) -> Iterator[Item]:
        rect = self.plan.neuron(layer, unit)
        assert rect is not None
        x, y, right = rect.x + _DISC + 12, rect.y + 34, rect.right - 14
        yield Text(x, rect.y + 17, self._names[layer, unit], size=12, bold=True)
        if value is not None:
            role = number_role(value)
            yield Text(right, y, format_number(value), role, 13, True, "right", "number")
        elif total is not None:
            yield Text(x, y, "z", Role.MUTED, 11)
            yield Text(right, y, format_number(total), Role.MUTED, 12, False, "right", "number")
        else:
            yield Text(right, y, NOT_YET, Role.FAINT, 13, False, "right", "number")
        if layer:
            text = NOT_YET if gradient is None else format_number(gradient)
            role = Role.FAINT if gradient is None else Role.BACKWARD
            yield Text(x, rect.y + 49, "∂L", Role.MUTED, 9.5)
            yield Text(right, rect.y + 49, text, role, 11, False, "right", "number")

    def _disc(
        self, rect: Rect, layer: int, unit: int, value: float | None, now: Moment
    ) -> list[Item]:
        """The neuron's body: what it computes over the plane, or its value as a shade."""
        inset = (rect.height - _DISC) / 2
        disc = Rect(rect.x + inset, rect.y + inset, _DISC, _DISC)
        items: list[Item] = [Box("", disc, Role.STAGE, Role.LINE, 1, _DISC / 2)]
        if value is None:
            return items
        if self.planes.possible:
            shades = self.planes.shades(layer, unit, now.state, _SIDE)
            return [*items, Raster(disc, _SIDE, shades, _DISC / 2)]
        strength = magnitude(value) if np.isfinite(value) else 1.0
        role = number_role(value)
        return [*items, Box("", disc, role, Role.CLEAR, 0, _DISC / 2, opacity=strength)]

    def _halo(self, place: Place, now: Moment) -> Role | None:
        if now.step is None:
            return None
        acting = self.neurons.places.get(now.step.node)
        if acting is None or acting.kind not in ("neuron", "sum", "product"):
            return None
        if acting.layer != place.layer or acting.unit not in (None, place.unit):
            return None
        return _COLOURS[now.step.phase]

    def _name(self, layer: int, unit: int) -> str:
        """Return what a neuron is called, whatever row is shown."""
        entry = self.neurons.entry(Place("neuron", layer, unit, row=0))
        assert entry is not None
        node = self.timeline.tape[entry[0]]
        if self.neurons.rows == 1:
            name = part_name(node, entry[1])
            if name:
                return text_name(name)
        is_last = layer == self.neurons.layers
        base = "yhat" if is_last else f"a^{layer}" if layer else "x"
        alone = self.neurons.sizes[layer] == 1
        return text_name(base if alone else f"{base}_{unit + 1}")

    def _heading(self, layer: int) -> list[Item]:
        column = self.plan.column(layer)
        x, y = column.center[0], self.plan.bounds.y + 32
        items: list[Item] = [Text(x, y, self._title(layer), Role.MUTED, 12, align="center")]
        for (x, y), hidden in self.plan.gaps(layer):
            items.append(Text(x, y - 2, "⋮", Role.MUTED, 16, True, "center"))
            more = Message("network.more", n=hidden)
            items.append(Text(x, y + 17, more, Role.MUTED, 12, align="center"))
        return items

    def _title(self, layer: int) -> Message:
        if not layer:
            return Message("network.inputs")
        node = self.neurons.function(layer)
        plain = node is not None and node.op is not None and len(node.inputs) == 1
        function = f" · {node.op.name}" if plain and node and node.op else ""
        if layer == self.neurons.layers:
            return Message("network.output", function=function)
        return Message("network.layer", number=layer, function=function)

    # --- The loss --------------------------------------------------------------------------

    def _loss(self, now: Moment) -> list[Item]:
        rect, entry = self.plan.loss, self.neurons.entry(Place("loss"))
        assert entry is not None
        value = entry_value(now.state, entry)
        gradient = entry_gradient(now.state, entry)
        stroke, width = outline(Place("loss"), now, Role.STRONG, 1.75)
        acting = None if now.step is None else self.neurons.places.get(now.step.node)
        halo = None
        if now.step is not None and acting is not None and acting.kind == "loss":
            halo = _COLOURS[now.step.phase]
        number = NOT_YET if value is None else format_number(value)
        role = Role.FAINT if value is None else number_role(value)
        slope = NOT_YET if gradient is None else format_number(gradient)
        shown = Role.FAINT if gradient is None else Role.BACKWARD
        x, right = rect.x + 12, rect.right - 12
        return [
            Text(
                rect.center[0],
                self.plan.bounds.y + 32,
                Message("network.loss"),
                Role.MUTED,
                12,
                align="center",
            ),
            Box("loss", rect, Role.PANEL, stroke, width, 6, halo),
            Text(x, rect.y + 20, "L", size=13, bold=True),
            Text(right, rect.y + 20, number, role, 13, True, "right", "number"),
            Text(x, rect.y + 43, "∂L", Role.MUTED, 9.5),
            Text(right, rect.y + 43, slope, shown, 11, False, "right", "number"),
        ]

    # --- Moving ----------------------------------------------------------------------------

    def acting_row(self, position: Position) -> int | None:
        """Return the example that the step at `position` deals with; None for all or none."""
        step = self.timeline.step(self.timeline.clamped(position).step)
        place = None if step is None else self.neurons.places.get(step.node)
        return None if place is None else place.row

    # --- Enlarged --------------------------------------------------------------------------

    def _enlarged(self, now: Moment) -> list[Item]:
        """The plane of the neuron under the pointer, with the data on it."""
        place = now.hovered
        if place is None or place.kind != "neuron" or place.unit is None:
            return []
        rect = self.plan.neuron(place.layer, place.unit)
        known = self.reading(place, now.state, now.row, "value")
        if rect is None or known is None or not self.planes.possible:
            return []
        bounds = self.plan.bounds
        height = _LARGE + 44
        x = rect.right + 10 if rect.right + 22 + _LARGE < bounds.right else rect.x - _LARGE - 30
        y = min(max(rect.center[1] - height / 2, bounds.y + 6), bounds.bottom - height - 6)
        area = Rect(x + 12, y + 24, _LARGE, _LARGE)
        shades = self.planes.shades(place.layer, place.unit, now.state, _LARGE_SIDE)
        low, high = self.planes.low, self.planes.high
        names = [self._names.get((0, unit), "") for unit in (0, 1)]
        across = f"{names[0]}  {format_number(low[0], 3)} … {format_number(high[0], 3)}"
        up = f"{names[1]}  {format_number(low[1], 3)} … {format_number(high[1], 3)}"
        items: list[Item] = [
            Box("", Rect(x, y, _LARGE + 24, height), Role.PANEL, Role.STRONG, 1.25, 8),
            Text(area.x, y + 17, f"↑ {up}", Role.MUTED, 10.5),
            Raster(area, _LARGE_SIDE, shades, 3),
            Text(area.right, area.bottom + 14, f"{across} →", Role.MUTED, 10.5, align="right"),
        ]
        rows = range(min(self.neurons.rows, 200))
        for row in rows:
            across_part, down_part = self.planes.place_of_row(row)
            point = area.x + across_part * area.width, area.y + down_part * area.height
            now_shown = row == now.row
            items.append(Token(*point, "round", Role.TEXT, 5.5 if now_shown else 3, now_shown))
        return items

    # --- Where to look ---------------------------------------------------------------------

    def _focus(self, step: Step | None) -> Rect:
        if step is None:
            return self.plan.column(0)
        layers = []
        for node in (step.node, step.target):
            place = self.neurons.places.get(node)
            if place is not None:
                layers.append(len(self.plan.shown) if place.kind == "loss" else place.layer)
                if place.kind in ("sum", "product", "weight"):
                    layers.append(place.layer - 1)
        rects = [self.plan.column(layer) for layer in layers] or [self.plan.loss]
        focus = rects[0]
        for rect in rects[1:]:
            focus = focus.united(rect)
        return focus.grown(20)

    def _summary(self, step: Step | None) -> Message:
        sizes = " – ".join(map(str, self.neurons.sizes))
        return Message(
            "network.summary",
            sizes=sizes,
            number=0 if step is None else step.number,
            count=len(self.timeline),
        )


def network_pictures(
    timeline: Timeline, brought: Mapping[int, int] | None = None
) -> NetworkPictures | None:
    """Return the pictures of a timeline's network; None if it is a formula.

    Args:
        timeline: the timeline.
        brought: of some layers, a neuron that is drawn though it would be left out.
    """
    neurons = find_neurons(timeline.tape)
    return None if neurons is None else NetworkPictures(timeline, neurons, brought)
