"""The affine layer."""

import math

import numpy as np
from numpy.typing import DTypeLike

from mlviz.autograd import Tensor, TensorLike
from mlviz.autograd import functional as F
from mlviz.errors import ArgumentError
from mlviz.learn.nn import init
from mlviz.learn.nn.module import Module, Parameter


class Linear(Module):
    """`input @ weight.T + bias`: every output is a weighted sum of all inputs.

    Shapes: input (…, in_features) → output (…, out_features).

    Args:
        in_features: how many numbers come in, at least 1.
        out_features: how many go out, at least 1.
        bias: whether a number is added to each output.
        dtype: type of an entry; float64 if not given.
        generator: where the first weights come from: uniform in ±1/√in_features, as in
            PyTorch; a NumPy generator or a seed.

    Attributes:
        weight: (out_features, in_features).
        bias: (out_features), or None.

    Raises:
        ArgumentError: a count is below 1.
        EngineError: when it runs, if the input has other features.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: DTypeLike = np.float64,
        generator: init.Random = None,
    ) -> None:
        super().__init__()
        for name, count in (("in_features", in_features), ("out_features", out_features)):
            if count < 1:
                raise ArgumentError.out_of_range(name, count, "≥ 1")
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(np.zeros((out_features, in_features), dtype))
        self.bias = Parameter(np.zeros(out_features, dtype)) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: init.Random = None) -> None:
        """Choose the weights and biases anew."""
        numbers = np.random.default_rng(generator)
        init.kaiming_uniform_(self.weight, a=math.sqrt(5), generator=numbers)
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            init.uniform_(self.bias, -bound, bound, numbers)

    def forward(self, input: TensorLike) -> Tensor:
        """Return `input @ weight.T + bias`."""
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return the sizes."""
        bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={bias}"


class Identity(Module):
    """Gives back its input; a place holder. Any arguments are accepted and ignored.

    Shapes: any → the same.
    """

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def forward(self, input: TensorLike) -> TensorLike:
        """Return `input` itself."""
        return input


class Flatten(Module):
    """Joins the axes `start_dim` to `end_dim` into one.

    Shapes: input (N, a, b, …) → output (N, a·b·…) with the usual arguments.

    Raises:
        EngineError: when it runs, if the input has no such axis.
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Return the same entries with fewer axes."""
        return F.flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Return the axes."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
