"""A graph seen from afar: no numbers, but how far each node and edge has come, as a colour.

What a node looks like depends on a few steps only: where its value, its first gradient and its
update appear. Those are arrays, so that ten thousand nodes are one comparison.
"""

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mlviz.picture.items import Rect, Role, Swarm
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline

DETAIL = 0.45
"""Below this scale texts are left out and boxes are plain rectangles."""

SOLID = 0.22
"""Below this scale boxes are too small for an outline, so all of them has its colour."""

_LONG = 300.0
"""Px of the picture; shorter edges belong to one block, and are always shown."""
_INK = 150_000.0
"""Px on screen of long lines that are shown at most; of more only every second, third, …"""
_SCREEN = 1440.0 * 900.0

MANY_EDGES = 150
"""With more of them in view edges are straight lines."""

_NEVER = np.iinfo(np.int64).max

_BOXES = (Role.LINE, Role.FORWARD, Role.BACKWARD, Role.UPDATE, Role.BAD)
_SOFT = (Role.PANEL, Role.FORWARD_SOFT, Role.BACKWARD_SOFT, Role.UPDATE_SOFT, Role.PANEL)
_LINES = ((Role.LINE, 1.0), (Role.FORWARD, 0.5), (Role.BACKWARD, 0.55))

Route = tuple[tuple[float, float], ...]


class Afar:
    """The looks of all nodes and edges of one timeline.

    Attributes:
        ids: the node of each row of `boxes`.
        boxes: where the nodes are: x, y, width, height.
        lines: the straight pieces of all edges: both ends.
    """

    def __init__(
        self,
        timeline: Timeline,
        rects: Mapping[int, Rect],
        routes: Mapping[tuple[int, int], Route],
    ) -> None:
        self.ids = np.array(list(rects), dtype=np.int64)
        self.boxes = np.array(
            [(rect.x, rect.y, rect.width, rect.height) for rect in rects.values()]
        ).reshape(-1, 4)
        looks = _Looks(timeline)
        self._steps = tuple(steps[self.ids] for steps in looks.nodes)
        pieces: list[tuple[float, float, float, float]] = []
        times: list[tuple[int, int]] = []
        for edge, points in routes.items():
            ends = points[::3]
            pieces += [(*start, *end) for start, end in pairwise(ends)]
            times += [looks.edge(edge)] * (len(ends) - 1)
        self.lines = np.array(pieces, dtype=float).reshape(-1, 4)
        self._line_steps = np.array(times, dtype=np.int64).reshape(-1, 2).T
        lengths = np.hypot(*(self.lines[:, 2:] - self.lines[:, :2]).T)
        self._short = lengths <= _LONG
        self._ink = float(lengths[~self._short].sum())
        self._turn = np.cumsum(~self._short)
        self._area = float(np.prod(np.ptp(self.boxes[:, :2], axis=0) + 1)) if rects else 1.0
        self._spans = (
            np.minimum(self.lines[:, :2], self.lines[:, 2:]),
            np.maximum(self.lines[:, :2], self.lines[:, 2:]),
        )

    def states(self, step: int) -> NDArray[np.int8]:
        """Return for each node 0 (nothing yet), 1 (value), 2 (gradient), 3 (update), 4 (bad)."""
        found = np.zeros(len(self.ids), dtype=np.int8)
        for state, known in enumerate(self._steps, start=1):
            found[known <= step] = state
        return found

    def edges(self, step: int, view: Rect, scale: float) -> list[Swarm]:
        """Return the edges in a part of the picture, grouped by their looks.

        Args:
            step: the step that is under way; its edge is already coloured.
            view: what part of the picture is seen.
            scale: how large it is seen.
        """
        made: list[Swarm] = []
        low, high = self._spans
        seen = within(low, high, view) & self._shown(scale)
        consumed, sent = self._line_steps <= step
        state = np.where(sent, 2, consumed.astype(np.int8))
        for look, (role, opacity) in enumerate(_LINES):
            rows = np.flatnonzero(seen & (state == look))
            if rows.size:
                made.append(Swarm(self.lines, rows, True, Role.CLEAR, role, opacity))
        return made

    def nodes(self, step: int, view: Rect, scale: float) -> list[Swarm]:
        """Return the boxes in a part of the picture, grouped by what is known after a step."""
        made: list[Swarm] = []
        corners = self.boxes[:, :2]
        seen = within(corners, corners + self.boxes[:, 2:], view)
        states = self.states(step)
        for look, role in enumerate(_BOXES):
            rows = np.flatnonzero(seen & (states == look))
            if not rows.size:
                continue
            if scale < SOLID:
                made.append(Swarm(self.boxes, rows, fill=role))
            else:
                made.append(Swarm(self.boxes, rows, fill=_SOFT[look], stroke=role))
        return made

    def _shown(self, scale: float) -> NDArray[np.bool_]:
        """Leave out some of very many long lines: they could not be told apart.

        Which ones depends on the scale alone, so that none flickers while the picture moves.
        """
        in_view = min(1.0, _SCREEN / (scale * scale * self._area))
        one_in = math.ceil(self._ink * scale * in_view / _INK)
        shown: NDArray[np.bool_] = self._short | (self._turn % max(one_in, 1) == 0)
        return shown


class _Looks:
    """At which step each node of a tape, and each edge, changes its look."""

    def __init__(self, timeline: Timeline) -> None:
        count = len(timeline.tape)
        value, gradient, update, bad = np.full((4, count), _NEVER)
        self._consumed: dict[int, int] = {}
        self._sent: dict[tuple[int, int], int] = {}
        for node in timeline.tape:
            if node.is_leaf:
                value[node.id] = 0
                if not np.all(np.isfinite(node.value)):
                    bad[node.id] = 0
        for step in timeline.steps:
            match step.kind:
                case StepKind.FORWARD:
                    value[step.node] = self._consumed[step.node] = step.number
                    if not np.all(np.isfinite(timeline.tape[step.node].value)):
                        bad[step.node] = step.number
                case StepKind.SEED:
                    gradient[step.node] = step.number
                case StepKind.BACKWARD:
                    gradient[step.target] = min(gradient[step.target], step.number)
                    self._sent[step.node, step.slot] = step.number
                    total = timeline.contribution(step).total
                    if not np.all(np.isfinite(total)):
                        bad[step.target] = min(bad[step.target], step.number)
                case StepKind.UPDATE:
                    update[step.node] = step.number
        self.nodes = (value, gradient, update, bad)

    def edge(self, edge: tuple[int, int]) -> tuple[int, int]:
        """Return when a value goes along an edge, and when a gradient comes back."""
        return self._consumed.get(edge[0], _NEVER), self._sent.get(edge, _NEVER)


def within(low: NDArray[np.float64], high: NDArray[np.float64], view: Rect) -> NDArray[np.bool_]:
    """Return which of some rectangles, given by two corners each, lie in `view` in part."""
    return (
        (low[:, 0] <= view.right)
        & (high[:, 0] >= view.x)
        & (low[:, 1] <= view.bottom)
        & (high[:, 1] >= view.y)
    )
