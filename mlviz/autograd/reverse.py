"""The reverse pass over tensors: from the result back to the leaves, last computed first.

`Tensor.backward` and `grad` are two ends of the one loop in `_walk`. It follows links, not
calls, so depth costs nothing; it visits operations in the reverse of the order in which
they ran, exactly as the tape does, so both give the same gradients to the last bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from mlviz.autograd.inplace import changes
from mlviz.errors import EngineError
from mlviz.i18n import Message

if TYPE_CHECKING:
    from mlviz.autograd.ops import Op
    from mlviz.autograd.tensor import Tensor

_number = attrgetter("_order")


def seed(output: "Tensor", gradient: Any) -> Any:
    """Return dL/d(output) to start from: what was given, or 1 for a single number.

    Raises:
        EngineError: there is no history, or `gradient` is missing or has another shape.
    """
    if not output.requires_grad:
        raise EngineError(Message("error.engine.no_history"))
    data = output._data
    if gradient is None:
        if data.size != 1:
            raise EngineError(Message("error.engine.needs_gradient", shape=str(data.shape)))
        return data.dtype.type(1) if not data.shape else np.ones(data.shape, data.dtype)
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
    wanted = {id(tensor) for tensor in inputs or ()}
    for tensor, gradient in _walk(roots, seeds, retain_graph, wanted):
        if inputs is None or id(tensor) in wanted:
            _accumulate(tensor, gradient)


def grad(
    outputs: "Tensor | Sequence[Tensor]",
    inputs: "Tensor | Sequence[Tensor]",
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
) -> "tuple[Tensor | None, ...]":
    """Return d(outputs)/d(inputs), and leave every `.grad` as it is.

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
    found = {
        id(tensor): tensor._like(g if g.base is None else g.copy())
        for tensor, g in _walk(roots, seeds, bool(retain_graph), wanted, keep=False)
    }
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
    wanted: set[int],
    keep: bool = True,
) -> Iterable[tuple["Tensor", Any]]:
    """Return tensors with their finished gradients: leaves, retained ones and `wanted`."""
    totals: dict[Tensor, Any] = {}
    for root, start in zip(roots, seeds, strict=True):
        totals[root] = start if root not in totals else totals[root] + start
    history = _history(roots)
    if history and changes.latest > history[-1]._order:
        _check_unchanged(history)
    finished: list[tuple[Tensor, Any]] = []
    for node in history:
        g = totals.pop(node, None)
        if g is None:  # nothing came back to it
            continue
        if node._hooks:
            g = _hooked(node, g)
        if (keep and node._retains_grad) or (wanted and id(node) in wanted):
            finished.append((node, g.copy()))
        out, op, inputs = node._data, node._op, node._inputs
        assert op is not None and inputs is not None  # noqa: PT018 (one test, in a hot loop)
        arrays = [source._data for source in inputs]
        many = out.__class__ is np.ndarray or not op.scalar_vjps
        vjps = op.vjps if many else op.scalar_vjps
        params = node._params
        for slot, source in enumerate(inputs):
            if not source.requires_grad:
                continue
            if params or op.variadic:
                downstream = _pull(op, slot, g, out, arrays, params)
            else:
                downstream = vjps[slot](g, out, *arrays)
            if many:
                if downstream.dtype is not arrays[slot].dtype:
                    downstream = downstream.astype(arrays[slot].dtype)
                if downstream is g and source._op is None:
                    downstream = g.copy()  # two leaves never share one gradient
            known = totals.get(source)
            totals[source] = downstream if known is None else known + downstream
        if not retain_graph and op.keeps(inputs):
            node._inputs = None
    for leaf, g in totals.items():
        finished.append((leaf, _hooked(leaf, g) if leaf._hooks else g))
    return finished


def _pull(
    op: "Op", slot: int, g: Any, out: Any, arrays: list[Any], params: Mapping[str, Any]
) -> Any:
    if op.variadic:
        return op.vjps[0](g, out, *arrays, slot=slot, **params)
    if out.__class__ is not np.ndarray and op.scalar_vjps:
        return op.scalar_vjps[slot](g, out, *arrays, **params)
    return op.vjps[slot](g, out, *arrays, **params)


def _history(roots: Sequence["Tensor"]) -> list["Tensor"]:
    """Return every computed tensor that `roots` depend on, last computed first.

    Raises:
        EngineError: an earlier reverse pass freed a part of the graph.
    """
    found = {root for root in roots if root._op is not None}
    unseen = list(found)
    while unseen:
        inputs = unseen.pop()._inputs
        if inputs is None:
            raise EngineError(Message("error.engine.freed"))
        for source in inputs:
            if source._op is not None and source not in found:
                found.add(source)
                unseen.append(source)
    return sorted(found, key=_number, reverse=True)


def _check_unchanged(history: list["Tensor"]) -> None:
    for node in history:
        assert node._op is not None and node._inputs is not None  # noqa: PT018
        for tensor in node._op.kept(node, node._inputs):
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
    assert tensor._hooks is not None
    for hook in tuple(tensor._hooks.values()):
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


def _accumulate(tensor: "Tensor", g: Any) -> None:
    """Add `g` to `tensor.grad`; the first one becomes it."""
    if tensor._data.dtype.kind != "f":
        raise EngineError(Message("error.engine.integer_grad", dtype=str(tensor.dtype)))
    known = tensor.grad
    if known is None:
        # A view belongs to somebody else, who may change it.
        tensor.grad = tensor._like(g if g.base is None else np.array(g))
    elif known._data.__class__ is np.ndarray and known._data.shape:
        np.add(known._data, g, out=known._data)
    else:
        known._data = known._data + g


def refuse_create_graph(op: str, create_graph: bool) -> None:
    """Raise if derivatives of derivatives were asked for."""
    if create_graph:
        allowed = Message("error.engine.leave_out")
        raise EngineError(
            Message(
                "error.engine.unsupported",
                op=op,
                argument="create_graph",
                value="True",
                allowed=allowed,
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
