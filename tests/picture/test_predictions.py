import numpy as np
import pytest

from mlviz.picture.items import Curve, Token
from mlviz.picture.outcome import Outcome
from mlviz.picture.predictions import (
    first_features,
    is_picture,
    nearest,
    scatter_axes,
    scatter_picture,
    worst_first,
)


def found() -> Outcome:
    nothing = np.empty((5, 0))
    return Outcome(
        ("a", "b"),
        np.array([0, 0, 0, 1, 1]),
        np.array([0, 1, 2, 0, 1]),
        nothing,
        nothing,
        np.array([0, 1, 1, 0, 1]),
        np.array([0, 0, 1, 1, 0]),
        nothing,
        np.array([0.1, 2.0, np.nan, 0.9, 3.0]),
        np.zeros(5, dtype=bool),
    )


def test_the_worst_come_first_and_what_is_no_number_before_them() -> None:
    assert worst_first(found()).tolist() == [2, 4, 1, 3, 0]


def test_examples_can_be_those_of_a_part_the_wrong_ones_or_those_of_a_cell() -> None:
    assert worst_first(found(), part=1).tolist() == [4, 3]
    assert worst_first(found(), only_wrong=True).tolist() == [4, 1, 3]
    assert worst_first(found(), cell=(1, 0)).tolist() == [4, 1]
    assert worst_first(found(), cell=(0, 0), part=1).tolist() == []


def test_only_square_pixels_are_a_picture() -> None:
    pixels = tuple(f"pixel[{row},{column}]" for row in range(8) for column in range(8))
    assert is_picture(pixels) == 8
    assert is_picture(("a", "b", "c", "d")) == 0
    assert is_picture(pixels[:-1]) == 0


def test_of_pixels_those_that_differ_most_are_shown_first() -> None:
    pixels = tuple(f"pixel[{row},{column}]" for row in range(2) for column in range(2))
    inputs = np.array([[0.0, 1.0, 5.0, 0.0], [0.0, 2.0, -5.0, 9.0]])
    assert first_features(inputs, pixels) == (2, 3)
    assert first_features(inputs, ("a", "b", "c", "d")) == (0, 1)
    assert first_features(inputs[:, :1], ("a",)) == (0, 0)


TRUTH = np.array([1.0, 2.0, 3.0])
ANSWERS = np.array([1.0, 2.5, np.nan])


def marks(residuals: bool) -> tuple[list[Token], tuple[tuple[float, float], ...]]:
    picture = scatter_picture(
        TRUTH,
        ANSWERS,
        np.array([0, 1, 0]),
        width=300,
        height=200,
        names=("y", "answer"),
        residuals=residuals,
    )
    line = next(item for item in picture.items if isinstance(item, Curve) and item.key == "right")
    return [item for item in picture.items if isinstance(item, Token)], line.points


def test_a_right_answer_lies_on_the_line_and_one_too_large_above_it() -> None:
    tokens, line = marks(residuals=False)
    assert len(tokens) == 2  # what is no number has no place
    (x0, y0), (x1, y1) = line
    on_line = [y0 + (token.x - x0) / (x1 - x0) * (y1 - y0) for token in tokens]
    assert tokens[0].y == pytest.approx(on_line[0])
    assert tokens[1].y < on_line[1] - 5
    assert [token.hollow for token in tokens] == [False, True]


def test_a_residual_of_zero_lies_in_the_middle() -> None:
    tokens, line = marks(residuals=True)
    assert tokens[0].y == pytest.approx(line[0][1]) == pytest.approx(line[1][1])
    assert tokens[1].y < tokens[0].y


@pytest.mark.parametrize("residuals", [False, True])
def test_the_example_under_a_point_is_found(residuals: bool) -> None:
    across, up = (ANSWERS, ANSWERS - TRUTH) if residuals else (TRUTH, ANSWERS)
    axes = scatter_axes(across, up, 300, 200, residuals=residuals)
    point = axes.point(across[1], up[1])
    assert nearest(TRUTH, ANSWERS, axes, point, residuals=residuals) == 1
    assert nearest(TRUTH, ANSWERS, axes, (0.0, 0.0), residuals=residuals) == -1
