"""Sets of points in the plane, and noisy curves: made by rule from a seed.

The same seed gives the same numbers every time. Positions have no unit.
"""

from collections.abc import Sequence

import numpy as np

from mlviz.autograd import Array
from mlviz.errors import ArgumentError
from mlviz.learn.data.dataset import Dataset

Generator = np.random.Generator


def _start(n: int, noise: float, seed: int) -> Generator:
    if n < 1:
        raise ArgumentError.out_of_range("n", n, "≥ 1")
    if noise < 0:
        raise ArgumentError.out_of_range("noise", noise, "≥ 0")
    return np.random.default_rng(seed)


def _points(name: str, points: Array, kinds: Array, noise: float, numbers: Generator) -> Dataset:
    classes = tuple(str(kind) for kind in range(int(kinds.max()) + 1))
    moved = points + noise * numbers.normal(size=points.shape)
    return Dataset(name, moved, kinds.astype(np.int64), ("x1", "x2"), "class", classes)


def _circle(angle: Array, radius: Array | float = 1.0) -> Array:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def xor(n: int = 200, noise: float = 0.15, seed: int = 0) -> Dataset:
    """Return points around the corners of a square, of class 1 where exactly one input is 1.

    With `n=4, noise=0` it is the truth table of the exclusive or.

    Shapes: inputs (n, 2), targets (n) class numbers.

    Args:
        n: how many points, taking turns at the corners (0, 0), (0, 1), (1, 0), (1, 1).
        noise: standard deviation around the corner.
        seed: where the random numbers begin.

    Raises:
        ArgumentError: `n` is below 1 or `noise` below 0.
    """
    numbers = _start(n, noise, seed)
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])[np.arange(n) % 4]
    return _points("xor", corners.astype(float), corners.sum(axis=1) % 2, noise, numbers)


def circles(n: int = 200, noise: float = 0.08, seed: int = 0, factor: float = 0.5) -> Dataset:
    """Return two circles around one centre: class 0 of radius 1, class 1 of radius `factor`.

    Shapes: inputs (n, 2), targets (n) class numbers.

    Args:
        n: how many points in all.
        noise: standard deviation around the circle.
        seed: where the random numbers begin.
        factor: radius of the inner circle.

    Raises:
        ArgumentError: `n` is below 1 or `noise` below 0.
    """
    numbers = _start(n, noise, seed)
    kinds = np.arange(n) % 2
    angle = 2 * np.pi * numbers.random(n)
    return _points("circles", _circle(angle, np.where(kinds, factor, 1.0)), kinds, noise, numbers)


def moons(n: int = 200, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Return two half circles of radius 1 that reach into each other.

    Shapes: inputs (n, 2), targets (n) class numbers.

    Args:
        n: how many points in all.
        noise: standard deviation around the half circle.
        seed: where the random numbers begin.

    Raises:
        ArgumentError: `n` is below 1 or `noise` below 0.
    """
    numbers = _start(n, noise, seed)
    kinds = np.arange(n) % 2
    arc = _circle(np.pi * numbers.random(n))
    points = np.where(kinds[:, None], [1.0, 0.5] - arc, arc)
    return _points("moons", points, kinds, noise, numbers)


def spiral(
    n: int = 200, noise: float = 0.03, seed: int = 0, classes: int = 2, turns: float = 1.25
) -> Dataset:
    """Return arms that wind around the origin, one class each, out to radius 1.

    Shapes: inputs (n, 2), targets (n) class numbers.

    Args:
        n: how many points in all.
        noise: standard deviation around the arm.
        seed: where the random numbers begin.
        classes: how many arms.
        turns: how often each arm goes around.

    Raises:
        ArgumentError: `n` is below 1 or `noise` below 0.
    """
    numbers = _start(n, noise, seed)
    kinds = np.arange(n) % classes
    radius = np.sqrt(numbers.random(n))  # as many points a length further out as further in
    angle = 2 * np.pi * (turns * radius + kinds / classes)
    return _points("spiral", _circle(angle, radius), kinds, noise, numbers)


def blobs(
    n: int = 200,
    noise: float = 0.35,
    seed: int = 0,
    centers: int | Sequence[Sequence[float]] = 3,
) -> Dataset:
    """Return Gaussian clouds, one class each.

    Shapes: inputs (n, 2), targets (n) class numbers.

    Args:
        n: how many points in all.
        noise: standard deviation of a cloud.
        seed: where the random numbers begin.
        centers: their centres, or how many; then they stand on a circle of radius 1.

    Raises:
        ArgumentError: `n` is below 1 or `noise` below 0.
    """
    numbers = _start(n, noise, seed)
    if isinstance(centers, int):
        places = _circle(2 * np.pi * np.arange(centers) / centers + np.pi / 2)
    else:
        places = np.array(centers, dtype=float)
    kinds = np.arange(n) % len(places)
    return _points("blobs", places[kinds], kinds, noise, numbers)


def linear(
    n: int = 100,
    noise: float = 0.2,
    seed: int = 0,
    slope: float | Sequence[float] = 2.0,
    intercept: float = -1.0,
) -> Dataset:
    """Return y = slope · x + intercept with noise, x uniform in -1 … 1.

    Shapes: inputs (n, slopes), targets (n, 1).

    Args:
        n: how many points.
        noise: standard deviation of y around the line.
        seed: where the random numbers begin.
        slope: one number, or one for each of several inputs.
        intercept: y where all inputs are 0.

    Raises:
        ArgumentError: `n` is below 1 or `noise` below 0.
    """
    numbers = _start(n, noise, seed)
    slopes = np.atleast_1d(np.array(slope, dtype=float))
    x = numbers.uniform(-1, 1, (n, len(slopes)))
    y = x @ slopes[:, None] + intercept + noise * numbers.normal(size=(n, 1))
    names = ("x",) if len(slopes) == 1 else tuple(f"x{i}" for i in range(1, len(slopes) + 1))
    return Dataset("linear", x, y, names, "y")


def polynomial(
    n: int = 100,
    noise: float = 0.1,
    seed: int = 0,
    coefficients: Sequence[float] = (0.0, -1.0, 0.0, 2.0),
) -> Dataset:
    """Return y = c₀ + c₁x + c₂x² + … with noise, x uniform in -1 … 1.

    Shapes: inputs (n, 1), targets (n, 1).

    Args:
        n: how many points.
        noise: standard deviation of y around the curve.
        seed: where the random numbers begin.
        coefficients: c₀, c₁, …

    Raises:
        ArgumentError: `n` is below 1 or `noise` below 0.
    """
    numbers = _start(n, noise, seed)
    x = numbers.uniform(-1, 1, (n, 1))
    y = np.polynomial.polynomial.polyval(x, np.asarray(coefficients, dtype=float))
    return Dataset("polynomial", x, y + noise * numbers.normal(size=(n, 1)), ("x",), "y")
