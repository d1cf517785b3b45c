"""Which node is where: found by one look at all of them."""

from collections.abc import Mapping

import numpy as np

from mlviz.picture.items import Rect


class Hits:
    """The nodes of a picture.

    Attributes:
        rects: where each node is, by its id; of nodes that overlap, the last lies on top.
    """

    def __init__(self, rects: Mapping[int, Rect]) -> None:
        self.rects = rects
        self._nodes = list(self.rects)
        sides = [(rect.x, rect.y, rect.right, rect.bottom) for rect in self.rects.values()]
        self._left, self._top, self._right, self._bottom = np.array(sides).reshape(-1, 4).T

    def at(self, x: float, y: float) -> int | None:
        """Return the node at a point of the picture; of several the one on top."""
        inside = (self._left <= x) & (x <= self._right) & (self._top <= y) & (y <= self._bottom)
        places = np.flatnonzero(inside)
        return self._nodes[places[-1]] if places.size else None

    def next_to(self, node: int | None, direction: int) -> int | None:
        """Return the node before (−1) or after (1) another, in the order of the run."""
        nodes = sorted(self._nodes)
        if not nodes:
            return None
        if node is None or node not in self.rects:
            return nodes[0 if direction > 0 else -1]
        return nodes[(nodes.index(node) + direction) % len(nodes)]
