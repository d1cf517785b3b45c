"""Modules and losses, as in PyTorch's `torch.nn`: the public names, in one list.

What stands behind them is in `mlviz.learn.nn`.
"""

from mlviz.learn.nn.activations import (
    ELU,
    GELU,
    Hardsigmoid,
    Hardtanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from mlviz.learn.nn.containers import ModuleList, Sequential
from mlviz.learn.nn.linear import Flatten, Identity, Linear
from mlviz.learn.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from mlviz.learn.nn.module import Buffer, Module, Parameter
from mlviz.learn.nn.regularization import (
    BatchNorm1d,
    Dropout,
    LayerNorm,
    l1_penalty,
    l2_penalty,
)
from mlviz.nn import functional, init

__all__ = [
    # what modules are made of
    "Module",
    "Parameter",
    "Buffer",
    "Sequential",
    "ModuleList",
    # layers
    "Linear",
    "Identity",
    "Flatten",
    "Dropout",
    "LayerNorm",
    "BatchNorm1d",
    # activations
    "Tanh",
    "Sigmoid",
    "LogSigmoid",
    "Hardsigmoid",
    "ReLU",
    "LeakyReLU",
    "ELU",
    "GELU",
    "SiLU",
    "Softplus",
    "Hardtanh",
    "Softmax",
    "LogSoftmax",
    # losses
    "MSELoss",
    "L1Loss",
    "SmoothL1Loss",
    "HuberLoss",
    "BCELoss",
    "BCEWithLogitsLoss",
    "NLLLoss",
    "CrossEntropyLoss",
    "KLDivLoss",
    # not in PyTorch: the penalties of L1 and L2, to be added to a loss
    "l1_penalty",
    "l2_penalty",
    # more
    "functional",
    "init",
]
