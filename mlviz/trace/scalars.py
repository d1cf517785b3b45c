"""The scalar magnification: the same run, every single multiplication a node of its own.

The tensor tape is run once more with arrays of scalar tensors in the place of arrays of
numbers. An elementwise operation falls apart into one scalar operation per entry; a matrix
product into products and sums; reshaping and indexing only move scalars and leave no trace.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd import Array, Node, Op, Tape, Tensor, apply, ops, record
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.learn.rules import LineResult
from mlviz.learn.training import Iteration, Update
from mlviz.trace.symbols import part_name

MAX_NODES = 10_000
"""Above this the scalar view is not offered."""

Scalars = NDArray[np.object_]
"""An array whose entries are scalar tensors."""


class NoScalarForm(MLVizError):
    """A run cannot be shown as scalars: too many of them, or an operation without that form."""


@dataclass(frozen=True, slots=True, eq=False)
class ScalarIteration:
    """An iteration as scalars.

    Attributes:
        iteration: the scalar tape with its output and updates.
        ids: for each node of the tensor tape, the scalar node of every entry, in its shape.
    """

    iteration: Iteration
    ids: dict[int, NDArray[np.int64]]


def scalar_count(tape: Tape) -> int:
    """Return how many scalar nodes `tape` would have, nearly: the work it stands for."""
    total = 0
    for node in tape:
        size = int(node.value.size)
        if node.op in (ops.MATMUL, ops.LINEAR):
            size *= 1 + int(tape[node.inputs[0]].value.shape[-1])
        elif node.op is not None and node.op.moves:
            size = 0
        total += size
    return total


def scalarize(iteration: Iteration) -> ScalarIteration:
    """Return `iteration` as scalars: same values, same gradients, one node a number.

    Raises:
        NoScalarForm: it would be more than `MAX_NODES`, or an operation has no scalar form.
    """
    count = scalar_count(iteration.tape)
    if count > MAX_NODES:
        raise NoScalarForm(Message("scalars.too_many", count=count, limit=MAX_NODES))
    arrays: dict[int, Scalars] = {}
    with record() as tape:
        for node in iteration.tape:
            if node.op is None:
                arrays[node.id] = _leaves(tape, node)
            else:
                tape.line = node.line
                inputs = [arrays[id] for id in node.inputs]
                arrays[node.id] = _expand(node.op, inputs, node)
                _label(tape, node, arrays[node.id])
        ids = {id: _ids(tape, array) for id, array in arrays.items()}
        output = int(ids[iteration.output].reshape(-1)[0])
    tape.close()
    updates = tuple(
        part for update in iteration.updates for part in _split(update, ids[update.node], tape)
    )
    return ScalarIteration(replace(iteration, tape=tape, output=output, updates=updates), ids)


def _array_of(tensors: list[Tensor], shape: tuple[int, ...]) -> Scalars:
    result = np.empty(len(tensors), dtype=object)
    result[:] = tensors
    return result.reshape(shape)


def _leaves(tape: Tape, node: Node) -> Scalars:
    tensors = []
    for index, number in np.ndenumerate(node.value):
        scalar = Tensor(number, requires_grad=node.requires_grad)
        origin = node.origin
        if origin and node.value.ndim:
            origin += f"[{','.join(map(str, index))}]"
        tape.label(scalar, part_name(node, index), origin=origin, role=node.role)
        tensors.append(scalar)
    return _array_of(tensors, node.value.shape)


def _label(tape: Tape, node: Node, array: Scalars) -> None:
    if not node.name:
        return
    for index, scalar in np.ndenumerate(array):
        if not tape[tape.id_of(scalar)].name:  # a moved scalar keeps its first name
            tape.label(scalar, part_name(node, index))


def _ids(tape: Tape, array: Scalars) -> NDArray[np.int64]:
    return np.array([tape.id_of(s) for s in array.reshape(-1)], dtype=np.int64).reshape(array.shape)


def _split(update: Update, ids: NDArray[np.int64], tape: Tape) -> list[Update]:
    parts = []
    for index, id in np.ndenumerate(ids):
        parts.append(
            Update(
                int(id),
                tape[int(id)].origin,
                np.asarray(update.before[index]),
                np.asarray(update.gradient[index]),
                np.asarray(update.after[index]),
                {name: _entry(value, index) for name, value in update.values.items()},
                tuple(
                    LineResult(
                        line.line,
                        {name: _entry(value, index) for name, value in line.reads.items()},
                        _entry(line.result, index),
                    )
                    for line in update.lines
                ),
            )
        )
    return parts


def _entry(value: Array | float, index: tuple[int, ...]) -> Array:
    """Return one entry; a setting or counter is the same number for all of them."""
    whole = np.asarray(value)
    return whole if whole.ndim == 0 else np.asarray(whole[index])


# --- How each operation falls apart --------------------------------------------------------


def _expand(op: Op, inputs: list[Scalars], node: Node) -> Scalars:
    if op.moves:
        return np.asarray(op.forward(*inputs, **node.params), dtype=object)
    if op.elementwise:
        stretched = np.broadcast_arrays(*inputs)
        entries = zip(*(array.reshape(-1) for array in stretched), strict=True)
        return _array_of([apply(op, *entry) for entry in entries], stretched[0].shape)
    if op.name not in _EXPANSIONS:
        raise NoScalarForm(Message("scalars.no_form", op=op.name))
    return _EXPANSIONS[op.name](inputs, dict(node.params))


def _total(terms: list[Tensor]) -> Tensor:
    return terms[0] if len(terms) == 1 else apply(ops.TOTAL, *terms)


def _products(row: Scalars, column: Scalars) -> list[Tensor]:
    return [apply(ops.MUL, a, b) for a, b in zip(row, column, strict=True)]


def _matmul(inputs: list[Scalars], _: dict[str, Any]) -> Scalars:
    x, y = inputs
    left = x[None, :] if x.ndim == 1 else x
    right = y[:, None] if y.ndim == 1 else y
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, (*batch, *left.shape[-2:]))
    right = np.broadcast_to(right, (*batch, *right.shape[-2:]))
    shape = (*batch, left.shape[-2], right.shape[-1])
    cells = [
        _total(_products(left[*index[:-2], index[-2]], right[*index[:-2], :, index[-1]]))
        for index in np.ndindex(shape)
    ]
    result = _array_of(cells, shape)
    if x.ndim == 1:
        result = result[..., 0, :]
    return result[..., 0] if y.ndim == 1 else result


def _linear_cell(x: Scalars, weights: Scalars, bias: Any) -> Tensor:
    return _total([*_products(weights, x), bias])


def _linear(inputs: list[Scalars], _: dict[str, Any]) -> Scalars:
    x, weight, bias = inputs
    shape = (*x.shape[:-1], weight.shape[0])
    biases = np.broadcast_to(bias, shape)
    cells = [
        _linear_cell(x[index[:-1]], weight[index[-1]], biases[index]) for index in np.ndindex(shape)
    ]
    return _array_of(cells, shape)


def _groups(x: Scalars, params: dict[str, Any]) -> tuple[list[list[Tensor]], tuple[int, ...]]:
    """Return the scalars that each entry of a reduction is made of, and the result's shape."""
    dim, keepdim = params.get("dim"), bool(params.get("keepdim"))
    axes = tuple(range(x.ndim)) if dim is None else (dim,) if isinstance(dim, int) else dim
    reduced = tuple(axis % x.ndim for axis in axes)
    kept = tuple(axis for axis in range(x.ndim) if axis not in reduced)
    moved = np.transpose(x, (*kept, *reduced)).reshape(
        int(np.prod([x.shape[axis] for axis in kept], dtype=int)), -1
    )
    shape = tuple(
        1 if axis in reduced else size
        for axis, size in enumerate(x.shape)
        if keepdim or axis not in reduced
    )
    return [list(group) for group in moved], shape


def _sum(inputs: list[Scalars], params: dict[str, Any]) -> Scalars:
    groups, shape = _groups(inputs[0], params)
    # Also the sum of a single entry is a node: the loss keeps its own name.
    return _array_of([apply(ops.TOTAL, *group) for group in groups], shape)


def _mean(inputs: list[Scalars], params: dict[str, Any]) -> Scalars:
    groups, shape = _groups(inputs[0], params)
    return _array_of([_total(group) / len(group) for group in groups], shape)


def _along_last(function: Callable[[list[Tensor]], list[Tensor]], x: Scalars, dim: int) -> Scalars:
    moved = np.moveaxis(x, dim, -1)
    rows = [entry for row in moved.reshape(-1, moved.shape[-1]) for entry in function(list(row))]
    return np.moveaxis(_array_of(rows, moved.shape), -1, dim)


def _exponentials(row: list[Tensor]) -> list[Tensor]:
    """Return exp of each entry; shifted by the largest only where it would overflow."""
    largest = max(float(x.data) for x in row)
    return [(x - largest if largest > 300 else x).exp() for x in row]


def _softmax_row(row: list[Tensor]) -> list[Tensor]:
    powers = _exponentials(row)
    total = _total(powers)
    return [power / total for power in powers]


def _softmax(inputs: list[Scalars], params: dict[str, Any]) -> Scalars:
    return _along_last(_softmax_row, inputs[0], params["dim"])


def _log_softmax(inputs: list[Scalars], params: dict[str, Any]) -> Scalars:
    return _along_last(
        lambda row: [power.log() for power in _softmax_row(row)], inputs[0], params["dim"]
    )


def _cross_entropy(inputs: list[Scalars], _: dict[str, Any]) -> Scalars:
    x, y = inputs
    shape = y.shape
    rows = x.reshape(-1, x.shape[-1])
    losses = [
        -_softmax_row(list(row))[int(target.data)].log()
        for row, target in zip(rows, y.reshape(-1), strict=True)
    ]
    return _array_of(losses, shape)


_EXPANSIONS: dict[str, Callable[[list[Scalars], dict[str, Any]], Scalars]] = {
    "matmul": _matmul,
    "linear": _linear,
    "sum": _sum,
    "mean": _mean,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "cross_entropy": _cross_entropy,
}
