"""Timelines: what is known when."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.autograd import Tensor, apply
from mlviz.trace.steps import Phase, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron, timelines, twice


def test_the_gradient_of_a_variable_used_twice_is_the_sum_of_both_contributions() -> None:
    timeline = Timeline(twice())
    x = 0
    assert [float(c.downstream) for c in timeline.contributions_to(x)] == [57.0, 57.0]
    assert timeline.final_gradient(x) == 114.0


def test_steps_come_in_three_phases() -> None:
    timeline = Timeline(neuron())
    phases = [step.phase for step in timeline.steps]
    assert phases == sorted(phases, key=list(Phase).index)
    assert [segment.phase for segment in timeline.segments] == list(Phase)
    assert timeline.steps[-1].kind is StepKind.RESULT
    assert [step.number for step in timeline.steps] == list(range(1, len(timeline) + 1))


def test_a_formula_without_an_optimizer_has_no_update() -> None:
    timeline = Timeline(twice())
    assert [segment.phase for segment in timeline.segments] == [Phase.FORWARD, Phase.BACKWARD]


def test_a_state_outside_the_timeline_is_refused() -> None:
    timeline = Timeline(twice())
    with pytest.raises(IndexError):
        timeline.state_at(len(timeline) + 1)


@given(timelines())
@settings(max_examples=40, deadline=None)
def test_nothing_is_known_before_its_step(timeline: Timeline) -> None:
    for number in range(len(timeline) + 1):
        state = timeline.state_at(number)
        for node in timeline.tape:
            computed = node.is_leaf or any(
                step.kind is StepKind.FORWARD and step.node == node.id
                for step in timeline.steps[:number]
            )
            assert (state.value(node.id) is not None) == computed
            arrived = [
                timeline.contribution(step)
                for step in timeline.steps[:number]
                if step.kind is StepKind.BACKWARD and step.target == node.id
            ]
            assert state.received(node.id) == len(arrived)
            gradient = state.gradient(node.id)
            if node.id == timeline.output:
                seeded = any(step.kind is StepKind.SEED for step in timeline.steps[:number])
                assert (gradient is not None) == seeded
            elif not arrived:
                assert gradient is None
            else:
                total = arrived[0].downstream
                for contribution in arrived[1:]:
                    total = total + contribution.downstream
                np.testing.assert_array_equal(gradient, total)


@given(timelines())
@settings(max_examples=40, deadline=None)
def test_the_final_gradients_are_those_of_backward(timeline: Timeline) -> None:
    """The engine's own backward pass, on the same values, gives the same bits."""
    tensors: dict[int, Tensor] = {}
    for node in timeline.tape:
        if node.op is None:
            tensors[node.id] = Tensor(node.value, requires_grad=node.requires_grad)
        else:
            tensors[node.id] = apply(
                node.op, *(tensors[id] for id in node.inputs), **dict(node.params)
            )
    tensors[timeline.output].backward()
    for node in timeline.tape:
        leaf = tensors[node.id]
        if node.is_leaf and leaf.grad is not None:
            np.testing.assert_array_equal(leaf.grad.data, timeline.final_gradient(node.id))


@given(timelines(), st.data())
@settings(max_examples=30, deadline=None)
def test_every_step_belongs_to_exactly_one_segment(timeline: Timeline, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(timeline)))
    segment = timeline.segment_of(number)
    assert segment is not None
    assert segment.phase is timeline.steps[number - 1].phase
    assert timeline.segment_of(0) is None


def test_updates_follow_the_rule() -> None:
    timeline = Timeline(network(2, 3, 1, rows=4))
    assert len(timeline.updates) == 4
    for update in timeline.updates:
        np.testing.assert_array_equal(update.after, update.before - 0.1 * update.gradient)
        np.testing.assert_array_equal(update.gradient, timeline.final_gradient(update.node))
