"""The table of parameters: value, gradient, step and new value, as far as they are known."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import overload

import numpy as np

from mlviz.autograd import Array, Node
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
"""More are not listed at once: the part around what acts is, and the table says which it is."""


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
        nodes: the node of each row.
        active: the nodes that the present step is about.
        near: of too many to be listed those that it is about, or its operation takes, or were last.
        note: which part of the parameters is listed; None if all are.
    """

    columns: tuple[Message | str, ...]
    rows: Sequence[Row]
    nodes: tuple[int, ...] = ()
    active: tuple[int | None, ...] = ()
    near: tuple[int, ...] = ()
    note: Message | None = None


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
    parts = _parts(timeline, MOST_ROWS)
    near = parts.near[position.step]
    kept = parts.part_with(near)
    active = (step.node, step.target) if step is not None else ()
    rows = Rows(kept, state, active)
    return Table(tuple(columns), rows, kept.nodes, active, near, kept.note)


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
    """The rows of some parameters of a timeline, each for all that has happened to it so far."""

    def __init__(self, timeline: Timeline, ids: tuple[int, ...], most: int, total: int) -> None:
        self._updates = timeline.iteration.rule is not None
        self.places: list[tuple[int, tuple[int, ...], str]] = []
        for id in ids:
            node = timeline.tape[id]
            for index in islice(np.ndindex(node.value.shape), most):
                self.places.append((id, index, _row_name(node, index)))
        self.note = _note(timeline, ids, len(self.places), total)
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


class _Parts:
    """The parameters of a timeline in parts that are short enough to be listed.

    Attributes:
        near: for each step, and before the first one, the parameters it has to do with; none
            where all are listed.
    """

    def __init__(self, timeline: Timeline, most: int) -> None:
        self._timeline = timeline
        self._most = most
        sizes = {node.id: node.value.size for node in timeline.tape if node.role == "parameter"}
        self._total = sum(sizes.values())
        self._parts: list[list[int]] = [[]]
        self._at: dict[int, int] = {}
        room = most
        for id, size in sizes.items():
            if size > room and self._parts[-1]:
                self._parts.append([])
                room = most
            self._parts[-1].append(id)
            self._at[id] = len(self._parts) - 1
            room -= size
        self._known: dict[int, _KnownRows] = {}
        self.near: list[tuple[int, ...]] = [()]
        if len(self._parts) == 1:  # whatever acts is listed
            self.near *= len(timeline) + 1
            return
        for step in timeline.steps:
            found = tuple(id for id in (step.node, step.target) if id in sizes)
            if not found:
                found = tuple(id for id in timeline.tape[step.node].inputs if id in sizes)
            self.near.append(found or self.near[-1])

    def __iter__(self) -> Iterator[_KnownRows]:
        return map(self._part, range(len(self._parts)))

    def part_with(self, ids: tuple[int, ...]) -> _KnownRows:
        """Return the part in which the last of some parameters stands."""
        return self._part(self._at[ids[-1]] if ids else 0)

    def _part(self, place: int) -> _KnownRows:
        if place not in self._known:
            ids = tuple(self._parts[place])
            self._known[place] = _KnownRows(self._timeline, ids, self._most, self._total)
        return self._known[place]


@lru_cache(maxsize=4)
def _parts(timeline: Timeline, most: int) -> _Parts:
    return _Parts(timeline, most)


def _row_name(node: Node, index: tuple[int, ...]) -> str:
    """Return what a number is called; one that is all of its matrix is called like that."""
    alone = node.value.size == 1 and not node.parts
    return text_name(node.name if alone else part_name(node, index)) or "θ"


def _note(timeline: Timeline, ids: tuple[int, ...], listed: int, total: int) -> Message | None:
    """Return which part of all parameters is listed; None if all are."""
    if listed == total:
        return None
    first, last = (timeline.symbols.text(id) for id in (ids[0], ids[-1]))
    facts: dict[str, str | int] = {"first": first, "last": last, "n": listed, "all": total}
    if len(ids) > 1:
        return Message("table.listed", **facts)
    cut = timeline.tape[ids[0]].value.size > listed
    return Message("table.listed.beginning" if cut else "table.listed.one", **facts)


def changed_rows(before: Table, after: Table) -> list[int]:
    """Return which rows of a table are different from those of one with the same nodes."""
    if isinstance(before.rows, Rows) and isinstance(after.rows, Rows):
        return after.rows.changed_since(before.rows)
    return list(range(len(after.rows)))


@lru_cache(maxsize=4)
def widest_cells(timeline: Timeline) -> tuple[tuple[Cell, ...], ...]:
    """Return for each column some cells, as wide as any of it is at any step."""
    all_places = [place for part in _parts(timeline, MOST_ROWS) for place in part.places]
    state = timeline.state_at(len(timeline))
    bold = (False, False, False, True)
    columns: list[list[float]] = [[], [], [], []]
    indices: dict[int, list[tuple[int, ...]]] = {}
    for id, index, _ in all_places:
        indices.setdefault(id, []).append(index)
    for id, places in indices.items():
        update = state.update(id)
        arrays = [state.value(id), state.gradient(id)]
        if update is not None:
            arrays += [update.change, update.after]
            columns[1] += _at(update.gradient, places)
        for column, array in zip(columns, arrays, strict=False):
            if array is not None:
                column += _at(array, places)
        # A sum may be longer on the way than at its end, by its sign alone.
        so_far: Array | None = None
        for contribution in timeline.contributions_to(id)[:-1]:
            sent = contribution.downstream
            with np.errstate(all="ignore"):  # inf − inf is shown as what it is
                so_far = sent if so_far is None else so_far + sent
            columns[1] += _at(so_far, places)
    names = tuple(Cell(name, Role.TEXT, bold=True) for _, _, name in all_places)
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
    if update is not None:
        # Of two roundings of one sum that cancels out, the one that the new value came from.
        gradient = update.gradient
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
