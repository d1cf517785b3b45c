"""The caption of a step, as the last row reads it."""

import re

from hypothesis import given, settings

from mlviz.numerals import format_number
from mlviz.picture.caption import caption
from mlviz.picture.easing import TIMINGS
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import neuron, timelines


def test_a_contribution_is_told_in_symbols_numbers_and_result() -> None:
    timeline = Timeline(neuron())
    step = next(step for step in timeline.steps if step.kind is StepKind.BACKWARD)
    told = caption(timeline, Position(1, step.number))
    assert told.phase is Phase.BACKWARD
    assert told.text == "∂L/∂v₄ = ∂L/∂L · ∂L/∂v₄ = 1.000 × (−1.761) = −1.761"
    lengths = [len(re.findall("=", tex)) for tex in told.formulas]
    assert lengths == [3, 2, 2, 1, 1]


def test_at_the_start_there_is_no_formula() -> None:
    told = caption(Timeline(neuron()), Position())
    assert told.phase is None
    assert told.formulas == ()
    assert told.text == ""


def test_an_update_is_told_by_the_line_that_gives_the_new_value() -> None:
    timeline = Timeline(neuron())
    step = next(step for step in timeline.steps if step.kind is StepKind.UPDATE)
    told = caption(timeline, Position(1, step.number))
    assert told.text == "w₁ ← w₁ − η · ∂L/∂w₁ = 0.5000 − 0.1 × (−1.736) = 0.6736"


@given(timelines())
@settings(max_examples=20, deadline=None)
def test_no_result_is_told_before_it_is_computed(timeline: Timeline) -> None:
    for step in timeline.steps:
        under_way = caption(timeline, Position(1, step.number, 0.1))
        done = caption(timeline, Position(1, step.number, 1.0))
        assert not TIMINGS[step.kind].arrived(0.1)
        if step.kind is StepKind.SEED or not done.formulas:
            continue
        value = timeline.tape[step.node].value
        if step.kind is StepKind.FORWARD and value.ndim == 0:
            assert done.text.endswith(f"= {format_number(value.item())}")
            assert under_way.text.endswith("= ·")
        assert len(under_way.formulas) in (len(done.formulas), 5)
