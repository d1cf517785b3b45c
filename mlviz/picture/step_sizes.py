"""How far one step goes: a term, an operation, a neuron, a layer, a phase, an iteration.

Every size cuts the same steps into stretches, and where a larger size ends, all smaller ones
end too. Nodes tell by their origin (`layer1.z[0,2]`) which neuron and which layer they belong
to; one without an origin belongs to what is computed from it, so a formula's stretches are its
named values.
"""

import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Literal

from mlviz.autograd import Tape
from mlviz.picture.player import at_rest, rest_at
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline

StepSize = Literal["term", "operation", "neuron", "layer", "phase", "iteration"]

SIZES: tuple[StepSize, ...] = ("term", "operation", "neuron", "layer", "phase", "iteration")

_ORIGIN = re.compile(r"(?P<layer>layer\d+)\.\w+(?:\[(?P<index>[\d,]+)\])?")

Bounds = tuple[tuple[int, int], ...]


@lru_cache(maxsize=32)
def bounds(timeline: Timeline, size: StepSize) -> Bounds:
    """Return the first and last step of every stretch, in order."""
    if size == "iteration":
        return ((1, len(timeline)),) if timeline.steps else ()
    owners = _owners(timeline.tape)
    key: Callable[[Step], Hashable]
    match size:
        case "term":
            key = _number
        case "operation":
            key = _operation
        case "phase":
            key = _phase
        case _:

            def key(step: Step) -> Hashable:
                # All updates are one stretch, as they are for an operation; the result stands
                # for itself; the seed belongs to the loss it starts from.
                if step.kind in (StepKind.UPDATE, StepKind.RESULT):
                    return step.kind
                owner = owners[step.node]
                return step.phase, _layer(owner) if size == "layer" else _neuron(owner)

    stretches: list[tuple[int, int]] = []
    before: Hashable = None
    for step in timeline.steps:
        present = key(step)
        if stretches and present == before:
            stretches[-1] = (stretches[-1][0], step.number)
        else:
            stretches.append((step.number, step.number))
        before = present
    return tuple(stretches)


def next_of(timeline: Timeline, position: Position, size: StepSize) -> Position:
    """Return the end of the stretch that is under way, or of the next one."""
    done = position.step if at_rest(position) else position.step - 1
    ahead = [last for _, last in bounds(timeline, size) if last > done]
    return rest_at(timeline, position, ahead[0] if ahead else len(timeline))


def previous_of(timeline: Timeline, position: Position, size: StepSize) -> Position:
    """Return the end of the stretch before the present one."""
    behind = [last for _, last in bounds(timeline, size) if last < position.step]
    return rest_at(timeline, position, behind[-1] if behind else 0)


def larger(size: StepSize) -> StepSize:
    """Return the next larger size, the largest for itself."""
    return SIZES[min(SIZES.index(size) + 1, len(SIZES) - 1)]


def smaller(size: StepSize) -> StepSize:
    """Return the next smaller size, the smallest for itself."""
    return SIZES[max(SIZES.index(size) - 1, 0)]


def _number(step: Step) -> Hashable:
    return step.number


def _phase(step: Step) -> Hashable:
    return step.phase


def _operation(step: Step) -> Hashable:
    """All contributions of one operation are one stretch, and so are all updates."""
    if step.kind is StepKind.UPDATE:
        return step.kind
    return step.kind, step.node


def _owners(tape: Tape) -> dict[int, str]:
    """Return the origin that every node belongs to: its own, or that of what is made from it."""
    owners = {node.id: node.origin for node in tape}
    for node in reversed(tape.nodes):
        for source in node.inputs:
            owners[source] = owners[source] or owners[node.id]
    return owners


def _neuron(owner: str) -> Hashable:
    """Return the layer with the unit, and for its values the example; or the origin itself."""
    match = _ORIGIN.fullmatch(owner)
    if match is None:
        return owner
    index = match["index"]
    if index is None:
        return match["layer"]
    numbers = index.split(",")
    return match["layer"], numbers[-1], numbers[0]


def _layer(owner: str) -> Hashable:
    match = _ORIGIN.fullmatch(owner)
    return match["layer"] if match else owner
