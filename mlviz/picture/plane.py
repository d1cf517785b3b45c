"""What each neuron computes over the plane of two inputs, with the parameters of the moment."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd import Array, Node
from mlviz.trace.neurons import Neurons, Part
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import State, Timeline

_MARGIN = 0.25
"""How far the plane reaches beyond the data, in parts of their extent."""
_MOST_NEURONS = 512
_KEPT = 6


class Planes:
    """The neurons' outputs over the plane of the inputs, as shades.

    Attributes:
        low: the plane's corner with the smallest inputs.
        high: the opposite corner.
    """

    def __init__(self, timeline: Timeline, neurons: Neurons) -> None:
        self._neurons = neurons
        self._tape = timeline.tape
        self._first_update = next(
            (step.number for step in timeline.steps if step.kind is StepKind.UPDATE), None
        )
        self._known: OrderedDict[tuple[int, int], list[Array]] = OrderedDict()
        self.data = self._inputs()
        self.possible = neurons.sizes[0] == 2 and self._can_run()
        if self.possible:
            low, high = self.data.min(axis=0), self.data.max(axis=0)
            extent = np.where(high > low, high - low, 2.0)
            self.low, self.high = low - _MARGIN * extent, high + _MARGIN * extent

    def _inputs(self) -> Array:
        part = self._neurons.part("neuron", 0)
        assert part is not None
        node, _ = part.at((0, 0))
        if part.whole:
            return self._tape[node].value
        numbers = [float(self._tape[int(id)].value) for id in part.nodes.flat]
        return np.array(numbers).reshape(part.nodes.shape)

    def _can_run(self) -> bool:
        """Return whether every layer is a function that can be asked at other points too."""
        functions = [self._neurons.function(layer) for layer in range(1, self._neurons.layers + 1)]
        return (
            sum(self._neurons.sizes) <= _MOST_NEURONS
            and bool(np.isfinite(self.data).all())
            and all(node is None or self._is_function(node) for node in functions)
        )

    def _is_function(self, node: Node) -> bool:
        if self._neurons.is_gathered(node.id):
            kinds = [self._neurons.places[id].kind for id in node.inputs]
            return kinds in (["neuron", "weight", "bias"], ["neuron", "weight"])
        return node.op is not None and node.op.elementwise and len(node.inputs) == 1

    def shades(self, layer: int, unit: int, state: State, side: int) -> bytes:
        """Return a neuron's outputs on side × side points, as `items.Raster` wants them.

        An output of 1 or more is the full shade, −1 or less the full shade of the other sign.
        """
        values = np.nan_to_num(self._outputs(state, side)[layer][:, unit], nan=0.0)
        shades: NDArray[np.int8] = np.round(np.clip(values, -1, 1) * 127).astype(np.int8)
        return shades.tobytes()

    def _outputs(self, state: State, side: int) -> list[Array]:
        """Return what every layer gives on the grid; the same until a parameter changes."""
        first = self._first_update
        updates = 0 if first is None else max(state.step - first + 1, 0)
        key = updates, side
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        with np.errstate(all="ignore"):
            outputs = self._run(state, side)
        self._known[key] = outputs
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return outputs

    def _run(self, state: State, side: int) -> list[Array]:
        # Cells are asked in their middle; the top row has the largest second input.
        middles = (np.arange(side) + 0.5) / side
        across = self.low[0] + middles * (self.high[0] - self.low[0])
        up = self.high[1] - middles * (self.high[1] - self.low[1])
        grid = np.stack([np.tile(across, side), np.repeat(up, side)], axis=1)
        outputs = [grid]
        for layer in range(1, self._neurons.layers + 1):
            weight = self._numbers(self._neurons.part("weight", layer), state)
            bias = self._numbers(self._neurons.part("bias", layer), state)
            node = self._neurons.function(layer)
            op = None if node is None else node.op
            if node is not None and op is not None and self._neurons.is_gathered(node.id):
                value = op.forward(outputs[-1], *(n for n in (weight, bias) if n is not None))
            else:
                assert weight is not None
                value = outputs[-1] @ weight.T
                value = value if bias is None else value + bias
                if node is not None and op is not None:
                    value = np.asarray(op.forward(value, **node.params))
            outputs.append(value)
        return outputs

    def _numbers(self, part: Part | None, state: State) -> Array | None:
        """Return a parameter's values at a moment: the new ones once it is updated."""
        if part is None:
            return None
        if part.whole:
            return self._parameter(int(part.nodes.flat[0]), state)
        flat = [self._parameter(int(node), state).item() for node in part.nodes.flat]
        return np.array(flat).reshape(part.nodes.shape)

    def _parameter(self, node: int, state: State) -> Array:
        update = state.update(node)
        return self._tape[node].value if update is None else update.after

    def place_of_row(self, row: int) -> tuple[float, float]:
        """Return where an example lies on the plane: from the left and from the top, 0 to 1."""
        x, y = (self.data[row] - self.low) / (self.high - self.low)
        return float(x), float(1 - y)
