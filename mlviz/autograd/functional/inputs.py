"""What the functions were given, as tensors of the types that they compute with."""

import numpy as np

from mlviz.autograd.tensor import Tensor, TensorLike, as_tensor, operand


def both(input: TensorLike, other: TensorLike) -> tuple[Tensor, Tensor]:
    """Return two inputs as tensors; a Python number takes the type of what it meets.

    Shapes: any two → the same.
    """
    if not isinstance(input, Tensor):
        second = as_tensor(other)
        return operand(input, second), second
    return input, operand(other, input)


def floats(input: TensorLike) -> Tensor:
    """Return `input` as floats: what is computed of whole numbers need not be whole.

    Shapes: any → the same.
    """
    x = as_tensor(input)
    return x if x._data.dtype.kind == "f" else Tensor(x.data.astype(np.float64))


def not_unsigned(input: TensorLike) -> Tensor:
    """Return `input`, unsigned whole numbers as signed ones: what they add up to is signed.

    Shapes: any → the same.
    """
    x = as_tensor(input)
    return Tensor(x.data.astype(np.int64)) if x._data.dtype.kind == "u" else x
