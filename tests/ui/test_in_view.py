"""What a step is about is seen whole: what travels, its label, and the box that receives.

Looked at for every example at every magnification, on the stages that the usual and the least
window have, whole and half; by geometry alone, with no window.
"""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from mlviz.document.examples import examples
from mlviz.learn.training import Iteration
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Box, Polygon, Rect, Role, Token
from mlviz.trace.steps import Position, StepKind
from mlviz.ui.camera import Lens, stage_area
from mlviz.ui.framing import Framing
from mlviz.ui.layout_worker import room_of
from tests.picture.looks import is_badge
from tests.ui.test_looks import document, views

STAGES = ((890, 731), (474, 599), (890, 366), (474, 300))
"""Px of the stage in a window of 1440×900 and in one of 1024×768, and of half of each."""
NAMES = [found.name for found in examples()]
FEW, MOST = 25, 150
"""Of a longer run not every step is looked at, but as many as these."""
PARTS = (0.2, 0.3, 0.5, 0.65, 1.0)
"""The moments of a step: as soon as the view has come, on the way, and at rest."""
ROOM = 16.0
"""Px of the picture around what happens that the view may need."""
NEAR = 160.0
NOWHERE = Rect(-1e6, -1e6, 1.0, 1.0)


def graphs(iteration: Iteration, stage: tuple[int, int]) -> Iterator[GraphPictures]:
    area = stage_area(*stage, 1.0, plain=False)
    for view in views(iteration, room=room_of(area.width, area.height)):
        if isinstance(view.pictures, GraphPictures):
            yield view.pictures


def unseen(graph: GraphPictures, stage: tuple[int, int], steps: Iterable[int]) -> Iterator[str]:
    """Yield what should be seen and is not."""
    area = stage_area(*stage, 1.0, plain=False)
    framing, lens = Framing(), Lens()
    for number in steps:
        step = graph.timeline.step(number)
        for part in PARTS if step is not None else ():
            position = Position(1, number, part)
            camera = framing.camera(lens, graph, position, area, 1.0)
            for rect in wanted(
                graph, position, area.width / camera.scale, area.height / camera.scale
            ):
                seen = camera.to_widget(rect)
                if not _within(seen, area):
                    yield f"step {number} at {part}: {seen} at {camera.scale:.2f}"


def wanted(graph: GraphPictures, position: Position, width: float, height: float) -> list[Rect]:
    """Return what of a step should be seen at a moment, if so much of the picture is."""
    step = graph.timeline.step(position.step)
    assert step is not None
    moving = graph.seen(position, None, None, NOWHERE, 1.0).items
    tokens = [_around(item) for item in moving if isinstance(item, Token)]
    badges = [item for item in moving if isinstance(item, Box) and is_badge(item)]
    badges.sort(key=lambda badge: badge.fill is Role.BACKWARD_SOFT)  # a tag counts less
    labels = [badge.rect for badge in badges]
    node, target = graph.rects[step.node], graph.rects[step.target]
    path = graph.route(step.node, step.slot) if step.kind is StepKind.BACKWARD else None
    if path is None or node == target:
        if position.progress == PARTS[0]:
            return []
        return _first((node, *labels), width, height)
    everything = [*tokens, *graph.acting(step.number), *(Rect(x, y, 0, 0) for x, y in path)]
    whole = _united(everything).grown(ROOM)
    if whole.width <= width and whole.height <= height:
        return everything
    if position.progress == 1:
        return _first((*tokens, *labels[:1], target, *labels), width, height)
    if position.progress == PARTS[0]:
        return _first((*tokens, *labels[:1], node), width, height)
    return tokens


def _first(rects: Sequence[Rect], width: float, height: float) -> list[Rect]:
    """Return the first of some rectangles with those after it that are seen at once with it."""
    found = list(rects[:1])
    for rect in rects[1:]:
        whole = _united([*found, rect]).grown(ROOM)
        if whole.width <= width and whole.height <= height:
            found.append(rect)
    return found


def _united(rects: Sequence[Rect]) -> Rect:
    whole = rects[0]
    for rect in rects[1:]:
        whole = whole.united(rect)
    return whole


def _around(token: Token) -> Rect:
    radius = token.radius
    return Rect(token.x - radius, token.y - radius, 2 * radius, 2 * radius)


def _within(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x >= outer.x - 1
        and inner.y >= outer.y - 1
        and inner.right <= outer.right + 1
        and inner.bottom <= outer.bottom + 1
    )


def flaws(name: str, stages: Iterable[tuple[int, int]], most: int) -> list[str]:
    found = []
    iteration = document(name).training.iteration(1)
    for stage in stages:
        for graph in graphs(iteration, stage):
            last = len(graph.timeline)
            steps = range(1, last + 1, max(last // most, 1))
            found += [
                f"{stage}, {len(graph.rects)} boxes, {each}" for each in unseen(graph, stage, steps)
            ]
    return found


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["activations", "mse", "likelihood", "mazur", "k-fold"])
def test_what_acts_and_what_receives_are_in_view(name: str) -> None:
    assert flaws(name, STAGES[:2], FEW) == []


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", NAMES)
def test_what_acts_and_what_receives_are_in_view_on_every_stage(name: str) -> None:
    assert flaws(name, STAGES, MOST) == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["activations", "mse", "k-fold", "dropout"])
def test_a_label_points_at_what_travels_and_at_rest_stands_near_it(name: str) -> None:
    pointed = 0
    for graph in graphs(document(name).training.iteration(1), STAGES[1]):
        last = len(graph.timeline)
        for number in range(1, last + 1, max(last // FEW, 1)):
            step = graph.timeline.step(number)
            assert step is not None
            for part in PARTS if step.kind in (StepKind.FORWARD, StepKind.BACKWARD) else ():
                items = graph.seen(Position(1, number, part), None, None, NOWHERE, 1.0).items
                tokens = [(item.x, item.y) for item in items if isinstance(item, Token)]
                tips = [item.points[-1] for item in items if isinstance(item, Polygon)]
                assert set(tips) <= set(tokens)
                pointed += len(tips)
                if step.kind is StepKind.BACKWARD and part == 1 and tokens:
                    labels = [item for item in items if isinstance(item, Box) and is_badge(item)]
                    near = [each.rect.distance(*tokens[0]) for each in labels]
                    assert min(near) <= NEAR
    assert pointed
