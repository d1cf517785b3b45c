"""Where a gradient is stopped: by a slope of 0, or one so small that hardly anything passes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Contribution, Op
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline

SATURATED = 0.01
"""An activation is saturated where its slope is less than this part of its largest slope."""

LARGEST_SLOPE: Mapping[str, float] = {
    # operation: its slope where it is steepest
    "tanh": 1.0,
    "sigmoid": 0.25,
    "softplus": 1.0,
    "elu": 1.0,
    "logsigmoid": 1.0,
}

GATES = frozenset(
    {"relu", "hardsigmoid", "hardtanh", "clamp", "clamp_between", "maximum", "minimum"}
)
"""Operations that let nothing through where they are level.

A slope of 0 elsewhere is no stop: a product's is the other factor, a square's that of its foot.
"""


@dataclass(frozen=True, slots=True)
class Blocked:
    """How much of one contribution is stopped by its local derivative.

    Attributes:
        count: how many entries are stopped.
        total: how many entries there are.
        dead: whether nothing at all passes: every slope is 0.
        slope: the local derivative, where it is one number.
        largest: the largest slope of a function that saturates; None for others.
    """

    count: int
    total: int
    dead: bool
    slope: float | None
    largest: float | None


def blocked(timeline: Timeline, step: Step) -> Blocked | None:
    """Return what a backward step cannot pass on; None if all of it gets through.

    Only operations that work entry by entry have a slope for each entry.
    """
    op = timeline.tape[step.node].op
    if step.kind is not StepKind.BACKWARD or op is None:
        return None
    return blocked_share(op, timeline.contribution(step))


def blocked_share(op: Op, contribution: Contribution) -> Blocked | None:
    """Return what a contribution of `op` cannot pass on; see `blocked`."""
    local = contribution.local
    if local is None:
        return None
    largest = LARGEST_SLOPE.get(op.name)
    if largest is None and op.name not in GATES:
        return None
    limit = 0.0 if largest is None else SATURATED * largest
    stopped = np.broadcast_to((local == 0) | (np.abs(local) < limit), contribution.upstream.shape)
    count = int(np.count_nonzero(stopped))
    if not count:
        return None
    return Blocked(
        count,
        stopped.size,
        not np.any(local),
        float(local) if local.ndim == 0 else None,
        largest,
    )


def cut_edges(timeline: Timeline) -> frozenset[tuple[int, int]]:
    """Return the edges, by node and slot, along which no gradient can come back.

    What they start from has one, but the operation was detached, or ran without recording.
    """
    tape = timeline.tape
    return frozenset(
        (node.id, slot)
        for node in tape
        if not node.requires_grad
        for slot, source in enumerate(node.inputs)
        if tape[source].requires_grad
    )
