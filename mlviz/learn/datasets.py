"""The data sets that a document asks for by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlviz.learn.data import generated, shipped
from mlviz.learn.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Generated:
    """A set that is made by rule from a seed.

    Attributes:
        make: the function, of `n`, `noise` and `seed`.
        count: how many points it has unless another number is asked for.
        noise: how much they are scattered unless something else is asked for.
        kinds: what the function calls the number of classes; empty if that is fixed.
    """

    make: Callable[..., Dataset]
    count: int
    noise: float
    kinds: str = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A table that comes with the program.

    Attributes:
        target: the column that is learned.
        features: from which columns; all others if empty.
    """

    target: str
    features: tuple[str, ...] = ()


GENERATED: Mapping[str, Generated] = {
    "xor": Generated(generated.xor, 200, 0.15),
    "circles": Generated(generated.circles, 200, 0.08),
    "moons": Generated(generated.moons, 200, 0.1),
    "spiral": Generated(generated.spiral, 200, 0.03, "classes"),
    "blobs": Generated(generated.blobs, 200, 0.35, "centers"),
    "linear": Generated(generated.linear, 100, 0.2),
    "polynomial": Generated(generated.polynomial, 100, 0.1),
}
"""Every set that is made by rule."""

TABLES: Mapping[str, Shipped] = {
    "iris": Shipped("species"),
    "penguins": Shipped(
        "species", ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    ),
    "houses": Shipped("price_1000_usd"),
}
"""Every table that comes with the program."""

SETS: tuple[str, ...] = (*GENERATED, *TABLES, "digits")
"""The names of all data sets."""


def truth_table() -> Dataset:
    """Return the four cases of exclusive or: true when exactly one of two inputs is."""
    inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = np.array([0, 1, 1, 0])
    return Dataset("xor", inputs, targets, ("x1", "x2"), "class", ("0", "1"))


def generated_set(
    name: str,
    count: int | None = None,
    noise: float | None = None,
    seed: int | None = None,
    kinds: int | None = None,
) -> Dataset:
    """Return a set that is made by rule; `xor` without any wishes is its four cases.

    Shapes: inputs (count, 1 or 2), targets (count) or (count, 1).

    Args:
        name: a key of `GENERATED`.
        count: how many points.
        noise: how much they are scattered.
        seed: where the random numbers begin.
        kinds: how many classes, of a set that can have more than two.

    Raises:
        ArgumentError: a wish cannot be met.
    """
    if name == "xor" and count is None and noise is None and seed is None:
        return truth_table()
    made = GENERATED[name]
    settings: dict[str, Any] = {made.kinds: kinds} if made.kinds and kinds is not None else {}
    return made.make(
        n=made.count if count is None else count,
        noise=made.noise if noise is None else noise,
        seed=seed or 0,
        **settings,
    )


def digits() -> Dataset:
    """Return the handwritten digits."""
    return shipped.digits()
