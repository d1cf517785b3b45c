"""When a run stops by itself, and why it did."""

from dataclasses import dataclass

from mlviz.i18n import Message


@dataclass(frozen=True, slots=True)
class StopRules:
    """When a run stops; what is None never stops it.

    Attributes:
        iterations: after so many.
        epochs: after so many passes over the data.
        loss_below: when the loss of all training rows is measured below this.
        patience: early stopping: when so many measurements in a row did not lower the
            validation loss; without validation rows the training loss.
        min_delta: by how much a measurement must be lower to count.
        restore_best: whether early stopping goes back to where that loss was lowest.
    """

    iterations: int | None = None
    epochs: int | None = None
    loss_below: float | None = None
    patience: int | None = None
    min_delta: float = 0.0
    restore_best: bool = True


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a run stopped.

    Attributes:
        rule: the name of the rule, a field of `StopRules`, or `not_finite`.
        reason: in words.
        iteration: the last one that was done; if a number was not finite, the one that made
            the first such number: it still starts with finite parameters.
    """

    rule: str
    reason: Message
    iteration: int


class Patience:
    """Early stopping: how long it is since a loss was lowest.

    Args:
        patience: measurements without a lower loss after which it is over.
        min_delta: by how much a loss must be lower to count.

    Attributes:
        waited: measurements since the lowest.
        lowest: the lowest loss that counted.
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        self.patience = patience
        self.min_delta = min_delta
        self.waited = 0
        self.lowest = float("inf")

    def is_over(self, loss: float) -> bool:
        """Take a measurement; return whether there were enough that did not lower the loss."""
        if loss < self.lowest - self.min_delta:
            self.lowest = loss
            self.waited = 0
            return False
        self.waited += 1
        return self.waited >= self.patience
