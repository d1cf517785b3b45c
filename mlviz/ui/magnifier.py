"""The timelines of a training at every level, and the way from one level to another."""

from types import MappingProxyType

from mlviz.i18n import Message
from mlviz.learn.training import Iteration, Training
from mlviz.trace.scalars import NoScalarForm, ScalarIteration, scalarize
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.levels import (
    OPERATIONS,
    SCALARS,
    scalar_node,
    scalar_position,
    tensor_node,
    tensor_position,
)

Place = tuple[Position, int | None]
"""A moment and a selected node."""


class Magnifier:
    """Makes timelines of one training.

    Attributes:
        levels: the levels that this training can be shown at.
        reasons: why a level is missing.
    """

    def __init__(self, training: Training) -> None:
        self._training = training
        self._number = 0
        self._iteration: Iteration | None = None
        self._scalars: ScalarIteration | None = None
        self._way_back: tuple[tuple[str, Position, int | None], Place] | None = None
        reason = self._why_no_scalars()
        self.levels = (OPERATIONS,) if reason else (OPERATIONS, SCALARS)
        self.reasons = MappingProxyType({SCALARS: reason} if reason else {})

    def timeline(self, number: int, level: str) -> Timeline:
        """Return iteration `number` at a level."""
        if level == SCALARS:
            return Timeline(self._scalar(number).iteration)
        return Timeline(self._recorded(number))

    def moved(
        self,
        position: Position,
        selected: int | None,
        before: str,
        after: str,
        shown: Timeline,
    ) -> Place:
        """Return the same moment and selection at another level.

        Args:
            position: a moment at rest at level `before`.
            selected: a node of that level, or None.
            before: the level.
            after: the other level.
            shown: the timeline at level `before`.
        """
        here = (before, position, selected)
        if self._way_back is not None and self._way_back[0] == here:
            # Looking through the glass and back changes nothing.
            there = self._way_back[1]
        else:
            there = self._found(position, selected, after, shown)
        self._way_back = ((after, *there), (position, selected))
        return there

    def _found(
        self, position: Position, selected: int | None, after: str, shown: Timeline
    ) -> Place:
        ids = self._scalar(position.iteration).ids
        other = self.timeline(position.iteration, after)
        if after == SCALARS:
            return scalar_position(shown, other, ids, position), scalar_node(ids, selected)
        return tensor_position(other, shown, ids, position), tensor_node(ids, selected)

    def _recorded(self, number: int) -> Iteration:
        if self._iteration is None or self._number != number:
            self._iteration = self._training.iteration(number)
            self._number = number
            self._scalars = None
        return self._iteration

    def _scalar(self, number: int) -> ScalarIteration:
        recorded = self._recorded(number)
        if self._scalars is None:
            self._scalars = scalarize(recorded)
        return self._scalars

    def _why_no_scalars(self) -> Message | None:
        tape = self._recorded(1).tape
        if all(node.value.size == 1 for node in tape):
            return Message("ui.level.scalars.already")
        try:
            self._scalar(1)
        except NoScalarForm as error:
            return error.message
        return None
