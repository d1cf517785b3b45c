"""A view that follows cuts through few boxes, and never jumps."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Rect
from mlviz.trace.steps import Position
from mlviz.ui.camera import Camera, Hand, Lens
from mlviz.ui.framing import Framing
from mlviz.ui.session import Session

AREA = Rect(6, 48, 560, 250)


def cut(graph: GraphPictures, camera: Camera) -> int:
    """Return how many boxes the upper or the lower edge of the area goes through."""
    found = 0
    for rect in graph.rects.values():
        seen = camera.to_widget(rect)
        if seen.x < AREA.right and seen.right > AREA.x:
            edges = (AREA.y, AREA.bottom)
            found += any(seen.y + 1 < edge < seen.bottom - 1 for edge in edges)
    return found


@pytest.mark.parametrize(("name", "level"), [("xor", "layers"), ("mazur", "scalars")])
def test_fewer_boxes_are_cut_and_what_happens_stays_in_view(
    make_session: Callable[..., Session],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    level: str,
) -> None:
    session = make_session(name, reduced_motion=True)
    session.set_level(level)
    session.wait_for_layout()
    graph = session.graph
    assert graph is not None
    places = [Position(1, step) for step in range(len(session.timeline) + 1)]
    moved = Framing()
    better = [moved.camera(Lens(), graph, place, AREA, 1.0) for place in places]
    with monkeypatch.context() as patch:
        patch.setattr("mlviz.ui.framing._shift", lambda *_: 0.0)
        still = Framing()
        plain = [still.camera(Lens(), graph, place, AREA, 1.0) for place in places]
    for camera, before, place in zip(better, plain, places, strict=True):
        assert camera.scale == before.scale
        assert cut(graph, camera) <= cut(graph, before)
        for rect in graph.acting(place.step):
            was, seen = before.to_widget(rect), camera.to_widget(rect)
            assert seen.y >= min(was.y, AREA.y) - 1
            assert seen.bottom <= max(was.bottom, AREA.bottom) + 1
            assert seen.x >= min(was.x, AREA.x) - 1
            assert seen.right <= max(was.right, AREA.right) + 1
    assert sum(cut(graph, camera) for camera in better) < 0.85 * sum(
        cut(graph, camera) for camera in plain
    )


def test_it_glides_from_step_to_step_and_keeps_a_chosen_view(
    make_session: Callable[..., Session],
) -> None:
    session = make_session("xor", reduced_motion=True)
    session.set_level("layers")
    session.wait_for_layout()
    graph = session.graph
    assert graph is not None
    lens, framing = Lens(), Framing()
    for step in range(1, len(session.timeline) + 1):
        end = framing.camera(lens, graph, Position(1, step - 1), AREA, 1.0)
        places = [
            framing.camera(lens, graph, Position(1, step, k / 50), AREA, 1.0).y for k in range(51)
        ]
        assert places[0] == pytest.approx(end.y)
        assert places[-1] == framing.camera(lens, graph, Position(1, step), AREA, 1.0).y
        jumps = [abs(b - a) for a, b in pairwise(places)]
        assert max(jumps) <= 0.2 * sum(jumps) + 1.0
    lens.look(Hand(1.0, 10, 10))
    chosen = framing.camera(lens, graph, Position(1, 2), AREA, 1.0)
    assert chosen == lens.camera(graph.bounds, None, AREA, 1.0)
