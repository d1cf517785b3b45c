"""Batches: the rows of a set, some at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlviz.autograd import Array, Tensor
from mlviz.errors import ArgumentError
from mlviz.learn.data.dataset import Dataset, Examples, Subset, TensorDataset


class DataLoader:
    """Goes through a set once an epoch, a batch of rows at a time.

    The order of an epoch follows from the seed and the number of the epoch alone, so any
    epoch can be gone through again. Each `for batch in loader` is the next epoch.

    Shapes: rows (…) of the set → batches (batch_size, …).

    Args:
        dataset: the rows; see `TensorDataset`.
        batch_size: rows in a batch, at least 1.
        shuffle: whether each epoch has a random order of its own.
        drop_last: leave out the last batch if it is incomplete.
        seed: where the random orders begin.

    Attributes:
        epoch: number of the epoch that comes next, from 0.

    Raises:
        ArgumentError: `batch_size` is below 1.
    """

    def __init__(
        self,
        dataset: Examples,
        batch_size: int = 1,
        shuffle: bool = False,
        *,
        drop_last: bool = False,
        seed: int = 0,
    ) -> None:
        if batch_size < 1:
            raise ArgumentError.out_of_range("batch_size", batch_size, "≥ 1")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        """Return how many batches an epoch has."""
        whole, left = divmod(len(self.dataset), self.batch_size)
        return whole + (1 if left and not self.drop_last else 0)

    def order(self, epoch: int) -> Array:
        """Return the row numbers in the order in which epoch number `epoch` has them."""
        rows = len(self.dataset)
        if not self.shuffle:
            return np.arange(rows)
        return np.random.default_rng([self.seed, epoch]).permutation(rows)

    def rows(self, epoch: int) -> Iterator[Array]:
        """Yield the row numbers of each batch of epoch number `epoch`."""
        order = self.order(epoch)
        for batch in range(len(self)):
            yield order[batch * self.batch_size : (batch + 1) * self.batch_size]

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of epoch number `epoch`, as `for batch in loader` does."""
        for rows in self.rows(epoch):
            yield self._take(rows)

    def __iter__(self) -> Iterator[Any]:
        epoch = self.epoch
        self.epoch += 1
        return self.batches(epoch)

    def _take(self, rows: Array) -> Any:
        if _takes_many(self.dataset):
            return self.dataset[rows]
        return _stacked([self.dataset[int(row)] for row in rows])


def _takes_many(dataset: Examples) -> bool:
    """Return whether several rows can be taken at once, with an array of their numbers."""
    while isinstance(dataset, Subset):
        dataset = dataset.dataset
    return isinstance(dataset, TensorDataset | Dataset)


def _stacked(examples: list[Any]) -> Any:
    """Make one batch of single examples: tensors stacked, tuples part by part."""
    first = examples[0]
    if isinstance(first, tuple | list):
        return tuple(_stacked(list(part)) for part in zip(*examples, strict=True))
    values = [entry.data if isinstance(entry, Tensor) else entry for entry in examples]
    return Tensor(np.stack([np.asarray(value) for value in values]))
