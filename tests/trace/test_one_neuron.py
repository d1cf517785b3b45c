"""Any neuron of any network opens into the products of its weights and their sum."""

import numpy as np
import pytest

from mlviz.trace.magnify import LAYERS, OPERATIONS, SCALARS, Level, magnified
from mlviz.trace.neurons import Place, find_neurons
from mlviz.trace.one_neuron import neuron_spots
from tests.runs import network


@pytest.mark.parametrize("level", [LAYERS, OPERATIONS])
@pytest.mark.parametrize("sizes", [(2, 3, 1), (784, 128, 10)])
def test_a_neuron_is_its_products_its_bias_and_their_sum(
    level: Level, sizes: tuple[int, ...]
) -> None:
    iteration = network(*sizes, rows=2)
    neurons = find_neurons(iteration.tape)
    assert neurons is not None
    unit = sizes[1] - 1
    spots = neuron_spots(iteration, neurons, level, Place("neuron", 1, unit, row=1))
    view = magnified(iteration, level, spots)
    frame = next(frame for frame in view.frames if frame.spot == spots[-1])
    assert frame.others == 2 * sizes[1] - 1
    assert frame.elided == max(sizes[0] - 6, 0) * (sizes[0] > 8)
    made = [view.iteration.tape[id] for id in sorted(frame.nodes)]
    products = [node for node in made if node.op and node.op.name == "mul"]
    assert len(products) == min(sizes[0], 6)
    total = next(node for node in made if node.op and node.op.name == "total")
    z = next(node for node in iteration.tape if node.origin == "layer1.z")
    np.testing.assert_allclose(total.value, z.value[1, unit], rtol=1e-12)
    assert any(node.name == f"b^1_{unit + 1}" for node in made)


def test_inputs_have_nothing_inside_and_scalars_are_open() -> None:
    iteration = network(2, 3, 1)
    neurons = find_neurons(iteration.tape)
    assert neurons is not None
    assert neuron_spots(iteration, neurons, LAYERS, Place("neuron", 0, 1, row=0)) == ()
    assert neuron_spots(iteration, neurons, SCALARS, Place("neuron", 1, 1, row=0)) == ()
