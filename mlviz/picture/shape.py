"""The graph that is laid out: the nodes that are drawn, with their sizes, and their edges."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from mlviz.autograd import Array, Node, Tape
from mlviz.layout import Edge, LayoutGraph, NodeBox
from mlviz.picture.boxes import NodeForm, node_form
from mlviz.picture.glyphs import is_hidden
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import Timeline

LARGE = 150
"""With more nodes the graph is laid out by blocks, such as the neurons of a network."""


def graph_shape(timeline: Timeline) -> LayoutGraph:
    """Return the graph that is to be laid out: visible nodes with their sizes, and edges."""
    tape = timeline.tape
    symbols = Symbols(tape)
    visible = [node for node in tape if not is_hidden(node)]
    forms = forms_of(tape, symbols, visible)
    edges = edges_of(tape, visible)
    groups = blocks_of(tape, visible, edges) if len(visible) > LARGE else {}
    boxes = [
        NodeBox(id, form.width, form.height, group=groups.get(id, "")) for id, form in forms.items()
    ]
    return LayoutGraph(tuple(boxes), edges)


def blocks_of(tape: Tape, visible: Sequence[Node], edges: Sequence[Edge]) -> Mapping[int, str]:
    """Return the block of each node as `layer<depth>/block<last node>`.

    A node that one operation alone reads stands with that operation: products with their sum.
    What several read, or what a function of one variable gives, ends a block. So blocks are
    the neurons, in whatever way a formula or a network came to them.
    """
    uses = Counter(edge.source for edge in edges)
    reads = Counter(edge.target for edge in edges)
    user = {edge.source: edge.target for edge in edges}
    last: dict[int, int] = {}
    for node in reversed(visible):
        ends = uses[node.id] != 1 or (not node.is_leaf and reads[node.id] == 1)
        last[node.id] = node.id if ends else last[user[node.id]]
    depth = dict.fromkeys(last.values(), 0)
    for edge in sorted(edges, key=lambda edge: last[edge.target]):
        source, target = last[edge.source], last[edge.target]
        if source != target:
            depth[target] = max(depth[target], depth[source] + 1)
    return {id: f"layer{depth[block]}/block{block}" for id, block in last.items()}


def edges_of(tape: Tape, visible: Sequence[Node]) -> tuple[Edge, ...]:
    """Return the edges between visible nodes, in the order in which the run made them."""
    return tuple(
        Edge(source, node.id, slot)
        for node in visible
        for slot, source in enumerate(node.inputs)
        if not is_hidden(tape[source])
    )


def forms_of(tape: Tape, symbols: Symbols, nodes: Sequence[Node]) -> dict[int, NodeForm]:
    """Return the form of every node's box, in whole px."""
    uses = Counter(source for node in tape for source in node.inputs)
    forms = {node.id: node_form(tape, symbols, node, uses[node.id]) for node in nodes}
    return {
        id: replace(form, width=round(form.width), height=round(form.height))
        for id, form in forms.items()
    }


class Path:
    """An edge's route, to be walked at even speed."""

    def __init__(self, points: tuple[tuple[float, float], ...]) -> None:
        self.points = points

    @cached_property
    def _samples(self) -> tuple[Array, Array]:
        t = np.linspace(0, 1, 17)[:, None]
        pieces = []
        control = np.asarray(self.points, dtype=float)
        for k in range(0, len(control) - 1, 3):
            a, b, c, d = control[k : k + 4]
            pieces.append(
                a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3
            )
        line = np.concatenate(pieces)
        steps = np.hypot(*np.diff(line, axis=0).T)
        return line, np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def length(self) -> float:
        """How long it is, px."""
        return float(self._samples[1][-1])

    def at(self, t: float) -> tuple[float, float]:
        """Return the point after part `t` of the length."""
        line, length = self._samples
        where = t * length[-1]
        return float(np.interp(where, length, line[:, 0])), float(
            np.interp(where, length, line[:, 1])
        )

    def along(self, parts: Array) -> Array:
        """Return the points after several parts of the length, as rows."""
        line, length = self._samples
        where = parts * length[-1]
        return np.stack([np.interp(where, length, line[:, k]) for k in (0, 1)], axis=1)
