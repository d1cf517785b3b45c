"""Layout of big networks: each kind of block once, then copies of it, layer by layer.

A block is what has the same ``group``. The groups ``layer1/neuron0``, ``layer1/neuron1``, …
stand in the same part of the drawing, ``layer1``; parts follow each other from left to right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlviz.layout.graph import (
    FIRST_COLUMN,
    Edge,
    Layout,
    LayoutGraph,
    NodeBox,
    Placed,
    Route,
    Spacing,
    topological_order,
)
from mlviz.layout.layered import lay_out_layered
from mlviz.layout.routes import curve_through, end_points, framed, moved, start_points, welded

_ASPECT = 1.4  # width to height that is aimed at
_MOST_WRAPS = 24


@dataclass(frozen=True, slots=True)
class _Block:
    """Boxes that are laid out together.

    Attributes:
        members: positions of its boxes in the graph.
        edges: positions of the edges that end in it, in the order of the kind's edges.
        layout: the layout of its kind. A kind has, after the boxes, a *door* for each edge that
            comes from outside: a box without a size at the left, from where it finds its way.
    """

    members: tuple[int, ...]
    edges: tuple[int, ...]
    layout: Layout


def lay_out_blocks(graph: LayoutGraph, spacing: Spacing) -> Layout:
    """Lay out a graph from left to right.

    Raises:
        ValueError: if the edges form a cycle.
    """
    if not graph.nodes:
        return Layout(0.0, 0.0, {}, (), "blocks")
    ends = graph.ends()
    parts = [_make_blocks(graph, ends, members, spacing) for members in _parts(graph, ends)]
    origins = _arrange(parts, spacing)
    places: dict[int, Placed] = {}
    ways: dict[int, Route] = {}
    entering: set[int] = set()
    for part, part_origins in zip(parts, origins, strict=True):
        for block, (x, y) in zip(part, part_origins, strict=True):
            for local, i in enumerate(block.members):
                at = block.layout.nodes[local]
                places[graph.nodes[i].key] = Placed(at.x + x, at.y + y)
            inside = set(block.members)
            for i, route in zip(block.edges, block.layout.routes, strict=True):
                from_outside = ends[i][0] not in inside
                ways[i] = moved(_from_the_left(route) if from_outside else route, x, y)
                if from_outside:
                    entering.add(i)
    routes = _routes(graph, places, ways, entering)
    return framed(graph, Layout(0.0, 0.0, places, tuple(routes), "blocks"))


def _parts(graph: LayoutGraph, ends: Sequence[tuple[int, int]]) -> list[dict[str, list[int]]]:
    """Return the parts from left to right, each as its blocks: name and members."""
    count = len(graph.nodes)
    depth = [0] * count
    users: list[list[int]] = [[] for _ in range(count)]
    inputs = [0] * count
    for source, target in ends:
        users[source].append(target)
        inputs[target] += 1
    for i in topological_order(count, ends):
        for user in users[i]:
            depth[user] = max(depth[user], depth[i] + 1)

    part_of = [node.group.rpartition("/")[0] or node.group for node in graph.nodes]
    stage: dict[str, float] = {}  # what a layer gives comes deepest in it
    for i, part in enumerate(part_of):
        stage[part] = max(stage.get(part, 0.0), depth[i])
    parts: dict[tuple[float, str], dict[str, list[int]]] = {}
    for i, node in enumerate(graph.nodes):
        where, block = (stage[part_of[i]], part_of[i]), node.group
        if not (node.group or inputs[i]) and users[i]:
            first = min((stage[part_of[user]], part_of[user]) for user in users[i])
            if first[1]:  # an input that belongs nowhere stands before the layer it goes to
                where, block = (first[0] - 0.5, first[1]), f"\0{i}"
        parts.setdefault(where, {}).setdefault(block, []).append(i)
    return [parts[where] for where in sorted(parts)]


def _make_blocks(
    graph: LayoutGraph,
    ends: Sequence[tuple[int, int]],
    groups: dict[str, list[int]],
    spacing: Spacing,
) -> list[_Block]:
    """Return the blocks of a part; blocks of the same kind share one layout."""
    block_of = {i: name for name, members in groups.items() for i in members}
    edges: dict[str, list[int]] = {name: [] for name in groups}
    for e, (_, target) in enumerate(ends):
        if target in block_of:
            edges[block_of[target]].append(e)
    kinds: dict[LayoutGraph, Layout] = {}
    blocks = []
    for name, members in groups.items():
        local = {i: k for k, i in enumerate(members)}
        boxes = [replace(graph.nodes[i], key=k, group="") for i, k in local.items()]
        inner = []
        for e in edges[name]:
            source, target = ends[e]
            if source not in local:
                boxes.append(NodeBox(len(boxes), 0.0, 0.0, rank=FIRST_COLUMN))
            start = local.get(source, len(boxes) - 1)
            inner.append(Edge(start, local[target], graph.edges[e].slot))
        kind = LayoutGraph(tuple(boxes), tuple(inner))
        if kind not in kinds:
            kinds[kind] = lay_out_layered(kind, spacing)
        blocks.append(_Block(tuple(members), tuple(edges[name]), kinds[kind]))
    return blocks


def _arrange(
    parts: Sequence[Sequence[_Block]], spacing: Spacing
) -> list[list[tuple[float, float]]]:
    """Return the top left corner of each block; a tall part is wrapped into several columns."""
    gap = 2 * spacing.node
    tallest = max(sum(block.layout.height + gap for block in part) for part in parts)
    best: list[list[tuple[float, float]]] = []
    best_error = math.inf
    for wraps in range(1, _MOST_WRAPS + 1):
        origins, width, height = _stack(parts, tallest / wraps, spacing)
        error = abs(math.log(max(width, 1.0) / max(height, 1.0) / _ASPECT))
        if error < best_error:
            best, best_error = origins, error
    return best


def _stack(
    parts: Sequence[Sequence[_Block]], limit: float, spacing: Spacing
) -> tuple[list[list[tuple[float, float]]], float, float]:
    """Return corners, width and height when no column is much taller than the limit."""
    gap = 2 * spacing.node
    x = height = 0.0
    origins = []
    for part in parts:
        columns: list[list[_Block]] = [[]]
        filled = 0.0
        for block in part:
            if columns[-1] and filled + block.layout.height + gap > limit + 1e-6:
                columns.append([])
                filled = 0.0
            columns[-1].append(block)
            filled += block.layout.height + gap
        corners = []
        for column in columns:
            total = sum(block.layout.height + gap for block in column) - gap
            y = -total / 2
            for block in column:
                corners.append((x, y))
                y += block.layout.height + gap
            height = max(height, total)
            x += max(block.layout.width for block in column) + spacing.rank
        origins.append(corners)
        x += 2 * spacing.rank  # layers stand further apart than columns of one layer
    return origins, x - 3 * spacing.rank, height


def _from_the_left(route: Route) -> Route:
    """Return the way from a door, led back to the left edge of the block."""
    x, y = route.points[0]
    return Route(((0.0, y), (x / 3, y), (2 * x / 3, y), *route.points))


def _routes(
    graph: LayoutGraph,
    places: dict[int, Placed],
    ways: dict[int, Route],
    entering: set[int],
) -> list[Route]:
    """Return the routes, given the way of each edge within the block it ends in."""
    count = len(graph.edges)
    starts = start_points(graph, places, [ways[i].points[0][1] for i in range(count)])
    ends = end_points(graph, places, [ways[i].points[-4][1] for i in range(count)])
    routes = []
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        way = ways[i]
        if i in entering:
            outer = curve_through([start, way.points[0]])
            way = Route(outer.points + way.points[1:])
        routes.append(welded(way, start, end))
    return routes
