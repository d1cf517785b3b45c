"""The operations as functions, with PyTorch's names, arguments and defaults.

`tanh(x)` and `x.tanh()` are the same thing. Inputs may be tensors, arrays or numbers.
What an argument of PyTorch would need and the engine does not offer is refused with an
`EngineError` that says so; it never gives another number.

In reading order: `inputs`, `elementwise`, `activation`, `matrix`, `reduce`, `shape`, `loss`,
`norm`; `checks` holds what is refused.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from mlviz.autograd.functional.activation import (
    elu,
    gelu,
    hardsigmoid,
    hardtanh,
    leaky_relu,
    logsigmoid,
    relu,
    sigmoid,
    silu,
    softplus,
    tanh,
)
from mlviz.autograd.functional.elementwise import (
    abs,
    add,
    clamp,
    cos,
    div,
    dropout,
    exp,
    log,
    log1p,
    maximum,
    minimum,
    mul,
    neg,
    pow,
    reciprocal,
    rsqrt,
    sign,
    sin,
    sqrt,
    square,
    sub,
    tan,
    total,
    where,
)
from mlviz.autograd.functional.loss import (
    Reduction,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_squared_error,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)
from mlviz.autograd.functional.matrix import (
    bmm,
    dot,
    linear,
    matmul,
    mm,
    mv,
    outer,
)
from mlviz.autograd.functional.norm import (
    batch_norm,
    layer_norm,
)
from mlviz.autograd.functional.reduce import (
    Extreme,
    amax,
    amin,
    argmax,
    argmin,
    cumsum,
    log_softmax,
    logsumexp,
    max,
    mean,
    min,
    norm,
    prod,
    softmax,
    std,
    sum,
    var,
)
from mlviz.autograd.functional.shape import (
    broadcast_to,
    cat,
    chunk,
    embedding,
    expand,
    flatten,
    gather,
    one_hot,
    permute,
    reshape,
    split,
    squeeze,
    stack,
    transpose,
    unsqueeze,
    view,
)
from mlviz.autograd.methods import Methods
from mlviz.autograd.tensor import Tensor, TensorLike

__all__ = [
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "neg",
    "abs",
    "sign",
    "square",
    "reciprocal",
    "exp",
    "log",
    "log1p",
    "sqrt",
    "rsqrt",
    "sin",
    "cos",
    "tan",
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
    "maximum",
    "minimum",
    "clamp",
    "where",
    "total",
    "dropout",
    "matmul",
    "mm",
    "mv",
    "dot",
    "bmm",
    "outer",
    "linear",
    "Extreme",
    "sum",
    "mean",
    "prod",
    "var",
    "std",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "max",
    "min",
    "norm",
    "logsumexp",
    "softmax",
    "log_softmax",
    "cumsum",
    "reshape",
    "view",
    "flatten",
    "squeeze",
    "unsqueeze",
    "transpose",
    "permute",
    "broadcast_to",
    "expand",
    "cat",
    "stack",
    "split",
    "chunk",
    "gather",
    "one_hot",
    "embedding",
    "mse_loss",
    "half_squared_error",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "kl_div",
    "nll_loss",
    "cross_entropy",
    "Reduction",
    "layer_norm",
    "batch_norm",
]

METHODS = (
    exp,
    log,
    log1p,
    sqrt,
    rsqrt,
    square,
    reciprocal,
    sin,
    cos,
    tan,
    tanh,
    sigmoid,
    relu,
    add,
    sub,
    mul,
    div,
    pow,
    neg,
    abs,
    sign,
    maximum,
    minimum,
    clamp,
    matmul,
    mm,
    mv,
    dot,
    outer,
    bmm,
    sum,
    mean,
    prod,
    max,
    min,
    amax,
    amin,
    argmax,
    argmin,
    var,
    std,
    cumsum,
    norm,
    logsumexp,
    softmax,
    log_softmax,
    flatten,
    transpose,
    squeeze,
    unsqueeze,
    broadcast_to,
    chunk,
    gather,
)
"""What is a method of a tensor too: `x.tanh()` is `tanh(x)`."""

for _function in METHODS:
    setattr(Methods, _function.__name__, _function)


def _sized(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    @wraps(function)
    def method(self: Tensor, *sizes: Any, **named: Any) -> Tensor:
        if named:
            return function(self, *sizes, **named)
        one_by_one = len(sizes) != 1 or isinstance(sizes[0], int)
        return function(self, sizes if one_by_one else sizes[0])

    return method


# As methods these take their sizes one by one or as one tuple: `x.reshape(2, -1)`.
for _shaper in (reshape, view, permute, expand):
    setattr(Methods, _shaper.__name__, _sized(_shaper))


setattr(Methods, "__abs__", abs)  # noqa: B010 (type checkers see `methods`)


# In these two PyTorch's methods have other arguments than its functions.
def _where(self: Tensor, condition: Any, other: TensorLike) -> Tensor:
    """Return the tensor's entries where `condition` is true, and those of `other` elsewhere.

    Shapes: any three that broadcast → the broadcast one. See `functional.where`.
    """
    return where(condition, self, other)


def _split(self: Tensor, split_size: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Return pieces of the tensor, one after the other along `dim`.

    Shapes: any → the same, but for the size of `dim`. See `functional.split`.
    """
    return split(self, split_size, dim)


setattr(Methods, "where", _where)  # noqa: B010
setattr(Methods, "split", _split)  # noqa: B010
