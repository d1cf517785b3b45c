"""What a network answers all over the plane of two features, or along the line of one."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mlviz.autograd import Array
from mlviz.learn import forward
from mlviz.learn.network import NetworkProgram
from mlviz.learn.training import Parameters
from mlviz.picture.isolines import isolines
from mlviz.picture.outcome import class_names, probabilities
from mlviz.picture.reading import Reading, same

MARGIN = 0.12
"""How far the plane reaches beyond the data, in parts of their extent."""
CURVE_POINTS = 201
_EVEN = 1e-9
_MOST_LINES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane of two features; all others are held where they are.

    Attributes:
        features: which feature goes to the right, and which goes up.
        low: the corner with the smallest numbers, (2).
        high: the opposite corner, (2).
        others: what every feature is held at, (features): the means of the data.
        read: what the network reads for features.
    """

    features: tuple[int, int]
    low: Array
    high: Array
    others: Array
    read: Callable[[Array], Array] = same
    _grids: dict[int, Array] = field(default_factory=dict)

    def grid(self, side: int) -> Array:
        """Return side × side points as the network reads them.

        They go row by row from the top, each in the middle of its cell.

        Shapes: → (side², inputs).
        """
        if side not in self._grids:
            middles = (np.arange(side) + 0.5) / side
            extent = self.high - self.low
            points = np.tile(self.others, (side * side, 1))
            points[:, self.features[1]] = np.repeat(self.high[1] - middles * extent[1], side)
            points[:, self.features[0]] = np.tile(self.low[0] + middles * extent[0], side)
            self._grids[side] = self.read(points)
        return self._grids[side]

    def places(self, inputs: Array) -> Array:
        """Return where examples lie: from the left and from the top, 0 to 1.

        Shapes: inputs (n, features) → (n, 2).
        """
        place = (inputs[:, list(self.features)] - self.low) / (self.high - self.low)
        return np.column_stack([place[:, 0], 1 - place[:, 1]])

    def numbers(self, x: float, y: float) -> tuple[float, float]:
        """Return the two features at a place: the opposite of `places`."""
        extent = self.high - self.low
        return float(self.low[0] + x * extent[0]), float(self.high[1] - y * extent[1])


def plane_of(
    inputs: Array, features: tuple[int, int] = (0, 1), read: Callable[[Array], Array] = same
) -> Plane:
    """Return the plane of two features that holds all examples with a margin around them."""
    low, high = limits(inputs[:, list(features)])
    return Plane(features, low, high, inputs.mean(axis=0), read)


def limits(numbers: Array, margin: float = MARGIN) -> tuple[Array, Array]:
    """Return how far columns of numbers reach, with a margin.

    Shapes: numbers (n, columns) → (columns), (columns).
    """
    if not len(numbers):
        return np.full(numbers.shape[1], -1.0), np.full(numbers.shape[1], 1.0)
    low, high = numbers.min(axis=0), numbers.max(axis=0)
    extent = np.where(high > low, high - low, 2.0)
    return low - margin * extent, high + margin * extent


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What a network answers on a grid, row by row from the top.

    Attributes:
        side: how many points stand side by side, and one above the other.
        winners: the likeliest class, (side, side); all 0 for a regression.
        strengths: its probability, (side, side), or for a regression the answer itself.
        lines: where two classes are equally likely, as (pieces, 2, 2), from the left and from
            the top, 0 to 1.
    """

    side: int
    winners: Array
    strengths: Array
    lines: Array


def region_field(
    program: NetworkProgram,
    parameters: Parameters,
    plane: Plane,
    side: int,
    *,
    mean: Callable[[Array], Array] = same,
    output: int = 0,
    outlined: bool = True,
) -> Field:
    """Return the network's answers over a plane.

    Args:
        program: the network.
        parameters: its numbers.
        plane: which features.
        side: how many points each way.
        mean: what outputs mean, for a regression.
        output: for a regression, which of the outputs.
        outlined: whether the lines between classes are wanted.
    """
    with np.errstate(all="ignore"):
        outputs = forward.outputs(program, parameters, plane.grid(side))
        shape = (side, side)
        if not class_names(program):
            answers = mean(outputs)[:, output].reshape(shape)
            return Field(side, np.zeros(shape, np.intp), answers, np.empty((0, 2, 2)))
        chances = probabilities(program, outputs)
        if chances.shape[1] == 2:
            second = chances[:, 1].reshape(shape)
            winners = (second > 0.5).astype(np.intp)
            # Where all answers are the same but for rounding there is nothing between them.
            is_even = bool(np.ptp(second) < _EVEN)
            lines = isolines(second, 0.5) if outlined and not is_even else np.empty((0, 2, 2))
            return Field(side, winners, np.maximum(second, 1 - second), _placed(lines, side))
        winners = chances.argmax(axis=1)
        strengths = chances[np.arange(len(chances)), winners]
    lines = _between(chances, winners, side) if outlined else np.empty((0, 2, 2))
    return Field(side, winners.reshape(shape), strengths.reshape(shape), _placed(lines, side))


def _between(chances: Array, winners: Array, side: int) -> Array:
    """Return the lines around the regions of many classes."""
    pieces = []
    for kind in np.unique(winners)[:_MOST_LINES]:
        rest = np.delete(chances, kind, axis=1).max(axis=1)
        # Of equal chances neither is ahead; a line needs one that is.
        pieces.append(isolines((chances[:, kind] - rest).reshape(side, side), 0.0))
    return np.concatenate(pieces) if pieces else np.empty((0, 2, 2))


def _placed(lines: Array, side: int) -> Array:
    return np.asarray((lines + 0.5) / side)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What a network answers along one feature.

    Attributes:
        x: the feature, (points).
        y: a column for each curve: the outputs, or the probability of each class.
    """

    x: Array
    y: Array


def fitted_curve(
    program: NetworkProgram,
    parameters: Parameters,
    reading: Reading,
    low: float,
    high: float,
) -> Fitted:
    """Return the network's answers along the one feature that it reads."""
    x = np.linspace(low, high, CURVE_POINTS)
    with np.errstate(all="ignore"):
        outputs = forward.outputs(program, parameters, reading.to_network(x[:, None]))
        if not class_names(program):
            return Fitted(x, reading.from_network(outputs))
        chances = probabilities(program, outputs)
    # Of two classes one curve says both.
    return Fitted(x, chances[:, 1:] if chances.shape[1] == 2 else chances)


def hidden_maps(
    program: NetworkProgram, parameters: Parameters, plane: Plane, side: int
) -> list[tuple[Array, list[Array]]]:
    """Return what every neuron gives over a plane, and where its sum z is 0, by layer.

    Shapes: → (units, side, side), rows from the top, and for each unit (pieces, 2, 2), from the
    left and from the top, 0 to 1.
    """
    with np.errstate(all="ignore"):
        values = forward.layers(program, parameters, plane.grid(side))
    found = []
    for value in values:
        outputs = np.ascontiguousarray(value.a.T).reshape(-1, side, side)
        sums = np.ascontiguousarray(value.z.T).reshape(-1, side, side)
        found.append((outputs, [_placed(isolines(each, 0.0), side) for each in sums]))
    return found
