"""Two magnifications of one iteration: from a moment and a node of one to those of the other."""

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline

OPERATIONS = "operations"
SCALARS = "scalars"

Ids = Mapping[int, NDArray[np.int64]]
"""From the id of an operation's result to the ids of its scalars."""


def scalar_node(ids: Ids, node: int | None) -> int | None:
    """Return the first scalar of the tensor `node`, or None if nothing stands for it."""
    if node is None or node not in ids:
        return None
    flat = np.asarray(ids[node]).reshape(-1)
    return int(flat[0]) if flat.size else None


def tensor_node(ids: Ids, scalar: int | None) -> int | None:
    """Return the tensor that holds `scalar`; None for one that stands between two tensors."""
    if scalar is None:
        return None
    for node, scalars in ids.items():
        if scalar in np.asarray(scalars):
            return node
    return None


def scalar_position(
    operations: Timeline, scalars: Timeline, ids: Ids, position: Position
) -> Position:
    """Return the moment in `scalars` at which the same is done as at `position`."""
    return Position(position.iteration, milestones(operations, scalars, ids)[position.step])


def tensor_position(
    operations: Timeline, scalars: Timeline, ids: Ids, position: Position
) -> Position:
    """Return the first moment in `operations` by which at least as much is done."""
    step = bisect_left(milestones(operations, scalars, ids), position.step)
    return Position(position.iteration, min(step, len(operations)))


def milestones(operations: Timeline, scalars: Timeline, ids: Ids) -> list[int]:
    """Return, for each step 0, 1, … of `operations`, the step of `scalars` that completes it."""
    values: dict[int, int] = {}
    gradients: dict[int, int] = {}
    updates: dict[int, int] = {}
    seed = result = 0
    for step in scalars.steps:
        match step.kind:
            case StepKind.FORWARD:
                values[step.node] = step.number
            case StepKind.SEED:
                seed = step.number
            case StepKind.BACKWARD:
                gradients[step.target] = step.number
            case StepKind.UPDATE:
                updates[step.node] = step.number
            case StepKind.RESULT:
                result = step.number

    def completed(step: Step) -> int:
        if step.kind is StepKind.SEED:
            return seed
        if step.kind is StepKind.RESULT:
            return result
        known = {
            StepKind.FORWARD: values,
            StepKind.BACKWARD: gradients,
            StepKind.UPDATE: updates,
        }[step.kind]
        members = np.asarray(ids.get(step.target, ())).reshape(-1)
        return max((known.get(int(member), 0) for member in members), default=0)

    found = [0]
    for step in operations.steps:
        # Time runs forwards in both, also where a step has no scalar of its own.
        found.append(max(found[-1], completed(step)))
    if found[-1] < len(scalars):
        found[-1] = len(scalars)
    return found
