from collections.abc import Callable
from itertools import chain
from math import erf
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.extend import defvjp, primitive

from mlviz.autograd import Array, backward
from mlviz.learn.init import INITIALIZERS, initial_weight
from mlviz.learn.losses import LOSSES, LossSpec
from mlviz.learn.network import ACTIVATIONS, LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.training import Recording

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(5, 3))
ANSWERS = RNG.normal(size=(5, 2))
CLASSES = np.array([0, 1, 1, 0, 1])

YES_OR_NO = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])

hips_erf = primitive(np.vectorize(erf))
defvjp(hips_erf, lambda _, x: lambda g: g * 2 / np.sqrt(np.pi) * anp.exp(-(x**2)))

HIPS_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "tanh": anp.tanh,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "relu": lambda z: anp.maximum(z, 0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(anp.minimum(z, 0)) - 1),
    "gelu": lambda z: z * (1 + hips_erf(z / np.sqrt(2))) / 2,
    "silu": lambda z: z / (1 + anp.exp(-z)),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
}


def hips_cross_entropy(x: Any, target: Array) -> Any:
    log_probabilities = x - anp.log(anp.sum(anp.exp(x), axis=1, keepdims=True))
    return -log_probabilities[np.arange(len(target)), target]


HIPS_LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "mse_loss": lambda x, target: (x - target) ** 2,
    "half_squared_error": lambda x, target: (x - target) ** 2 / 2,
    "l1_loss": lambda x, target: anp.abs(x - target),
    "huber_loss": lambda x, target: anp.where(
        anp.abs(x - target) < 1, (x - target) ** 2 / 2, anp.abs(x - target) - 0.5
    ),
    "cross_entropy": hips_cross_entropy,
    "binary_cross_entropy_with_logits": lambda x, target: anp.log(1 + anp.exp(x)) - target * x,
    "binary_cross_entropy": lambda x, target: -target * anp.log(x) - (1 - target) * anp.log(1 - x),
}


def layer(units: int, inputs: int, activation: str, bias: Array | None, **names: Any) -> LayerSpec:
    return LayerSpec(units, activation, RNG.normal(size=(units, inputs)), bias, **names)


def program(loss: LossSpec, *activations: str, shared: bool = False, **options: Any) -> Any:
    """Return a 3-4-2 network with its data."""
    first, second = activations
    bias = np.array(0.3) if shared else RNG.normal(size=4)
    spec = NetworkSpec(
        3, (layer(4, 3, first, bias), layer(2, 4, second, None if shared else RNG.normal(size=2)))
    )
    targets = CLASSES if loss.of_classes else YES_OR_NO if loss.of_two_classes else ANSWERS
    return NetworkProgram(spec, INPUTS, targets, loss, **options)


def gradients(recording: Recording) -> dict[str, Array]:
    totals = {c.target: c.total for c in backward(recording.tape, recording.output)}
    return {node.origin: totals[node.id] for node in recording.tape if node.role == "parameter"}


def hips_loss(made: NetworkProgram, parameters: Any) -> Any:
    value = made.inputs
    for number, each in enumerate(made.spec.layers, 1):
        z = anp.dot(value, parameters[f"layer{number}.weight"].T)
        z = z + parameters.get(f"layer{number}.bias", 0.0)
        value = HIPS_ACTIVATIONS[each.activation](z)
    entries = HIPS_LOSSES[made.loss.name](value, made.targets)
    return anp.mean(entries) if made.loss.reduction == "mean" else anp.sum(entries)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("shared", [False, True])
def test_loss_and_gradients_agree_with_hips_autograd(
    activation: str, loss: str, reduction: Any, shared: bool
) -> None:
    last = "sigmoid" if loss == "binary_cross_entropy" else "identity"
    made = program(LossSpec(loss, reduction), activation, last, shared=shared)
    start = dict(made.start())
    recording = made.run(start, 1)
    expected = hips_loss(made, start)
    np.testing.assert_allclose(recording.tape[recording.output].value, expected, rtol=1e-12)
    for origin, gradient in gradients(recording).items():
        slope = grad(lambda value, origin=origin: hips_loss(made, {**start, origin: value}))
        np.testing.assert_allclose(gradient, slope(start[origin]), rtol=1e-10, atol=1e-10)
        assert gradient.shape == start[origin].shape
    assert gradients(recording).keys() == start.keys()


def test_every_value_has_its_name_its_origin_and_its_part() -> None:
    recording = program(LossSpec("mse_loss"), "tanh", "sigmoid").run(
        program(LossSpec("mse_loss"), "tanh", "sigmoid").start(), 1
    )
    told = [(node.name, node.origin, node.role) for node in recording.tape]
    assert told == [
        ("x", "inputs", "input"),
        ("W^1", "layer1.weight", "parameter"),
        ("b^1", "layer1.bias", "parameter"),
        ("z^1", "layer1.z", ""),
        ("a^1", "layer1.a", ""),
        ("W^2", "layer2.weight", "parameter"),
        ("b^2", "layer2.bias", "parameter"),
        ("z^2", "layer2.z", ""),
        ("yhat", "layer2.a", ""),
        ("y", "targets", "target"),
        ("", "", ""),
        ("L", "loss", ""),
    ]


def test_without_a_last_activation_the_sum_is_the_output() -> None:
    made = program(LossSpec("mse_loss"), "identity", "identity")
    names = [node.name for node in made.run(made.start(), 1).tape if node.op]
    assert names == ["z^1", "yhat", "", "L"]


def test_a_bias_that_is_held_fixed_is_a_constant_without_gradient() -> None:
    spec = NetworkSpec(3, (layer(2, 3, "tanh", np.zeros(2), train_bias=False),))
    made = NetworkProgram(spec, INPUTS, ANSWERS, LossSpec("mse_loss"))
    assert list(made.start()) == ["layer1.weight"]
    bias = next(n for n in made.run(made.start(), 1).tape if n.origin == "layer1.bias")
    assert (bias.role, bias.requires_grad) == ("constant", False)


def named(rows: int) -> Recording:
    spec = NetworkSpec(
        3,
        (
            layer(
                2,
                3,
                "tanh",
                np.array(0.1),
                weight_names=tuple("abcdef"),
                bias_names=("q",),
                pre_activation_names=("net1", "net2"),
                activation_names=("out1", "out2"),
            ),
        ),
        input_names=("i1", "i2", "i3"),
        target_names=("t1", "t2"),
    )
    loss = LossSpec("mse_loss", "mean", ("E1", "E2"))
    made = NetworkProgram(spec, INPUTS[:rows], ANSWERS[:rows], loss)
    return made.run(made.start(), 1)


def test_entries_of_one_example_have_the_names_they_were_given() -> None:
    assert [node.parts for node in named(1).tape] == [
        ("i1", "i2", "i3"),
        tuple("abcdef"),
        ("q",),
        ("net1", "net2"),
        ("out1", "out2"),
        ("t1", "t2"),
        ("E1", "E2"),
        (),
    ]


def test_entries_of_a_batch_are_numbered_by_row() -> None:
    parts = {node.name: node.parts for node in named(2).tape}
    assert parts["z^1"] == ("net1_1", "net2_1", "net1_2", "net2_2")
    assert parts["W^1"] == tuple("abcdef")


def test_every_pass_over_the_data_takes_each_row_once_in_another_order() -> None:
    made = program(LossSpec("mse_loss"), "tanh", "tanh", batch_size=2, seed=7)
    passes = [[made.rows(epoch * 3 + batch).tolist() for batch in (1, 2, 3)] for epoch in range(4)]
    assert all([len(rows) for rows in one] == [2, 2, 1] for one in passes)
    assert all(sorted(chain.from_iterable(one)) == [0, 1, 2, 3, 4] for one in passes)
    assert len({str(one) for one in passes}) > 1
    again = program(LossSpec("mse_loss"), "tanh", "tanh", batch_size=2, seed=7)
    assert again.rows(8).tolist() == made.rows(8).tolist()
    other = program(LossSpec("mse_loss"), "tanh", "tanh", batch_size=2, seed=8)
    assert any(other.rows(n).tolist() != made.rows(n).tolist() for n in range(1, 7))


def test_a_batch_holds_the_rows_with_their_targets() -> None:
    made = program(LossSpec("mse_loss"), "tanh", "tanh", batch_size=2)
    tape = made.run(made.start(), 2).tape
    rows = made.rows(2)
    np.testing.assert_array_equal(tape[0].value, INPUTS[rows])
    target = next(node for node in tape if node.role == "target")
    np.testing.assert_array_equal(target.value, ANSWERS[rows])


def test_a_sum_that_overflows_is_recorded_without_a_warning() -> None:
    spec = NetworkSpec(1, (LayerSpec(1, "identity", np.array([[1e300]])),))
    made = NetworkProgram(spec, [[1e300]], [[0.0]], LossSpec("mse_loss"))
    recording = made.run(made.start(), 1)
    assert np.isinf(recording.tape[recording.output].value)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_a_starting_weight_follows_from_seed_and_layer(name: str) -> None:
    weight = initial_weight(name, (3, 2), seed=1, layer=1)
    assert weight.shape == (3, 2)
    np.testing.assert_array_equal(weight, initial_weight(name, (3, 2), seed=1, layer=1))
    if name not in ("zeros", "ones"):
        assert not np.array_equal(weight, initial_weight(name, (3, 2), seed=1, layer=2))
        assert not np.array_equal(weight, initial_weight(name, (3, 2), seed=2, layer=1))


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        # PyTorch: Glorot's 2 / (fan in + fan out), He's 2 / fan in; a uniform one has the same.
        ("xavier_uniform", np.sqrt(2 / (300 + 100))),
        ("xavier_normal", np.sqrt(2 / (300 + 100))),
        ("kaiming_uniform", np.sqrt(2 / 100)),
        ("kaiming_normal", np.sqrt(2 / 100)),
        ("normal", 1.0),
    ],
)
def test_a_starting_weight_spreads_as_pytorch_says(name: str, deviation: float) -> None:
    weight = initial_weight(name, (300, 100), seed=0, layer=1)
    assert weight.std() == pytest.approx(deviation, rel=0.02)
    assert abs(weight.mean()) < 0.02 * deviation
    if name.endswith("uniform"):
        assert np.abs(weight).max() <= np.sqrt(3) * deviation
