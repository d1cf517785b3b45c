"""Schedules of the learning rate, as in PyTorch's `torch.optim.lr_scheduler`."""

from mlviz.learn.schedules import CosineAnnealingLR, ExponentialLR, LRScheduler, StepLR

__all__ = [
    "LRScheduler",
    "StepLR",
    "ExponentialLR",
    "CosineAnnealingLR",
]
