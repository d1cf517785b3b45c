"""The page of nudges: a tangent that is the gradient, a secant that is measured."""

import math

import pytest

from mlviz.learn.changes import Place
from mlviz.learn.training import Training
from mlviz.picture.bad import bad_mark, bad_notice
from mlviz.picture.items import Curve, Text, Token
from mlviz.picture.nudge import nudge_page
from mlviz.picture.pages import Page
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from tests.runs import formula


def page(training: Training, value: str, epsilon: float, step: int | None = None) -> Page:
    timeline = Timeline(training.iteration(1))
    node = next(node.id for node in timeline.tape if node.name == value)
    position = Position(1, len(timeline) if step is None else step)
    return nudge_page(timeline, position, training, (node, (), Place(value)), epsilon, 340)


def slope(found: Page, key: str) -> float:
    """Return the slope of a line of the picture, px upwards per px."""
    assert found.picture is not None
    (line,) = [i for i in found.picture.items if isinstance(i, Curve) and i.key == key]
    (x0, y0), (x1, y1) = line.points
    return (y0 - y1) / (x1 - x0)


def test_the_secant_turns_into_the_tangent() -> None:
    training = formula("h = x*x", "y = h + h*h", x=0.5)
    ratios = []
    for epsilon in (1.0, 0.1, 0.001):
        found = page(training, "x", epsilon)
        ratios.append(slope(found, "secant") / slope(found, "tangent"))
    assert ratios[0] > ratios[1] > ratios[2] > 1
    assert ratios[2] == pytest.approx(1, abs=0.01)


def test_a_straight_loss_has_one_line_for_both() -> None:
    found = page(formula("y = 3*x", x=1.0), "x", 1.0)
    assert slope(found, "secant") == pytest.approx(slope(found, "tangent"))


@pytest.mark.parametrize("step", [4, 9])  # nothing has arrived at x; one of two has
def test_before_the_gradient_is_known_there_is_no_tangent(step: int) -> None:
    found = page(formula("h = x*x", "y = h + h*h", x=0.5), "x", 0.1, step=step)
    assert found.picture is not None
    keys = {item.key for item in found.picture.items if isinstance(item, Curve)}
    assert "tangent" not in keys
    assert {"loss", "secant"} <= keys


def test_data_has_a_tangent_too_and_the_page_says_that_it_was_made_for_it() -> None:
    training = formula("L = (w*x - t)**2", rate=0.1, inputs=("x", "t"), w=2.0, x=3.0, t=1.0)
    found = page(training, "x", 1e-4, step=0)
    assert found.intro.id == "why.nudge.data"
    assert slope(found, "secant") == pytest.approx(slope(found, "tangent"), rel=1e-3)
    assert found.picture is not None
    written = [str(item.text) for item in found.picture.items if isinstance(item, Text)]
    assert "20.00" in written  # 2 w (w x − t)


def test_everything_lies_inside_the_picture() -> None:
    found = page(formula("h = x*x", "y = h + h*h", x=0.5), "x", 1.0)
    assert found.picture is not None
    bounds = found.picture.bounds
    for item in found.picture.items:
        if isinstance(item, Text | Token):
            assert bounds.contains(item.x, item.y)
        if isinstance(item, Curve):
            assert all(bounds.contains(x, y) for x, y in item.points)


def test_a_loss_that_is_not_finite_is_not_measured() -> None:
    assert page(formula("y = log(x)", x=0.0), "x", 0.1).intro.id == "why.nudge.not_finite"


def test_a_loss_that_is_finite_only_on_one_side_is_drawn_there() -> None:
    found = page(formula("y = log(x)", x=0.5), "x", 0.1)
    assert found.picture is not None
    assert any(isinstance(item, Curve) and item.key == "loss" for item in found.picture.items)
    for item in found.picture.items:
        if isinstance(item, Curve):
            assert all(math.isfinite(y) for _, y in item.points)


# --- The first bad number --------------------------------------------------------------------


def test_the_mark_stands_where_the_step_ends() -> None:
    training = formula("a = x*x", "L = log(a)", x=0.0)
    timeline = Timeline(training.iteration(1))
    mark = bad_mark(timeline)
    assert mark is not None
    assert 0.2 < mark < 0.8
    (said,) = bad_notice(timeline, training, 1)
    assert (said.id, said.values["step"], said.values["number"]) == ("bad.notice", 2, "−inf")


def test_all_is_well_without_a_mark() -> None:
    training = formula("a = x*x", "L = log(a)", x=1.0)
    timeline = Timeline(training.iteration(1))
    assert bad_mark(timeline) is None
    assert bad_notice(timeline, training, 1) == ()
