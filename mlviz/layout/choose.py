"""``layout``: the engine for a graph, the direction, the spacing, and a cache."""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from typing import Literal, TypeAlias

from mlviz.layout.blocks import lay_out_blocks
from mlviz.layout.dot import lay_out_dot
from mlviz.layout.graph import (
    DEFAULT_SPACING,
    CancelEvent,
    EngineName,
    Layout,
    LayoutCancelled,
    LayoutError,
    LayoutGraph,
    Placed,
    RankDirection,
    Spacing,
    topological_order,
)
from mlviz.layout.layered import lay_out_layered
from mlviz.layout.program import find_dot
from mlviz.layout.ranks import assign_columns
from mlviz.layout.routes import swapped

Engine: TypeAlias = Literal["auto"] | EngineName

MOST_NODES_FOR_DOT = 2500
_MOST_PASSED_COLUMNS_FOR_DOT = 10_000  # dot would not finish in its time
_MOST_NODES_FOR_TRIALS = 500
_STAGE_ASPECT = 1.2
_TIGHTEST = 0.62  # of the usual room between columns; boxes in one stand as close as they may
_LOOSEST = 2.35  # then a number has room between two columns
_WORTH_TURNING = 1.1  # left to right is what people expect of a graph

_CACHE_SIZE = 64
_cache: OrderedDict[Hashable, Layout] = OrderedDict()
_cache_lock = threading.Lock()


def layout(
    graph: LayoutGraph,
    engine: Engine = "auto",
    *,
    rankdir: RankDirection | Literal["auto"] = "LR",
    aspect: float | None = None,
    width: float | None = None,
    spacing: Spacing = DEFAULT_SPACING,
    cancel: CancelEvent | None = None,
) -> Layout:
    """Return where boxes and edges are; a graph that was laid out before is not laid out again.

    Args:
        graph: boxes and edges, without a cycle.
        engine: ``auto`` takes dot, the built-in layers where dot is missing or would take too
            long, and blocks for big graphs.
        rankdir: left to right, top to bottom, or whichever is drawn larger on the stage.
        aspect: width to height of the stage; the spacing is then chosen so that the drawing
            gets as large on it as possible.
        width: of the stage, px; up to that a drawing with the usual spacing is loosened instead.
        spacing: the room between boxes.
        cancel: an event that another thread sets when the layout is no longer wanted; a running
            dot is then ended, the other engines finish what they are at.

    Raises:
        ValueError: if the edges form a cycle.
        LayoutError: if ``dot`` was asked for and fails.
        LayoutCancelled: if ``cancel`` was set in time.
    """
    program = find_dot() if engine in ("auto", "dot") else None
    key = (graph.shape_key(), engine, rankdir, aspect, width, spacing, program)
    with _cache_lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    topological_order(len(graph.nodes), graph.ends())
    if rankdir == "auto":
        stage = aspect or _STAGE_ASPECT
        across = _fitted(graph, engine, "LR", aspect, width, spacing, cancel)
        down = _fitted(graph, across.engine, "TB", aspect, width, spacing, cancel)
        result = down if _fit(down, stage) > _WORTH_TURNING * _fit(across, stage) else across
    else:
        result = _fitted(graph, engine, rankdir, aspect, width, spacing, cancel)
    with _cache_lock:
        _cache[key] = result
        while len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
    return result


def clear_cache() -> None:
    """Forget all layouts."""
    with _cache_lock:
        _cache.clear()


def _fitted(
    graph: LayoutGraph,
    engine: Engine,
    direction: RankDirection,
    aspect: float | None,
    width: float | None,
    spacing: Spacing,
    cancel: CancelEvent | None,
) -> Layout:
    """Return the layout in a direction, with other spacing where that fits the stage better."""
    if direction == "TB":
        turned_aspect = 1 / aspect if aspect else None
        height = width / aspect if width and aspect else None
        turned = _fitted(_turned(graph), engine, "LR", turned_aspect, height, spacing, cancel)
        return _turned_layout(turned)
    first = _run(graph, engine, spacing, cancel)
    if aspect is None or not 1 < len(graph.nodes) <= _MOST_NODES_FOR_TRIALS:
        return first
    # The engine that was found to work: waiting for dot once is enough.
    loose = width is not None and _fit(first, aspect) * width / aspect >= 1
    better = _looser(first, width / aspect, width, spacing) if loose and width else None
    try:
        second = _run(graph, first.engine, better or _tighter(first, aspect, spacing), cancel)
    except LayoutError:  # dot's own routes fail with some spacings
        return first
    return second if loose or _fit(second, aspect) >= _fit(first, aspect) else first


def _run(
    graph: LayoutGraph, engine: Engine, spacing: Spacing, cancel: CancelEvent | None
) -> Layout:
    if cancel is not None and cancel.is_set():
        raise LayoutCancelled
    if engine == "auto":
        if len(graph.nodes) > MOST_NODES_FOR_DOT:
            return lay_out_blocks(graph, spacing)
        if _passed_columns(graph) <= _MOST_PASSED_COLUMNS_FOR_DOT:
            with contextlib.suppress(LayoutError):
                return lay_out_dot(graph, spacing, cancel)
        return lay_out_layered(graph, spacing)
    if engine == "dot":
        return lay_out_dot(graph, spacing, cancel)
    return lay_out_blocks(graph, spacing) if engine == "blocks" else lay_out_layered(graph, spacing)


def _passed_columns(graph: LayoutGraph) -> int:
    """Return how many columns all edges together pass over."""
    column = assign_columns(graph)
    return sum(column[target] - column[source] - 1 for source, target in graph.ends())


def _fit(drawing: Layout, aspect: float) -> float:
    """Return how large the drawing gets on a stage of height 1."""
    return min(aspect / max(drawing.width, 1.0), 1 / max(drawing.height, 1.0))


def _gaps(drawing: Layout) -> tuple[int, int]:
    """Return how many gaps there are between columns, and between the boxes of the fullest."""
    columns: dict[int, int] = {}
    for place in drawing.nodes.values():
        columns[round(place.x)] = columns.get(round(place.x), 0) + 1
    return max(len(columns) - 1, 1), max(max(columns.values()) - 1, 1)


def _looser(drawing: Layout, height: float, width: float, spacing: Spacing) -> Spacing:
    """Return spacing with which a small drawing nearly fills the stage."""
    column_gaps, row_gaps = _gaps(drawing)
    rank = spacing.rank + (width - drawing.width) / column_gaps
    node = spacing.node + (height - drawing.height) / row_gaps
    return Spacing(min(node, _LOOSEST * spacing.node), min(rank, _LOOSEST * spacing.rank))


def _tighter(drawing: Layout, aspect: float, spacing: Spacing) -> Spacing:
    """Return spacing that is tight along the side that limits, and loose along the other."""
    column_gaps, row_gaps = _gaps(drawing)
    if drawing.width > drawing.height * aspect:
        rank = _TIGHTEST * spacing.rank
        width = drawing.width - column_gaps * (spacing.rank - rank)
        node = spacing.node + (width / aspect - drawing.height) / row_gaps
        return Spacing(min(max(node, spacing.node), _LOOSEST * spacing.node), rank)
    rank = spacing.rank + (drawing.height * aspect - drawing.width) / column_gaps
    return Spacing(spacing.node, min(max(rank, spacing.rank), _LOOSEST * spacing.rank))


def _turned(graph: LayoutGraph) -> LayoutGraph:
    nodes = tuple(replace(node, width=node.height, height=node.width) for node in graph.nodes)
    return LayoutGraph(nodes, graph.edges)


def _turned_layout(drawing: Layout) -> Layout:
    return Layout(
        drawing.height,
        drawing.width,
        {key: Placed(place.y, place.x) for key, place in drawing.nodes.items()},
        tuple(swapped(route) for route in drawing.routes),
        drawing.engine,
        "TB",
    )
