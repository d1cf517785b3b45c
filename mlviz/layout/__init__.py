"""Where things are: boxes and curves of a graph, as plain data.

``layout`` chooses among three engines with the same result type: ``dot`` of Graphviz, the
built-in ``layered`` one, and ``blocks`` for big networks.
"""

from mlviz.layout.choose import MOST_NODES_FOR_DOT, Engine, clear_cache, layout
from mlviz.layout.graph import (
    CancelEvent,
    Edge,
    Layout,
    LayoutCancelled,
    LayoutError,
    LayoutGraph,
    NodeBox,
    Placed,
    Point,
    RankDirection,
    Route,
    Spacing,
)
from mlviz.layout.program import find_dot

__all__ = [
    # what goes in
    "NodeBox",
    "Edge",
    "LayoutGraph",
    "Spacing",
    "RankDirection",
    "Engine",
    "CancelEvent",
    # the one function
    "layout",
    # what comes out
    "Layout",
    "Placed",
    "Point",
    "Route",
    # what can go wrong
    "LayoutError",
    "LayoutCancelled",
    # besides
    "MOST_NODES_FOR_DOT",
    "clear_cache",
    "find_dot",
]
