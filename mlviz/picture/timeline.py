"""The time bar: where each phase and each step lies between 0 and 1."""

from dataclasses import dataclass
from functools import lru_cache

from mlviz.i18n import Message
from mlviz.trace.steps import Phase, Position
from mlviz.trace.timeline import Timeline

_NARROWEST = 0.14
"""A phase with few steps still has room for its name."""


@dataclass(frozen=True, slots=True)
class BarSegment:
    """One phase on the bar, from `start` to `end` in parts of its width."""

    phase: Phase
    title: Message
    start: float
    end: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """What the time bar shows.

    Attributes:
        segments: the phases.
        ticks: where each step ends.
        cursor: where the position is.
        label: `Step 11 of 20`.
    """

    segments: tuple[BarSegment, ...]
    ticks: tuple[float, ...]
    cursor: float
    label: Message


@lru_cache(maxsize=8)
def _segments(timeline: Timeline) -> tuple[BarSegment, ...]:
    counts = [segment.last - segment.first + 1 for segment in timeline.segments]
    shares = [max(count / sum(counts), _NARROWEST) for count in counts]
    segments = []
    start = 0.0
    for segment, share in zip(timeline.segments, shares, strict=True):
        end = start + share / sum(shares)
        title = Message(f"phase.{segment.phase}")
        segments.append(BarSegment(segment.phase, title, start, end, segment.first, segment.last))
        start = end
    return tuple(segments)


def _fraction(timeline: Timeline, time: float) -> float:
    """Return where `time` is on the bar, in steps: 2.5 is the middle of step 3."""
    for segment in _segments(timeline):
        if time <= segment.last:
            part = (time - segment.first + 1) / (segment.last - segment.first + 1)
            return segment.start + part * (segment.end - segment.start)
    return 1.0


@lru_cache(maxsize=8)
def _ticks(timeline: Timeline) -> tuple[float, ...]:
    return tuple(_fraction(timeline, step.number) for step in timeline.steps)


def timeline_bar(timeline: Timeline, position: Position) -> TimelineBar:
    """Return the bar at `position`."""
    position = timeline.clamped(position)
    time = position.step - 1 + position.progress if position.step else 0.0
    label = Message("time.step", step=position.step, count=len(timeline))
    return TimelineBar(_segments(timeline), _ticks(timeline), _fraction(timeline, time), label)


def step_at(timeline: Timeline, fraction: float) -> int:
    """Return the step whose end lies nearest to `fraction` of the bar's width; 0 is the start."""
    for segment in _segments(timeline):
        if fraction <= segment.end:
            part = (fraction - segment.start) / (segment.end - segment.start)
            steps = round(max(part, 0.0) * (segment.last - segment.first + 1))
            return segment.first - 1 + steps
    return len(timeline)


def position_at(timeline: Timeline, position: Position, fraction: float) -> Position:
    """Return the rest nearest to `fraction` of the bar's width, in the same iteration."""
    return Position(position.iteration, step_at(timeline, fraction), 1.0)
