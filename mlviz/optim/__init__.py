"""Optimizers, as in PyTorch's `torch.optim`: the public names, in one list.

What stands behind them is in `mlviz.learn.optim`, and their rules in `mlviz.learn.rules`.
"""

from mlviz.learn.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from mlviz.optim import lr_scheduler

__all__ = [
    "Optimizer",
    "SGD",
    "Adam",
    "AdamW",
    "RMSprop",
    "Adagrad",
    "lr_scheduler",
]
