import numpy as np
import pytest

from mlviz.autograd import Array, Tensor, record
from mlviz.learn.formula import FormulaProgram, Leaf, read_line
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import sgd
from mlviz.learn.training import Parameters, Recording, Training


def line() -> Training:
    """L = (w·2 − 1)², from w = 1 with η = 0.1."""
    return Training(Line(), sgd(0.1), 10)


class Line:
    def start(self) -> Parameters:
        return {"w": np.array(1.0)}

    def data(self, iteration: int) -> dict[str, Array]:
        return {}

    def run(self, parameters: Parameters, iteration: int) -> Recording:
        with record() as tape:
            w = Tensor(parameters["w"], requires_grad=True)
            tape.label(w, "w", origin="w")
            loss = (w * 2.0 - 1.0) ** 2.0
            output = tape.id_of(loss)
        tape.close()
        return Recording(tape, output)


def test_an_iteration_tells_value_gradient_and_new_value() -> None:
    iteration = line().iteration(1)
    (update,) = iteration.updates
    # By hand: dL/dw = 2·(2w − 1)·2 = 4, so w becomes 1 − 0.1·4 = 0.6 and L becomes 0.04.
    assert (update.before, update.gradient, update.after) == (1.0, 4.0, pytest.approx(0.6))
    assert update.change == pytest.approx(-0.4)
    assert iteration.loss_after == pytest.approx(0.04)


def test_the_next_iteration_starts_where_the_last_one_ended() -> None:
    training = line()
    after = training.iteration(1).updates[0].after
    assert training.iteration(2).updates[0].before == after
    assert training.loss(2) == training.iteration(1).loss_after


def network() -> Training:
    rng = np.random.default_rng(3)
    layers = (
        LayerSpec(4, "tanh", rng.normal(size=(4, 2)), np.zeros(4)),
        LayerSpec(1, "sigmoid", rng.normal(size=(1, 4)), np.zeros(1)),
    )
    inputs, targets = rng.normal(size=(6, 2)), rng.uniform(size=(6, 1))
    program = NetworkProgram(
        NetworkSpec(2, layers), inputs, targets, LossSpec("mse_loss"), batch_size=4
    )
    return Training(program, sgd(0.5), 20)


def bits(training: Training, number: int) -> list[bytes]:
    iteration = training.iteration(number)
    values: list[Array] = [node.value for node in iteration.tape]
    values += [update.after for update in iteration.updates]
    return [value.tobytes() for value in values]


def test_any_way_to_an_iteration_gives_the_same_bits() -> None:
    straight, wandering = network(), network()
    expected = [bits(straight, number) for number in range(1, 8)]
    for number in (5, 2, 7, 1, 3, 7, 5):
        assert bits(wandering, number) == expected[number - 1]


def test_without_a_rule_there_is_one_iteration_and_nothing_is_updated() -> None:
    training = Training(Line(), None, 10)
    iteration = training.iteration(1)
    assert training.iterations == 1
    assert (iteration.updates, iteration.loss_after, iteration.rule) == ((), None, None)


def test_a_parameter_that_the_loss_does_not_depend_on_stays_as_it_is() -> None:
    lines = [read_line("h = u*x"), read_line("L = w*x")]
    leaves = [
        Leaf("u", np.array(5.0), True, "parameter"),
        Leaf("w", np.array(1.0), True, "parameter"),
        Leaf("x", np.array(2.0), False, "input"),
    ]
    training = Training(FormulaProgram(lines, leaves), sgd(0.1), 3)
    assert [update.origin for update in training.iteration(2).updates] == ["w"]


def test_training_that_diverges_is_recorded_without_a_warning() -> None:
    leaves = [Leaf("w", np.array(3.0), True, "parameter")]
    training = Training(FormulaProgram([read_line("L = w**4")], leaves), sgd(10.0), 50)
    assert not np.isfinite(training.loss(20))
