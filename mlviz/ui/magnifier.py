"""The timelines of a training at every magnification, and the way from one to another."""

from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from mlviz.i18n import Message
from mlviz.learn.training import Iteration, Training
from mlviz.trace.magnify import LEVELS, Level, Spot, View, layers_reason, magnified
from mlviz.trace.scalars import scalars_reason
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.levels import (
    LAYERS,
    OPERATIONS,
    SCALARS,
    node_in,
    scalar_position,
    tensor_position,
)


class Glass(NamedTuple):
    """How a run is looked at: a level, and the nodes that were opened there, in that order."""

    level: Level = OPERATIONS
    opened: tuple[Spot, ...] = ()


_KEPT = 200
"""How many moments, and how many nodes, are remembered through all their glasses."""

Place = tuple[Position, int | None]
"""A moment and a selected node."""


What = TypeVar("What")


class _Same(Generic[What]):
    """What was found to be the same through several glasses: moments, or nodes."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Glass, What], dict[Glass, What]] = {}

    def through(self, what: What, before: Glass, after: Glass, found: What) -> What:
        """Return what stands for the same through another glass: what stood for it, or `found`.

        So looking through other glasses and back changes nothing, by whatever way.
        """
        if len(self._groups) > _KEPT:
            self._groups.clear()
        group = self._groups.setdefault((before, what), {before: what})
        there = group.setdefault(after, found)
        self._groups[after, there] = group
        return there

    def clear(self) -> None:
        """Forget everything."""
        self._groups.clear()


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
        self._views: dict[Glass, View] = {}
        self._timelines: dict[Glass | None, Timeline] = {}
        self._moments: _Same[Position] = _Same()
        self._nodes: _Same[int] = _Same()
        reasons = {SCALARS: self._why_no_scalars(), LAYERS: layers_reason(self.recorded(1))}
        self.reasons = MappingProxyType({level: why for level, why in reasons.items() if why})
        self.levels = tuple(level for level in LEVELS if level not in self.reasons)

    def follow(self, training: Training) -> None:
        """Show another training of the same program: one with changed values."""
        self._training = training
        self._iteration = None

    def recorded(self, number: int) -> Iteration:
        """Return iteration `number` as it was recorded."""
        if self._iteration is None or self._number != number:
            self.turn_to(self._training.iteration(number))
        assert self._iteration is not None
        return self._iteration

    def view(self, number: int, glass: Glass) -> View:
        """Return iteration `number` through a glass.

        Raises:
            NoScalarForm: what was opened has nothing inside, or too much.
        """
        recorded = self.recorded(number)
        if glass not in self._views:
            self._views[glass] = magnified(recorded, glass.level, glass.opened)
        return self._views[glass]

    def adopt(self, recorded: Iteration, glass: Glass, view: View, timeline: Timeline) -> bool:
        """Take over what was made elsewhere; tell whether it is of the present iteration."""
        if recorded is not self._iteration:
            return False
        self._views[glass], self._timelines[glass] = view, timeline
        return True

    def turn_to(self, recorded: Iteration) -> None:
        """Let another iteration be the present one."""
        self._iteration, self._number = recorded, recorded.number
        self._views.clear()
        self._timelines.clear()
        self._moments.clear()
        self._nodes.clear()

    def timeline(self, number: int, glass: Glass) -> Timeline:
        """Return the steps of iteration `number` through a glass."""
        view = self.view(number, glass)
        if glass not in self._timelines:
            self._timelines[glass] = Timeline(view.iteration)
        return self._timelines[glass]

    def first(self, wished: str) -> Glass:
        """Return what a document is first shown through: a very large one as layers."""
        reason = self.reasons.get(SCALARS)
        large = reason is not None and reason.id == "scalars.too_many"
        level: Level = OPERATIONS
        for known in self.levels:
            if known == wished:
                level = known
        return Glass(LAYERS if large and LAYERS in self.levels else level)

    def moved(self, place: Place, before: Glass, after: Glass) -> Place:
        """Return the same moment and selection through another glass.

        Args:
            place: a moment at rest, and a node or None.
            before: the glass that it is seen through.
            after: the other glass.
        """
        position, selected = self._found(place, before, after)
        position = self._moments.through(place[0], before, after, position)
        if place[1] is not None and selected is not None:
            selected = self._nodes.through(place[1], before, after, selected)
        return position, selected

    def _found(self, place: Place, before: Glass, after: Glass) -> Place:
        position, selected = place
        number = position.iteration
        base = self._base(number)
        view, other = self.view(number, before), self.view(number, after)
        recorded = None if selected is None else view.spots[selected].node
        position = tensor_position(base, self.timeline(number, before), view.ids, position)
        position = scalar_position(base, self.timeline(number, after), other.ids, position)
        return position, node_in(other, recorded)

    def _base(self, number: int) -> Timeline:
        recorded = self.recorded(number)
        if None not in self._timelines:
            self._timelines[None] = Timeline(recorded)
        return self._timelines[None]

    def _why_no_scalars(self) -> Message | None:
        tape = self.recorded(1).tape
        if all(node.value.size == 1 for node in tape):
            return Message("ui.level.scalars.already")
        return scalars_reason(tape)
