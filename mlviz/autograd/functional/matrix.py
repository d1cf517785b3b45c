"""Products of matrices and vectors."""

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor
from mlviz.i18n import Message


def matmul(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the matrix product; leading axes broadcast.

    Shapes: (…, n, k) and (…, k, m) → (…, n, m); a vector's axis is gone from the result.

    Args:
        input: (…, n, k), or (k) for a row.
        other: (…, k, m), or (k) for a column.

    Raises:
        EngineError: the lengths k differ, or an input is a single number.
    """
    x, y = as_tensor(input), as_tensor(other)
    if not x.ndim or not y.ndim or x.shape[-1] != y.shape[-2 if y.ndim > 1 else 0]:
        raise checks.shapes("matmul", x.shape, y.shape, Message("error.engine.rule.matmul"))
    return apply(ops.MATMUL, x, y)


def _product(name: str, input: TensorLike, other: TensorLike, first: int, second: int) -> Tensor:
    x, y = as_tensor(input), as_tensor(other)
    checks.ndim(name, x, first)
    checks.ndim(name, y, second)
    if name == "bmm" and x.shape[0] != y.shape[0]:
        raise checks.shapes("bmm", x.shape, y.shape, Message("error.engine.rule.matmul"))
    return matmul(x, y)


def mm(input: TensorLike, mat2: TensorLike) -> Tensor:
    """Return the product of two matrices, (n, k) and (k, m).

    Shapes: (n, k) and (k, m) → (n, m).

    Raises:
        EngineError: the shapes are others.
    """
    return _product("mm", input, mat2, 2, 2)


def mv(input: TensorLike, vec: TensorLike) -> Tensor:
    """Return the product of a matrix (n, k) and a vector (k).

    Shapes: (n, k) and (k) → (n).

    Raises:
        EngineError: the shapes are others.
    """
    return _product("mv", input, vec, 2, 1)


def dot(input: TensorLike, tensor: TensorLike) -> Tensor:
    """Return the sum of the products of two vectors' entries.

    Shapes: (n) and (n) → ().

    Raises:
        EngineError: the shapes are others.
    """
    return _product("dot", input, tensor, 1, 1)


def bmm(input: TensorLike, mat2: TensorLike) -> Tensor:
    """Return the products of two stacks of matrices, (b, n, k) and (b, k, m).

    Shapes: (b, n, k) and (b, k, m) → (b, n, m).

    Raises:
        EngineError: the shapes are others.
    """
    return _product("bmm", input, mat2, 3, 3)


def outer(input: TensorLike, vec2: TensorLike) -> Tensor:
    """Return every entry of one vector times every entry of another, (n, m).

    Shapes: (n) and (m) → (n, m).

    Raises:
        EngineError: an input is not a vector.
    """
    x, y = as_tensor(input), as_tensor(vec2)
    checks.ndim("outer", x, 1)
    checks.ndim("outer", y, 1)
    return apply(ops.OUTER, x, y)


def linear(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None) -> Tensor:
    """Return `input @ weight.T + bias`.

    Shapes: (…, in_features) → (…, out_features).

    Args:
        input: (…, in_features).
        weight: (out_features, in_features), or (in_features) for a single output.
        bias: (out_features), or one number for all; left out if None.

    Raises:
        EngineError: the features do not fit.
    """
    x, w = as_tensor(input), as_tensor(weight)
    sizes, features = x._data.shape, w._data.shape
    if not sizes or len(features) not in (1, 2) or sizes[-1] != features[-1]:
        raise checks.shapes("linear", sizes, features, Message("error.engine.rule.linear"))
    if bias is None:
        return apply(ops.MATMUL, x, w.T)
    b = as_tensor(bias)
    if len(features) == 1:
        return apply(ops.MATMUL, x, w) + b
    if b._data.shape not in ((features[0],), (1,), ()):
        raise checks.shapes("linear", features, b.shape, Message("error.engine.rule.linear"))
    return apply(ops.LINEAR, x, w, b)
