"""The operations as functions, with PyTorch's names.

`tanh(x)` and `x.tanh()` are the same thing. Inputs may be tensors, arrays or numbers.
"""

from typing import Literal

from mlviz.autograd import ops
from mlviz.autograd.tensor import Dims, Tensor, TensorLike, apply, as_tensor

Reduction = Literal["none", "mean", "sum"]


def add(input: TensorLike, other: TensorLike) -> Tensor:
    """Return `input + other`, broadcast."""
    return apply(ops.ADD, as_tensor(input), as_tensor(other))


def sub(input: TensorLike, other: TensorLike) -> Tensor:
    """Return `input - other`, broadcast."""
    return apply(ops.SUB, as_tensor(input), as_tensor(other))


def mul(input: TensorLike, other: TensorLike) -> Tensor:
    """Return `input * other`, broadcast."""
    return apply(ops.MUL, as_tensor(input), as_tensor(other))


def div(input: TensorLike, other: TensorLike) -> Tensor:
    """Return `input / other`, broadcast."""
    return apply(ops.DIV, as_tensor(input), as_tensor(other))


def pow(input: TensorLike, exponent: TensorLike) -> Tensor:
    """Return `input ** exponent`, broadcast."""
    return apply(ops.POW, as_tensor(input), as_tensor(exponent))


def neg(input: TensorLike) -> Tensor:
    """Return `-input`."""
    return apply(ops.NEG, as_tensor(input))


def abs(input: TensorLike) -> Tensor:
    """Return the absolute value; its slope at 0 is taken as 0."""
    return apply(ops.ABS, as_tensor(input))


def exp(input: TensorLike) -> Tensor:
    """Return e to the power of every entry."""
    return apply(ops.EXP, as_tensor(input))


def log(input: TensorLike) -> Tensor:
    """Return the natural logarithm."""
    return apply(ops.LOG, as_tensor(input))


def sqrt(input: TensorLike) -> Tensor:
    """Return the square root."""
    return apply(ops.SQRT, as_tensor(input))


def square(input: TensorLike) -> Tensor:
    """Return `input ** 2`."""
    return apply(ops.SQUARE, as_tensor(input))


def sin(input: TensorLike) -> Tensor:
    """Return the sine of an angle in radians."""
    return apply(ops.SIN, as_tensor(input))


def cos(input: TensorLike) -> Tensor:
    """Return the cosine of an angle in radians."""
    return apply(ops.COS, as_tensor(input))


def tanh(input: TensorLike) -> Tensor:
    """Return the hyperbolic tangent."""
    return apply(ops.TANH, as_tensor(input))


def sigmoid(input: TensorLike) -> Tensor:
    """Return 1 / (1 + exp(-input)), computed without overflow."""
    return apply(ops.SIGMOID, as_tensor(input))


def relu(input: TensorLike) -> Tensor:
    """Return max(input, 0); its slope at 0 is taken as 0."""
    return apply(ops.RELU, as_tensor(input))


def maximum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the larger of two, entry by entry; equal ones share the gradient half and half."""
    return apply(ops.MAXIMUM, as_tensor(input), as_tensor(other))


def minimum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the smaller of two, entry by entry; equal ones share the gradient half and half."""
    return apply(ops.MINIMUM, as_tensor(input), as_tensor(other))


def total(*terms: TensorLike) -> Tensor:
    """Return the sum of tensors of one shape, as one operation with an edge for each term."""
    return apply(ops.TOTAL, *(as_tensor(term) for term in terms))


def matmul(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the matrix product; leading axes broadcast."""
    return apply(ops.MATMUL, as_tensor(input), as_tensor(other))


def linear(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None) -> Tensor:
    """Return `input @ weight.T + bias`.

    Args:
        input: (…, in_features).
        weight: (out_features, in_features).
        bias: (out_features), or one number for all; left out if None.
    """
    if bias is None:
        weights = as_tensor(weight)
        return matmul(input, weights.T)
    return apply(ops.LINEAR, as_tensor(input), as_tensor(weight), as_tensor(bias))


def sum(input: TensorLike, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Add up the entries, all of them or along the axes `dim`."""
    return as_tensor(input).sum(dim, keepdim)


def mean(input: TensorLike, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Average the entries, all of them or along the axes `dim`."""
    return as_tensor(input).mean(dim, keepdim)


def softmax(input: TensorLike, dim: int) -> Tensor:
    """Return exponentials divided by their sum along axis `dim`."""
    return as_tensor(input).softmax(dim)


def log_softmax(input: TensorLike, dim: int) -> Tensor:
    """Return the logarithm of `softmax` along axis `dim`, computed without overflow."""
    return as_tensor(input).log_softmax(dim)


def _reduce(losses: Tensor, reduction: Reduction) -> Tensor:
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


def mse_loss(input: TensorLike, target: TensorLike, reduction: Reduction = "mean") -> Tensor:
    """Return the squared error `(input - target)²`, reduced; no factor ½."""
    losses = apply(ops.SQUARED_ERROR, as_tensor(input), as_tensor(target))
    return _reduce(losses, reduction)


def half_squared_error(
    input: TensorLike, target: TensorLike, reduction: Reduction = "sum"
) -> Tensor:
    """Return `½ (input - target)²`, reduced: the convention of many textbooks."""
    losses = apply(ops.HALF_SQUARED_ERROR, as_tensor(input), as_tensor(target))
    return _reduce(losses, reduction)


def cross_entropy(input: TensorLike, target: TensorLike, reduction: Reduction = "mean") -> Tensor:
    """Return -log softmax(input)[target], reduced.

    Args:
        input: logits, (rows, classes).
        target: class indices, (rows), integers from 0.
        reduction: `none`, `mean` or `sum` over the rows.
    """
    losses = apply(ops.CROSS_ENTROPY, as_tensor(input), as_tensor(target))
    return _reduce(losses, reduction)
