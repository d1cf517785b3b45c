"""Starting values of weights, with PyTorch's names and formulas."""

from collections.abc import Callable

import numpy as np

from mlviz.autograd import Array

Initializer = Callable[[np.random.Generator, tuple[int, int]], Array]


def _uniform(rng: np.random.Generator, shape: tuple[int, int], bound: float) -> Array:
    return rng.uniform(-bound, bound, shape)


# A weight is (out_features, in_features): the fan in is shape[1], the fan out shape[0].
INITIALIZERS: dict[str, Initializer] = {
    "xavier_uniform": lambda rng, shape: _uniform(rng, shape, np.sqrt(6 / (shape[0] + shape[1]))),
    "xavier_normal": lambda rng, shape: rng.normal(0, np.sqrt(2 / (shape[0] + shape[1])), shape),
    "kaiming_uniform": lambda rng, shape: _uniform(rng, shape, np.sqrt(6 / shape[1])),
    "kaiming_normal": lambda rng, shape: rng.normal(0, np.sqrt(2 / shape[1]), shape),
    "normal": lambda rng, shape: rng.normal(0, 1, shape),
    "zeros": lambda rng, shape: np.zeros(shape),
    "ones": lambda rng, shape: np.ones(shape),
}
"""Every initializer by name; `kaiming_*` are those for ReLU (gain √2, fan in)."""


def initial_weight(name: str, shape: tuple[int, int], seed: int, layer: int) -> Array:
    """Return the starting weight of a layer.

    Each layer draws from a stream of its own, so that changing the width of one leaves the
    others' streams alone.

    Args:
        name: a key of `INITIALIZERS`.
        shape: (out_features, in_features).
        seed: the document's seed.
        layer: the layer's number.
    """
    return INITIALIZERS[name](np.random.default_rng([seed, layer]), shape)
