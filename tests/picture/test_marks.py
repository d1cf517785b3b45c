"""What a mark is: a sentence for every mark of every picture."""

from mlviz.i18n import LANGUAGES, Message, translate
from mlviz.layout import layout
from mlviz.picture.film import lock
from mlviz.picture.frames import frame_items, frame_names, frame_places
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Box, Picture, Rect, Text, Token
from mlviz.picture.legend import legend_picture
from mlviz.picture.marks import legend_mark_at, mark_at
from mlviz.trace.magnify import Frame, Spot
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import neuron


def test_every_mark_has_a_sentence_in_every_language() -> None:
    timeline = Timeline(neuron())
    graph = GraphPictures(timeline, layout(graph_shape(timeline), "layered"))
    told = set()
    for number in range(len(timeline) + 1):
        for progress in (0.4, 1.0):
            picture = graph.at(Position(1, number, progress))
            for item in picture.items:
                if isinstance(item, Box):
                    told.add(mark_at(timeline, picture, item.rect.x + 3, item.rect.bottom - 3).id)
                elif isinstance(item, Text | Token):
                    told.add(mark_at(timeline, picture, item.x, item.y).id)
    for name in ("token", "diamond", "parameter", "theta", "gradient_sign", "not_yet", "bubble"):
        assert f"whats.mark.{name}" in told
    for language in LANGUAGES:
        assert all(translate(Message(id), language) != id for id in told)


def test_a_lock_a_frame_and_its_close_button_are_told() -> None:
    x, y = 50.0, 40.0
    marks = Picture(tuple(lock(x, y)), Rect(0, 0, 100, 100))
    timeline = Timeline(neuron())
    for at in ((x, y), (x, y + 2), (x - 6, y - 3)):
        assert mark_at(timeline, marks, *at).id == "whats.mark.lock"
    frame = Frame("layer1", frozenset({0}), Spot(0, "layer"))
    places = frame_places([frame], {0: Rect(0, 0, 80, 60)})
    framed = Picture((*frame_items(places), *frame_names(places)), Rect(0, 0, 100, 100))
    assert mark_at(timeline, framed, 40, 30).id == "whats.mark.opened"
    close = places[0].close
    assert close is not None
    assert mark_at(timeline, framed, *close.center).id == "whats.mark.close"


def test_every_line_of_the_legend_is_a_mark() -> None:
    picture = legend_picture()
    lines = [item for item in picture.items if isinstance(item, Text) and item.x > 60]
    told = [legend_mark_at(picture, line.y - 4).id for line in lines]
    assert all(id.startswith("whats.mark.") for id in told)
    assert all(translate(Message(id), "zh_CN") != id for id in told)


def test_a_travelling_diamond_is_told_from_what_lies_under_it() -> None:
    timeline = Timeline(neuron())
    graph = GraphPictures(timeline, layout(graph_shape(timeline), "layered"))
    step = next(step for step in timeline.steps if step.kind is StepKind.BACKWARD)
    picture = graph.at(Position(1, step.number, 0.4))
    (token,) = [item for item in picture.items if isinstance(item, Token)]
    assert mark_at(timeline, picture, token.x, token.y).id == "whats.mark.diamond"
    assert mark_at(timeline, picture, -500, -500).id == "whats.stage"


def test_the_legend_has_a_sample_for_each_of_its_lines() -> None:
    picture = legend_picture()
    lines = [item for item in picture.items if isinstance(item, Text) and item.x > 60]
    samples = [item for item in picture.items if item not in lines]
    assert len(lines) == len({line.text for line in lines}) >= 12
    assert len(samples) >= len(lines)
