"""Tokens in the network are seen, and no number or sign stands where it hides or misleads."""

import math

import pytest

from mlviz.picture.items import Box, Curve, Polygon, Role, Token
from mlviz.picture.network_marks import PLATE
from mlviz.picture.network_plan import along
from mlviz.picture.network_plates import SIGN
from mlviz.trace.steps import Position, StepKind
from tests.picture.test_network_room import ROOMS, backward_steps, labels, shown, updates


@pytest.mark.parametrize("name", ["xor", "mazur"])
def test_no_number_of_an_updated_weight_stands_where_lines_cross(name: str) -> None:
    pictures = shown(name, ROOMS[2])
    plan = pictures.plan
    picture = pictures.at(Position(1, updates(pictures, 1)[0], 1.0))
    plates = [i.rect for i in picture.items if isinstance(i, Box) and i.opacity == PLATE]
    lines = [plan.line(place) for place in plan.weights(1)]
    for rect in plates:
        if rect.x < plan.columns[1]:
            under = [
                line
                for line in lines
                if line and any(rect.contains(*along(line, part / 50)) for part in range(51))
            ]
            assert len(under) == 1


@pytest.mark.parametrize("room", [ROOMS[0], ROOMS[2]])
def test_the_lines_of_many_weights_that_are_updated_are_the_strongest(
    room: tuple[int, int],
) -> None:
    pictures = shown("start", room)
    layer = 4
    picture = pictures.at(Position(1, updates(pictures, layer)[0], 0.6))
    lines = [
        (k, item)
        for k, item in enumerate(picture.items)
        if isinstance(item, Curve) and item.key.startswith("weight:")
    ]
    acting = [(k, line) for k, line in lines if line.key.startswith(f"weight:{layer}:")]
    others = [line.opacity for _, line in lines if (_, line) not in acting]
    auras = [
        k
        for k, item in enumerate(picture.items)
        if isinstance(item, Curve) and item.role is Role.UPDATE and not item.key
    ]
    assert len(auras) == len(acting)
    assert max(auras) < min(k for k, _ in acting)  # none veils another's line
    assert min(line.opacity for _, line in acting) > max(others)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("name", ["xor", "mazur", "symmetry", "optimizers", "k-fold"])
def test_no_token_is_hidden_by_a_weights_number_or_sign(name: str, room: tuple[int, int]) -> None:
    pictures = shown(name, room)
    for step in backward_steps(pictures):
        for part in (0.3, 0.4, 0.5, 0.6, 0.7, 1.0):
            picture = pictures.at(Position(1, step.number, part))
            marks = [
                item.rect
                for item in picture.items
                if isinstance(item, Box) and (item.opacity == PLATE or is_minus(item))
            ]
            for token in picture.items:
                if not isinstance(token, Token):
                    continue
                assert not any(rect.contains(token.x, token.y) for rect in marks)


def is_minus(box: Box) -> bool:
    return box.fill is Role.STAGE and box.stroke is Role.NEGATIVE and box.radius == SIGN


def test_signs_give_way_to_tokens_and_come_back() -> None:
    pictures = shown("k-fold", ROOMS[2])
    step = next(backward_steps(pictures))
    layer = pictures.neurons.places[step.node].layer
    signs = [at for place, at in pictures.lines.places.signs.items() if place.layer == layer]
    seen = []
    for number in (1, step.number, step.number + 2):
        items = pictures.at(Position(1, number, 1.0)).items
        boxes = [item.rect.center for item in items if isinstance(item, Box) and is_minus(item)]
        seen.append(sum(any(math.dist(at, box) < 1 for box in boxes) for at in signs))
    assert seen[0] == seen[2] > 0 == seen[1]


def test_what_goes_to_the_loss_is_not_told_there_as_if_it_were_the_result() -> None:
    pictures = shown("learning-rates", ROOMS[0])
    places = pictures.neurons.places
    steps = [
        step
        for step in pictures.timeline.steps
        if step.kind is StepKind.FORWARD
        and any(move.place.kind == "loss" for move in pictures.travelling.moves.of(step, 0))
    ]
    assert steps
    for step in steps:
        assert places[step.node].kind == "loss"
        assert not list(labels(pictures.at(Position(1, step.number, 0.6))))


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("name", ["vanishing", "start"])
def test_numbers_on_the_edges_of_neurons_stand_there_all_or_none(
    name: str, room: tuple[int, int]
) -> None:
    pictures = shown(name, room)
    for step in pictures.timeline.steps:
        moves = pictures.travelling.moves.of(step, 0)
        if not moves or moves[0].place.kind != "within" or moves[0].value is None:
            continue
        found = [rect for rect, _ in labels(pictures.at(Position(1, step.number, 0.6)))]
        inside = [move for move in moves if move.place.kind == "within"]
        assert len(found) in (0, len(inside))
        lines = [line for move in moves if (line := pictures.plan.line(move.place))]
        for rect in found:
            assert any(a[0] <= rect.center[0] <= b[0] for a, b in lines)  # not beside it


@pytest.mark.parametrize("room", [*ROOMS, (864, 312)])
@pytest.mark.parametrize("name", ["optimizers", "penalties", "shift", "mazur"])
def test_every_number_points_at_a_seen_part_of_its_line(name: str, room: tuple[int, int]) -> None:
    pictures = shown(name, room)
    for step in backward_steps(pictures):
        picture = pictures.at(Position(1, step.number, 0.6))
        tips = [i for i in picture.items if isinstance(i, Polygon) and i.fill is Role.BACKWARD]
        leaders = [
            i
            for i in picture.items
            if isinstance(i, Curve) and not i.key and i.role is Role.BACKWARD and not i.dashed
        ]
        assert len(tips) + len(leaders) == len(list(labels(picture))) > 0
