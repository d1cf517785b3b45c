import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlviz.errors import ArgumentError
from mlviz.learn.data.preprocess import (
    Filler,
    Standardizer,
    class_numbers,
    complete_rows,
    one_hot,
)

nan = np.nan
ROWS = arrays(np.float64, (7, 3), elements=st.floats(-1e6, 1e6))


@given(ROWS)
@settings(max_examples=50, deadline=None)
def test_standardised_rows_go_back_to_what_they_were(rows: np.ndarray) -> None:
    scale = Standardizer.fit(rows)
    np.testing.assert_allclose(scale.inverse(scale.transform(rows)), rows, atol=1e-6)


def test_standardised_training_rows_have_mean_0_and_spread_1() -> None:
    rows = np.random.default_rng(0).normal(5, 3, (50, 2))
    scaled = Standardizer.fit(rows).transform(rows)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1)


def test_other_rows_are_scaled_as_the_training_rows_were() -> None:
    scale = Standardizer.fit([[0.0], [2.0]])
    assert scale.transform([[5.0]]).tolist() == [[4.0]]


def test_a_feature_that_never_changes_becomes_zero() -> None:
    assert Standardizer.fit([[3.0], [3.0]]).transform([[3.0]]).tolist() == [[0.0]]


def test_missing_numbers_do_not_disturb_the_scale() -> None:
    scale = Standardizer.fit([[0.0], [nan], [2.0]])
    assert (scale.mean.tolist(), scale.scale.tolist()) == ([1.0], [1.0])


@pytest.mark.parametrize(("how", "value"), [("mean", 4.0), ("median", 2.0), (-1.0, -1.0)])
def test_gaps_are_filled_from_the_training_rows(how, value: float) -> None:
    filler = Filler.fit([[1.0], [2.0], [9.0], [nan]], how)
    assert filler.transform([[nan], [7.0]]).tolist() == [[value], [7.0]]


def test_a_column_without_any_value_cannot_be_averaged() -> None:
    with pytest.raises(ArgumentError, match="Column 2 has no value at all"):
        Filler.fit([[1.0, nan], [2.0, nan]])
    assert Filler.fit([[nan]], 0.0).transform([[nan]]).tolist() == [[0.0]]
    with pytest.raises(ArgumentError, match="how is mode"):
        Filler.fit([[1.0]], "mode")  # type: ignore[arg-type]


def test_complete_rows_have_a_value_everywhere() -> None:
    whole = complete_rows([[1.0, 2.0], [nan, 2.0], [1.0, 2.0]], ["a", "b", ""], [1, 2, 3])
    assert whole.tolist() == [True, False, False]
    with pytest.raises(ArgumentError, match="no rows"):
        complete_rows()


def test_classes_are_numbered_in_order() -> None:
    numbers, classes = class_numbers(["dog", "cat", "dog"])
    assert (numbers.tolist(), classes) == ([1, 0, 1], ("cat", "dog"))


@given(arrays(np.int64, (6,), elements=st.integers(0, 4)))
@settings(max_examples=30, deadline=None)
def test_one_hot_rows_say_which_class_it_is(numbers: np.ndarray) -> None:
    switches = one_hot(numbers, 5)
    assert switches.shape == (6, 5)
    np.testing.assert_array_equal(switches.argmax(axis=-1), numbers)
    np.testing.assert_array_equal(switches.sum(axis=-1), 1)


def test_one_hot_refuses_classes_that_do_not_exist() -> None:
    assert one_hot([[0], [1]]).shape == (2, 1, 2)
    for wrong, found in (([-1], "-1"), ([3], "3")):
        with pytest.raises(ArgumentError, match=f"numbers is {found}, but must be 0 … 2"):
            one_hot(wrong, 3)
    with pytest.raises(ArgumentError, match="numbers is float64"):
        one_hot([0.5])
