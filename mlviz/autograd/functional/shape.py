"""Numbers moved about: shapes, axes, joining, splitting, and choosing by index."""

import builtins
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from mlviz.autograd import ops
from mlviz.autograd.functional import checks
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor
from mlviz.errors import EngineError
from mlviz.i18n import Message

# --- Shapes ----------------------------------------------------------------------------------


def reshape(input: TensorLike, shape: Sequence[int]) -> Tensor:
    """Return the same entries in another shape; one size may be -1.

    Shapes: any → `shape`, of as many entries.

    Raises:
        EngineError: the number of entries differs.
    """
    return apply(ops.RESHAPE, as_tensor(input), shape=tuple(shape))


def view(input: Tensor, size: Sequence[int]) -> Tensor:
    """Return the same memory in another shape.

    Shapes: any → `size`, of as many entries.

    Raises:
        EngineError: the entries do not lie in memory as the size needs it.
    """
    memory = input.data
    out = reshape(input, size)
    if out.numel() and not np.shares_memory(out.data, memory):
        raise EngineError(
            Message("error.engine.view", found=str(input.shape), wanted=str(tuple(size)))
        )
    return out


def flatten(input: TensorLike, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Return the axes `start_dim` to `end_dim` as one.

    Shapes: (a, b, c, …) → (a·b·c·…); only the axes chosen are joined.

    Raises:
        EngineError: an axis is out of range, or `start_dim` comes after `end_dim`.
    """
    x = as_tensor(input)
    first = checks.axis("flatten", start_dim, x.shape)
    last = checks.axis("flatten", end_dim, x.shape)
    if first > last:
        raise EngineError(Message("error.engine.flatten", start=start_dim, end=end_dim))
    middle = math.prod(x.shape[first : last + 1])
    return reshape(x, (*x.shape[:first], middle, *x.shape[last + 1 :]))


def squeeze(input: TensorLike, dim: int | Sequence[int] | None = None) -> Tensor:
    """Return the tensor without its axes of size 1, or without those of `dim` that are.

    Shapes: (a, 1, b) → (a, b).

    Raises:
        EngineError: an axis is out of range.
    """
    x = as_tensor(input)
    axes = checks.axes("squeeze", dim, x.shape) if dim is not None else range(x.ndim)
    gone = {axes} if isinstance(axes, int) else builtins.set(axes or ())
    return reshape(x, [n for k, n in enumerate(x.shape) if n != 1 or k not in gone])


def unsqueeze(input: TensorLike, dim: int) -> Tensor:
    """Return the tensor with a new axis of size 1 at `dim`.

    Shapes: (a, b) → (1, a, b) for `dim` 0.

    Raises:
        EngineError: an axis is out of range.
    """
    x = as_tensor(input)
    place = checks.axis("unsqueeze", dim, (*x.shape, 1))
    return reshape(x, (*x.shape[:place], 1, *x.shape[place:]))


def transpose(input: TensorLike, dim0: int, dim1: int) -> Tensor:
    """Swap two axes.

    Shapes: (a, b, c) → (c, b, a) for axes 0 and 2.

    Raises:
        EngineError: an axis is out of range.
    """
    x = as_tensor(input)
    first = checks.axis("transpose", dim0, x.shape)
    second = checks.axis("transpose", dim1, x.shape)
    dims = list(range(x.ndim))
    if dims:
        dims[first], dims[second] = dims[second], dims[first]
    return apply(ops.PERMUTE, x, dims=tuple(dims))


def permute(input: TensorLike, dims: Sequence[int]) -> Tensor:
    """Return the tensor with its axes in the order `dims`.

    Shapes: (a, b, c) → (c, a, b) for `dims` (2, 0, 1).

    Raises:
        EngineError: `dims` does not name every axis once.
    """
    x = as_tensor(input)
    order = tuple(checks.axis("permute", dim, x.shape) for dim in dims)
    if sorted(order) != list(range(x.ndim)):
        raise EngineError(Message("error.engine.permute", dims=str(order), shape=str(x.shape)))
    return apply(ops.PERMUTE, x, dims=order)


def broadcast_to(input: TensorLike, shape: Sequence[int]) -> Tensor:
    """Return axes of size 1 stretched to `shape`, without a copy.

    Shapes: any that broadcasts → `shape`.

    Raises:
        EngineError: it does not broadcast to `shape`.
    """
    return expand(input, shape)


def expand(input: TensorLike, size: Sequence[int]) -> Tensor:
    """Return axes of size 1 stretched to `size`, without a copy; -1 leaves a size.

    Shapes: any that broadcasts → `size`.

    Raises:
        EngineError: it does not broadcast to `size`.
    """
    x = as_tensor(input)
    extra = len(size) - x.ndim
    shape = tuple(x.shape[k - extra] if n == -1 and k >= extra else n for k, n in enumerate(size))
    fits = extra >= 0 and all(
        old in (1, new) for old, new in zip(x.shape, shape[extra:], strict=True)
    )
    if not fits or builtins.min(shape, default=0) < 0:
        rule = Message("error.engine.rule.broadcast")
        raise checks.shapes("expand", x.shape, size, rule)
    return apply(ops.EXPAND, x, shape=shape)


# --- Joining and splitting -------------------------------------------------------------------


def cat(tensors: Sequence[TensorLike], dim: int = 0) -> Tensor:
    """Join tensors one after the other along axis `dim`; all other sizes are equal.

    Shapes: (a, …) and (b, …) → (a + b, …) for `dim` 0.

    Raises:
        EngineError: another size differs, the axis is out of range, or there are no tensors.
    """
    parts = [as_tensor(part) for part in tensors]
    checks.some("cat", parts)
    # An empty vector joins anything, as in PyTorch.
    full = [part for part in parts if part.shape != (0,)] or parts
    axis = checks.axis("cat", dim, full[0].shape)
    for part in full:
        same = part.ndim == full[0].ndim > 0 and all(
            a == b
            for k, (a, b) in enumerate(zip(part.shape, full[0].shape, strict=True))
            if k != axis
        )
        if not same:
            rule = Message("error.engine.rule.cat")
            raise checks.shapes("cat", full[0].shape, part.shape, rule)
    return apply(ops.CAT, *parts, dim=axis)


def stack(tensors: Sequence[TensorLike], dim: int = 0) -> Tensor:
    """Join tensors of one shape along a new axis `dim`.

    Shapes: n times (a, b) → (n, a, b) for `dim` 0.

    Raises:
        EngineError: the shapes differ, the axis is out of range, or there are no tensors.
    """
    parts = [as_tensor(part) for part in tensors]
    checks.some("stack", parts)
    for part in parts:
        if part.shape != parts[0].shape:
            rule = Message("error.engine.rule.same")
            raise checks.shapes("stack", parts[0].shape, part.shape, rule)
    return apply(ops.STACK, *parts, dim=checks.axis("stack", dim, (*parts[0].shape, 1)))


def split(
    tensor: TensorLike, split_size_or_sections: int | Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Cut axis `dim` into pieces of a size (the last may be smaller) or of given sizes.

    Shapes: (n, …) → pieces (size, …) for `dim` 0.

    Raises:
        EngineError: the sizes do not add up to the axis, or the axis is out of range.
    """
    x = as_tensor(tensor)
    axis = checks.axis("split", dim, x.shape)
    length = x.shape[axis]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step < 0 or (step == 0 and length):
            raise checks.unsupported("split", "split_size", step, "1", "2", "…")
        count = builtins.max(-(-length // step), 1) if step else 1
        sizes = [builtins.min(step, length - k * step) for k in range(count)]
    else:
        sizes = list(split_size_or_sections)
        if builtins.sum(sizes) != length or builtins.min(sizes, default=0) < 0:
            rule = Message("error.engine.rule.split")
            raise checks.shapes("split", x.shape, sizes, rule)
    ends = np.cumsum([0, *sizes]).tolist()
    before = (slice(None),) * axis
    return tuple(x[(*before, slice(start, end))] for start, end in pairwise(ends))


def chunk(input: TensorLike, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Cut axis `dim` into at most `chunks` pieces of one size; the last may be smaller.

    Shapes: (n, …) → pieces (⌈n / chunks⌉, …) for `dim` 0.

    Raises:
        EngineError: `chunks` is below 1, or the axis is out of range.
    """
    x = as_tensor(input)
    if chunks < 1:
        raise checks.unsupported("chunk", "chunks", chunks, "1", "2", "…")
    length = x.shape[checks.axis("chunk", dim, x.shape)]
    if not length:
        return split(x, [0] * chunks, dim)
    return split(x, -(-length // chunks), dim)


# --- Choosing by index -----------------------------------------------------------------------


def gather(input: TensorLike, dim: int, index: Any, *, sparse_grad: bool = False) -> Tensor:
    """Take `input[index[i, j], j]` for dim 0, `input[i, index[i, j]]` for dim 1, and so on.

    Shapes: input and `index` with as many axes → the shape of `index`.

    Raises:
        EngineError: an index or the axis is out of range, the shapes do not fit, or
            `sparse_grad` is given.
    """
    checks.refuse("gather", sparse_grad=sparse_grad)
    x, places = as_tensor(input), as_tensor(index)
    axis = checks.axis("gather", dim, x.shape)
    if places.numel() == 0 and places.ndim != x.ndim:
        return reshape(x, (-1,))[:0].reshape(places.shape)
    if x.ndim:
        checks.classes("gather", places.data, x.shape[axis])
        fits = places.ndim == x.ndim and all(
            k == axis or a <= b for k, (a, b) in enumerate(zip(places.shape, x.shape, strict=True))
        )
        if not fits:
            rule = Message("error.engine.rule.gather")
            raise checks.shapes("gather", x.shape, places.shape, rule)
    return apply(ops.GATHER, x, places, dim=axis)


def one_hot(tensor: Any, num_classes: int = -1) -> Tensor:
    """Return a 1 in the place of each class and 0 elsewhere; a new last axis of classes.

    Shapes: any → (…, num_classes).

    Args:
        tensor: classes, whole numbers from 0.
        num_classes: how many there are; -1 for one more than the largest.

    Raises:
        EngineError: a class is not a whole number or out of range.
    """
    x = as_tensor(tensor)
    checks.whole("one_hot", x)
    if num_classes == -1 and not x.numel():
        raise EngineError(Message("error.engine.empty", op="one_hot", shape=str(x.shape)))
    count = int(x.data.max()) + 1 if num_classes == -1 else num_classes
    checks.classes("one_hot", x.data, count)
    return apply(ops.ONE_HOT, x, classes=count)


def embedding(
    input: Any,
    weight: TensorLike,
    padding_idx: int | None = None,
    max_norm: None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Return the rows `input` of the table `weight`.

    Shapes: input (…), weight (rows, features) → (…, features).

    Args:
        input: row numbers, whole numbers from 0, any shape.
        weight: (rows, features).
        padding_idx: a row that receives no gradient.
        max_norm: not offered.
        norm_type: has a meaning only with `max_norm`.
        scale_grad_by_freq: not offered.
        sparse: not offered.

    Raises:
        EngineError: a row is not there, `weight` is no matrix, or an option is not offered.
    """
    checks.refuse(
        "embedding", max_norm=max_norm, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse
    )
    rows, table = as_tensor(input), as_tensor(weight)
    checks.ndim("embedding", table, 2)
    checks.classes("embedding", rows.data, table.shape[0])
    if padding_idx is not None:
        padding_idx = checks.axis("embedding", padding_idx, (1,) * table.shape[0])
    return apply(ops.EMBEDDING, table, rows, padding_idx=padding_idx)
