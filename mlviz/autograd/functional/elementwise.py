"""Entry by entry, with broadcasting: arithmetic, exponentials, activations, choices."""

import math
from typing import Any, Literal

import numpy as np

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor, binary, operand


def _both(input: TensorLike, other: TensorLike) -> tuple[Tensor, Tensor]:
    if not isinstance(input, Tensor):
        second = as_tensor(other)
        return operand(input, second), second
    return input, operand(other, input)


# --- Arithmetic ------------------------------------------------------------------------------


def add(input: TensorLike, other: TensorLike, *, alpha: float = 1) -> Tensor:
    """Return `input + alpha * other`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    x, y = _both(input, other)
    return binary(ops.ADD, x, y if alpha == 1 else y * alpha)


def sub(input: TensorLike, other: TensorLike, *, alpha: float = 1) -> Tensor:
    """Return `input - alpha * other`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    x, y = _both(input, other)
    return binary(ops.SUB, x, y if alpha == 1 else y * alpha)


def mul(input: TensorLike, other: TensorLike) -> Tensor:
    """Return `input * other`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.MUL, *_both(input, other))


def div(input: TensorLike, other: TensorLike, *, rounding_mode: None = None) -> Tensor:
    """Return `input / other`, broadcast; whole numbers give floats.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast, or a `rounding_mode` is given.
    """
    checks.refuse("div", rounding_mode=rounding_mode)
    return binary(ops.DIV, *_both(input, other))


def pow(input: TensorLike, exponent: TensorLike) -> Tensor:
    """Return `input ** exponent`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.POW, *_both(input, exponent))


def neg(input: TensorLike) -> Tensor:
    """Return `-input`. Shapes: any → the same."""
    return apply(ops.NEG, as_tensor(input))


def abs(input: TensorLike) -> Tensor:
    """Return the absolute value; its slope at 0 is taken as 0.

    Shapes: any → the same.
    """
    return apply(ops.ABS, as_tensor(input))


def sign(input: TensorLike) -> Tensor:
    """Return -1, 0 or 1; its slope is 0 everywhere.

    Shapes: any → the same.
    """
    return apply(ops.SIGN, as_tensor(input))


def square(input: TensorLike) -> Tensor:
    """Return `input ** 2`. Shapes: any → the same."""
    return apply(ops.SQUARE, as_tensor(input))


def reciprocal(input: TensorLike) -> Tensor:
    """Return `1 / input`. Shapes: any → the same."""
    return apply(ops.RECIPROCAL, as_tensor(input))


# --- Exponentials, roots, waves --------------------------------------------------------------


def exp(input: TensorLike) -> Tensor:
    """Return e to the power of every entry.

    Shapes: any → the same.
    """
    return apply(ops.EXP, as_tensor(input))


def log(input: TensorLike) -> Tensor:
    """Return the natural logarithm; -inf at 0, nan below.

    Shapes: any → the same.
    """
    return apply(ops.LOG, as_tensor(input))


def log1p(input: TensorLike) -> Tensor:
    """Return `log(1 + input)`, exact for tiny numbers too.

    Shapes: any → the same.
    """
    return apply(ops.LOG1P, as_tensor(input))


def sqrt(input: TensorLike) -> Tensor:
    """Return the square root; nan for negative numbers.

    Shapes: any → the same.
    """
    return apply(ops.SQRT, as_tensor(input))


def rsqrt(input: TensorLike) -> Tensor:
    """Return `1 / sqrt(input)`.

    Shapes: any → the same.
    """
    return apply(ops.RSQRT, as_tensor(input))


def sin(input: TensorLike) -> Tensor:
    """Return the sine of an angle in radians.

    Shapes: any → the same.
    """
    return apply(ops.SIN, as_tensor(input))


def cos(input: TensorLike) -> Tensor:
    """Return the cosine of an angle in radians.

    Shapes: any → the same.
    """
    return apply(ops.COS, as_tensor(input))


def tan(input: TensorLike) -> Tensor:
    """Return the tangent of an angle in radians.

    Shapes: any → the same.
    """
    return apply(ops.TAN, as_tensor(input))


# --- Activations -----------------------------------------------------------------------------


def tanh(input: TensorLike) -> Tensor:
    """Return the hyperbolic tangent, between -1 and 1.

    Shapes: any → the same.
    """
    return apply(ops.TANH, as_tensor(input))


def sigmoid(input: TensorLike) -> Tensor:
    """Return `1 / (1 + exp(-input))`, computed without overflow.

    Shapes: any → the same.
    """
    return apply(ops.SIGMOID, as_tensor(input))


def logsigmoid(input: TensorLike) -> Tensor:
    """Return `log(sigmoid(input))`, computed without overflow.

    Shapes: any → the same.
    """
    return apply(ops.LOG_SIGMOID, as_tensor(input))


def hardsigmoid(input: TensorLike) -> Tensor:
    """Return 0 below -3, 1 above 3, and `(input + 3) / 6` between.

    Shapes: any → the same.
    """
    return apply(ops.HARD_SIGMOID, as_tensor(input))


def relu(input: TensorLike) -> Tensor:
    """Return max(input, 0); its slope at 0 is taken as 0.

    Shapes: any → the same.
    """
    return apply(ops.RELU, as_tensor(input))


def leaky_relu(input: TensorLike, negative_slope: float = 0.01) -> Tensor:
    """Return `input` where it is positive, and `negative_slope * input` elsewhere.

    Shapes: any → the same.
    """
    return apply(ops.LEAKY_RELU, as_tensor(input), negative_slope=negative_slope)


def elu(input: TensorLike, alpha: float = 1.0) -> Tensor:
    """Return `input` where it is positive, and `alpha * (exp(input) - 1)` elsewhere.

    Shapes: any → the same.
    Source: Clevert, Unterthiner and Hochreiter, 2016.
    """
    return apply(ops.ELU, as_tensor(input), alpha=alpha)


def gelu(input: TensorLike, *, approximate: Literal["none", "tanh"] = "none") -> Tensor:
    """Return `input` times the chance that a standard normal number is smaller.

    Shapes: any → the same.
    Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.

    Args:
        input: any shape.
        approximate: `tanh` for the usual approximation instead of the error function.

    Raises:
        EngineError: `approximate` is neither of the two.
    """
    x = as_tensor(input)
    if approximate == "none":
        return apply(ops.GELU, x, sqrt2=math.sqrt(2), sqrt2pi=math.sqrt(2 * math.pi))
    if approximate == "tanh":
        return apply(ops.GELU_TANH, x, c=math.sqrt(2 / math.pi))
    raise checks.unsupported("gelu", "approximate", approximate, '"none"', '"tanh"')


def silu(input: TensorLike) -> Tensor:
    """Return `input * sigmoid(input)`, also known as swish.

    Shapes: any → the same.
    Source: Elfwing, Uchibe and Doya, 2018.
    """
    return apply(ops.SILU, as_tensor(input))


def softplus(input: TensorLike, beta: float = 1, threshold: float = 20) -> Tensor:
    """Return `log(1 + exp(beta * input)) / beta`; `input` itself where that is the same.

    Shapes: any → the same.
    """
    return apply(ops.SOFTPLUS, as_tensor(input), beta=beta, threshold=threshold)


def hardtanh(input: TensorLike, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Return `input`, cut off at `min_val` and `max_val`, where the slope is taken as 0.

    Shapes: any → the same.
    """
    return apply(ops.HARDTANH, as_tensor(input), min_val=min_val, max_val=max_val)


# --- Choosing --------------------------------------------------------------------------------


def maximum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the larger of two, entry by entry; equal ones share the gradient half and half.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.MAXIMUM, *_both(input, other))


def minimum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the smaller of two, entry by entry; equal ones share the gradient half and half.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.MINIMUM, *_both(input, other))


def clamp(
    input: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None
) -> Tensor:
    """Return `input`, cut off below `min` and above `max`; the slope at a bound is 1.

    Shapes: any → the same, or with tensors as bounds the broadcast shape.

    Args:
        input: any shape.
        min: a number, or a tensor that broadcasts; None for no lower bound.
        max: the same for above. Where `min` is larger than `max`, the result is `max`.

    Raises:
        EngineError: both bounds are missing.
    """
    x = as_tensor(input)
    if min is None and max is None:
        raise checks.unsupported("clamp", "min, max", None, "min=…", "max=…")
    if isinstance(min, Tensor | np.ndarray) or isinstance(max, Tensor | np.ndarray):
        low, high = (
            operand(default if bound is None else bound, x)
            for bound, default in ((min, -math.inf), (max, math.inf))
        )
        return apply(ops.CLAMP_BETWEEN, x, low, high)
    return apply(
        ops.CLAMP,
        x,
        low=-math.inf if min is None else min,
        high=math.inf if max is None else max,
    )


def where(condition: Any, input: TensorLike, other: TensorLike) -> Tensor:
    """Return entries of `input` where `condition` is true, and of `other` elsewhere.

    Shapes: any three that broadcast → the broadcast shape.

    Raises:
        EngineError: `condition` holds no booleans, or the shapes do not broadcast.
    """
    chosen = as_tensor(condition)
    if chosen.dtype.kind != "b":
        raise checks.unsupported("where", "condition", chosen.dtype, "bool")
    x, y = _both(input, other)
    return apply(ops.WHERE, chosen, x, y)


def total(*terms: TensorLike) -> Tensor:
    """Return the sum of tensors of one shape, as one operation with an edge for each term.

    Shapes: any, all alike → the same.
    """
    return apply(ops.TOTAL, *(as_tensor(term) for term in terms))


def dropout(
    input: TensorLike,
    p: float = 0.5,
    training: bool = True,
    *,
    generator: np.random.Generator | None = None,
    mask: TensorLike | None = None,
) -> Tensor:
    """Set entries to 0 with chance `p`, and scale the others by `1 / (1 - p)`.

    The mask is an input of the operation, so that it is recorded and can be shown.

    Shapes: any → the same.
    Source: Srivastava et al., Dropout, 2014.

    Args:
        input: any shape.
        p: the chance of an entry to be dropped, 0 to 1.
        training: if not, `input` itself is returned.
        generator: where the chance comes from.
        mask: true (or 1) where an entry is kept, instead of chance.

    Raises:
        EngineError: `p` is out of range.
    """
    x = as_tensor(input)
    if not 0 <= p <= 1:
        raise checks.between("dropout", "p", p, 0, 1)
    if not training:
        return x
    if mask is None:
        mask = (generator or np.random.default_rng()).random(x.shape) >= p
    scale = 0.0 if p == 1 else 1 / (1 - p)
    factors = Tensor(np.asarray(getattr(mask, "data", mask), x.dtype) * x.dtype.type(scale))
    factors.name = "mask"
    return binary(ops.MUL, x, factors)
