import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.errors import ArgumentError
from mlviz.learn.data.dataset import TensorDataset
from mlviz.learn.data.splits import k_fold, random_split, train_validation_test_split


@given(
    st.integers(1, 300),
    st.floats(0, 0.45),
    st.floats(0, 0.45),
    st.none() | st.integers(0, 5),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_every_row_is_in_exactly_one_part(
    n: int, validation: float, test: float, seed: int | None, by_class: bool
) -> None:
    kinds = np.arange(n) % 3 if by_class else None
    split = train_validation_test_split(n, validation, test, seed, kinds)
    assert sorted(np.concatenate(split).tolist()) == list(range(n))
    slack = 3 if by_class else 1
    assert abs(len(split.validation) - validation * n) < slack
    assert abs(len(split.test) - test * n) < slack


def test_the_usual_split() -> None:
    split = train_validation_test_split(150)
    assert [len(part) for part in split] == [90, 30, 30]
    again = train_validation_test_split(150)
    for part, same in zip(split, again, strict=True):
        np.testing.assert_array_equal(part, same)
    assert train_validation_test_split(150, seed=1).train.tolist() != split.train.tolist()
    assert train_validation_test_split(5, seed=None).train.tolist() == [0, 1, 2]


def test_a_stratified_split_keeps_the_mix_in_a_mixed_order() -> None:
    kinds = np.repeat([0, 1], [80, 20])
    split = train_validation_test_split(100, stratify=kinds)
    assert [np.bincount(kinds[part]).tolist() for part in split] == [[48, 12], [16, 4], [16, 4]]
    assert 0 < kinds[split.train][:30].sum() < 12  # not one class after the other


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(ArgumentError, match="test is 1"):
        train_validation_test_split(10, 0.2, 1)
    with pytest.raises(ArgumentError, match=r"validation \+ test is 1\.1"):
        train_validation_test_split(10, 0.6, 0.5)


@given(st.integers(2, 80), st.integers(2, 10), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_row_is_validated_once(n: int, k: int, by_class: bool) -> None:
    k = min(k, n)
    kinds = np.arange(n) % 2 if by_class else None
    folds = list(k_fold(n, k, stratify=kinds))
    assert len(folds) == k
    assert sorted(np.concatenate([held for _, held in folds]).tolist()) == list(range(n))
    for train, held in folds:
        assert sorted([*train.tolist(), *held.tolist()]) == list(range(n))
        assert abs(len(held) - n / k) < 1


def test_stratified_folds_have_the_same_mix() -> None:
    kinds = np.repeat([0, 1], [40, 10])
    for _, held in k_fold(50, 5, stratify=kinds):
        assert np.bincount(kinds[held]).tolist() == [8, 2]


def test_folds_are_at_least_two() -> None:
    with pytest.raises(ArgumentError, match="k is 1, but must be 2 … 10"):
        k_fold(10, 1)


def test_a_random_split_takes_numbers_or_shares() -> None:
    data = TensorDataset(np.arange(10.0))
    first, second = random_split(data, [7, 3], generator=0)
    assert (len(first), len(second)) == (7, 3)
    values = [float(part[i][0].item()) for part in (first, second) for i in range(len(part))]
    assert sorted(values) == list(range(10))
    assert [len(part) for part in random_split(data, [0.5, 0.25, 0.25], 0)] == [5, 3, 2]
    with pytest.raises(ArgumentError, match=r"sum\(lengths\) is 9"):
        random_split(data, [5, 4])
