"""Where things are: boxes and curves of a graph, as plain data.

``layout`` chooses among three engines with the same result type: ``dot`` of Graphviz, the
built-in ``layered`` one, and ``blocks`` for big networks.
"""

from mlviz.layout.choose import MOST_NODES_FOR_DOT, Engine, clear_cache, layout
from mlviz.layout.fold import folded
from mlviz.layout.graph import (
    DEFAULT_SPACING,
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
    "DEFAULT_SPACING",
    "RankDirection",
    "Engine",
    "CancelEvent",
    # the one function, and what is made of its result
    "layout",
    "folded",
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
