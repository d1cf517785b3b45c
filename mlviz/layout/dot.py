"""Layout by Graphviz' ``dot``: what it is asked, and what its answer means.

The boxes go without a text, so no font of dot's has a say in the result.
"""

from collections.abc import Callable

import numpy as np

from mlviz.i18n import Message
from mlviz.layout.graph import (
    CancelEvent,
    Layout,
    LayoutError,
    LayoutGraph,
    Placed,
    Point,
    Route,
    Spacing,
    walk_back,
)
from mlviz.layout.program import TIME_LIMIT_SECONDS, find_dot, run_dot
from mlviz.layout.ranks import column_leaders, first_column_leader
from mlviz.layout.routes import (
    curve_through,
    end_points,
    framed,
    sample,
    start_points,
    welded,
)

_POINTS_PER_INCH = 72.0
_FRAME_MARGIN = 20  # between a frame and the boxes in it
_CLEAR = 4.0  # between an own curve and a box
_APART = 7.0  # between dot's curve and a box it passes: dot is told of larger boxes, less far apart


def lay_out_dot(
    graph: LayoutGraph,
    spacing: Spacing,
    cancel: CancelEvent | None = None,
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
) -> Layout:
    """Lay out a graph from left to right.

    Raises:
        LayoutError: if there is no program, or it fails, or takes too long.
        LayoutCancelled: if the event is set before the program is done.
    """
    program = find_dot()
    if program is None:
        raise LayoutError(Message("error.layout.no_dot"))
    if not graph.nodes:
        return Layout(0.0, 0.0, {}, (), "dot")
    answer = run_dot(program, _source(graph, spacing), cancel, time_limit_seconds)
    try:
        places, curves = _read(answer)
        return _finish(graph, places, curves, spacing.rank)
    except (ValueError, KeyError, IndexError) as problem:
        raise LayoutError(Message("error.layout.dot_failed", problem=repr(problem))) from problem


def _source(graph: LayoutGraph, spacing: Spacing) -> str:
    """Return the graph in dot's language; boxes and edges are named by their positions."""
    import graphviz  # 30 ms that a start without dot does not pay

    clear_x, clear_y = (min(_APART, gap / 4) for gap in (spacing.rank, spacing.node))
    source = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR",
            "nodesep": _inches(max(spacing.node - 2 * clear_y, 1.0)),
            "ranksep": _inches(max(spacing.rank - 2 * clear_x, 1.0)),
            "splines": "spline",
        },
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        # A head would shorten the curve; the ports make edges leave right and enter left.
        edge_attr={"dir": "none", "tailport": "e", "headport": "w"},
    )
    ends = graph.ends()
    before: list[list[int]] = [[] for _ in graph.nodes]
    after: list[list[int]] = [[] for _ in graph.nodes]
    for tail, head in ends:
        before[head].append(tail)
        after[tail].append(head)
    # In this order dot keeps what belongs to a neuron together, and the first one on top.
    walk = walk_back(before, after)
    for i in walk:
        node = graph.nodes[i]
        width, height = node.width + 2 * clear_x, node.height + 2 * clear_y
        source.node(str(i), width=_inches(width), height=_inches(height))
    source.body.extend(_clusters(graph))
    place = {i: k for k, i in enumerate(walk)}
    for e in sorted(range(len(ends)), key=lambda e: (place[ends[e][0]], place[ends[e][1]], e)):
        # dot returns the colour as it was given: the only name for one of two parallel edges.
        source.edge(str(ends[e][0]), str(ends[e][1]), color=f"#{e:06x}")
    leaders = column_leaders(graph)
    first = first_column_leader(graph, leaders)
    columns: dict[int, list[int]] = {}
    for i, leader in enumerate(leaders):
        columns.setdefault(leader, []).append(i)
    for leader, members in columns.items():
        if len(members) > 1 or leader == first:
            with source.subgraph() as column:
                column.attr(rank="min" if leader == first else "same")
                for i in members:
                    column.node(str(i))
    return str(source.source)


def _clusters(graph: LayoutGraph) -> list[str]:
    """Return the frames as clusters, one line a box: dot joins clusters of the same name."""
    lines = []
    for i, node in enumerate(graph.nodes):
        names = node.frame.split("/") if node.frame else []
        opened = "".join(
            f'subgraph "cluster_{"_".join(names[: depth + 1])}" {{ margin={_FRAME_MARGIN}; '
            for depth in range(len(names))
        )
        if names:
            lines.append(f"\t{opened}{i}{' }' * len(names)}\n")
    return lines


def _inches(length: float) -> str:
    return f"{length / _POINTS_PER_INCH:.5f}"


def _read(lines: list[str]) -> tuple[dict[int, Placed], dict[int, list[Point]]]:
    """Return places and curves by position; dot's y grows upwards."""
    places: dict[int, Placed] = {}
    curves: dict[int, list[Point]] = {}
    for line in lines:
        match line.split():
            case ["node", name, x, y, *_]:
                places[int(name)] = Placed(*_point(x, y))
            case ["edge", _, _, count, *rest]:
                numbers = rest[: 2 * int(count)]
                curve = [_point(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
                curves[int(rest[-1].removeprefix("#"), 16)] = curve
    return places, curves


def _point(x: str, y: str) -> Point:
    return float(x) * _POINTS_PER_INCH, -float(y) * _POINTS_PER_INCH


def _finish(
    graph: LayoutGraph,
    by_position: dict[int, Placed],
    curves: dict[int, list[Point]],
    gap: float,
) -> Layout:
    places = {node.key: by_position[i] for i, node in enumerate(graph.nodes)}
    if _is_upside_down(graph, places):
        places = {key: Placed(x, -y) for key, (x, y) in places.items()}
        curves = {i: [(x, -y) for x, y in curve] for i, curve in curves.items()}
    routes = _routes(graph, places, curves, gap)
    return framed(graph, Layout(0.0, 0.0, places, tuple(routes), "dot"))


def _is_upside_down(graph: LayoutGraph, places: dict[int, Placed]) -> bool:
    """Tell whether later boxes tend to stand above earlier ones of the same column."""
    columns: dict[float, list[float]] = {}
    for node in graph.nodes:
        columns.setdefault(round(places[node.key].x), []).append(places[node.key].y)
    down = 0.0
    for heights in columns.values():
        middle = sum(heights) / len(heights)
        centre = (len(heights) - 1) / 2
        down += sum((i - centre) * (y - middle) for i, y in enumerate(heights))
    return down < -1e-6


def _routes(
    graph: LayoutGraph, places: dict[int, Placed], curves: dict[int, list[Point]], gap: float
) -> list[Route]:
    """Return routes whose ends stand beside each other on the borders.

    dot prints five digits and lets all edges end in the middle of a side, so its ends are moved.
    Where nothing is in the way, an own curve is smoother than dot's.
    """
    _sort_parallel(graph, curves)
    departures, arrivals = [], []
    for i, edge in enumerate(graph.edges):
        curve = curves.get(i)
        way = sample(Route(tuple(curve))) if curve else [places[edge.source], places[edge.target]]
        after = [y for x, y in way if x >= way[0][0] + gap]
        ahead = [y for x, y in way if x <= way[-1][0] - gap]
        departures.append(after[0] if after else way[-1][1])
        arrivals.append(ahead[-1] if ahead else way[0][1])
    starts = start_points(graph, places, departures)
    ends = end_points(graph, places, arrivals)
    is_free = _free_rectangles(graph, places)
    routes = []
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        curve = curves.get(i)
        if curve is None or is_free(start, end):  # dot loses an edge now and then
            routes.append(curve_through([start, end]))
            continue
        routes.append(welded(Route(tuple(curve)), start, end))
    return routes


def _free_rectangles(
    graph: LayoutGraph, places: dict[int, Placed]
) -> Callable[[Point, Point], bool]:
    """Return a test whether the rectangle between a start and an end touches no box inside."""
    boxes = np.array(
        [
            (x - node.width / 2, x + node.width / 2, y - node.height / 2, y + node.height / 2)
            for node in graph.nodes
            for x, y in (places[node.key],)
        ]
    )
    left, right, top, bottom = boxes.T

    def is_free(start: Point, end: Point) -> bool:
        low, high = min(start[1], end[1]) - _CLEAR, max(start[1], end[1]) + _CLEAR
        inside = (left < end[0] - _CLEAR) & (right > start[0] + _CLEAR)
        return end[0] > start[0] and not np.any(inside & (top < high) & (bottom > low))

    return is_free


def _sort_parallel(graph: LayoutGraph, curves: dict[int, list[Point]]) -> None:
    """Give the upper of several edges between the same boxes to the smaller slot."""
    same: dict[tuple[int, int], list[int]] = {}
    for i, edge in enumerate(graph.edges):
        if i in curves:
            same.setdefault((edge.source, edge.target), []).append(i)
    for members in same.values():
        members.sort(key=lambda i: (graph.edges[i].slot, i))
        ways = sorted((curves[i] for i in members), key=_height)
        for i, way in zip(members, ways, strict=True):
            curves[i] = way


def _height(curve: list[Point]) -> float:
    return sum(y for _, y in curve) / len(curve)
