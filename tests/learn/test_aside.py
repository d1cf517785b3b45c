import numpy as np
import pytest

from mlviz.autograd import backward
from mlviz.learn.aside import Aside
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import adam
from mlviz.learn.training import Training


def training(dropout: float = 0.0, advanced: int = 9) -> Training:
    """2-4-1, tanh and sigmoid, squared error, in batches of 4, with seven rows kept for tests."""
    rng = np.random.default_rng(3)
    layers = (
        LayerSpec(4, "tanh", rng.normal(size=(4, 2)), np.zeros(4), dropout=dropout),
        LayerSpec(1, "sigmoid", rng.normal(size=(1, 4)), np.zeros(1)),
    )
    program = NetworkProgram(
        NetworkSpec(2, layers),
        rng.normal(size=(10, 2)),
        rng.uniform(size=(10, 1)),
        LossSpec("mse_loss"),
        batch_size=4,
        test=(rng.normal(size=(7, 2)), rng.uniform(size=(7, 1))),
    )
    made = Training(program, adam(0.05), 20)
    made.advance(advanced)
    return made


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_loss_and_gradients_of_the_row_are_those_by_hand(dropout: float) -> None:
    source = training(dropout)
    aside = Aside(source, 6, "test", 3)
    program, given = source.program, source.parameters(6)
    assert isinstance(program, NetworkProgram)
    assert program.test is not None
    x, y = program.test[0][3], program.test[1][3]
    w1, b1 = given["layer1.weight"], given["layer1.bias"]
    w2, b2 = given["layer2.weight"], given["layer2.bias"]
    a = np.tanh(w1 @ x + b1)  # with no unit left out
    out = 1 / (1 + np.exp(-(w2 @ a + b2)))
    assert aside.loss(6) == pytest.approx(((out - y) ** 2).item(), rel=1e-12)
    # L = (out − y)², so dL/dz² = 2(out − y)·out(1 − out), and so on down to the first weights.
    dz2 = 2 * (out - y) * out * (1 - out)
    dz1 = (w2.T @ dz2) * (1 - a**2)
    iteration = aside.iteration(6)
    sent = {c.target: c.total for c in backward(iteration.tape, iteration.output)}
    found = {node.origin: sent[node.id] for node in iteration.tape if node.role == "parameter"}
    wanted = {
        "layer1.weight": np.outer(dz1, x),
        "layer1.bias": dz1,
        "layer2.weight": np.outer(dz2, a),
        "layer2.bias": dz2,
    }
    assert set(found) == set(wanted)
    for origin, gradient in wanted.items():
        np.testing.assert_allclose(found[origin], gradient, rtol=1e-12, atol=1e-15)


def test_nothing_is_updated_and_the_numbers_are_the_ones_of_that_iteration() -> None:
    source = training()
    aside = Aside(source, 6, "test", 0)
    for number in (1, 6, 10):
        iteration = aside.iteration(number)
        assert iteration.number == number
        assert iteration.rule is None
        assert iteration.updates == ()
        assert iteration.loss_after is None
        for node in iteration.tape:
            if node.role == "parameter":
                np.testing.assert_array_equal(node.value, source.parameters(number)[node.origin])
    assert aside.iterations == source.head == 10


def test_the_training_goes_on_as_if_nobody_had_looked() -> None:
    watched, alone = training(0.3), training(0.3)
    aside = Aside(watched, 6, "test", 2).changed(6, "layer1.weight", (0, 1), 9.0)
    aside = aside.changed(6, "inputs", (0, 0), 5.0)
    for number in (3, 6, 10, 400):  # beyond the head nothing is computed either
        aside.iteration(min(number, aside.iterations))
        aside.parameters(number)
    assert watched.head == 10
    watched.advance(30)
    alone.advance(30)
    np.testing.assert_array_equal(watched.losses, alone.losses)
    for number in (6, 10, 40):
        for origin, value in alone.parameters(number).items():
            np.testing.assert_array_equal(watched.parameters(number)[origin], value)


def test_a_changed_weight_holds_for_its_iteration_and_a_changed_input_for_all() -> None:
    source = training()
    aside = Aside(source, 6, "test", 2)
    other = aside.changed(6, "layer2.bias", (0,), 3.0).changed(6, "inputs", (0, 1), -4.0)
    assert other.parameters(6)["layer2.bias"] == 3.0
    assert other.parameters(7)["layer2.bias"] == source.parameters(7)["layer2.bias"]
    for number in (6, 7):
        (inputs,) = [n.value for n in other.iteration(number).tape if n.origin == "inputs"]
        assert inputs[0, 1] == -4.0
    assert aside.parameters(6)["layer2.bias"] != 3.0
    assert aside.program is not other.program
    with pytest.raises(KeyError):
        aside.changed(6, "nowhere", (), 1.0)


def test_every_part_can_be_taken_from() -> None:
    source = training()
    program = source.program
    assert isinstance(program, NetworkProgram)
    aside = Aside(source, 1, "train", 4)
    (inputs,) = [node.value for node in aside.iteration(1).tape if node.origin == "inputs"]
    np.testing.assert_array_equal(inputs, program.inputs[4:5])
    with pytest.raises(KeyError):
        Aside(source, 1, "validation", 0)
