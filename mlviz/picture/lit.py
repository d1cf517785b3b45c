"""A path, lit from behind: a picture to be painted below that of the graph, or of the network."""

from collections.abc import Iterable

from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Box, Curve, Item, Picture, Role
from mlviz.picture.network import NetworkPictures
from mlviz.trace.neurons import Place

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


def lit_network(pictures: NetworkPictures, edges: Iterable[tuple[int, int]]) -> Picture:
    """Return the light behind the lines of a network that some edges run along.

    Args:
        pictures: where everything is.
        edges: each by its operation and the slot it goes into.
    """
    places, tape = pictures.neurons.places, pictures.timeline.tape
    ends = [(places.get(node), places.get(tape[node].inputs[slot])) for node, slot in edges]
    # One line carries several edges, and one neuron is at the end of several.
    lines: dict[Place, None] = {}
    bodies: dict[Place, None] = {}
    for place, source in ends:
        if place is None or source is None:
            continue
        for one in (place, source):
            if one.kind in ("product", "weight"):
                lines[Place("weight", one.layer, one.unit, one.source)] = None
            elif one.kind == "bias":
                lines[Place("bias", one.layer, one.unit)] = None
                bodies[Place("bias", one.layer, one.unit)] = None
            elif one.kind in ("neuron", "sum"):
                bodies[Place("neuron", one.layer, one.unit)] = None
            elif one.kind == "loss":
                bodies[Place("loss")] = None
        if place.kind == "loss" and source.kind in ("neuron", "sum"):
            lines[Place("loss", source.layer, source.unit)] = None
    items: list[Item] = []
    for one in lines:
        line = pictures.plan.line(one)
        if line is not None:
            items.append(Curve("", line, Role.SELECTED, _GLOW + _RIM, opacity=0.5))
    for one in bodies:
        rect = pictures.rect(one)
        if rect is not None:
            rim = rect.grown(_RIM)
            items.append(Box("", rim, Role.CLEAR, Role.SELECTED, 3, rim.height / 2, opacity=0.75))
    return Picture(tuple(items), pictures.plan.bounds)
