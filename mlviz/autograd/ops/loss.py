"""Losses that look across a row of classes."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from mlviz.autograd.ops.reduce import largest
from mlviz.autograd.ops.table import NO_GRADIENT, add_up, no_rule, structured

_FEW = 16  # classes


def _places(y: Any, classes: int) -> Any:
    """Return where the entries of classes `y` are, counted through all rows: found soonest so."""
    starts = _starts(y.size, classes)
    return (starts if y.ndim == 1 else starts.reshape(y.shape)) + y


@lru_cache(maxsize=4)  # training asks for the same ones in every step
def _starts(rows: int, classes: int) -> Any:
    starts = np.arange(0, rows * classes, classes or 1)
    starts.flags.writeable = False
    return starts


def _largest_of_rows(x: Any) -> Any:
    """Return the largest entry of each row, which keeps its axis."""
    if x.ndim == 2 and 0 < x.shape[1] <= _FEW:
        # Many short rows: NumPy is quicker at comparing whole columns. The answer is the same.
        return largest(x.T.copy(), 0)[:, None]
    return largest(x, -1, keepdims=True, initial=-np.inf)


def _cross_entropy(x: Any, y: Any) -> Any:
    return _cross_entropy_keeping(x, y)[0]


def _cross_entropy_keeping(x: Any, y: Any) -> tuple[Any, tuple[Any, ...]]:
    _check(y, x.shape[-1])
    return _losses(x, y)


def _check(y: Any, classes: int) -> None:
    """Raise if an entry of `y` is no class: it would read another row, and say nothing."""
    if y.size and not 0 <= y.min() <= y.max() < classes:
        raise IndexError(f"there are classes 0 to {classes - 1}, not {y.min()} to {y.max()}")


def _losses(x: Any, y: Any) -> tuple[Any, tuple[Any, ...]]:
    shifted = x - _largest_of_rows(x)  # so that exp is ≤ 1
    powers = np.exp(shifted)
    sums = add_up(powers, -1, keepdims=True)
    places = _places(y, x.shape[-1])
    return np.log(sums[..., 0]) - shifted.ravel()[places], (powers, sums, places)


def _away_from_target(x: Any, y: Any, kept: Any) -> Any:
    """Return softmax(x) - one_hot(y)."""
    powers, sums, places = kept or _losses(x, y)[1]
    result = np.divide(powers, sums, order="C")  # row by row, so that `places` are its places
    result.reshape(-1)[places] -= 1
    return result


def _cross_entropy_vjp(g: Any, out: Any, x: Any, y: Any, kept: Any = None) -> Any:
    result = _away_from_target(x, y, kept)
    result *= g[..., None]
    return result


CROSS_ENTROPY = structured(
    "cross_entropy",
    "-log(pick(softmax(x), y))",
    _cross_entropy,
    ("g * (softmax(x) - one_hot(y))", _cross_entropy_vjp),
    NO_GRADIENT,
    keeping=_cross_entropy_keeping,
)
"""One loss a row, from logits `x` (rows × classes) and class indices `y`; not yet reduced."""


def _mean_keeping(x: Any, y: Any) -> tuple[Any, tuple[Any, ...]]:
    losses, kept = _losses(x, y)
    return add_up(losses, None) / losses.dtype.type(losses.size), kept


def _mean_vjp(g: Any, out: Any, x: Any, y: Any, kept: Any) -> Any:
    result = _away_from_target(x, y, kept)
    result *= g / y.size
    return result


MEAN_CROSS_ENTROPY = replace(
    CROSS_ENTROPY,
    forward=lambda x, y: _mean_keeping(x, y)[0],
    keeping=_mean_keeping,
    vjps=(_mean_vjp, no_rule),
)
"""The losses and their mean in one step, to the same bits. It is no row of the table: a tape
shows both steps, and where none records nobody sees the entries."""


def _nll(x: Any, y: Any, z: Any, *, ignore_index: int) -> Any:
    kept = y != ignore_index
    safe = np.where(kept, y, 0)
    _check(safe, x.shape[-1])
    picked = np.take_along_axis(x, safe[..., None], axis=-1)[..., 0]
    return np.where(kept, -z[safe] * picked, 0.0).astype(x.dtype, copy=False)


def _nll_vjp(g: Any, out: Any, x: Any, y: Any, z: Any, *, ignore_index: int) -> Any:
    kept = y != ignore_index
    safe = np.where(kept, y, 0)
    result = np.zeros(x.shape, g.dtype)
    entry = np.where(kept, -z[safe] * g, 0.0)
    np.put_along_axis(result, safe[..., None], entry[..., None], axis=-1)
    return result


NLL = structured(
    "nll",
    "-weight(z, y) * pick(x, y)",
    _nll,
    ("-g * weight(z, y) * one_hot(y)", _nll_vjp),
    NO_GRADIENT,
    NO_GRADIENT,
)
"""One loss a row, from log-probabilities `x`, classes `y` and a weight for each class `z`."""
