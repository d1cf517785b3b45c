"""k-fold validation: the same training k times, so that every row is for validation once.

Every fold has the same start, network and settings; only the rows differ. The rows of the test
part are left alone.
"""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array
from mlviz.learn.data.splits import Split, k_fold
from mlviz.learn.measure import measured
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.slices import Shares, check_ends, trained
from mlviz.learn.stop import StopRules
from mlviz.learn.training import Training


class Score(NamedTuple):
    """What was measured on one part.

    Attributes:
        loss: of all its rows.
        metric: accuracy, or R² for numbers.
    """

    loss: float
    metric: float


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One of the k trainings, finished.

    Attributes:
        number: counted from 1.
        run: the training with its curves.
        iteration: with the parameters of which iteration it was measured: the last, or where
            the validation loss was lowest if early stopping goes back there.
        train: measured on the training rows.
        validation: measured on the rows of this fold.
    """

    number: int
    run: Run
    iteration: int
    train: Score
    validation: Score


class Spread(NamedTuple):
    """Mean and standard deviation over the folds.

    Attributes:
        mean: of the folds.
        deviation: of the sample: divided by k - 1.
    """

    mean: float
    deviation: float


def fold_splits(
    split: Split, k: int, seed: int = 0, kinds: ArrayLike | None = None
) -> tuple[Split, ...]:
    """Return k ways to share out the rows that are not for the test.

    Shapes: `kinds` (all rows) → k splits.

    Args:
        split: how the rows are shared out now; only its test part stays.
        k: how many folds, from 2 to the number of rows.
        seed: decides which row is in which fold.
        kinds: class of each row of the whole; every fold then has the same mix of classes.

    Raises:
        ArgumentError: `k` is out of range.
    """
    rows = np.sort(np.concatenate([split.train, split.validation]))
    stratify = None if kinds is None else np.asarray(kinds)[rows]
    folds = k_fold(len(rows), k, seed, stratify)
    return tuple(Split(rows[train], rows[held], split.test) for train, held in folds)


def folds(
    splits: Sequence[Split], training_of: Callable[[Split], Training], stop: StopRules
) -> Generator[float, None, tuple[Fold, ...]]:
    """Train on one split after the other; see `fold_splits`.

    Args:
        splits: which rows are for what.
        training_of: makes the training of a split, always from the same start.
        stop: when each training stops; it needs a number of epochs or iterations.

    Yields:
        How much of it is done, 0 … 1.

    Returns:
        The folds in order.

    Raises:
        ArgumentError: the trainings would never stop.
    """
    finished: list[Fold] = []
    for part in each_fold(splits, training_of, stop):
        if isinstance(part, Fold):
            finished.append(part)
        else:
            yield part
    return tuple(finished)


def each_fold(
    splits: Sequence[Split], training_of: Callable[[Split], Training], stop: StopRules
) -> Generator["float | Fold", None, None]:
    """Train as `folds` does, and yield every fold as soon as it is finished."""
    check_ends(stop)
    shares = Shares(kinds=["fold"] * len(splits))
    for number, split in enumerate(splits, 1):
        shares.begin()
        run = Run(training_of(split), stop=stop)
        for part in trained(run):
            yield shares.rested(part)
            shares.go_on()
        yield _finished(number, run)
        yield shares.rested(1.0)


def _finished(number: int, run: Run) -> Fold:
    training, iteration = run.training, run.restored()
    program, parameters = training.program_of(iteration), training.parameters(iteration)
    assert isinstance(program, NetworkProgram)
    train, held = (Score(*measured(program, parameters, p)) for p in ("train", "validation"))
    return Fold(number, run, iteration, train, held)


def spread(values: Sequence[float]) -> Spread:
    """Return mean and standard deviation; of one value the deviation is nan."""
    numbers: Array = np.array(values, dtype=np.float64)
    deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else math.nan
    return Spread(float(numbers.mean()), deviation)
