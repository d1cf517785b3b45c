"""The reverse pass over tensors: from the result back to the leaves, last computed first.

`Tensor.backward` and `grad` are two ends of the one loop in `_walk`. It follows links, not
calls, so depth costs nothing; it visits operations in the reverse of the order in which
they ran, exactly as the tape does, so both give the same gradients to the last bit.
"""

from bisect import insort
from collections.abc import Mapping, Sequence, Set
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from mlviz.autograd.inplace import changes
from mlviz.errors import EngineError
from mlviz.i18n import Message

if TYPE_CHECKING:
    from mlviz.autograd.tensor import Tensor

ndarray = np.ndarray
_number = attrgetter("_order")
_NOBODY: Set[int] = frozenset()
_NOTHING: Mapping[str, Any] = {}


def seed(output: "Tensor", gradient: Any) -> Any:
    """Return dL/d(output) to start from: what was given, or 1 for a single number.

    Raises:
        EngineError: there is no history, or `gradient` is missing or has another shape.
    """
    if not output.requires_grad:
        raise EngineError(Message("error.engine.no_history"))
    data = output._data
    if gradient is None:
        if data.__class__ is not ndarray:
            return data.__class__(1)
        if data.size != 1:
            raise EngineError(Message("error.engine.needs_gradient", shape=str(data.shape)))
        return np.ones(data.shape, data.dtype)
    given = np.array(getattr(gradient, "data", gradient), dtype=data.dtype)
    if given.shape != data.shape:
        raise EngineError(
            Message("error.engine.gradient_shape", found=str(given.shape), wanted=str(data.shape))
        )
    return given


def backward(
    roots: Sequence["Tensor"],
    seeds: Sequence[Any],
    retain_graph: bool,
    inputs: Sequence["Tensor"] | None = None,
) -> None:
    """Add the gradients of `roots` to `.grad` of their leaves, or of `inputs` alone."""
    if inputs is not None and not inputs:
        raise EngineError(Message("error.engine.no_inputs"))
    wanted = _NOBODY if inputs is None else {id(tensor) for tensor in inputs}
    inner, leaves = _walk(roots, seeds, retain_graph, wanted)
    for tensor, g in inner:
        accumulate(tensor, g.copy())
    for leaf, g in leaves.items():
        if inputs is None or id(leaf) in wanted:
            if leaf._hooks is not None:
                g = _hooked(leaf, g)
            if leaf._grad is None and g.__class__ is ndarray and g.base is None:
                leaf._grad = g  # it is nobody else's, as `accumulate` would find too
            else:
                accumulate(leaf, g)


def grad(
    outputs: "Tensor | Sequence[Tensor]",
    inputs: "Tensor | Sequence[Tensor]",
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
) -> "tuple[Tensor | None, ...]":
    """Return d(outputs)/d(inputs), and leave every `.grad` as it is.

    Shapes: a gradient has the shape of its input.

    Args:
        outputs: a tensor or several, whose gradients are summed.
        inputs: what to differentiate for; leaves or computed tensors.
        grad_outputs: dL/d(output) for each output; may be left out for single numbers.
        retain_graph: keep what forward saved, so that the reverse pass can run again.
        create_graph: derivatives of derivatives are not offered.
        allow_unused: give None for an input that the outputs do not depend on.

    Raises:
        EngineError: as for `Tensor.backward`, and if an input is not reached.
    """
    refuse_create_graph("grad", create_graph)
    roots, targets = _several(outputs), _several(inputs)
    starts = grad_outputs if isinstance(grad_outputs, list | tuple) else [grad_outputs]
    starts = list(starts) if len(starts) == len(roots) else [*starts, *[None] * len(roots)]
    seeds = [seed(root, start) for root, start in zip(roots, starts, strict=False)]
    for tensor in targets:
        if not tensor.requires_grad:
            raise EngineError(Message("error.engine.no_history"))
    wanted = {id(tensor) for tensor in targets}
    inner, leaves = _walk(roots, seeds, bool(retain_graph), wanted)
    found = {id(tensor): tensor._like(g.copy()) for tensor, g in inner}
    for leaf, g in leaves.items():
        if id(leaf) in wanted:
            found[id(leaf)] = leaf._like(_hooked(leaf, g).copy())
    for position, tensor in enumerate(targets):
        if id(tensor) not in found and not allow_unused:
            raise EngineError(Message("error.engine.unreachable", position=position))
    return tuple(found.get(id(tensor)) for tensor in targets)


def _several(tensors: Any) -> "list[Tensor]":
    return list(tensors) if isinstance(tensors, list | tuple) else [tensors]


def _walk(
    roots: Sequence["Tensor"],
    seeds: Sequence[Any],
    retain_graph: bool,
    wanted: Set[int],
) -> "tuple[list[tuple[Tensor, Any]], dict[Tensor, Any]]":
    """Return finished gradients: of the inner tensors among `wanted`, and of all leaves."""
    totals: dict[Tensor, Any] = {}
    for root, start in zip(roots, seeds):  # noqa: B905 (strict costs more than the loop)
        totals[root] = start if root not in totals else totals[root] + start
    inner: list[tuple[Tensor, Any]] = []
    # Computed tensors that have received something, the newest at the end. Whoever uses a
    # tensor is newer than it, so the newest has received everything it ever will.
    ready = [root for root in totals if root._op is not None]
    ready.sort(key=_number)
    while ready:
        node = ready.pop()
        g = totals.pop(node)
        if node._hooks is not None:
            g = _hooked(node, g)
        if wanted and id(node) in wanted:
            inner.append((node, g))
        op, out, inputs = node._op, node._data, node._inputs
        assert op is not None
        if inputs is None:
            raise EngineError(Message("error.engine.freed"))
        if changes.latest > node._order:
            _check_unchanged(node)
        if (
            out.__class__ is not ndarray
            and op.pull is not None
            and len(inputs) == 2
            and not node._params
            and inputs[0].requires_grad
            and inputs[1].requires_grad
        ):
            # Two 0-d values, as in most of a small graph: both products in one call.
            x, y = inputs
            downstream, last = op.pull(g, out, x._data, y._data)
            if x in totals:
                totals[x] = totals[x] + downstream
            else:
                totals[x] = downstream
                if x._op is not None:
                    _await(ready, x)
            if y in totals:
                totals[y] = totals[y] + last
            else:
                totals[y] = last
                if y._op is not None:
                    _await(ready, y)
        else:
            arrays = [source._data for source in inputs]
            params = node._params
            vjps = op.vjps if out.__class__ is ndarray or op.pull is None else op.scalar_vjps
            slot = 0
            for source in inputs:
                if source.requires_grad:
                    if op.variadic:
                        downstream = vjps[0](g, out, *arrays, slot=slot, **params)
                    elif params:
                        downstream = vjps[slot](g, out, *arrays, **params)
                    else:
                        downstream = vjps[slot](g, out, *arrays)
                    if downstream.dtype is not arrays[slot].dtype:
                        downstream = downstream.astype(arrays[slot].dtype)
                    if source in totals:
                        totals[source] = totals[source] + downstream
                    elif source._op is None:
                        # Two leaves never share one gradient.
                        totals[source] = g.copy() if downstream is g else downstream
                    else:
                        totals[source] = downstream
                        if ready:
                            _await(ready, source)
                        else:
                            ready.append(source)
                slot += 1  # noqa: SIM113 (enumerate makes a tuple for each)
        if not retain_graph and (op._keeps or (op._keeps is None and op.keeps(inputs))):
            node._inputs = None
            node._params = _NOTHING
    return inner, totals


def _await(ready: "list[Tensor]", tensor: "Tensor") -> None:
    """Add `tensor` to those that are `ready`, which are sorted by age."""
    if not ready or tensor._order > ready[-1]._order:
        ready.append(tensor)
    else:
        insort(ready, tensor, key=_number)


def _check_unchanged(node: "Tensor") -> None:
    assert node._op is not None
    for tensor in node._op.kept(node, node._inputs or ()):
        if changes.of(tensor._data) > node._order:
            raise EngineError(
                Message(
                    "error.engine.changed",
                    op=node._op.name,
                    shape=str(tensor.shape),
                    name=tensor.name or "?",
                )
            )


def _hooked(tensor: "Tensor", g: Any) -> Any:
    """Return what the hooks of `tensor` make of its gradient."""
    hooks = tensor._hooks or {}
    for key in sorted(hooks, key=lambda key: key < 0):  # the one that retains comes last
        hook = hooks[key]
        answer = hook(tensor._like(g))
        if answer is None:
            continue
        g = np.asarray(getattr(answer, "data", answer), dtype=tensor.dtype)
        if g.shape != tensor.shape:
            raise EngineError(
                Message("error.engine.hook", found=str(g.shape), wanted=str(tensor.shape))
            )
        g = g.copy()
    return g


def accumulate(tensor: "Tensor", g: Any) -> None:
    """Add `g` to `tensor.grad`; the first one becomes it."""
    if tensor._grad is None:
        if g.__class__ is ndarray and g.base is not None:
            g = g.copy()  # a view belongs to somebody else, who may change it
        tensor._grad = g
        return
    known = tensor.grad
    assert known is not None
    if known._data.__class__ is ndarray:
        np.add(known._data, g, out=known._data)
    else:
        known._data = known._data + g


def check_grad(tensor: "Tensor", grad: Any) -> None:
    """Raise if `grad` cannot be the gradient of `tensor`.

    Raises:
        EngineError: it is no tensor, or has another shape.
    """
    found = getattr(grad, "_data", None)
    if found is None or found.shape != tensor._data.shape:
        shown = type(grad).__name__ if found is None else str(found.shape)
        raise EngineError(
            Message("error.engine.grad_of", found=shown, wanted=str(tensor._data.shape))
        )


def refuse_create_graph(op: str, create_graph: bool) -> None:
    """Raise if derivatives of derivatives were asked for."""
    if create_graph:
        hint = Message("error.engine.leave_out")
        raise EngineError(
            Message(
                "error.engine.unsupported",
                op=op,
                argument="create_graph",
                value="True",
                allowed=hint,
            )
        )


class HookHandle:
    """What `register_hook` returns: takes the hook away again."""

    __slots__ = ("_hooks",)

    def __init__(self, hooks: dict[int, Any]) -> None:
        self._hooks = hooks

    def remove(self) -> None:
        """Do not call the hook any more."""
        self._hooks.pop(id(self), None)
