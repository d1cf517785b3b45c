"""The starting weights that a document asks for by name; the formulas are those of `nn.init`."""

import math
from collections.abc import Callable

import numpy as np

from mlviz.autograd import Array, Tensor
from mlviz.learn.nn import init


def linear_default_(tensor: Tensor, generator: init.Random = None) -> Tensor:
    """Fill a weight as `nn.Linear` of PyTorch does by itself: uniformly in ±1/√fan_in."""
    return init.kaiming_uniform_(tensor, a=math.sqrt(5), generator=generator)


INITIALIZERS: dict[str, Callable[..., Tensor]] = {
    "xavier_uniform": init.xavier_uniform_,
    "xavier_normal": init.xavier_normal_,
    "kaiming_uniform": init.kaiming_uniform_,
    "kaiming_normal": init.kaiming_normal_,
    "linear_default": linear_default_,
    "normal": init.normal_,
    "zeros": init.zeros_,
    "ones": init.ones_,
}
"""Every initializer by name; `kaiming_*` are those for ReLU (gain √2, fan in).

`linear_default` is what `nn.Linear` of PyTorch does if nobody says anything.
"""

_WITHOUT_CHANCE = ("zeros", "ones")


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
    weight = Tensor(np.empty(shape))
    if name in _WITHOUT_CHANCE:
        return INITIALIZERS[name](weight).numpy()
    return INITIALIZERS[name](weight, generator=np.random.default_rng([seed, layer])).numpy()
