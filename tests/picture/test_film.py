"""What the film shows beside the tokens."""

import pytest

from mlviz.i18n import Message
from mlviz.layout import layout
from mlviz.learn.rules import UpdateRule, adam, sgd
from mlviz.learn.training import Iteration, Training
from mlviz.numerals import format_number
from mlviz.picture.film import lock, update_lines
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Box, Curve, Item, Role, Text, Token
from mlviz.picture.network_marks import line_width
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, neuron, twice


def pictures(iteration: Iteration) -> GraphPictures:
    timeline = Timeline(iteration)
    return GraphPictures(timeline, layout(graph_shape(timeline)))


def texts(items: tuple[Item, ...]) -> list[str | Message]:
    return [item.text for item in items if isinstance(item, Text)]


def words(items: tuple[Item, ...], id: str) -> list[Message]:
    return [text for text in texts(items) if isinstance(text, Message) and text.id == id]


def token(items: tuple[Item, ...]) -> Token:
    return next(item for item in items if isinstance(item, Token))


def locks(items: tuple[Item, ...]) -> int:
    plates = [item for item in items if getattr(item, "stroke", None) is Role.BAD]
    return len(plates)


def is_full_cell(item: Item) -> bool:
    return isinstance(item, Box) and item.fill is Role.BACKWARD and item.rect.width < 10


def backward(timeline: Timeline) -> list[Step]:
    return [step for step in timeline.steps if step.kind is StepKind.BACKWARD]


def test_a_gradient_says_how_many_of_its_terms_it_has() -> None:
    graph = pictures(twice())
    seen = []
    for step in backward(graph.timeline):
        for progress in (0.1, 1.0):
            picture = graph.at(Position(1, step.number, progress))
            expected = graph.timeline.expected(step.target)
            tags = words(picture.items, "film.received")
            assert len(tags) == (1 if expected > 1 else 0)
            if tags:
                values = dict(tags[0].values)
                assert values["expected"] == expected
                seen.append((step.target, values["count"]))
                full = [item for item in picture.items if is_full_cell(item)]
                assert len(full) == values["count"]
    by_target: dict[int, list[object]] = {}
    for target, count in seen:
        by_target.setdefault(target, []).append(count)
    assert by_target
    for counts in by_target.values():  # before and after each term
        assert counts == [k for n in range(len(counts) // 2) for k in (n, n + 1)]


def test_a_dead_relu_stops_the_token_and_locks_its_edge() -> None:
    graph = pictures(formula("h = relu(x)", "L = 3*h + x", x=-2.0).iteration(1))
    relu = next(node for node in graph.tape if node.name == "h")
    step = next(step for step in backward(graph.timeline) if step.node == relu.id)
    places = []
    for progress in (0.3, 0.6, 0.9, 1.0):
        items = graph.at(Position(1, step.number, progress)).items
        carried = token(items)
        assert carried.hollow
        places.append((carried.x, carried.y))
        slope = dict(words(items, "film.slope")[0].values)["slope"]
        assert slope == "0"
        assert locks(items) == 1
    route = graph.route(step.node, step.slot)
    assert route is not None
    start, end = route[-1], route[0]
    for x, y in places:  # never nearer to the input than to where it came from
        to_end = abs(x - end[0]) + abs(y - end[1])
        to_start = abs(x - start[0]) + abs(y - start[1])
        assert to_end >= to_start - 2
    assert locks(graph.at(Position(1, step.number - 1)).items) == 0
    assert locks(graph.at(Position(1, len(graph.timeline))).items) == 1


def test_a_saturated_sigmoid_says_its_slope_and_an_open_one_has_no_lock() -> None:
    for x, shut in ((20.0, True), (0.5, False)):
        graph = pictures(formula("h = sigmoid(x)", "L = 3*h", x=x).iteration(1))
        relu = next(node for node in graph.tape if node.name == "h")
        step = next(step for step in backward(graph.timeline) if step.node == relu.id)
        items = graph.at(Position(1, step.number)).items
        assert locks(items) == int(shut)
        assert len(words(items, "film.slope")) == int(shut)
        assert not token(items).hollow


def test_of_a_tensor_the_stopped_entries_are_told() -> None:
    graph = pictures(
        formula("h = relu(x)", "L = sum(h)", x=[-1.0, 2.0, -3.0, 4.0, 5.0]).iteration(1)
    )
    relu = next(node for node in graph.tape if node.name == "h")
    step = next(step for step in backward(graph.timeline) if step.node == relu.id)
    items = graph.at(Position(1, step.number)).items
    told = words(items, "film.blocked")
    assert [dict(each.values) for each in told] == [{"count": 2, "total": 5}]
    assert not token(items).hollow


def trained(rule: UpdateRule, number: int = 1) -> Iteration:
    base = formula("L = (w*x - t)**2", rate=0.1, inputs=("x", "t"), w=0.5, x=2.0, t=3.0)
    return Training(base.program, rule, iterations=9).iteration(number)


def test_plain_descent_shows_rate_times_gradient() -> None:
    iteration = trained(sgd(0.1))
    update = iteration.updates[0]
    assert update_lines(update, iteration.rule, arrived=False) == ("0.5000 − 0.1 × (−8.000)",)
    assert update_lines(update, iteration.rule, arrived=True)[-1] == "= 1.300"


@pytest.mark.parametrize(
    ("rule", "names"),
    [(sgd(0.1, momentum=0.9), ["v"]), (adam(0.1), ["m", "v", "m\u0302", "v\u0302"])],
)
def test_other_rules_show_what_they_keep(rule: UpdateRule, names: list[str]) -> None:
    iteration = trained(rule, 3)
    update = iteration.updates[0]
    lines = update_lines(update, iteration.rule, arrived=True)
    shown = " ".join(lines)
    for name in names:
        written = "b" if len(names) == 1 else name.replace("\u0302", "hat")
        kept = update.values[written]
        assert f"{name} = {format_number(kept.item())}" in shown
    assert "t =" not in shown
    assert lines[-1] == f"= {format_number(update.after.item())}"


def test_the_old_value_glides_into_the_corner_before_the_new_one_is_there() -> None:
    graph = pictures(neuron())
    timeline = graph.timeline
    step = next(step for step in timeline.steps if step.kind is StepKind.UPDATE)
    update = timeline.update(step.node)
    assert update is not None
    old, new = format_number(update.before.item()), format_number(update.after.item())
    heights = []
    for progress in (0.3, 0.4, 0.5, 0.58):
        items = graph.at(Position(1, step.number, progress)).items
        gliding = [
            item
            for item in items
            if isinstance(item, Text) and item.text == old and item.role is Role.MUTED
        ]
        heights += [item.y for item in gliding]
        assert not [text for text in texts(items) if isinstance(text, str) and new in text]
    assert len(heights) == 4
    assert heights == sorted(heights, reverse=True)
    assert f"→ {new}" in texts(graph.at(Position(1, step.number)).items)


def test_an_edge_to_what_is_detached_is_locked_as_soon_as_gradients_go_back() -> None:
    graph = pictures(formula("h = w*w", "c = detach(h)", "L = h*c", w=3.0).iteration(1))
    seed = graph.timeline.gradient_step(graph.timeline.output)
    assert seed is not None
    node = next(node for node in graph.tape if node.name == "c")
    for number in range(len(graph.timeline) + 1):
        items = graph.at(Position(1, number)).items
        assert locks(items) == int(number >= seed)
        if number >= seed:
            route = graph.route(node.id, 0)
            assert route is not None
            plate = next(item for item in items if getattr(item, "stroke", None) is Role.BAD)
            assert isinstance(plate, Box)
            (x0, y0), (x1, y1) = route[0], route[-1]
            x, y = plate.rect.center
            assert min(x0, x1) <= x <= max(x0, x1)
            assert min(y0, y1) - 1 <= y <= max(y0, y1) + 1


def test_a_lock_stands_around_its_point() -> None:
    boxes = [item.rect for item in lock(50, 80) if hasattr(item, "rect")]
    assert boxes[0].center == (50, 80)


def test_an_update_changes_the_edge_from_the_old_width_to_the_new() -> None:
    timeline = Timeline(neuron())
    graph = GraphPictures(timeline, layout(graph_shape(timeline), "layered"))
    step = next(step for step in timeline.steps if step.kind is StepKind.UPDATE)
    update = timeline.update(step.node)
    assert update is not None
    user = next(node for node in timeline.tape if step.node in node.inputs)
    route = graph.route(user.id, user.inputs.index(step.node))

    def width(progress: float) -> float:
        items = graph.at(Position(1, step.number, progress)).items
        found = [i for i in items if isinstance(i, Curve) and i.points == route and not i.key]
        assert [mark.role for mark in found[:1]] == [Role.UPDATE]
        return found[1].width

    old, new = (line_width(float(value)) for value in (update.before, update.after))
    assert width(0.0) == pytest.approx(old)
    assert width(1.0) == pytest.approx(new)
    assert min(old, new) < width(0.4) < max(old, new)
    later = graph.at(Position(1, step.number + 1)).items
    assert not any(isinstance(i, Curve) and i.points == route and not i.key for i in later)
