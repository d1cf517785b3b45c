import numpy as np
import pytest

from mlviz.picture.isolines import even_levels, isolines, log_levels


def test_a_line_crosses_a_cell_where_the_sides_reach_the_level() -> None:
    # Left 0, right 4: the level 1 is reached a quarter of the way on both flat sides.
    pieces = isolines(np.array([[0.0, 4.0], [0.0, 4.0]]), 1.0)
    assert pieces.shape == (1, 2, 2)
    assert sorted(map(tuple, pieces[0].tolist())) == [(0.25, 0.0), (0.25, 1.0)]


def test_the_lines_of_a_cone_are_circles() -> None:
    y, x = np.mgrid[:41, :41]
    pieces = isolines(np.hypot(x - 20, y - 20), 12.0)
    distances = np.hypot(*(pieces.reshape(-1, 2) - 20).T)
    assert np.abs(distances - 12).max() < 0.02
    length = np.hypot(*(pieces[:, 0] - pieces[:, 1]).T).sum()
    assert length == pytest.approx(2 * np.pi * 12, rel=0.01)


@pytest.mark.parametrize(("corner", "cut"), [(3.0, "other"), (1.5, "own")])
def test_at_a_saddle_the_middle_of_the_cell_decides(corner: float, cut: str) -> None:
    # Two corners above the level 1, two below; the middle is above for large corners.
    pieces = isolines(np.array([[corner, 0.0], [0.0, corner]]), 1.0)
    assert len(pieces) == 2
    near_own = np.hypot(*(pieces.mean(axis=1) - [0, 0]).T).min()
    near_other = np.hypot(*(pieces.mean(axis=1) - [1, 0]).T).min()
    assert (near_other < near_own) == (cut == "other")


def test_where_a_number_is_not_finite_there_is_no_line() -> None:
    values = np.array([[0.0, 2.0, 0.0], [0.0, np.inf, 0.0], [0.0, np.nan, 0.0]])
    assert len(isolines(values, 1.0)) == 0
    assert len(isolines(np.zeros((3, 3)), 1.0)) == 0


def test_levels_are_round_and_each_about_as_many_times_the_last() -> None:
    assert log_levels(0.009, 110)[:5] == (0.01, 0.02, 0.05, 0.1, 0.2)
    narrow = log_levels(0.55, 0.6)
    assert 4 <= len(narrow) <= 14
    assert np.allclose(np.diff(narrow), narrow[1] - narrow[0])
    assert log_levels(1.0, 1.0) == ()
    assert log_levels(1.0, np.inf) == ()


def test_there_are_neither_too_few_levels_nor_too_many() -> None:
    for low, high in ((1e-9, 1e6), (0.01, 3), (0.4, 2), (5, 7), (1e3, 2e3)):
        levels = log_levels(low, high)
        assert 4 <= len(levels) <= 14, (low, high, levels)
        assert all(low < level < high for level in levels)


def test_even_levels_lie_between_the_ends() -> None:
    assert even_levels(-1, 1, 4) == (-0.5, 0.0, 0.5)
    assert even_levels(0, 0) == ()
