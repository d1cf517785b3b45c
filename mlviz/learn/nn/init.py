"""How weights begin: PyTorch's `nn.init`, with the random numbers of a generator you name.

Every function fills the tensor in place and returns it. `generator` is a NumPy generator, a
seed, or None for numbers that nobody can foresee.
"""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from mlviz.autograd import Array, Tensor, no_grad
from mlviz.autograd.functional import checks
from mlviz.errors import ArgumentError
from mlviz.i18n import Message

Random = np.random.Generator | int | None
"""Where random numbers come from: a generator, a seed for a new one, or anywhere."""

Fan = Literal["fan_in", "fan_out"]

_GAINS: dict[str, Callable[[float], float]] = {
    "linear": lambda _: 1.0,
    "identity": lambda _: 1.0,
    "sigmoid": lambda _: 1.0,
    "tanh": lambda _: 5.0 / 3.0,
    "relu": lambda _: math.sqrt(2.0),
    "leaky_relu": lambda slope: math.sqrt(2.0 / (1.0 + slope**2)),
    "selu": lambda _: 3.0 / 4.0,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor that keeps the spread of the values after `nonlinearity` the same.

    Args:
        nonlinearity: `linear`, `identity`, `sigmoid`, `tanh`, `relu`, `leaky_relu` or `selu`.
        param: the negative slope of `leaky_relu`, 0.01 if not given.

    Raises:
        ArgumentError: the nonlinearity is not known.
    """
    if nonlinearity not in _GAINS:
        raise ArgumentError.out_of_range("nonlinearity", nonlinearity, ", ".join(_GAINS))
    return _GAINS[nonlinearity](0.01 if param is None else param)


def _fans(tensor: Tensor) -> tuple[int, int]:
    """Return how many inputs and outputs a weight (out, in, …) connects."""
    if tensor.ndim < 2:
        raise ArgumentError(Message("error.init.fan", shape=str(tensor.shape)))
    area = math.prod(tensor.shape[2:])
    return tensor.shape[1] * area, tensor.shape[0] * area


def _fill(tensor: Tensor, values: Array | float) -> Tensor:
    with no_grad():
        return tensor.copy_(values)


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Random = None) -> Tensor:
    """Fill with numbers between `a` and `b`, all equally likely.

    Shapes: any → the same.

    Raises:
        EngineError: the tensor does not hold floats.
        ValueError: `b` is below `a`.
    """
    checks.floating("uniform_", tensor)
    return _fill(tensor, np.random.default_rng(generator).uniform(a, b, tensor.shape))


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Random = None
) -> Tensor:
    """Fill with numbers from the bell curve around `mean` with standard deviation `std`.

    Shapes: any → the same.

    Raises:
        EngineError: the tensor does not hold floats.
        ValueError: `std` is below 0.
    """
    checks.floating("normal_", tensor)
    return _fill(tensor, np.random.default_rng(generator).normal(mean, std, tensor.shape))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one number.

    Shapes: any → the same.
    """
    return _fill(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1.

    Shapes: any → the same.
    """
    return _fill(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0.

    Shapes: any → the same.
    """
    return _fill(tensor, 0.0)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Random = None) -> Tensor:
    """Fill uniformly in ±gain·√(6 / (fan_in + fan_out)).

    Shapes: (out, in) or (out, in, …) → the same.
    Source: Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward
    Neural Networks, 2010.

    Args:
        tensor: a weight, (out_features, in_features).
        gain: see `calculate_gain`.
        generator: where the random numbers come from.

    Raises:
        ArgumentError: the tensor has fewer than two axes.
    """
    bound = gain * math.sqrt(6.0 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Random = None) -> Tensor:
    """Fill from the bell curve with std gain·√(2 / (fan_in + fan_out)).

    Shapes: (out, in) or (out, in, …) → the same.
    Source: Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward
    Neural Networks, 2010.

    Args:
        tensor: a weight, (out_features, in_features).
        gain: see `calculate_gain`.
        generator: where the random numbers come from.

    Raises:
        ArgumentError: the tensor has fewer than two axes.
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(_fans(tensor))), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: Fan, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError.out_of_range("mode", mode, "fan_in, fan_out")
    fan = _fans(tensor)[("fan_in", "fan_out").index(mode)]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0.0,
    mode: Fan = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Random = None,
) -> Tensor:
    """Fill uniformly in ±gain·√(3 / fan).

    Shapes: (out, in) or (out, in, …) → the same.
    Source: He et al., Delving Deep into Rectifiers, 2015.

    Args:
        tensor: a weight, (out_features, in_features).
        a: the negative slope, for `leaky_relu`.
        mode: whether the spread is kept going forward (`fan_in`) or backward (`fan_out`).
        nonlinearity: what follows the weight; see `calculate_gain`.
        generator: where the random numbers come from.

    Raises:
        ArgumentError: a setting is not known, or the tensor has fewer than two axes.
    """
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0.0,
    mode: Fan = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Random = None,
) -> Tensor:
    """Fill from the bell curve with std gain / √fan.

    Shapes: (out, in) or (out, in, …) → the same.
    Source: He et al., Delving Deep into Rectifiers, 2015.

    Args:
        tensor: a weight, (out_features, in_features).
        a: the negative slope, for `leaky_relu`.
        mode: whether the spread is kept going forward (`fan_in`) or backward (`fan_out`).
        nonlinearity: what follows the weight; see `calculate_gain`.
        generator: where the random numbers come from.

    Raises:
        ArgumentError: a setting is not known, or the tensor has fewer than two axes.
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)
