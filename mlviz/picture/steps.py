"""The list of steps, one row for what one operation does in one phase."""

from bisect import bisect_right
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
    """One row of the list: steps `first` to `last`.

    Attributes:
        title: what happens.
        short: the same without the formula, for where there is no room for it.
        phase: its phase.
        first: its first step.
        last: its last step.
        status: whether that has been, is, or is still to come.
    """

    title: Message
    short: Message
    phase: Phase
    first: int
    last: int
    status: Status


class StepList:
    """The rows of one timeline; a title is made when its row is first asked for."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._bounds = tuple(group_bounds(timeline))
        self._firsts = [first for first, _ in self._bounds]
        self._titles: dict[int, tuple[Message, Message]] = {}

    def __len__(self) -> int:
        return len(self._bounds)

    def row_at(self, step: int) -> int | None:
        """Return the row that a step lies in; None for 0, before the first one."""
        return bisect_right(self._firsts, step) - 1 if step > 0 and self._bounds else None

    def group(self, row: int, step: int) -> StepGroup:
        """Return a row as it is while `step` is under way."""
        first, last = self._bounds[row]
        status: Status = "later"
        if first <= step <= last:
            status = "now"
        elif last < step:
            status = "done"
        phase = self._timeline.steps[first - 1].phase
        if status == "now" and self.names_each(row):
            title = self._titles_now(step, first, last)
        elif row in self._titles:
            title = self._titles[row]
        else:
            title = self._titles[row] = self._title(first, last)
        return StepGroup(*title, phase, first, last, status)

    def names_each(self, row: int) -> bool:
        """Return whether a row, while it is under way, names the one of many that acts."""
        first, last = self._bounds[row]
        return last > first and self._timeline.steps[first - 1].kind is StepKind.UPDATE

    def _titles_now(self, step: int, first: int, last: int) -> tuple[Message, Message]:
        """Name the parameter that is updated, and say how many of them have been."""
        name = self._timeline.symbols.text(self._timeline.steps[step - 1].node)
        counts = {"number": step - first + 1, "count": last - first + 1}
        short = Message("steps.update", names=name)
        return Message("steps.update.now", name=name, **counts), short

    def _title(self, first: int, last: int) -> tuple[Message, Message]:
        timeline, symbols = self._timeline, self._timeline.symbols
        step = timeline.steps[first - 1]
        name = symbols.text(step.node)
        sign = glyph(timeline.tape, timeline.tape[step.node])
        kind: str = step.kind
        if step.kind is StepKind.UPDATE:
            names = [symbols.text(timeline.steps[k - 1].node) for k in range(first, last + 1)]
            shown = " ".join(names[:4]) + (" …" if len(names) > 4 else "")
            title = Message("steps.update", names=shown)
            return title, title
        if step.kind is StepKind.FORWARD and step.node == timeline.output:
            kind = "loss"
        title = Message(f"steps.{kind}", symbol=name, op=sign)
        if step.kind in (StepKind.FORWARD, StepKind.BACKWARD):
            return title, Message(f"steps.short.{kind}", symbol=name)
        return title, title


@lru_cache(maxsize=4)
def step_list(timeline: Timeline) -> StepList:
    """Return the rows of a timeline; made once."""
    return StepList(timeline)


def step_groups(timeline: Timeline, position: Position) -> tuple[StepGroup, ...]:
    """Return all rows, each with its status at `position`."""
    rows = step_list(timeline)
    return tuple(rows.group(row, position.step) for row in range(len(rows)))
