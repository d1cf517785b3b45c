"""The bodies of a network: neurons, the loss, and the words above and between them."""

from collections.abc import Iterator

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.boxes import number_role
from mlviz.picture.items import Box, Curve, Item, Raster, Rect, Role, Text
from mlviz.picture.magnitude import magnitude
from mlviz.picture.network_form import WIDE
from mlviz.picture.network_marks import Moment, outline
from mlviz.picture.network_plan import NetworkPlan
from mlviz.picture.plane import Planes
from mlviz.trace.neurons import Neurons, Place, entry_gradient, entry_value
from mlviz.trace.steps import Phase
from mlviz.trace.symbols import part_name, text_name
from mlviz.trace.timeline import State, Timeline

_SIDE = 24
_COLOURS = {
    Phase.FORWARD: Role.FORWARD,
    Phase.BACKWARD: Role.BACKWARD,
    Phase.UPDATE: Role.UPDATE,
}
VEIL = 0.6
"""Opacity of what lies below the cross of a dropped neuron."""


class NetworkNeurons:
    """Draws the neurons and the loss of one timeline's network."""

    def __init__(self, timeline: Timeline, neurons: Neurons, plan: NetworkPlan) -> None:
        self._timeline = timeline
        self._neurons = neurons
        self._plan = plan
        self._form = plan.form
        self._kept: dict[tuple[int, int], tuple[object, tuple[Item, ...]]] = {}
        self._masks = dict(self._find_masks())
        self._masking = dict(self._find_masking())
        self.names = {
            (layer, unit): self._name(layer, unit)
            for layer, units in enumerate(plan.shown)
            for unit in units
        }

    def _find_masks(self) -> Iterator[tuple[int, Array]]:
        """Yield the masks of dropout: of each example and neuron, 0 for one that is dropped."""
        numbers = {f"layer{layer}.mask": layer for layer in range(1, self._neurons.layers + 1)}
        single: dict[int, dict[tuple[int, ...], float]] = {}
        for node in self._timeline.tape:
            name, _, index = node.origin.partition("[")
            layer = numbers.get(name)
            if layer is not None and index:
                where = tuple(int(part) for part in index.rstrip("]").split(","))
                single.setdefault(layer, {})[where] = float(node.value)
            elif layer is not None:
                yield layer, node.value
        for layer, entries in single.items():
            mask = np.ones((self._neurons.rows, self._neurons.sizes[layer]))
            for where, number in entries.items():
                mask[where] = number
            yield layer, mask

    def _find_masking(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield what applies masks: of a layer, or of its entries each, by row and neuron."""
        names = {f"layer{layer}.dropped": layer for layer in range(1, self._neurons.layers + 1)}
        for node in self._timeline.tape:
            name, _, index = node.origin.partition("[")
            if name in names:
                where = index.rstrip("]").split(",") if index else ()
                yield (names[name], *(int(part) for part in where)), node.id

    def _crossed(self, layer: int, unit: int, now: Moment) -> bool:
        """Return whether a neuron is left out, and its mask was applied already."""
        if not self.is_dropped(layer, unit, now.row):
            return False
        node = self._masking.get((layer,), self._masking.get((layer, now.row or 0, unit)))
        return node is None or now.state.value(node) is not None

    def is_dropped(self, layer: int, unit: int, row: int | None) -> bool:
        """Return whether a neuron is left out for an example; without one, for all of them."""
        mask = self._masks.get(layer)
        if mask is None or mask.ndim != 2:
            return False
        return not (mask[:, unit].any() if row is None else mask[row, unit])

    def reading(self, place: Place, state: State, row: int | None, kind: str) -> float | None:
        """Return a neuron's value or gradient: of one row, or the mean once all are known."""
        find = entry_value if kind == "value" else entry_gradient
        part = self._neurons.part(place.kind, place.layer)
        if row is None and part is not None and part.whole:
            node, _ = part.at((0, 0))
            array = state.value(node) if kind == "value" else state.gradient(node)
            return None if array is None else float(array[:, place.unit].mean())
        numbers = []
        for index in range(self._neurons.rows) if row is None else (row,):
            entry = self._neurons.entry(Place(place.kind, place.layer, place.unit, row=index))
            number = None if entry is None else find(state, entry)
            if number is None:
                return None
            numbers.append(number)
        return sum(numbers) / len(numbers)

    # --- A neuron --------------------------------------------------------------------------

    def neuron(self, layer: int, unit: int, now: Moment, planes: Planes) -> list[Item]:
        """Return a neuron with what it computes, its numbers, and whether it is dropped."""
        rect = self._plan.neuron(layer, unit)
        assert rect is not None
        place = Place("neuron", layer, unit)
        value = self.reading(place, now.state, now.row, "value")
        stroke, width = outline(place, now, Role.LINE, 1.25)
        halo = self._halo(place, now)
        if halo is not None and stroke is Role.LINE:
            stroke, width = halo, 2.0
        dropped = self._crossed(layer, unit, now)
        key, radius = f"neuron:{layer}:{unit}", self._form.radius
        reach = self._plan.ring
        body = Box(key, rect, Role.PANEL, stroke, width, radius, halo, dropped, reach=reach)
        total = gradient = None
        if layer and value is None:
            total = self.reading(Place("sum", layer, unit), now.state, now.row, "value")
        if layer:
            gradient = self.reading(place, now.state, now.row, "gradient")
        disc = self._disc(rect, layer, unit, value, now, planes) if self._form.disc.width else []
        if dropped:
            disc += self._cross(rect)
        return [body, *disc, *self._numbers(layer, unit, value, total, gradient, dropped)]

    def _numbers(
        self,
        layer: int,
        unit: int,
        value: float | None,
        total: float | None,
        gradient: float | None,
        dropped: bool,
    ) -> tuple[Item, ...]:
        """Return a neuron's name and numbers; the same ones as long as nothing changes."""
        key = value, total, gradient, dropped
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
        dropped: bool,
    ) -> Iterator[Item]:
        rect, form = self._plan.neuron(layer, unit), self._form
        assert rect is not None
        name, number, sum_, slope, _ = form.sizes
        x, right, y = rect.x + form.sign, rect.x + form.value[0], rect.y + form.value[1]
        faded = Role.MUTED if dropped else Role.TEXT
        yield Text(
            rect.x + form.name[0],
            rect.y + form.name[1],
            self.names[layer, unit],
            faded,
            name,
            True,
        )
        if value is not None:
            role = Role.MUTED if dropped else number_role(value)
            text = format_number(value)
            yield Text(
                right, y, text, role, number, True, "right", "number", struck=dropped and value != 0
            )
        elif total is not None:
            if y > rect.y + form.name[1]:
                yield Text(x, y, "z", Role.MUTED, sum_ - 1)
            yield Text(right, y, format_number(total), Role.MUTED, sum_, False, "right", "number")
        else:
            yield Text(right, y, NOT_YET, Role.FAINT, number, False, "right", "number")
        if layer:
            text = NOT_YET if gradient is None else format_number(gradient)
            role = Role.FAINT if gradient is None else Role.BACKWARD
            y = rect.y + form.slope[1]
            yield Text(x, y, "∂L", Role.MUTED, slope)
            yield Text(right, y, text, role, slope, False, "right", "number")

    def _disc(
        self,
        rect: Rect,
        layer: int,
        unit: int,
        value: float | None,
        now: Moment,
        planes: Planes,
    ) -> list[Item]:
        """The neuron's body: what it computes over the plane, or its value as a shade."""
        disc = self._disc_rect(rect)
        radius = disc.height / 2
        items: list[Item] = [Box("", disc, Role.STAGE, Role.LINE, 1, radius)]
        if value is None:
            return items
        if planes.possible:
            shades = planes.shades(layer, unit, now.state, _SIDE)
            return [*items, Raster(disc, _SIDE, shades, radius)]
        strength = magnitude(value) if np.isfinite(value) else 1.0
        role = number_role(value)
        return [*items, Box("", disc, role, Role.CLEAR, 0, radius, opacity=strength)]

    def _disc_rect(self, rect: Rect) -> Rect:
        disc = self._form.disc
        return Rect(rect.x + disc.x, rect.y + disc.y, disc.width, disc.height)

    def _cross(self, rect: Rect) -> list[Item]:
        """Return the cross on a neuron that is dropped."""
        disc = self._disc_rect(rect)
        if not disc.width:
            disc = Rect(rect.x - 7, rect.center[1] - 7, 14, 14)
        (x, y), by = disc.center, disc.width * 0.36
        return [
            Box("", disc, Role.PANEL, Role.CLEAR, 0, disc.width / 2, opacity=VEIL),
            Curve("", ((x - by, y - by), (x + by, y + by)), Role.BAD, 2.5),
            Curve("", ((x - by, y + by), (x + by, y - by)), Role.BAD, 2.5),
        ]

    def _halo(self, place: Place, now: Moment) -> Role | None:
        if now.step is None:
            return None
        acting = self._neurons.places.get(now.step.node)
        if acting is None or acting.kind not in ("neuron", "sum", "product"):
            return None
        if acting.layer != place.layer or acting.unit not in (None, place.unit):
            return None
        return _COLOURS[now.step.phase]

    def _name(self, layer: int, unit: int) -> str:
        """Return what a neuron is called, whatever row is shown."""
        entry = self._neurons.entry(Place("neuron", layer, unit, row=0))
        assert entry is not None
        node = self._timeline.tape[entry[0]]
        if self._neurons.rows == 1:
            name = part_name(node, entry[1])
            if name:
                return text_name(name)
        is_last = layer == self._neurons.layers
        letter = (
            "z" if self._neurons.part("neuron", layer) is self._neurons.part("sum", layer) else "a"
        )
        base = "yhat" if is_last else f"{letter}^{layer}" if layer else "x"
        alone = self._neurons.sizes[layer] == 1
        return text_name(base if alone else f"{base}_{unit + 1}")

    # --- Words -----------------------------------------------------------------------------

    def heading(self, layer: int) -> list[Item]:
        """Return what stands above a layer, and where neurons of it are left out."""
        first, second = self._title(layer)
        items = self._words(self._plan.column(layer).center[0], first, second)
        for (x, y), hidden in self._plan.gaps(layer):
            size = 16 if self._form is WIDE else 13
            items.append(Text(x, y - 2, "⋮", Role.MUTED, size, True, "center"))
            more = Message("network.more", n=hidden)
            items.append(Text(x, y + size, more, Role.MUTED, 11.5, align="center"))
        return items

    def _words(self, x: float, first: Message, second: Message | None = None) -> list[Item]:
        y, lines = self._plan.bounds.y + 20, self._form.lines
        if lines == 1 and second is not None:
            first = Message("network.of", layer=first, function=second)
            second = None
        items: list[Item] = [Text(x, y, first, Role.MUTED, 12, align="center")]
        if second is not None:
            items.append(Text(x, y + 15, second, Role.MUTED, 11, align="center"))
        return items

    def _title(self, layer: int) -> tuple[Message, Message | None]:
        if not layer:
            return Message("network.inputs"), None
        node = self._neurons.function(layer)
        function = None
        if node is not None and node.op is not None and len(node.inputs) == 1:
            function = Message(f"op.{node.op.name}")
        if layer == self._neurons.layers:
            return Message("network.output"), function
        return Message("network.layer", number=layer), function

    # --- The loss --------------------------------------------------------------------------

    def loss(self, now: Moment) -> list[Item]:
        """Return the loss and what stands above it."""
        rect, entry = self._plan.loss, self._neurons.entry(Place("loss"))
        assert entry is not None
        value = entry_value(now.state, entry)
        gradient = entry_gradient(now.state, entry)
        stroke, width = outline(Place("loss"), now, Role.STRONG, 1.75)
        acting = None if now.step is None else self._neurons.places.get(now.step.node)
        halo = None
        if now.step is not None and acting is not None and acting.kind == "loss":
            halo = _COLOURS[now.step.phase]
        number = NOT_YET if value is None else format_number(value)
        role = Role.FAINT if value is None else number_role(value)
        slope = NOT_YET if gradient is None else format_number(gradient)
        shown = Role.FAINT if gradient is None else Role.BACKWARD
        _, large, _, small, _ = self._form.sizes
        inset = 12.0 if self._form is WIDE else 8.0
        x, right = rect.x + inset, rect.right - inset
        return [
            *self._words(rect.center[0], Message("network.loss")),
            Box("loss", rect, Role.PANEL, stroke, width, 6, halo),
            Text(x, rect.y + 20, "L", size=large, bold=True),
            Text(right, rect.y + 20, number, role, large, True, "right", "number"),
            Text(x, rect.y + 41, "∂L", Role.MUTED, small),
            Text(right, rect.y + 41, slope, shown, small, False, "right", "number"),
        ]
