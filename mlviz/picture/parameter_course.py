"""How the parameters of a run went: their values at some of its iterations, and the loss there."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mlviz.learn.changes import Place
from mlviz.learn.run import Run
from mlviz.learn.training import Parameters, Program
from mlviz.picture.contour import entry_places, path_iterations, training_loss

Floats = NDArray[np.float64]

SAMPLES = 120
_MOST = 2000
"""More samples than this are thinned out."""
_ROOM, _LEAST = 0.25, 1.0
"""Beside the walked part of the axis, in parts of it; and how far it reaches at least."""


class Course:
    """The values of all parameters at some iterations.

    Args:
        run: whose.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.places = entry_places(run.training.parameters(1))
        self._rows: dict[int, Floats] = {}

    def missing(self) -> list[int]:
        """Return the iterations whose values are still to be looked up."""
        return [n for n in path_iterations(self.run.head, SAMPLES) if n not in self._rows]

    def take(self, iteration: int) -> None:
        """Look the values up at an iteration."""
        if iteration not in self._rows:
            self._rows[iteration] = flat(self.run.training.parameters(iteration))
            if len(self._rows) > _MOST:
                kept = sorted(self._rows)[::2]
                self._rows = {number: self._rows[number] for number in kept}

    @property
    def at(self) -> Floats:
        """The iterations that are known, in order."""
        return np.array(sorted(self._rows), dtype=np.float64)

    def values(self) -> Floats:
        """Return the values there: a row for every iteration, a column for every number."""
        if not self._rows:
            return np.zeros((0, len(self.places)))
        return np.stack([self._rows[number] for number in sorted(self._rows)])


def flat(parameters: Parameters) -> Floats:
    """Return all numbers of the parameters in one row, in the order of their places."""
    return np.concatenate([np.asarray(v, dtype=np.float64).ravel() for v in parameters.values()])


def reach(walked: Floats) -> tuple[float, float]:
    """Return from where to where an axis goes on which one parameter walks."""
    finite = walked[np.isfinite(walked)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    room = max(_ROOM * (high - low), _LEAST, 0.5 * max(abs(low), abs(high)))
    return low - room, high + room


def losses_along(
    program: Program, parameters: Parameters, place: Place, values: Sequence[float] | Floats
) -> Floats:
    """Return the loss for several values of one parameter, all others as they are."""
    found = []
    with np.errstate(all="ignore"):
        for value in values:
            moved: Mapping[str, Floats] = {
                origin: np.array(array, dtype=np.float64) for origin, array in parameters.items()
            }
            moved[place.origin][place.index] = value
            found.append(training_loss(program, moved))
    return np.array(found)
