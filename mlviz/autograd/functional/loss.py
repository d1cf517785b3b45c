"""Losses, with PyTorch's conventions; each says what it divides by."""

from typing import Any, Literal

import numpy as np

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.functional.reduce import log_softmax
from mlviz.autograd.functional.shape import permute
from mlviz.autograd.mode import is_recording
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor, binary
from mlviz.i18n import Message

Reduction = Literal["none", "mean", "sum"]


def _reduce(losses: Tensor, reduction: Reduction, op: str) -> Tensor:
    if reduction == "mean":
        return apply(ops.MEAN, losses, dim=None, keepdim=False)
    if reduction == "sum":
        return apply(ops.SUM, losses, dim=None, keepdim=False)
    if reduction == "none":
        return losses
    raise checks.unsupported(op, "reduction", reduction, '"none"', '"mean"', '"sum"')


def _old(op: str, size_average: object, reduce: object) -> None:
    checks.refuse(op, size_average=size_average, reduce=reduce)


def mse_loss(input: TensorLike, target: TensorLike, reduction: Reduction = "mean") -> Tensor:
    """Return the squared error `(input - target)²`, reduced; no factor ½.

    Shapes: any two that broadcast → (); with `reduction` `none` the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast, or `reduction` is not known.
    """
    losses = binary(ops.SQUARED_ERROR, as_tensor(input), as_tensor(target))
    return _reduce(losses, reduction, "mse_loss")


def half_squared_error(
    input: TensorLike, target: TensorLike, reduction: Reduction = "sum"
) -> Tensor:
    """Return `½ (input - target)²`, reduced: the convention of many textbooks.

    Shapes: any two that broadcast → (); with `reduction` `none` the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast, or `reduction` is not known.
    """
    losses = binary(ops.HALF_SQUARED_ERROR, as_tensor(input), as_tensor(target))
    return _reduce(losses, reduction, "half_squared_error")


def l1_loss(input: TensorLike, target: TensorLike, reduction: Reduction = "mean") -> Tensor:
    """Return the absolute error `|input - target|`, reduced.

    Shapes: any two that broadcast → (); with `reduction` `none` the broadcast shape.

    Raises:
        EngineError: the shapes do not broadcast, or `reduction` is not known.
    """
    losses = binary(ops.ABSOLUTE_ERROR, as_tensor(input), as_tensor(target))
    return _reduce(losses, reduction, "l1_loss")


def smooth_l1_loss(
    input: TensorLike, target: TensorLike, reduction: Reduction = "mean", beta: float = 1.0
) -> Tensor:
    """Return the squared error below `beta` (times ½/beta), and `|error| - beta/2` above.

    Shapes: any two that broadcast → (); with `reduction` `none` the broadcast shape.
    Source: Girshick, Fast R-CNN, 2015.

    Raises:
        EngineError: as for `l1_loss`, or `beta` is below 0.
    """
    if beta < 0:
        raise checks.unsupported("smooth_l1_loss", "beta", beta, "0", "0.5", "1", "…")
    if beta == 0:
        return l1_loss(input, target, reduction)
    losses = apply(ops.SMOOTH_L1, as_tensor(input), as_tensor(target), beta=beta)
    return _reduce(losses, reduction, "smooth_l1_loss")


def huber_loss(
    input: TensorLike,
    target: TensorLike,
    reduction: Reduction = "mean",
    delta: float = 1.0,
    weight: None = None,
) -> Tensor:
    """Return ½ the squared error up to `delta`, and `delta (|error| - delta/2)` above.

    Shapes: any two that broadcast → (); with `reduction` `none` the broadcast shape.
    Source: Huber, Robust Estimation of a Location Parameter, 1964.

    Raises:
        EngineError: as for `l1_loss`, `delta` is not above 0, or a `weight` is given.
    """
    checks.refuse("huber_loss", weight=weight)
    if delta <= 0:
        raise checks.unsupported("huber_loss", "delta", delta, "0.5", "1", "…")
    losses = apply(ops.HUBER, as_tensor(input), as_tensor(target), delta=delta)
    return _reduce(losses, reduction, "huber_loss")


def binary_cross_entropy(
    input: TensorLike,
    target: TensorLike,
    weight: TensorLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return `-(target log input + (1 - target) log(1 - input))`, reduced.

    Shapes: any two alike → (); with `reduction` `none` the same.
    Unit: nats (natural logarithms).

    Args:
        input: probabilities, 0 to 1.
        target: 0 or 1 or between, of the same shape.
        weight: factors for the losses, that broadcast.
        reduction: `mean` divides by the number of entries, not by the weights.

    Raises:
        EngineError: the shapes differ, or an input is no probability.
    """
    x, y = as_tensor(input), as_tensor(target)
    _same("binary_cross_entropy", x, y)
    if x.numel() and not (x.data.min() >= 0 and x.data.max() <= 1):
        raise checks.between("binary_cross_entropy", "input", "…", 0, 1)
    losses = binary(ops.BINARY_CROSS_ENTROPY, x, y)
    if weight is not None:
        losses = losses * weight
    return _reduce(losses, reduction, "binary_cross_entropy")


def binary_cross_entropy_with_logits(
    input: TensorLike,
    target: TensorLike,
    weight: TensorLike | None = None,
    reduction: Reduction = "mean",
    pos_weight: TensorLike | None = None,
) -> Tensor:
    """Return `binary_cross_entropy(sigmoid(input), target)`, computed without overflow.

    Shapes: any two alike → (); with `reduction` `none` the same.
    Unit: nats (natural logarithms).

    Args:
        input: logits, any number.
        target: 0 or 1 or between, of the same shape.
        weight: factors for the losses, that broadcast.
        reduction: `mean` divides by the number of entries, not by the weights.
        pos_weight: factors for what `target` counts as positive, that broadcast.

    Raises:
        EngineError: the shapes differ, or `reduction` is not known.
    """
    x, y = as_tensor(input), as_tensor(target)
    _same("binary_cross_entropy_with_logits", x, y)
    z = Tensor(np.ones((), x.dtype)) if pos_weight is None else as_tensor(pos_weight)
    losses = apply(ops.BINARY_CROSS_ENTROPY_WITH_LOGITS, x, y, z)
    if weight is not None:
        losses = losses * weight
    return _reduce(losses, reduction, "binary_cross_entropy_with_logits")


def kl_div(
    input: TensorLike,
    target: TensorLike,
    reduction: Literal["none", "mean", "sum", "batchmean"] = "mean",
    log_target: bool = False,
) -> Tensor:
    """Return `target (log target - input)`, reduced.

    Shapes: any two that broadcast → (); with `reduction` `none` the broadcast shape.
    Unit: nats (natural logarithms).
    Source: Kullback and Leibler, On Information and Sufficiency, 1951.

    Args:
        input: log-probabilities.
        target: probabilities, or log-probabilities with `log_target`.
        reduction: `batchmean` divides by the size of the first axis, `mean` by all entries.
        log_target: whether `target` holds logarithms.

    Raises:
        EngineError: the shapes do not broadcast, or `reduction` is not known.
    """
    op = ops.KL_DIVERGENCE_LOG if log_target else ops.KL_DIVERGENCE
    losses = binary(op, as_tensor(input), as_tensor(target))
    if reduction == "batchmean":
        rows = as_tensor(input).shape[0] if as_tensor(input).ndim else 1
        return _reduce(losses, "sum", "kl_div") / rows
    return _reduce(losses, reduction, "kl_div")


def _same(op: str, x: Tensor, y: Tensor) -> None:
    if x.shape != y.shape:
        raise checks.shapes(op, x.shape, y.shape, Message("error.engine.rule.same"))


# --- Classes ---------------------------------------------------------------------------------


def _classes_last(x: Tensor) -> Tensor:
    """Move the axis of classes, which PyTorch has in the second place, to the end."""
    return x if x._data.ndim <= 2 else permute(x, (0, *range(2, x.ndim), 1))


def nll_loss(
    input: TensorLike,
    target: Any,
    weight: TensorLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return `-weight[target] * input[target]`, reduced.

    Shapes: input (rows, classes), target (rows) → (); with `reduction` `none` (rows).
    Unit: nats (natural logarithms).

    Args:
        input: log-probabilities, (classes), (rows, classes) or (rows, classes, …).
        target: class indices, whole numbers from 0: a shape without the classes.
        weight: a factor for each class.
        ignore_index: a target that costs nothing.
        reduction: `mean` divides by the weights of all targets, not by the rows.

    Raises:
        EngineError: the shapes do not fit, a class is not there, or `reduction` is not known.
    """
    x, y = _classes_last(as_tensor(input)), as_tensor(target)
    if x.shape[:-1] != y.shape or not x.ndim:
        rule = Message("error.engine.rule.rows")
        raise checks.shapes("nll_loss", as_tensor(input).shape, y.shape, rule)
    checks.classes("nll_loss", y.data, x.shape[-1], ignore_index)
    factors = _weights(weight, x)
    losses = apply(ops.NLL, x, y, factors, ignore_index=ignore_index)
    if reduction == "mean":
        return _reduce(losses, "sum", "nll_loss") / _weight_of(y, factors, ignore_index)
    return _reduce(losses, reduction, "nll_loss")


def _weights(weight: TensorLike | None, x: Tensor) -> Tensor:
    if weight is None:
        return Tensor(np.ones(x.shape[-1], x.dtype))
    factors = as_tensor(weight)
    checks.ndim("weight", factors, 1)
    return factors.detach()


def _weight_of(y: Tensor, factors: Tensor, ignore_index: int) -> Tensor:
    kept = y.data != ignore_index
    return Tensor(np.where(kept, factors.data[np.where(kept, y.data, 0)], 0).sum())


def cross_entropy(
    input: TensorLike,
    target: TensorLike,
    weight: TensorLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return `-log softmax(input)[target]`, reduced.

    Shapes: input (rows, classes), target (rows) or the input's → (); with `reduction` `none`
    (rows).
    Unit: nats (natural logarithms).

    Args:
        input: logits, (classes), (rows, classes) or (rows, classes, …).
        target: class indices, whole numbers from 0, a shape without the classes; or
            probabilities in the shape of `input`.
        weight: a factor for each class.
        ignore_index: a class index that costs nothing.
        reduction: `mean` divides by the weights of the targets; for probabilities by the rows.
        label_smoothing: how much of each target is spread evenly over all classes, 0 to 1.

    Raises:
        EngineError: the shapes do not fit, a class is not there, or a setting is out of range.
    """
    x, y = as_tensor(input), as_tensor(target)
    if not 0 <= label_smoothing <= 1:
        raise checks.between("cross_entropy", "label_smoothing", label_smoothing, 0, 1)
    if y._data.dtype.kind == "f":
        return _soft_cross_entropy(x, y, weight, reduction, label_smoothing)
    rows = _classes_last(x)
    sizes = rows._data.shape
    if not sizes or sizes[:-1] != y._data.shape:
        rule = Message("error.engine.rule.rows")
        raise checks.shapes("cross_entropy", x.shape, y.shape, rule)
    ordinary = weight is None and not label_smoothing and ignore_index < 0
    if ordinary and checks.all_classes(y._data, sizes[-1]):
        if reduction == "mean" and not is_recording():
            return apply(ops.MEAN_CROSS_ENTROPY, rows, y)
        return _reduce(apply(ops.CROSS_ENTROPY, rows, y), reduction, "cross_entropy")
    checks.classes("cross_entropy", y.data, rows.shape[-1], ignore_index)
    logs = log_softmax(rows, -1)
    factors = _weights(weight, rows)
    losses = apply(ops.NLL, logs, y, factors, ignore_index=ignore_index)
    if label_smoothing:
        kept = Tensor((y.data != ignore_index).astype(x.dtype))
        even = -(logs * factors).sum(-1) * kept * (label_smoothing / rows.shape[-1])
        losses = losses * (1 - label_smoothing) + even
    if reduction == "mean":
        return _reduce(losses, "sum", "cross_entropy") / _weight_of(y, factors, ignore_index)
    return _reduce(losses, reduction, "cross_entropy")


def _soft_cross_entropy(
    x: Tensor, y: Tensor, weight: TensorLike | None, reduction: Reduction, smoothing: float
) -> Tensor:
    _same("cross_entropy", x, y)
    rows, target = _classes_last(x), _classes_last(y)
    if smoothing:
        target = target * (1 - smoothing) + smoothing / rows.shape[-1]
    entries = log_softmax(rows, -1) * target
    if weight is not None:
        entries = entries * _weights(weight, rows)
    losses = -entries.sum(-1)
    if reduction == "mean":
        return _reduce(losses, "sum", "cross_entropy") / max(losses.numel(), 1)
    return _reduce(losses, reduction, "cross_entropy")
