"""Numbers in the network belong to what they stand beside: labels, weights, signs and biases."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.numerals import format_number
from mlviz.picture.items import Box, Curve, Picture, Polygon, Rect, Role, Text, Token
from mlviz.picture.network import NetworkPictures, network_pictures
from mlviz.picture.network_labels import MOST_LABELS
from mlviz.picture.network_marks import PLATE
from mlviz.picture.network_plan import NetworkPlan
from mlviz.picture.network_plates import Plates
from mlviz.picture.network_room import Way, corners_of, distances, place
from mlviz.trace.magnify import Level, magnified
from mlviz.trace.neurons import Place
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline
from tests.picture.looks import is_badge

ROOMS = ((864, 576), (864, 288), (456, 456), (456, 240))
"""The stage, whole and half, of a window of 1440×900, and of one of 1024×768."""
NAMES = ("xor", "mazur", "symmetry", "optimizers", "penalties", "shift")


def shown(name: str, room: tuple[int, int], level: Level = "operations") -> NetworkPictures:
    found = network_pictures(
        Timeline(magnified(load(find(name)).training.iteration(1), level).iteration)
    )
    assert found is not None
    found.arrange(room)
    return found


def labels(picture: Picture) -> Iterator[tuple[Rect, str]]:
    texts = [item for item in picture.items if isinstance(item, Text)]
    for box in picture.items:
        if isinstance(box, Box) and (is_badge(box) or is_chip(box)):
            x, y = box.rect.center
            text = next(t for t in texts if t.x == x and abs(t.y - y) < 9)
            assert isinstance(text.text, str)
            yield box.rect, text.text


def forms(value: float) -> set[str]:
    return {format_number(value)}


def is_chip(box: Box) -> bool:
    return not box.key and box.radius == 5 and box.fill in (Role.FORWARD, Role.BACKWARD)


def backward_steps(pictures: NetworkPictures) -> Iterator[Step]:
    """The steps in which gradients go along the weights to a layer."""
    places = pictures.neurons.places
    for step in pictures.timeline.steps:
        target = places.get(step.target)
        if step.kind is not StepKind.BACKWARD or target is None or target.kind != "neuron":
            continue
        if places[step.node].layer > target.layer:
            yield step


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("name", NAMES)
def test_a_gradients_number_is_nearest_to_its_own_line_and_token(
    name: str, room: tuple[int, int]
) -> None:
    pictures = shown(name, room)
    told = 0
    for step in backward_steps(pictures):
        moves = pictures.travelling.moves.of(step, 0)
        lines = [pictures.plan.line(move.place) for move in moves]
        for part in (0.4, 0.6, 1.0):
            picture = pictures.at(Position(1, step.number, part))
            tokens = [item for item in picture.items if isinstance(item, Token)]
            assert len(tokens) == len(moves)
            for rect, text in labels(picture):
                far = distances(
                    np.array([rect.x]),
                    np.array([rect.y]),
                    rect.width,
                    rect.height,
                    np.array([(*a, *b) for a, b in (line for line in lines if line)]),
                )[0]
                own = int(far.argmin())
                assert text in forms(moves[own].value or 0.0)
                assert all(other > far[own] + 2 for k, other in enumerate(far) if k != own)
                assert all(
                    rect.distance(token.x, token.y) > 3
                    for k, token in enumerate(tokens)
                    if k != own
                )
                if part == 1.0:
                    nearest = min(tokens, key=lambda token: rect.distance(token.x, token.y))
                    assert nearest is tokens[own]
                told += 1
    assert told > 0


@pytest.mark.parametrize("name", ["optimizers", "penalties", "shift"])
@pytest.mark.parametrize(("room", "count"), [(ROOMS[0], 6), (ROOMS[1], 4), ((864, 312), 3)])
def test_where_there_is_room_every_gradient_is_told(
    name: str, room: tuple[int, int], count: int
) -> None:
    pictures = shown(name, room)
    for step in backward_steps(pictures):
        picture = pictures.at(Position(1, step.number, 1.0))
        moves = pictures.travelling.moves.of(step, 0)
        assert count <= len(list(labels(picture))) <= len(moves) <= count + (room[1] == 312)


def test_on_the_edges_of_all_neurons_of_a_layer_there_are_numbers() -> None:
    pictures = shown("vanishing", ROOMS[0])
    places = pictures.neurons.places
    steps = [
        step
        for step in pictures.timeline.steps
        if step.kind is StepKind.BACKWARD
        and (places[step.node].kind, places[step.target].kind) == ("neuron", "sum")
        and places[step.node].layer == 4
    ]
    assert steps
    for step in steps:
        assert len(list(labels(pictures.at(Position(1, step.number, 0.6))))) == 6


@pytest.mark.parametrize("name", ["k-fold", "digits", "fruit"])
@pytest.mark.parametrize("room", ROOMS)
def test_of_many_gradients_one_is_told_only_where_its_own_token_is_by_far_the_nearest(
    name: str, room: tuple[int, int]
) -> None:
    pictures = shown(name, room)
    for step in backward_steps(pictures):
        moves = pictures.travelling.moves.of(step, 0)
        if len(moves) <= MOST_LABELS:
            continue
        assert not list(labels(pictures.at(Position(1, step.number, 0.6))))  # still under way
        picture = pictures.at(Position(1, step.number, 1.0))
        found = list(labels(picture))
        auras = [i.points for i in picture.items if isinstance(i, Curve) and is_aura(i)]
        assert len(found) == len(auras) == (room in (ROOMS[0], ROOMS[1]) or name == "digits")
        tokens = [item for item in picture.items if isinstance(item, Token)]
        for rect, text in found:
            near = sorted(range(len(tokens)), key=lambda k: rect.distance(tokens[k].x, tokens[k].y))
            own, next_ = tokens[near[0]], tokens[near[1]]
            assert text == format_number(moves[near[0]].value or 0.0)
            assert auras == [pictures.plan.line(moves[near[0]].place)]
            assert rect.distance(next_.x, next_.y) > rect.distance(own.x, own.y) + 5
            tips = [i for i in picture.items if isinstance(i, Polygon) and i.fill is Role.BACKWARD]
            lines = [
                i
                for i in picture.items
                if isinstance(i, Curve) and i.points[-1] in [(own.x, own.y)]
            ]
            ends = [tip.points[2] for tip in tips] + [line.points[-1] for line in lines]
            assert any(math.dist(end, (own.x, own.y)) < own.radius for end in ends)


def is_aura(curve: Curve) -> bool:
    return curve.role is Role.BACKWARD and curve.opacity == 0.3


def test_of_many_gradients_those_of_a_neuron_that_is_pointed_at_are_told() -> None:
    pictures = shown("k-fold", ROOMS[0])
    step = next(backward_steps(pictures))
    moves = pictures.travelling.moves.of(step, 0)
    entry = pictures.neurons.entry(Place("neuron", 2, 0, row=0))
    picture = pictures.at(Position(1, step.number, 0.6), hovered=entry)
    found = {text for _, text in labels(picture)}
    assert found
    assert found <= {format_number(move.value or 0.0) for move in moves if move.place.unit == 0}


def test_what_travels_is_seen_beside_the_boxes_between_which_it_goes() -> None:
    pictures = shown("houses", ROOMS[0])
    places = pictures.neurons.places
    step = next(
        step
        for step in pictures.timeline.steps
        if step.kind is StepKind.FORWARD and places[step.node].kind == "loss"
    )
    for part in (0.0, 0.3, 0.65):
        picture = pictures.at(Position(1, step.number, part))
        (token,) = (item for item in picture.items if isinstance(item, Token))
        loss, neuron = picture.box("loss"), picture.box("neuron:1:0")
        assert token.x + token.radius < loss.rect.x - loss.reach
        assert token.x - token.radius >= neuron.rect.right - 0.1


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("name", [*NAMES, "dropout", "fruit"])
def test_no_ring_reaches_over_a_bias(name: str, room: tuple[int, int]) -> None:
    plan = shown(name, room).plan
    for layer, units in enumerate(plan.shown):
        for unit in units:
            rect = plan.neuron(layer, unit)
            assert rect is not None
            for other in units:
                bias = plan.bias(layer, other)
                assert layer == 0 or (bias is not None and not overlap(rect.grown(plan.ring), bias))


def overlap(one: Rect, other: Rect) -> bool:
    across = min(one.right, other.right) - max(one.x, other.x)
    return across > 0 and min(one.bottom, other.bottom) > max(one.y, other.y)


def test_biases_are_painted_over_the_rings() -> None:
    pictures = shown("xor", ROOMS[0])
    picture = pictures.at(Position(1, 3, 0.5))
    keys = [item.key for item in picture.items if isinstance(item, Box) and item.key]
    for layer, units in enumerate(pictures.plan.shown[1:], 1):
        bodies = [keys.index(f"neuron:{layer}:{unit}") for unit in units]
        assert min(keys.index(f"bias:{layer}:{unit}") for unit in units) > max(bodies)


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 3, 1), (2, 8, 1), (3, 3, 3)])
@pytest.mark.parametrize("room", ROOMS)
def test_a_weights_number_lies_on_no_other_line(
    sizes: tuple[int, ...], room: tuple[int, int]
) -> None:
    plan = NetworkPlan(sizes, None, room)
    plates = Plates(plan)
    for layer, found in plates.numbers.items():
        lines = {place: plan.line(place) for place in plan.weights(layer)}
        for place_, ((x, y), size, most) in found.items():
            width = 0.6 * size * most + 6
            others = [line for place, line in lines.items() if line and place != place_]
            for (x0, y0), (x1, y1) in others:
                for at in np.linspace(x - width / 2, x + width / 2, 9):
                    assert abs(y0 + (y1 - y0) * (at - x0) / (x1 - x0) - y) > 9
        assert set(found) <= set(plates.acting[layer])


def test_a_number_without_room_is_told_while_it_is_updated() -> None:
    pictures = shown("xor", ROOMS[3])
    assert not pictures.lines.places.numbers[1]
    counts = []
    for number in (updates(pictures, 1)[0], len(pictures.timeline)):
        picture = pictures.at(Position(1, number, 1.0))
        plates = [i for i in picture.items if isinstance(i, Box) and i.opacity == PLATE]
        counts.append(sum(plate.rect.x < pictures.plan.columns[1] for plate in plates))
        texts = [i.text for i in picture.items if isinstance(i, Text) and i.role is Role.UPDATE]
        assert not any(str(text).startswith("→") for text in texts)
    assert counts == [2, 0]


def updates(pictures: NetworkPictures, layer: int) -> list[int]:
    places = pictures.neurons.places
    return [
        step.number
        for step in pictures.timeline.steps
        if step.kind is StepKind.UPDATE
        and (places[step.node].kind, places[step.node].layer) == ("weight", layer)
    ]


def test_signs_stand_only_where_there_is_room() -> None:
    wide, narrow = (
        NetworkPlan((4, 5, 3), None, ROOMS[0]),
        NetworkPlan((2, 6, 6, 1), None, (400, 440)),
    )
    assert all(place in Plates(wide).signs for place in wide.weights(1))
    for plan in (wide, narrow):
        signs = Plates(plan).signs
        for place_, (x, y) in signs.items():
            left = plan.columns[place_.layer - 1] + plan.form.width
            assert left + 6 < x < plan.columns[place_.layer] - 6
            others = [at for place, at in signs.items() if place != place_]
            assert all(max(abs(x - a), abs(y - b)) > 12 for a, b in others)
    assert not any(place.layer == 2 for place in Plates(narrow).signs)


def test_a_neuron_is_crossed_once_its_mask_was_applied() -> None:
    pictures = shown("dropout", ROOMS[0])
    tape = pictures.timeline.tape
    forward = [step for step in pictures.timeline.steps if step.kind is StepKind.FORWARD]
    done = {tape[step.node].origin: step.number for step in forward}
    dropped = [
        unit for unit in pictures.plan.shown[1] if pictures.is_dropped(Place("neuron", 1, unit), 0)
    ]
    assert dropped
    for unit in dropped:
        found = [
            pictures.at(Position(1, done[origin], 1.0)).box(f"neuron:1:{unit}").dashed
            for origin in ("layer1.z", "layer1.a", "layer1.dropped")
            if done[origin] < done["layer2.z"]
        ]
        assert found == [False, False, True]


def test_a_layer_without_a_function_has_the_name_of_its_sum() -> None:
    linear = shown("linear-xor", ROOMS[0])
    names = {item.text for item in linear.at(Position()).items if isinstance(item, Text)}
    assert "z⁽¹⁾₁" in names
    assert not any(isinstance(name, str) and name.startswith("a⁽") for name in names)
    names = {i.text for i in shown("xor", ROOMS[0]).at(Position()).items if isinstance(i, Text)}
    assert "a⁽¹⁾₁" in names


def test_without_a_plain_place_there_is_none() -> None:
    line, near = ((0.0, 0.0), (100.0, 0.0)), ((0.0, 6.0), (100.0, 6.0))
    bounds = Rect(-50, -50, 200, 100)
    free = corners_of([])
    spot = place([Way(line)], [line], (40, 16), free, bounds, [near])
    assert spot is not None
    assert spot.rect.bottom < 0
    above = corners_of([Rect(-50, -50, 200, 49)])
    assert place([Way(line)], [line], (40, 16), above, bounds, [near]) is None


def test_distances_from_labels_to_lines_are_true() -> None:
    left, top = np.array([0.0, 0.0]), np.array([0.0, 20.0])
    lines = np.array([(-5.0, -5.0, 15.0, 15.0), (13.0, 0.0, 13.0, 50.0), (-9.0, 40.0, 50.0, 40.0)])
    expected = np.array([[0, 3, 30], [math.hypot(5, 5), 3, 10]])
    assert np.allclose(distances(left, top, 10.0, 10.0, lines), expected)


def test_tips_end_on_lines_that_are_seen() -> None:
    pictures = shown("mazur", ROOMS[0])
    for step in backward_steps(pictures):
        picture = pictures.at(Position(1, step.number, 0.6))
        plates = [i.rect for i in picture.items if isinstance(i, Box) and i.opacity == PLATE]
        tips = [i.points[-1] for i in picture.items if isinstance(i, Polygon)]
        assert tips
        assert not any(plate.contains(*tip) for plate in plates for tip in tips)


@pytest.mark.parametrize(("name", "signs"), [("symmetry", False), ("optimizers", True)])
def test_the_legend_explains_a_sign_only_if_a_weight_carries_it(name: str, signs: bool) -> None:
    pictures = shown(name, ROOMS[2])
    for number in (0, len(pictures.timeline)):
        picture = pictures.at(Position(1, number, 1.0))
        marks = [i for i in picture.items if isinstance(i, Text) and i.text == "−"]
        assert pictures.lines.signs == bool(marks) == signs
