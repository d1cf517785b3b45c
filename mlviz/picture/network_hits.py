"""What is where in the drawing of a network, and which node of the tape stands behind it."""

from collections.abc import Mapping

import numpy as np

from mlviz.picture.items import Rect
from mlviz.picture.network_form import Room
from mlviz.picture.network_plan import NetworkPlan, along
from mlviz.trace.neurons import Index, Neurons, Place

Choice = tuple[int, Index | None]
"""A node of the tape, and one entry of it if only that is meant."""
_GAP_REACH = 60.0, 24.0


class NetworkHits:
    """Finds marks by points, and nodes by marks."""

    def __init__(self, neurons: Neurons, brought: Mapping[int, int] | None = None) -> None:
        self.neurons = neurons
        self._brought = dict(brought or {})
        self.room: Room | None = None
        self.plan = NetworkPlan(neurons.sizes, brought)

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

    def gap_at(self, x: float, y: float) -> int | None:
        """Return the layer of which neurons are left out at a point."""
        for layer in range(len(self.plan.shown)):
            for (middle, height), _ in self.plan.gaps(layer):
                if abs(x - middle) <= _GAP_REACH[0] and abs(y - height) <= _GAP_REACH[1]:
                    return layer
        return None

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


def _distance(line: tuple[tuple[float, float], tuple[float, float]], x: float, y: float) -> float:
    """Return how far a point is from a line with two ends."""
    (x0, y0), (x1, y1) = line
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    t = min(max(((x - x0) * dx + (y - y0) * dy) / length, 0.0), 1.0) if length else 0.0
    return float(np.hypot(x - x0 - t * dx, y - y0 - t * dy))
