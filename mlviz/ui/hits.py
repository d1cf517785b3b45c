"""Which node is where: the boxes of one picture, found by one look at all of them."""

import numpy as np

from mlviz.picture.items import Box, Picture, Rect

_NODE = "node:"


class Hits:
    """The nodes of a picture.

    Attributes:
        picture: the picture.
        rects: where each node is, by its id.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.rects: dict[int, Rect] = {
            int(item.key.removeprefix(_NODE)): item.rect
            for item in picture.items
            if isinstance(item, Box) and item.key.startswith(_NODE)
        }
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
        if node not in self.rects:
            return nodes[0 if direction > 0 else -1]
        return nodes[(nodes.index(node) + direction) % len(nodes)]
