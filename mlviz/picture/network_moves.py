"""What travels through a network in a step: which numbers, along which lines, from where to where.

A line runs from 0 at its source to 1 at its neuron. On the way, at the scalar magnification,
lies the product of weight and input; the weight's own place is the middle of its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mlviz.autograd import Array
from mlviz.picture.network_plan import NetworkPlan
from mlviz.trace.neurons import Neurons, Place
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline

_PRODUCT, _WEIGHT = 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Move:
    """One number on its way.

    Attributes:
        place: the weight, the bias or (kind `loss`) the output whose line it goes along.
        start: where on the line it sets out, 0 to 1.
        end: where it arrives.
        value: the number.
        row: which example of the batch it belongs to; None for all of them.
    """

    place: Place
    start: float
    end: float
    value: float
    row: int | None = None


class Moves:
    """Finds what moves in a step of one timeline.

    Args:
        timeline: the timeline.
        neurons: its network.
        plan: which neurons are drawn.
    """

    def __init__(self, timeline: Timeline, neurons: Neurons, plan: NetworkPlan) -> None:
        self._timeline = timeline
        self._tape = timeline.tape
        self._neurons = neurons
        self._plan = plan

    def of(self, step: Step, row: int | None) -> list[Move]:
        """Return what moves; of a whole batch, the numbers of one row or their mean."""
        place = self._neurons.places.get(step.node)
        if place is None:
            return []
        if step.kind is StepKind.FORWARD:
            return list(self._forward(step, place, row))
        if step.kind is StepKind.BACKWARD:
            target = self._neurons.places.get(step.target)
            return [] if target is None else list(self._backward(step, place, target, row))
        return []

    # --- Forward ---------------------------------------------------------------------------

    def _forward(self, step: Step, place: Place, row: int | None) -> Iterator[Move]:
        inputs = [
            (id, self._neurons.places[id])
            for id in self._tape[step.node].inputs
            if id in self._neurons.places
        ]
        for id, source in inputs:
            value = self._tape[id].value
            if place.kind == "loss":
                if source.kind in ("neuron", "sum"):
                    yield from self._to_loss(source, value, row)
            elif place.kind == "sum" and place.unit is None:
                yield from self._whole_layer(place, source, value, row)
            elif place.kind == "sum" and source.kind == "product":
                way = replace(source, kind="weight", row=None)
                yield from self._seen(Move(way, _PRODUCT, 1, float(value), place.row))
            elif place.kind == "sum" and source.kind == "bias":
                way = Place("bias", place.layer, place.unit)
                yield from self._seen(Move(way, 0, 1, float(value), place.row))
            elif (
                place.kind == "product"
                and source.kind in ("neuron", "sum")
                and place.row is not None
            ):
                way = replace(place, kind="weight", row=None)
                yield from self._seen(Move(way, 0, _PRODUCT, float(value), place.row))

    def _whole_layer(
        self, place: Place, source: Place, value: Array, row: int | None
    ) -> Iterator[Move]:
        if source.kind == "bias":
            for unit in self._plan.shown[place.layer]:
                number = float(value[unit] if value.ndim else value)
                yield Move(Place("bias", place.layer, unit), 0, 1, number)
        elif source.kind in ("neuron", "sum"):
            numbers = _of_row(value, row)
            for weight in self._plan.weights(place.layer):
                yield Move(weight, 0, 1, float(numbers[weight.source]))

    def _to_loss(self, source: Place, value: Array, row: int | None) -> Iterator[Move]:
        last = self._neurons.layers
        if source.layer != last:
            return
        if source.unit is not None:
            yield from self._seen(
                Move(Place("loss", last, source.unit), 0, 1, float(value), source.row)
            )
            return
        numbers = _of_row(value, row)
        for unit in self._plan.shown[last]:
            yield Move(Place("loss", last, unit), 0, 1, float(numbers[unit]))

    # --- Backward --------------------------------------------------------------------------

    def _backward(self, step: Step, place: Place, target: Place, row: int | None) -> Iterator[Move]:
        sent = self._timeline.contribution(step)
        if place.kind == "loss":
            if target.kind in ("neuron", "sum"):
                for move in self._to_loss(target, sent.downstream, row):
                    yield replace(move, start=1, end=0)
            return
        if place.kind not in ("sum", "product"):
            return
        start = 1 if place.kind == "sum" else _PRODUCT
        if place.unit is None and place.row is None:
            yield from self._whole_back(place, target, start, sent.upstream, sent.downstream, row)
        elif target.kind == "bias":
            way = Place("bias", place.layer, place.unit)
            yield from self._seen(Move(way, 1, 0, float(sent.downstream), place.row))
        else:
            end = {"product": _PRODUCT, "weight": _WEIGHT}.get(target.kind, 0)
            source = target.source if target.kind == "product" else place.source
            way = Place("weight", place.layer, place.unit, source)
            yield from self._seen(Move(way, start, end, float(sent.downstream), place.row))

    def _whole_back(
        self,
        place: Place,
        target: Place,
        start: float,
        upstream: Array,
        downstream: Array,
        row: int | None,
    ) -> Iterator[Move]:
        layer = place.layer
        if target.kind == "bias":
            for unit in self._plan.shown[layer]:
                number = float(downstream[unit] if downstream.ndim else downstream)
                yield Move(Place("bias", layer, unit), 1, 0, number)
        elif target.kind in ("weight", "product"):
            part = self._neurons.part("weight", layer)
            assert part is not None
            # A layer without bias multiplies by the transposed weight.
            turned = downstream.shape != part.nodes.shape or target.kind == "product"
            matrix = downstream.T if turned else downstream
            for weight in self._plan.weights(layer):
                yield Move(weight, start, _WEIGHT, float(matrix[weight.unit, weight.source]))
        elif target.kind in ("neuron", "sum"):
            # Each weight passes its neuron's gradient on, times itself; they add up.
            numbers = _of_row(upstream, row)
            part = self._neurons.part("weight", layer)
            assert part is not None
            for weight in self._plan.weights(layer):
                entry = self._neurons.entry(weight)
                assert entry is not None
                factor = float(self._tape[entry[0]].value[entry[1]])
                yield Move(weight, start, 0, float(numbers[weight.unit]) * factor)

    def _seen(self, move: Move) -> Iterator[Move]:
        if self._plan.line(move.place) is not None:
            yield move


def _of_row(value: Array, row: int | None) -> Array:
    """Return one row of a batch's values, or the mean of all rows."""
    with np.errstate(all="ignore"):
        return np.asarray(value.mean(axis=0) if row is None else value[row])
