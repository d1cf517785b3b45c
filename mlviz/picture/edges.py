"""The edges of a graph at rest: each is drawn as what last went along it."""

import math
from collections.abc import Mapping
from dataclasses import replace

from mlviz.picture.items import Curve, Role
from mlviz.picture.shape import Path
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline

_LOOKS = {
    "nothing": Curve("", (), Role.LINE, 1.25, True, arrow="end"),
    "value": Curve("", (), Role.FORWARD, 1.5, True, arrow="end", opacity=0.5, mixed=True),
    "value now": Curve("", (), Role.FORWARD, 2.5, True, arrow="end"),
    "gradient": Curve("", (), Role.BACKWARD, 1.5, True, True, "start", 0.55, mixed=True),
    "gradient now": Curve("", (), Role.BACKWARD, 2.75, True, True, "start"),
}


class Edges:
    """The curves of a graph's edges; what has not changed is the same object as before.

    Attributes:
        sent: the step at which a gradient goes back along an edge, by node and slot.
    """

    def __init__(self, timeline: Timeline, paths: Mapping[tuple[int, int], Path]) -> None:
        self._timeline = timeline
        self._paths = paths
        self._consumed: dict[int, int] = {}
        self.sent: dict[tuple[int, int], int] = {}
        for step in timeline.steps:
            if step.kind is StepKind.FORWARD:
                self._consumed[step.node] = step.number
            elif step.kind is StepKind.BACKWARD:
                self.sent[step.node, step.slot] = step.number
        self._curves: dict[tuple[int, int, str], Curve] = {}

    def curve(self, node: int, slot: int, number: int) -> Curve:
        """Return the edge into an operation at a step.

        Args:
            node: the operation.
            slot: which of its inputs.
            number: of the step.
        """
        look = self._look(node, slot, number)
        curve = self._curves.get((node, slot, look))
        if curve is None:
            key, points = f"edge:{node}:{slot}", self._paths[node, slot].points
            curve = self._curves[node, slot, look] = replace(_LOOKS[look], key=key, points=points)
        return curve

    def _look(self, node: int, slot: int, number: int) -> str:
        step = self._timeline.step(number)
        if step is not None and step.kind is StepKind.FORWARD and step.node == node:
            return "value now"
        sent = self.sent.get((node, slot), math.inf)
        if sent <= number:
            return "gradient now" if sent == number else "gradient"
        return "value" if self._consumed[node] <= number else "nothing"
