"""Operations that only move numbers about: nothing is computed."""

from typing import Any

import numpy as np

from mlviz.autograd.ops.table import structured, unbroadcast, without_gradient


def _permute_vjp(g: Any, out: Any, x: Any, *, dims: tuple[int, ...]) -> Any:
    return np.transpose(g, np.argsort([axis % x.ndim for axis in dims]))


PERMUTE = structured(
    "permute",
    "transpose(x)",
    lambda x, dims: x.transpose(dims),
    ("transpose(g)", _permute_vjp),
    moves=True,
)
RESHAPE = structured(
    "reshape",
    "reshape(x)",
    lambda x, shape: x.reshape(shape),
    ("reshape(g)", lambda g, out, x, shape: g.reshape(x.shape)),
    moves=True,
)
EXPAND = structured(
    "expand",
    "expand(x)",
    lambda x, shape: np.broadcast_to(x, shape),
    ("sum_rows(g)", lambda g, out, x, shape: unbroadcast(g, x.shape)),
    moves=True,
)
"""Axes of size 1 stretched, without a copy: each entry receives the sum of what it was for."""


def _concatenate(*arrays: Any, dim: int) -> Any:
    # An empty vector joins anything, as in PyTorch.
    return np.concatenate([array for array in arrays if array.shape != (0,)] or arrays, dim)


def _concatenate_vjp(g: Any, out: Any, *arrays: Any, slot: int, dim: int) -> Any:
    if arrays[slot].shape == (0,):
        return np.zeros(0, g.dtype)
    start = sum(array.shape[dim] for array in arrays[:slot] if array.shape != (0,))
    index = [slice(None)] * g.ndim
    index[dim] = slice(start, start + arrays[slot].shape[dim])
    return g[tuple(index)]


CAT = structured(
    "cat",
    "cat(x)",
    _concatenate,
    ("piece(g)", _concatenate_vjp),
    variadic=True,
    moves=True,
)
STACK = structured(
    "stack",
    "stack(x)",
    lambda *arrays, dim: np.stack(arrays, dim),
    ("piece(g)", lambda g, out, *arrays, slot, dim: np.take(g, slot, dim)),
    variadic=True,
    moves=True,
)


# --- Choosing entries ----------------------------------------------------------------------


def _index_vjp(g: Any, out: Any, x: Any, *, index: Any) -> Any:
    result = np.zeros(x.shape, g.dtype)
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(part, np.ndarray) for part in parts):
        np.add.at(result, index, g)  # an entry that was taken twice receives two gradients
    else:
        result[index] = g
    return result


INDEX = structured(
    "index",
    "index(x)",
    lambda x, index: x[index],
    ("scatter(g)", _index_vjp),
    moves=True,
)


def _gather(x: Any, y: Any, dim: int) -> Any:
    """Take `x[y[i, j], j]` for axis 0, `x[i, y[i, j]]` for axis 1, and so on."""
    return x[_places(x, y, dim)] if x.ndim else np.full(y.shape, x)


def _places(x: Any, y: Any, dim: int) -> tuple[Any, ...]:
    places = list(np.ogrid[tuple(slice(size) for size in y.shape)])
    places[dim] = y
    return tuple(places)


def _gather_vjp(g: Any, out: Any, x: Any, y: Any, *, dim: int) -> Any:
    if not x.ndim:
        return np.add.reduce(g, None)
    result = np.zeros(x.shape, g.dtype)
    np.add.at(result, _places(x, y, dim), g)
    return result


GATHER = structured(
    "gather",
    "gather(x, y)",
    _gather,
    ("scatter(g, y)", _gather_vjp),
    ("0", _gather_vjp),
    moves=True,
)


def _one_hot(x: Any, classes: int) -> Any:
    return (x[..., None] == np.arange(classes)).astype(np.int64)


ONE_HOT = without_gradient("one_hot", "one_hot(x)", _one_hot)


def _embedding_vjp(g: Any, out: Any, x: Any, y: Any, *, padding_idx: int | None) -> Any:
    result = np.zeros(x.shape, g.dtype)
    np.add.at(result, y, g)
    if padding_idx is not None:
        result[padding_idx] = 0
    return result


EMBEDDING = structured(
    "embedding",
    "rows(x, y)",
    lambda x, y, padding_idx: x[y],
    ("scatter(g, y)", _embedding_vjp),
    ("0", _embedding_vjp),
    moves=True,
)
"""Rows `y` of the table `x`; the row `padding_idx` receives no gradient."""
