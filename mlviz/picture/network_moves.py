"""What travels through a network in a step: which numbers, along which lines, from where to where.

A line runs from 0 at its source to 1 at its neuron. On the way, at the scalar magnification,
lies the product of weight and input; the weight's own place is the middle of its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mlviz.autograd import Array, Contribution
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
        value: the number; None if the run knows only what all of them add up to.
        row: which example of the batch it belongs to; None for all of them.
    """

    place: Place
    start: float
    end: float
    value: float | None
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
        if self._neurons.is_gathered(step.node):
            place = replace(place, kind="sum")
        if step.kind is StepKind.FORWARD:
            return list(self._forward(step, place, row))
        if step.kind is StepKind.BACKWARD:
            target = self._neurons.places.get(step.target)
            return [] if target is None else list(self._backward(step, place, target, row))
        return []

    # --- Forward ---------------------------------------------------------------------------

    def _forward(self, step: Step, place: Place, row: int | None) -> Iterator[Move]:
        for id in self._tape[step.node].inputs:
            source, value = self._neurons.places.get(id), self._tape[id].value
            if source is None:
                continue
            if place.kind == "loss":
                yield from self._to_loss(source, value, row)
            elif place.kind == "sum" and place.unit is None:
                yield from self._whole_layer(place, source, value, row)
            elif value.size == 1 and place.kind != "neuron":
                yield from self._into(place, source, value.item())
            if self._is_within(source, place):
                yield from self._within(place, value, row)

    def _into(self, place: Place, source: Place, number: float) -> Iterator[Move]:
        """One number goes to a product, or to the sum of one neuron."""
        way = Place("weight", place.layer, place.unit, place.source)
        if place.kind == "product" and source.kind in ("neuron", "sum"):
            yield from self._seen(Move(way, 0, _PRODUCT, number, place.row))
        elif place.kind == "sum" and source.kind == "product":
            way = replace(way, source=source.source)
            yield from self._seen(Move(way, _PRODUCT, 1, number, place.row))
        elif place.kind == "sum" and source.kind == "bias":
            way = Place("bias", place.layer, place.unit)
            yield from self._seen(Move(way, 0, 1, number, place.row))

    def _whole_layer(
        self, place: Place, source: Place, value: Array, row: int | None
    ) -> Iterator[Move]:
        if source.kind == "bias":
            yield from self._along_biases(place.layer, value, 0, 1)
        elif self._is_before(source, place) and self._is_layer(value, place.layer - 1):
            numbers = _of_row(value, row)
            for weight in self._plan.weights(place.layer):
                yield Move(weight, 0, 1, float(numbers[weight.source]))

    def _along_biases(self, layer: int, value: Array, start: float, end: float) -> Iterator[Move]:
        if value.size not in (1, self._neurons.sizes[layer]):
            return
        for unit in self._plan.shown[layer]:
            number = value.item() if value.size == 1 else float(value.reshape(-1)[unit])
            yield Move(Place("bias", layer, unit), start, end, number)

    def _to_loss(self, source: Place, value: Array, row: int | None) -> Iterator[Move]:
        last = self._neurons.layers
        if source.layer != last or source.kind not in ("neuron", "sum"):
            return
        if source.unit is not None and value.size == 1:
            place = Place("loss", last, source.unit)
            yield from self._seen(Move(place, 0, 1, value.item(), source.row))
        elif source.unit is None and self._is_layer(value, last):
            numbers = _of_row(value, row)
            for unit in self._plan.shown[last]:
                yield Move(Place("loss", last, unit), 0, 1, float(numbers[unit]))

    # --- Within a neuron or the loss -------------------------------------------------------

    @staticmethod
    def _is_within(source: Place, place: Place) -> bool:
        """Return whether a number stays in its neuron, or in the loss."""
        if place.kind == "loss":
            return source.kind == "loss"
        inner = source.kind == "sum" or (source.kind == place.kind == "neuron")
        return inner and place.kind in ("neuron", "sum") and source.layer == place.layer

    def _within(self, place: Place, value: Array, row: int | None) -> Iterator[Move]:
        """What stays in a layer's neurons, or in the loss, runs along their lower edges."""
        layer = place.layer
        if place.kind == "loss":
            number = None
            if value.size == 1:
                number = value.item()
            elif value.shape in ((self._neurons.rows,), (self._neurons.rows, 1)):
                number = _of_row(value, row).item()
            yield Move(Place("within", self._neurons.layers + 1, 0), 0, 1, number, place.row)
        elif place.unit is not None and value.size == 1:
            way = Place("within", layer, place.unit)
            yield from self._seen(Move(way, 0, 1, value.item(), place.row))
        elif self._is_layer(value, layer):
            numbers = _of_row(value, row)
            for unit in self._plan.shown[layer]:
                yield Move(Place("within", layer, unit), 0, 1, float(numbers[unit]))

    # --- Backward --------------------------------------------------------------------------

    def _backward(self, step: Step, place: Place, target: Place, row: int | None) -> Iterator[Move]:
        sent = self._timeline.contribution(step)
        if self._is_within(target, place):
            for move in self._within(place, sent.downstream, row):
                yield replace(move, start=1, end=0)
        elif place.kind == "loss":
            for move in self._to_loss(target, sent.downstream, row):
                yield replace(move, start=1, end=0)
        elif place.unit is None and place.kind == "sum":
            yield from self._whole_back(place, target, sent, row)
        elif place.kind in ("sum", "product") and sent.downstream.size == 1:
            yield from self._out_of(place, target, sent.downstream.item())

    def _out_of(self, place: Place, target: Place, number: float) -> Iterator[Move]:
        """One number leaves a product, or the sum of one neuron."""
        start = 1 if place.kind == "sum" else _PRODUCT
        way = Place("weight", place.layer, place.unit, place.source)
        if target.kind == "bias":
            way, end = Place("bias", place.layer, place.unit), 0.0
        elif target.kind == "product":
            way, end = replace(way, source=target.source), _PRODUCT
        elif target.kind == "weight":
            end = _WEIGHT
        elif self._is_before(target, place):
            end = 0.0
        else:
            return
        yield from self._seen(Move(way, start, end, number, place.row))

    def _whole_back(
        self, place: Place, target: Place, sent: Contribution, row: int | None
    ) -> Iterator[Move]:
        layer = place.layer
        if target.kind == "bias":
            yield from self._along_biases(layer, sent.downstream, 1, 0)
        elif target.kind in ("weight", "turned") and sent.downstream.ndim == 2:
            turned = target.kind == "turned"
            matrix = sent.downstream.T if turned else sent.downstream
            if matrix.shape != (self._neurons.sizes[layer], self._neurons.sizes[layer - 1]):
                return  # inside an opened node there are pieces of it
            for weight in self._plan.weights(layer):
                yield Move(weight, 1, _WEIGHT, float(matrix[weight.unit, weight.source]))
        elif self._is_before(target, place) and self._is_layer(sent.upstream, layer):
            # Each weight passes its neuron's gradient on, times itself; they add up.
            numbers = None
            if not self._neurons.is_gathered(sent.node):
                numbers = _of_row(sent.upstream, row)
            for weight in self._plan.weights(layer):
                entry = self._neurons.entry(weight)
                assert entry is not None
                factor = float(self._tape[entry[0]].value[entry[1]])
                number = None if numbers is None else float(numbers[weight.unit]) * factor
                yield Move(weight, 1, 0, number)

    def _is_layer(self, value: Array, layer: int) -> bool:
        """Return whether an array holds all outputs of a layer, for every row."""
        return value.shape == (self._neurons.rows, self._neurons.sizes[layer])

    @staticmethod
    def _is_before(source: Place, place: Place) -> bool:
        """Return whether a node is the output of the layer before."""
        return source.kind in ("neuron", "sum") and source.layer == place.layer - 1

    def _seen(self, move: Move) -> Iterator[Move]:
        if self._plan.line(move.place) is not None:
            yield move


def _of_row(value: Array, row: int | None) -> Array:
    """Return one row of a batch's values, or the mean of all rows."""
    with np.errstate(all="ignore"):
        return np.asarray(value.mean(axis=0) if row is None else value[row])
