"""What is laid out, and what comes back: plain data, the same for every engine.

Lengths are pixels at scale 1, x grows to the right and y downwards, the origin is the top left
corner. One pixel is one of dot's points, 1/72 inch.
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from mlviz.errors import MLVizError

Point: TypeAlias = tuple[float, float]
RankDirection: TypeAlias = Literal["LR", "TB"]
EngineName: TypeAlias = Literal["dot", "layered", "blocks"]
CancelEvent: TypeAlias = threading.Event

FIRST_COLUMN = "first"


class LayoutError(MLVizError):
    """An engine could not lay out a graph."""


class LayoutCancelled(Exception):
    """The layout was no longer wanted: its ``cancel`` event was set."""


@dataclass(frozen=True, slots=True)
class NodeBox:
    """A box to be placed.

    Attributes:
        key: what the caller calls it, for example the id of a tape's node.
        width: its width.
        height: its height.
        group: the block it belongs to, such as ``layer1/neuron3``; boxes of a group stay together
            in the block layout.
        rank: boxes with the same rank stand in the same column, those with ``FIRST_COLUMN`` in the
            first; ``None`` leaves it to the engine. A wish that would turn an edge round is
            passed over.
        frame: the frames that it is drawn in, outer ones first, such as ``0/3``; dot keeps what is
            in a frame together.
    """

    key: int
    width: float
    height: float
    group: str = ""
    rank: str | int | None = None
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from the box that gives a value to input ``slot`` of the box that takes it."""

    source: int
    target: int
    slot: int


@dataclass(frozen=True, slots=True)
class LayoutGraph:
    """Boxes and the edges between them, without a cycle.

    Raises:
        ValueError: if two boxes have the same key, or an edge has an end that is not there.
    """

    nodes: tuple[NodeBox, ...]
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        keys = {node.key for node in self.nodes}
        if len(keys) != len(self.nodes):
            raise ValueError("two boxes have the same key")
        for edge in self.edges:
            if edge.source not in keys or edge.target not in keys:
                raise ValueError(f"{edge} has an end that is not among the boxes")

    def shape_key(self) -> str:
        """Return a text that is equal for graphs with equal layouts."""
        numbers = np.array(
            [(node.key, node.width, node.height) for node in self.nodes], dtype=np.float64
        )
        ends = np.array([(e.source, e.target, e.slot) for e in self.edges], dtype=np.int64)
        words = repr([(node.group, node.rank, node.frame) for node in self.nodes])
        digest = hashlib.blake2b(digest_size=16)
        for part in (numbers.tobytes(), ends.tobytes(), words.encode()):
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
        return digest.hexdigest()

    def ends(self) -> list[tuple[int, int]]:
        """Return each edge as two positions in ``nodes``."""
        index = {node.key: i for i, node in enumerate(self.nodes)}
        return [(index[edge.source], index[edge.target]) for edge in self.edges]


@dataclass(frozen=True, slots=True)
class Spacing:
    """The room between boxes: ``node`` within a column, ``rank`` between columns.

    A label of one line, 18 px high, fits between two boxes.
    """

    node: float = 21.0
    rank: float = 34.0


DEFAULT_SPACING = Spacing()


class Placed(NamedTuple):
    """Where the centre of a box is."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an edge: a chain of cubic Bézier curves, 1 + 3k points, border to border."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is.

    Attributes:
        width: width of the whole drawing, whose left edge is at 0.
        height: height of the whole drawing, whose top is at 0.
        nodes: the place of each box, by its key.
        routes: the way of each edge, in the order of the graph's edges.
        engine: the engine that made it.
        direction: where the flow goes: left to right or top to bottom.
    """

    width: float
    height: float
    nodes: Mapping[int, Placed]
    routes: tuple[Route, ...]
    engine: EngineName
    direction: RankDirection = "LR"


def topological_order(count: int, ends: Sequence[tuple[int, int]]) -> list[int]:
    """Return 0 … count-1 with each edge's source before its target; equal ones in order.

    Raises:
        ValueError: if the edges form a cycle.
    """
    successors: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in ends:
        successors[source].append(target)
        waiting[target] += 1
    order = [i for i in range(count) if not waiting[i]]
    for node in order:  # grows while it is walked
        for target in successors[node]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    if len(order) != count:
        raise ValueError("the edges form a cycle")
    return order


def walk_back(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    """Return all positions, walking back from each end to its inputs in their order; by loop.

    Args:
        before: for each position those it takes from.
        after: for each position those that take from it.
    """
    seen = [False] * len(before)
    walk = []
    for last in range(len(before)):
        stack = [] if after[last] else [last]
        while stack:
            position = stack.pop()
            if not seen[position]:
                seen[position] = True
                walk.append(position)
                stack.extend(reversed(before[position]))
    return walk
