"""How much memory the reverse pass costs: what forward has to keep, and when it is let go."""

from dataclasses import dataclass

from mlviz.autograd import Node
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one iteration, of computed results only: data and parameters are there anyway.

    Attributes:
        held: bytes kept for the reverse pass after step 0, 1, ….
        inference: the most bytes alive at once if nothing is kept: each result is let go as
            soon as its last reader has run.
        training: the same for training, where what is kept for the reverse pass stays.
        batch: how many examples there are in a batch; 0 if there is no batch.
        doubled: the most bytes kept for the reverse pass with a batch twice as large.
    """

    held: tuple[int, ...]
    inference: int
    training: int
    batch: int
    doubled: int

    @property
    def peak(self) -> int:
        """The most bytes kept for the reverse pass."""
        return max(self.held)


def memory(timeline: Timeline) -> Memory:
    """Return what an iteration keeps, step by step.

    An operation keeps those results that the rules of its differentiable inputs read, until it
    has sent its last gradient; a result that several operations keep counts once.
    """
    batch = _batch(timeline)
    carrying = _with_batch(timeline, batch)
    held = _held(timeline, {})
    doubled = max(_held(timeline, dict.fromkeys(carrying, 2))) if batch else max(held)
    stays = {id for node in timeline.tape for id in kept(timeline, node)}
    inference, training = _alive(timeline, set()), _alive(timeline, stays)
    return Memory(tuple(held), inference, training, batch, doubled)


def kept(timeline: Timeline, node: Node) -> tuple[int, ...]:
    """Return the results that `node` keeps for the reverse pass."""
    if node.op is None or not node.requires_grad:
        return ()
    inputs = [timeline.tape[id] for id in node.inputs]
    read = dict.fromkeys(value.id for value in node.op.kept(node, inputs))
    return tuple(id for id in read if not timeline.tape[id].is_leaf)


def _held(timeline: Timeline, times: dict[int, int]) -> list[int]:
    """Return the bytes held after each step; some results count several times."""
    tape = timeline.tape
    last_sent = {
        step.node: step.number for step in timeline.steps if step.kind is StepKind.BACKWARD
    }
    holders: dict[int, int] = {}
    total, found = 0, [0]
    for step in timeline.steps:
        if step.kind is StepKind.FORWARD and step.node in last_sent:
            for id in kept(timeline, tape[step.node]):
                holders[id] = holders.get(id, 0) + 1
                if holders[id] == 1:
                    total += tape[id].value.nbytes * times.get(id, 1)
        elif step.kind is StepKind.BACKWARD and last_sent[step.node] == step.number:
            for id in kept(timeline, tape[step.node]):
                holders[id] -= 1
                if not holders[id]:
                    total -= tape[id].value.nbytes * times.get(id, 1)
        found.append(total)
    return found


def _alive(timeline: Timeline, stays: set[int]) -> int:
    """Return the most bytes alive at once in forward; all but what stays is let go when read."""
    tape = timeline.tape
    last_read = {id: node.id for node in tape for id in node.inputs}
    alive = most = 0
    for node in tape:
        if node.is_leaf:
            continue
        alive += node.value.nbytes
        most = max(most, alive)
        for id in set(node.inputs):
            if last_read[id] == node.id and not tape[id].is_leaf and id not in stays:
                alive -= tape[id].value.nbytes
    return most


def _batch(timeline: Timeline) -> int:
    """Return how many rows the inputs have."""
    rows = {
        node.value.shape[0] for node in timeline.tape if node.role == "input" and node.value.ndim
    }
    return rows.pop() if len(rows) == 1 else 0


def _with_batch(timeline: Timeline, batch: int) -> set[int]:
    """Return the nodes that have a row for each example: made from such nodes, and as long."""
    found: set[int] = set()
    for node in timeline.tape:
        long = node.value.ndim > 0 and node.value.shape[0] == batch
        if long and (node.role in ("input", "target") or found.intersection(node.inputs)):
            found.add(node.id)
    return found
