"""Test rows from another distribution: their inputs moved, stretched, turned or made noisier.

Only inputs change; every answer stays. Means and spreads are those of the training rows, so
that the same shift means the same for every set.
"""

from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.errors import ArgumentError
from mlviz.i18n import Message


@dataclass(frozen=True, slots=True)
class Shift:
    """How inputs differ from those that were learned from; as they are if nothing is said.

    Attributes:
        move: how far every number is moved, in standard deviations.
        scale: what its distance from the mean is multiplied by.
        rotate: by how many degrees the first two numbers are turned around their means.
        noise: standard deviation of what is added by chance, in standard deviations.
        seed: decides the noise: with twice as much of it, every row is moved twice as far.
    """

    move: float = 0.0
    scale: float = 1.0
    rotate: float = 0.0
    noise: float = 0.0
    seed: int = 0

    @property
    def is_none(self) -> bool:
        """Whether nothing changes."""
        return (self.move, self.scale, self.rotate, self.noise) == (0.0, 1.0, 0.0, 0.0)

    def applied(self, inputs: Array, train: Array, is_number: Array) -> Array:
        """Return inputs from the other distribution.

        Shapes: (rows, features), (training rows, features), (features) → (rows, features).

        Args:
            inputs: in units of their own.
            train: those of the training rows.
            is_number: for each feature, whether it is a number; switches stay as they are.

        Raises:
            ArgumentError: there are no two numbers that could be turned.
        """
        places = np.flatnonzero(is_number)
        mean, spread = train[:, places].mean(axis=0), train[:, places].std(axis=0)
        away = inputs[:, places] - mean
        if self.rotate:
            if len(places) < 2:
                raise ArgumentError(Message("error.data.rotate"))
            angle = np.deg2rad(self.rotate)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            away[:, :2] = away[:, :2] @ turn.T
        chance = np.random.default_rng(self.seed).normal(size=away.shape)
        shifted = inputs.copy()
        shifted[:, places] = (
            mean + self.scale * away + self.move * spread + self.noise * spread * chance
        )
        return shifted
