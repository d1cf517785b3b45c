"""The neurons of a run: which node of the tape belongs to which neuron, weight or bias.

Nodes are found by their origin (`layer1.weight`, at the scalar magnification
`layer1.weight[0,2]`), so one map serves every magnification of a network.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd import Array, Node, Tape
from mlviz.trace.timeline import State

_ORIGIN = re.compile(
    r"(?:layer(?P<layer>\d+)\.(?P<part>weight|bias|z|a|dropped)|(?P<whole>inputs|targets|loss))"
    r"(?:\[(?P<index>\d+(?:,\d+)*)\])?$"
)

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a node is in a network diagram; what is None stands for all of them.

    Attributes:
        kind: `neuron`, `sum` (its pre-activation, or what it is added up from), `weight`,
            `product` (one weight × its input), `turned` (a transposed weight), `bias`,
            `target` or `loss`.
        layer: 0 for the inputs, otherwise the layer's number.
        unit: which neuron of the layer.
        source: for a weight or a product, which neuron of the layer before.
        row: which example of the batch.
    """

    kind: str
    layer: int = 0
    unit: int | None = None
    source: int | None = None
    row: int | None = None

    def covers(self, other: "Place") -> bool:
        """Return whether `other` is this, or one of the many that this stands for."""
        pairs = ((self.unit, other.unit), (self.source, other.source))
        return (self.kind, self.layer) == (other.kind, other.layer) and all(
            one is None or another is None or one == another for one, another in pairs
        )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One array of the network, whole in one node, or with a node for each entry.

    Attributes:
        nodes: the node of every entry, in the array's shape.
        whole: whether all entries lie in one node.
    """

    nodes: NDArray[np.int64]
    whole: bool

    def at(self, index: Index) -> tuple[int, Index]:
        """Return the node that holds an entry, and where in it."""
        return int(self.nodes[index]), index if self.whole else ()


class Neurons:
    """A network's layers, found on a tape.

    Attributes:
        sizes: how many inputs there are, then how many neurons each layer has.
        rows: how many examples the batch has.
        tape: where they were found.
    """

    def __init__(self, tape: Tape, parts: dict[tuple[str, int], Part]) -> None:
        self.tape = tape
        self._parts = parts
        self.rows, inputs = parts["inputs", 0].nodes.shape
        self.sizes: tuple[int, ...] = (inputs,)
        while (weight := parts.get(("weight", len(self.sizes)))) is not None:
            self.sizes += (weight.nodes.shape[0],)
        self.places = self._find_places()

    @property
    def layers(self) -> int:
        """How many layers there are, without the inputs."""
        return len(self.sizes) - 1

    # --- From a neuron to the tape ---------------------------------------------------------

    def part(self, kind: str, layer: int) -> Part | None:
        """Return an array of the network: `neuron`, `sum`, `weight` or `bias` of a layer."""
        if kind == "neuron":
            if not layer:
                return self._parts["inputs", 0]
            return self._parts.get(("a", layer), self._parts.get(("z", layer)))
        return self._parts.get(("z" if kind == "sum" else kind, layer))

    def entry(self, place: Place) -> tuple[int, Index] | None:
        """Return the node and the entry of one neuron, weight, bias or the loss."""
        if place.kind == "loss":
            return self._parts["loss", 0].at(())
        part = self.part(place.kind, place.layer)
        if part is None or place.unit is None:
            return None
        match place.kind:
            case "neuron" | "sum":
                return part.at((place.row or 0, place.unit))
            case "weight" if place.source is not None:
                return part.at((place.unit, place.source))
            case "bias":
                return part.at((place.unit,) if part.nodes.ndim else ())
        return None

    def function(self, layer: int) -> Node | None:
        """Return the node of a layer's activation; None if it has none."""
        part = self._parts.get(("a", layer))
        return None if part is None else self.tape[int(part.nodes.flat[0])]

    def is_gathered(self, node: int) -> bool:
        """Return whether a node is a whole layer at once: weights, bias and activation."""
        place = self.places.get(node)
        kinds = [self.places[id].kind for id in self.tape[node].inputs if id in self.places]
        return place is not None and place.kind == "neuron" and "weight" in kinds

    # --- From the tape to a neuron ---------------------------------------------------------

    def place(self, node: int, entry: Index | None = None) -> Place | None:
        """Return what a node, or one entry of it, is; None if it is no part of the diagram."""
        place = self.places.get(node)
        if place is None or not entry or place.unit is not None:
            return place
        match place.kind:
            case "neuron" | "sum" if len(entry) == 2:
                return replace(place, row=entry[0], unit=entry[1])
            case "weight" if len(entry) == 2:
                return replace(place, unit=entry[0], source=entry[1])
            case "bias":
                return replace(place, unit=entry[-1])
        return place

    def _find_places(self) -> dict[int, Place]:
        places: dict[int, Place] = {}
        kinds = {"inputs": "neuron", "a": "neuron", "z": "sum", "targets": "target"}
        for (name, layer), part in self._parts.items():
            kind = kinds.get(name, name)
            if part.whole:
                places[int(part.nodes.flat[0])] = Place(kind, layer)
                continue
            for index, id in np.ndenumerate(part.nodes):
                # One bias for all neurons stays one number at every magnification.
                places.setdefault(int(id), _entry_place(kind, layer, index))
        consumers: dict[int, list[int]] = {}
        for node in self.tape:
            for source in node.inputs:
                consumers.setdefault(source, []).append(node.id)
        # What nobody named belongs to whatever is computed from it.
        for node in reversed(self.tape.nodes):
            if node.id not in places:
                users = [places[user] for user in consumers.get(node.id, ()) if user in places]
                if users:
                    places[node.id] = self._part_of(node, users, places)
        return places

    def _part_of(self, node: Node, users: list[Place], places: dict[int, Place]) -> Place:
        place = users[0]
        if any(user != place for user in users):
            place = replace(place, unit=None, row=None)
        weights = [places[id] for id in node.inputs if id in places]
        weight = next((found for found in weights if found.kind == "weight"), None)
        if place.kind != "sum" or weight is None:
            return place
        if weight.source is not None:
            return replace(place, kind="product", source=weight.source)
        alone = all(found.kind == "weight" for found in weights)
        return replace(place, kind="turned") if alone else place


def _entry_place(kind: str, layer: int, index: Index) -> Place:
    match kind:
        case "neuron" | "sum":
            return Place(kind, layer, row=index[0], unit=index[1])
        case "weight":
            return Place(kind, layer, unit=index[0], source=index[1])
        case "bias":
            return Place(kind, layer, unit=index[0] if index else None)
    return Place(kind, layer, row=index[0] if index else None)


def find_neurons(tape: Tape) -> Neurons | None:
    """Return the network on a tape; None if there is none, as for a formula."""
    parts = dict(_parts(tape))
    for name, number in [key for key in parts if key[0] == "dropped"]:
        dropped = parts.pop((name, number))
        if ("a", number) not in parts and ("z", number) not in parts:
            parts["a", number] = dropped  # of a layer in one node this is all that is seen
    known = ("inputs", 0) in parts and ("loss", 0) in parts
    if not known or ("weight", 1) not in parts or parts["inputs", 0].nodes.ndim != 2:
        return None
    layer = 1
    while ("weight", layer) in parts:
        output = parts.get(("z", layer), parts.get(("a", layer)))
        if output is None or output.nodes.ndim != 2 or parts["weight", layer].nodes.ndim != 2:
            return None
        layer += 1
    return Neurons(tape, parts)


def _parts(tape: Tape) -> Iterator[tuple[tuple[str, int], Part]]:
    scattered: dict[tuple[str, int], dict[Index, int]] = {}
    for node in tape:
        match = _ORIGIN.match(node.origin)
        if match is None:
            continue
        key = match["whole"] or match["part"], int(match["layer"] or 0)
        if match["index"] is None:
            yield key, Part(np.full(node.value.shape, node.id, dtype=np.int64), True)
        else:
            index = tuple(int(number) for number in match["index"].split(","))
            scattered.setdefault(key, {})[index] = node.id
    for key, entries in scattered.items():
        shape = tuple(max(sizes) + 1 for sizes in zip(*entries, strict=True))
        if len(entries) == np.prod(shape):
            nodes = np.empty(shape, dtype=np.int64)
            for index, id in entries.items():
                nodes[index] = id
            yield key, Part(nodes, False)


def entry_value(state: State, entry: tuple[int, Index]) -> float | None:
    """Return one number of a node's value; None if it is not computed yet."""
    return _number(state.value(entry[0]), entry[1])


def entry_gradient(state: State, entry: tuple[int, Index]) -> float | None:
    """Return one number of a node's gradient so far; None if nothing has arrived."""
    return _number(state.gradient(entry[0]), entry[1])


def _number(array: Array | None, index: Index) -> float | None:
    return None if array is None else float(array[index])
