"""Test rows from another distribution: which numbers change, by how much, and which do not."""

import numpy as np
import pytest

from mlviz.errors import ArgumentError
from mlviz.learn.data.generated import moons
from mlviz.learn.data.prepare import Wishes, prepare
from mlviz.learn.data.shift import Shift

TRAIN = np.array([[0.0, 10.0, 1.0], [2.0, 30.0, 0.0], [4.0, 50.0, 1.0]])
ROWS = np.array([[1.0, 40.0, 1.0], [3.0, 10.0, 0.0]])
NUMBERS = np.array([True, True, False])
MEAN, SPREAD = TRAIN[:, :2].mean(axis=0), TRAIN[:, :2].std(axis=0)


def test_every_number_is_moved_by_standard_deviations_of_the_training_rows() -> None:
    found = Shift(move=0.5).applied(ROWS, TRAIN, NUMBERS)
    np.testing.assert_allclose(found[:, :2], ROWS[:, :2] + 0.5 * SPREAD)
    np.testing.assert_array_equal(found[:, 2], ROWS[:, 2])


def test_scale_stretches_about_the_mean() -> None:
    found = Shift(scale=3.0).applied(ROWS, TRAIN, NUMBERS)
    np.testing.assert_allclose(found[:, :2] - MEAN, 3 * (ROWS[:, :2] - MEAN))


def test_a_quarter_turn_takes_right_to_up_around_the_mean() -> None:
    found = Shift(rotate=90.0).applied(ROWS, TRAIN, NUMBERS)
    away = ROWS[:, :2] - MEAN
    np.testing.assert_allclose(found[:, :2] - MEAN, np.column_stack([-away[:, 1], away[:, 0]]))


def test_twice_the_noise_moves_every_row_twice_as_far() -> None:
    once = Shift(noise=0.2, seed=4).applied(ROWS, TRAIN, NUMBERS) - ROWS
    twice = Shift(noise=0.4, seed=4).applied(ROWS, TRAIN, NUMBERS) - ROWS
    assert np.abs(once[:, :2]).min() > 0
    np.testing.assert_allclose(twice, 2 * once)


def test_one_number_cannot_be_turned() -> None:
    with pytest.raises(ArgumentError):
        Shift(rotate=10.0).applied(ROWS[:, :1], TRAIN[:, :1], NUMBERS[:1])


def test_only_the_test_rows_of_a_set_are_shifted() -> None:
    plain = prepare(moons(40), Wishes(validation=0.2, test=0.3))
    other = prepare(moons(40), Wishes(validation=0.2, test=0.3, shift=Shift(move=1.0)))
    for part in ("train", "validation"):
        rows = getattr(plain.split, part)
        np.testing.assert_array_equal(other.data.inputs[rows], plain.data.inputs[rows])
    rows = plain.split.test
    moved = other.data.inputs[rows] - plain.data.inputs[rows]
    spread = plain.data.inputs[plain.split.train].std(axis=0)
    np.testing.assert_allclose(moved, np.broadcast_to(spread, moved.shape))
    np.testing.assert_array_equal(other.given.inputs, plain.data.inputs)
    np.testing.assert_array_equal(other.data.targets, plain.data.targets)


def test_fewer_training_rows_are_the_first_of_them_and_leave_the_other_parts() -> None:
    plain = prepare(moons(40), Wishes(validation=0.2, test=0.3))
    fewer = prepare(moons(40), Wishes(validation=0.2, test=0.3, train_rows=5))
    assert fewer.split.train.tolist() == plain.split.train[:5].tolist()
    assert fewer.split.validation.tolist() == plain.split.validation.tolist()
    assert len(prepare(moons(40), Wishes(train_rows=7)).split.train) == 7
