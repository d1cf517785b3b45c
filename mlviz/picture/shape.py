"""The graph that is laid out: the nodes that are drawn, with their sizes, and their edges."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from mlviz.autograd import Array, Node, Tape
from mlviz.layout import Edge, LayoutGraph, NodeBox
from mlviz.picture.boxes import NodeForm, node_form
from mlviz.picture.glyphs import is_hidden
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import Timeline


def graph_shape(timeline: Timeline) -> LayoutGraph:
    """Return the graph that is to be laid out: visible nodes with their sizes, and edges."""
    tape = timeline.tape
    symbols = Symbols(tape)
    visible = [node for node in tape if not is_hidden(node)]
    forms = forms_of(tape, symbols, visible)
    boxes = [NodeBox(id, form.width, form.height) for id, form in forms.items()]
    return LayoutGraph(tuple(boxes), edges_of(tape, visible))


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

    def at(self, t: float) -> tuple[float, float]:
        """Return the point after part `t` of the length."""
        line, length = self._samples
        where = t * length[-1]
        return float(np.interp(where, length, line[:, 0])), float(
            np.interp(where, length, line[:, 1])
        )
