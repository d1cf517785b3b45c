"""Training without a tape: the same numbers to the last bit."""

import numpy as np
import pytest

from mlviz.document.document import load
from mlviz.document.examples import examples
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import UpdateRule, adagrad, adam, adamw, rmsprop, sgd
from mlviz.learn.training import Training
from mlviz.trace.quick import quick_step
from tests.runs import neuron_training

RULES = {
    "sgd": sgd(0.1),
    "momentum": sgd(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": adam(0.05),
    "adamw": adamw(0.05, amsgrad=True),
    "rmsprop": rmsprop(0.01, centered=True, momentum=0.5),
    "adagrad": adagrad(0.1),
}


def same(slow: Training, quick: Training, number: int) -> None:
    watched, unwatched = slow.iteration(number), quick.iteration(number)
    assert quick._quick, "nothing ran the quick way"
    assert len(watched.updates) == len(unwatched.updates)
    for one, other in zip(watched.updates, unwatched.updates, strict=True):
        np.testing.assert_array_equal(one.before, other.before)
        np.testing.assert_array_equal(one.after, other.after)
    assert watched.loss_after == unwatched.loss_after


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_example_trains_the_same_with_and_without_a_tape(example) -> None:
    training = load(example.path).training
    if training.rule is None:
        pytest.skip("nothing is trained")
    assert training.compiler is quick_step
    slow = Training(training.program, training.rule, training.iterations)
    same(slow, training, 40)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_optimizer_trains_the_same_with_and_without_a_tape(rule: UpdateRule) -> None:
    program = neuron_training().program
    same(Training(program, rule, 99), Training(program, rule, 99, quick_step), 40)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("loss", ["mse_loss", "half_squared_error"])
def test_batches_of_different_sizes_train_the_same(activation: str, loss: str) -> None:
    random = np.random.default_rng(0)
    layers = (
        LayerSpec(4, activation, random.normal(size=(4, 3)), random.normal(size=4)),
        LayerSpec(2, activation, random.normal(size=(2, 4)), np.array(0.1)),
    )
    program = NetworkProgram(
        NetworkSpec(3, layers),
        random.normal(size=(7, 3)),
        random.normal(size=(7, 2)),
        LossSpec(loss),
        batch_size=3,
    )
    quick = Training(program, adam(0.05), 99, quick_step)
    same(Training(program, adam(0.05), 99), quick, 40)
    assert len(quick._quick) == 2  # batches of three, and the last one of a pass


def test_classes_train_the_same() -> None:
    random = np.random.default_rng(1)
    layers = (LayerSpec(3, "identity", random.normal(size=(3, 2)), np.zeros(3)),)
    program = NetworkProgram(
        NetworkSpec(2, layers),
        random.normal(size=(6, 2)),
        np.array([0, 1, 2, 0, 1, 2]),
        LossSpec("cross_entropy"),
        batch_size=4,
    )
    same(Training(program, sgd(0.3), 99), Training(program, sgd(0.3), 99, quick_step), 40)
