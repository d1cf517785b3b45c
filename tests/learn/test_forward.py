import numpy as np
import pytest

from mlviz.autograd import backward
from mlviz.learn import forward
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import ACTIVATIONS, LayerSpec, NetworkProgram, NetworkSpec
from tests.learn.programs import network


@pytest.mark.parametrize("bias", [None, np.array(0.2), np.array([0.1, -0.2, 0.3])])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_layer_is_that_of_the_tape_to_the_last_bit(activation: str, bias: object) -> None:
    random = np.random.default_rng(0)
    layers = (
        LayerSpec(3, activation, random.normal(size=(3, 2)), bias),  # type: ignore[arg-type]
        LayerSpec(2, activation, random.normal(size=(2, 3)), np.zeros(2), train_bias=False),
    )
    inputs, targets = random.normal(size=(9, 2)), random.normal(size=(9, 2))
    program = NetworkProgram(NetworkSpec(2, layers), inputs, targets, LossSpec("mse_loss"))
    recording = program.run(program.start(), 1)
    values = {node.origin: node.value for node in recording.tape}
    found = forward.layers(program, program.start(), inputs)
    for number, layer in enumerate(found, 1):
        z = values[f"layer{number}.z"]
        np.testing.assert_array_equal(layer.z, z)
        np.testing.assert_array_equal(layer.a, values.get(f"layer{number}.a", z))
    outputs = forward.outputs(program, program.start(), inputs)
    np.testing.assert_array_equal(outputs, found[-1].a)
    assert forward.loss(program, outputs, targets) == recording.loss


def test_running_forward_leaves_nothing_out() -> None:
    with_dropout, without = network(0.5), network()
    inputs = without.inputs
    np.testing.assert_array_equal(
        forward.outputs(with_dropout, without.start(), inputs),
        forward.outputs(without, without.start(), inputs),
    )


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_gradients_are_those_of_the_iteration(dropout: float) -> None:
    program = network(dropout)
    parameters, data = program.start(), dict(program.data(2))
    inputs, targets = data.pop("inputs"), data.pop("targets")
    found = forward.gradients(program, parameters, inputs, targets, data)
    recording = program.run(parameters, 2)
    totals = {c.target: c.total for c in backward(recording.tape, recording.output)}
    wanted = {node.origin: totals.get(node.id) for node in recording.tape}
    for number, layer in enumerate(found, 1):
        np.testing.assert_array_equal(layer.weight, wanted[f"layer{number}.weight"])
        np.testing.assert_array_equal(layer.bias, wanted[f"layer{number}.bias"])
        np.testing.assert_array_equal(layer.dz, wanted[f"layer{number}.z"])


def test_the_examples_shares_add_up_to_a_weights_gradient() -> None:
    program = network(0.5)
    data = dict(program.data(1))
    inputs, targets = data.pop("inputs"), data.pop("targets")
    for layer in forward.gradients(program, program.start(), inputs, targets, data):
        for unit, source in np.ndindex(layer.weight.shape):
            each = layer.of_examples(unit, source)
            assert each.shape == (len(inputs),)
            assert each.sum() == pytest.approx(layer.weight[unit, source], abs=1e-15)
        assert layer.bias is not None
        assert layer.of_examples(0, None).sum() == pytest.approx(layer.bias[0], abs=1e-15)
