"""What forward keeps for backward, counted by hand."""

import numpy as np
import pytest
from hypothesis import given, settings

from mlviz.autograd import functional as F
from mlviz.autograd import record, tensor
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import sgd
from mlviz.learn.training import Training
from mlviz.trace.memory import memory
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, timelines


def test_a_product_keeps_its_factors_and_a_sum_keeps_nothing() -> None:
    timeline = Timeline(formula("p = a*a", "q = p*p", "s = p + q", a=2.0).iteration(1))
    p, q, s = (node for node in timeline.tape if not node.is_leaf)
    tape = timeline.tape
    assert tape.saved_results(p.id) == []  # its factors are data: they are there anyway
    assert tape.saved_results(q.id) == [p]
    assert tape.saved_results(s.id) == []
    assert memory(timeline).peak == 8


def test_tanh_keeps_what_it_gave() -> None:
    timeline = Timeline(formula("z = 2*a", "y = tanh(z)", a=0.5).iteration(1))
    held = memory(timeline).held
    assert held == (0, 0, 8, 8, 0, 0)


@given(timelines())
@settings(max_examples=25, deadline=None)
def test_it_grows_in_forward_and_is_let_go_in_backward(timeline: Timeline) -> None:
    held = memory(timeline).held
    for step in timeline.steps:
        change = held[step.number] - held[step.number - 1]
        if step.kind is StepKind.FORWARD:
            assert change >= 0
        elif step.kind is StepKind.BACKWARD:
            assert change <= 0
        else:
            assert change == 0
    assert held[0] == held[-1] == 0


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_other_batch_costs_what_it_costs_when_it_is_run(activation: str) -> None:
    few = memory(Timeline(network(2, 4, 3, 1, rows=5, activation=activation)))
    many = memory(Timeline(network(2, 4, 3, 1, rows=10, activation=activation)))
    assert few.batch == 5
    assert few.doubled == many.peak > few.peak


def test_inference_needs_only_what_is_still_to_be_read() -> None:
    timeline = Timeline(
        formula("b = tanh(a)", "c = tanh(b)", "d = tanh(c)", "e = tanh(d)", a=0.5).iteration(1)
    )
    found = memory(timeline)
    assert found.inference == 16  # one result and the one made from it
    assert found.peak == 32
    assert found.training == 32
    assert found.batch == 0


def classifier(rows: int) -> Timeline:
    random = np.random.default_rng(1)
    layer = LayerSpec(4, "identity", random.normal(size=(4, 3)), random.normal(size=4))
    program = NetworkProgram(
        NetworkSpec(3, (layer,)),
        random.normal(size=(rows, 3)),
        np.arange(rows) % 4,
        LossSpec("cross_entropy"),
    )
    return Timeline(Training(program, sgd(0.1)).iteration(1))


def test_what_a_cross_entropy_works_out_on_the_way_is_kept_too() -> None:
    few, many = memory(classifier(5)), memory(classifier(10))
    logits, powers, sums, places, losses = 5 * 4 * 8, 5 * 4 * 8, 5 * 8, 5 * 8, 5 * 8
    assert few.peak == logits + powers + sums + places
    assert few.doubled == many.peak == 2 * few.peak
    assert few.training == few.peak + losses + 8  # and their mean
    assert few.inference == logits + losses
    assert few.held[-1] == 0


def test_what_the_loss_does_not_depend_on_is_not_kept_for_it() -> None:
    with record() as tape:
        x = tensor([0.5, 1.0], requires_grad=True)
        loss = (x * 2).sum()
        F.tanh(x)
        other = F.tanh(x).sum()
    assert max(step.bytes for step in tape.saved_bytes(tape.id_of(loss))) == 0
    assert max(step.bytes for step in tape.saved_bytes(tape.id_of(other))) == 16
