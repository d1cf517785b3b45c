"""How each operation of the table falls apart into operations on single numbers.

Elementwise operations are one scalar operation an entry and moves are none; every other
operation that has a natural scalar form has it here, written as a person would by hand.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd import Node, Op, Tensor, apply, ops
from mlviz.autograd.expression import parse
from mlviz.errors import MLVizError
from mlviz.i18n import Message

Scalars = NDArray[np.object_]
"""An array whose entries are scalar tensors."""

Settings = dict[str, Any]

_SAFE = 300.0
"""Beyond this exp overflows, or leaves nothing: the largest is then taken out first."""


class NoScalarForm(MLVizError):
    """A run cannot be shown as scalars: too many of them, or an operation without that form."""


def expand(op: Op, inputs: list[Scalars], node: Node) -> Scalars:
    """Record what `node` computes as scalar operations, and return the scalars of its value.

    Raises:
        NoScalarForm: the operation has no natural scalar form.
    """
    if op.name in _CHOICES:
        return _CHOICES[op.name](inputs, dict(node.params))
    if op.moves:
        return np.asarray(op.forward(*inputs, **node.params), dtype=object)
    if op.elementwise or op.name in _WITHOUT_GRADIENT:
        stretched = np.broadcast_arrays(*inputs)
        entries = zip(*(array.reshape(-1) for array in stretched), strict=True)
        results = [apply(op, *entry, **node.params) for entry in entries]
        return array_of(results, stretched[0].shape)
    if op.name not in _FORMS:
        raise NoScalarForm(Message("scalars.no_form", op=op.name))
    return _FORMS[op.name](inputs, dict(node.params))


def form_reason(node: Node) -> Message | None:
    """Return why a node has no natural scalar form, or None if it has; see `expand`."""
    op = node.op
    if op is None or op.moves or op.elementwise:
        return None
    known = op.name in _FORMS or op.name in _CHOICES or op.name in _WITHOUT_GRADIENT
    if known and (op.name != "norm" or node.params["p"] != 0):
        return None
    return Message("scalars.no_form", op=op.name)


def array_of(tensors: list[Tensor], shape: tuple[int, ...]) -> Scalars:
    """Return scalars as an array of a shape."""
    result = np.empty(len(tensors), dtype=object)
    result[:] = tensors
    return result.reshape(shape)


def total(terms: list[Tensor]) -> Tensor:
    """Return the sum of some terms; a single one is its own sum."""
    return terms[0] if len(terms) == 1 else apply(ops.TOTAL, *terms)


def _data(array: Scalars) -> NDArray[Any]:
    """Return the numbers of scalars that are only looked at, such as class indices."""
    return np.array([entry.data for entry in array.reshape(-1)], dtype=int).reshape(array.shape)


# --- Products ------------------------------------------------------------------------------


def _products(row: Scalars, column: Scalars) -> list[Tensor]:
    return [apply(ops.MUL, a, b) for a, b in zip(row, column, strict=True)]


def _matmul(inputs: list[Scalars], _: Settings) -> Scalars:
    x, y = inputs
    left = x[None, :] if x.ndim == 1 else x
    right = y[:, None] if y.ndim == 1 else y
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, (*batch, *left.shape[-2:]))
    right = np.broadcast_to(right, (*batch, *right.shape[-2:]))
    shape = (*batch, left.shape[-2], right.shape[-1])
    cells = [
        total(_products(left[*index[:-2], index[-2]], right[*index[:-2], :, index[-1]]))
        for index in np.ndindex(shape)
    ]
    result = array_of(cells, shape)
    if x.ndim == 1:
        result = result[..., 0, :]
    return result[..., 0] if y.ndim == 1 else result


def _matmul_transposed(inputs: list[Scalars], settings: Settings) -> Scalars:
    return _matmul([inputs[0], inputs[1].T], settings)


def _affine(weights: Scalars, x: Scalars, bias: Any) -> Tensor:
    return total([*_products(weights, x), bias])


def _linear(inputs: list[Scalars], _: Settings) -> Scalars:
    x, weight, bias = inputs
    shape = (*x.shape[:-1], weight.shape[0])
    biases = np.broadcast_to(bias, shape)
    cells = [
        _affine(weight[index[-1]], x[index[:-1]], biases[index]) for index in np.ndindex(shape)
    ]
    return array_of(cells, shape)


def _outer(inputs: list[Scalars], _: Settings) -> Scalars:
    x, y = inputs
    return array_of([apply(ops.MUL, a, b) for a in x for b in y], (x.size, y.size))


# --- Many numbers into one -----------------------------------------------------------------


def _groups(x: Scalars, settings: Settings) -> tuple[list[list[Tensor]], tuple[int, ...]]:
    """Return the scalars that each entry of a reduction is made of, and the result's shape."""
    dim, keepdim = settings.get("dim"), bool(settings.get("keepdim"))
    axes = tuple(range(x.ndim)) if dim is None else (dim,) if isinstance(dim, int) else dim
    reduced = tuple(axis % x.ndim for axis in axes) if x.ndim else ()
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


def _reduction(
    one: Callable[[list[Tensor], Settings], Tensor],
) -> Callable[[list[Scalars], Settings], Scalars]:
    """Return the form of a reduction whose every entry is `one` of a group."""

    def form(inputs: list[Scalars], settings: Settings) -> Scalars:
        groups, shape = _groups(inputs[0], settings)
        return array_of([one(group, settings) for group in groups], shape)

    return form


def _sum(group: list[Tensor], _: Settings) -> Tensor:
    # Also the sum of a single entry is a node: the loss keeps its own name.
    return apply(ops.TOTAL, *group)


def _mean(group: list[Tensor], _: Settings) -> Tensor:
    return total(group) / len(group)


def _var(group: list[Tensor], settings: Settings) -> Tensor:
    middle = total(group) / len(group)
    away = [apply(ops.SQUARE, x - middle) for x in group]
    return total(away) / float(max(len(group) - settings["correction"], 0))


def _std(group: list[Tensor], settings: Settings) -> Tensor:
    return apply(ops.SQRT, _var(group, settings))


def _prod(group: list[Tensor], _: Settings) -> Tensor:
    result = group[0]
    for factor in group[1:]:
        result = apply(ops.MUL, result, factor)
    return result


def _extreme(op: Op) -> Callable[[list[Tensor], Settings], Tensor]:
    def one(group: list[Tensor], _: Settings) -> Tensor:
        values = [float(x.data) for x in group]
        best = max(values) if op is ops.MAXIMUM else min(values)
        equal = [x for x, value in zip(group, values, strict=True) if value == best]
        if len(equal) > 1:  # they share the gradient evenly, as in the tensor's rule
            return total(equal) / len(equal)
        result = group[0]
        for x in group[1:]:
            result = apply(op, result, x)
        return result

    return one


def _norm(group: list[Tensor], settings: Settings) -> Tensor:
    p = settings["p"]
    if p == 0:
        raise NoScalarForm(Message("scalars.no_form", op="norm"))
    sizes = [apply(ops.ABS, x) for x in group]
    if p == 1 or not any(float(x.data) for x in sizes):
        return total(sizes)
    if np.isinf(p):
        return _extreme(ops.MAXIMUM if p > 0 else ops.MINIMUM)(sizes, settings)
    if p == 2:
        return apply(ops.SQRT, total([apply(ops.SQUARE, x) for x in group]))
    powers = total([x**p for x in sizes])
    return apply(ops.POW, powers, Tensor(1 / p))


def _logsumexp(group: list[Tensor], _: Settings) -> Tensor:
    powers, taken_out = _exponentials(group)
    result = apply(ops.LOG, total(powers))
    return result + taken_out if taken_out else result


def _which(name: str, function: Callable[[Any], Any]) -> Callable[[list[Tensor], Settings], Tensor]:
    """Return the form of argmax or argmin: one number that has no gradient."""
    op = Op(
        name,
        ("x",),
        lambda *terms: function(np.stack(terms)),
        (),
        parse(f"{name}(x)"),
        (),
        variadic=True,
        differentiable=False,
    )
    return lambda group, _: apply(op, *group)


# --- Along an axis -------------------------------------------------------------------------


def _along(function: Callable[[list[Tensor]], list[Tensor]], x: Scalars, dim: int) -> Scalars:
    moved = np.moveaxis(x, dim, -1)
    rows = [entry for row in moved.reshape(-1, moved.shape[-1]) for entry in function(list(row))]
    return np.moveaxis(array_of(rows, moved.shape), -1, dim)


def _exponentials(row: list[Tensor]) -> tuple[list[Tensor], float]:
    """Return exp of each entry, and what was taken out where it would overflow or vanish."""
    largest = max(float(x.data) for x in row)
    shift = largest if abs(largest) > _SAFE and np.isfinite(largest) else 0.0
    return [(x - shift if shift else x).exp() for x in row], shift


def _softmax_row(row: list[Tensor]) -> list[Tensor]:
    powers, _ = _exponentials(row)
    whole = total(powers)
    return [power / whole for power in powers]


def _log_softmax_row(row: list[Tensor]) -> list[Tensor]:
    values = [float(x.data) for x in row]
    if max(values) - min(values) > _SAFE:  # a logarithm of 0 where there is none
        whole = _logsumexp(row, {})
        return [x - whole for x in row]
    return [power.log() for power in _softmax_row(row)]


def _softmax(inputs: list[Scalars], settings: Settings) -> Scalars:
    return _along(_softmax_row, inputs[0], settings["dim"])


def _log_softmax(inputs: list[Scalars], settings: Settings) -> Scalars:
    return _along(_log_softmax_row, inputs[0], settings["dim"])


def _cumsum(inputs: list[Scalars], settings: Settings) -> Scalars:
    def running(row: list[Tensor]) -> list[Tensor]:
        sums = row[:1]
        for x in row[1:]:
            sums.append(apply(ops.ADD, sums[-1], x))
        return sums

    return _along(running, inputs[0], settings["dim"]) if inputs[0].ndim else inputs[0]


def _normalize(inputs: list[Scalars], settings: Settings) -> Scalars:
    x, eps = inputs[0], settings["eps"]
    last = tuple(axis % x.ndim for axis in settings["axes"])
    first = tuple(axis for axis in range(x.ndim) if axis not in last)
    moved = np.transpose(x, (*first, *last))
    rows = moved.reshape(int(np.prod([x.shape[axis] for axis in first], dtype=int)), -1)
    entries: list[Tensor] = []
    for row in rows:
        middle = total(list(row)) / len(row)
        away = [entry - middle for entry in row]
        variance = total([apply(ops.SQUARE, entry) for entry in away]) / len(row)
        scale = apply(ops.RSQRT, variance + eps)
        entries += [apply(ops.MUL, entry, scale) for entry in away]
    back = np.argsort((*first, *last))
    return np.transpose(array_of(entries, moved.shape), back)


# --- Losses --------------------------------------------------------------------------------


def _rows(x: Scalars, targets: Scalars) -> Iterator[tuple[list[Tensor], int]]:
    rows = x.reshape(-1, x.shape[-1])
    for row, target in zip(rows, _data(targets).reshape(-1), strict=True):
        yield list(row), int(target)


def _cross_entropy(inputs: list[Scalars], _: Settings) -> Scalars:
    x, y = inputs
    losses = []
    for row, target in _rows(x, y):
        values = [float(entry.data) for entry in row]
        if max(values) - min(values) > _SAFE:
            losses.append(-_log_softmax_row(row)[target])
        else:
            losses.append(-_softmax_row(row)[target].log())
    return array_of(losses, y.shape)


def _nll(inputs: list[Scalars], settings: Settings) -> Scalars:
    x, y, weights = inputs
    losses = [
        Tensor(0.0)
        if target == settings["ignore_index"]
        else -apply(ops.MUL, weights[target], row[target])
        for row, target in _rows(x, y)
    ]
    return array_of(losses, y.shape)


# --- Choosing: the scalar itself, no operation ----------------------------------------------


def _pick(inputs: list[Scalars], settings: Settings) -> Scalars:
    x, index = inputs[0], _data(inputs[1])
    return np.asarray(ops.PICK.forward(x, index, **settings), dtype=object)


def _gather(inputs: list[Scalars], settings: Settings) -> Scalars:
    return np.asarray(ops.GATHER.forward(inputs[0], _data(inputs[1]), **settings), dtype=object)


def _embedding(inputs: list[Scalars], settings: Settings) -> Scalars:
    table, padding = inputs[0], settings["padding_idx"]
    if padding is not None:  # that row receives no gradient
        table = table.copy()
        table[padding] = [Tensor(entry.data) for entry in table[padding]]
    return np.asarray(table[_data(inputs[1])], dtype=object)


def _one_hot(inputs: list[Scalars], settings: Settings) -> Scalars:
    (x,) = inputs
    cells = [
        apply(ops.EQ, entry, Tensor(number))
        for entry in x.reshape(-1)
        for number in range(settings["classes"])
    ]
    return array_of(cells, (*x.shape, settings["classes"]))


Form = Callable[[list[Scalars], Settings], Scalars]

_WITHOUT_GRADIENT = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "detach"})

_CHOICES: dict[str, Form] = {"pick": _pick, "gather": _gather, "embedding": _embedding}

_FORMS: dict[str, Form] = {
    "matmul": _matmul,
    "matmul_transposed": _matmul_transposed,
    "linear": _linear,
    "outer": _outer,
    "sum": _reduction(_sum),
    "mean": _reduction(_mean),
    "var": _reduction(_var),
    "std": _reduction(_std),
    "prod": _reduction(_prod),
    "amax": _reduction(_extreme(ops.MAXIMUM)),
    "amin": _reduction(_extreme(ops.MINIMUM)),
    "argmax": _reduction(_which("argmax", np.argmax)),
    "argmin": _reduction(_which("argmin", np.argmin)),
    "norm": _reduction(_norm),
    "logsumexp": _reduction(_logsumexp),
    "cumsum": _cumsum,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "normalize": _normalize,
    "cross_entropy": _cross_entropy,
    "nll": _nll,
    "one_hot": _one_hot,
}
