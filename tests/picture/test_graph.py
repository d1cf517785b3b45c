"""Pictures of the graph: a pure function of timeline and position."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.layout import layout
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Box, Curve, Picture, Role, Text, Token
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, neuron, timelines, twice


def pictures(timeline: Timeline) -> GraphPictures:
    return GraphPictures(timeline, layout(graph_shape(timeline), "layered"))


def positions(timeline: Timeline) -> st.SearchStrategy[Position]:
    return st.builds(
        Position,
        st.just(1),
        st.integers(0, len(timeline)),
        st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.72, 0.9, 1.0]),
    )


@given(timelines(), st.data())
@settings(max_examples=30, deadline=None)
def test_going_anywhere_and_back_gives_the_identical_picture(
    timeline: Timeline, data: st.DataObject
) -> None:
    graph = pictures(timeline)
    here, there = data.draw(positions(timeline)), data.draw(positions(timeline))
    first = graph.at(here)
    graph.at(there)
    assert graph.at(here) == first
    assert pictures(timeline).at(here) == first


def shown_numbers(picture: Picture) -> list[str]:
    return [
        text.text
        for text in picture.items
        if isinstance(text, Text) and isinstance(text.text, str) and text.family == "number"
    ]


@given(timelines())
@settings(max_examples=25, deadline=None)
def test_no_number_is_shown_before_it_is_computed(timeline: Timeline) -> None:
    """Every number on the stage is a value or gradient that is known, or what travels now."""
    graph = pictures(timeline)
    for number in range(len(timeline) + 1):
        for progress in (0.0, 0.5, 1.0):
            known = set()
            state = timeline.state_at(number)
            for node in timeline.tape:
                for array in (state.value(node.id), state.gradient(node.id)):
                    if array is not None:
                        known |= {format_number(entry) for entry in np.ravel(array)}
                update = state.update(node.id)
                if update is not None:
                    for array in (update.before, update.after, update.change, abs(update.change)):
                        known |= {format_number(entry) for entry in np.ravel(array)}
            step = timeline.step(number)
            if step is not None and step.kind is StepKind.BACKWARD:
                contribution = timeline.contribution(step)
                for array in (contribution.upstream, contribution.local, contribution.downstream):
                    if array is not None:
                        known |= {format_number(entry) for entry in np.ravel(array)}
            after = timeline.iteration.loss_after
            if step is not None and step.kind is StepKind.RESULT and after is not None:
                known.add(format_number(after))
            for text in shown_numbers(graph.at(Position(1, number, progress))):
                if re.fullmatch(
                    r"\d+/\d+|([^\d−]\S* )?(\d+(×\d+)*|\(\d+,\))", text
                ):  # received 1/2, a shape
                    continue
                if "←" in text:  # the rule of an update, in symbols
                    continue
                for word in re.split(r" [×+−] |→ |= ", text):
                    assert word.strip("() ") in known | {NOT_YET, ""}, text


def test_an_input_used_twice_has_two_edges() -> None:
    timeline = Timeline(formula("y = a + a", a=2.0).iteration(1))
    picture = pictures(timeline).at(Position(1, len(timeline)))
    edges = [item for item in picture.items if isinstance(item, Curve) and item.key]
    assert [edge.key for edge in edges] == ["edge:1:0", "edge:1:1"]
    assert edges[0].points != edges[1].points


def test_both_contributions_to_a_variable_used_twice_are_counted() -> None:
    timeline = Timeline(twice())
    graph = pictures(timeline)
    last = [step.number for step in timeline.steps if step.target == 0][-2:]
    texts = [set(shown_numbers(graph.at(Position(1, number)))) for number in last]
    assert {"1/2", "57.00"} <= texts[0]
    assert {"2/2", "114.0"} <= texts[1]


def test_a_token_travels_backwards_from_the_operation_to_its_input() -> None:
    timeline = Timeline(neuron())
    graph = pictures(timeline)
    step = next(s for s in timeline.steps if s.kind is StepKind.BACKWARD)
    places = []
    for progress in (0.25, 0.4, 0.55, 0.7):
        picture = graph.at(Position(1, step.number, progress))
        (token,) = [item for item in picture.items if isinstance(item, Token)]
        assert token.shape == "diamond"
        places.append(token.x)
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == 4


def test_forward_tokens_are_round_and_one_for_each_input() -> None:
    timeline = Timeline(neuron())
    picture = pictures(timeline).at(Position(1, 1, 0.4))
    tokens = [item for item in picture.items if isinstance(item, Token)]
    assert [token.shape for token in tokens] == ["round", "round"]


def test_boxes_do_not_move_or_change_size_while_playing() -> None:
    timeline = Timeline(neuron())
    graph = pictures(timeline)
    rects = [
        {
            item.key: item.rect
            for item in graph.at(Position(1, number, progress)).items
            if isinstance(item, Box) and item.key
        }
        for number in range(len(timeline) + 1)
        for progress in (0.3, 1.0)
    ]
    assert all(found == rects[0] for found in rects)


def test_numbers_fit_into_their_boxes() -> None:
    timeline = Timeline(network(2, 3, 1, rows=3))
    graph = pictures(timeline)
    picture = graph.at(Position(1, len(timeline)))
    boxes = [item.rect for item in picture.items if isinstance(item, Box) and item.key]
    for item in picture.items:
        if isinstance(item, Text) and item.align == "right" and isinstance(item.text, str):
            left = item.x - 0.602 * item.size * len(item.text)
            holder = [box for box in boxes if box.contains(item.x, item.y)]
            assert holder
            assert left >= holder[0].x


def test_selection_and_hovering_are_seen() -> None:
    timeline = Timeline(neuron())
    graph = pictures(timeline)
    picture = graph.at(Position(), selected=0, hovered=1)
    assert picture.box("node:0").stroke is Role.SELECTED
    assert picture.box("node:1").stroke is Role.HOVERED


def test_plain_numbers_of_a_formula_are_written_on_their_operation() -> None:
    timeline = Timeline(formula("L = (y - 1)**2", y=3.0).iteration(1))
    picture = pictures(timeline).at(Position())
    titles = [t.text for t in picture.items if isinstance(t, Text) and t.bold and t.family == "ui"]
    assert titles == ["y", "v₁ = ( ) − 1", "L = ( )²"]


def test_a_picture_is_said_in_words() -> None:
    timeline = Timeline(neuron())
    summaries = {
        pictures(timeline).at(Position(1, number)).summary for number in range(len(timeline) + 1)
    }
    assert len(summaries) == len(timeline) + 1


def test_the_focus_of_a_picture_is_the_same_as_long_as_a_step_lasts() -> None:
    timeline = Timeline(neuron())
    graph = pictures(timeline)
    for step in timeline.steps:
        found = {graph.at(Position(1, step.number, part)).focus for part in (0.1, 0.5, 1.0)}
        assert len(found) == 1
        (focus,) = found
        assert focus is not None
        box = graph.rects[step.target]
        assert focus.contains(box.x, box.y)
        assert focus.contains(box.right, box.bottom)


def test_the_shade_of_a_gradient_tells_its_sign() -> None:
    timeline = Timeline(network(2, 2, 1, rows=12))
    picture = pictures(timeline).at(Position(1, len(timeline)))
    found = set()
    for node in timeline.tape:
        gradient = timeline.state_at(len(timeline)).gradient(node.id)
        rect = pictures(timeline).rect(node.id)
        if gradient is None or rect is None or gradient.shape != (12, 1):
            continue
        shades = [
            item.rect
            for item in picture.items
            if isinstance(item, Box)
            and item.fill is Role.BACKWARD
            and rect.contains(*item.rect.center)
        ]
        low = [number < 0 for number in gradient.reshape(-1).tolist()]
        assert [shade.height < 5 for shade in shades] == low
        found |= set(low)
    assert found == {True, False}
