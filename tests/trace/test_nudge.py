"""Nudging a number, and the check of a whole graph by finite differences."""

import itertools

import numpy as np
import pytest

from mlviz.autograd import Tape
from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.learn.changes import Place
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import sgd
from mlviz.learn.training import Recording, Training
from mlviz.trace import nudge as module
from mlviz.trace.nudge import check, check_steps, data_gradient, loss_with, nudge
from tests.runs import formula


def test_the_measured_change_approaches_what_the_gradient_promises() -> None:
    training = formula("h = x*x", "y = h + h*h", x=3.0)
    errors = []
    for epsilon in (1.0, 0.1, 0.01, 0.001):
        found = nudge(training, 1, Place("x"), 3.0, 114.0, epsilon)
        assert found.measured == pytest.approx((3 + epsilon) ** 2 + (3 + epsilon) ** 4 - 90)
        assert found.promised == 114.0 * epsilon
        errors.append(abs(found.secant - 114.0))
    assert errors[0] == pytest.approx(68.0)
    assert all(after < before / 8 for before, after in itertools.pairwise(errors))


def test_data_can_be_nudged_too() -> None:
    training = formula("L = (w*x - t)**2", rate=0.1, inputs=("x", "t"), w=2.0, x=3.0, t=1.0)
    assert loss_with(training, 1, Place("x"), 0.5) == 0.0


@pytest.mark.parametrize("name", ["tanh-neuron", "twice", "mazur", "xor"])
@pytest.mark.parametrize("number", [1, 4])
def test_finite_differences_agree_for_the_examples(name: str, number: int) -> None:
    training = load(find(name)).training
    number = min(number, training.iterations)
    found = check(training, number)
    assert found.agrees
    assert found.compared == sum(np.size(p) for p in training.parameters(number).values())
    assert found.largest < 1e-6


class Wrong:
    """A program that says its loss is differentiated, and computes something else later."""

    def __init__(self, training: Training) -> None:
        self.program = training.program
        self.runs = 0

    def start(self) -> dict[str, np.ndarray]:
        return dict(self.program.start())

    def run(self, parameters: dict[str, np.ndarray], iteration: int) -> Recording:
        self.runs += 1
        recording = self.program.run(parameters, iteration)
        if self.runs == 1:
            return recording
        off = Tape([*recording.tape.nodes])
        last = off.nodes[recording.output]
        from dataclasses import replace

        off.nodes[recording.output] = replace(
            last, value=last.value + 1e-3 * np.sum(parameters["w"])
        )
        return Recording(off, recording.output)


def test_a_wrong_gradient_is_not_called_right() -> None:
    training = Training(Wrong(formula("L = tanh(w*3) + b*b", w=0.2, b=1.0)), None)  # type: ignore[arg-type]
    found = check(training, 1)
    assert not found.agrees
    assert found.largest == pytest.approx(1e-3, rel=1e-3)
    assert found.where == "w"


def test_a_large_graph_is_checked_in_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", 3)
    found = check(load(find("xor")).training, 1)
    assert found.directions
    assert found.agrees
    assert found.compared == module.DIRECTIONS
    wrong = Training(Wrong(formula("L = sum(tanh(w*3))", w=[0.2] * 9)), None)  # type: ignore[arg-type]
    assert not check(wrong, 1).agrees


def test_where_the_loss_is_not_finite_nothing_is_claimed() -> None:
    found = check(formula("L = log(w)", w=0.0), 1)
    assert not found.finite
    assert not found.agrees


def test_the_check_is_made_in_small_steps() -> None:
    steps = list(check_steps(load(find("mazur")).training, 1))
    assert [step.compared for step in steps] == list(range(1, len(steps) + 1))


@pytest.mark.parametrize("name", ["tanh-neuron", "mazur", "xor"])
@pytest.mark.parametrize("number", [1, 3])
def test_data_has_a_gradient_once_it_is_asked_for(name: str, number: int) -> None:
    training = load(find(name)).training
    tape = training.iteration(number).tape
    leaves = [n for n in tape if n.is_leaf and not n.requires_grad and n.origin]
    assert leaves
    for leaf in leaves:
        index = tuple(size - 1 for size in leaf.value.shape)
        place = Place(leaf.origin, index)
        found = data_gradient(training, number, place)
        value = float(leaf.value[index])
        ends = [loss_with(training, number, place, value + sign * 1e-5) for sign in (1, -1)]
        assert found == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-9)


def test_the_number_of_a_class_has_none() -> None:
    layer = LayerSpec(3, "identity", np.ones((3, 2)), np.zeros(3))
    data = np.array([[0.5, 1.0], [2.0, 0.1]]), np.array([0, 2])
    program = NetworkProgram(NetworkSpec(2, (layer,)), *data, LossSpec("cross_entropy"))
    training = Training(program, sgd(0.1))
    assert data_gradient(training, 1, Place("targets", (0,))) is None
    assert data_gradient(training, 1, Place("inputs", (0, 1))) is not None


def test_a_gradient_that_is_stopped_on_purpose_is_not_compared() -> None:
    found = check(formula("c = detach(w*x)", "L = c*w", w=2.0, x=3.0), 1)
    assert found.cut
    assert not found.agrees
    assert not check(formula("L = w*x", w=2.0, x=3.0), 1).cut


def test_at_a_kink_the_gradient_is_not_called_wrong() -> None:
    found = check(formula("L = relu(x)", x=0.0), 1)
    assert (found.agrees, found.compared, found.kinks) == (True, 0, 1)
    assert check(formula("L = relu(x)", x=1.0), 1).kinks == 0
    found = check(load(find("activations")).training, 1)
    assert (found.compared, found.kinks) == (12, 0)


def test_only_what_moves_across_a_kink_is_left_out() -> None:
    found = check(formula("L = sum(relu(u)) + b*b", u=[-1.0, 0.0, 2.0], b=3.0), 1)
    assert (found.agrees, found.compared, found.kinks) == (True, 3, 1)


@pytest.mark.parametrize("line", ["L = leaky_relu(x)*3", "L = relu(x) - relu(0 - x)"])
def test_other_slopes_that_jump_are_told_too(line: str) -> None:
    found = check(formula(line, x=0.0), 1)
    assert (found.agrees, found.kinks) == (True, 1)


@pytest.mark.parametrize("line", ["L = abs(x)", "L = maximum(x, 0)"])
def test_where_the_gradient_is_half_way_between_both_sides_it_agrees(line: str) -> None:
    found = check(formula(line, x=0.0), 1)
    assert (found.agrees, found.compared, found.kinks) == (True, 1, 0)


def test_a_wrong_gradient_elsewhere_is_not_excused_by_a_kink() -> None:
    training = formula("L = tanh(w*3) + relu(b)", w=0.2, b=0.0)
    found = check(Training(Wrong(training), None), 1)  # type: ignore[arg-type]
    assert (found.agrees, found.where, found.kinks) == (False, "w", 1)
