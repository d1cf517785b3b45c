"""Fewer numbers of many: sums, means, extremes, norms; softmax and running sums."""

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.functional.inputs import floats, not_unsigned
from mlviz.autograd.tensor import Dims, Tensor, TensorLike, apply, as_tensor
from mlviz.errors import EngineError
from mlviz.i18n import Message


class Extreme(NamedTuple):
    """The largest or smallest entries along an axis, and where they stood.

    Shapes: both like the input without the axis.
    """

    values: Tensor
    indices: Tensor


def sum(
    input: TensorLike, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Tensor:
    """Add up the entries, all of them or along the axes `dim`.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or `dtype` is not the input's own.
    """
    x = not_unsigned(input)
    checks.own_type("sum", dtype, x)
    return apply(ops.SUM, x, dim=checks.axes("sum", dim, x.shape), keepdim=keepdim)


def mean(
    input: TensorLike, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Tensor:
    """Average the entries, all of them or along the axes `dim`; nan if there are none.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, `dtype` is not the input's own, or it does
            not hold floats.
    """
    x = as_tensor(input)
    checks.own_type("mean", dtype, x)
    checks.floating("mean", x)
    return apply(ops.MEAN, x, dim=checks.axes("mean", dim, x.shape), keepdim=keepdim)


def prod(
    input: TensorLike,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """Multiply the entries, all of them or along axis `dim`.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or `dtype` is not the input's own.
    """
    x = not_unsigned(input)
    checks.own_type("prod", dtype, x)
    return apply(ops.PROD, x, dim=checks.axes("prod", dim, x.shape), keepdim=keepdim)


def _correction(op: str, unbiased: bool | None, correction: float | None) -> float:
    if unbiased is not None and correction is not None:
        raise checks.unsupported(op, "unbiased, correction", "…", "unbiased", "correction")
    if correction is not None:
        return correction
    return 1 if unbiased is None or unbiased else 0


def var(
    input: TensorLike,
    dim: Dims | bool = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the variance, all entries or along the axes `dim`.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Args:
        input: floats.
        dim: the axes; None for all.
        unbiased: divide by n - 1 (the default) or by n.
        keepdim: keep reduced axes with size 1.
        correction: divide by n - correction, instead of `unbiased`.

    Raises:
        EngineError: an axis is out of range, the input does not hold floats, or `correction` is
            given beside `unbiased`.
    """
    x, axes, less = _spread("var", input, dim, unbiased, correction)
    return apply(ops.VAR, x, dim=axes, correction=less, keepdim=keepdim)


def std(
    input: TensorLike,
    dim: Dims | bool = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the standard deviation: the root of `var`, with the same arguments.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: see `var`.
    """
    x, axes, less = _spread("std", input, dim, unbiased, correction)
    return apply(ops.STD, x, dim=axes, correction=less, keepdim=keepdim)


def _spread(
    op: str,
    input: TensorLike,
    dim: Dims | bool,
    unbiased: bool | None,
    correction: float | None,
) -> tuple[Tensor, Dims, float]:
    x = as_tensor(input)
    checks.floating(op, x)
    if isinstance(dim, bool):  # std(x, False) is std(x, unbiased=False), as in PyTorch
        dim, unbiased = None, dim
    return x, checks.axes(op, dim, x.shape), _correction(op, unbiased, correction)


# --- Extremes --------------------------------------------------------------------------------


def _not_empty(op: str, x: Tensor, dim: Dims) -> None:
    chosen = range(x.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    if x.ndim and any(x.shape[axis] == 0 for axis in chosen):
        raise EngineError(Message("error.engine.empty", op=op, shape=str(x.shape)))


def amax(input: TensorLike, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the largest entry; equal ones share the gradient evenly.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or there is no entry to choose.
    """
    x = as_tensor(input)
    axes = checks.axes("amax", dim, x.shape)
    _not_empty("amax", x, axes)
    return apply(ops.AMAX, x, dim=axes, keepdim=keepdim)


def amin(input: TensorLike, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the smallest entry; equal ones share the gradient evenly.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or there is no entry to choose.
    """
    x = as_tensor(input)
    axes = checks.axes("amin", dim, x.shape)
    _not_empty("amin", x, axes)
    return apply(ops.AMIN, x, dim=axes, keepdim=keepdim)


def argmax(input: TensorLike, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the index of the largest entry; of equal ones the first.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or there is no entry to choose.
    """
    x = as_tensor(input)
    axis = checks.axes("argmax", dim, x.shape)
    _not_empty("argmax", x, axis)
    return apply(ops.ARGMAX, x, dim=axis, keepdim=keepdim)


def argmin(input: TensorLike, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the index of the smallest entry; of equal ones the first.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or there is no entry to choose.
    """
    x = as_tensor(input)
    axis = checks.axes("argmin", dim, x.shape)
    _not_empty("argmin", x, axis)
    return apply(ops.ARGMIN, x, dim=axis, keepdim=keepdim)


def max(
    input: TensorLike, dim: "int | TensorLike | None" = None, keepdim: bool = False
) -> "Tensor | Extreme":
    """Return the largest entry, or with `dim` the largest along an axis and their indices.

    Without `dim` equal entries share the gradient; with it, the first one has it all.
    With a tensor in the place of `dim` it is `maximum`.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or there is no entry to choose.
    """
    if isinstance(dim, Tensor | np.ndarray):
        from mlviz.autograd.functional.elementwise import maximum

        return maximum(input, dim)
    if dim is None:
        return amax(input)
    indices = argmax(input, int(dim), keepdim)
    return Extreme(_pick(as_tensor(input), indices, int(dim), keepdim), indices)


def min(
    input: TensorLike, dim: "int | TensorLike | None" = None, keepdim: bool = False
) -> "Tensor | Extreme":
    """Return the smallest entry, or with `dim` the smallest along an axis and their indices.

    Without `dim` equal entries share the gradient; with it, the first one has it all.
    With a tensor in the place of `dim` it is `minimum`.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range, or there is no entry to choose.
    """
    if isinstance(dim, Tensor | np.ndarray):
        from mlviz.autograd.functional.elementwise import minimum

        return minimum(input, dim)
    if dim is None:
        return amin(input)
    indices = argmin(input, int(dim), keepdim)
    return Extreme(_pick(as_tensor(input), indices, int(dim), keepdim), indices)


def _pick(x: Tensor, indices: Tensor, dim: int, keepdim: bool) -> Tensor:
    return apply(ops.PICK, x, indices, dim=checks.axis("max", dim, x.shape), keepdim=keepdim)


# --- Norms, softmax, running sums ------------------------------------------------------------


def norm(
    input: TensorLike,
    p: float | Literal["fro"] | None = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """Return (Σ|x|ᵖ)^(1/p): with p = 2 (the default) the Euclidean length.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Args:
        input: floats.
        p: the exponent; `fro` and None are 2, `math.inf` is the largest absolute value.
        dim: the axes; None for all.
        keepdim: keep reduced axes with size 1.
        dtype: the input's own type, or None.

    Raises:
        EngineError: an axis is out of range, the input does not hold floats, or `p` or
            `dtype` is not offered.
    """
    x = as_tensor(input)
    checks.own_type("norm", dtype, x)
    checks.floating("norm", x)
    if isinstance(p, str) and p != "fro":
        raise checks.unsupported("norm", "p", p, '"fro"', "2", "1", "inf", "…")
    power = 2.0 if p is None or isinstance(p, str) else float(p)
    axes = checks.axes("norm", dim, x.shape)
    if math.isinf(power):
        _not_empty("norm", x, axes)
    return apply(ops.NORM, x, p=power, dim=axes, keepdim=keepdim)


def logsumexp(input: TensorLike, dim: Dims, keepdim: bool = False) -> Tensor:
    """Return log Σ exp(x) along the axes `dim`, computed without overflow.

    Shapes: any → without the axes `dim` (each of size 1 with `keepdim`).

    Raises:
        EngineError: an axis is out of range.
    """
    x = floats(input)
    return apply(ops.LOGSUMEXP, x, dim=checks.axes("logsumexp", dim, x.shape), keepdim=keepdim)


def softmax(input: TensorLike, dim: int, dtype: DTypeLike | None = None) -> Tensor:
    """Return exponentials divided by their sum along axis `dim`.

    Shapes: any → the same.

    Raises:
        EngineError: an axis is out of range, the input does not hold floats, or `dtype` is not
            its own.
    """
    checks.floating("softmax", as_tensor(input))
    checks.own_type("softmax", dtype, as_tensor(input))
    return _along(ops.SOFTMAX, input, dim)


def log_softmax(input: TensorLike, dim: int, dtype: DTypeLike | None = None) -> Tensor:
    """Return the logarithm of `softmax` along axis `dim`, computed without overflow.

    Shapes: any → the same.
    Unit: natural logarithms.

    Raises:
        EngineError: an axis is out of range, the input does not hold floats, or `dtype` is not
            its own.
    """
    checks.floating("log_softmax", as_tensor(input))
    checks.own_type("log_softmax", dtype, as_tensor(input))
    return _along(ops.LOG_SOFTMAX, input, dim)


def _along(op: ops.Op, input: TensorLike, dim: int) -> Tensor:
    x = as_tensor(input)
    axis = checks.axis(op.name, dim, x.shape)
    if not x.ndim:  # one number is a row of one
        return apply(ops.RESHAPE, apply(op, apply(ops.RESHAPE, x, shape=(1,)), dim=0), shape=())
    return apply(op, x, dim=axis)


def cumsum(input: TensorLike, dim: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """Return running sums along axis `dim`.

    Shapes: any → the same.

    Raises:
        EngineError: an axis is out of range, or `dtype` is not the input's own.
    """
    x = as_tensor(input)
    checks.own_type("cumsum", dtype, x)
    return apply(ops.CUMSUM, x, dim=checks.axis("cumsum", dim, x.shape))
