"""How much memory the reverse pass costs: what forward has to keep, and when it is let go."""

from collections.abc import Mapping
from dataclasses import dataclass

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

    What an operation keeps says the tape: results that the rules of its differentiable inputs
    read, and what it worked out on the way.
    """
    batch = _batch(timeline)
    carrying = _with_batch(timeline, batch)
    held = _held(timeline, {})
    doubled = max(_held(timeline, dict.fromkeys(carrying, 2))) if batch else max(held)
    inference, training = _alive(timeline, training=False), _alive(timeline, training=True)
    return Memory(tuple(held), inference, training, batch, doubled)


def _held(timeline: Timeline, times: Mapping[int, int]) -> list[int]:
    """Return the bytes held after each step, as the tape counts them for each operation.

    An operation lets go of what it kept with the last gradient that it sends.
    """
    steps = timeline.tape.saved_bytes(timeline.output, times)
    after = {(step.node, step.backward): step.bytes for step in steps}
    last_sent = {
        step.node: step.number for step in timeline.steps if step.kind is StepKind.BACKWARD
    }
    total, found = 0, [0]
    for step in timeline.steps:
        if step.kind is StepKind.FORWARD:
            total = after.get((step.node, False), total)
        elif step.kind is StepKind.BACKWARD and last_sent[step.node] == step.number:
            total = after[step.node, True]
        found.append(total)
    return found


def _alive(timeline: Timeline, *, training: bool) -> int:
    """Return the most bytes alive at once in forward; a result is let go when it was last read.

    In training what the reverse pass needs stays, and so does what an operation kept beside it.
    """
    tape = timeline.tape
    stays = {kept.id for node in tape for kept in tape.saved_results(node.id)} if training else ()
    last_read = {id: node.id for node in tape for id in node.inputs}
    alive = most = 0
    for node in tape:
        if node.is_leaf:
            continue
        alive += node.value.nbytes + (node.kept_bytes if training else 0)
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
