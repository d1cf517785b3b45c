"""Which node is which neuron: the same network found at every magnification."""

import numpy as np
import pytest

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.trace.magnify import Level, magnified
from mlviz.trace.neurons import Place, entry_gradient, entry_value, find_neurons
from mlviz.trace.scalars import scalarize
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron


def test_both_magnifications_give_the_same_network_with_the_same_numbers() -> None:
    tensors = network(2, 3, 1, rows=2)
    scalars = scalarize(tensors).iteration
    one, other = find_neurons(tensors.tape), find_neurons(scalars.tape)
    assert one is not None
    assert other is not None
    assert one.sizes == other.sizes == (2, 3, 1)
    assert one.rows == other.rows == 2
    first, second = Timeline(tensors), Timeline(scalars)
    ends = first.state_at(len(first)), second.state_at(len(second))
    for place in (
        Place("neuron", 0, 1, row=1),
        Place("sum", 1, 2, row=1),
        Place("neuron", 2, 0, row=0),
        Place("weight", 1, 2, 1),
        Place("bias", 2, 0),
        Place("loss"),
    ):
        entries = one.entry(place), other.entry(place)
        assert entries[0] is not None
        assert entries[1] is not None
        values = [entry_value(state, e) for state, e in zip(ends, entries, strict=True)]
        assert values[0] is not None
        assert values[0] == pytest.approx(values[1], rel=1e-12)
        gradients = [entry_gradient(state, e) for state, e in zip(ends, entries, strict=True)]
        assert (
            (gradients[0] is None)
            == (gradients[1] is None)
            == (place.layer == 0 and place.kind != "loss")
        )
        if gradients[0] is not None:
            assert gradients[0] == pytest.approx(gradients[1], rel=1e-12)


def test_a_node_and_its_place_lead_to_each_other() -> None:
    for iteration in (network(2, 2, 1, rows=3), scalarize(network(2, 2, 1, rows=3)).iteration):
        neurons = find_neurons(iteration.tape)
        assert neurons is not None
        for place in (
            Place("neuron", 0, 0, row=2),
            Place("neuron", 1, 1, row=0),
            Place("weight", 1, 0, 1),
            Place("bias", 1, 1),
        ):
            entry = neurons.entry(place)
            assert entry is not None
            assert neurons.place(*entry) == place


def test_a_product_belongs_to_its_weight_and_what_the_loss_is_made_of_to_the_loss() -> None:
    tape = scalarize(network(2, 2, 1, rows=1)).iteration.tape
    neurons = find_neurons(tape)
    assert neurons is not None
    products = {neurons.places[n.id] for n in tape if n.op is not None and n.op.name == "mul"}
    wanted = {(1, u, s) for u in range(2) for s in range(2)} | {(2, 0, s) for s in range(2)}
    assert {(p.layer, p.unit, p.source) for p in products if p.kind == "product"} == wanted
    errors = [n.id for n in tape if n.op is not None and n.op.name == "squared_error"]
    assert {neurons.places[id].kind for id in errors} == {"loss"}


def test_a_formula_is_no_network() -> None:
    assert find_neurons(neuron().tape) is None


def test_all_neurons_cover_one_and_another_layer_does_not() -> None:
    assert Place("weight", 1).covers(Place("weight", 1, 2, 3))
    assert not Place("weight", 1, 1).covers(Place("weight", 1, 2, 3))
    assert not Place("weight", 2).covers(Place("weight", 1, 2, 3))
    assert np.all([Place("bias", 1, 0).covers(Place("bias", 1, 0, row=5))])


@pytest.mark.parametrize("level", ["layers", "operations"])
def test_a_network_that_drops_neurons_is_one_at_every_magnification(level: Level) -> None:
    iteration = load(find("dropout")).training.iteration(1)
    found = find_neurons(magnified(iteration, level).iteration.tape)
    assert found is not None
    assert found.sizes == (2, 32, 32, 1)
    entry = found.entry(Place("neuron", 1, 0, row=0))
    assert entry is not None
    origin = found.tape[entry[0]].origin
    assert origin == ("layer1.dropped" if level == "layers" else "layer1.a")
