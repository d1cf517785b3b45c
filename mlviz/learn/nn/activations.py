"""Activations as modules: curves that every entry is sent through.

Shapes: any → the same. The formulas and their derivatives stand in `mlviz.autograd.ops`, what
happens at a kink too.
"""

from typing import Literal

from mlviz.autograd import Tensor, TensorLike
from mlviz.autograd import functional as F
from mlviz.learn.nn.module import Module


class _Activation(Module):
    """An activation; the names of its settings are shown with it."""

    _settings: tuple[str, ...] = ()

    def extra_repr(self) -> str:
        """Return the settings."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self._settings)


class Tanh(_Activation):
    """The hyperbolic tangent: between -1 and 1, steepest at 0.

    Shapes: any → the same.
    """

    def forward(self, input: TensorLike) -> Tensor:
        """Return `tanh(input)`."""
        return F.tanh(input)


class Sigmoid(_Activation):
    """`1 / (1 + exp(-x))`: between 0 and 1.

    Shapes: any → the same.
    """

    def forward(self, input: TensorLike) -> Tensor:
        """Return `sigmoid(input)`."""
        return F.sigmoid(input)


class LogSigmoid(_Activation):
    """`log(sigmoid(x))`, computed without overflow.

    Shapes: any → the same.
    """

    def forward(self, input: TensorLike) -> Tensor:
        """Return `log(sigmoid(input))`."""
        return F.logsigmoid(input)


class Hardsigmoid(_Activation):
    """A sigmoid of three straight pieces: 0 below -3, 1 above 3, `(x + 3) / 6` between.

    Shapes: any → the same.
    """

    def forward(self, input: TensorLike) -> Tensor:
        """Return the three pieces."""
        return F.hardsigmoid(input)


class ReLU(_Activation):
    """`max(x, 0)`; the slope at 0 is taken as 0.

    Shapes: any → the same.
    """

    def forward(self, input: TensorLike) -> Tensor:
        """Return `max(input, 0)`."""
        return F.relu(input)


class LeakyReLU(_Activation):
    """`x` above 0, `negative_slope * x` elsewhere.

    Shapes: any → the same.

    Args:
        negative_slope: the slope below 0.
    """

    _settings = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, input: TensorLike) -> Tensor:
        """Return the two pieces."""
        return F.leaky_relu(input, self.negative_slope)


class ELU(_Activation):
    """`x` above 0, `alpha * (exp(x) - 1)` elsewhere.

    Shapes: any → the same.
    Source: Clevert, Unterthiner and Hochreiter, 2016.

    Args:
        alpha: how far it falls below 0.
    """

    _settings = ("alpha",)

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, input: TensorLike) -> Tensor:
        """Return the two pieces."""
        return F.elu(input, self.alpha)


class GELU(_Activation):
    """`x` times the chance that a standard normal number is smaller than `x`.

    Shapes: any → the same.
    Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.

    Args:
        approximate: `none`, or `tanh` for the usual approximation of that chance.

    Raises:
        EngineError: when it runs, if `approximate` is neither of the two.
    """

    _settings = ("approximate",)

    def __init__(self, approximate: Literal["none", "tanh"] = "none") -> None:
        super().__init__()
        self.approximate: Literal["none", "tanh"] = approximate

    def forward(self, input: TensorLike) -> Tensor:
        """Return `gelu(input)`."""
        return F.gelu(input, approximate=self.approximate)


class SiLU(_Activation):
    """`x * sigmoid(x)`, also called swish.

    Shapes: any → the same.
    Source: Elfwing, Uchibe and Doya, Sigmoid-Weighted Linear Units, 2018.
    """

    def forward(self, input: TensorLike) -> Tensor:
        """Return `input * sigmoid(input)`."""
        return F.silu(input)


class Softplus(_Activation):
    """`log(1 + exp(beta * x)) / beta`: a ReLU without its kink.

    Shapes: any → the same.

    Args:
        beta: how sharp the bend is.
        threshold: where `beta * x` is above this, the result is `x` itself.
    """

    _settings = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: TensorLike) -> Tensor:
        """Return `softplus(input)`."""
        return F.softplus(input, self.beta, self.threshold)


class Hardtanh(_Activation):
    """`x`, cut off at `min_val` and `max_val`.

    Shapes: any → the same.

    Args:
        min_val: the smallest output.
        max_val: the largest output.
    """

    _settings = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__()
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, input: TensorLike) -> Tensor:
        """Return `input`, cut off."""
        return F.hardtanh(input, self.min_val, self.max_val)


class Softmax(_Activation):
    """Exponentials divided by their sum along an axis: shares that add up to 1.

    Shapes: any → the same.

    Args:
        dim: the axis; -1 for the last.

    Raises:
        EngineError: when it runs, if there is no such axis.
    """

    _settings = ("dim",)

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: TensorLike) -> Tensor:
        """Return `softmax(input)`."""
        return F.softmax(input, self.dim)


class LogSoftmax(_Activation):
    """The logarithm of `Softmax`, computed without overflow.

    Shapes: any → the same.
    Unit: natural logarithms.

    Args:
        dim: the axis; -1 for the last.

    Raises:
        EngineError: when it runs, if there is no such axis.
    """

    _settings = ("dim",)

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: TensorLike) -> Tensor:
        """Return `log(softmax(input))`."""
        return F.log_softmax(input, self.dim)
