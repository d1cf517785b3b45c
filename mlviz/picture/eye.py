"""Where the eye should be on a graph: at what acts, with what travels, at what receives.

What belongs to a step is seen at once where there is room for it. Where there is not, the eye
begins at the box that acts, goes along with what travels, and ends at the box that receives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlviz.picture.easing import TIMINGS, smooth
from mlviz.picture.items import Rect
from mlviz.picture.shape import Path
from mlviz.picture.travel import Travel
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline

RING = 6.0
"""Px that the ring around an acting node reaches."""
_SETTLES = 0.28
"""Seconds, at speed 1, in which the eye comes from the place of the step before."""
_MARGIN = 6.0
"""Px around what is seen."""
_TOKEN = 9.0

Size = tuple[float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """Where the eye is in one step.

    Attributes:
        start: where it begins.
        end: where it comes to; the same place if all of the step is seen from there.
        goes: whether something travels from there to here with which it goes.
    """

    start: Rect
    end: Rect
    goes: bool = False


class Eye:
    """Finds where to look in the steps of one timeline.

    Args:
        timeline: the timeline.
        rects: where the nodes' boxes are, by their ids.
        paths: how the edges run, by node and slot.
        travel: what moves along them.
    """

    def __init__(
        self,
        timeline: Timeline,
        rects: Mapping[int, Rect],
        paths: Mapping[tuple[int, int], Path],
        travel: Travel,
    ) -> None:
        self._timeline = timeline
        self._rects = rects
        self._paths = paths
        self._travel = travel

    def look(self, number: int, room: Size) -> Look | None:
        """Return where the eye is in a step if so much of the picture is seen at once, px."""
        step = self._timeline.step(min(max(number, 0), len(self._timeline)))
        if step is None:  # before the start, look where it will begin
            first = self.look(1, room) if self._timeline.steps else None
            return None if first is None else Look(first.start, first.start)
        boxes, labels = self._boxes(step), self._travel.labels(step)
        path = self._path(step)
        if path is None or len(boxes) < 2:
            inputs: list[Rect] = []
            if step.kind is StepKind.FORWARD:
                ids = sorted(set(self._timeline.tape[step.node].inputs))
                inputs = [self._rects[id] for id in ids if id in self._rects]
            place = _together([*boxes, *labels, *inputs], room)
            return Look(place, place)
        acts, receives = boxes
        way = [_around(path.at(part / 8)) for part in range(9)]
        whole = _united([acts, receives, *labels, *way]).grown(_MARGIN)
        if _holds(room, whole):
            return Look(whole, whole)
        first_labels, last_labels = self._travel.ends(step)
        leaves, arrives = path.at(1), path.at(self._travel.farthest(step))
        waits = path.at(self._travel.rest(step))
        start = [_around(leaves), *first_labels, acts, receives, *labels]
        end = [_around(waits), *last_labels, receives, _around(arrives), acts, *labels]
        return Look(_together(start, room), _together(end, room), goes=True)

    def follows(self, position: Position) -> tuple[Point, float]:
        """Return where that is with which the eye goes, and which part of its way it has gone."""
        step = self._timeline.step(position.step)
        assert step is not None
        part = TIMINGS[step.kind].travel(position.progress)
        path = self._paths[step.node, step.slot]
        return path.at(1 - part * (1 - self._travel.farthest(step))), part

    def coming(self, position: Position) -> float:
        """Return how far the eye has come from where it was in the step before: 1 if it has."""
        step = self._timeline.step(position.step)
        seconds = _SETTLES if step is None else position.progress * TIMINGS[step.kind].seconds
        return smooth(min(seconds / _SETTLES, 1.0))

    def acting(self, number: int) -> list[Rect]:
        """Return where that is which a step is about: its nodes and labels."""
        step = self._timeline.step(number)
        return [] if step is None else [*self._boxes(step), *self._travel.labels(step)]

    def pairs(self) -> list[Rect]:
        """Return, for every edge along which a gradient goes, where it and its two boxes are."""
        found = []
        for step in self._timeline.steps:
            path = self._path(step)
            if path is not None:
                way = [_around(point) for point in path.points]
                found.append(_united([*self._boxes(step), *way]).grown(_MARGIN))
        return found

    def _boxes(self, step: Step) -> list[Rect]:
        """Return the boxes that act and receive, the one that acts first."""
        ids = dict.fromkeys((step.node, step.target))
        return [self._rects[id].grown(RING) for id in ids if id in self._rects]

    def _path(self, step: Step) -> Path | None:
        backward = step.kind is StepKind.BACKWARD
        return self._paths.get((step.node, step.slot)) if backward else None


def _together(rects: Sequence[Rect], room: Size) -> Rect:
    """Return the place of the first with all that is seen at once with it, what matters first."""
    place, *others = rects
    for rect in others:
        both = place.united(rect)
        # What is far off is not looked at, or the middle would lie between the two.
        if _holds(room, both.grown(_MARGIN)):
            place = both
    return place.grown(_MARGIN)


def _united(rects: Iterable[Rect]) -> Rect:
    whole, *others = rects
    for rect in others:
        whole = whole.united(rect)
    return whole


def _holds(room: Size, rect: Rect) -> bool:
    return rect.width <= room[0] and rect.height <= room[1]


def _around(point: Point) -> Rect:
    """Return where a token is."""
    return Rect(point[0] - _TOKEN, point[1] - _TOKEN, 2 * _TOKEN, 2 * _TOKEN)
