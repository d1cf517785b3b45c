"""The scalar magnification: the same run, every single multiplication a node of its own.

The tensor tape is run once more with arrays of scalar tensors in the place of arrays of
numbers. An elementwise operation falls apart into one scalar operation per entry; a matrix
product into products and sums; reshaping and indexing only move scalars and leave no trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd import Array, Node, Tape, Tensor, record, set_grad_enabled
from mlviz.i18n import Message
from mlviz.learn.rules import LineResult
from mlviz.learn.training import Iteration, Update
from mlviz.trace.scalar_forms import NoScalarForm, Scalars, array_of, expand, form_reason
from mlviz.trace.symbols import part_name

__all__ = [
    "MAX_NODES",
    "NoScalarForm",
    "ScalarIteration",
    "scalar_count",
    "scalarize",
    "scalars_reason",
]

MAX_NODES = 10_000
"""Above this the scalar view is not offered."""


@dataclass(frozen=True, slots=True, eq=False)
class ScalarIteration:
    """An iteration as scalars.

    Attributes:
        iteration: the scalar tape with its output and updates.
        ids: for each node of the tensor tape, the scalar node of every entry, in its shape.
        owners: for each scalar node, the node of the tensor tape that it is part of.
    """

    iteration: Iteration
    ids: dict[int, NDArray[np.int64]]
    owners: tuple[int, ...] = ()


def scalar_count(tape: Tape) -> int:
    """Return how many scalar nodes `tape` would have, nearly: the work it stands for."""
    total = 0
    for node in tape:
        first = tape[node.inputs[0]].value.shape if node.inputs else ()
        total += part_work(node, first)
    return total


def part_work(node: Node, first: tuple[int, ...]) -> int:
    """Return how many scalars `node` would have, nearly, with a first input of shape `first`."""
    size = int(node.value.size)
    if node.op is None:
        return size
    if node.op.moves:
        return 0
    if node.op.name in ("matmul", "linear", "matmul_transposed"):
        return size * (1 + first[-1])
    return max(size, int(np.prod(first, dtype=int)))


def scalars_reason(tape: Tape) -> Message | None:
    """Return why a run cannot be shown as scalars, or None if it can; nothing is made."""
    count = scalar_count(tape)
    if count > MAX_NODES:
        return Message("scalars.too_many", count=count, limit=MAX_NODES)
    return next(filter(None, map(form_reason, tape)), None)


def scalarize(iteration: Iteration) -> ScalarIteration:
    """Return `iteration` as scalars: same values, same gradients, one node a number.

    Raises:
        NoScalarForm: it would be more than `MAX_NODES`, or an operation has no scalar form.
    """
    reason = scalars_reason(iteration.tape)
    if reason is not None:
        raise NoScalarForm(reason)
    arrays: dict[int, Scalars] = {}
    owners: list[int] = []
    # What overflows is shown as what it is, so NumPy need not warn too.
    with np.errstate(all="ignore"), record() as tape:
        for node in iteration.tape:
            if node.op is None:
                arrays[node.id] = _leaves(tape, node)
            else:
                tape.line = node.line
                inputs = [arrays[id] for id in node.inputs]
                with set_grad_enabled(node.requires_grad):
                    arrays[node.id] = expand(node.op, inputs, node)
                label_parts(tape, node, arrays[node.id])
            owners += [node.id] * (len(tape) - len(owners))
        ids = {id: _ids(tape, array) for id, array in arrays.items()}
        output = int(ids[iteration.output].reshape(-1)[0])
    tape.close()
    updates = tuple(
        part
        for update in iteration.updates
        for part in split_update(update, ids[update.node], tape)
    )
    return ScalarIteration(
        replace(iteration, tape=tape, output=output, updates=updates), ids, tuple(owners)
    )


def _leaves(tape: Tape, node: Node) -> Scalars:
    tensors = []
    for index, number in np.ndenumerate(node.value):
        scalar = Tensor(number, requires_grad=node.requires_grad)
        tape.label(scalar, part_name(node, index), origin=_entry(node, index), role=node.role)
        tensors.append(scalar)
    return array_of(tensors, node.value.shape)


def label_parts(tape: Tape, node: Node, array: Scalars) -> None:
    """Name the scalars of a result after it; a moved scalar keeps its first name."""
    if not node.name:
        return
    for index, scalar in np.ndenumerate(array):
        if not tape[tape.id_of(scalar)].name:
            tape.label(scalar, part_name(node, index), origin=_entry(node, index))


def _entry(node: Node, index: tuple[int, ...]) -> str:
    """Return the origin of one entry of a node, such as `layer1.weight[0,2]`."""
    if not node.origin or not index:
        return node.origin
    return f"{node.origin}[{','.join(map(str, index))}]"


def _ids(tape: Tape, array: Scalars) -> NDArray[np.int64]:
    return np.array([tape.id_of(s) for s in array.reshape(-1)], dtype=np.int64).reshape(array.shape)


def _entries(values: Mapping[str, Array | float], index: tuple[int, ...]) -> dict[str, Array]:
    """Return one entry of each; a setting or counter is the same number for all of them."""
    return {name: _number_at(np.asarray(value), index) for name, value in values.items()}


def _number_at(value: Array, index: tuple[int, ...]) -> Array:
    return value if value.ndim == 0 else np.asarray(value[index])


def split_update(update: Update, ids: NDArray[np.int64], tape: Tape) -> list[Update]:
    """Return how every entry of a parameter was updated."""
    parts = []
    for index, id in np.ndenumerate(ids):
        parts.append(
            Update(
                int(id),
                tape[int(id)].origin,
                np.asarray(update.before[index]),
                np.asarray(update.gradient[index]),
                np.asarray(update.after[index]),
                _entries(update.values, index),
                tuple(
                    LineResult(
                        line.line,
                        _entries(line.reads, index),
                        _number_at(line.result, index),
                    )
                    for line in update.lines
                ),
            )
        )
    return parts
