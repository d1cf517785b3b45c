"""A graph seen from afar, and the part of it that a view shows."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.layout import layout
from mlviz.picture.afar import DETAIL
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Curve, Picture, Rect, Role, Swarm, Text, Token
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron, timelines


def pictures(timeline: Timeline) -> GraphPictures:
    return GraphPictures(timeline, layout(graph_shape(timeline), "layered"))


def from_afar(graph: GraphPictures, step: int, progress: float = 1.0) -> Picture:
    return graph.seen(Position(1, step, progress), None, None, graph.bounds, DETAIL / 2)


def colours(picture: Picture, *, lines: bool) -> Counter[Role]:
    found: Counter[Role] = Counter()
    for item in picture.items:
        if isinstance(item, Swarm) and item.lines == lines:
            found[item.stroke] += item.rows.size
    return found


@given(timelines(), st.data())
@settings(max_examples=20, deadline=None)
def test_a_view_of_everything_near_by_is_the_whole_picture(
    timeline: Timeline, data: st.DataObject
) -> None:
    graph = pictures(timeline)
    position = Position(1, data.draw(st.integers(0, len(timeline))), 0.6)
    seen = graph.seen(position, None, None, graph.bounds, 1.0)
    assert replace(seen, focus=graph.focus(position)) == graph.at(position)


@given(timelines(), st.data())
@settings(max_examples=20, deadline=None)
def test_going_anywhere_and_back_gives_the_identical_view(
    timeline: Timeline, data: st.DataObject
) -> None:
    graph = pictures(timeline)
    steps = st.integers(0, len(timeline))
    here, there = data.draw(steps), data.draw(steps)
    scale = data.draw(st.sampled_from([0.1, 0.3, 1.0]))
    view = Rect(0, 0, 400, 300)
    first = graph.seen(Position(1, here, 0.5), 0, None, view, scale)
    graph.seen(Position(1, there), None, 0, view, scale)
    assert graph.seen(Position(1, here, 0.5), 0, None, view, scale) == first
    assert pictures(timeline).seen(Position(1, here, 0.5), 0, None, view, scale) == first


def test_what_lies_beside_the_view_is_not_made() -> None:
    graph = pictures(Timeline(neuron()))
    (first, *_), rects = graph.rects, graph.rects
    seen = graph.seen(Position(), None, None, rects[first], 1.0)
    assert seen.box(f"node:{first}")
    assert len(seen.items) < len(graph.at(Position()).items) / 2


def test_from_afar_there_are_no_texts_but_every_node_in_the_colour_of_its_state() -> None:
    timeline = Timeline(neuron())
    graph = pictures(timeline)
    last = {phase.phase: phase.last for phase in timeline.segments}
    assert not any(isinstance(item, Text) for item in from_afar(graph, 3).items)
    start = colours(from_afar(graph, 0), lines=False)
    leaves = sum(timeline.tape[id].is_leaf for id in graph.rects)
    assert start == {Role.FORWARD: leaves, Role.LINE: len(graph.rects) - leaves}
    end = colours(from_afar(graph, len(timeline)), lines=False)
    assert end[Role.UPDATE] == len(timeline.updates)
    middle = colours(from_afar(graph, next(iter(last.values()))), lines=False)
    assert middle == {Role.FORWARD: len(graph.rects)}


def test_from_afar_gradients_colour_their_edges() -> None:
    timeline = Timeline(neuron())
    graph = pictures(timeline)
    before = colours(from_afar(graph, 0), lines=True)
    after = colours(from_afar(graph, len(timeline)), lines=True)
    assert set(before) == {Role.LINE}
    assert after[Role.BACKWARD] >= len(timeline.contributions)


def test_from_afar_the_token_and_its_edge_are_seen() -> None:
    timeline = Timeline(neuron())
    graph = pictures(timeline)
    step = next(step for step in timeline.steps if step.kind is StepKind.BACKWARD)
    items = from_afar(graph, step.number, 0.5).items
    assert sum(isinstance(item, Token) for item in items) == 1
    edges = [item.key for item in items if isinstance(item, Curve) and item.key]
    assert edges == [f"edge:{step.node}:{step.slot}"]


def test_of_very_many_long_lines_some_are_left_out_the_same_ones_in_every_view() -> None:
    timeline = Timeline(scalarize(network(2, 30, 30, 1)).iteration)
    graph = GraphPictures(timeline, layout(graph_shape(timeline), "blocks"))
    scale = 0.3
    rows = [
        np.concatenate([swarm.rows for swarm in graph.afar.edges(0, view, scale)])
        for view in (graph.bounds, Rect(0, 0, graph.bounds.width / 2, graph.bounds.height))
    ]
    assert rows[0].size < len(graph.afar.lines)
    assert set(rows[1]) < set(rows[0])
