import numpy as np
import pytest

from mlviz.learn import forward
from mlviz.picture.outcome import outcome
from mlviz.picture.reading import Reading, reading_of
from mlviz.picture.region import (
    Plane,
    fitted_curve,
    hidden_maps,
    limits,
    plane_of,
    region_field,
)
from mlviz.picture.region_scene import (
    Wishes,
    answer_at,
    region_scene,
    value_scale,
    widened,
    without_examples,
)
from tests.outcomes import (
    BINARY,
    curve,
    document,
    linear,
    many_classes,
    program_of,
    recipe,
    rows,
    two_classes,
)

SQUARE = Plane((0, 1), np.array([0.0, 0.0]), np.array([1.0, 1.0]), np.zeros(2))


def binary():  # type: ignore[no-untyped-def]
    return program_of(rows([[0.0, 0.0], [1.0, 1.0]], [[0.0], [1.0]], outputs=1, loss=BINARY))


def test_the_grid_goes_row_by_row_from_the_top() -> None:
    plane = Plane((1, 0), np.array([10.0, 0.0]), np.array([30.0, 4.0]), np.array([0, 0, 7.0]))
    # The second feature goes to the right, the first one up, the third stays at its mean.
    assert plane.grid(2).tolist() == [[3, 15, 7], [3, 25, 7], [1, 15, 7], [1, 25, 7]]


def test_places_and_numbers_are_each_other_s_opposite() -> None:
    plane = Plane((1, 0), np.array([10.0, 0.0]), np.array([30.0, 4.0]), np.array([0, 0, 7.0]))
    assert plane.places(np.array([[4.0, 10.0, 0.0]])).tolist() == [[0, 0]]
    assert plane.numbers(0.25, 0.75) == (15.0, 1.0)


def test_the_line_between_two_classes_is_where_the_sum_is_zero() -> None:
    program = binary()
    field = region_field(program, linear([[4.0, -4.0]], [0.0]), SQUARE, 40)
    ends = field.lines.reshape(-1, 2)
    # 4x − 4y = 0: from the lower left to the upper right corner.
    assert len(field.lines) >= 38
    assert np.abs(ends[:, 0] - (1 - ends[:, 1])).max() < 1e-9
    assert field.winners[0, 0] == 0
    assert field.winners[-1, -1] == 1


def test_the_answers_are_those_of_the_network_at_every_point() -> None:
    program = program_of(many_classes())
    parameters = program.start()
    plane = plane_of(program.inputs)
    field = region_field(program, parameters, plane, 9)
    for row, column in ((0, 0), (3, 7), (8, 2)):
        x, y = plane.numbers((column + 0.5) / 9, (row + 0.5) / 9)
        scores = forward.outputs(program, parameters, [[x, y]])[0]
        chances = np.exp(scores) / np.exp(scores).sum()
        assert field.winners[row, column] == chances.argmax()
        assert field.strengths[row, column] == pytest.approx(chances.max())


def test_lines_lie_between_the_regions_of_many_classes() -> None:
    table = rows([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]], [0, 1, 2], outputs=3, loss="cross_entropy")
    program = program_of(table)
    # Class 1 wins right of 0.5; left of it class 0. Class 2 never does.
    parameters = linear([[0.0, 0.0], [10.0, 0.0], [0.0, 0.0]], [0.0, -5.0, -50.0])
    field = region_field(program, parameters, SQUARE, 20)
    assert set(field.winners.flat) == {0, 1}
    assert np.allclose(field.lines[:, :, 0], 0.5)
    assert not len(region_field(program, parameters, SQUARE, 20, outlined=False).lines)


def test_a_regression_gives_its_answers_in_units_of_their_own() -> None:
    table = rows([[0.0, 0.0], [1.0, 1.0]], [[0.0], [5.0]], outputs=1, loss="mse_loss")
    program = program_of(table)
    field = region_field(
        program, linear([[1.0, 10.0]], [0.0]), SQUARE, 2, mean=lambda outputs: 2 * outputs
    )
    assert field.strengths.tolist() == [[15.5, 16.5], [5.5, 6.5]]


def test_numbers_that_are_not_finite_do_not_stop_the_picture() -> None:
    program = binary()
    field = region_field(program, linear([[np.nan, 1.0]], [0.0]), SQUARE, 4)
    assert field.winners.shape == (4, 4)
    assert not len(field.lines)


def test_the_curve_is_the_network_along_its_feature() -> None:
    program = program_of(curve())
    reading = reading_of(program, None)
    found = fitted_curve(program, program.start(), reading, -1.0, 1.0)
    wanted = forward.outputs(program, program.start(), found.x[:, None])
    assert np.array_equal(found.y, wanted)


def test_a_neuron_s_map_is_what_it_gives_and_its_line_is_where_its_sum_is_zero() -> None:
    program = program_of(two_classes())
    parameters = program.start()
    plane = plane_of(program.inputs)
    maps = hidden_maps(program, parameters, plane, 16)
    assert [outputs.shape for outputs, _ in maps] == [(4, 16, 16), (1, 16, 16)]
    values = forward.layers(program, parameters, plane.grid(16))
    assert maps[0][0][2, 3, 5] == values[0].a[3 * 16 + 5, 2]
    weight, bias = parameters["layer1.weight"][1], parameters["layer1.bias"][1]
    for x, y in maps[0][1][1].reshape(-1, 2):
        assert abs(weight @ plane.numbers(x, y) + bias) < 1e-9
    assert len(maps[0][1][1])


# --- The whole scene -------------------------------------------------------------------------


def scene_of(table, wishes=Wishes(side=8), other=None):  # type: ignore[no-untyped-def]  # noqa: B008
    made = document(table)
    program = made.training.program
    found = outcome(program, program.start())
    reading = reading_of(program, made.data)
    return region_scene(program, program.start(), found, reading, wishes, other), found, reading


def test_examples_lie_where_they_are_and_wrong_ones_are_known() -> None:
    scene, found, reading = scene_of(two_classes(validation=0.25))
    assert scene.kind == "classes"
    x, y = scene.places[3]
    assert scene.plane.numbers(x, y) == pytest.approx(tuple(reading.inputs["train"][3]))
    assert np.array_equal(scene.wrong, found.wrong)
    assert scene.wrong.any()
    assert set(scene.parts.tolist()) == {0, 1}


def test_a_curve_has_its_truth_and_residuals_that_end_on_it() -> None:
    scene, found, _ = scene_of(curve(noise=0.3))
    assert scene.kind == "curve"
    assert scene.truth is not None
    # The set's own rule: −x + 2x³.
    assert scene.truth.y[:, 0] == pytest.approx(-scene.truth.x + 2 * scene.truth.x**3)
    assert scene.names == ("x", "y")
    for index in (0, 7):
        _, answer = scene.plane.numbers(0, scene.ends[index])
        assert answer == pytest.approx(found.predicted[index, 0])


def test_features_that_were_scaled_are_shown_in_units_of_their_own() -> None:
    data = {"set": "houses", "features": ["age_years", "area_100_sqft"]}
    scaled = data | {"standardise": True, "standardise_target": True}
    scene, _, reading = scene_of(recipe(2, [3, 1], "mse_loss", scaled))
    assert scene.kind == "numbers"
    assert scene.names == ("age_years", "area_100_sqft")
    raw = document(recipe(2, [3, 1], "mse_loss", data)).data
    assert raw is not None
    assert np.array_equal(reading.inputs["train"], raw.dataset.inputs)
    assert scene.values == pytest.approx(raw.dataset.targets[:, 0])
    assert scene.scale == (raw.dataset.targets.min(), raw.dataset.targets.max())


def test_powers_of_one_feature_are_one_curve() -> None:
    table = recipe(3, [1], "mse_loss", {"set": "polynomial", "degree": 3, "standardise": True})
    scene, found, reading = scene_of(table)
    assert reading.features == 1
    assert scene.kind == "curve"
    assert found.inputs.shape[1] == 3


def test_of_many_features_two_are_shown_and_the_others_stay_at_their_means() -> None:
    table = recipe(4, [5, 3], "cross_entropy", {"set": "iris", "standardise": True})
    scene, _, reading = scene_of(table, Wishes((2, 3), side=8))
    assert scene.names == (reading.names[2], reading.names[3])
    assert scene.plane.others == pytest.approx(reading.inputs["train"].mean(axis=0))
    program = document(table).training.program
    outputs = answer_at(program, program.start(), scene.plane, 0.5, 0.5)
    point = scene.plane.others.copy()
    point[[2, 3]] = scene.plane.numbers(0.5, 0.5)
    wanted = forward.outputs(program, program.start(), reading.to_network(point[None]))[0]
    assert outputs == pytest.approx(wanted)


def test_a_number_changed_by_hand_is_told_as_the_network_reads_it() -> None:
    made = document(two_classes(standardise=True))
    program = made.training.program.with_leaf("inputs", (0, 0), 9.0, 1)
    reading = reading_of(program, made.data)
    assert reading.inputs["train"][0, 0] == 9.0
    assert isinstance(reading, Reading)


def test_another_run_has_its_own_lines() -> None:
    program = binary()
    found = outcome(program, linear([[4.0, -4.0]], [0.0]))
    reading = reading_of(program, None)
    other = (program, linear([[4.0, 4.0]], [-4.0]))
    scene = region_scene(
        program, linear([[4.0, -4.0]], [0.0]), found, reading, Wishes(side=20), other
    )
    ends = scene.other_lines.reshape(-1, 2)
    numbers = np.array([scene.plane.numbers(x, y) for x, y in ends])
    assert numbers.sum(axis=1) == pytest.approx(1)


def test_a_wide_view_shows_more_so_that_a_circle_looks_round() -> None:
    plane = plane_of(np.array([[0.0, 0.0], [1.0, 1.0]]))
    wide = widened(plane, 1.5)
    extent = wide.high - wide.low
    assert extent[0] / extent[1] == pytest.approx(1.5)
    assert wide.low[0] < plane.low[0]
    assert wide.high[1] == plane.high[1]
    units = plane_of(np.array([[0.0, 0.0], [100.0, 1.0]]))
    assert widened(units, 1.5) is units


def test_the_colours_of_answers_are_fixed_by_the_data() -> None:
    assert value_scale(np.array([1.0, 5.0])) == (1.0, 5.0)
    assert value_scale(np.array([-1.0, 5.0])) == (-5.0, 5.0)
    assert value_scale(np.array([np.nan])) == (-1.0, 1.0)


def test_limits_hold_all_numbers_and_a_single_one() -> None:
    low, high = limits(np.array([[3.0]]))
    assert low[0] < 3 < high[0]
    assert limits(np.empty((0, 2)))[0].tolist() == [-1, -1]


def test_a_scene_can_be_without_examples() -> None:
    scene, *_ = scene_of(two_classes())
    assert len(without_examples(scene).places) == 0
    assert without_examples(scene).answers is scene.answers
