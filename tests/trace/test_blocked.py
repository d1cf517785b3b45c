"""Where a gradient is stopped."""

import numpy as np
import pytest

import mlviz
from mlviz.autograd import functional
from mlviz.i18n import translate
from mlviz.trace.blocked import LARGEST_SLOPE, SATURATED, Blocked, blocked
from mlviz.trace.explain import Explainer
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network


def through(function: str, x: object) -> tuple[Timeline, Step]:
    """The backward step of a function at x."""
    timeline = Timeline(formula(f"y = {function}(x)", "L = sum(3*y)", x=x).iteration(1))
    node = next(node for node in timeline.tape if node.name == "y")
    step = next(
        step for step in timeline.steps if step.kind is StepKind.BACKWARD and step.node == node.id
    )
    return timeline, step


def said(timeline: Timeline, step: Step) -> str:
    lines = Explainer(timeline).step(step).lines
    return " ".join(translate(line.message, "en") for line in lines if line.role == "bad")


def test_a_dead_relu_lets_nothing_through() -> None:
    timeline, step = through("relu", -1.0)
    assert blocked(timeline, step) == Blocked(1, 1, True, 0.0, None)
    assert "no gradient gets through" in said(timeline, step)
    timeline, step = through("relu", 1.0)
    assert blocked(timeline, step) is None
    assert said(timeline, step) == ""


@pytest.mark.parametrize(("function", "largest"), [("tanh", 1.0), ("sigmoid", 0.25)])
def test_a_function_is_saturated_below_a_hundredth_of_its_largest_slope(
    function: str, largest: float
) -> None:
    assert LARGEST_SLOPE[function] == largest
    assert SATURATED == 0.01
    for x in np.linspace(-8, 8, 41):
        timeline, step = through(function, float(x))
        local = timeline.contribution(step).local
        assert local is not None
        found = blocked(timeline, step)
        assert (found is not None) == (float(local) < SATURATED * largest)
        if found is not None:
            assert found.slope == float(local)
            assert found.largest == largest
            assert not found.dead
            assert "Saturated" in said(timeline, step)
            assert f"1% of its largest value {largest:g}" in said(timeline, step)


@pytest.mark.parametrize("function", LARGEST_SLOPE)
def test_the_table_has_the_largest_slopes(function: str) -> None:
    x = mlviz.tensor(np.linspace(-30, 30, 6001), requires_grad=True)
    getattr(functional, function)(x).sum().backward()
    assert x.grad is not None
    assert np.max(np.abs(x.grad.numpy())) == pytest.approx(LARGEST_SLOPE[function], rel=1e-9)


def test_of_a_tensor_the_stopped_entries_are_counted() -> None:
    timeline, step = through("relu", [-1.0, 2.0, -3.0, 4.0])
    assert blocked(timeline, step) == Blocked(2, 4, False, None, None)
    assert said(timeline, step).startswith("Blocked: 2 of 4 entries.")
    timeline, step = through("sigmoid", [-9.0, 0.0, 9.0])
    found = blocked(timeline, step)
    assert found is not None
    assert (found.count, found.total, found.dead) == (2, 3, False)


@pytest.mark.parametrize("line", ["y = a*x", "y = (a*x)**2", "y = abs(a*x)", "y = sin(a)*x"])
def test_a_factor_of_0_stops_nothing(line: str) -> None:
    timeline = Timeline(formula(line, "L = 3*y", a=0.0, x=2.0).iteration(1))
    for step in timeline.steps:
        assert blocked(timeline, step) is None


def test_of_a_maximum_the_smaller_one_gets_nothing() -> None:
    timeline = Timeline(formula("y = maximum(a, x)", "L = 3*y", a=1.0, x=2.0).iteration(1))
    stopped = [step.slot for step in timeline.steps if blocked(timeline, step) is not None]
    assert stopped == [0]


def test_a_matrix_product_has_no_slope_for_each_entry() -> None:
    timeline = Timeline(network(2, 2, 1))
    for step in timeline.steps:
        if step.kind is StepKind.BACKWARD:
            op = timeline.tape[step.node].op
            assert op is not None
            if not op.elementwise:
                assert blocked(timeline, step) is None
