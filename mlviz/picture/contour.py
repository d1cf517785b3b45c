"""The loss around the present weights: over two of them, or over two random directions.

Random directions are scaled neuron by neuron to the size of its weights, as in H. Li et al.,
"Visualizing the Loss Landscape of Neural Nets", NeurIPS 2018, section 4. Without that, a
network with larger weights would seem to have a flatter loss.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mlviz.autograd import Array, backward
from mlviz.i18n import Message
from mlviz.learn import forward, measure
from mlviz.learn.changes import Place
from mlviz.learn.network import NetworkProgram
from mlviz.learn.training import Parameters, Program

LossOf = Callable[[Parameters], float]


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Two directions from the present parameters.

    Attributes:
        first: what one step to the right adds, by origin; what is left out stays as it is.
        second: what one step up adds.
        names: what the two axes are called.
        start: what the axes say where no step is made: the parameters' values, or 0.
        places: the parameters, if the directions are two of them.
    """

    first: Parameters
    second: Parameters
    names: tuple[str | Message, str | Message]
    start: tuple[float, float] = (0.0, 0.0)
    places: tuple[Place, Place] | None = None

    def moved(self, parameters: Parameters, right: float, up: float) -> Parameters:
        """Return the parameters so many steps to the right and up."""
        after = dict(parameters)
        for steps, direction in ((right, self.first), (up, self.second)):
            for origin, change in direction.items():
                after[origin] = after[origin] + steps * change
        return after

    def down(self, parameters: Parameters, gradient: Mapping[str, Array]) -> tuple[float, float]:
        """Return where a step against the gradient leads, seen on the plane."""
        return self.steps_to(
            parameters,
            {origin: value - gradient[origin] for origin, value in parameters.items()},
        )

    def steps_to(self, start: Parameters, end: Parameters) -> tuple[float, float]:
        """Return how many steps lead from `start` nearest to `end`: its shadow on the plane."""
        origins = sorted(self.first.keys() | self.second.keys())
        one, two = (
            _flat({o: d.get(o, np.zeros_like(start[o])) for o in origins}, origins)
            for d in (self.first, self.second)
        )
        way = _flat(end, origins) - _flat(start, origins)
        with np.errstate(all="ignore"):
            gram = np.array([[one @ one, one @ two], [one @ two, two @ two]])
            shadow = np.array([one @ way, two @ way])
            if not (np.isfinite(gram).all() and np.isfinite(shadow).all()):
                return float("nan"), float("nan")
            steps = np.linalg.lstsq(gram, shadow, rcond=None)[0]
        return float(steps[0]), float(steps[1])


def _flat(parameters: Mapping[str, Array], origins: Sequence[str]) -> Array:
    return np.concatenate([np.ravel(parameters[origin]) for origin in origins])


def entry_places(parameters: Parameters) -> list[Place]:
    """Return every single number among the parameters, in order."""
    return [
        Place(origin, index)
        for origin, value in parameters.items()
        for index in np.ndindex(value.shape)
    ]


def along_parameters(
    parameters: Parameters, first: Place, second: Place, names: tuple[str, str]
) -> Directions:
    """Return the directions in which just one parameter changes, each.

    Raises:
        ValueError: both are the same.
    """
    if first == second:
        raise ValueError(first)
    directions = []
    for place in (first, second):
        change = np.zeros_like(parameters[place.origin])
        change[place.index] = 1.0
        directions.append({place.origin: change})
    start = tuple(float(parameters[place.origin][place.index]) for place in (first, second))
    return Directions(directions[0], directions[1], names, (start[0], start[1]), (first, second))


def random_directions(parameters: Parameters, seed: int) -> Directions:
    """Return two random directions, filter-normalised: see the head of this page.

    A filter is a neuron: the row of its weights. A bias, being one number, is changed by as
    much as it is large, to one side or the other.
    """
    numbers = np.random.default_rng(seed)
    first, second = (
        {origin: _scaled(numbers.normal(size=value.shape), value)
         for origin, value in parameters.items()}
        for _ in range(2)
    )  # fmt: skip
    names = (Message("contour.direction", number=1), Message("contour.direction", number=2))
    return Directions(first, second, names)


def path_directions(center: Parameters, walked: Sequence[Parameters]) -> Directions:
    """Return the two directions in which a path reaches farthest, seen from its present place.

    They are the first principal components of the way, as in Li et al., section 7; a step is
    as long as the path reaches that way, so the whole path lies within one step.

    Raises:
        ValueError: the path does not lead two ways.
    """
    origins = list(center)
    here = _flat(center, origins)
    ways = np.stack([_flat(parameters, origins) - here for parameters in walked])
    if not np.isfinite(ways).all():
        raise ValueError(len(walked))
    _, strengths, axes = np.linalg.svd(ways, full_matrices=False)
    if len(strengths) < 2 or strengths[1] <= 1e-9 * strengths[0] or not strengths[0]:
        raise ValueError(len(walked))
    directions = []
    for axis in axes[:2]:
        reach = ways @ axis
        # Its sign is arbitrary; the path comes from the left, and from below.
        sign = 1.0 if reach[np.abs(reach).argmax()] < 0 else -1.0
        directions.append(_shaped(sign * np.abs(reach).max() * axis, center))
    names = (Message("contour.path.first"), Message("contour.path.second"))
    return Directions(directions[0], directions[1], names)


def _shaped(flat: Array, like: Parameters) -> dict[str, Array]:
    """Return a row of numbers as arrays of the parameters' shapes, by origin."""
    shaped, start = {}, 0
    for origin, value in like.items():
        shaped[origin] = flat[start : start + value.size].reshape(value.shape)
        start += value.size
    return shaped


def _scaled(direction: Array, value: Array) -> Array:
    """Give each row of a direction the length of that row of the parameter."""
    rows = (-1, value.shape[-1]) if value.ndim > 1 else (-1, 1)
    found, wanted = direction.reshape(rows), value.reshape(rows)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    scaled = found / (lengths + 1e-10) * np.linalg.norm(wanted, axis=1, keepdims=True)
    return np.asarray(scaled.reshape(value.shape))


@dataclass(slots=True, eq=False)
class Landscape:
    """The loss over a plane through the present parameters, computed bit by bit.

    Attributes:
        center: the parameters in the middle.
        directions: how the plane lies.
        half: how many steps it reaches to each side.
        side: how many points it has along each side; an odd number, so that one is the middle.
        loss: gives the loss of parameters.
        losses: (side, side), the first row is at the bottom; nan where not computed yet.
        rows_done: which rows are computed.
        path: what was walked, as steps to the right and up, by iteration.
    """

    center: Parameters
    directions: Directions
    half: float
    side: int
    loss: LossOf
    losses: Array = field(init=False)
    rows_done: Array = field(init=False)
    path: dict[int, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.losses = np.full((self.side, self.side), np.nan)
        self.rows_done = np.zeros(self.side, dtype=bool)

    @property
    def is_done(self) -> bool:
        """Whether every row is computed."""
        return bool(self.rows_done.all())

    def steps(self) -> Array:
        """Return where the points lie along a side, in steps."""
        # The middle is exactly 0, so that the loss there is the present one to the last bit.
        count = self.side // 2
        return np.arange(-count, count + 1) / count * self.half

    def compute(self) -> Iterator[float]:
        """Compute one loss after the other, from the middle outwards; yield the part done."""
        steps = self.steps()
        middle = self.side // 2
        order = sorted(range(self.side), key=lambda row: abs(row - middle))
        done = 0
        for row in order:
            for column in range(self.side):
                moved = self.directions.moved(self.center, steps[column], steps[row])
                with np.errstate(all="ignore"):
                    self.losses[row, column] = self.loss(moved)
                done += 1
                yield done / self.side**2
            self.rows_done[row] = True

    def walk(
        self, iterations: Sequence[int], parameters: Callable[[int], Parameters]
    ) -> Iterator[float]:
        """Find where the run was at these iterations, seen on the plane; yield the part done."""
        for done, iteration in enumerate(iterations, 1):
            if iteration not in self.path:
                end = parameters(iteration)
                self.path[iteration] = self.directions.steps_to(self.center, end)
            yield done / len(iterations)


def path_iterations(head: int, most: int = 60) -> list[int]:
    """Return the iterations whose places are shown: all, or some, closer together at first."""
    if head <= most:
        return list(range(1, head + 1))
    # Early steps are the large ones, so half of the marks lie evenly and half by the logarithm.
    even = np.linspace(1, head, most // 2)
    early = np.geomspace(1, head, most - most // 2)
    return sorted({round(float(number)) for number in (*even, *early)})


def training_loss(program: Program, parameters: Parameters) -> float:
    """Return the loss of all training rows together; of a formula its result."""
    if isinstance(program, NetworkProgram):
        return measure.loss_of(program, parameters, "train")
    return program.run(parameters, 1).loss


def training_gradient(program: Program, parameters: Parameters) -> dict[str, Array]:
    """Return dL/d(parameter) for all training rows together, by origin."""
    if not isinstance(program, NetworkProgram):
        run = program.run(parameters, 1)
        totals = {sent.target: sent.total for sent in backward(run.tape, run.output)}
        sent = {node.origin: totals.get(node.id) for node in run.tape if node.origin in parameters}
        return {
            origin: np.zeros_like(value) if sent.get(origin) is None else np.asarray(sent[origin])
            for origin, value in parameters.items()
        }
    found: dict[str, Array] = {}
    layers = forward.gradients(program, parameters, program.inputs, program.targets)
    for number, layer in enumerate(layers, 1):
        found[f"layer{number}.weight"] = layer.weight
        if layer.bias is not None:
            found[f"layer{number}.bias"] = layer.bias
    return {origin: found[origin] for origin in parameters}
