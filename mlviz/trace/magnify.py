"""Magnification: one recorded run as layers, as operations or as scalars, and inside any node.

Each magnification is a tape of its own, made by running the recorded tape once more with some
nodes gathered into one and others taken apart. So values, gradients and steps come from the
same engine, and the gradients, put together again, equal those of the recording.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd import Node, Tape, Tensor, apply, ops, record, set_grad_enabled
from mlviz.i18n import Message
from mlviz.learn.training import Iteration
from mlviz.trace.blocks import Block, block_op, blocks
from mlviz.trace.opening import (
    MATMUL_TRANSPOSED,
    cell_of,
    has_cells,
    parts_of,
    put,
    stacked,
    unstacked,
)
from mlviz.trace.scalar_forms import Scalars, expand
from mlviz.trace.scalars import label_parts, part_work, scalarize, split_update
from mlviz.trace.symbols import part_name, text_name

Level = Literal["layers", "operations", "scalars"]

LAYERS: Level = "layers"
OPERATIONS: Level = "operations"
SCALARS: Level = "scalars"
LEVELS: tuple[Level, ...] = (LAYERS, OPERATIONS, SCALARS)

MOST_INSIDE = 300
"""Most scalars that one opened node is taken apart into; of a larger one a single cell is."""


class Spot(NamedTuple):
    """A place in the recorded run, whatever the magnification.

    Attributes:
        node: id of the recorded node.
        part: `layer` for its whole block, `matmul` or `add` of a Linear, or empty.
        entry: the entry, where it is about one.
    """

    node: int
    part: str = ""
    entry: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Nodes that belong together, to be drawn in a frame.

    Attributes:
        name: the module's or the opened node's name.
        nodes: ids in the magnified tape.
        spot: what was opened; None for a module, which is not closed.
        elided: how many terms of a long sum are left out.
        others: how many entries beside the one that is shown are not taken apart.
        entry: that one; None if all are shown.
        shape: of what it is an entry of.
    """

    name: str
    nodes: frozenset[int]
    spot: Spot | None = None
    elided: int = 0
    others: int = 0
    entry: tuple[int, ...] | None = None
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A run at one magnification.

    Attributes:
        iteration: its tape, output and updates.
        ids: for each recorded node that is shown, the nodes that hold its entries.
        spots: for each node of the tape, the place in the recorded run that it is part of.
        frames: what belongs together, outer frames first.
    """

    iteration: Iteration
    ids: dict[int, NDArray[np.int64]]
    spots: tuple[Spot, ...]
    frames: tuple[Frame, ...] = ()


def layers_reason(iteration: Iteration) -> Message | None:
    """Return why a run cannot be shown as layers, or None if it can."""
    found = blocks(iteration.tape, iteration.output)
    if all(len(block.members) == 1 for block in found.values()):
        return Message("ui.level.layers.already")
    return None


def magnified(iteration: Iteration, level: Level, opened: Sequence[Spot] = ()) -> View:
    """Return a recorded run at a magnification, with some nodes opened.

    Raises:
        NoScalarForm: there are too many scalars, or there is nothing inside a node.
    """
    if level == SCALARS:
        return _scalars(iteration)
    return _Magnifier(iteration, level, opened).view()


def openable(view: View, iteration: Iteration, node: int) -> Message | None:
    """Return why a node of a view cannot be opened, or None if it can."""
    spot, tape = view.spots[node], iteration.tape
    shown = view.iteration.tape[node]
    recorded = tape[spot.node]
    if shown.op is None or recorded.op is None:
        return Message("inside.leaf")
    if any(frame.spot is not None and _same(frame.spot, spot) for frame in view.frames):
        return Message("inside.open")
    if spot.part == "layer" or (not spot.part and parts_of(recorded.op)):
        return None
    if shown.op.moves:
        return Message("inside.moves")
    if not shown.value.ndim and shown.op.elementwise:
        return Message("inside.scalar")
    return None


def _same(one: Spot, other: Spot) -> bool:
    return (one.node, one.part) == (other.node, other.part)


# --- Scalars ---------------------------------------------------------------------------------


def _scalars(iteration: Iteration) -> View:
    found = scalarize(iteration)
    spots = [Spot(owner) for owner in found.owners]
    for id, members in found.ids.items():
        for index, member in np.ndenumerate(members):
            if found.owners[int(member)] == id:
                spots[int(member)] = Spot(id, "", index)
    frames = _modules(iteration, [spot.node for spot in spots])
    return View(found.iteration, found.ids, tuple(spots), frames)


def _modules(iteration: Iteration, owners: Sequence[int]) -> tuple[Frame, ...]:
    """Return a frame for every module, and one for a loss of several operations.

    Parameters stand outside, beside the other inputs: frames stay small, and so does the graph.
    """
    names: dict[int, str] = {}
    for block in blocks(iteration.tape, iteration.output).values():
        if block.module or len(block.members) > 1:
            name = block.module or iteration.tape[block.root].origin
            if block.module or name == "loss":
                names |= dict.fromkeys(block.members, name)
    members: dict[str, list[int]] = {}
    for id, owner in enumerate(owners):
        if owner in names:
            members.setdefault(names[owner], []).append(id)
    return tuple(Frame(name, frozenset(ids)) for name, ids in members.items() if len(ids) > 1)


# --- Layers and operations -------------------------------------------------------------------


class _Magnifier:
    """Runs a recorded tape once more, node by node as they are to be shown."""

    def __init__(self, iteration: Iteration, level: Level, opened: Sequence[Spot]) -> None:
        self._base = iteration
        self._level = level
        self._opened = {(spot.node, spot.part): spot for spot in opened}
        self._blocks = blocks(iteration.tape, iteration.output)
        self._home = {id: block for block in self._blocks.values() for id in block.members}
        self._values: dict[int, Tensor] = {}
        self._entries: dict[int, Scalars] = {}
        self._spots: list[Spot] = []
        self._inside: list[Frame] = []
        self._tape: Tape

    def view(self) -> View:
        base = self._base
        with np.errstate(all="ignore"), record() as self._tape:
            for node in base.tape:
                self._add(node)
            ids = {id: np.array(self._tape.id_of(value)) for id, value in self._values.items()}
            for id, entries in self._entries.items():
                flat = [self._tape.id_of(entry) for entry in entries.reshape(-1)]
                ids.setdefault(id, np.array(flat, dtype=np.int64).reshape(entries.shape))
            output = int(ids[base.output].reshape(-1)[0])
        tape = self._tape
        tape.close()
        updates = tuple(
            part
            for update in base.updates
            for part in (
                (replace(update, node=int(ids[update.node])),)
                if not ids[update.node].ndim
                else split_update(update, ids[update.node], tape)
            )
        )
        iteration = replace(base, tape=tape, output=output, updates=updates)
        frames = (*self._module_frames(), *self._inside)
        return View(iteration, ids, tuple(self._spots), frames)

    def _module_frames(self) -> tuple[Frame, ...]:
        if self._level == OPERATIONS:
            return _modules(self._base, [spot.node for spot in self._spots])
        return ()

    def _add(self, node: Node) -> None:
        self._tape.line = node.line
        if node.op is None:
            value = Tensor(node.value, requires_grad=node.requires_grad)
            self._values[node.id] = value
            self._keep_name(node, value)
            self._note(Spot(node.id))
            return
        # What was computed without gradients is so here too.
        with set_grad_enabled(node.requires_grad):
            self._add_result(node)

    def _add_result(self, node: Node) -> None:
        block = self._home[node.id]
        if self._level == LAYERS and len(block.members) > 1:
            if (block.root, "layer") not in self._opened:
                if node.id == block.root:
                    self._close(node, block)
                return
            self._operation(node)
            if node.id == block.root:
                spots = [id for id, spot in enumerate(self._spots) if spot.node in block.members]
                spot = self._opened[block.root, "layer"]
                name = block.module or text_name(node.name)
                self._inside.append(Frame(name, frozenset(spots), spot))
            return
        self._operation(node)

    def _close(self, node: Node, block: Block) -> None:
        """Record a whole block as one operation."""
        op = block_op(self._base.tape, block)
        value = apply(op, *(self._tensor(id) for id in block.inputs))
        self._finish(node, value, Spot(node.id, "layer"))

    def _operation(self, node: Node) -> None:
        assert node.op is not None
        spot = self._opened.get((node.id, ""))
        cell = spot is not None and _is_entry(spot.entry, node)
        if parts_of(node.op) and not cell and (spot is not None or self._level == OPERATIONS):
            self._linear(node)
            return
        if spot is not None:
            inputs = [self._tensor(id) for id in node.inputs]
            self._take_apart(node, inputs, node.inputs, Spot(node.id))
            return
        value = apply(node.op, *(self._tensor(id) for id in node.inputs), **node.params)
        self._finish(node, value, Spot(node.id))

    def _linear(self, node: Node) -> None:
        """Record a Linear as a product and a sum."""
        x, weight, bias = (self._tensor(id) for id in node.inputs)
        start = len(self._tape)
        product = replace(
            node,
            op=MATMUL_TRANSPOSED,
            inputs=node.inputs[:2],
            value=np.asarray(x.data @ weight.data.T),
            name="",
            origin="",
            parts=(),
        )
        if (node.id, "matmul") in self._opened:
            value = self._take_apart(product, [x, weight], node.inputs[:2], Spot(node.id, "matmul"))
        else:
            value = apply(MATMUL_TRANSPOSED, x, weight)
            self._note(Spot(node.id, "matmul"))
        if (node.id, "add") in self._opened:
            added = replace(node, op=ops.ADD, params={})
            entries = (None, node.inputs[2])
            self._take_apart(added, [value, bias], entries, Spot(node.id, "add"))
        else:
            self._finish(node, apply(ops.ADD, value, bias), Spot(node.id, "add"))
        spot = self._opened.get((node.id, ""))
        if spot is not None:
            nodes = frozenset(range(start, len(self._tape)))
            self._inside.append(Frame(text_name(node.name) or "x Wᵀ + b", nodes, spot))

    def _take_apart(
        self,
        node: Node,
        inputs: list[Tensor],
        sources: Sequence[int | None],
        spot: Spot,
    ) -> Tensor:
        """Record a node as scalars, or one cell of it: a chosen one, or where they are too many."""
        assert node.op is not None
        start = len(self._tape)
        spot = self._opened[spot.node, spot.part]
        elided, others = 0, 0
        index: tuple[int, ...] | None = None
        size = int(node.value.size)
        chosen = spot.entry if _is_entry(spot.entry, node) and has_cells(node, inputs) else None
        work = part_work(node, inputs[0].data.shape) + sum(x.data.size for x in inputs)
        if chosen is not None or work > MOST_INSIDE:
            index = chosen or strongest(node)
            rest = apply(node.op, *inputs, **node.params) if node.value.ndim else None

            def named(entry: Tensor, slot: int, place: tuple[int, ...]) -> Tensor:
                return self._named(entry, sources[slot], place)

            cell, elided = cell_of(node, index, inputs, named)
            if rest is not None:
                self._tape.label(cell, part_name(replace(node, parts=node.parts), index))
                value, others = put(rest, cell, index), size - 1
            else:
                value = cell
        else:
            arrays = [self._taken(source, x) for source, x in zip(sources, inputs, strict=True)]
            entries = expand(node.op, arrays, node)
            label_parts(self._tape, node, entries)
            value = (
                stacked(list(entries.reshape(-1)), node.value.shape)
                if entries.ndim
                else (entries.reshape(-1)[0])
            )
        nodes = frozenset(range(start, len(self._tape)))
        if spot.part == "matmul":
            self._note(spot._replace(entry=None))
        else:
            self._finish(node, value, spot._replace(entry=None))
        name = text_name(self._base.tape[node.id].name)
        if spot.part == "matmul":
            name += " · x Wᵀ"
        shown = index if others else None
        name = name or node.op.name
        self._inside.append(Frame(name, nodes, spot, elided, others, shown, node.value.shape))
        return value

    def _taken(self, source: int | None, x: Tensor) -> Scalars:
        """Return the entries of an input, each recorded as a scalar of its own."""
        if source is not None and source in self._entries:
            return self._entries[source]
        entries: Scalars = unstacked(x)
        if source is not None and entries.ndim:
            self._entries[source] = entries
            label_parts(self._tape, self._base.tape[source], entries)
        return entries

    def _named(self, entry: Tensor, source: int | None, place: tuple[int, ...]) -> Tensor:
        """Name an entry of a recorded value, or a row of it."""
        node = None if source is None else self._base.tape[source]
        if node is not None and node.name:
            whole = len(place) == node.value.ndim
            mark = "," if "_" in node.name else "_"
            name = part_name(node, place) if whole else f"{node.name}{mark}{place[0] + 1}"
            self._tape.label(entry, name)
        return entry

    def _tensor(self, id: int) -> Tensor:
        return self._values[id]

    def _finish(self, node: Node, value: Tensor, spot: Spot) -> None:
        """Give a result the recorded node's name."""
        self._values[node.id] = value
        self._keep_name(node, value)
        self._note(spot)

    def _keep_name(self, node: Node, value: Tensor) -> None:
        self._tape.label(value, node.name, origin=node.origin, role=node.role, parts=node.parts)

    def _note(self, spot: Spot) -> None:
        self._spots += [spot] * (len(self._tape) - len(self._spots))


def _is_entry(entry: tuple[int, ...] | None, node: Node) -> bool:
    """Return whether a node has this entry: one node's may have been meant for another."""
    shape = node.value.shape
    return (
        bool(entry)
        and entry is not None
        and len(entry) == len(shape)
        and all(0 <= k < size for k, size in zip(entry, shape, strict=True))
    )


def strongest(node: Node) -> tuple[int, ...]:
    """Return the entry that is farthest from 0: the one to look at if none was chosen."""
    if not node.value.ndim:
        return ()
    flat = int(np.argmax(np.abs(np.nan_to_num(node.value))))
    return tuple(int(k) for k in np.unravel_index(flat, node.value.shape))
