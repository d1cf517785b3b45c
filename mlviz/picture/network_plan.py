"""Where neurons, weights and biases are drawn: columns of layers, the same for every moment."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from mlviz.picture.items import Rect
from mlviz.trace.neurons import Place

WIDTH, HEIGHT = 150.0, 56.0
"""Of a neuron, px."""
BIAS_WIDTH, BIAS_HEIGHT = 90.0, 20.0
MOST = 7
"""More neurons than this in a layer are left out in the middle."""
_PITCH = 104.0
_BREAK = 0.6
"""Height of a place where neurons are left out, in neurons."""
_GAP, _GAP_EACH = 136.0, 6.0
_LOSS_GAP, _LOSS_GAP_EACH = 96.0, 8.0
"""Between columns: for the lines and numbers of weights, or only for the ways to the loss."""
HEADING = 34.0
_FAN = 6.0
"""Px between the ends of two weights at a neuron, where there is room."""

Point = tuple[float, float]


class NetworkPlan:
    """The drawing of a network of some sizes.

    Args:
        sizes: how many neurons each layer has, the inputs first.
        brought: of some layers, a neuron that is drawn though it would be left out.

    Attributes:
        shown: the neurons of each layer that are drawn, in order.
        hidden: how many of each layer are left out in the middle.
        columns: the left end of each layer, the last being the loss.
        loss: where the loss is.
        bounds: all of it.
    """

    def __init__(self, sizes: Sequence[int], brought: Mapping[int, int] | None = None) -> None:
        brought = brought or {}
        self.shown = [_shown(size, brought.get(layer)) for layer, size in enumerate(sizes)]
        self.hidden = [size - len(units) for size, units in zip(sizes, self.shown, strict=True)]
        slots = [len(units) + _BREAK * len(_breaks(units)) for units in self.shown]
        self._height = max(slots) * _PITCH
        self.columns: list[float] = []
        x = 0.0
        for here, after in pairwise(slots):
            self.columns.append(x)
            x += WIDTH + _GAP + _GAP_EACH * min(max(here, after), MOST)
        self.columns.append(x)
        x += WIDTH + _LOSS_GAP + _LOSS_GAP_EACH * min(slots[-1], MOST)
        self.columns.append(x)
        self._rects: dict[tuple[int, int], Rect] = {}
        self._ends: dict[tuple[int, int], tuple[int, int]] = {}
        for layer, units in enumerate(self.shown):
            self._place_layer(layer, units, slots[layer])
        middle = self._height / 2
        self.loss = Rect(x, middle - HEIGHT / 2 + 10, 112, HEIGHT)
        self.bounds = Rect(0, -HEADING, x + 112, self._height + HEADING).grown(20)

    def _place_layer(self, layer: int, units: Sequence[int], slots: float) -> None:
        top = (self._height - slots * _PITCH) / 2
        breaks = _breaks(units)
        for position, unit in enumerate(units):
            gap = _BREAK * sum(place <= position for place in breaks)
            y = top + (position + gap) * _PITCH + (_PITCH - HEIGHT) / 2 + 10
            self._rects[layer, unit] = Rect(self.columns[layer], y, WIDTH, HEIGHT)
            self._ends[layer, unit] = position, len(units)

    def neuron(self, layer: int, unit: int) -> Rect | None:
        """Return where a neuron is; None for one that is left out."""
        return self._rects.get((layer, unit))

    def bias(self, layer: int, unit: int) -> Rect | None:
        """Return where a neuron's bias is: on its shoulder."""
        rect = self.neuron(layer, unit)
        if rect is None:
            return None
        return Rect(rect.x + 18, rect.y - BIAS_HEIGHT - 9, BIAS_WIDTH, BIAS_HEIGHT)

    def gaps(self, layer: int) -> list[tuple[Point, int]]:
        """Return the middle of each place where neurons are left out, and how many those are."""
        units = self.shown[layer]
        found = []
        for place in _breaks(units):
            before, after = units[place - 1], units[place]
            above, below = self._rects[layer, before], self._rects[layer, after]
            y = (above.bottom + below.y - BIAS_HEIGHT - 9) / 2
            found.append(((above.center[0], y), after - before - 1))
        return found

    def line(self, place: Place) -> tuple[Point, Point] | None:
        """Return where a weight, a bias or the way from an output to the loss begins and ends."""
        if place.unit is None:
            return None
        if place.kind == "loss":
            rect = self.neuron(place.layer, place.unit)
            if rect is None:
                return None
            return (rect.right, rect.center[1]), (self.loss.x, self.loss.center[1])
        target = self.neuron(place.layer, place.unit)
        if target is None:
            return None
        if place.kind == "bias":
            bias = self.bias(place.layer, place.unit)
            assert bias is not None
            x = bias.center[0]
            return (x, bias.bottom), (x, target.y)
        source = self.neuron(place.layer - 1, place.source if place.source is not None else -1)
        if source is None or place.source is None:
            return None
        position, count = self._ends[place.layer - 1, place.source]
        offset = (position - (count - 1) / 2) * min(_FAN, (HEIGHT - 16) / count)
        return (source.right, source.center[1]), (target.x, target.center[1] + offset)

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


def _shown(size: int, brought: int | None) -> tuple[int, ...]:
    if size <= MOST:
        return tuple(range(size))
    usual = (*range(MOST - 3), *range(size - 2, size))
    if brought is None or brought in usual:
        return usual
    return (*range(MOST - 4), brought, *range(size - 2, size))


def _breaks(units: Sequence[int]) -> list[int]:
    """Return before which of the drawn neurons some are left out."""
    return [place for place in range(1, len(units)) if units[place] > units[place - 1] + 1]


def along(line: tuple[Point, Point], t: float) -> Point:
    """Return the point after part `t` of a line."""
    (x0, y0), (x1, y1) = line
    return x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
