"""The gradient of one weight, example by example, against the tape."""

import itertools

import numpy as np
import pytest

from mlviz.autograd import backward
from mlviz.learn.training import Training
from mlviz.picture.anatomy import (
    Anatomy,
    WeightPlace,
    anatomy,
    anatomy_picture,
    fitting,
    frame_of,
)
from mlviz.picture.insides import insides
from mlviz.picture.items import Box, Curve, Role, Swarm, Text
from tests.insides import RECIPES, on_tape, program_of, trained
from tests.outcomes import many_classes, two_classes


def of(training: Training, number: int, place: WeightPlace) -> Anatomy:
    return anatomy(training, number, insides(training, number), place)


def places(training: Training, most: int = 60) -> list[WeightPlace]:
    """Some weights of every layer, and its biases."""
    found = []
    for number, layer in enumerate(insides(training, 1), 1):
        units, inputs = layer.weight.shape
        sources = [None, *range(inputs)]
        every = [
            WeightPlace(number, unit, source)
            for unit, source in itertools.product(range(units), sources)
        ]
        found += every[:: max(len(every) // most, 1)]
    return found


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "one bias"])
def test_the_mean_or_the_sum_is_the_gradient_of_the_tape(name: str) -> None:
    training = trained(RECIPES[name])
    number = 7
    tape, layers = on_tape(training, number), insides(training, number)
    for place in places(training):
        found = anatomy(training, number, layers, place)
        expected = float(tape[place.origin][place.index])
        assert found.gradient == expected
        whole = found.own.mean() if found.is_mean else found.own.sum()
        assert whole == pytest.approx(expected, rel=1e-12, abs=1e-16)
        assert found.is_mean == (name != "summed")


def test_a_bias_shared_by_all_units_shows_the_part_of_one() -> None:
    training = trained(RECIPES["one bias"])
    whole = sum(of(training, 5, WeightPlace(1, unit, None)).gradient for unit in range(4))
    assert whole == pytest.approx(float(on_tape(training, 5)["layer1.bias"]), rel=1e-12)


@pytest.mark.parametrize("name", ["batches", "many classes", "summed", "deep"])
def test_each_bar_is_the_gradient_of_that_example_alone(name: str) -> None:
    training = trained(RECIPES[name])
    program, number = program_of(training), 6
    parameters, data = training.parameters(number), program.data(number)
    place = WeightPlace(1, 2, 1)
    found = of(training, number, place)
    for at in (0, 3, 6):
        rows = {key: value[at : at + 1] for key, value in data.items()}
        recording = program.recorded(parameters, rows)
        node = next(n for n in recording.tape if n.origin == place.origin)
        totals = {c.target: c.total for c in backward(recording.tape, recording.output)}
        alone = float(totals[node.id][place.index])
        assert found.own[at] == pytest.approx(alone, rel=1e-10, abs=1e-18)
        assert found.own[at] == pytest.approx(found.delta[at] * found.given[at], rel=1e-15)


def test_the_rows_are_those_of_the_batch() -> None:
    training = trained(RECIPES["batches"])
    program = program_of(training)
    found = of(training, 9, WeightPlace(1, 0, 1))
    assert found.rows.tolist() == program.rows(9).tolist()
    assert np.array_equal(found.given, program.inputs[found.rows, 1])


def test_value_and_update_are_those_of_the_weight() -> None:
    training = trained(RECIPES["dropout and Adam"])
    for place in (WeightPlace(1, 1, 0), WeightPlace(2, 3, None)):
        found = of(training, 4, place)
        before, after = (training.parameters(n)[place.origin][place.index] for n in (4, 5))
        assert (found.value, found.update) == (before, after - before)


def test_examples_are_sorted_and_counted_by_the_way_they_pull() -> None:
    found = of(trained(two_classes()), 5, WeightPlace(1, 0, 0))
    assert (np.diff(found.own[found.order]) >= 0).all()
    assert found.up == (found.own < 0).sum() > 0
    assert found.down == (found.own > 0).sum() > 0
    assert found.up + found.down + found.none == len(found.own) == 40


def test_a_weight_that_is_not_there_gives_way_to_the_nearest() -> None:
    layers = insides(trained(many_classes()), 1)
    assert fitting(layers, WeightPlace(9, 9, 9)) == WeightPlace(2, 3, 5)
    assert fitting(layers, WeightPlace(1, 9, None)) == WeightPlace(1, 5, None)
    assert WeightPlace(1, 2, 0).name == "W⁽¹⁾₃,₁"
    assert WeightPlace(2, 0, None).name == "b⁽²⁾₁"


# --- The picture -----------------------------------------------------------------------------


def test_bars_are_as_long_as_their_gradients_and_the_line_is_the_mean() -> None:
    found = of(trained(two_classes()), 5, WeightPlace(1, 0, 0))
    picture, frame = anatomy_picture(found, 600, 240), frame_of(found, 600, 240)
    low, high = (item for item in picture.items if isinstance(item, Swarm))
    assert (low.fill, len(low.rows)) == (Role.NEGATIVE, found.up)
    assert (high.fill, len(high.rows)) == (Role.POSITIVE, found.down)
    zero = frame.y(0.0)
    values = found.own[found.order]
    assert (low.shapes[low.rows, 1] == zero).all(), "negative bars hang from zero"
    assert high.shapes[high.rows, 1] + high.shapes[high.rows, 3] == pytest.approx(zero)
    px = low.shapes[:, 3] / np.abs(values)
    assert px == pytest.approx(px[0], rel=1e-9)
    (line,) = (item for item in picture.items if isinstance(item, Curve) and item.dashed)
    assert line.role is Role.BACKWARD
    height = (zero - line.points[0][1]) / px[0]
    assert height == pytest.approx(found.mean, rel=1e-9)


def test_the_place_under_the_pointer_is_the_bar_that_is_there() -> None:
    found = of(trained(two_classes()), 5, WeightPlace(1, 0, 0))
    frame = frame_of(found, 600, 240)
    for place in (0, 17, 39):
        assert frame.place_at(frame.x(place) + frame.step / 2) == place
    assert frame.place_at(frame.x(0) - 1) is None
    assert frame.place_at(frame.x(39) + frame.step + 1) is None


def test_the_chosen_example_is_framed_and_the_other_run_has_a_line() -> None:
    found = of(trained(two_classes()), 5, WeightPlace(1, 0, 0))

    def framed(chosen: int | None) -> list[Box]:
        picture = anatomy_picture(found, 600, 240, chosen=chosen)
        return [i for i in picture.items if isinstance(i, Box) and i.stroke is Role.SELECTED]

    assert framed(None) == []
    (box,) = framed(int(found.order[3]))
    frame = frame_of(found, 600, 240)
    assert box.rect.contains(frame.x(3) + frame.step / 2, frame.y(0.0))
    texts = [
        item.text.id
        for item in anatomy_picture(found, 600, 240, other=0.01).items
        if isinstance(item, Text) and not isinstance(item.text, str)
    ]
    assert "anatomy.other" in texts


def test_bad_numbers_are_shown_as_no_bar() -> None:
    found = of(trained(two_classes()), 5, WeightPlace(1, 0, 0))
    own = found.own.copy()
    own[[2, 5]] = np.nan, np.inf
    bad = Anatomy(
        found.place, found.rows, own, found.delta, found.given, np.nan, True,
        np.argsort(own, kind="stable"), 1.0, np.nan,
    )  # fmt: skip
    picture = anatomy_picture(bad, 600, 240)
    shapes = next(item.shapes for item in picture.items if isinstance(item, Swarm))
    assert np.isfinite(shapes).all()


def test_both_means_are_whole_in_a_low_picture() -> None:
    training = trained(two_classes())
    found = of(training, 7, WeightPlace(1, 0, 0))
    for other in (found.mean * 1.01, found.mean * 0.99):
        picture = anatomy_picture(found, 420, 70, other=other)
        texts = [item for item in picture.items if isinstance(item, Text) and item.align == "left"]
        beside = sorted(text.y for text in texts if text.x > 302)
        assert len(beside) == 4
        assert beside[-1] <= picture.bounds.bottom
        assert min(np.diff(beside)) >= 12
