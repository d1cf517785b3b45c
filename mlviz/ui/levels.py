"""Two magnifications of one iteration: from a moment and a node of one to those of the other.

In between stands the recorded run: every magnification knows which of its nodes hold what was
recorded. So here "operations" is the recording and "scalars" is any magnification of it.
"""

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mlviz.trace.magnify import LAYERS, LEVELS, OPERATIONS, SCALARS, View
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline

__all__ = ["LAYERS", "LEVELS", "OPERATIONS", "SCALARS"]

Ids = Mapping[int, NDArray[np.int64]]
"""From the id of an operation's result to the ids of its scalars."""


def node_in(view: View, recorded: int | None) -> int | None:
    """Return what stands for a recorded node in a view, or None if nothing does.

    It is the node itself, or its first entry, or the block that it is inside of.
    """
    if recorded is None:
        return None
    if recorded in view.ids:
        flat = np.asarray(view.ids[recorded]).reshape(-1)
        return int(flat[0]) if flat.size else None
    later = (id for id, spot in enumerate(view.spots) if spot.node > recorded and spot.part)
    return next(later, None)


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
