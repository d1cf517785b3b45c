"""The tape: every operation that ran, in execution order, with its values.

A tape is an append-only list. Execution order is already a topological order, so the
reverse pass walks the list backwards: no search, no recursion. Gradients are not stored on
the tape; the reverse pass yields them as `Contribution` records.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlviz.autograd.mode import mode, special
from mlviz.autograd.ops import Array, Op

if TYPE_CHECKING:
    from mlviz.autograd.tensor import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value on the tape.

    Attributes:
        id: the node's position in the tape.
        op: the operation that made it, or None for a leaf.
        inputs: ids of the inputs, in order; an input used twice stands here twice.
        value: the computed value.
        params: what else the operation was given (`dim`, `keepdim`, …).
        requires_grad: whether the reverse pass visits it.
        name: what a person calls it, such as `w₁`; empty when nobody named it.
        origin: where it comes from, such as `layer1.weight[0,2]`.
        role: `parameter`, `input`, `target` or `constant` for a leaf; empty for a result.
        line: index of the source line that made it, or None.
        parts: names of the single entries, flattened; empty when they follow from `name`.
    """

    id: int
    op: Op | None
    inputs: tuple[int, ...]
    value: Array
    params: Mapping[str, Any] = field(default_factory=dict)
    requires_grad: bool = False
    name: str = ""
    origin: str = ""
    role: str = ""
    line: int | None = None
    parts: tuple[str, ...] = ()

    @property
    def is_leaf(self) -> bool:
        """Whether no operation made this value."""
        return self.op is None


@dataclass(eq=False)
class Tape:
    """A list of nodes in execution order, filled while `record()` is open."""

    nodes: list[Node] = field(default_factory=list)
    line: int | None = None
    """The source line that nodes are marked with while recording."""

    def __post_init__(self) -> None:
        # Tensors are kept while recording, so that an id is never given to a second one.
        self._ids: dict[int, int] = {}
        self._tensors: list[Tensor] = []

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, id: int) -> Node:
        return self.nodes[id]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def id_of(self, tensor: "Tensor") -> int:
        """Return the id of `tensor`'s node; a tensor not seen before becomes a leaf.

        A leaf's value is copied, so that a later update of a parameter cannot reach back.
        """
        known = self._ids.get(id(tensor))
        if known is not None:
            return known
        role = "parameter" if tensor.requires_grad else "constant"
        value = np.array(tensor._data)
        return self._append(
            tensor,
            Node(
                len(self.nodes),
                None,
                (),
                value,
                requires_grad=tensor.requires_grad,
                name=tensor.name,
                role=role,
                line=self.line,
            ),
        )

    def label(
        self,
        tensor: "Tensor",
        name: str = "",
        *,
        origin: str = "",
        role: str = "",
        parts: tuple[str, ...] = (),
    ) -> None:
        """Say what a recorded tensor is called, where it comes from and what part it plays."""
        id = self.id_of(tensor)
        node = self.nodes[id]
        self.nodes[id] = replace(
            node,
            name=name or node.name,
            origin=origin or node.origin,
            role=role or node.role,
            parts=parts or node.parts,
        )

    def append(
        self, op: Op, inputs: "tuple[Tensor, ...]", out: "Tensor", params: Mapping[str, Any]
    ) -> None:
        """Add the result `out` of `op`; called by the engine."""
        ids = tuple(self.id_of(tensor) for tensor in inputs)
        node = Node(
            len(self.nodes),
            op,
            ids,
            np.asarray(out._data),
            params,
            requires_grad=out.requires_grad,
            line=self.line,
        )
        self._append(out, node)

    def _append(self, tensor: "Tensor", node: Node) -> int:
        self.nodes.append(node)
        self._ids[id(tensor)] = node.id
        self._tensors.append(tensor)
        return node.id

    def before_change(self, memory: Array) -> None:
        """Keep what was recorded as it was; tensors in `memory` are new leaves from here on."""
        for node in self.nodes:
            if np.may_share_memory(node.value, memory):
                self.nodes[node.id] = replace(node, value=node.value.copy())
        for known in self._tensors:
            if np.may_share_memory(known._data, memory):
                self._ids.pop(id(known), None)

    def close(self) -> None:
        """Let go of the tensors; nodes keep their values."""
        self._ids.clear()
        self._tensors.clear()

    def arrays(self, node: Node) -> tuple[Array, ...]:
        """Return the values of `node`'s inputs, in order."""
        return tuple(self.nodes[id].value for id in node.inputs)


@contextmanager
def record() -> Iterator[Tape]:
    """Record every operation of the block on a new tape.

    Recordings do not nest into each other: an inner block has a tape of its own.
    """
    grad, outer = mode.state
    tape = Tape()
    mode.state = (grad, tape)
    special.add(1)
    try:
        yield tape
    finally:
        mode.state = (mode.grad, outer)
        special.add(-1)


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """What one edge of the graph sends back: upstream times local derivative.

    Attributes:
        node: id of the node whose rule fired.
        slot: which of its inputs this is about.
        target: id of that input.
        upstream: dL/d(node), in the node's shape.
        local: d(node)/d(input) entry by entry in the node's shape, or None where the
            operation has no such form (matrix products, reductions).
        downstream: what arrives at the input, in the input's shape.
        before: the input's gradient before this contribution; None when it is the first.
        total: the input's gradient after it.
    """

    node: int
    slot: int
    target: int
    upstream: Array
    local: Array | None
    downstream: Array
    before: Array | None
    total: Array


def backward(tape: Tape, output: int, gradient: Array | None = None) -> Iterator[Contribution]:
    """Walk the tape backwards from node `output`, yielding one contribution per edge.

    Args:
        tape: the recording.
        output: id of the node to differentiate.
        gradient: dL/d(output) to start from; ones in the output's shape if not given.
    """
    seed = np.ones_like(tape[output].value) if gradient is None else np.asarray(gradient)
    totals: dict[int, Array] = {output: seed}
    for node in reversed(tape.nodes[: output + 1]):
        upstream = totals.get(node.id)
        if node.op is None or upstream is None or not node.requires_grad:
            continue
        arrays = tape.arrays(node)
        for slot, target in enumerate(node.inputs):
            if not tape[target].requires_grad:
                continue
            downstream = np.asarray(node.op.vjp(slot, upstream, node.value, arrays, node.params))
            before = totals.get(target)
            total = downstream if before is None else before + downstream
            totals[target] = total
            local = node.op.local(slot, node.value, arrays, node.params)
            yield Contribution(node.id, slot, target, upstream, local, downstream, before, total)
