"""A path through the graph, lit from behind: a picture to be painted below the graph's own."""

from collections.abc import Iterable

from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Box, Curve, Item, Picture, Role

_GLOW = 9.0
_RIM = 4.0


def lit_picture(graph: GraphPictures, edges: Iterable[tuple[int, int]]) -> Picture:
    """Return the light behind some edges and the nodes at their ends.

    Args:
        graph: where everything is.
        edges: each by its operation and the slot it goes into.
    """
    items: list[Item] = []
    nodes: set[int] = set()
    for node, slot in sorted(edges):
        route = graph.route(node, slot)
        if route is not None:
            curve = Curve(f"lit:{node}:{slot}", route, Role.SELECTED, _GLOW, True, opacity=0.5)
            items.append(curve)
            nodes |= {node, graph.tape[node].inputs[slot]}
    for node in sorted(nodes):
        rect = graph.rect(node)
        if rect is not None:
            radius = 22.0 if graph.tape[node].role == "parameter" else 13.0
            rim = rect.grown(_RIM)
            items.append(Box("", rim, Role.CLEAR, Role.SELECTED, 3, radius, opacity=0.75))
    return Picture(tuple(items), graph.bounds)
