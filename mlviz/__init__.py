"""MLViz: see a gradient being computed.

The names below read like PyTorch's: `mlviz.tensor`, `mlviz.relu`, `mlviz.nn.Linear`,
`mlviz.nn.functional.cross_entropy`, `mlviz.optim.Adam`; `mlviz.data` has sets to learn from.
They are loaded when they are first used, so that `import mlviz` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlviz import autograd, data, nn, optim
    from mlviz.autograd import (
        Tape,
        Tensor,
        enable_grad,
        gradcheck,
        is_grad_enabled,
        no_grad,
        record,
        set_grad_enabled,
        tensor,
    )
    from mlviz.autograd.functional import (
        abs,
        add,
        amax,
        amin,
        argmax,
        argmin,
        bmm,
        broadcast_to,
        cat,
        chunk,
        clamp,
        cos,
        cumsum,
        div,
        dot,
        dropout,
        exp,
        flatten,
        gather,
        log,
        log1p,
        log_softmax,
        logsumexp,
        matmul,
        max,
        maximum,
        mean,
        min,
        minimum,
        mm,
        mul,
        mv,
        neg,
        norm,
        outer,
        permute,
        pow,
        prod,
        reciprocal,
        relu,
        reshape,
        rsqrt,
        sigmoid,
        sign,
        sin,
        softmax,
        split,
        sqrt,
        square,
        squeeze,
        stack,
        std,
        sub,
        sum,
        tan,
        tanh,
        transpose,
        unsqueeze,
        var,
        where,
    )
    from mlviz.errors import MLVizError

__version__ = "0.1.0"

__all__ = [
    # tensors and gradients
    "tensor",
    "Tensor",
    "no_grad",
    "enable_grad",
    "set_grad_enabled",
    "is_grad_enabled",
    "gradcheck",
    # the recording that everything on screen is made from
    "record",
    "Tape",
    # networks, training, data
    "nn",
    "optim",
    "data",
    "autograd",
    # entry by entry
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
    "relu",
    "maximum",
    "minimum",
    "clamp",
    "where",
    "dropout",
    # products of vectors and matrices
    "matmul",
    "mm",
    "mv",
    "dot",
    "bmm",
    "outer",
    # many entries to one
    "sum",
    "mean",
    "prod",
    "var",
    "std",
    "max",
    "min",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "norm",
    "logsumexp",
    "softmax",
    "log_softmax",
    "cumsum",
    # moving entries about
    "reshape",
    "flatten",
    "squeeze",
    "unsqueeze",
    "transpose",
    "permute",
    "broadcast_to",
    "cat",
    "stack",
    "split",
    "chunk",
    "gather",
    # what can go wrong
    "MLVizError",
]

_FOLDERS = ("autograd", "data", "nn", "optim")
_HOMES = ("mlviz.autograd", "mlviz.autograd.functional", "mlviz.errors")


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name in _FOLDERS:
        return import_module(f"mlviz.{name}")
    if name in __all__:
        for home in _HOMES:
            module = import_module(home)
            if hasattr(module, name):
                # Found without this function from now on.
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})
