"""What keeps a network from learning by heart: dropout, normalisation, penalties."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import DTypeLike

from mlviz.autograd import Array, Tensor, TensorLike, as_tensor
from mlviz.autograd import functional as F
from mlviz.errors import ArgumentError
from mlviz.learn.nn.init import Random
from mlviz.learn.nn.module import Buffer, Module, Parameter


class Dropout(Module):
    """In training, sets entries to 0 at random and scales the others up; else does nothing.

    Shapes: any → the same.
    Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from
    Overfitting, 2014.

    Args:
        p: the chance of an entry to be dropped, 0 … 1.
        generator: where the chance comes from; a NumPy generator or a seed, of its own.

    Attributes:
        mask: which entries the last forward pass kept; None if it dropped none.

    Raises:
        ArgumentError: `p` is out of range.
    """

    def __init__(self, p: float = 0.5, *, generator: Random = None) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ArgumentError.out_of_range("p", p, "0 … 1")
        self.p = p
        self.generator = np.random.default_rng(generator)
        self.mask: Array | None = None

    def forward(self, input: TensorLike) -> Tensor:
        """Return `input` with entries dropped."""
        x = as_tensor(input)
        self.mask = None
        if self.training:
            self.mask = self.generator.random(x.shape) >= self.p
        return F.dropout(x, self.p, self.training, mask=self.mask)

    def extra_repr(self) -> str:
        """Return the chance."""
        return f"p={self.p}"


class LayerNorm(Module):
    """Gives every row mean 0 and variance 1, then scales and shifts each feature.

    Shapes: (…, *normalized_shape) → the same.
    Source: Ba, Kiros and Hinton, Layer Normalization, 2016.

    Args:
        normalized_shape: sizes of the last axes, which are normalised together.
        eps: added to the variance, so that nothing is divided by 0.
        elementwise_affine: whether each feature is scaled (and shifted) afterwards.
        bias: whether it is shifted too.
        dtype: type of an entry; float64 if not given.

    Attributes:
        weight: the factors, first 1; None without `elementwise_affine`.
        bias: the shifts, first 0; or None.

    Raises:
        EngineError: when it runs, if the last axes have other sizes.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        shape = normalized_shape
        self.normalized_shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        scaled, shifted = elementwise_affine, elementwise_affine and bias
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if scaled else None
        self.bias = Parameter(np.zeros(self.normalized_shape, dtype)) if shifted else None

    def forward(self, input: TensorLike) -> Tensor:
        """Return `input`, normalised."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        affine, bias = self.elementwise_affine, self.bias is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}, bias={bias}"


class BatchNorm1d(Module):
    """Gives every feature mean 0 and variance 1 over the batch, then scales and shifts it.

    In use (`eval()`) the running mean and variance of training take the batch's place.

    Shapes: (rows, features) or (rows, features, length) → the same.
    Source: Ioffe and Szegedy, Batch Normalization, 2015.

    Args:
        num_features: how many features there are.
        eps: added to the variance, so that nothing is divided by 0.
        momentum: how much of a batch goes into the running statistics; None for their plain
            mean over all batches.
        affine: whether each feature is scaled and shifted afterwards.
        track_running_stats: whether running statistics are kept; if not, a batch's own are
            used always.
        dtype: type of an entry; float64 if not given.

    Attributes:
        weight: the factors, first 1; or None.
        bias: the shifts, first 0; or None.
        running_mean: first 0; or None.
        running_var: first 1; the unbiased variance; or None.
        num_batches_tracked: how many batches went into them; or None.

    Raises:
        ArgumentError: there is no feature, or when it runs, if the shape does not fit.
        EngineError: when it runs in training, if there is a single value for each feature.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        if num_features < 1:
            raise ArgumentError.out_of_range("num_features", num_features, "≥ 1")
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        zeros, ones = np.zeros(num_features, dtype), np.ones(num_features, dtype)
        self.weight = Parameter(ones.copy()) if affine else None
        self.bias = Parameter(zeros.copy()) if affine else None
        self.running_mean = Buffer(zeros) if track_running_stats else None
        self.running_var = Buffer(ones) if track_running_stats else None
        self.num_batches_tracked = Buffer(0) if track_running_stats else None

    def forward(self, input: TensorLike) -> Tensor:
        """Return `input`, normalised."""
        x = as_tensor(input)
        if x.ndim not in (2, 3):
            raise ArgumentError.out_of_range("input.ndim", x.ndim, "2, 3")
        if x.shape[1] != self.num_features:
            raise ArgumentError.out_of_range("input.shape[1]", x.shape[1], f"{self.num_features}")
        share = self.momentum or 0.0
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.data[...] += 1
            if self.momentum is None:
                share = 1.0 / int(self.num_batches_tracked.item())
        return F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            share,
            self.eps,
        )

    def extra_repr(self) -> str:
        """Return the settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, track_running_stats={self.track_running_stats}"
        )


def l1_penalty(parameters: Iterable[Tensor], strength: float) -> Tensor:
    """Return `strength * Σ|p|`, to be added to a loss: pulls every entry to 0 alike.

    Shapes: any → ().

    Args:
        parameters: the tensors to keep small.
        strength: how much they cost, in the unit of the loss.

    Raises:
        EngineError: there are no parameters.
    """
    return F.total(*(F.sum(F.abs(p)) for p in parameters)) * strength


def l2_penalty(parameters: Iterable[Tensor], strength: float) -> Tensor:
    """Return `strength / 2 * Σp²`, to be added to a loss: pulls large entries hardest.

    With the ½ its gradient is `strength * p`: what `weight_decay` adds in an optimizer.

    Shapes: any → ().

    Args:
        parameters: the tensors to keep small.
        strength: how much they cost, in the unit of the loss.

    Raises:
        EngineError: there are no parameters.
    """
    return F.total(*(F.sum(F.square(p)) for p in parameters)) * (strength / 2)
