"""What passes behind boxes is seen all the same, and a lock stands on its own edge alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlviz.autograd import Array
from mlviz.layout import layout
from mlviz.layout.graph import Placed
from mlviz.learn.training import Iteration
from mlviz.picture.behind import Behind
from mlviz.picture.film import lock
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Box, Curve, Polygon, Rect, Role, Text, Token
from mlviz.picture.room import Room
from mlviz.picture.shape import Path
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula

RADIUS = next(item.rect for item in lock(0, 0) if isinstance(item, Box)).width / 2
"""Of a lock's plate."""


def crossed(stretched: float = 6.0) -> tuple[GraphPictures, Step, str]:
    """Return a graph in which a box lies on the middle of an edge, and that edge's step."""
    timeline = Timeline(formula("u = a*b", "L = u*c", a=2.0, b=3.0, c=4.0).iteration(1))
    found = layout(graph_shape(timeline))
    names = {node.name: node for node in timeline.tape}
    slot = names["L"].inputs.index(names["u"].id)
    points = GraphPictures(timeline, found).route(names["L"].id, slot)
    assert points is not None
    far = tuple((x * stretched, y * stretched) for x, y in points)
    routes = tuple(
        replace(route, points=far) if route.points == points else route for route in found.routes
    )
    nodes = dict(found.nodes)
    for name, place in (("u", far[0]), ("L", far[-1]), ("a", Path(far).at(0.5))):
        nodes[names[name].id] = Placed(*place)
    graph = GraphPictures(timeline, replace(found, nodes=nodes, routes=routes))
    step = next(
        step
        for step in timeline.steps
        if step.kind is StepKind.BACKWARD and (step.node, step.slot) == (names["L"].id, slot)
    )
    return graph, step, f"node:{names['a'].id}"


def strange(graph: GraphPictures, key: str) -> Rect:
    return graph.rects[int(key.removeprefix("node:"))]


def test_a_gradient_waits_where_no_box_hides_it() -> None:
    graph, step, key = crossed()
    for part in (0.99, 1.0):
        items = graph.at(Position(1, step.number, part)).items
        token = next(item for item in items if isinstance(item, Token))
        assert all(box.distance(token.x, token.y) > token.radius for box in graph.rects.values())
        assert strange(graph, key).distance(token.x, token.y) < 40


def test_a_label_that_stands_far_off_is_tied_to_what_travels() -> None:
    graph, step, _ = crossed(40.0)
    far = 0
    for part in np.linspace(0.1, 1.0, 40):
        items = graph.at(Position(1, step.number, float(part))).items
        token = next(item for item in items if isinstance(item, Token))
        label = next(
            item.rect for item in items if isinstance(item, Box) and item.fill is Role.BACKWARD
        )
        tips = [item.points[-1] for item in items if isinstance(item, Polygon)]
        tips += [item.points[-1] for item in items if isinstance(item, Curve) and not item.key]
        if 0 < label.distance(token.x, token.y) <= 400:
            assert (token.x, token.y) in tips
            lines = [item for item in items if isinstance(item, Curve) and not item.key]
            if label.distance(token.x, token.y) > 165:
                ground, line = lines
                assert ground.points == line.points
                assert ground.role is Role.STAGE
                assert ground.width > 2 * line.width
                far += 1
    assert far


def test_a_lock_stands_beside_the_edge_that_crosses_its_own() -> None:
    across = Path(((0.0, 0.0), (30.0, 0.0), (60.0, 0.0), (90.0, 0.0)))
    down = Path(((45.0, -40.0), (45.0, -10.0), (45.0, 10.0), (45.0, 40.0)))
    ends = {0: Rect(-60.0, -20.0, 60.0, 40.0), 1: Rect(90.0, -20.0, 60.0, 40.0)}
    tape = formula("h = w*x", w=3.0, x=2.0).iteration(1).tape
    x, y = across.at(Behind(tape, ends, {(2, 0): across, (2, 1): down}).free_middle((2, 0)))
    assert abs(x - 45) > RADIUS
    assert all(box.distance(x, y) >= RADIUS for box in ends.values())
    assert Behind(tape, ends, {(2, 0): across}).free_middle((2, 0)) == 0.5


def test_the_locks_of_a_graph_stand_on_their_own_edges_alone() -> None:
    run = formula("h = w*x", "c = detach(h)", "k = no_grad(w**2)", "L = h*c + k", w=3.0, x=2.0)
    timeline = Timeline(run.iteration(1))
    for direction in ("TB", "LR"):
        graph = GraphPictures(timeline, layout(graph_shape(timeline), rankdir=direction))
        step = next(step for step in timeline.steps if step.kind is StepKind.BACKWARD)
        items = graph.at(Position(1, step.number)).items
        plates = [item.rect for item in items if isinstance(item, Box) and item.stroke is Role.BAD]
        assert len(plates) == 2
        edges = [item for item in items if isinstance(item, Curve) and item.key]
        for plate in plates:
            near = [np.hypot(*(points(edge) - plate.center).T).min() for edge in edges]
            assert sum(distance < RADIUS for distance in near) == 1
            assert all(box.distance(*plate.center) >= RADIUS for box in graph.rects.values())


def points(edge: Curve) -> Array:
    path = Path(edge.points)
    return np.array([path.at(part) for part in np.linspace(0, 1, 200)])


def pictures(iteration: Iteration) -> GraphPictures:
    timeline = Timeline(iteration)
    return GraphPictures(timeline, layout(graph_shape(timeline)))


def test_a_rule_of_a_tensor_says_to_what_it_gives_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Room.place

    def crowded(self: Room, given: Sequence[tuple[float, float]], *rest: Any, **named: Any) -> Any:
        return len(given) - 1, usual(self, given[-1:], *rest, **named)[1]

    monkeypatch.setattr(Room, "place", crowded)
    graph, told = pictures(formula("L = sum(w)", rate=0.1, w=[1.0, 2.0]).iteration(1)), 0
    for step in graph.timeline.steps:
        if step.kind is StepKind.UPDATE:
            items = graph.at(Position(1, step.number, 0.5)).items
            texts = [str(item.text) for item in items if isinstance(item, Text)]
            told += any(text.startswith("w ←") for text in texts)
    assert told == 1
