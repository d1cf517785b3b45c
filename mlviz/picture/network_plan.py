"""Where neurons, weights and biases are drawn: columns of layers, the same for every moment."""

from collections.abc import Iterator, Mapping, Sequence

from mlviz.picture.items import Rect
from mlviz.picture.network_form import BREAK, Point, Room, arrangement, shown_units, slots_of
from mlviz.trace.neurons import Place

_FAN = 6.0
"""Px between the ends of two weights at a neuron, where there is room."""
_RING, _LEAST_RING, _APART = 5.0, 2.0, 1.5
"""Px between a neuron and the ring around it, at most and at least; and between that and biases."""
_MARGIN, _UNDER, _BELOW = 7.0, 12.0, 1.5
"""Around all of it, and below it for labels; and how far below a neuron, or the loss, that goes
which stays within it."""


class NetworkPlan:
    """The drawing of a network of some sizes.

    Args:
        sizes: how many neurons each layer has, the inputs first.
        brought: of some layers, a neuron that is drawn though it would be left out.
        room: for which the drawing is made, px at scale 1; None for one that stands alone.

    Attributes:
        form: what its neurons look like.
        gaps_between: the widths between the columns, the last being that before the loss.
        shown: the neurons of each layer that are drawn, in order.
        hidden: how many of each layer are left out in the middle.
        columns: the left end of each layer, the last being the loss.
        loss: where the loss is.
        ring: px between a neuron and the ring around it, which keeps off the biases.
        bounds: all of it.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        brought: Mapping[int, int] | None = None,
        room: Room | None = None,
    ) -> None:
        brought = brought or {}
        if room is not None:
            room = round(room[0] - 2 * _MARGIN), round(room[1] - 2 * _MARGIN - _UNDER)
        found = arrangement(sizes, room)
        self.form = form = found.form
        self.gaps_between = found.gaps
        self._pitch, self._page = found.pitch, found.page
        self.shown = [
            shown_units(size, found.most, brought.get(layer)) for layer, size in enumerate(sizes)
        ]
        self.hidden = [size - len(units) for size, units in zip(sizes, self.shown, strict=True)]
        slots = [slots_of(units) for units in self.shown]
        above = -(form.bias.y + form.bias.height)
        below = found.pitch - form.height + form.bias.y
        self.ring = max(min(_RING, above - _APART, below - _APART), _LEAST_RING)
        self._height = max(slots) * self._pitch
        self.columns: list[float] = [0.0]
        for gap in found.gaps:
            self.columns.append(self.columns[-1] + form.width + gap)
        x = self.columns[-1]
        self._rects: dict[tuple[int, int], Rect] = {}
        self._ends: dict[tuple[int, int], tuple[int, int]] = {}
        for layer, units in enumerate(self.shown):
            self._place_layer(layer, units, slots[layer])
        middle = self._height / 2
        self.loss = Rect(x, middle - 26 - form.bias.y / 3, form.loss, 52)
        width, height = x + form.loss, self._height + form.heading + _UNDER
        self.bounds = Rect(0, -form.heading, width, height).grown(_MARGIN)

    def _place_layer(self, layer: int, units: Sequence[int], slots: float) -> None:
        top = (self._height - slots * self._pitch) / 2
        form, breaks = self.form, _breaks(units)
        # The bias stands above, so the neuron stands a little lower.
        down = (self._pitch - form.height) / 2 - form.bias.y / 3
        for position, unit in enumerate(units):
            gap = BREAK * sum(place <= position for place in breaks)
            y = top + (position + gap) * self._pitch + down
            self._rects[layer, unit] = Rect(self.columns[layer], y, form.width, form.height)
            self._ends[layer, unit] = position, len(units)

    def neuron(self, layer: int, unit: int) -> Rect | None:
        """Return where a neuron is; None for one that is left out."""
        return self._rects.get((layer, unit))

    def bias(self, layer: int, unit: int) -> Rect | None:
        """Return where a neuron's bias is: on its shoulder."""
        rect, bias = self.neuron(layer, unit), self.form.bias
        if rect is None:
            return None
        return Rect(rect.x + bias.x, rect.y + bias.y, bias.width, bias.height)

    def gaps(self, layer: int) -> list[tuple[Point, int]]:
        """Return the middle of each place where neurons are left out, and how many those are."""
        units = self.shown[layer]
        found = []
        for place in _breaks(units):
            before, after = units[place - 1], units[place]
            above, below = self._rects[layer, before], self._rects[layer, after]
            y = (above.bottom + below.y + self.form.bias.y) / 2
            found.append(((above.center[0], y), after - before - 1))
        return found

    def line(self, place: Place) -> tuple[Point, Point] | None:
        """Return where something begins and ends that goes from one place to another.

        That is a weight, a bias, the way from an output to the loss, or (`within`) what stays
        in a neuron or, in the last column, in the loss.
        """
        if place.unit is None:
            return None
        rect = self.neuron(place.layer, place.unit)
        if place.kind == "within":
            rect = rect if place.layer < len(self.shown) else self.loss
            if rect is None:
                return None
            y, inset = rect.bottom + _BELOW, max(self.form.radius, 14)
            return (rect.x + inset, y), (rect.right - inset, y)
        if rect is None:
            return None
        if place.kind == "loss":
            return (rect.right, rect.center[1]), (self.loss.x, self.loss.center[1])
        if place.kind == "bias":
            bias = self.bias(place.layer, place.unit)
            assert bias is not None
            x = bias.center[0]
            return (x, bias.bottom), (x, rect.y)
        source = self.neuron(place.layer - 1, place.source if place.source is not None else -1)
        if source is None or place.source is None:
            return None
        position, count = self._ends[place.layer - 1, place.source]
        offset = (position - (count - 1) / 2) * min(_FAN, (rect.height - 16) / count)
        return (source.right, source.center[1]), (rect.x, rect.center[1] + offset)

    def weights(self, layer: int) -> Iterator[Place]:
        """Yield the weights of a layer that are drawn."""
        for unit in self.shown[layer]:
            for source in self.shown[layer - 1]:
                yield Place("weight", layer, unit, source)

    def column(self, layer: int) -> Rect:
        """Return the rectangle around a layer's neurons; after the last one, the loss."""
        if layer >= len(self.shown):
            return self.loss
        rects = [self._rects[layer, unit] for unit in self.shown[layer]]
        return rects[0].united(rects[-1])

    def around(self, layers: Sequence[int]) -> Rect:
        """Return the part of the picture where the eye should be for what happens in layers."""
        if not self._page:
            focus = self.column(layers[0])
            for layer in layers[1:]:
                focus = focus.united(self.column(layer))
            return focus.grown(20)
        # Only whole columns.
        last = len(self.columns) - self._page
        first = min(max(round(sum(layers) / len(layers) - (self._page - 1) / 2), 0), last)
        if first == last:
            return self.column(len(self.columns) - 1)
        half = self.gaps_between[0] / 2
        left, right = self.columns[first] - half, self.columns[first + self._page] - half
        return Rect(left, self.bounds.y, right - left, self.bounds.height)


def _breaks(units: Sequence[int]) -> list[int]:
    """Return before which of the drawn neurons some are left out."""
    return [place for place in range(1, len(units)) if units[place] > units[place - 1] + 1]


def along(line: tuple[Point, Point], t: float) -> Point:
    """Return the point after part `t` of a line."""
    (x0, y0), (x1, y1) = line
    return x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
