"""A drawing that is much wider than high, folded into two rows as text is into lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlviz.layout.graph import Layout, LayoutGraph, NodeBox, Placed, Point, Route

_BETWEEN, _FRAME = 60.0, 28.0
"""Px between the rows, and for the names of frames in the second one."""
_TURN = 34.0
"""Px that an edge needs beside the boxes to turn round."""
_LANE = 10.0
"""Px between two edges that go back to the left."""
_MOST_EDGES = 3
_LEAST_BOXES, _LEAST_WIDTH = 2, 0.35
"""Of a second row that is worth it, and how wide it is at least, in parts of the first."""


@dataclass(frozen=True, slots=True)
class _Box:
    node: NodeBox
    left: float
    top: float
    right: float
    bottom: float


def folded(drawing: Layout, graph: LayoutGraph, aspect: float) -> Layout | None:
    """Return the drawing in two rows, each from left to right; None if it cannot be folded well.

    It is folded where few edges cross, all of which can go round the boxes, and no frame is.

    Args:
        drawing: from left to right.
        graph: what is drawn.
        aspect: width to height of the stage: of all places, that is taken which fits it best.
    """
    if drawing.direction != "LR":
        return None
    boxes = [_box(node, drawing) for node in graph.nodes]
    found = [row for split in _splits(boxes) if (row := _fold(drawing, graph, boxes, split))]
    return min(found, key=lambda one: max(one.width / aspect, one.height), default=None)


def _box(node: NodeBox, drawing: Layout) -> _Box:
    x, y = drawing.nodes[node.key]
    wide, high = node.width / 2, node.height / 2
    return _Box(node, x - wide, y - high, x + wide, y + high)


def _splits(boxes: Sequence[_Box]) -> Iterator[float]:
    """Yield the places between columns."""
    reach = 0.0
    for box in sorted(boxes, key=lambda box: box.left):
        if reach and box.left > reach:
            yield (reach + box.left) / 2
        reach = max(reach, box.right)


def _fold(
    drawing: Layout, graph: LayoutGraph, boxes: Sequence[_Box], split: float
) -> Layout | None:
    first = {box.node.key: box for box in boxes if box.right <= split}
    second = {box.node.key: box for box in boxes if box.right > split}
    crossing = [
        k for k, edge in enumerate(graph.edges) if (edge.source in first) != (edge.target in first)
    ]
    if not 0 < len(crossing) <= _MOST_EDGES or _frames(first) & _frames(second):
        return None
    tops = [min(box.top for box in row.values()) for row in (first, second)]
    heights = [
        max(box.bottom for box in row.values()) - top
        for row, top in zip((first, second), tops, strict=True)
    ]
    begin = min(box.left for box in second.values())
    gap = _BETWEEN + (_FRAME if _frames(second) else 0.0) + _LANE * (len(crossing) - 1)
    begins, ends = min(box.left for box in first.values()), max(box.right for box in boxes)
    if len(second) < _LEAST_BOXES or ends - begin < _LEAST_WIDTH * (split - begins):
        return None
    right, down = _TURN - begin, heights[0] + gap - tops[1]
    routes = list(drawing.routes)
    for k, edge in enumerate(graph.edges):
        if k not in crossing:
            by = (0.0, -tops[0]) if edge.source in first else (right, down)
            routes[k] = Route(tuple((x + by[0], y + by[1]) for x, y in routes[k].points))
    for lane, k in enumerate(crossing):
        source, target = first[graph.edges[k].source], second[graph.edges[k].target]
        if not (_is_free_below(source, first) and _is_free_above(target, second)):
            return None
        (_, y0), (_, y1) = drawing.routes[k].points[0], drawing.routes[k].points[-1]
        height = heights[0] + _BETWEEN / 2 + _LANE * lane
        start = source.right, y0 - tops[0]
        end = target.left + right, y1 + down
        if end[0] > start[0] - _TURN:
            return None  # it would not go back, but in a loop
        routes[k] = Route(_way_back(start, end, height))
    places = {
        key: Placed(place.x + (0.0 if key in first else right), place.y)
        for key, place in drawing.nodes.items()
    }
    places = {
        key: Placed(place.x, place.y + (-tops[0] if key in first else down))
        for key, place in places.items()
    }
    wide = max(
        max(box.right for box in first.values()) + _TURN,
        max(box.right for box in second.values()) + right,
    )
    return Layout(wide, heights[0] + gap + heights[1], places, tuple(routes), drawing.engine, "LR")


def _frames(row: dict[int, _Box]) -> set[str]:
    """Return the outermost frames in a row."""
    return {box.node.frame.split("/")[0] for box in row.values() if box.node.frame}


def _is_free_below(source: _Box, row: dict[int, _Box]) -> bool:
    """Return whether an edge can go down to the room between the rows, right of its source."""
    return not any(
        other is not source
        and other.right > source.right
        and other.left < source.right + _TURN
        and other.bottom > source.top
        for other in row.values()
    )


def _is_free_above(target: _Box, row: dict[int, _Box]) -> bool:
    """Return whether an edge can come down from the room between the rows, left of its target."""
    return not any(
        other is not target
        and other.left < target.left
        and other.right > target.left - _TURN
        and other.top < target.bottom
        for other in row.values()
    )


def _way_back(start: Point, end: Point, height: float) -> tuple[Point, ...]:
    """Return the way from the right end of the first row to the left end of the second."""
    (x0, y0), (x1, y1) = start, end
    out, back = x0 + 1.3 * _TURN, x1 - 1.3 * _TURN
    third = (x1 - x0) / 3
    return (
        (x0, y0),
        (out, y0),
        (out, height),
        (x0, height),
        (x0 + third, height),
        (x1 - third, height),
        (x1, height),
        (back, height),
        (back, y1),
        (x1, y1),
    )
