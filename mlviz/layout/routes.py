"""Where edges leave and enter the boxes, and the curves in between. Flow is left to right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from mlviz.layout.graph import Layout, LayoutGraph, Placed, Point, Route

_T = np.linspace(0.0, 1.0, 17)
_BERNSTEIN = np.stack([(1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T**2 * (1 - _T), _T**3], axis=1)
_SPREAD = 12.0  # between the ends of two edges at one side of a box
_LOOP = 40.0  # how far an edge that has to turn back swings out


def start_points(
    graph: LayoutGraph, places: Mapping[int, Placed], departures: Sequence[float]
) -> list[Point]:
    """Return where each edge leaves: the middle of the right side.

    Where several edges run between the same two boxes, they and the others of that source leave
    beside each other, in the order of where they go.

    Args:
        graph: boxes and edges.
        places: where the boxes are.
        departures: for each edge the height it goes to first.
    """
    outgoing: dict[int, list[int]] = {}
    for i, edge in enumerate(graph.edges):
        outgoing.setdefault(edge.source, []).append(i)
    points: list[Point] = [(0.0, 0.0)] * len(graph.edges)
    for node in graph.nodes:
        members = outgoing.get(node.key, [])
        if len({graph.edges[i].target for i in members}) == len(members):
            offsets = [0.0] * len(members)
        else:
            members.sort(key=lambda i: (round(departures[i], 3), graph.edges[i].slot, i))
            offsets = _spread(len(members), node.height)
        place = places[node.key]
        for i, offset in zip(members, offsets, strict=True):
            points[i] = (place.x + node.width / 2, place.y + offset)
    return points


def end_points(
    graph: LayoutGraph, places: Mapping[int, Placed], arrivals: Sequence[float]
) -> list[Point]:
    """Return where each edge enters: spread over the left side, in the order they come from.

    Args:
        graph: boxes and edges.
        places: where the boxes are.
        arrivals: for each edge the height it comes from.
    """
    incoming: dict[int, list[int]] = {}
    for i, edge in enumerate(graph.edges):
        incoming.setdefault(edge.target, []).append(i)
    points: list[Point] = [(0.0, 0.0)] * len(graph.edges)
    for node in graph.nodes:
        members = incoming.get(node.key, [])
        members.sort(key=lambda i: (round(arrivals[i], 3), graph.edges[i].slot, i))
        place = places[node.key]
        for i, offset in zip(members, _spread(len(members), node.height), strict=True):
            points[i] = (place.x - node.width / 2, place.y + offset)
    return points


def _spread(count: int, height: float) -> list[float]:
    """Return offsets around 0, within the middle half of a side."""
    step = min(_SPREAD, height / 2 / (count - 1)) if count > 1 else 0.0
    return [step * (i - (count - 1) / 2) for i in range(count)]


def curve_through(points: Sequence[Point]) -> Route:
    """Return a smooth route through the points, level and to the right at each of them."""
    chain = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        reach = (x1 - x0) / 2 if x1 > x0 else _LOOP
        chain += [(x0 + reach, y0), (x1 - reach, y1), (x1, y1)]
    return Route(tuple(chain))


def welded(route: Route, start: Point, end: Point) -> Route:
    """Return the route with its ends moved a little, together with their tangents."""
    points = list(route.points)
    for at, beside, new in ((0, 1, start), (-1, -2, end)):
        (old_x, old_y), (x, y) = points[at], points[beside]
        points[at] = new
        points[beside] = (x + new[0] - old_x, y + new[1] - old_y)
    return Route(tuple(points))


def moved(route: Route, dx: float, dy: float) -> Route:
    """Return the route at another place."""
    return Route(tuple((x + dx, y + dy) for x, y in route.points))


def swapped(route: Route) -> Route:
    """Return the route with x and y exchanged."""
    return Route(tuple((y, x) for x, y in route.points))


def sample(route: Route, steps: int = 8) -> list[Point]:
    """Return points along the route, ``steps`` for each of its curves, and its start."""
    points = [route.points[0]]
    for i in range(0, len(route.points) - 1, 3):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = route.points[i : i + 4]
        for k in range(1, steps + 1):
            t = k / steps
            s = 1 - t
            a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
            points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return points


def framed(graph: LayoutGraph, drawing: Layout) -> Layout:
    """Return the drawing moved to the origin, with its width and height measured."""
    lows, highs = [], []
    if graph.nodes:
        centres = np.array([drawing.nodes[node.key] for node in graph.nodes])
        halves = np.array([(node.width, node.height) for node in graph.nodes]) / 2
        lows.append((centres - halves).min(axis=0))
        highs.append((centres + halves).max(axis=0))
    if drawing.routes:
        curves = np.array([p for route in drawing.routes for p in _control_points(route)])
        along = np.tensordot(_BERNSTEIN, curves.reshape(-1, 4, 2), axes=(1, 1))
        lows.append(along.min(axis=(0, 1)))
        highs.append(along.max(axis=(0, 1)))
    if not lows:
        return drawing
    # Rounded, because numpy's last bits are not the same on every machine.
    left, top = (round(float(value), 6) for value in np.min(lows, axis=0))
    right, bottom = (round(float(value), 6) for value in np.max(highs, axis=0))
    return replace(
        drawing,
        width=right - left,
        height=bottom - top,
        nodes={key: Placed(x - left, y - top) for key, (x, y) in drawing.nodes.items()},
        routes=tuple(moved(route, -left, -top) for route in drawing.routes),
    )


def _control_points(route: Route) -> Iterator[Point]:
    for i in range(0, len(route.points) - 1, 3):
        yield from route.points[i : i + 4]
