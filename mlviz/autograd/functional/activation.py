"""Activations: curves that every entry is sent through."""

import math
from typing import Literal

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.functional.inputs import floats
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor


def tanh(input: TensorLike) -> Tensor:
    """Return the hyperbolic tangent, between -1 and 1.

    Shapes: any → the same.
    """
    return apply(ops.TANH, floats(input))


def sigmoid(input: TensorLike) -> Tensor:
    """Return `1 / (1 + exp(-input))`, computed without overflow.

    Shapes: any → the same.
    """
    return apply(ops.SIGMOID, floats(input))


def logsigmoid(input: TensorLike) -> Tensor:
    """Return `log(sigmoid(input))`, computed without overflow.

    Shapes: any → the same.

    Raises:
        EngineError: the input does not hold floats.
    """
    return apply(ops.LOG_SIGMOID, checks.floats("logsigmoid", as_tensor(input)))


def hardsigmoid(input: TensorLike) -> Tensor:
    """Return 0 below -3, 1 above 3, and `(input + 3) / 6` between.

    Shapes: any → the same.

    Raises:
        EngineError: the input does not hold floats.
    """
    return apply(ops.HARD_SIGMOID, checks.floats("hardsigmoid", as_tensor(input)))


def relu(input: TensorLike) -> Tensor:
    """Return max(input, 0); its slope at 0 is taken as 0.

    Shapes: any → the same.
    """
    return apply(ops.RELU, checks.numbers("relu", as_tensor(input)))


def leaky_relu(input: TensorLike, negative_slope: float = 0.01) -> Tensor:
    """Return `input` where it is positive, and `negative_slope * input` elsewhere.

    Shapes: any → the same.

    Raises:
        EngineError: the input does not hold floats.
    """
    return apply(
        ops.LEAKY_RELU, checks.floats("leaky_relu", as_tensor(input)), negative_slope=negative_slope
    )


def elu(input: TensorLike, alpha: float = 1.0) -> Tensor:
    """Return `input` where it is positive, and `alpha * (exp(input) - 1)` elsewhere.

    Shapes: any → the same.
    Source: Clevert, Unterthiner and Hochreiter, 2016.

    Raises:
        EngineError: the input does not hold floats.
    """
    return apply(ops.ELU, checks.floats("elu", as_tensor(input)), alpha=alpha)


def gelu(input: TensorLike, *, approximate: Literal["none", "tanh"] = "none") -> Tensor:
    """Return `input` times the chance that a standard normal number is smaller.

    Shapes: any → the same.
    Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.

    Args:
        input: any shape.
        approximate: `tanh` for the usual approximation instead of the error function.

    Raises:
        EngineError: `approximate` is neither of the two, or the input does not hold floats.
    """
    x = checks.floats("gelu", as_tensor(input))
    if approximate == "none":
        return apply(ops.GELU, x, sqrt2=math.sqrt(2), sqrt2pi=math.sqrt(2 * math.pi))
    if approximate == "tanh":
        return apply(ops.GELU_TANH, x, c=math.sqrt(2 / math.pi))
    raise checks.unsupported("gelu", "approximate", approximate, '"none"', '"tanh"')


def silu(input: TensorLike) -> Tensor:
    """Return `input * sigmoid(input)`, also known as swish.

    Shapes: any → the same.
    Source: Elfwing, Uchibe and Doya, 2018.

    Raises:
        EngineError: the input does not hold floats.
    """
    return apply(ops.SILU, checks.floats("silu", as_tensor(input)))


def softplus(input: TensorLike, beta: float = 1, threshold: float = 20) -> Tensor:
    """Return `log(1 + exp(beta * input)) / beta`; `input` itself where that is the same.

    Shapes: any → the same.

    Raises:
        EngineError: the input does not hold floats.
    """
    return apply(
        ops.SOFTPLUS, checks.floats("softplus", as_tensor(input)), beta=beta, threshold=threshold
    )


def hardtanh(input: TensorLike, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Return `input`, cut off at `min_val` and `max_val`, where the slope is taken as 0.

    Shapes: any → the same.

    Raises:
        EngineError: the input does not hold floats.
    """
    return apply(
        ops.HARDTANH, checks.floats("hardtanh", as_tensor(input)), min_val=min_val, max_val=max_val
    )
