"""The network on the stage: neurons in columns, weights between them, and what travels now.

Width is magnitude, colour and a − sign are the sign, both on the fixed scale of `magnitude`.
"""

from dataclasses import dataclass

import numpy as np

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.boxes import number_role, number_width
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Box, Curve, Item, Picture, Polygon, Raster, Rect, Role, Text, Token
from mlviz.picture.magnitude import magnitude
from mlviz.picture.network_moves import Move, Moves
from mlviz.picture.network_plan import NetworkPlan, along
from mlviz.picture.plane import Planes
from mlviz.trace.neurons import Index, Neurons, Place, entry_gradient, entry_value, find_neurons
from mlviz.trace.steps import Phase, Position, Step, StepKind
from mlviz.trace.symbols import part_name, text_name
from mlviz.trace.timeline import State, Timeline

Choice = tuple[int, Index | None]
"""A node of the tape, and one entry of it if only that is meant."""

LEAST_WIDTH, MORE_WIDTH = 0.6, 7.4
_SIDE, _LARGE_SIDE = 24, 64
_DISC = 44.0
_LARGE = 156.0
_ROOM = 26.0
_MOST_LABELS = 6
_MOST_GRADIENTS = 30
_COLOURS = {
    Phase.FORWARD: Role.FORWARD,
    Phase.BACKWARD: Role.BACKWARD,
    Phase.UPDATE: Role.UPDATE,
}


def line_width(value: float) -> float:
    """Return how wide the line of a weight is, px."""
    return LEAST_WIDTH + MORE_WIDTH * magnitude(value)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a picture depends on."""

    state: State
    step: Step | None
    travel: float
    arrived: bool
    row: int | None
    selected: Place | None
    hovered: Place | None


class NetworkPictures:
    """Pictures of one timeline's network, at any position."""

    def __init__(self, timeline: Timeline, neurons: Neurons) -> None:
        self.timeline = timeline
        self.neurons = neurons
        self.plan = NetworkPlan(neurons.sizes)
        self.planes = Planes(timeline, neurons)
        self._moves = Moves(timeline, neurons, self.plan)
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
        now = _Moment(
            state, step, travel, arrived, row, self._chosen(selected), self._chosen(hovered)
        )
        items: list[Item] = []
        for layer in range(1, len(self.plan.shown)):
            items += self._weights(layer, now)
        items += self._loss_lines()
        for layer, units in enumerate(self.plan.shown):
            items += self._heading(layer)
            for unit in units:
                items += self._bias(layer, unit, now)
                items += self._neuron(layer, unit, now)
        items += self._loss(now)
        items += self._moving(now)
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

    # --- Weights and biases ----------------------------------------------------------------

    def weight(self, place: Place, state: State) -> float:
        """Return a weight or bias as it is at a moment: the new one once it is updated."""
        entry = self.neurons.entry(place)
        assert entry is not None
        node, index = entry
        update = state.update(node)
        value = self.timeline.tape[node].value if update is None else update.after
        return float(value[index])

    def _drawn(self, place: Place, now: _Moment) -> float:
        """Return the weight that is drawn: while it is updated it glides from old to new."""
        step, entry = now.step, self.neurons.entry(place)
        assert entry is not None
        if step is not None and step.kind is StepKind.UPDATE and step.node == entry[0]:
            update = self.timeline.update(step.node)
            if update is not None:
                before, after = float(update.before[entry[1]]), float(update.after[entry[1]])
                return before + (after - before) * now.travel
        return self.weight(place, now.state)

    def _weights(self, layer: int, now: _Moment) -> list[Item]:
        marks: list[Item] = []
        items: list[Item] = []
        places = list(self.plan.weights(layer))
        numbered = self._numbers_fit(layer)
        strength = 0.85 if len(places) <= _MOST_GRADIENTS else 0.65
        for place in places:
            line = self.plan.line(place)
            assert line is not None
            value = self._drawn(place, now)
            width = line_width(value)
            key = f"weight:{layer}:{place.unit}:{place.source}"
            items += self._aura(place, line, width, now)
            items.append(Curve(key, line, number_role(value), width, opacity=strength))
            if len(places) <= _MOST_GRADIENTS:
                items += self._weight_gradient(place, line, width, now)
            singled = now.hovered == place or now.selected == place
            if numbered or singled:
                marks += self._weight_number(place, line, value, now, singled)
            elif value < 0:
                x, y = along(line, _mark_place(place))
                size = 6.0
                marks += [
                    Box(
                        "",
                        Rect(x - size, y - size, 2 * size, 2 * size),
                        Role.STAGE,
                        Role.NEGATIVE,
                        1,
                        size,
                    ),
                    Text(x, y + 4, "−", Role.NEGATIVE, 12, True, "center", "number"),
                ]
        return [*items, *marks]

    def _aura(
        self,
        place: Place,
        line: tuple[tuple[float, float], tuple[float, float]],
        width: float,
        now: _Moment,
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
        line: tuple[tuple[float, float], tuple[float, float]],
        width: float,
        now: _Moment,
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

    def _numbers_fit(self, layer: int) -> bool:
        """Return whether a layer's weights can all be written on their lines."""
        heights = []
        for place in self.plan.weights(layer):
            line = self.plan.line(place)
            assert line is not None
            heights.append(along(line, _mark_place(place))[1])
        return len(heights) <= 6 and all(np.diff(sorted(heights)) > _ROOM)

    def _weight_number(
        self,
        place: Place,
        line: tuple[tuple[float, float], tuple[float, float]],
        value: float,
        now: _Moment,
        singled: bool,
    ) -> list[Item]:
        x, y = along(line, _mark_place(place))
        entry = self.neurons.entry(place)
        assert entry is not None
        text = format_number(value)
        updating = (
            now.step is not None
            and now.step.kind is StepKind.UPDATE
            and now.step.node == entry[0]
            and not now.arrived
        )
        if updating:  # between the old and the new there is no number of the run
            text = format_number(self.weight(place, now.state))
        updated = now.state.update(entry[0]) is not None
        role = Role.UPDATE if updated else number_role(value)
        items: list[Item] = list(_plate(x, y, ("→ " if updated else "") + text, role, 12))
        if singled:
            gradient = entry_gradient(now.state, entry)
            note = "∂L " + (NOT_YET if gradient is None else format_number(gradient))
            items += _plate(x, y + 19, note, Role.BACKWARD, 11)
        return items

    def _bias(self, layer: int, unit: int, now: _Moment) -> list[Item]:
        place = Place("bias", layer, unit)
        rect, line = self.plan.bias(layer, unit), self.plan.line(place)
        entry = self.neurons.entry(place) if layer else None
        if rect is None or line is None or entry is None:
            return []
        value = self._drawn(place, now)
        stroke, width = _outline(place, now, Role.LINE, 1.25)
        step = now.step
        halo = None
        if step is not None and step.node == entry[0] and step.kind is StepKind.UPDATE:
            halo = Role.UPDATE
        updated = now.state.update(entry[0]) is not None
        number = format_number(self.weight(place, now.state))
        role = Role.UPDATE if updated else number_role(value)
        y = rect.bottom - 6
        return [
            Curve("", line, number_role(value), line_width(value)),
            Box(f"bias:{layer}:{unit}", rect, Role.PANEL, stroke, width, 2, halo),
            Text(rect.x + 6, y, "b", Role.MUTED, 11),
            Text(rect.right - 6, y, number, role, 11, align="right", family="number"),
        ]

    # --- Neurons ---------------------------------------------------------------------------

    def reading(self, place: Place, state: State, row: int | None, kind: str) -> float | None:
        """Return a neuron's value or gradient: of one row, or the mean once all are known."""
        rows = range(self.neurons.rows) if row is None else (row,)
        find = entry_value if kind == "value" else entry_gradient
        numbers = []
        for index in rows:
            entry = self.neurons.entry(Place(place.kind, place.layer, place.unit, row=index))
            number = None if entry is None else find(state, entry)
            if number is None:
                return None
            numbers.append(number)
        return sum(numbers) / len(numbers)

    def _neuron(self, layer: int, unit: int, now: _Moment) -> list[Item]:
        rect = self.plan.neuron(layer, unit)
        assert rect is not None
        place = Place("neuron", layer, unit)
        value = self.reading(place, now.state, now.row, "value")
        stroke, width = _outline(place, now, Role.LINE, 1.25)
        halo = self._halo(place, now)
        if halo is not None and stroke is Role.LINE:
            stroke, width = halo, 2.0
        x = rect.x + _DISC + 13
        items: list[Item] = [
            Box(f"neuron:{layer}:{unit}", rect, Role.PANEL, stroke, width, rect.height / 2, halo),
            *self._disc(rect, layer, unit, value, now),
            Text(x, rect.y + 17, self._names[layer, unit], size=12, bold=True),
        ]
        right = rect.right - 15
        y = rect.y + 34
        if value is not None:
            role = number_role(value)
            items.append(Text(right, y, format_number(value), role, 13, True, "right", "number"))
        else:
            total = self.reading(Place("sum", layer, unit), now.state, now.row, "value")
            if layer and total is not None:
                items.append(Text(x, y, "z", Role.MUTED, 11))
                items.append(
                    Text(right, y, format_number(total), Role.MUTED, 12, False, "right", "number")
                )
            else:
                items.append(Text(right, y, NOT_YET, Role.FAINT, 13, False, "right", "number"))
        if layer:
            gradient = self.reading(place, now.state, now.row, "gradient")
            text = NOT_YET if gradient is None else format_number(gradient)
            role = Role.FAINT if gradient is None else Role.BACKWARD
            items.append(Text(x, rect.y + 49, "∂L", Role.MUTED, 9.5))
            items.append(Text(right, rect.y + 49, text, role, 11, False, "right", "number"))
        return items

    def _disc(
        self, rect: Rect, layer: int, unit: int, value: float | None, now: _Moment
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

    def _halo(self, place: Place, now: _Moment) -> Role | None:
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
        if hidden := self.plan.hidden[layer]:
            x, y = self.plan.gap(layer)
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

    def _loss_lines(self) -> list[Item]:
        last = self.neurons.layers
        lines = [self.plan.line(Place("loss", last, unit)) for unit in self.plan.shown[last]]
        return [Curve("", line, Role.LINE, 1.5) for line in lines if line is not None]

    def _loss(self, now: _Moment) -> list[Item]:
        rect, entry = self.plan.loss, self.neurons.entry(Place("loss"))
        assert entry is not None
        value = entry_value(now.state, entry)
        gradient = entry_gradient(now.state, entry)
        stroke, width = _outline(Place("loss"), now, Role.STRONG, 1.75)
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

    def _moving(self, now: _Moment) -> list[Item]:
        step = now.step
        if step is None or (step.kind is StepKind.FORWARD and now.arrived):
            return []
        moves = self._moves.of(step, now.row)
        forward = step.kind is StepKind.FORWARD
        role = Role.FORWARD if forward else Role.BACKWARD
        labelled = [move for move in moves if self._is_labelled(move, moves, now)]
        items: list[Item] = []
        tokens: list[Item] = []
        for move in moves:
            line = self.plan.line(move.place)
            assert line is not None
            # At rest a gradient waits half way, where its number can be read.
            way = now.travel / 2 if now.arrived else now.travel
            x, y = along(line, move.start + (move.end - move.start) * way)
            strange = None not in (move.row, now.row) and move.row != now.row
            radius = 5.0 if len(moves) > _MOST_LABELS else 6.5
            shape = "round" if forward else "diamond"
            tokens.append(Token(x, y, shape, role, radius, hollow=strange))
            if move.value is not None and move in labelled and not strange:
                items += _bubble(x, y - radius - 1, format_number(move.value), role)
        return [*tokens, *items]

    def _is_labelled(self, move: Move, moves: list[Move], now: _Moment) -> bool:
        if len(moves) <= _MOST_LABELS:
            return True
        place = move.place
        for chosen in (now.hovered, now.selected):
            if chosen is None or chosen.unit is None:
                continue
            if chosen == place or (
                chosen.kind == "neuron" and (chosen.layer, chosen.unit) == (place.layer, place.unit)
            ):
                return True
        return False

    def acting_row(self, position: Position) -> int | None:
        """Return the example that the step at `position` deals with; None for all or none."""
        step = self.timeline.step(self.timeline.clamped(position).step)
        place = None if step is None else self.neurons.places.get(step.node)
        return None if place is None else place.row

    # --- Enlarged --------------------------------------------------------------------------

    def _enlarged(self, now: _Moment) -> list[Item]:
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
        across = f"{names[0]}  {format_number(low[0], 2)} … {format_number(high[0], 2)}"
        up = f"{names[1]}  {format_number(low[1], 2)} … {format_number(high[1], 2)}"
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

    # --- What is where ---------------------------------------------------------------------

    def hit(self, x: float, y: float, reach: float = 6.0) -> Place | None:
        """Return the neuron, bias, weight or loss at a point; `reach` px beside a line count."""
        if self.plan.loss.contains(x, y):
            return Place("loss")
        for layer, units in enumerate(self.plan.shown):
            for unit in units:
                rect, bias = self.plan.neuron(layer, unit), self.plan.bias(layer, unit)
                if rect is not None and rect.contains(x, y):
                    return Place("neuron", layer, unit)
                if layer and bias is not None and bias.contains(x, y):
                    place = Place("bias", layer, unit)
                    if self.neurons.entry(place) is not None:
                        return place
        nearest, least = None, reach
        for layer in range(1, len(self.plan.shown)):
            for place in self.plan.weights(layer):
                line = self.plan.line(place)
                assert line is not None
                distance = _distance(line, x, y)
                if distance < least:
                    nearest, least = place, distance
        return nearest

    def choice(self, place: Place, row: int | None) -> Choice | None:
        """Return the node, and which entry of it, that stands behind a mark."""
        where = Place(place.kind, place.layer, place.unit, place.source, row or 0)
        entry = self.neurons.entry(where)
        return None if entry is None else (entry[0], entry[1] or None)

    def marks(self) -> list[Place]:
        """Return the neurons that are drawn, and the loss, in the order of the run."""
        neurons = [
            Place("neuron", layer, unit)
            for layer, units in enumerate(self.plan.shown)
            for unit in units
        ]
        return [*neurons, Place("loss")]

    def rect(self, place: Place) -> Rect | None:
        """Return where a neuron, a bias, a weight or the loss is."""
        if place.kind == "loss":
            return self.plan.loss
        if place.unit is None:
            return None
        if place.kind == "bias":
            return self.plan.bias(place.layer, place.unit)
        if place.kind == "weight":
            line = self.plan.line(place)
            if line is None:
                return None
            x, y = along(line, 0.5)
            return Rect(x - 10, y - 10, 20, 20)
        return self.plan.neuron(place.layer, place.unit)


def network_pictures(timeline: Timeline) -> NetworkPictures | None:
    """Return the pictures of a timeline's network; None if it is a formula."""
    neurons = find_neurons(timeline.tape)
    return None if neurons is None else NetworkPictures(timeline, neurons)


def _mark_place(place: Place) -> float:
    """Return where on its line a weight carries its sign or number, so that few of them meet."""
    return 0.3 if (place.unit or 0) % 2 == 0 else 0.36


def _outline(place: Place, now: _Moment, stroke: Role, width: float) -> tuple[Role, float]:
    if now.selected is not None and now.selected.covers(place):
        return Role.SELECTED, 3.0
    if now.hovered is not None and now.hovered.covers(place):
        return Role.HOVERED, 2.5
    return stroke, width


def _plate(x: float, y: float, text: str, role: Role, size: float) -> tuple[Item, Item]:
    """Return a number on a plate, with its middle at a point."""
    width = number_width(text, size) + 8
    return (
        Box("", Rect(x - width / 2, y - 9, width, 18), Role.STAGE, Role.CLEAR, 0, 4, opacity=0.92),
        Text(x, y + size * 0.36, text, role, size, True, "center", "number"),
    )


def _bubble(x: float, y: float, text: str, role: Role) -> list[Item]:
    width = number_width(text, 11.5) + 14
    bottom = y - 5
    return [
        Box("", Rect(x - width / 2, bottom - 20, width, 20), role, Role.CLEAR, 0, 5),
        Polygon(((x - 4, bottom - 0.5), (x + 4, bottom - 0.5), (x, y)), role),
        Text(x, bottom - 6, text, Role.ON_COLOUR, 11.5, True, "center", "number"),
    ]


def _distance(line: tuple[tuple[float, float], tuple[float, float]], x: float, y: float) -> float:
    """Return how far a point is from a line with two ends."""
    (x0, y0), (x1, y1) = line
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    t = min(max(((x - x0) * dx + (y - y0) * dy) / length, 0.0), 1.0) if length else 0.0
    return float(np.hypot(x - x0 - t * dx, y - y0 - t * dy))
