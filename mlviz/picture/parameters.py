"""The table of parameters: value, gradient, step and new value, as far as they are known."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_full, format_number
from mlviz.picture.boxes import number_role
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Role
from mlviz.trace.steps import Position
from mlviz.trace.symbols import part_name, text_name
from mlviz.trace.timeline import State, Timeline

MOST_ROWS = 400
"""A table longer than this is cut, and says so."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry: its text, what it is, and the number in full for hovering."""

    text: str
    role: Role
    full: str = ""
    bold: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter.

    Attributes:
        node: its node on the tape.
        cells: one for each column.
        active: whether the present step is about it.
        index: which entry of the node it is.
    """

    node: int
    cells: tuple[Cell, ...]
    active: bool = False
    index: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their headings, and rows; `hidden` counts the rows that were cut."""

    columns: tuple[Message | str, ...]
    rows: tuple[Row, ...]
    hidden: int = 0


_NOTHING = Cell(NOT_YET, Role.FAINT)

VALUE = 1
"""The column of values, which can be changed."""


def parameter_table(timeline: Timeline, position: Position) -> Table:
    """Return the table at `position`, one row for each single parameter.

    Where nothing is updated, the columns for it are left out.
    """
    position = timeline.clamped(position)
    step = timeline.step(position.step)
    settled = step is None or TIMINGS[step.kind].arrived(position.progress)
    state = timeline.state_at(position.step if settled else position.step - 1)
    updates = timeline.iteration.rule is not None
    columns: list[Message | str] = ["θ", Message("table.value"), "∂L/∂θ"]
    if updates:
        columns += ["Δθ", Message("table.new")]
    kept = _rows(timeline, MOST_ROWS)
    rows = kept.at(state, (step.node, step.target) if step is not None else ())
    return Table(tuple(columns), rows, kept.hidden)


class _Rows:
    """The rows of one timeline; each is made once for all that can happen to it."""

    def __init__(self, timeline: Timeline, most: int) -> None:
        self._updates = timeline.iteration.rule is not None
        self._places: list[tuple[int, tuple[int, ...], str]] = []
        self.hidden = 0
        for node in timeline.tape:
            if node.role == "parameter":
                self.hidden += node.value.size
                for index in np.ndindex(node.value.shape):
                    if len(self._places) == most:
                        break
                    name = text_name(part_name(node, index)) or "θ"
                    self._places.append((node.id, index, name))
        self.hidden -= len(self._places)
        self._events: dict[int, list[int]] = {id: [] for id, _, _ in self._places}
        for step in timeline.steps:
            if step.target in self._events:
                self._events[step.target].append(step.number)
        self._made: list[dict[tuple[int, bool], Row]] = [{} for _ in self._places]

    def at(self, state: State, active: tuple[int, ...]) -> tuple[Row, ...]:
        """Return all rows in a state; `active` are the nodes that the present step is about."""
        happened = {id: bisect_right(steps, state.step) for id, steps in self._events.items()}
        rows = []
        for made, (id, index, name) in zip(self._made, self._places, strict=True):
            key = happened[id], id in active
            row = made.get(key)
            if row is None:
                row = Row(id, _cells(state, id, index, name, self._updates), id in active, index)
                made[key] = row
            rows.append(row)
        return tuple(rows)


@lru_cache(maxsize=4)
def _rows(timeline: Timeline, most: int) -> _Rows:
    return _Rows(timeline, most)


def _cells(
    state: State, id: int, index: tuple[int, ...], name: str, updates: bool
) -> tuple[Cell, ...]:
    value, gradient, update = state.value(id), state.gradient(id), state.update(id)
    cells = [Cell(name, Role.TEXT, bold=True)]
    cells.append(_NOTHING if value is None else _number(value[index], struck=update is not None))
    cells.append(_NOTHING if gradient is None else _number(gradient[index], Role.BACKWARD))
    if updates:
        if update is None:
            cells += [_NOTHING, _NOTHING]
        else:
            cells.append(_number(update.change[index], Role.MUTED))
            cells.append(_number(update.after[index], Role.UPDATE, bold=True))
    return tuple(cells)


def _number(
    value: np.generic, role: Role | None = None, *, bold: bool = False, struck: bool = False
) -> Cell:
    shown = number_role(value) if role is None or not np.isfinite(value) else role
    return Cell(format_number(value), shown, format_full(value), bold, struck)
