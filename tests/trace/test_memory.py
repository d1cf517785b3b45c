"""What forward keeps for backward, counted by hand."""

import pytest
from hypothesis import given, settings

from mlviz.trace.memory import kept, memory
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, timelines


def test_a_product_keeps_its_factors_and_a_sum_keeps_nothing() -> None:
    timeline = Timeline(formula("p = a*a", "q = p*p", "s = p + q", a=2.0).iteration(1))
    p, q, s = (node for node in timeline.tape if not node.is_leaf)
    assert kept(timeline, p) == ()  # its factors are data: they are there anyway
    assert kept(timeline, q) == (p.id,)
    assert kept(timeline, s) == ()
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
