"""The first bad number: found at the step that made it, with the reason."""

from typing import Any

import numpy as np
import pytest

from mlviz.i18n import translate
from mlviz.learn.training import Training
from mlviz.trace.bad import Bad, first_bad, first_bad_iteration, runaway
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, neuron


def found(training: Training, number: int = 1) -> tuple[Timeline, Bad]:
    timeline = Timeline(training.iteration(number))
    bad = first_bad(timeline)
    assert bad is not None
    for language in ("en", "zh_CN"):
        assert translate(bad.reason, language)
    return timeline, bad


@pytest.mark.parametrize("timeline", [Timeline(neuron()), Timeline(network(2, 3, 1))])
def test_a_run_of_finite_numbers_has_none(timeline: Timeline) -> None:
    assert first_bad(timeline) is None


@pytest.mark.parametrize(
    ("line", "leaves", "number", "reason"),
    [
        ("L = log(x)", {"x": 0.0}, "−inf", "bad.log_zero"),
        ("L = log(x)", {"x": -2.0}, "nan", "bad.log_negative"),
        ("L = exp(x)", {"x": 710.0}, "inf", "bad.exp"),
        ("L = x / y", {"x": 3.0, "y": 0.0}, "inf", "bad.div"),
        ("L = x / y", {"x": 0.0, "y": 0.0}, "nan", "bad.zero_by_zero"),
        ("L = sqrt(x)", {"x": -1.0}, "nan", "bad.sqrt"),
        ("L = x ** y", {"x": 0.0, "y": -1.0}, "inf", "bad.pow_zero"),
        ("L = x ** y", {"x": -8.0, "y": 0.5}, "nan", "bad.pow_negative"),
        ("L = x * y", {"x": 1e200, "y": 1e200}, "inf", "bad.overflow"),
        ("L = x * x", {"x": -1e200}, "inf", "bad.overflow"),
        ("L = sum(log(x))", {"x": [1.0, 0.0, 2.0]}, "−inf", "bad.log_zero"),
    ],
)
def test_the_operation_that_made_it_is_found_with_the_reason(
    line: str, leaves: dict[str, Any], number: str, reason: str
) -> None:
    timeline, bad = found(formula(line, **leaves))
    assert (bad.step, bad.number, bad.reason.id) == (1, number, reason)
    assert timeline.steps[0].node == bad.node


def test_what_only_passes_a_bad_number_on_is_not_blamed() -> None:
    timeline, bad = found(formula("a = x + 1", "b = log(x)", "L = (a + b)**2", x=0.0))
    assert timeline.tape[bad.node].name == "b"
    assert bad.step == 2


def test_a_slope_can_be_infinite_where_the_value_is_not() -> None:
    timeline, bad = found(formula("L = sqrt(x)", x=0.0))
    step = timeline.step(bad.step)
    assert step is not None
    assert step.kind is StepKind.BACKWARD
    assert bad.reason.id == "bad.slope"
    assert bad.reason.values["x"] == "0"


def test_a_product_can_overflow_on_the_way_back() -> None:
    _, bad = found(formula("a = x * 1e200", "L = a * 1e200", x=1e-200))
    assert bad.reason.id == "bad.product"
    assert bad.reason.values["upstream"] == bad.reason.values["local"] == "1.000e200"


def diverging(rate: float = 10.0) -> Training:
    return formula("L = (w*x)**2", rate=rate, inputs=("x",), w=1.0, x=2.0)


def test_a_learning_rate_that_is_too_large_is_blamed_for_the_update() -> None:
    timeline, bad = found(formula("L = w * c", rate=1e10, inputs=("c",), w=1.0, c=1e300))
    step = timeline.step(bad.step)
    assert step is not None
    assert step.kind is StepKind.UPDATE
    assert (bad.reason.id, bad.reason.values["rate"]) == ("bad.update", "1e+10")


def test_training_that_runs_away_is_told_with_its_numbers() -> None:
    training = diverging()
    number = next(n for n in range(1, 200) if first_bad(Timeline(training.iteration(n))))
    _, bad = found(training, number)
    assert bad.reason.id in ("bad.result", "bad.overflow")
    message = runaway(training, number)
    assert message is not None
    assert message.values["rate"] == "10"
    assert message.values["iterations"] == number - 1
    assert runaway(training, 1) is None
    assert runaway(diverging(0.1), 50) is None


def test_an_iteration_that_began_bad_refers_to_the_one_that_made_it() -> None:
    training = diverging()
    _, bad = found(training, 190)
    assert (bad.step, bad.reason.id) == (0, "bad.before")
    first = first_bad_iteration(training, 190)
    assert np.isfinite(training.parameters(first)["w"])
    assert not np.isfinite(training.parameters(first + 1)["w"])
    assert first_bad_iteration(training, first) == first
