"""A passage between magnifications is a pure function of its progress."""

import numpy as np
import pytest

from mlviz.layout import layout
from mlviz.picture.frames import frame_note, frame_places, framed
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Box, Curve, Picture, Rect, Swarm, Text
from mlviz.picture.transition import MOST, Passage, Shift
from mlviz.trace.magnify import LAYERS, OPERATIONS, SCALARS, Frame, Level, Spot, View, magnified
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from tests.runs import network

RUN = network(2, 2, 1)
START = Position(1, 0)


def side(level: Level, *opened: Spot) -> tuple[View, GraphPictures]:
    view = magnified(RUN, level, opened)
    timeline = Timeline(view.iteration)
    graph = framed(graph_shape(timeline), view.frames)
    return view, GraphPictures(timeline, layout(graph, "layered"), view.frames)


def passage(before: Level, after: Level) -> Passage:
    (old, left), (new, reached) = side(before), side(after)
    found = Passage.between(left, (START, None), old, new)
    assert found is not None
    return found.towards(reached)


def at(moving: Passage, progress: float) -> Picture:
    return moving.later(progress).picture(START, None, Shift())


def places(picture: Picture) -> list[Rect]:
    return [
        item.rect
        for item in picture.items
        if isinstance(item, Box) and item.key and item.opacity > 0
    ]


def close(one: Rect, other: Rect) -> bool:
    sides = (one.x, one.y, one.width, one.height), (other.x, other.y, other.width, other.height)
    return bool(np.allclose(*sides))


def test_it_begins_with_the_picture_that_is_left_and_ends_with_the_one_that_is_reached() -> None:
    for before, after in ((LAYERS, OPERATIONS), (OPERATIONS, SCALARS), (SCALARS, LAYERS)):
        moving = passage(before, after)
        assert moving.reached is not None
        for progress, graph in ((0.0, moving.left), (1.0, moving.reached)):
            shown = places(at(moving, progress))
            for rect in graph.rects.values():
                assert any(close(rect, place) for place in shown)
            for place in shown:
                assert any(close(rect, place) for rect in graph.rects.values())


def gliding(picture: Picture) -> list[Rect]:
    """Return the boxes that are on their way: as such, or each as its four sides."""
    found = []
    for item in picture.items:
        if isinstance(item, Swarm) and not item.lines:
            found += [Rect(*row) for row in item.shapes[item.rows].tolist()]
        elif isinstance(item, Swarm):
            count = len(item.shapes) // 4
            upper, lower = item.shapes[:count], item.shapes[2 * count : 3 * count]
            found += [
                Rect(x0, y0, x1 - x0, y1 - y0)
                for (x0, y0), (x1, y1) in zip(upper[:, :2], lower[:, :2], strict=True)
            ]
    return found


def test_parts_come_out_of_the_box_that_they_were_inside_of() -> None:
    moving = passage(LAYERS, OPERATIONS)
    assert moving.reached is not None
    block = next(i for i, node in enumerate(moving.left.tape) if node.name == "a^1")
    part = next(i for i, node in enumerate(moving.reached.tape) if node.name == "z^1")
    start, end = moving.left.rects[block], moving.reached.rects[part]
    assert any(close(place, start) for place in gliding(at(moving, 0.1)))
    between = gliding(at(moving, 0.5))
    middle = [(a + b) / 2 for a, b in zip(start.center, end.center, strict=True)]
    assert any(np.allclose(place.center, middle) for place in between)
    assert any(close(place, end) for place in gliding(at(moving, 0.9)))


def test_half_way_there_are_boxes_and_no_numbers_but_those_of_what_stays() -> None:
    moving = passage(LAYERS, OPERATIONS)
    half = at(moving, 0.5)
    names = {item.text for item in half.items if isinstance(item, Text)}
    assert any(str(name).startswith("W") for name in names)
    assert not any(isinstance(item, Curve) for item in half.items)
    assert len(gliding(half)) >= 3
    # In between nothing but the boxes is made anew, so that a frame costs little.
    many = passage(OPERATIONS, SCALARS)
    assert len(at(many, 0.5).items) < 12 * 9


def test_half_way_boxes_full_of_shades_leave_them_behind() -> None:
    run = network(20, 12, 1)
    views = [magnified(run, LAYERS), magnified(run, OPERATIONS)]
    graphs = []
    for view in views:
        timeline = Timeline(view.iteration)
        shape = framed(graph_shape(timeline), view.frames)
        graphs.append(GraphPictures(timeline, layout(shape, "layered"), view.frames))
    found = Passage.between(graphs[0], (START, None), *views)
    assert found is not None
    moving = found.towards(graphs[1])
    assert len(graphs[1].at(START).items) > 500
    assert len(at(moving, 0.5).items) < 150
    assert gliding(at(moving, 0.5))


def test_only_what_is_seen_is_made() -> None:
    moving = passage(OPERATIONS, SCALARS)
    assert moving.reached is not None
    view = next(iter(moving.reached.rects.values()))
    for progress in (0.0, 0.5, 1.0):
        later = moving.later(progress)
        seen = later.picture(START, None, Shift(), view, 1.0)
        every = later.picture(START, None, Shift())
        assert len(gliding(seen)) <= len(gliding(every))
        assert len(seen.items) <= len(every.items) + 1
    assert len(gliding(moving.later(0.5).picture(START, None, Shift(), view, 1.0))) < 20


def test_closing_is_opening_backwards() -> None:
    (old, left), (new, reached) = side(LAYERS), side(OPERATIONS)
    there = Passage.between(left, (START, None), old, new)
    back = Passage.between(reached, (START, None), new, old)
    assert there is not None
    assert back is not None
    opening = there.towards(reached).later(0.25).picture(START, None, Shift())
    closing = back.towards(left).later(0.75).picture(START, None, Shift())
    assert opening.items == closing.items


def test_what_is_left_begins_where_it_was_on_the_screen() -> None:
    moving = passage(LAYERS, OPERATIONS)
    shift = Shift(2.0, 30.0, -10.0)
    shown = moving.picture(START, None, shift)
    block = next(i for i, node in enumerate(moving.left.tape) if node.name == "a^1")
    assert close(shown.box(f"node:{block}").rect, shift.rect(moving.left.rects[block]))


def test_the_same_progress_gives_the_same_picture() -> None:
    moving = passage(OPERATIONS, SCALARS)
    assert at(moving, 0.4).items == at(moving, 0.4).items
    assert moving.later(0.3).later(0.9).progress == 1.0


def test_very_many_nodes_do_not_glide() -> None:
    view, graph = side(LAYERS)
    many = View(view.iteration, view.ids, view.spots * (MOST // len(view.spots) + 1))
    assert Passage.between(graph, (START, None), view, many) is None


def test_a_frame_is_around_its_nodes_and_within_outer_frames() -> None:
    root = next(s for s in magnified(RUN, LAYERS).spots if s.part == "layer")
    inside = magnified(RUN, LAYERS, [root])
    linear = next(s for s in inside.spots if s.node < root.node and RUN.tape[s.node].op)
    _, graph = side(LAYERS, root, linear)
    outer, inner = graph.frames
    assert outer.spot == root
    assert inner.spot == linear
    for place in graph.frames:
        for id in place.frame.nodes & graph.rects.keys():
            assert place.rect.united(graph.rects[id]) == place.rect
        assert place.close is not None
        assert place.rect.united(place.close) == place.rect
    assert outer.rect.united(inner.rect) == outer.rect
    assert graph.bounds.united(outer.rect) == graph.bounds


def test_a_module_that_is_not_together_has_no_frame() -> None:
    rects = {0: Rect(0, 0, 10, 10), 1: Rect(100, 0, 10, 10), 2: Rect(50, 0, 10, 10)}
    module = Frame("layer1", frozenset({0, 1}))
    assert frame_places([module], rects) == ()
    assert len(frame_places([module], {0: rects[0], 1: rects[1]})) == 1
    opened = Frame("z", frozenset({0, 1}), Spot(3))
    assert len(frame_places([opened], rects)) == 1


@pytest.mark.parametrize(
    ("elided", "others", "id"),
    [
        (0, 0, None),
        (5, 0, "inside.elided.terms"),
        (0, 1234, "inside.elided.cells"),
        (5, 3, "inside.elided.both"),
    ],
)
def test_a_frame_says_what_it_leaves_out(elided: int, others: int, id: str | None) -> None:
    note = frame_note(Frame("z", frozenset(), Spot(0), elided, others))
    assert (note.id if note else None) == id


def test_dot_keeps_what_is_in_a_frame_together() -> None:
    view = magnified(network(3, 4, 3, 2), SCALARS)
    timeline = Timeline(view.iteration)
    graph = framed(graph_shape(timeline), view.frames)
    assert {node.frame for node in graph.nodes if node.frame} == {"0", "1", "2", "3"}
    pictures = GraphPictures(timeline, layout(graph), view.frames)
    assert {place.frame.name for place in pictures.frames} == {
        "layer1",
        "layer2",
        "layer3",
        "loss",
    }
