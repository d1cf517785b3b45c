import numpy as np
import pytest

from mlviz.autograd import Tensor
from mlviz.errors import ArgumentError
from mlviz.learn.data.dataset import Dataset, Subset, TensorDataset
from mlviz.learn.data.loader import DataLoader
from mlviz.learn.data.shipped import iris


class Squares:
    """A set that can only be asked for one example at a time."""

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> tuple[Tensor, float]:
        return Tensor([float(index)]), float(index**2)


def rows(loader: DataLoader) -> list[list[float]]:
    return [batch.numpy().ravel().tolist() for (batch,) in loader]


def test_batches_follow_each_other_and_the_last_may_be_short() -> None:
    data = TensorDataset(np.arange(7.0))
    loader = DataLoader(data, batch_size=3)
    assert rows(loader) == [[0, 1, 2], [3, 4, 5], [6]]
    assert len(loader) == 3
    short = DataLoader(data, batch_size=3, drop_last=True)
    assert rows(short) == [[0, 1, 2], [3, 4, 5]]
    assert len(short) == 2
    assert len(DataLoader(data, batch_size=7, drop_last=True)) == 1


def test_each_epoch_is_shuffled_anew_and_can_be_repeated() -> None:
    data = TensorDataset(np.arange(20.0))
    loader = DataLoader(data, 8, shuffle=True, seed=5)
    first, second = rows(loader), rows(loader)
    assert first != second
    for epoch in (first, second):
        assert sorted(row for batch in epoch for row in batch) == list(range(20))
    again = DataLoader(data, 8, shuffle=True, seed=5)
    assert rows(again) == first
    repeated = [batch.numpy().tolist() for (batch,) in loader.batches(1)]
    assert repeated == second
    assert rows(DataLoader(data, 8, shuffle=True, seed=6)) != first


def test_inputs_and_targets_stay_together() -> None:
    x = np.arange(30.0).reshape(10, 3)
    loader = DataLoader(TensorDataset(x, x[:, 0].astype(int)), 4, shuffle=True)
    for inputs, targets in loader:
        np.testing.assert_array_equal(inputs.numpy()[:, 0], targets.numpy())
        assert targets.dtype.kind == "i"


def test_parts_and_named_sets_are_loaded_too() -> None:
    flowers = iris()
    (inputs, targets), *_ = DataLoader(Subset(flowers, [140, 0, 60]), 3)
    np.testing.assert_array_equal(inputs.numpy(), flowers.inputs[[140, 0, 60]])
    assert targets.numpy().tolist() == [2, 0, 1]
    part = flowers.take(flowers.targets == 1)
    assert isinstance(part, Dataset)
    assert len(part) == 50
    assert part.classes == flowers.classes
    assert "150 rows, 4 inputs, 3 classes" in repr(flowers)


def test_single_examples_are_put_together() -> None:
    for data in (Squares(), Subset(Squares(), [0, 1, 2, 3, 4])):
        (x, y), (last_x, _) = DataLoader(data, 4)
        assert x.shape == (4, 1)
        assert y.numpy().tolist() == [0, 1, 4, 9]
        assert last_x.numpy().tolist() == [[4]]


def test_rows_must_belong_together() -> None:
    with pytest.raises(ArgumentError, match=r"\(3,\), \(2,\)"):
        TensorDataset(np.zeros(3), np.zeros(2))
    with pytest.raises(ArgumentError, match="batch_size is 0"):
        DataLoader(TensorDataset(np.zeros(3)), 0)
