"""Dividing rows: to learn from, to choose by, and to be honest with at the end.

All functions return row numbers, so they serve arrays, tensors and tables alike.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array
from mlviz.errors import ArgumentError
from mlviz.learn.data.dataset import Examples, Subset


class Split(NamedTuple):
    """Row numbers of the three parts.

    Shapes: (rows of the part), each.
    """

    train: Array
    validation: Array
    test: Array


def _order(n: int, seed: int | None) -> Array:
    return np.arange(n) if seed is None else np.random.default_rng(seed).permutation(n)


def _sizes(n: int, fractions: Sequence[float]) -> list[int]:
    """Share out n rows; the largest remainders get the rows that rounding left over."""
    wanted = [n * fraction for fraction in fractions]
    sizes = [int(share) for share in wanted]
    left = round(sum(wanted)) - sum(sizes)
    # A sum like 0.7 + 0.2 + 0.1 is not exactly 1; the order of equal remainders is fixed.
    remainders = [round(sizes[part] - share, 9) for part, share in enumerate(wanted)]
    for part in sorted(range(len(sizes)), key=remainders.__getitem__)[:left]:
        sizes[part] += 1
    return sizes


def train_validation_test_split(
    n: int,
    validation: float = 0.2,
    test: float = 0.2,
    seed: int | None = 0,
    stratify: ArrayLike | None = None,
) -> Split:
    """Share out n rows among training, validation and test.

    Shapes: `stratify` (n) → three arrays that have n rows together.

    Args:
        n: how many rows there are.
        validation: share of the validation rows, 0 … 1.
        test: share of the test rows, 0 … 1.
        seed: how the rows are shuffled first; None leaves them in order.
        stratify: class of each row; every part then has the same mix of classes.

    Raises:
        ArgumentError: a share is out of range, or nothing is left to train with.
    """
    for name, share in (("validation", validation), ("test", test)):
        if not 0 <= share < 1:
            raise ArgumentError.out_of_range(name, share, "0 … 1")
    if validation + test >= 1:
        raise ArgumentError.out_of_range("validation + test", validation + test, "< 1")
    order = _order(n, seed)
    groups = [order]
    if stratify is not None:
        kinds = np.asarray(stratify)[order]
        groups = [order[kinds == kind] for kind in np.unique(kinds)]
    parts: list[list[Array]] = [[], [], []]
    for group in groups:
        sizes = _sizes(len(group), (1 - validation - test, validation, test))
        for part, rows in zip(parts, np.split(group, np.cumsum(sizes)[:-1]), strict=True):
            part.append(rows)
    # Within a part the rows keep the shuffled order, however many classes there are.
    place = np.argsort(order)
    joined = (np.concatenate(part) for part in parts)
    return Split(*(rows[np.argsort(place[rows])] for rows in joined))


def k_fold(
    n: int, k: int = 5, seed: int | None = 0, stratify: ArrayLike | None = None
) -> Iterator[tuple[Array, Array]]:
    """Yield k pairs of training and validation rows; every row is validated once.

    Shapes: `stratify` (n) → k pairs of arrays that have n rows together.

    Args:
        n: how many rows there are.
        k: how many folds, 2 … n.
        seed: how the rows are shuffled first; None leaves them in order.
        stratify: class of each row; every fold then has the same mix of classes.

    Raises:
        ArgumentError: `k` is out of range.
    """
    if not 2 <= k <= n:
        raise ArgumentError.out_of_range("k", k, f"2 … {n}")
    order = _order(n, seed)
    if stratify is not None:
        # Rows of one class side by side: dealing them out in turn gives each fold its share.
        order = order[np.argsort(np.asarray(stratify)[order], kind="stable")]
        folds = [order[number::k] for number in range(k)]
    else:
        folds = np.array_split(order, k)
    return (
        (np.concatenate([*folds[:number], *folds[number + 1 :]]), folds[number])
        for number in range(k)
    )


def random_split(
    dataset: Examples, lengths: Sequence[float], generator: np.random.Generator | int | None = None
) -> list[Subset]:
    """Share out a set at random, as PyTorch's function of this name.

    Args:
        dataset: the whole.
        lengths: how many rows each part has, or shares that add up to 1.
        generator: where the random numbers come from; a NumPy generator or a seed.

    Raises:
        ArgumentError: the lengths do not add up to the whole.
    """
    n = len(dataset)
    total = sum(lengths)
    shares = abs(total - 1) < 1e-9 and all(0 <= length <= 1 for length in lengths)
    sizes = _sizes(n, lengths) if shares and n != total else [int(length) for length in lengths]
    if sum(sizes) != n:
        raise ArgumentError.out_of_range("sum(lengths)", total, f"{n} / 1.0")
    order = np.random.default_rng(generator).permutation(n)
    return [Subset(dataset, rows) for rows in np.split(order, np.cumsum(sizes)[:-1])]
