"""Normalisation layers as functions."""

from collections.abc import Sequence

import numpy as np

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.functional.shape import reshape
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor
from mlviz.errors import EngineError
from mlviz.i18n import Message


def layer_norm(
    input: TensorLike,
    normalized_shape: Sequence[int],
    weight: TensorLike | None = None,
    bias: TensorLike | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Give the last axes mean 0 and variance 1, then scale and shift them.

    Shapes: (…, *normalized_shape) → the same.
    Source: Ba, Kiros and Hinton, Layer Normalization, 2016.

    Args:
        input: (…, *normalized_shape).
        normalized_shape: the sizes of the axes that are normalised together.
        weight: factors in that shape.
        bias: shifts in that shape.
        eps: added to the variance, so that nothing is divided by 0.

    Raises:
        EngineError: the last axes have other sizes.
    """
    x = as_tensor(input)
    sizes = tuple(normalized_shape)
    if not sizes or x.shape[-len(sizes) :] != sizes:
        raise checks.shapes("layer_norm", x.shape, sizes, Message("error.engine.rule.same"))
    axes = tuple(range(x.ndim - len(sizes), x.ndim))
    out = apply(ops.NORMALIZE, x, axes=axes, eps=eps)
    if weight is not None:
        out = out * weight
    return out if bias is None else out + bias


def batch_norm(
    input: TensorLike,
    running_mean: TensorLike | None,
    running_var: TensorLike | None,
    weight: TensorLike | None = None,
    bias: TensorLike | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Give every feature mean 0 and variance 1 over the batch, then scale and shift it.

    Shapes: (rows, features) or (rows, features, …) → the same.
    Source: Ioffe and Szegedy, Batch Normalization, 2015.

    Args:
        input: (rows, features) or (rows, features, …).
        running_mean: (features); used when not training, and updated in place when training.
        running_var: the same for the variance; it is updated with the unbiased one.
        weight: a factor for each feature.
        bias: a shift for each feature.
        training: whether the batch's own mean and variance are used.
        momentum: how much of the batch goes into the running ones.
        eps: added to the variance, so that nothing is divided by 0.

    Raises:
        EngineError: there are fewer than two axes, a single value for each feature to train with,
            or no running statistics to use.
    """
    x = as_tensor(input)
    if x.ndim < 2:
        checks.ndim("batch_norm", x, 2)
    axes = (0, *range(2, x.ndim))
    if training:
        count = x.numel() // max(x.shape[1], 1)
        if count == 1:
            raise EngineError(Message("error.engine.one_row", shape=str(x.shape)))
        _update(x, axes, running_mean, running_var, momentum, count)
        out = apply(ops.NORMALIZE, x, axes=axes, eps=eps)
    else:
        if running_mean is None or running_var is None:
            raise checks.unsupported("batch_norm", "running_mean", None, "training=True")
        mean, variance = as_tensor(running_mean).data, as_tensor(running_var).data
        scale = 1 / np.sqrt(variance + eps)
        out = (x - _column(Tensor(mean), x)) * _column(Tensor(scale), x)
    if weight is not None:
        out = out * _column(as_tensor(weight), x)
    return out if bias is None else out + _column(as_tensor(bias), x)


def _column(values: Tensor, x: Tensor) -> Tensor:
    """Shape one value a feature so that it meets the second axis of `x`."""
    return values if x.ndim == 2 else reshape(values, (-1, *(1,) * (x.ndim - 2)))


def _update(
    x: Tensor,
    axes: tuple[int, ...],
    mean: TensorLike | None,
    variance: TensorLike | None,
    momentum: float,
    count: int,
) -> None:
    for running, now in (
        (mean, x.data.mean(axis=axes)),
        (variance, x.data.var(axis=axes) * count / (count - 1)),
    ):
        if running is not None:
            values = as_tensor(running).data
            values *= 1 - momentum
            values += momentum * now
