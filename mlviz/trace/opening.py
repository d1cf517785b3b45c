"""What is inside one operation: the parts a Linear opens into, and one cell of a large one."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mlviz.autograd import Array, Node, Op, Tensor, apply, ops
from mlviz.autograd.expression import parse
from mlviz.i18n import Message
from mlviz.trace.scalar_forms import NoScalarForm, array_of, total

SHOWN = 3
"""How many terms are written at each end of a long sum."""

MATMUL_TRANSPOSED = Op(
    "matmul_transposed",
    ("x", "y"),
    lambda x, y: x @ y.T,
    (
        lambda g, out, x, y: g @ y,
        lambda g, out, x, y: g.reshape(-1, y.shape[0]).T @ x.reshape(-1, y.shape[1]),
    ),
    parse("x @ transpose(y)"),
    (parse("g @ y"), parse("transpose(g) @ x")),
)
"""The product of a Linear: PyTorch's weight is (out, in), so it is transposed in it."""


def parts_of(op: Op) -> tuple[str, ...]:
    """Return the parts that an operation is made of at the level of operations; mostly none."""
    return ("matmul", "add") if op is ops.LINEAR else ()


def has_cells(node: Node, inputs: list[Tensor]) -> bool:
    """Return whether one entry of an operation can be opened by itself."""
    assert node.op is not None
    if not node.value.ndim:
        return False
    product = node.op.name in _PRODUCTS and inputs[1].data.ndim <= 2
    return (node.op.elementwise and not node.op.moves) or product


_PRODUCTS = ("matmul", "linear", "matmul_transposed")

Index = tuple[int, ...]
Name = Callable[[Tensor, int, Index], Tensor]
"""Names an entry, or a row, of one of a node's inputs; returns it."""


def cell_of(node: Node, index: Index, inputs: list[Tensor], name: Name) -> tuple[Tensor, int]:
    """Record one entry of a large operation by hand, with a long sum elided in its middle.

    Args:
        node: the operation.
        index: which of its entries.
        inputs: its inputs as tensors.
        name: names what is taken out of an input.

    Returns:
        The entry, and how many terms were left out.

    Raises:
        NoScalarForm: an entry of this operation depends on too much.
    """
    assert node.op is not None
    op = node.op
    if op.elementwise:
        entries = [_entry(x, index, node.value.ndim, slot, name) for slot, x in enumerate(inputs)]
        return apply(op, *entries, **node.params), 0
    if op.name in _PRODUCTS and inputs[1].data.ndim <= 2:
        x, y = inputs[:2]
        flat, down = y.data.ndim == 1, op.name == "matmul"
        before, last = (index, ()) if flat else (index[:-1], index[-1:])
        row = name(apply(ops.INDEX, x, index=before), 0, before) if before else x
        column = y
        if not flat:
            column = apply(ops.INDEX, y, index=(slice(None), *last) if down else last)
            column = column if down else name(column, 1, last)
        terms, elided = _dot(
            row,
            column,
            lambda entry, k: name(entry, 0, (*before, k)),
            lambda entry, k: name(entry, 1, (k, *last) if down else (*last, k)),
        )
        if op is ops.LINEAR:
            terms.append(_entry(inputs[2], last, 1, 2, name))
        return total(terms), elided
    if op.name in ("sum", "mean") and not node.value.ndim:
        terms, elided = _ends(inputs[0])
        result = apply(ops.TOTAL, *terms)
        return (result / inputs[0].data.size if op.name == "mean" else result), elided
    raise NoScalarForm(Message("inside.too_many", op=op.name))


def put(rest: Tensor, cell: Tensor, index: tuple[int, ...]) -> Tensor:
    """Record a tensor with one entry taken from elsewhere."""
    return apply(_PUT, rest, cell, index=index)


def stacked(entries: list[Tensor], shape: tuple[int, ...]) -> Tensor:
    """Record single entries put together again to a tensor."""
    return apply(_STACKED, *entries, shape=shape)


def unstacked(x: Tensor) -> Any:
    """Record every entry of a tensor as a scalar of its own; return them in its shape."""
    if not x.data.ndim:
        return array_of([x], ())
    entries = [apply(ops.INDEX, x, index=index) for index in np.ndindex(x.data.shape)]
    return array_of(entries, x.data.shape)


def _entry(x: Tensor, index: Index, ndim: int, slot: int, name: Name) -> Tensor:
    """Record the entry that broadcasting uses at `index` of a result with `ndim` axes."""
    if not x.data.ndim:
        return x
    own = index[ndim - x.data.ndim :]
    place = tuple(
        0 if size == 1 else position for position, size in zip(own, x.data.shape, strict=True)
    )
    return name(apply(ops.INDEX, x, index=place), slot, place)


def _dot(
    row: Tensor,
    column: Tensor,
    of_row: Callable[[Tensor, int], Tensor],
    of_column: Callable[[Tensor, int], Tensor],
) -> tuple[list[Tensor], int]:
    """Record a dot product; of a long one the first and last products, and the rest at once."""
    count = int(row.data.size)
    long = count > 2 * SHOWN + 2
    shown = [*range(SHOWN), *range(count - SHOWN, count)] if long else list(range(count))
    terms = [
        apply(
            ops.MUL,
            of_row(apply(ops.INDEX, row, index=k), k),
            of_column(apply(ops.INDEX, column, index=k), k),
        )
        for k in shown
    ]
    if long:
        middle = apply(_REST_OF_DOT, row, column, first=SHOWN, last=count - SHOWN)
        terms.insert(SHOWN, middle)
    return terms, count - len(shown)


def _ends(x: Tensor) -> tuple[list[Tensor], int]:
    """Record the first and last entries of many, and the sum of the others."""
    flat = apply(ops.RESHAPE, x, shape=(-1,))
    count = int(x.data.size)
    ends = [*range(SHOWN), *range(count - SHOWN, count)]
    terms = [apply(ops.INDEX, flat, index=k) for k in ends]
    terms.insert(SHOWN, apply(_REST_OF_SUM, flat, first=SHOWN, last=count - SHOWN))
    return terms, count - len(ends)


# --- The operations that only an opened node has ---------------------------------------------


def _framed(g: Any, like: Array, first: int, last: int) -> Array:
    result = np.zeros_like(like)
    result[first:last] = g
    return result


_REST_OF_DOT = Op(
    "rest_of_dot",
    ("x", "y"),
    lambda x, y, first, last: x[first:last] @ y[first:last],
    (
        lambda g, out, x, y, first, last: _framed(g * y[first:last], x, first, last),
        lambda g, out, x, y, first, last: _framed(g * x[first:last], y, first, last),
    ),
    parse("sum(x * y)"),
    (parse("g * y"), parse("g * x")),
)
_REST_OF_SUM = Op(
    "rest_of_sum",
    ("x",),
    lambda x, first, last: np.add.reduce(x[first:last]),
    (lambda g, out, x, first, last: _framed(g, x, first, last),),
    parse("sum(x)"),
    (parse("expand(g)"),),
)


def _put(x: Any, y: Any, index: tuple[int, ...]) -> Array:
    result = np.array(x)
    result[index] = y
    return result


def _without(g: Any, index: tuple[int, ...]) -> Array:
    result = np.array(g)
    result[index] = 0
    return result


_PUT = Op(
    "put",
    ("x", "y"),
    _put,
    (
        lambda g, out, x, y, index: _without(g, index),
        lambda g, out, x, y, index: np.asarray(g[index]),
    ),
    parse("put(x, y)"),
    (parse("without(g)"), parse("index(g)")),
    moves=True,
)
_STACKED = Op(
    "stack",
    ("x",),
    lambda *entries, shape: np.array(entries).reshape(shape),
    (lambda g, out, *entries, slot, shape: np.asarray(g.reshape(-1)[slot]),),
    parse("stack(x)"),
    (parse("index(g)"),),
    variadic=True,
    moves=True,
)
