"""The tape: every operation that ran, in execution order, with its values.

A tape is an append-only list. Execution order is already a topological order, so the
reverse pass walks the list backwards: no search, no recursion. Gradients are not stored on
the tape; the reverse pass yields them as `Contribution` records.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mlviz.autograd.mode import mode, special
from mlviz.autograd.ops import Array, Op

if TYPE_CHECKING:
    from mlviz.autograd.tensor import Tensor


# Recording happens while a network trains; a frozen dataclass takes three times as long to make.
@dataclass(slots=True, eq=False)
class Node:
    """One value on the tape; it is never changed after it was recorded.

    Shapes: `value` any.

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
        kept: what forward computed on the way and the reverse pass needs again.
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
    kept: tuple[Array, ...] | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether no operation made this value."""
        return self.op is None

    @property
    def kept_bytes(self) -> int:
        """How much memory `kept` takes."""
        return sum(array.nbytes for array in self.kept or ())


@dataclass(frozen=True, slots=True)
class SavedBytes:
    """How much memory was kept for the reverse pass after one step.

    Attributes:
        node: id of the operation that ran.
        backward: whether it ran in the reverse pass.
        bytes: what is kept after it.
    """

    node: int
    backward: bool
    bytes: int


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
        grad, name = tensor.requires_grad, tensor.name
        node = Node(len(self.nodes), None, (), value, {}, grad, name, "", role, self.line)
        return self._append(tensor, node)

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
        self,
        op: Op,
        inputs: "tuple[Tensor, ...]",
        out: "Tensor",
        params: Mapping[str, Any],
        kept: tuple[Array, ...] | None = None,
    ) -> None:
        """Add the result `out` of `op`; called by the engine."""
        known = self._ids
        ids = tuple([known[id(x)] if id(x) in known else self.id_of(x) for x in inputs])
        value = out._data
        if value.__class__ is not np.ndarray:
            value = np.asarray(value)
        number = len(self.nodes)
        node = Node(number, op, ids, value, params, out.requires_grad, "", "", "", self.line)
        if kept is not None and out.requires_grad:
            node.kept = kept
        self.nodes.append(node)
        self._ids[id(out)] = number
        self._tensors.append(out)

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
        nodes = self.nodes
        return tuple([nodes[id].value for id in node.inputs])

    def saved(self, id: int) -> tuple[int, ...]:
        """Return the ids of the values that node `id` keeps for the reverse pass.

        These are values that the rules of its differentiable inputs read: inputs, or its own
        output. A sum keeps nothing, a product keeps its factors.
        """
        node = self.nodes[id]
        if node.op is None or not node.requires_grad:
            return ()
        inputs = [self.nodes[source] for source in node.inputs]
        return tuple(dict.fromkeys(kept.id for kept in node.op.kept(node, inputs)))

    def saved_bytes(
        self, output: int | None = None, times: Mapping[int, int] | None = None
    ) -> "list[SavedBytes]":
        """Return how much memory is kept for the reverse pass, after each step.

        Forward, every operation may add to it; backward from node `output` (the last one if
        not given), every operation lets go of what it kept. A value that several operations
        keep counts once, and until the last of them is done. Leaves are not counted: they are
        there anyway; nor is what `output` does not depend on.

        Args:
            output: the node to differentiate.
            times: how often the memory of a node counts, as in a larger batch; once if not given.
        """
        last = len(self.nodes) - 1 if output is None else output
        reached = self._reached(last)
        factors = times or {}
        holders: dict[int, int] = {}
        steps = []
        total = 0
        computed = [node for node in self.nodes[: last + 1] if node.op is not None]
        for node in computed:
            if node.id in reached:
                total += node.kept_bytes * factors.get(node.id, 1)
                for kept in self.saved_results(node.id):
                    holders[kept.id] = holders.get(kept.id, 0) + 1
                    if holders[kept.id] == 1:
                        total += kept.value.nbytes * factors.get(kept.id, 1)
            steps.append(SavedBytes(node.id, False, total))
        for node in reversed(computed):
            if node.id not in reached:
                continue
            total -= node.kept_bytes * factors.get(node.id, 1)
            for kept in self.saved_results(node.id):
                holders[kept.id] -= 1
                if not holders[kept.id]:
                    total -= kept.value.nbytes * factors.get(kept.id, 1)
            steps.append(SavedBytes(node.id, True, total))
        return steps

    def saved_results(self, id: int) -> list[Node]:
        """Return those nodes that `saved` names which were computed: leaves are there anyway."""
        return [self.nodes[kept] for kept in self.saved(id) if self.nodes[kept].op is not None]

    def _reached(self, output: int) -> set[int]:
        """Return the nodes that the reverse pass from `output` visits."""
        reached = {output}
        for node in reversed(self.nodes[: output + 1]):
            if node.id in reached:
                if node.requires_grad:
                    reached.update(node.inputs)
                else:
                    reached.discard(node.id)
        return reached


class record:
    """Record every operation of the block on a new tape: `with record() as tape:`.

    Recordings do not nest into each other: an inner block has a tape of its own.
    """

    __slots__ = ("_outer",)

    def __enter__(self) -> Tape:
        grad, self._outer = mode.state
        tape = Tape()
        mode.state = (grad, tape)
        special.add(1)
        return tape

    def __exit__(self, *_: object) -> None:
        mode.state = (mode.grad, self._outer)
        special.add(-1)


class Contribution:
    """What one edge of the graph sends back: upstream times local derivative.

    Shapes: `upstream` like the node; the others like the input.

    Attributes:
        node: id of the node whose rule fired.
        slot: which of its inputs this is about.
        target: id of that input.
        upstream: dL/d(node), in the node's shape.
        downstream: what arrives at the input, in the input's shape.
        before: the input's gradient before this contribution; None when it is the first.
        total: the input's gradient after it.
    """

    __slots__ = (
        "_local",
        "before",
        "downstream",
        "node",
        "slot",
        "target",
        "total",
        "upstream",
    )

    def __init__(
        self,
        node: int,
        slot: int,
        target: int,
        upstream: Array,
        local: "Array | Callable[[], Array | None] | None",
        downstream: Array,
        before: Array | None,
        total: Array,
    ) -> None:
        self.node = node
        self.slot = slot
        self.target = target
        self.upstream = upstream
        self._local = local
        self.downstream = downstream
        self.before = before
        self.total = total

    @property
    def local(self) -> Array | None:
        """The local derivative d(node)/d(input), entry by entry in the node's shape.

        It is None where the operation has no such form (matrix products, reductions), and
        computed when somebody looks: training that is recorded needs it rarely.
        """
        if callable(self._local):
            # Asked for long after the run; a slope that is inf is shown, not warned about.
            with np.errstate(all="ignore"):
                self._local = self._local()
        return self._local


def backward(tape: Tape, output: int, gradient: Array | None = None) -> Iterator[Contribution]:
    """Walk the tape backwards from node `output`, yielding one contribution per edge.

    Shapes: `gradient` like the node's value; each contribution like its input.

    Args:
        tape: the recording.
        output: id of the node to differentiate.
        gradient: dL/d(output) to start from; ones in the output's shape if not given.
    """
    nodes = tape.nodes
    last = nodes[output].value
    if gradient is None:
        gradient = np.empty(last.shape, last.dtype)
        gradient.fill(1)
    totals: dict[int, Array] = {output: np.asarray(gradient)}
    for node in reversed(nodes[: output + 1]):
        upstream = totals.get(node.id)
        op = node.op
        if op is None or upstream is None or not node.requires_grad:
            continue
        arrays, value = tape.arrays(node), node.value
        plain = not op.variadic and not node.params and node.kept is None
        params = node.params if node.kept is None else {**node.params, "kept": node.kept}
        for slot, target in enumerate(node.inputs):
            source = nodes[target]
            if not source.requires_grad:
                continue
            if plain:
                downstream = op.vjps[slot](upstream, value, *arrays)
            else:
                downstream = op.vjp(slot, upstream, value, arrays, params)
            if downstream.dtype is not source.value.dtype:
                downstream = downstream.astype(source.value.dtype)
            if downstream.__class__ is not np.ndarray:
                downstream = np.asarray(downstream)
            before = totals.get(target)
            total = downstream if before is None else before + downstream
            totals[target] = total
            local = partial(op.local, slot, value, arrays, params) if op.elementwise else None
            yield Contribution(node.id, slot, target, upstream, local, downstream, before, total)
