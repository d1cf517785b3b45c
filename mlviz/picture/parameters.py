"""The table of parameters: value, gradient, step and new value, as far as they are known."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_full, format_number
from mlviz.picture.boxes import number_role
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Role
from mlviz.trace.steps import Position
from mlviz.trace.symbols import part_name, text_name
from mlviz.trace.timeline import State, Timeline

_LONGEST_LOSS = 8
"""Letters of a loss whose name stands at the head of its column."""
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
    """Columns with their headings, and rows.

    Attributes:
        columns: what is above them.
        rows: the rows; each is made when it is first asked for.
        hidden: how many rows were cut.
        nodes: the node of each row.
        active: the nodes that the present step is about.
    """

    columns: tuple[Message | str, ...]
    rows: Sequence[Row]
    hidden: int = 0
    nodes: tuple[int, ...] = ()
    active: tuple[int | None, ...] = ()


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
    loss = timeline.symbols.text(timeline.output)
    gradient = f"∂{loss}/∂θ" if len(loss) <= _LONGEST_LOSS else Message("tip.gradient")
    columns: list[Message | str] = ["θ", Message("table.value"), gradient]
    if updates:
        columns += ["Δθ", Message("table.new")]
    kept = _known_rows(timeline, MOST_ROWS)
    active = (step.node, step.target) if step is not None else ()
    rows = Rows(kept, state, active)
    return Table(tuple(columns), rows, kept.hidden, kept.nodes, active)


class Rows(Sequence[Row]):
    """The rows at one moment; each is written when it is first asked for."""

    def __init__(self, kept: "_KnownRows", state: State, active: tuple[int | None, ...]) -> None:
        self._kept = kept
        self._state = state
        self._active = active
        steps = kept.events.items()
        self._happened = {id: bisect_right(numbers, state.step) for id, numbers in steps}

    def __len__(self) -> int:
        return len(self._kept.places)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        return self._kept.row(range(len(self))[place], self._key(place), self._state)

    def changed_since(self, before: "Rows") -> list[int]:
        """Return the rows that are different from those of another moment."""
        places = range(len(self))
        if before._kept is not self._kept:
            return list(places)
        return [place for place in places if self._key(place) != before._key(place)]

    def _key(self, place: int) -> tuple[int, bool]:
        id = self._kept.places[place][0]
        return self._happened[id], id in self._active


class _KnownRows:
    """The rows of one timeline, each for all that has happened to it so far."""

    def __init__(self, timeline: Timeline, most: int) -> None:
        self._updates = timeline.iteration.rule is not None
        self.places: list[tuple[int, tuple[int, ...], str]] = []
        self.hidden = 0
        for node in timeline.tape:
            if node.role == "parameter":
                self.hidden += node.value.size
                for index in np.ndindex(node.value.shape):
                    if len(self.places) == most:
                        break
                    name = text_name(part_name(node, index)) or "θ"
                    self.places.append((node.id, index, name))
        self.hidden -= len(self.places)
        self.nodes = tuple(id for id, _, _ in self.places)
        self.events: dict[int, list[int]] = {id: [] for id, _, _ in self.places}
        for step in timeline.steps:
            if step.target in self.events:
                self.events[step.target].append(step.number)
        self._made: list[dict[tuple[int, bool], Row]] = [{} for _ in self.places]

    def row(self, place: int, key: tuple[int, bool], state: State) -> Row:
        """Return a row as it is in a state; `key` tells its moments apart."""
        made = self._made[place].get(key)
        if made is None:
            id, index, name = self.places[place]
            made = Row(id, _cells(state, id, index, name, self._updates), key[1], index)
            self._made[place][key] = made
        return made


@lru_cache(maxsize=4)
def _known_rows(timeline: Timeline, most: int) -> _KnownRows:
    return _KnownRows(timeline, most)


def changed_rows(before: Table, after: Table) -> list[int]:
    """Return which rows of a table are different from those of one with the same nodes."""
    if isinstance(before.rows, Rows) and isinstance(after.rows, Rows):
        return after.rows.changed_since(before.rows)
    return list(range(len(after.rows)))


@lru_cache(maxsize=4)
def widest_cells(timeline: Timeline) -> tuple[tuple[Cell, ...], ...]:
    """Return for each column some cells, as wide as any of it is at any step."""
    kept = _known_rows(timeline, MOST_ROWS)
    state = timeline.state_at(len(timeline))
    bold = (False, False, False, True)
    columns: list[list[float]] = [[], [], [], []]
    indices: dict[int, list[tuple[int, ...]]] = {id: [] for id in kept.events}
    for id, index, _ in kept.places:
        indices[id].append(index)
    for id, places in indices.items():
        update = state.update(id)
        arrays = [state.value(id), state.gradient(id)]
        arrays += [None, None] if update is None else [update.change, update.after]
        for column, array in zip(columns, arrays, strict=True):
            if array is not None:
                column += _at(array, places)
        # A sum may be longer on the way than at its end, by its sign alone.
        so_far: Array | None = None
        for contribution in timeline.contributions_to(id)[:-1]:
            sent = contribution.downstream
            with np.errstate(all="ignore"):  # inf − inf is shown as what it is
                so_far = sent if so_far is None else so_far + sent
            columns[1] += _at(so_far, places)
    names = tuple(Cell(name, Role.TEXT, bold=True) for _, _, name in kept.places)
    shown = 4 if timeline.iteration.rule is not None else 2
    cells = [
        tuple(_number(np.float64(number), bold=bold[k]) for number in _typical(column))
        for k, column in enumerate(columns[:shown])
    ]
    return (names, *((*each, _NOTHING) for each in cells))


def _at(array: Array, places: list[tuple[int, ...]]) -> list[float]:
    numbers = array[tuple(np.array(places).T)] if array.ndim else array
    return [float(number) for number in np.atleast_1d(numbers)]


def _typical(numbers: list[float]) -> list[float]:
    """Return a few of some numbers, as wide as any of them when they are written."""
    largest: dict[object, float] = {}
    smallest: dict[object, float] = {}
    for number in map(float, numbers):
        power = math.floor(math.log10(abs(number))) if number and math.isfinite(number) else None
        key = number < 0, power, math.isfinite(number)
        if power is None or abs(number) >= abs(largest.get(key, 0.0)):
            largest[key] = number
        if power is None or abs(number) <= abs(smallest.get(key, math.inf)):
            smallest[key] = number
    return [*largest.values(), *smallest.values()]


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
