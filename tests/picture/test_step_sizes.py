"""How far one step goes."""

import itertools

import pytest
from hypothesis import given, settings

from mlviz.picture import player
from mlviz.picture.step_sizes import SIZES, bounds, larger, next_of, previous_of, smaller
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron, timelines


def names(timeline: Timeline, size: str) -> list[list[str]]:
    """The nodes of every stretch of the forward phase."""
    found = []
    forward = timeline.segments[0].last
    for first, last in bounds(timeline, size):  # type: ignore[arg-type]
        if last <= forward:
            steps = timeline.steps[first - 1 : last]
            found.append([timeline.tape[step.node].name or "·" for step in steps])
    return found


@given(timelines())
@settings(max_examples=25, deadline=None)
def test_every_size_covers_all_steps_and_holds_the_smaller_ones(timeline: Timeline) -> None:
    scalars = Timeline(scalarize(timeline.iteration).iteration)
    for each in (timeline, scalars):
        for size in SIZES:
            steps = [k for first, last in bounds(each, size) for k in range(first, last + 1)]
            assert steps == list(range(1, len(each) + 1))
        for size in SIZES[1:]:
            ends = {last for _, last in bounds(each, smaller(size))}
            assert {last for _, last in bounds(each, size)} <= ends


def test_an_operation_is_the_group_of_the_list_of_steps() -> None:
    timeline = Timeline(scalarize(network(2, 3, 1, rows=2)).iteration)
    assert bounds(timeline, "operation") == player.group_bounds(timeline)
    assert bounds(timeline, "term") == tuple((k, k) for k in range(1, len(timeline) + 1))


def test_a_neuron_is_its_products_and_their_sum() -> None:
    timeline = Timeline(scalarize(network(2, 2, 1)).iteration)
    stretches = names(timeline, "neuron")
    assert [len(each) for each in stretches[:2]] == [3, 3]
    assert stretches[0][-1] != stretches[1][-1]


def test_a_layer_is_all_its_neurons_and_their_activations() -> None:
    timeline = Timeline(scalarize(network(2, 2, 1)).iteration)
    first, second = bounds(timeline, "layer")[:2]
    assert first == (1, 8)  # two neurons of three steps, two activations
    assert second[0] == 9
    assert len(bounds(Timeline(network(2, 2, 1)), "layer")) == len(bounds(timeline, "layer"))


def test_a_formulas_stretches_are_its_named_values() -> None:
    assert names(Timeline(neuron()), "neuron") == [["·", "·", "·", "z"], ["y"], ["·", "L"]]


@pytest.mark.parametrize("size", SIZES)
def test_every_way_forward_has_its_way_back(size: str) -> None:
    timeline = Timeline(scalarize(network(2, 2, 1)).iteration)
    stops = [Position()]
    while not player.at_end(timeline, stops[-1]):
        stops.append(next_of(timeline, stops[-1], size))  # type: ignore[arg-type]
    for earlier, later in itertools.pairwise(stops):
        assert previous_of(timeline, later, size) == earlier  # type: ignore[arg-type]
    moving = Position(1, stops[1].step, 0.4)
    assert next_of(timeline, moving, size) == stops[1]  # type: ignore[arg-type]


def test_sizes_grow_and_shrink_to_the_last_one() -> None:
    assert [larger(size) for size in SIZES] == [*SIZES[1:], SIZES[-1]]
    assert [smaller(size) for size in SIZES] == [SIZES[0], *SIZES[:-1]]
