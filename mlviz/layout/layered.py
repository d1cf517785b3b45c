"""The built-in layered layout: no program, the same result on every machine.

Columns by longest path, order by mean neighbour, places by isotonic regression. Each edge that
passes a column has its own place there, so no edge runs through a box.
"""

from collections.abc import Sequence

from mlviz.layout.graph import Layout, LayoutGraph, Placed, Point, Route, Spacing
from mlviz.layout.order import Columns, make_columns, reduce_crossings
from mlviz.layout.place import place_items
from mlviz.layout.ranks import assign_columns
from mlviz.layout.routes import curve_through, end_points, framed, start_points


def lay_out_layered(graph: LayoutGraph, spacing: Spacing) -> Layout:
    """Lay out a graph from left to right.

    Raises:
        ValueError: if the edges form a cycle.
    """
    if not graph.nodes:
        return Layout(0.0, 0.0, {}, (), "layered")
    column = assign_columns(graph)
    columns = make_columns(column, graph.ends())
    reduce_crossings(columns)
    y = place_items(columns, [node.height for node in graph.nodes], spacing.node)
    spans = _column_spans(graph, column, spacing.rank)
    places = {
        node.key: Placed(sum(spans[c]) / 2, y[i])
        for i, (node, c) in enumerate(zip(graph.nodes, column, strict=True))
    }
    routes = _routes(graph, places, columns, column, spans, y)
    return framed(graph, Layout(0.0, 0.0, places, tuple(routes), "layered"))


def _column_spans(
    graph: LayoutGraph, column: Sequence[int], gap: float
) -> list[tuple[float, float]]:
    """Return left and right of each column, as wide as its widest box."""
    widths = [0.0] * (max(column) + 1)
    for node, c in zip(graph.nodes, column, strict=True):
        widths[c] = max(widths[c], node.width)
    spans = []
    left = 0.0
    for width in widths:
        spans.append((left, left + width))
        left += width + gap
    return spans


def _routes(
    graph: LayoutGraph,
    places: dict[int, Placed],
    columns: Columns,
    column: Sequence[int],
    spans: Sequence[tuple[float, float]],
    y: Sequence[float],
) -> list[Route]:
    starts = start_points(graph, places, [y[chain[1]] for chain in columns.chains])
    ends = end_points(graph, places, [y[chain[-2]] for chain in columns.chains])
    routes = []
    for chain, start, end in zip(columns.chains, starts, ends, strict=True):
        first, last = column[chain[0]], column[chain[-1]]
        points: list[Point] = [start, (spans[first][1], start[1])]
        for c, item in enumerate(chain[1:-1], first + 1):
            points += [(spans[c][0], y[item]), (spans[c][1], y[item])]
        points += [(spans[last][0], end[1]), end]
        routes.append(curve_through(_necessary(points)))
    return routes


def _necessary(points: Sequence[Point]) -> list[Point]:
    """Return the points without repeats and without those in the middle of a level line."""
    kept = [points[0]]
    for x, y in points[1:]:
        if len(kept) > 1 and abs(kept[-1][1] - y) < 1e-9 and abs(kept[-2][1] - y) < 1e-9:
            kept[-1] = (x, y)
        elif abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > 1e-9:
            kept.append((x, y))
    return kept
