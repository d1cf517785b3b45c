"""Schedules: how the learning rate changes from epoch to epoch, as rows of text.

A schedule is made for an optimizer and stepped once an epoch, after the optimizer. What it
computes is one line over `t`, the number of steps so far, and `lr`, the rate it began with.
A `Schedule` is that line with its settings, as an update rule follows it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mlviz.autograd.expression import ROW_FUNCTIONS, Assignment, evaluate, parse_assignment
from mlviz.errors import ArgumentError

if TYPE_CHECKING:
    from mlviz.learn.optim import Optimizer

_FUNCTIONS: dict[str, Callable[..., Any]] = {**ROW_FUNCTIONS, "floor": np.floor}


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a learning rate changes.

    Attributes:
        name: PyTorch's name of it.
        line: the rule, as text and as a tree.
        settings: what the rule reads besides `t` and `lr`.
    """

    name: str
    line: Assignment
    settings: Mapping[str, float] = field(default_factory=dict)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate after `t` epochs of a schedule that began with `lr`."""
        values = {**self.settings, "lr": lr, "t": t}
        return float(evaluate(self.line.expression, values, _FUNCTIONS))


class LRScheduler:
    """What all schedules do; each of them adds its line.

    Attributes:
        line: the rule, as text and as a tree.
        settings: what the rule reads besides `t` and `lr`.
        optimizer: whose learning rates it sets.
        base_lrs: the rate of each group when the schedule was made.
        last_epoch: how many steps there were; setting it with `step(epoch)` jumps there.
    """

    line: Assignment

    def __init__(self, optimizer: "Optimizer", **settings: float) -> None:
        self.optimizer = optimizer
        self.settings: Mapping[str, float] = settings
        self.base_lrs: list[float] = [group["lr"] for group in optimizer.param_groups]
        self.last_epoch = 0

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate after `t` steps of a schedule that began with `lr`."""
        return Schedule(type(self).__name__, self.line, self.settings).rate(lr, t)

    def step(self, epoch: int | None = None) -> None:
        """Set the learning rates of the next epoch, or those of `epoch`."""
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        for base, group in zip(self.base_lrs, self.optimizer.param_groups, strict=True):
            group["lr"] = self.rate(base, self.last_epoch)

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, object]:
        """Return where the schedule stands."""
        return {"base_lrs": list(self.base_lrs), "last_epoch": self.last_epoch}

    def load_state_dict(self, state_dict: Mapping[str, object]) -> None:
        """Go to where `state_dict()` of a like schedule was."""
        self.base_lrs = [*state_dict["base_lrs"]]  # type: ignore[misc]
        self.step(int(state_dict["last_epoch"]))  # type: ignore[call-overload]


class StepLR(LRScheduler):
    """Multiplies the learning rate by `gamma` every `step_size` epochs.

    Args:
        optimizer: whose learning rates it sets.
        step_size: epochs between two falls, at least 1.
        gamma: the factor.

    Raises:
        ArgumentError: `step_size` is below 1.
    """

    line = parse_assignment("lr = lr * gamma ** floor(t / step_size)")

    def __init__(self, optimizer: "Optimizer", step_size: int, gamma: float = 0.1) -> None:
        if step_size < 1:
            raise ArgumentError.out_of_range("step_size", step_size, "≥ 1")
        super().__init__(optimizer, step_size=step_size, gamma=gamma)


class ExponentialLR(LRScheduler):
    """Multiplies the learning rate by `gamma` every epoch.

    Args:
        optimizer: whose learning rates it sets.
        gamma: the factor.
    """

    line = parse_assignment("lr = lr * gamma ** t")

    def __init__(self, optimizer: "Optimizer", gamma: float) -> None:
        super().__init__(optimizer, gamma=gamma)


class CosineAnnealingLR(LRScheduler):
    """Lets the learning rate fall along half a cosine: slowly, quickly, slowly.

    Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017.

    Args:
        optimizer: whose learning rates it sets.
        T_max: epochs until the lowest rate, at least 1; after that it rises again.
        eta_min: the lowest rate.

    Raises:
        ArgumentError: `T_max` is below 1.
    """

    line = parse_assignment("lr = eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / 2")

    def __init__(self, optimizer: "Optimizer", T_max: int, eta_min: float = 0.0) -> None:
        if T_max < 1:
            raise ArgumentError.out_of_range("T_max", T_max, "≥ 1")
        super().__init__(optimizer, T_max=T_max, eta_min=eta_min, pi=math.pi)


def step_lr(step_size: int, gamma: float = 0.1) -> Schedule:
    """Return the schedule of `StepLR`."""
    if step_size < 1:
        raise ArgumentError.out_of_range("step_size", step_size, "≥ 1")
    return Schedule("StepLR", StepLR.line, {"step_size": step_size, "gamma": gamma})


def exponential_lr(gamma: float) -> Schedule:
    """Return the schedule of `ExponentialLR`."""
    return Schedule("ExponentialLR", ExponentialLR.line, {"gamma": gamma})


def cosine_annealing_lr(T_max: int, eta_min: float = 0.0) -> Schedule:
    """Return the schedule of `CosineAnnealingLR`."""
    if T_max < 1:
        raise ArgumentError.out_of_range("T_max", T_max, "≥ 1")
    settings = {"T_max": T_max, "eta_min": eta_min, "pi": math.pi}
    return Schedule("CosineAnnealingLR", CosineAnnealingLR.line, settings)


SCHEDULES: dict[str, Callable[..., Schedule]] = {
    "step": step_lr,
    "exponential": exponential_lr,
    "cosine": cosine_annealing_lr,
}
"""Every schedule by the name a document gives it."""
