"""Losses as modules: one number that says how wrong the outputs are.

`reduction` says how the losses of single entries or rows become one: `mean` (divided by
their number), `sum`, or `none`: they stay apart.
"""

from typing import Literal

from mlviz.autograd import Tensor, TensorLike
from mlviz.autograd import functional as F
from mlviz.autograd.functional import Reduction
from mlviz.learn.nn.module import Buffer, Module


def _buffer(weight: TensorLike | None) -> Buffer | None:
    if weight is None:
        return None
    return Buffer(weight.data if isinstance(weight, Tensor) else weight)


class MSELoss(Module):
    """Squared error `(input - target)²`; no factor ½.

    Shapes: input and target alike → (), or the same with `reduction` `none`.

    Args:
        reduction: `mean`, `sum` or `none`.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(self, *, reduction: Reduction = "mean") -> None:
        super().__init__()
        self.reduction: Reduction = reduction

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.mse_loss(input, target, self.reduction)


class L1Loss(Module):
    """Absolute error `|input - target|`.

    Shapes: input and target alike → (), or the same with `reduction` `none`.

    Args:
        reduction: `mean`, `sum` or `none`.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(self, *, reduction: Reduction = "mean") -> None:
        super().__init__()
        self.reduction: Reduction = reduction

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.l1_loss(input, target, self.reduction)


class SmoothL1Loss(Module):
    """Squared error (times ½/beta) where it is below `beta`, `|error| - beta/2` elsewhere.

    Shapes: input and target alike → (), or the same with `reduction` `none`.
    Source: Girshick, Fast R-CNN, 2015.

    Args:
        reduction: `mean`, `sum` or `none`.
        beta: the error at which the curve becomes a line, in the unit of the target.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(self, *, reduction: Reduction = "mean", beta: float = 1.0) -> None:
        super().__init__()
        self.reduction: Reduction = reduction
        self.beta = beta

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.smooth_l1_loss(input, target, self.reduction, self.beta)


class HuberLoss(Module):
    """Half the squared error up to `delta`, `delta * (|error| - delta/2)` above.

    Shapes: input and target alike → (), or the same with `reduction` `none`.
    Source: Huber, Robust Estimation of a Location Parameter, 1964.

    Args:
        reduction: `mean`, `sum` or `none`.
        delta: the error at which the curve becomes a line, in the unit of the target.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(self, *, reduction: Reduction = "mean", delta: float = 1.0) -> None:
        super().__init__()
        self.reduction: Reduction = reduction
        self.delta = delta

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.huber_loss(input, target, self.reduction, self.delta)


class BCELoss(Module):
    """Cross-entropy of yes and no, from probabilities (what a sigmoid gives).

    Shapes: input and target alike, both 0 … 1 → ().
    Unit: nats (natural logarithms).

    Args:
        weight: factors for the losses, that broadcast.
        reduction: `mean`, `sum` or `none`.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(self, weight: TensorLike | None = None, *, reduction: Reduction = "mean") -> None:
        super().__init__()
        self.weight = _buffer(weight)
        self.reduction: Reduction = reduction

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.binary_cross_entropy(input, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Module):
    """Cross-entropy of yes and no, from logits: the sigmoid is in it, without overflow.

    Shapes: input and target alike, targets 0 … 1 → ().
    Unit: nats (natural logarithms).

    Args:
        weight: factors for the losses, that broadcast.
        reduction: `mean`, `sum` or `none`.
        pos_weight: factors for the losses of a yes.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(
        self,
        weight: TensorLike | None = None,
        *,
        reduction: Reduction = "mean",
        pos_weight: TensorLike | None = None,
    ) -> None:
        super().__init__()
        self.weight = _buffer(weight)
        self.pos_weight = _buffer(pos_weight)
        self.reduction: Reduction = reduction

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, self.reduction, self.pos_weight
        )


class NLLLoss(Module):
    """Minus the log-probability of the right class, from log-probabilities (`LogSoftmax`).

    Shapes: input (rows, classes), target (rows) class numbers → ().
    Unit: nats (natural logarithms).

    Args:
        weight: a factor for each class.
        ignore_index: a class number whose rows do not count.
        reduction: `mean` (divided by the weights of the targets), `sum` or `none`.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(
        self,
        weight: TensorLike | None = None,
        *,
        ignore_index: int = -100,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__()
        self.weight = _buffer(weight)
        self.ignore_index = ignore_index
        self.reduction: Reduction = reduction

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class CrossEntropyLoss(Module):
    """Minus the log-probability of the right class, from logits: the softmax is in it.

    Shapes: input (rows, classes), target (rows) class numbers, or (rows, classes)
    probabilities → ().
    Unit: nats (natural logarithms).

    Args:
        weight: a factor for each class.
        ignore_index: a class number whose rows do not count.
        reduction: `mean` (divided by the weights of the targets), `sum` or `none`.
        label_smoothing: how much of each target is spread evenly over all classes, 0 … 1.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(
        self,
        weight: TensorLike | None = None,
        *,
        ignore_index: int = -100,
        reduction: Reduction = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.weight = _buffer(weight)
        self.ignore_index = ignore_index
        self.reduction: Reduction = reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.cross_entropy(
            input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


class KLDivLoss(Module):
    """How far the target's probabilities are from the input's: `target * (log target - input)`.

    Shapes: input (log-probabilities) and target (probabilities) alike → ().
    Unit: nats (natural logarithms).
    Source: Kullback and Leibler, On Information and Sufficiency, 1951.

    Args:
        reduction: `mean` (over all entries), `batchmean` (over the rows: what mathematics
            means by it), `sum` or `none`.
        log_target: whether the targets are log-probabilities too.

    Raises:
        EngineError: when it runs, if shapes do not fit or a setting is not known.
    """

    def __init__(
        self,
        *,
        reduction: Literal["none", "mean", "sum", "batchmean"] = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__()
        self.reduction: Literal["none", "mean", "sum", "batchmean"] = reduction
        self.log_target = log_target

    def forward(self, input: TensorLike, target: TensorLike) -> Tensor:
        """Return the loss."""
        return F.kl_div(input, target, self.reduction, self.log_target)
