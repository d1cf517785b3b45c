"""The factors of the gradient's way back, against the tape and a reverse pass by hand."""

import itertools
import math

import numpy as np
import pytest
from msgspec.structs import replace

from mlviz.numerals import format_number
from mlviz.picture.insides import insides
from mlviz.picture.items import Box, Curve, Role, Text
from mlviz.picture.waterfall import (
    MASK,
    SLOPE,
    START,
    WEIGHT,
    factors,
    verdict,
    waterfall_picture,
)
from tests.insides import RECIPES, deep, large, on_tape, trained, with_dropout
from tests.outcomes import many_classes, two_classes


@pytest.mark.parametrize("name", RECIPES)
def test_the_product_is_the_norm_of_the_tape_at_every_step(name: str) -> None:
    training = trained(RECIPES[name])
    found, tape = factors(insides(training, 7)), on_tape(training, 7)
    last = found[0].layer
    product = found[0].norm
    for each in found[1:]:
        product *= each.factor
        assert each.norm == pytest.approx(product, rel=1e-12)
        if each.kind == SLOPE:
            expected = tape[f"layer{each.layer}.z"]
        elif each.kind == MASK:
            expected = tape.get(f"layer{each.layer}.a", tape[f"layer{each.layer}.z"])
        else:
            below = each.layer - 1
            names = (f"layer{below}.dropped", f"layer{below}.a", f"layer{below}.z")
            expected = next(tape[name] for name in names if name in tape)
        assert each.norm == pytest.approx(float(np.linalg.norm(expected)), rel=1e-10)
        if each.of_weight is not None:
            weight = tape[f"layer{each.layer}.weight"]
            assert each.of_weight == pytest.approx(float(np.linalg.norm(weight)), rel=1e-12)
    assert {each.layer for each in found if each.kind == SLOPE} == set(range(1, last + 1))


def test_the_factors_are_those_of_a_reverse_pass_by_hand() -> None:
    training = trained(deep())
    parameters, program = training.parameters(4), training.program
    data = program.data(4)
    outputs = [data["inputs"]]
    for number in range(1, 11):
        z = outputs[-1] @ parameters[f"layer{number}.weight"].T + parameters[f"layer{number}.bias"]
        outputs.append(1 / (1 + np.exp(-z)))
    gradient = 2 * (outputs[-1] - data["targets"]) / outputs[-1].size
    expected = [(START, 10, 1.0)]
    for number in range(10, 0, -1):
        a = outputs[number]
        after = gradient * a * (1 - a)
        expected.append((SLOPE, number, np.linalg.norm(after) / np.linalg.norm(gradient)))
        if number > 1:
            gradient = after @ parameters[f"layer{number}.weight"]
            expected.append((WEIGHT, number, np.linalg.norm(gradient) / np.linalg.norm(after)))
    found = [(each.kind, each.layer, each.factor) for each in factors(insides(training, 4))]
    assert [each[:2] for each in found] == [each[:2] for each in expected]
    assert [each[2] for each in found] == pytest.approx([each[2] for each in expected], rel=1e-9)


def test_a_sigmoid_leaves_at_most_a_quarter_and_the_identity_all() -> None:
    found = factors(insides(trained(deep()), 5))
    assert all(each.factor <= 0.25 for each in found if each.kind == SLOPE)
    last = factors(insides(trained(two_classes()), 5))[1]
    assert (last.kind, last.factor) == (SLOPE, 1.0)


def test_dropout_is_a_factor_of_its_own() -> None:
    found = factors(insides(trained(with_dropout(many_classes())), 5))
    assert [each.kind for each in found] == [START, SLOPE, WEIGHT, MASK, SLOPE]
    assert found[3].factor != pytest.approx(1.0, abs=0.01)


def test_the_verdict_names_what_becomes_of_the_gradient() -> None:
    for table, expected in (
        (deep(), "waterfall.vanishes"),
        (two_classes(), "waterfall.steady"),
        (large(deep(3, 8), 4.0), "waterfall.explodes"),
    ):
        found = factors(insides(trained(table, 0), 1))
        message = verdict(found, found[0].layer)
        assert message.id == expected
        if expected != "waterfall.steady":
            whole = found[-1].norm / found[0].norm
            assert message.values["whole"] == format_number(whole)


def test_a_dead_network_lets_nothing_through() -> None:
    table = two_classes()
    assert table.network is not None
    first, last = table.network.layers
    dead = replace(first, activation="relu", bias=-90.0)
    table = replace(table, network=replace(table.network, layers=[dead, last]))
    found = factors(insides(trained(table, 0), 1))
    assert found[-1].factor == 0
    assert found[-1].norm == 0
    assert verdict(found, 2).id == "waterfall.none"
    picture = waterfall_picture(found, 2, 700, 300)
    assert all(math.isfinite(item.rect.x) for item in picture.items if isinstance(item, Box))


def test_every_bar_begins_where_the_one_before_ends_and_is_as_long_as_its_factor() -> None:
    found = factors(insides(trained(deep()), 5))
    picture = waterfall_picture(found, 10, 700, 300)
    bars = [
        item.rect
        for item in picture.items
        if isinstance(item, Box) and item.fill in (Role.BACKWARD, Role.UPDATE)
    ]
    steps = list(zip(bars, found[1:], strict=True))
    ends = [(bar.x, bar.right) if each.factor < 1 else (bar.right, bar.x) for bar, each in steps]
    for (end, _), (_, begin) in itertools.pairwise(ends):
        assert begin == pytest.approx(end, abs=2.01)
    px = [bar.width / abs(math.log10(each.factor)) for bar, each in steps if bar.width > 2]
    assert len(px) > 8
    assert px == pytest.approx([px[0]] * len(px), rel=1e-9)
    assert bars[-1].x < bars[0].x, "it goes to the left when the gradient vanishes"


def test_factors_and_norms_are_written() -> None:
    found = factors(insides(trained(deep()), 5))
    picture = waterfall_picture(found, 10, 700, 300)
    texts = {item.text for item in picture.items if isinstance(item, Text)}
    for each in found:
        assert format_number(each.norm) in texts
        if each.kind != START:
            assert f"× {format_number(each.factor)}" in texts
    assert [picture.box(each.key).key for each in found] == [each.key for each in found]


def test_rows_are_as_tall_as_there_is_room_for_within_bounds() -> None:
    found = factors(insides(trained(deep()), 5))
    heights = [waterfall_picture(found, 10, 700, room).bounds.height for room in (100, 600, 5000)]
    assert heights[0] < heights[1] <= 600
    assert heights[1] < heights[2] < 800


def test_another_run_is_a_dashed_line_along_its_norms() -> None:
    found = factors(insides(trained(deep()), 5))
    other = factors(insides(trained(deep(), 1), 1))

    def dashed(others):  # type: ignore[no-untyped-def]
        picture = waterfall_picture(found, 10, 700, 300, other=others)
        return [i for i in picture.items if isinstance(i, Curve) and i.dashed]

    assert not dashed(())
    assert not dashed(other[:3])
    (line,) = dashed(other)
    assert len(line.points) == len(other)
