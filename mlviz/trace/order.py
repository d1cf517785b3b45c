"""The order of the reverse pass, and what goes wrong without it.

The reverse pass lets a node send only when it has received everything. Naive recursion does
not wait: an operation adds its share to each of its inputs and at once lets those inputs do
the same, with whatever they have accumulated so far. An operation that is reached twice
sends twice, and the second time it sends again what it had sent already.
"""

from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.trace.timeline import Timeline

MOST_CALLS = 20_000
"""Naive recursion is simulated only up to so many calls; it can need exponentially many."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of naive recursion.

    Attributes:
        node: id of the node that was called.
        turn: for the how many-th time, counted from 1.
        gradient: what it had accumulated by then, and so what it sent on.
    """

    node: int
    turn: int
    gradient: Array


@dataclass(frozen=True, slots=True, eq=False)
class Naive:
    """What naive recursion computes.

    Attributes:
        calls: every call, in order; empty if there are too many of them.
        count: how many calls there are, exactly.
        gradients: what each node ends with, by its id; empty if there are too many calls.
    """

    calls: tuple[Call, ...]
    count: int
    gradients: dict[int, Array]

    def calls_of(self, node: int) -> tuple[Call, ...]:
        """Return the calls of one node."""
        return tuple(call for call in self.calls if call.node == node)


def backward_order(timeline: Timeline) -> tuple[int, ...]:
    """Return the operations in the order in which the reverse pass lets them send."""
    return tuple(dict.fromkeys(contribution.node for contribution in timeline.contributions))


def naive_recursion(timeline: Timeline, limit: int = MOST_CALLS) -> Naive:
    """Return what recursion without an order would have computed, by doing it."""
    count = _count_calls(timeline)
    if count > limit:
        return Naive((), count, {})
    tape, output = timeline.tape, timeline.output
    gradients: dict[int, Array] = {output: timeline.seed}
    turns: dict[int, int] = {}
    calls = []
    stack = [output]  # the calls that are still to be made, the next one last
    with np.errstate(all="ignore"):
        while stack:
            node = tape[stack.pop()]
            turns[node.id] = turns.get(node.id, 0) + 1
            gradient = gradients[node.id]
            calls.append(Call(node.id, turns[node.id], gradient))
            if node.op is None:
                continue
            arrays = tape.arrays(node)
            for slot, target in enumerate(node.inputs):
                if tape[target].requires_grad:
                    share = node.op.vjp(slot, gradient, node.value, arrays, node.params)
                    before = gradients.get(target)
                    gradients[target] = np.asarray(share if before is None else before + share)
            stack.extend(reversed(_callees(timeline, node.id)))
    return Naive(tuple(calls), count, gradients)


def _callees(timeline: Timeline, id: int) -> list[int]:
    """Return the inputs a node calls: one that is used twice is called once."""
    tape = timeline.tape
    return [input for input in dict.fromkeys(tape[id].inputs) if tape[input].requires_grad]


def _count_calls(timeline: Timeline) -> int:
    counts = {timeline.output: 1}
    for node in reversed(timeline.tape.nodes[: timeline.output + 1]):
        if node.id in counts:
            for callee in _callees(timeline, node.id):
                counts[callee] = counts.get(callee, 0) + counts[node.id]
    return sum(counts.values())
