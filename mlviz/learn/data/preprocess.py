"""Getting numbers ready: one scale for all features, classes as switches, gaps filled.

What is learned from the data (means, scales, fillings) is learned from the training rows
alone, by `fit`, and then applied to all rows by `transform`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array
from mlviz.errors import ArgumentError
from mlviz.i18n import Message


@dataclass(frozen=True, slots=True, eq=False)
class Standardizer:
    """Gives every feature mean 0 and standard deviation 1.

    Shapes: rows (rows, features) → the same.

    Attributes:
        mean: of each feature in the rows it was fitted to.
        scale: standard deviation of each (of the population: divided by n); 1 where a feature
            never changes, so that it becomes 0 instead of nan.
    """

    mean: Array
    scale: Array

    @classmethod
    def fit(cls, rows: ArrayLike) -> "Standardizer":
        """Measure the rows; nan entries are left out.

        Shapes: (rows, features).

        Raises:
            ArgumentError: there are no rows.
        """
        values = np.asarray(rows, dtype=float)
        if not len(values):
            raise ArgumentError(Message("error.data.empty"))
        scale = np.nanstd(values, axis=0)
        return cls(np.nanmean(values, axis=0), np.where(scale > 0, scale, 1.0))

    def transform(self, rows: ArrayLike) -> Array:
        """Return the rows on the common scale."""
        return np.asarray((np.asarray(rows, dtype=float) - self.mean) / self.scale)

    def inverse(self, rows: ArrayLike) -> Array:
        """Return rows of the common scale on their own scale."""
        return np.asarray(np.asarray(rows, dtype=float) * self.scale + self.mean)


How = Literal["mean", "median"] | float


@dataclass(frozen=True, slots=True, eq=False)
class Filler:
    """Puts a number in the place of every missing one (nan).

    Shapes: rows (rows, features) → the same.

    Attributes:
        values: what is put there, one for each feature.
    """

    values: Array

    @classmethod
    def fit(cls, rows: ArrayLike, how: How = "mean") -> "Filler":
        """Choose the numbers from the rows, (rows, features).

        Args:
            rows: the training rows.
            how: `mean` or `median` of what is there, or one number for all features.

        Raises:
            ArgumentError: a feature has no value at all to take the mean of.
        """
        values = np.asarray(rows, dtype=float)
        if not isinstance(how, str):
            return cls(np.full(values.shape[1:], float(how)))
        if how not in ("mean", "median"):
            raise ArgumentError.out_of_range("how", how, "mean, median, 0.0")
        empty = np.flatnonzero(np.isnan(values).all(axis=0))
        if len(empty):
            raise ArgumentError(Message("error.data.nothing_there", column=int(empty[0]) + 1))
        choose = np.nanmean if how == "mean" else np.nanmedian
        return cls(np.asarray(choose(values, axis=0)))

    def transform(self, rows: ArrayLike) -> Array:
        """Return the rows without gaps."""
        values = np.asarray(rows, dtype=float)
        return np.where(np.isnan(values), self.values, values)


def complete_rows(*columns: ArrayLike) -> Array:
    """Return which rows have no missing value: nan in floats, an empty text in texts.

    Shapes: (rows) or (rows, features), each → (rows) booleans.

    Args:
        columns: arrays with one row each, (rows) or (rows, features).

    Raises:
        ArgumentError: there are no columns.
    """
    keep: Array | None = None
    for column in columns:
        values = np.asarray(column)
        missing = np.isnan(values) if values.dtype.kind == "f" else values == ""
        if values.dtype.kind not in "fUTO":
            missing = np.zeros(values.shape, bool)
        whole = ~missing.reshape(len(values), -1).any(axis=1)
        keep = whole if keep is None else keep & whole
    if keep is None:
        raise ArgumentError(Message("error.data.empty"))
    return keep


def class_numbers(labels: ArrayLike) -> tuple[Array, tuple[str, ...]]:
    """Return the number of each label's class, from 0, and the classes by number.

    Classes are numbered in the order of the alphabet, or of size if they are numbers.

    Shapes: labels (rows) → numbers (rows).
    """
    classes, numbers = np.unique(np.asarray(labels), return_inverse=True)
    return numbers.astype(np.int64), tuple(str(kind) for kind in classes)


def one_hot(numbers: ArrayLike, classes: int | None = None) -> Array:
    """Return one column for each class, 1 where a row is of that class and 0 elsewhere.

    Shapes: any → (…, classes).

    Args:
        numbers: class numbers from 0, any shape.
        classes: how many there are; one more than the largest number if not given.

    Raises:
        ArgumentError: a number is negative, not whole, or not below `classes`.
    """
    chosen = np.asarray(numbers)
    if chosen.dtype.kind not in "iu":
        raise ArgumentError.out_of_range("numbers", chosen.dtype, "int")
    count = int(chosen.max(initial=-1)) + 1 if classes is None else classes
    if chosen.size and not 0 <= int(chosen.min()) <= int(chosen.max()) < count:
        wrong = chosen.min() if chosen.min() < 0 else chosen.max()
        raise ArgumentError.out_of_range("numbers", wrong, f"0 … {count - 1}")
    return np.asarray(np.eye(count)[chosen])
