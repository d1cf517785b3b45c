"""Operations that make fewer numbers of many, and running sums."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mlviz.autograd.ops.table import add_up, structured, without_gradient

Axes = int | tuple[int, ...] | None

# As `add_up`: the ufuncs' own reductions, which cost a third of `np.max` and the like.
_multiply: Callable[..., Any] = np.multiply.reduce
largest: Callable[..., Any] = np.maximum.reduce
_smallest: Callable[..., Any] = np.minimum.reduce


def _axes(dim: Axes, ndim: int) -> tuple[int, ...]:
    if dim is None:
        return tuple(range(ndim))
    return tuple(axis % ndim for axis in ((dim,) if isinstance(dim, int) else dim))


def _back(array: Any, ndim: int, dim: Axes, keepdim: bool) -> Any:
    """Give a reduced array its reduced axes back, with size 1."""
    if dim is None or keepdim or not ndim:
        return array
    return np.expand_dims(array, _axes(dim, ndim))


def _expand(g: Any, shape: tuple[int, ...], dim: Axes, keepdim: bool) -> Any:
    """Stretch the gradient of a reduction back over the entries that were reduced."""
    if dim is None:
        result = np.empty(shape, g.dtype)
        result.fill(g.item())
        return result
    return np.broadcast_to(_back(g, len(shape), dim, keepdim), shape)


def _count(x: Any, out: Any) -> float:
    # max(…, 1): the mean of nothing is nan forward; backward there is nothing to divide.
    return x.size / max(out.size, 1)  # type: ignore[no-any-return]


# --- Sums and means ------------------------------------------------------------------------

SUM = structured(
    "sum",
    "sum(x)",
    lambda x, dim, keepdim: add_up(x, dim, keepdims=keepdim),
    ("expand(g)", lambda g, out, x, dim, keepdim: _expand(g, x.shape, dim, keepdim)),
)


def mean(x: Any, dim: Axes, keepdim: bool) -> Any:
    """Return the average; nan if there is nothing to average."""
    total = add_up(x, dim, keepdims=keepdim)
    return total / total.dtype.type(x.size / total.size if total.size else 1)


MEAN = structured(
    "mean",
    "mean(x)",
    mean,
    (
        "expand(g) / n",
        lambda g, out, x, dim, keepdim: _expand(g / _count(x, out), x.shape, dim, keepdim),
    ),
)


def _var(x: Any, dim: Axes, correction: float, keepdim: bool) -> Any:
    count = np.prod([x.shape[axis] for axis in _axes(dim, x.ndim)], initial=1)
    away = x - mean(x, dim, True)
    total = add_up(away * away, dim, keepdims=keepdim)
    return total / total.dtype.type(max(count - correction, 0))


def _var_vjp(g: Any, out: Any, x: Any, *, dim: Axes, correction: float, keepdim: bool) -> Any:
    g = _back(g, x.ndim, dim, keepdim)
    away = x - mean(x, dim, True)
    return g * (2 / (_count(x, out) - correction) * away)


def _std_vjp(g: Any, out: Any, x: Any, *, dim: Axes, correction: float, keepdim: bool) -> Any:
    # At 0 the root has no slope; the gradient is taken as 0, as in PyTorch.
    slope = np.where(out == 0, 0.0, g / (2 * np.where(out == 0, 1.0, out)))
    return _var_vjp(slope, out, x, dim=dim, correction=correction, keepdim=keepdim)


VAR = structured("var", "var(x)", _var, ("g * 2 * (x - mean(x)) / n", _var_vjp))
STD = structured(
    "std",
    "sqrt(var(x))",
    lambda x, dim, correction, keepdim: np.sqrt(_var(x, dim, correction, keepdim)),
    ("g * (x - mean(x)) / (n * out)", _std_vjp),
    kink="kink.root",
)


# --- Products ------------------------------------------------------------------------------


def _prod(x: Any, dim: int | None, keepdim: bool) -> Any:
    return _multiply(x, dim, keepdims=keepdim)


def _prod_vjp(g: Any, out: Any, x: Any, *, dim: int | None, keepdim: bool) -> Any:
    """Multiply by the product of all the *other* entries, so that zeros do no harm."""
    if dim is None:
        return _prod_vjp(g, out, x.reshape(-1), dim=0, keepdim=False).reshape(x.shape)
    if not x.ndim:
        return g * np.ones_like(x)
    before, after = np.ones_like(x), np.ones_like(x)
    rows, ahead, behind = (np.moveaxis(array, dim, 0) for array in (x, before, after))
    np.multiply.accumulate(rows[:-1], 0, out=ahead[1:])
    np.multiply.accumulate(rows[:0:-1], 0, out=behind[-2::-1])
    return _back(g, x.ndim, dim, keepdim) * (before * after)


PROD = structured("prod", "prod(x)", _prod, ("g * prod_of_others(x)", _prod_vjp))


# --- Largest and smallest ------------------------------------------------------------------


def _share(g: Any, out: Any, x: Any, *, dim: Axes, keepdim: bool) -> Any:
    equal = x == _back(out, x.ndim, dim, keepdim)
    return _back(g, x.ndim, dim, keepdim) * equal / add_up(equal, dim, keepdims=True)


def _pick(x: Any, index: Any, dim: int, keepdim: bool) -> Any:
    if not x.ndim:
        return x
    picked = np.take_along_axis(x, _back(index, x.ndim, dim, keepdim), dim)
    return picked if keepdim else np.squeeze(picked, dim)


def _pick_vjp(g: Any, out: Any, x: Any, index: Any, *, dim: int, keepdim: bool) -> Any:
    result = np.zeros(x.shape, g.dtype)
    if not x.ndim:
        return result + g
    places = _back(index, x.ndim, dim, keepdim)
    np.put_along_axis(result, places, _back(g, x.ndim, dim, keepdim), dim)
    return result


AMAX = structured(
    "amax",
    "max(x)",
    lambda x, dim, keepdim: largest(x, dim, keepdims=keepdim),
    ("g * share(x == out)", _share),
    kink="kink.amax",
)
AMIN = structured(
    "amin",
    "min(x)",
    lambda x, dim, keepdim: _smallest(x, dim, keepdims=keepdim),
    ("g * share(x == out)", _share),
    kink="kink.amax",
)
PICK = structured("pick", "pick(x, y)", _pick, ("scatter(g, y)", _pick_vjp), ("0", _pick_vjp))
"""The entry at index `y` along an axis: what `max(dim)` and `min(dim)` return."""


def _index(function: Any) -> Any:
    def index(x: Any, dim: int | None, keepdim: bool) -> Any:
        return function(x, axis=dim if x.ndim else None, keepdims=keepdim)

    return index


ARGMAX = without_gradient("argmax", "argmax(x)", _index(np.argmax))
ARGMIN = without_gradient("argmin", "argmin(x)", _index(np.argmin))


# --- Running sums and norms ----------------------------------------------------------------


def _cumsum_vjp(g: Any, out: Any, x: Any, *, dim: int) -> Any:
    return np.flip(np.cumsum(np.flip(g, dim), dim), dim) if x.ndim else g


CUMSUM = structured(
    "cumsum",
    "cumsum(x)",
    lambda x, dim: np.cumsum(x, dim) if x.ndim else x.copy(),
    ("sum_from_here(g)", _cumsum_vjp),
)


def _norm(x: Any, p: float, dim: Axes, keepdim: bool) -> Any:
    size = np.abs(x)
    if p == 2:
        return np.sqrt(add_up(size * size, dim, keepdims=keepdim))
    if p == 1:
        return add_up(size, dim, keepdims=keepdim)
    if p == 0:
        return add_up(x != 0, dim, keepdims=keepdim, dtype=x.dtype)
    if p == np.inf:
        return largest(size, dim, keepdims=keepdim)
    if p == -np.inf:
        return _smallest(size, dim, keepdims=keepdim)
    return add_up(size**p, dim, keepdims=keepdim) ** (1 / p)


def _norm_vjp(g: Any, out: Any, x: Any, *, p: float, dim: Axes, keepdim: bool) -> Any:
    g = _back(g, x.ndim, dim, keepdim)
    out = _back(out, x.ndim, dim, keepdim)
    if p == 0:
        return np.zeros_like(x)
    if p == 1:
        return g * np.sign(x)
    if np.isinf(p):
        equal = np.abs(x) == out
        return g * np.sign(x) * equal / add_up(equal, dim, keepdims=True)
    # At 0 there is no direction; the gradient is taken as 0, as in PyTorch.
    scale = np.where(out == 0, 0.0, g / np.where(out == 0, 1.0, out) ** (p - 1))
    if p == 2:
        return scale * x
    size = np.abs(x)
    with np.errstate(divide="ignore"):
        slope = np.sign(x) * np.where(size == 0, 0.0 if p > 1 else 1.0, size) ** (p - 1)
    return scale * slope


NORM = structured("norm", "norm(x)", _norm, ("g * x / out", _norm_vjp), kink="kink.norm")


def _logsumexp(x: Any, dim: Axes, keepdim: bool) -> Any:
    top = largest(x, dim, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0.0)  # so that infinities stay what they are
    total = np.log(add_up(np.exp(x - top), dim, keepdims=True)) + top
    return total if keepdim else np.squeeze(total, _axes(dim, x.ndim))


LOGSUMEXP = structured(
    "logsumexp",
    "log(sum(exp(x)))",
    _logsumexp,
    (
        "g * exp(x - out)",
        lambda g, out, x, dim, keepdim: (
            _back(g, x.ndim, dim, keepdim) * np.exp(x - _back(out, x.ndim, dim, keepdim))
        ),
    ),
)


# --- Softmax -------------------------------------------------------------------------------


def softmax_of(x: Any, dim: int) -> Any:
    """Return exponentials divided by their sum; the largest is taken out, so none overflows."""
    powers = np.exp(x - largest(x, dim, keepdims=True, initial=-np.inf))
    powers /= add_up(powers, dim, keepdims=True)
    return powers


def log_softmax_of(x: Any, dim: int) -> Any:
    """Return the logarithm of `softmax_of`, without taking the logarithm of a tiny number."""
    shifted = x - largest(x, dim, keepdims=True, initial=-np.inf)
    return shifted - np.log(add_up(np.exp(shifted), dim, keepdims=True))


def _softmax_vjp(g: Any, out: Any, x: Any, *, dim: int) -> Any:
    return out * (g - add_up(g * out, dim, keepdims=True))


def _log_softmax_vjp(g: Any, out: Any, x: Any, *, dim: int) -> Any:
    return g - np.exp(out) * add_up(g, dim, keepdims=True)


SOFTMAX = structured(
    "softmax", "softmax(x)", softmax_of, ("out * (g - sum_rows(g * out))", _softmax_vjp)
)
LOG_SOFTMAX = structured(
    "log_softmax",
    "log_softmax(x)",
    log_softmax_of,
    ("g - exp(out) * sum_rows(g)", _log_softmax_vjp),
)
