"""Layers: the nodes of a tape gathered into blocks, each block one operation of its own.

A block is what made one value: the operations of a module (`layer1.z` and `layer1.a`), or the
whole right-hand side of a line. What a block computes and its derivatives are put together
from those of its operations, in numbers and in symbols alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlviz.autograd import Array, Node, Op, Tape
from mlviz.autograd.expression import Binary, Call, Expression, Name, Negative, Number

BLOCK_NAMES = frozenset({"layer", "assignment", "loss"})
"""What the operations that stand for a whole block are called."""

FUNCTION_NAMES = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "gelu_tanh": "GELU",
    "silu": "SiLU",
    "binary_cross_entropy": "BCE",
    "binary_cross_entropy_with_logits": "BCE",
    "kl_divergence": "KL",
    "kl_divergence_log": "KL",
    "smooth_l1": "smooth L1",
}
"""What operations are called whose own formula is longer than their name."""

_LONGEST = 60
"""Most parts of a rule that is written out; a longer one is only named."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some operations with one result.

    Attributes:
        root: the node whose value is the block's.
        members: all its nodes, in the order in which they ran; the root is the last.
        inputs: the nodes outside that it reads, each once.
        module: where it comes from, such as `layer1`; empty for a line or a single operation.
    """

    root: int
    members: tuple[int, ...]
    inputs: tuple[int, ...]
    module: str = ""


def module_of(node: Node) -> str:
    """Return the module that a node comes from: `layer1` for `layer1.weight`."""
    return node.origin.rpartition(".")[0]


def blocks(tape: Tape, output: int) -> dict[int, Block]:
    """Return the blocks of a tape by their roots; every operation is in exactly one.

    A node joins the block of the one that reads it, if nothing else reads it and no name, line
    or module stands between them. So a block has one result, and no path leaves it and returns.
    """
    readers: dict[int, list[int]] = {}
    for node in tape:
        for source in set(node.inputs):
            readers.setdefault(source, []).append(node.id)
    home: dict[int, int] = {}
    for node in reversed(tape.nodes):
        if node.is_leaf:
            continue
        homes = {home[reader] for reader in readers.get(node.id, ())}
        joins = len(homes) == 1 and node.id != output and _belong(node, tape[min(homes)])
        home[node.id] = homes.pop() if joins else node.id
    found: dict[int, list[int]] = {}
    for node in tape:
        if not node.is_leaf:
            found.setdefault(home[node.id], []).append(node.id)
    return {root: _block(tape, root, members) for root, members in found.items()}


def _belong(node: Node, root: Node) -> bool:
    """Whether a node is part of what made `root`."""
    if module_of(node):
        return module_of(node) == module_of(root)
    if node.name and not _is_loss_entry(node, root):
        return False
    return node.line == root.line


def _is_loss_entry(node: Node, root: Node) -> bool:
    # The entries of a loss and their mean are one layer.
    return root.origin == "loss" and not node.origin


def _block(tape: Tape, root: int, members: list[int]) -> Block:
    inside = set(members)
    inputs = dict.fromkeys(
        source for id in members for source in tape[id].inputs if source not in inside
    )
    return Block(root, tuple(members), tuple(inputs), module_of(tape[root]))


def block_op(tape: Tape, block: Block) -> Op:
    """Return a block as one operation, which reads `block.inputs` in their order."""
    return _Composer(tape, block).op()


class _Composer:
    """Puts the operations of one block together."""

    def __init__(self, tape: Tape, block: Block) -> None:
        self._nodes = [tape[id] for id in block.members]
        self._inputs = block.inputs
        self._root = tape[block.root]
        self._names = {id: f"x{slot}" for slot, id in enumerate(block.inputs)}
        self._needed = {node.id for node in tape if node.requires_grad}
        self._sizes = {id: int(tape[id].value.size) for id in (*block.inputs, *block.members)}
        self._entrywise = all(
            node.op is not None and node.op.elementwise and node.value.ndim <= self._root.value.ndim
            for node in self._nodes
        )
        self._symbols = self._outputs()

    def op(self) -> Op:
        slots = range(len(self._inputs))
        kinds = "layer" if self._root.origin.rpartition(".")[0] else "assignment"
        return Op(
            "loss" if self._root.origin == "loss" else kinds,
            tuple(self._names.values()),
            self._forward,
            tuple(self._vjp(slot) for slot in slots),
            self._symbols[self._root.id],
            tuple(self._rule(slot) for slot in slots),
            elementwise=self._entrywise,
            locals=tuple(self._local(slot) for slot in slots) if self._entrywise else (),
            named=self._outputs(by_name=True)[self._root.id],
        )

    # --- In numbers ------------------------------------------------------------------------

    def _values(self, arrays: tuple[Any, ...]) -> dict[int, Any]:
        values = dict(zip(self._inputs, map(np.asarray, arrays), strict=True))
        for node in self._nodes:
            assert node.op is not None
            inputs = [values[id] for id in node.inputs]
            values[node.id] = np.asarray(node.op.forward(*inputs, **node.params))
        return values

    def _forward(self, *arrays: Any) -> Array:
        return np.asarray(self._values(arrays)[self._root.id])

    def _vjp(self, slot: int) -> Callable[..., Array]:
        target = self._inputs[slot]

        def vjp(g: Any, out: Any, *arrays: Any) -> Array:
            values = self._values(arrays)
            totals = {self._root.id: g}
            for node, place, source in self._edges():
                if node.id not in totals or not self._leads(source, target):
                    continue
                assert node.op is not None
                inputs = tuple(values[id] for id in node.inputs)
                sent = node.op.vjp(place, totals[node.id], values[node.id], inputs, node.params)
                totals[source] = totals[source] + sent if source in totals else sent
            return np.asarray(totals.get(target, np.zeros_like(values[target])))

        return vjp

    def _local(self, slot: int) -> Callable[..., Array]:
        target = self._inputs[slot]

        def local(out: Any, *arrays: Any) -> Array:
            values = self._values(arrays)
            slopes: dict[int, Any] = {self._root.id: np.ones(np.shape(out))}
            for node, place, source in self._edges():
                if node.id not in slopes or not self._leads(source, target):
                    continue
                assert node.op is not None
                inputs = tuple(values[id] for id in node.inputs)
                own = node.op.local(place, values[node.id], inputs, node.params)
                sent = slopes[node.id] * own
                slopes[source] = slopes[source] + sent if source in slopes else sent
            return np.asarray(slopes.get(target, np.zeros(np.shape(out))))

        return local

    def _edges(self) -> list[tuple[Node, int, int]]:
        """Return the edges of the block, in the order of the reverse pass."""
        return [
            (node, place, source)
            for node in reversed(self._nodes)
            for place, source in enumerate(node.inputs)
            if source in self._needed
        ]

    def _leads(self, source: int, target: int) -> bool:
        return source == target or source not in self._names

    # --- In symbols ------------------------------------------------------------------------

    def _outputs(self, *, by_name: bool = False) -> dict[int, Expression]:
        found: dict[int, Expression] = {id: Name(name) for id, name in self._names.items()}
        for node in self._nodes:
            assert node.op is not None
            if node.op.variadic and node.op.elementwise:
                found[node.id] = _sum([found[id] for id in node.inputs])
            elif by_name and node.op.name in FUNCTION_NAMES:
                inputs = tuple(found[id] for id in node.inputs)
                found[node.id] = Call(FUNCTION_NAMES[node.op.name], inputs)
            else:
                found[node.id] = _replaced(node.op.output, self._words(node, found))
        return found

    def _words(self, node: Node, known: Mapping[int, Expression]) -> dict[str, Expression]:
        """Return what to write for the names in the row of a member's operation."""
        assert node.op is not None
        words: dict[str, Expression] = {
            name: Number(value)
            for name, value in node.params.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        if node.inputs:
            count = self._sizes[node.inputs[0]] // max(self._sizes[node.id], 1)
            words["n"] = Number(count)
        inputs = [known[id] for id in node.inputs]
        return words | dict(zip(node.op.arguments, inputs, strict=False))

    def _rule(self, slot: int) -> Expression:
        """Return the local derivative, or the whole downstream gradient, as it is written."""
        target = self._inputs[slot]
        start: Expression = Number(1) if self._entrywise else Name("g")
        totals: dict[int, Expression] = {self._root.id: start}
        for node, place, source in self._edges():
            if node.id not in totals or not self._leads(source, target):
                continue
            assert node.op is not None
            words = self._words(node, self._symbols)
            last = node.id == self._root.id
            words["out"] = Name("out") if last else self._symbols[node.id]
            words["g"] = totals[node.id]
            rule = _replaced(node.op.rule(place), words)
            sent = _times(totals[node.id], rule) if node.op.elementwise else rule
            totals[source] = _sum([totals[source], sent]) if source in totals else sent
            if _length(totals[source]) > _LONGEST:
                return Call("chain_rule", (start,) if not self._entrywise else (Name("out"),))
        return totals.get(target, Number(0))


def _sum(terms: list[Expression]) -> Expression:
    result = terms[0]
    for term in terms[1:]:
        result = Binary("+", result, term)
    return result


def _times(first: Expression, second: Expression) -> Expression:
    if first == Number(1):
        return second
    if second == Number(1):
        return first
    if isinstance(second, Negative) and second.operand == Number(1):
        return Negative(first)
    return Binary("*", first, second)


def _replaced(expression: Expression, words: Mapping[str, Expression]) -> Expression:
    """Return an expression with other expressions in the place of its names."""
    match expression:
        case Name(id=name):
            return words.get(name, expression)
        case Negative(operand=operand):
            return Negative(_replaced(operand, words))
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, _replaced(left, words), _replaced(right, words))
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(_replaced(part, words) for part in arguments))
    return expression


def _length(expression: Expression) -> int:
    match expression:
        case Negative(operand=operand):
            return 1 + _length(operand)
        case Binary(left=left, right=right):
            return 1 + _length(left) + _length(right)
        case Call(arguments=arguments):
            return 1 + sum(map(_length, arguments))
    return 1
