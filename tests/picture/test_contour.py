from functools import partial

import numpy as np
import pytest

from mlviz.document import load
from mlviz.document.examples import find
from mlviz.learn.changes import Place
from mlviz.picture.contour import (
    Landscape,
    along_parameters,
    entry_places,
    path_directions,
    path_iterations,
    random_directions,
    training_gradient,
    training_loss,
)
from mlviz.picture.contour_map import clipped, contour_picture, is_flat, loss_at, map_axes
from mlviz.picture.items import Curve, Raster, Rect, Swarm, Text, Token

CENTER = {"w": np.array([[1.0, -2.0], [3.0, 0.5]]), "b": np.array([0.25, 0.0])}


def bowl(parameters):  # type: ignore[no-untyped-def]
    """(w00 - 2)² + 3 (b0 + 1)², whose slopes are known."""
    return float((parameters["w"][0, 0] - 2) ** 2 + 3 * (parameters["b"][0] + 1) ** 2)


def plane() -> Landscape:
    directions = along_parameters(CENTER, Place("w", (0, 0)), Place("b", (0,)), ("w", "b"))
    return Landscape(CENTER, directions, 2.0, 5, bowl)


def test_every_point_of_the_plane_is_the_loss_with_just_two_numbers_changed() -> None:
    landscape = plane()
    shares = list(landscape.compute())
    assert shares[-1] == 1
    assert shares == sorted(shares)
    assert landscape.is_done
    wanted = [
        [(1 + right - 2) ** 2 + 3 * (0.25 + up + 1) ** 2 for right in (-2, -1, 0, 1, 2)]
        for up in (-2, -1, 0, 1, 2)
    ]
    assert np.allclose(landscape.losses, wanted, rtol=0, atol=1e-12)
    assert landscape.losses[2, 2] == bowl(CENTER)
    assert CENTER["w"][0, 0] == 1.0


def test_rounding_is_not_drawn_as_hills() -> None:
    directions = along_parameters(CENTER, Place("w", (0, 0)), Place("b", (0,)), ("w", "b"))
    noise = np.random.default_rng(0)
    flat = Landscape(CENTER, directions, 2.0, 5, lambda _: 0.25 + 1e-15 * noise.random())
    list(flat.compute())
    assert is_flat(flat.losses)
    items = contour_picture(flat, 300, 200, cursor=1).items
    assert not [item for item in items if isinstance(item, Raster)]
    assert not is_flat(np.full((2, 2), np.nan))
    hills = plane()
    list(hills.compute())
    assert not is_flat(hills.losses)
    items = contour_picture(hills, 300, 200, cursor=1).items
    assert [item for item in items if isinstance(item, Raster)]


def test_what_is_not_computed_yet_is_told_apart_from_a_loss_that_is_no_number() -> None:
    landscape = plane()
    steps = landscape.compute()
    for _ in range(5):
        next(steps)
    next(steps)
    assert landscape.rows_done.tolist() == [False, False, True, False, False]


def test_directions_are_as_long_as_the_weights_of_each_neuron() -> None:
    directions = random_directions(CENTER, seed=3)
    for direction in (directions.first, directions.second):
        lengths = np.linalg.norm(direction["w"], axis=1)
        assert np.allclose(lengths, np.linalg.norm(CENTER["w"], axis=1))
        assert np.allclose(np.abs(direction["b"]), np.abs(CENTER["b"]))
    assert not np.allclose(directions.first["w"], directions.second["w"])
    again = random_directions(CENTER, seed=3)
    assert np.array_equal(again.first["w"], directions.first["w"])
    other = random_directions(CENTER, seed=4)
    assert not np.array_equal(other.first["w"], directions.first["w"])


def test_a_point_is_found_again_on_the_plane_and_what_lies_beside_it_is_left_out() -> None:
    directions = random_directions(CENTER, seed=1)
    moved = directions.moved(CENTER, 0.75, -1.5)
    assert directions.steps_to(CENTER, moved) == pytest.approx((0.75, -1.5))
    along = plane().directions
    beside = {"w": CENTER["w"] + [[0.5, 9.0], [9.0, 9.0]], "b": CENTER["b"] + [-0.25, 9.0]}
    assert along.steps_to(CENTER, beside) == pytest.approx((0.5, -0.25))


def test_the_way_down_is_against_the_gradient() -> None:
    landscape = plane()
    gradient = {"w": np.array([[2 * (1 - 2.0), 0], [0, 0]]), "b": np.array([6 * 1.25, 0])}
    right, up = landscape.directions.down(CENTER, gradient)
    assert (right, up) == pytest.approx((2.0, -7.5))
    there = landscape.directions.moved(CENTER, 1e-4 * right, 1e-4 * up)
    assert bowl(there) < bowl(CENTER)


def test_two_equal_parameters_make_no_plane() -> None:
    with pytest.raises(ValueError, match="w"):
        along_parameters(CENTER, Place("w", (0, 0)), Place("w", (0, 0)), ("w", "w"))


def test_every_single_number_can_be_chosen() -> None:
    assert [(place.origin, place.index) for place in entry_places(CENTER)] == [
        ("w", (0, 0)),
        ("w", (0, 1)),
        ("w", (1, 0)),
        ("w", (1, 1)),
        ("b", (0,)),
        ("b", (1,)),
    ]


def test_the_path_is_seen_on_the_plane() -> None:
    landscape = plane()
    walked = {n: {"w": CENTER["w"] - n, "b": CENTER["b"] + 2 * n} for n in (1, 2)}
    list(landscape.walk([1, 2], walked.__getitem__))
    assert landscape.path == {1: pytest.approx((-1, 2)), 2: pytest.approx((-2, 4))}


def test_the_directions_of_the_path_are_those_in_which_it_reaches_farthest() -> None:
    # The path comes 4 along w00, and half way it is 1 off along b0.
    def at(right: float, up: float) -> dict[str, np.ndarray]:
        w, b = CENTER["w"].copy(), CENTER["b"].copy()
        w[0, 0] += right
        b[0] += up
        return {"w": w, "b": b}

    directions = path_directions(CENTER, [at(-4, 0), at(-2, 1), at(-2, -1), at(0, 0)])
    assert directions.first["w"][0, 0] == pytest.approx(4)
    assert abs(directions.second["b"][0]) == pytest.approx(1)
    assert np.allclose(directions.first["b"], 0)
    assert directions.steps_to(CENTER, at(-4, 0)) == pytest.approx((-1, 0))
    for lame in ([at(0, 0)], [at(-1, 0), at(-2, 0)], [at(np.nan, 0), at(1, 1)]):
        with pytest.raises(ValueError, match=r"^\d$"):
            path_directions(CENTER, lame)


def test_of_a_long_path_some_places_are_shown_with_both_ends() -> None:
    assert path_iterations(4) == [1, 2, 3, 4]
    many = path_iterations(100_000)
    assert len(many) <= 60
    assert (many[0], many[-1]) == (1, 100_000)
    assert many == sorted(set(many))


# --- The map ---------------------------------------------------------------------------------


def drawn() -> tuple[Landscape, tuple[object, ...]]:
    directions = along_parameters(CENTER, Place("w", (0, 0)), Place("b", (0,)), ("w", "b"))
    landscape = Landscape(CENTER, directions, 2.0, 21, bowl)
    list(landscape.compute())
    landscape.path = {1: (-1.0, 0.5), 5: (0.0, 0.0), 9: (9.0, 0.0)}
    picture = contour_picture(landscape, 400, 300, cursor=5, down=(1.0, 0.0))
    assert picture.summary is not None
    return landscape, picture.items


def test_the_lines_of_the_map_have_the_loss_that_they_say() -> None:
    landscape, items = drawn()
    axes = map_axes(landscape, 400, 300)
    swarms = [item for item in items if isinstance(item, Swarm)]
    assert len(swarms) >= 5
    for swarm in swarms:
        x = axes.x0 + (swarm.shapes[:, 0] - axes.area.x) / axes.area.width * (axes.x1 - axes.x0)
        y = axes.y0 + (axes.area.bottom - swarm.shapes[:, 1]) / axes.area.height * 4
        losses = (x - 2) ** 2 + 3 * (y + 1) ** 2
        # Between points of the grid the bowl is taken to be straight.
        assert np.ptp(losses) < 0.05 * losses.mean() + 0.05
    numbers = {item.text for item in items if isinstance(item, Text)}
    assert {"5", "10"} & numbers


def test_the_path_is_solid_up_to_now_and_dashed_beyond() -> None:
    _, items = drawn()
    path = [item for item in items if isinstance(item, Curve) and item.key == "path"]
    assert [piece.dashed for piece in path] == [False, True]
    assert any(isinstance(item, Curve) and item.key == "down" for item in items)


def test_now_is_in_the_middle_or_where_the_run_has_come_to() -> None:
    landscape, items = drawn()
    axes = map_axes(landscape, 400, 300)
    now = [item for item in items if isinstance(item, Token) and item.radius == 6]
    assert (now[0].x, now[0].y) == pytest.approx(axes.area.center)
    moved = contour_picture(landscape, 400, 300, cursor=7, down=(1.0, 0.0), here=(1.0, 0.0))
    now = [item for item in moved.items if isinstance(item, Token) and item.radius == 6]
    assert now[0].x == pytest.approx(axes.area.center[0] + axes.area.width / 4)
    # The gradient was that of the middle.
    assert not any(isinstance(item, Curve) and item.key == "down" for item in moved.items)


def test_the_loss_under_a_point_is_the_nearest_that_was_computed() -> None:
    landscape, _ = drawn()
    axes = map_axes(landscape, 400, 300)
    assert loss_at(landscape, axes, axes.area.center) == (10, 10)
    assert loss_at(landscape, axes, (axes.area.x, axes.area.bottom)) == (0, 0)
    assert loss_at(landscape, axes, (0, 0)) is None


def test_a_map_of_losses_that_are_no_numbers_is_still_drawn() -> None:
    directions = along_parameters(CENTER, Place("w", (0, 0)), Place("b", (0,)), ("w", "b"))
    landscape = Landscape(CENTER, directions, 2.0, 5, lambda _: float("nan"))
    list(landscape.compute())
    assert contour_picture(landscape, 300, 300, cursor=1).items
    wild = Landscape(CENTER, directions, 2.0, 5, lambda p: float(np.exp(400 * p["b"][0])))
    list(wild.compute())
    assert contour_picture(wild, 300, 300, cursor=1).items


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ((2, 2), (4, 4), ((2, 2), (4, 4))),
        ((-5, 5), (5, 5), ((0, 5), (5, 5))),
        ((-5, 5), (15, 5), ((0, 5), (10, 5))),
        ((-5, 5), (-1, 5), None),
        ((20, -5), (20, 15), None),
    ],
)
def test_a_line_is_cut_off_at_the_frame(
    start: tuple[float, float], end: tuple[float, float], wanted: object
) -> None:
    assert clipped(start, end, Rect(0, 0, 10, 10)) == wanted


def test_a_formula_of_two_numbers_has_a_landscape_too() -> None:
    training = load(find("gradient")).training
    start = training.parameters(1)
    assert training_loss(training.program, start) == training.loss(1) == 21.0
    assert training_gradient(training.program, start) == {"x": -6.0, "y": 12.0}
    one, two = entry_places(start)
    directions = along_parameters(start, one, two, ("x", "y"))
    landscape = Landscape(start, directions, 2.0, 5, partial(training_loss, training.program))
    for _ in landscape.compute():
        pass
    # Two to the right and none up: x = 1, y = 1.
    assert landscape.losses[2, 4] == (1 - 2) ** 2 + 3 * (1 + 1) ** 2
