"""The list of steps, one row for what one operation does in one phase."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mlviz.i18n import Message
from mlviz.picture.glyphs import glyph
from mlviz.picture.player import group_bounds
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.trace.timeline import Timeline

Status = Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class StepGroup:
    """One row of the list: steps `first` to `last`."""

    title: Message
    phase: Phase
    first: int
    last: int
    status: Status


@lru_cache(maxsize=8)
def _titles(timeline: Timeline) -> tuple[tuple[int, int, Phase, Message], ...]:
    symbols = timeline.symbols
    rows = []
    for first, last in group_bounds(timeline):
        step = timeline.steps[first - 1]
        name = symbols.text(step.node)
        sign = glyph(timeline.tape, timeline.tape[step.node])
        match step.kind:
            case StepKind.UPDATE:
                names = [symbols.text(timeline.steps[k - 1].node) for k in range(first, last + 1)]
                shown = " ".join(names[:4]) + (" …" if len(names) > 4 else "")
                title = Message("steps.update", names=shown)
            case StepKind.FORWARD if step.node == timeline.output:
                title = Message("steps.loss", symbol=name, op=sign)
            case kind:
                title = Message(f"steps.{kind}", symbol=name, op=sign)
        rows.append((first, last, step.phase, title))
    return tuple(rows)


def step_groups(timeline: Timeline, position: Position) -> tuple[StepGroup, ...]:
    """Return all rows, each with its status at `position`."""
    groups = []
    for first, last, phase, title in _titles(timeline):
        status: Status = "later"
        if first <= position.step <= last:
            status = "now"
        elif last < position.step:
            status = "done"
        groups.append(StepGroup(title, phase, first, last, status))
    return tuple(groups)
