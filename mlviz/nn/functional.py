"""What networks compute, as functions: PyTorch's `torch.nn.functional`.

What stands behind them is in `mlviz.autograd.functional`; arithmetic, sums and shapes are in
`mlviz` itself: `mlviz.add`, `mlviz.sum`, `mlviz.cat`.
"""

from mlviz.autograd.functional import (
    batch_norm,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    dropout,
    elu,
    embedding,
    gelu,
    half_squared_error,
    hardsigmoid,
    hardtanh,
    huber_loss,
    kl_div,
    l1_loss,
    layer_norm,
    leaky_relu,
    linear,
    log_softmax,
    logsigmoid,
    mse_loss,
    nll_loss,
    one_hot,
    relu,
    sigmoid,
    silu,
    smooth_l1_loss,
    softmax,
    softplus,
    tanh,
)

__all__ = [
    "linear",
    "embedding",
    "one_hot",
    "dropout",
    "layer_norm",
    "batch_norm",
    # activations
    "tanh",
    "sigmoid",
    "logsigmoid",
    "hardsigmoid",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "hardtanh",
    "softmax",
    "log_softmax",
    # losses
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "nll_loss",
    "cross_entropy",
    "kl_div",
    # not in PyTorch: the textbooks' ½ (input - target)²
    "half_squared_error",
]
