"""The insides of a run in the course of its training: measured at some of its iterations.

Iterations are 1, 1 + s, 1 + 2s, … where s is a power of two: those are the checkpoints of the
history, so nothing need be run again, and when s doubles every second measurement stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.learn.training import Training
from mlviz.picture.insides import LayerInside, insides, norm, ratio

MANY = 20_000
"""Of more numbers than these the quantiles are those of so many."""
_GOLDEN = (5**0.5 - 1) / 2
MOST = 128
"""More measurements than this are thinned out."""
PARTS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""The quantiles that are kept of a distribution."""
KINDS = ("z", "a", "dz", "weight", "update")
"""Pre-activations, activations, dL/dz, weights, and what is added to these."""
NORMS = ("gradient", "weight", "ratio", "silent")
"""‖dL/dW‖, ‖W‖, ‖ΔW‖ / ‖W‖, and how many units are saturated or dead."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerSample:
    """What is kept of a layer in one iteration.

    Attributes:
        spreads: quantiles of the values, by kind, (7).
        sizes: quantiles of their magnitudes without those that are 0, by kind, (7).
        norms: by the names of `NORMS`.
        units: how many units the layer has.
    """

    spreads: dict[str, Array]
    sizes: dict[str, Array]
    norms: dict[str, float]
    units: int


def quantiles(values: Array) -> Array:
    """Return the quantiles `PARTS`, (7): values that occur, the lower one of two; nan of none.

    Numbers that are not finite are left out. Of very many numbers the extremes are exact, and
    those between are quantiles of some of them.
    """
    flat = np.asarray(values, np.float64).reshape(-1)
    flat = flat[np.isfinite(flat)]
    if not len(flat):
        return np.full(len(PARTS), np.nan)
    ends = float(flat.min()), float(flat.max())
    if len(flat) > MANY:
        # Multiples of the golden ratio come back to no column of a matrix more than to others.
        flat = flat[(np.arange(MANY) * _GOLDEN % 1 * len(flat)).astype(np.intp)]
    places = np.floor(np.array(PARTS) * (len(flat) - 1) + 1e-9).astype(np.intp)
    if len(flat) < 4096:
        found = np.sort(flat)[places]
    else:
        found = np.partition(flat, sorted(set(places.tolist())))[places]
    found[0], found[-1] = ends
    return np.asarray(found)


def magnitudes(values: Array) -> Array:
    """Return the magnitudes of the values that are not 0, (n)."""
    sizes = np.abs(np.asarray(values, np.float64).reshape(-1))
    return np.asarray(sizes[sizes > 0])


def values_of(layer: LayerInside, kind: str) -> Array:
    """Return the numbers of a layer of one of `KINDS`."""
    return np.asarray(getattr(layer, kind))


def sampled(layer: LayerInside) -> LayerSample:
    """Return what is kept of a layer."""
    spreads, sizes = {}, {}
    for kind in KINDS:
        values = values_of(layer, kind)
        spreads[kind] = quantiles(values)
        sizes[kind] = quantiles(magnitudes(values))
    whole = norm(layer.weight)
    norms = {
        "gradient": norm(layer.gradient),
        "weight": whole,
        "ratio": ratio(norm(layer.update), whole),
        "silent": float(layer.silent.sum()),
    }
    return LayerSample(spreads, sizes, norms, layer.z.shape[1])


class Samples:
    """What was measured of a training so far.

    Args:
        training: of a network.
    """

    def __init__(self, training: Training) -> None:
        self.training = training
        self._kept: dict[int, tuple[LayerSample, ...]] = {}
        self._step = 1
        self._numbers: list[int] = []
        self._spreads: dict[tuple[int, str, bool], Array] = {}

    @property
    def step(self) -> int:
        """How many iterations lie between two measurements."""
        least = max(self.training.spacing, self._step)
        while (self.training.head - 1) // least >= MOST:
            least *= 2
        return least

    def due(self) -> list[int]:
        """Return the iterations that are missing: first some far apart, then those between."""
        self._thin()
        every = range(0, self.training.head, self._step)
        missing = [place for place in every if place + 1 not in self._kept]
        # A number with many zeros at its end is one of a coarse grid.
        missing.sort(key=lambda place: (-(place & -place) if place else -self.training.head, place))
        return [place + 1 for place in missing]

    def _thin(self) -> None:
        step = self.step
        if step != self._step:
            self._forget()
            self._step = step
            self._kept = {n: kept for n, kept in self._kept.items() if (n - 1) % step == 0}

    def _forget(self) -> None:
        """Forget what was put together: there are others now."""
        self._numbers = []
        self._spreads.clear()

    def _sorted(self) -> list[int]:
        if not self._numbers:
            self._numbers = sorted(self._kept)
        return self._numbers

    def take(self, number: int) -> None:
        """Measure an iteration."""
        for _ in self.taking(number):
            pass

    def taking(self, number: int) -> Iterator[None]:
        """Measure an iteration layer by layer: between them one may do something else."""
        found = []
        for layer in insides(self.training, number):
            yield
            found.append(sampled(layer))
        self._forget()
        self._kept[number] = tuple(found)

    @property
    def at(self) -> Array:
        """The iterations that are measured, rising, (m)."""
        return np.array(self._sorted(), np.float64)

    @property
    def layers(self) -> int:
        """How many layers there are; 0 while nothing is measured."""
        return len(next(iter(self._kept.values()), ()))

    def spread(self, layer: int, kind: str, *, sizes: bool) -> Array:
        """Return quantiles of a layer, from 0, over time, (m, 7): of values or of magnitudes."""
        key = layer, kind, sizes
        if key not in self._spreads:
            each = [self._kept[number][layer] for number in self._sorted()]
            rows = [(one.sizes if sizes else one.spreads)[kind] for one in each]
            self._spreads[key] = np.array(rows).reshape(len(rows), len(PARTS))
        return self._spreads[key]

    def norm(self, layer: int, name: str) -> Array:
        """Return one of `NORMS` of a layer, from 0, over time, (m)."""
        return np.array([self._kept[number][layer].norms[name] for number in self._sorted()])

    def units(self, layer: int) -> int:
        """Return how many units a layer, from 0, has."""
        return next(iter(self._kept.values()))[layer].units
