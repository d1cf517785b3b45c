"""The network on the stage: neurons in columns, weights between them, and what travels now.

Width is magnitude, colour and a − sign are the sign, both on the fixed scale of `magnitude`.
"""

from collections.abc import Mapping

from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Box, Item, Picture, Raster, Rect, Role, Text, Token
from mlviz.picture.network_form import Room
from mlviz.picture.network_hits import Choice, NetworkHits
from mlviz.picture.network_labels import Travelling
from mlviz.picture.network_lines import NetworkLines
from mlviz.picture.network_marks import Moment
from mlviz.picture.network_neurons import NetworkNeurons
from mlviz.picture.network_plan import NetworkPlan
from mlviz.picture.plane import Planes
from mlviz.trace.neurons import Neurons, Place, find_neurons
from mlviz.trace.steps import Position, Step
from mlviz.trace.timeline import State, Timeline

_LARGE_SIDE, _LARGE = 64, 156.0


class NetworkPictures(NetworkHits):
    """Pictures of one timeline's network, at any position."""

    def __init__(
        self, timeline: Timeline, neurons: Neurons, brought: Mapping[int, int] | None = None
    ) -> None:
        super().__init__(neurons, brought)
        self.timeline = timeline
        self.planes = Planes(timeline, neurons)
        self._draw()

    def arrange(self, room: Room | None) -> bool:
        """Draw for a room of some px at scale 1; tell whether that is another one."""
        if room == self.room:
            return False
        self.room = room
        self.plan = NetworkPlan(self.neurons.sizes, self._brought, room)
        self._draw()
        return True

    def _draw(self) -> None:
        timeline, neurons, plan = self.timeline, self.neurons, self.plan
        self.lines = NetworkLines(timeline, neurons, plan)
        self.bodies = NetworkNeurons(timeline, neurons, plan)
        self.travelling = Travelling(timeline, neurons, plan, self.lines)

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
        carrying = self.travelling.carrying(now)
        for layer in range(1, len(self.plan.shown)):
            lines, numbers = self.lines.weights(layer, now, carrying)
            items += lines
            marks += numbers
        items += self.lines.to_loss()
        moving, over = self.travelling.at(now)
        # What moves lies behind whatever is written.
        items += [*moving, *marks]
        for layer, units in enumerate(self.plan.shown):
            items += self.bodies.heading(layer)
            for unit in units:
                items += self.bodies.neuron(layer, unit, now, self.planes)
            for unit in units:  # no ring cuts them
                items += self.lines.bias(layer, unit, now)
        items += self.bodies.loss(now)
        items += over
        items += self.lines.singled(now)
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

    def reading(self, place: Place, state: State, row: int | None, kind: str) -> float | None:
        """Return a neuron's value or gradient: of one row, or the mean once all are known."""
        return self.bodies.reading(place, state, row, kind)

    def is_dropped(self, place: Place, row: int | None) -> bool:
        """Return whether dropout leaves a neuron out."""
        if place.kind != "neuron" or place.unit is None:
            return False
        return self.bodies.is_dropped(place.layer, place.unit, row)

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
        x = rect.right + 10 if rect.right + 34 + _LARGE < bounds.right else rect.x - _LARGE - 34
        x = min(max(x, bounds.x), bounds.right - _LARGE - 24)
        y = min(max(rect.center[1] - height / 2, bounds.y + 6), bounds.bottom - height - 6)
        area = Rect(x + 12, y + 24, _LARGE, _LARGE)
        shades = self.planes.shades(place.layer, place.unit, now.state, _LARGE_SIDE)
        low, high = self.planes.low, self.planes.high
        names = [self.bodies.names.get((0, unit), "") for unit in (0, 1)]
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
            return self.plan.around([0])
        layers = []
        for node in (step.node, step.target):
            place = self.neurons.places.get(node)
            if place is not None:
                layers.append(len(self.plan.shown) if place.kind == "loss" else place.layer)
                if place.kind in ("sum", "product", "weight"):
                    layers.append(place.layer - 1)
        return self.plan.around(layers or [len(self.plan.shown)])

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
