"""Normalisation: entries made to have mean 0 and variance 1."""

from typing import Any

import numpy as np

from mlviz.autograd.ops.table import structured


def _statistics(x: Any, axes: tuple[int, ...], eps: float) -> tuple[Any, Any]:
    mean = x.mean(axis=axes, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=axes, keepdims=True)
    return mean, 1 / np.sqrt(variance + eps)


def _normalize(x: Any, *, axes: tuple[int, ...], eps: float) -> Any:
    mean, scale = _statistics(x, axes, eps)
    return (x - mean) * scale


def _normalize_vjp(g: Any, out: Any, x: Any, *, axes: tuple[int, ...], eps: float) -> Any:
    _, scale = _statistics(x, axes, eps)
    centred = g - g.mean(axis=axes, keepdims=True)
    return scale * (centred - out * (g * out).mean(axis=axes, keepdims=True))


NORMALIZE = structured(
    "normalize",
    "(x - mean(x)) / sqrt(var(x) + eps)",
    _normalize,
    ("(g - mean(g) - out * mean(g * out)) / sqrt(var(x) + eps)", _normalize_vjp),
)
"""Mean 0 and variance 1 along some axes; the variance is the biased one."""
