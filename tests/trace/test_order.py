"""The order of the reverse pass, and recursion without one."""

import pytest
from hypothesis import given, settings

from mlviz.trace.order import backward_order, naive_recursion
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, neuron, timelines, twice


def test_naive_recursion_gives_120_where_114_is_right() -> None:
    timeline = Timeline(twice())
    x, h = 0, 1
    naive = naive_recursion(timeline)
    assert float(naive.gradients[x]) == 120.0
    assert [float(call.gradient) for call in naive.calls_of(h)] == [1.0, 19.0]
    right = timeline.final_gradient(x)
    assert right is not None
    assert float(right) == 114.0


def test_the_calls_are_told_in_the_order_in_which_they_are_made() -> None:
    timeline = Timeline(twice())
    names = [timeline.tape[call.node].name or "·" for call in naive_recursion(timeline).calls]
    assert names == ["y", "h", "x", "·", "h", "x"]


@given(timelines())
@settings(max_examples=30, deadline=None)
def test_every_operation_sends_after_all_that_read_it(timeline: Timeline) -> None:
    order = backward_order(timeline)
    assert len(set(order)) == len(order)
    assert order[0] == timeline.output
    for place, node in enumerate(order):
        readers = {sent.node for sent in timeline.contributions_to(node)}
        assert readers <= set(order[:place])


def test_where_nothing_is_used_twice_recursion_is_right() -> None:
    timeline = Timeline(neuron())
    naive = naive_recursion(timeline)
    for node, found in naive.gradients.items():
        right = timeline.final_gradient(node)
        assert right is not None
        assert float(found) == float(right)


def test_recursion_works_on_tensors_too() -> None:
    timeline = Timeline(network(2, 3, 1))
    naive = naive_recursion(timeline)
    right = timeline.final_gradient(1)
    assert right is not None
    assert naive.gradients[1] == pytest.approx(right)


def test_too_many_calls_are_counted_and_not_made() -> None:
    lines = ["h1 = x + x*0.5", *(f"h{k + 1} = h{k} + h{k}*0.5" for k in range(1, 60))]
    naive = naive_recursion(Timeline(formula(*lines, x=1.0).iteration(1)))
    assert naive.calls == ()
    assert naive.gradients == {}
    assert naive.count > 2**60
