"""Bias and variance: what a model gets wrong on average, and how much it depends on its data.

Where the true function f is known, the expected squared error at a point x is

    E (y − ŷ)² = (E ŷ − f)² + E (ŷ − E ŷ)² + E (y − f)²
                 bias²         variance       noise

with the mean over training sets and over the noise of y.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array

DRAWS = 32
"""Answers that are drawn at every point to measure the error with."""


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """The parts of the expected error, averaged over the points.

    Attributes:
        mean: what the models answer on average, (points).
        bias: bias².
        variance: of the answers, over training sets.
        noise: of the answers y that were drawn.
        error: the squared error that was measured: every model against every answer.
        sets: how many training sets there were.
    """

    mean: Array
    bias: float
    variance: float
    noise: float
    error: float
    sets: int

    @property
    def total(self) -> float:
        """What the parts add up to; the same as `error`, but for rounding."""
        return self.bias + self.variance + self.noise


def decomposed(answers: Sequence[Array], truth: Array, noise: Array) -> Decomposition:
    """Return the parts of the error of several models.

    Args:
        answers: what each model, trained on a set of its own, answers at the points, (points).
        truth: f at the points, (points).
        noise: what is added to f in every draw, (draws, points); with mean 0 at every point
            the parts add up to the error exactly.
    """
    with np.errstate(all="ignore"):
        found = np.stack(list(answers))
        mean = found.mean(axis=0)
        drawn = truth + noise
        # Every model against every draw: (models, 1, points) − (draws, points).
        error = float(np.mean([np.mean((drawn - each) ** 2) for each in found]))
        return Decomposition(
            mean,
            float(np.mean((mean - truth) ** 2)),
            float(np.mean((found - mean) ** 2)),
            float(np.mean(noise**2)),
            error,
            len(found),
        )


def paired_noise(deviation: float, points: int, seed: int, draws: int = DRAWS) -> Array:
    """Return normal noise, (draws, points), each draw with its opposite: the mean is 0.

    Args:
        deviation: its standard deviation.
        points: how many points there are.
        seed: where the random numbers begin.
        draws: how many there are at every point; an even number.
    """
    half = np.random.default_rng(seed).normal(size=(draws // 2, points))
    return np.asarray(deviation * np.concatenate([half, -half]))
