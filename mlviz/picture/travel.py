"""What travels along the edges of the computation graph: values, gradients and updates."""

import math
from collections.abc import Mapping
from functools import cached_property

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_number, format_shape
from mlviz.picture.bubbles import bubble, bubble_beside, bubble_size, label
from mlviz.picture.easing import TIMINGS
from mlviz.picture.film import (
    blocked_words,
    gliding_value,
    received_tag,
    update_lines,
    update_rule_text,
)
from mlviz.picture.items import Item, Polygon, Rect, Role, Token
from mlviz.picture.shape import Path
from mlviz.trace.blocked import Blocked, blocked
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline

_AROUND = 12.0
"""Px beyond the outermost nodes that are still seen when all of a graph is."""


class Travel:
    """What is under way in a step of one timeline.

    Args:
        timeline: the timeline.
        rects: where the nodes' boxes are, by their ids.
        paths: how the edges run, by node and slot.
        downwards: whether the graph runs from top to bottom.
    """

    def __init__(
        self,
        timeline: Timeline,
        rects: Mapping[int, Rect],
        paths: Mapping[tuple[int, int], Path],
        downwards: bool,
    ) -> None:
        self._timeline = timeline
        self._rects = rects
        self._paths = paths
        self._downwards = downwards

    def at(self, step: Step | None, progress: float) -> list[Item]:
        """Return what moves when a step has come so far."""
        if step is None:
            return []
        timing = TIMINGS[step.kind]
        travel = timing.travel(progress)
        match step.kind:
            case StepKind.FORWARD:
                if timing.arrived(progress):
                    return []
                return self._values(step, travel)
            case StepKind.BACKWARD:
                arrived = timing.arrived(progress)
                return [
                    *self._filling(step, travel, arrived),
                    *self._gradient(step, travel, arrived),
                ]
            case StepKind.UPDATE:
                return self._update(step, travel, timing.arrived(progress))
        return []

    def _values(self, step: Step, travel: float) -> list[Item]:
        """Round tokens carry the inputs' values to the operation."""
        arriving = []
        for slot, source in enumerate(self._timeline.tape[step.node].inputs):
            path = self._paths.get((step.node, slot))
            if path is not None:
                arriving.append((*path.at(travel), _short(self._timeline.tape[source].value)))
        # Where several arrive close together, their labels make room for each other.
        items: list[Item] = []
        tokens: list[Item] = []
        free = -math.inf
        along = 0 if self._downwards else 1
        for x, y, text in sorted(arriving, key=lambda entry: entry[along]):
            width, height = bubble_size((text,))
            if self._downwards:
                left = max(x - width / 2, free)
                free = left + width + 3
                rect = Rect(left, y - 22 - height, width, height)
                tip = ((left + width / 2 - 5, y - 22.5), (left + width / 2 + 5, y - 22.5), (x, y))
            else:
                top = max(y - height / 2, free)
                free = top + height + 3
                rect = Rect(x - 15 - width, top, width, height)
                tip = ((x - 15.5, top + height / 2 - 4), (x - 15.5, top + height / 2 + 4), (x, y))
            items += [*label(rect, (text,), Role.FORWARD), Polygon(tip, Role.FORWARD)]
            tokens.append(Token(x, y, "round", Role.FORWARD, 6))
        return [*items, *tokens]

    def _gradient(self, step: Step, travel: float, arrived: bool) -> list[Item]:
        """A diamond carries upstream × local derivative to the input."""
        path = self._paths.get((step.node, step.slot))
        if path is None:
            return []
        contribution = self._timeline.contribution(step)
        stopped = self.blocks.get((step.node, step.slot))
        dead = stopped is not None and stopped.dead
        # At rest the diamond waits in the middle of its edge, where the product can be read;
        # one that is stopped never comes farther.
        x, y = path.at(1 - travel / 2 if arrived or dead else 1 - travel)
        lines: tuple[str | Message, ...]
        if contribution.upstream.ndim or contribution.local is None:
            lines = (_short(contribution.downstream),)
        else:
            upstream = format_number(contribution.upstream.item())
            local = format_number(contribution.local.item())
            local = f"({local})" if local.startswith("−") else local
            product = f"{upstream} × {local}"
            result = format_number(contribution.downstream.item())
            lines = (product, f"= {result}") if travel > 0 else (product,)
        both = self._rects[step.node].united(self._rects[step.target])
        token = Token(x, y, "diamond", Role.BACKWARD, 8, hollow=dead)
        if stopped is not None and travel > 0:
            lines = (*lines, blocked_words(stopped))
        if self._downwards:
            return [*bubble_beside(x + 11, y, lines, Role.BACKWARD, both.right + 8), token]
        return [*bubble(x, y - 11, lines, Role.BACKWARD, both.y - 8, self._ends), token]

    def _filling(self, step: Step, travel: float, arrived: bool) -> list[Item]:
        """Show how many terms the receiving gradient has, and how many are still to come."""
        rect = self._rects.get(step.target)
        if rect is None:
            return []
        state = self._timeline.state_at(step.number if arrived else step.number - 1)
        coming = 0.0 if arrived else travel
        return received_tag(self._timeline, step, state, rect, coming, above=self._downwards)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """How far the nodes reach to the left and to the right."""
        rects = self._rects.values()
        return min(rect.x for rect in rects) - _AROUND, max(rect.right for rect in rects) + _AROUND

    @cached_property
    def blocks(self) -> dict[tuple[int, int], Blocked]:
        """What stops a gradient, by the edge it would go along."""
        found = (
            (step, blocked(self._timeline, step))
            for step in self._timeline.steps
            if step.kind is StepKind.BACKWARD
        )
        return {(step.node, step.slot): stop for step, stop in found if stop is not None}

    def _update(self, step: Step, travel: float, arrived: bool) -> list[Item]:
        update = self._timeline.update(step.node)
        rect = self._rects.get(step.node)
        if update is None or rect is None:
            return []
        single = not update.before.ndim
        x, _ = rect.center
        gliding = gliding_value(update, rect, travel) if single and not arrived else []
        lines: tuple[str, ...]
        if single:
            lines = update_lines(update, self._timeline.iteration.rule, arrived=arrived)
        else:  # its numbers change inside the box
            lines = (update_rule_text(self._timeline, step),)
        if len(lines) > 2:  # what a rule keeps has no room above the topmost nodes
            y = rect.center[1]
            return [*gliding, *bubble_beside(rect.right + 4, y, lines, Role.UPDATE, 0)]
        return [*gliding, *bubble(x, rect.y - 4, lines, Role.UPDATE, within=self._ends)]


def _short(value: Array) -> str:
    """Return a number, or a shape where there are many."""
    return format_number(value.item()) if value.ndim == 0 else format_shape(value.shape)
