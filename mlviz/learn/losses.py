"""Losses by name, each with its reduction; the entries and the result are both recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mlviz.autograd import Tensor, functional
from mlviz.i18n import Message

LOSSES: dict[str, Callable[..., Tensor]] = {
    "mse_loss": functional.mse_loss,
    "half_squared_error": functional.half_squared_error,
    "l1_loss": functional.l1_loss,
    "huber_loss": functional.huber_loss,
    "cross_entropy": functional.cross_entropy,
    "binary_cross_entropy_with_logits": functional.binary_cross_entropy_with_logits,
    "binary_cross_entropy": functional.binary_cross_entropy,
}
"""Every loss by name, as functions of output, target and reduction."""

REDUCTIONS: dict[str, str] = {
    "mse_loss": "mean",
    "half_squared_error": "sum",
    "l1_loss": "mean",
    "huber_loss": "mean",
    "cross_entropy": "mean",
    "binary_cross_entropy_with_logits": "mean",
    "binary_cross_entropy": "mean",
}
"""The reduction that each loss has unless another is asked for."""

_CONVENTIONS = {
    ("mse_loss", "mean"): "loss.mse.mean",
    ("mse_loss", "sum"): "loss.mse.sum",
    ("half_squared_error", "mean"): "loss.half.mean",
    ("half_squared_error", "sum"): "loss.half.sum",
    ("l1_loss", "mean"): "loss.l1.mean",
    ("l1_loss", "sum"): "loss.l1.sum",
    ("huber_loss", "mean"): "loss.huber.mean",
    ("huber_loss", "sum"): "loss.huber.sum",
    ("cross_entropy", "mean"): "loss.cross_entropy.mean",
    ("cross_entropy", "sum"): "loss.cross_entropy.sum",
    ("binary_cross_entropy_with_logits", "mean"): "loss.binary_logits.mean",
    ("binary_cross_entropy_with_logits", "sum"): "loss.binary_logits.sum",
    ("binary_cross_entropy", "mean"): "loss.binary.mean",
    ("binary_cross_entropy", "sum"): "loss.binary.sum",
}


@dataclass(frozen=True, slots=True)
class LossSpec:
    """Which loss, and how its entries become one number.

    Attributes:
        name: a key of `LOSSES`.
        reduction: `mean` or `sum`.
        entry_names: what the single entries are called; empty when nobody named them.
    """

    name: str
    reduction: Literal["mean", "sum"] = "mean"
    entry_names: tuple[str, ...] = ()

    @property
    def of_classes(self) -> bool:
        """Whether targets are class indices, one integer a row."""
        return self.name == "cross_entropy"

    @property
    def of_two_classes(self) -> bool:
        """Whether targets are 0 or 1, one for each output."""
        return self.name.startswith("binary")

    @property
    def of_logits(self) -> bool:
        """Whether the output is a logit, so that the last layer has no activation."""
        return self.of_classes or self.name == "binary_cross_entropy_with_logits"

    def entries(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the loss of every entry, before the reduction."""
        return LOSSES[self.name](output, target, reduction="none")

    def reduced(self, entries: Tensor) -> Tensor:
        """Return the entries' mean or sum: the number that is differentiated."""
        return entries.mean() if self.reduction == "mean" else entries.sum()

    def convention(self) -> Message:
        """Return the loss with its convention: ½ or not, mean or sum."""
        return Message(_CONVENTIONS[self.name, self.reduction])
