"""Entry by entry, with broadcasting: arithmetic, exponentials, choices."""

import math
from typing import Any

import numpy as np

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.functional.inputs import both, floats
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor, binary, operand

# --- Arithmetic ------------------------------------------------------------------------------


def add(input: TensorLike, other: TensorLike, *, alpha: float = 1) -> Tensor:
    """Return `input + alpha * other`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    x, y = both(input, other)
    return binary(ops.ADD, x, y if alpha == 1 else y * alpha)


def sub(input: TensorLike, other: TensorLike, *, alpha: float = 1) -> Tensor:
    """Return `input - alpha * other`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    x, y = both(input, other)
    return binary(ops.SUB, x, y if alpha == 1 else y * alpha)


def mul(input: TensorLike, other: TensorLike) -> Tensor:
    """Return `input * other`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.MUL, *both(input, other))


def div(input: TensorLike, other: TensorLike, *, rounding_mode: None = None) -> Tensor:
    """Return `input / other`, broadcast; whole numbers give floats.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast, or a `rounding_mode` is given.
    """
    checks.refuse("div", rounding_mode=rounding_mode)
    return binary(ops.DIV, *both(input, other))


def pow(input: TensorLike, exponent: TensorLike) -> Tensor:
    """Return `input ** exponent`, broadcast.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.POW, *both(input, exponent))


def neg(input: TensorLike) -> Tensor:
    """Return `-input`. Shapes: any → the same."""
    return apply(ops.NEG, checks.numbers("neg", as_tensor(input)))


def abs(input: TensorLike) -> Tensor:
    """Return the absolute value; its slope at 0 is taken as 0.

    Shapes: any → the same.
    """
    return apply(ops.ABS, checks.numbers("abs", as_tensor(input)))


def sign(input: TensorLike) -> Tensor:
    """Return -1, 0 or 1; its slope is 0 everywhere.

    Shapes: any → the same.
    """
    return apply(ops.SIGN, checks.numbers("sign", as_tensor(input)))


def square(input: TensorLike) -> Tensor:
    """Return `input ** 2`. Shapes: any → the same."""
    return apply(ops.SQUARE, checks.numbers("square", as_tensor(input)))


def reciprocal(input: TensorLike) -> Tensor:
    """Return `1 / input`. Shapes: any → the same."""
    return apply(ops.RECIPROCAL, floats(input))


# --- Exponentials, roots, waves --------------------------------------------------------------


def exp(input: TensorLike) -> Tensor:
    """Return e to the power of every entry.

    Shapes: any → the same.
    """
    return apply(ops.EXP, floats(input))


def log(input: TensorLike) -> Tensor:
    """Return the natural logarithm; -inf at 0, nan below.

    Shapes: any → the same.
    """
    return apply(ops.LOG, floats(input))


def log1p(input: TensorLike) -> Tensor:
    """Return `log(1 + input)`, exact for tiny numbers too.

    Shapes: any → the same.
    """
    return apply(ops.LOG1P, floats(input))


def sqrt(input: TensorLike) -> Tensor:
    """Return the square root; nan for negative numbers.

    Shapes: any → the same.
    """
    return apply(ops.SQRT, floats(input))


def rsqrt(input: TensorLike) -> Tensor:
    """Return `1 / sqrt(input)`.

    Shapes: any → the same.
    """
    return apply(ops.RSQRT, floats(input))


def sin(input: TensorLike) -> Tensor:
    """Return the sine of an angle in radians.

    Shapes: any → the same.
    """
    return apply(ops.SIN, floats(input))


def cos(input: TensorLike) -> Tensor:
    """Return the cosine of an angle in radians.

    Shapes: any → the same.
    """
    return apply(ops.COS, floats(input))


def tan(input: TensorLike) -> Tensor:
    """Return the tangent of an angle in radians.

    Shapes: any → the same.
    """
    return apply(ops.TAN, floats(input))


# --- Choosing --------------------------------------------------------------------------------


def maximum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the larger of two, entry by entry; equal ones share the gradient half and half.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.MAXIMUM, *both(input, other))


def minimum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the smaller of two, entry by entry; equal ones share the gradient half and half.

    Shapes: any two that broadcast → the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast.
    """
    return binary(ops.MINIMUM, *both(input, other))


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
        EngineError: both bounds are missing, or `input` holds truth values.
    """
    x = as_tensor(input)
    if min is None and max is None:
        raise checks.unsupported("clamp", "min, max", None, "min=…", "max=…")
    if isinstance(min, Tensor | np.ndarray) or isinstance(max, Tensor | np.ndarray):
        bounds = (
            operand(default if bound is None else bound, x)
            for bound, default in ((min, -math.inf), (max, math.inf))
        )
        return apply(ops.CLAMP_BETWEEN, x, *bounds)
    checks.numbers("clamp", x)
    low, high = -math.inf, math.inf
    if x.dtype.kind in "iu" and isinstance(min, int | None) and isinstance(max, int | None):
        # What is whole stays whole: a bound that is missing is the farthest there is.
        low, high = np.iinfo(x.dtype).min, np.iinfo(x.dtype).max
    return apply(ops.CLAMP, x, low=low if min is None else min, high=high if max is None else max)


def where(condition: Any, input: TensorLike, other: TensorLike) -> Tensor:
    """Return entries of `input` where `condition` is true, and of `other` elsewhere.

    Shapes: any three that broadcast → the broadcast shape.

    Raises:
        EngineError: `condition` holds no booleans, or the shapes do not broadcast.
    """
    chosen = as_tensor(condition)
    if chosen.dtype.kind != "b":
        raise checks.unsupported("where", "condition", chosen.dtype, "bool")
    x, y = both(input, other)
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
