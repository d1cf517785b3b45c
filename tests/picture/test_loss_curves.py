import numpy as np
import pytest

from mlviz.picture.loss_curves import (
    bounds,
    drawable,
    envelope,
    logarithms,
    nearest,
    smoothed,
    window_of,
)


def test_few_values_are_drawn_as_they_are() -> None:
    x, y = envelope(np.array([3.0, 2.0, 1.0]), 1, 3, 100)
    assert x.tolist() == [1, 2, 3]
    assert y.tolist() == [3, 2, 1]


def test_many_values_keep_the_lowest_and_the_highest_of_every_column() -> None:
    values = np.sin(np.arange(100_000) / 7.0)
    values[54_321] = 9.0
    values[12_345] = -9.0
    x, y = envelope(values, 1, 100_000, 700)
    assert len(x) == len(y) < 3 * 700
    assert y.max() == 9.0
    assert y.min() == -9.0
    assert abs(x[y.argmax()] - 54_322) <= 143
    assert np.all(np.diff(x) >= 0)


def test_a_column_without_a_number_is_a_gap() -> None:
    values = np.full(4000, np.nan)
    values[:1000] = 1.0
    _, y = envelope(values, 1, 4000, 100)
    assert np.isnan(y[-1])
    assert y[0] == 1.0


def test_nothing_is_smoothed_at_first() -> None:
    values = np.array([1.0, 5.0, 3.0])
    assert window_of(0.0, 1000) == 1
    assert smoothed(values, 1) is values


def test_smoothing_takes_the_mean_of_what_came_before() -> None:
    values = np.array([1.0, 5.0, np.nan, 3.0])
    assert smoothed(values, 2).tolist() == [1.0, 3.0, 5.0, 3.0]
    assert window_of(1.0, 4000) == pytest.approx(1000, rel=0.01)


def test_logarithms_leave_a_gap_where_there_is_none() -> None:
    found = logarithms(np.array([100.0, 0.0, -1.0, 0.1]))
    assert found[0] == 2
    assert np.isnan(found[1:3]).all()
    assert found[3] == pytest.approx(-1)


def test_an_axis_shows_all_that_is_finite_and_not_beyond_every_picture() -> None:
    low, high = bounds([np.array([0.2, 0.8, np.inf, 1e200])], log=False, whole=True)
    assert low == 0
    assert 0.8 < high < 1
    assert bounds([np.array([np.nan])], log=False) != (0.0, 0.0)
    assert np.isnan(drawable(np.array([1.0, 1e200]))).tolist() == [False, True]


def test_the_nearest_measurement_is_found() -> None:
    assert nearest(np.array([1.0, 10.0, 20.0]), 14) == 1
    assert nearest(np.array([]), 14) is None
