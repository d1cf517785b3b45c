"""Moving through a timeline: pure functions from position to position.

The window's one clock calls `tick`; a test calls it too, with the seconds it likes.
A position rests at the end of a step (progress 1); in between, a step is under way.
"""

from collections.abc import Sequence
from dataclasses import replace

from mlviz.picture.easing import TIMINGS
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline

_ROUNDING = 1e-9
"""Seconds that sums of short ticks may be off; within them a step has ended."""


def seconds_of(timeline: Timeline, step: int) -> float:
    """Return how long step `step` takes at speed 1."""
    return TIMINGS[timeline.steps[step - 1].kind].seconds


def at_rest(position: Position) -> bool:
    """Return whether no step is under way."""
    return position.progress >= 1


def at_end(timeline: Timeline, position: Position) -> bool:
    """Return whether everything has happened."""
    return position.step == len(timeline) and at_rest(position)


def tick(timeline: Timeline, position: Position, seconds: float, speed: float = 1) -> Position:
    """Return the position `seconds` later; 120 ticks of 1/60 s end where 20 of 0.1 s do."""
    step, progress = position.step, position.progress
    left = seconds * speed
    while left > _ROUNDING:
        if progress >= 1:
            if step == len(timeline):
                break
            step, progress = step + 1, 0.0
        whole = seconds_of(timeline, step)
        needed = (1 - progress) * whole
        if left < needed - _ROUNDING:
            progress += left / whole
            break
        left -= needed
        progress = 1.0
    return Position(position.iteration, step, progress)


def rewind(timeline: Timeline, position: Position, seconds: float) -> Position:
    """Return the position from which `seconds` lead here; the start has no before."""
    step, progress = position.step, position.progress
    left = seconds
    while left > _ROUNDING and step:
        whole = seconds_of(timeline, step)
        if left < progress * whole - _ROUNDING:
            progress -= left / whole
            break
        left -= progress * whole
        step, progress = step - 1, 1.0
    return Position(position.iteration, step, progress)


def seconds_between(timeline: Timeline, one: Position, other: Position) -> float:
    """Return how long the film takes from one position to the other, either way, at speed 1."""
    first, last = sorted((timeline.clamped(one), timeline.clamped(other)))
    whole = sum(seconds_of(timeline, step) for step in range(first.step + 1, last.step + 1))
    if first.step:
        whole += (1 - first.progress) * seconds_of(timeline, first.step)
    if last.step:
        whole -= (1 - last.progress) * seconds_of(timeline, last.step)
    return whole


def finish(position: Position) -> Position:
    """Return the rest at the end of the step that is under way."""
    return replace(position, progress=1.0)


def rest_at(timeline: Timeline, position: Position, step: int) -> Position:
    """Return the rest after `step`, kept inside the timeline."""
    return Position(position.iteration, min(max(step, 0), len(timeline)), 1.0)


def next_rest(timeline: Timeline, position: Position) -> Position:
    """Return where a step forward ends: the step under way is finished first."""
    step = position.step + 1 if at_rest(position) else position.step
    return rest_at(timeline, position, step)


def previous_rest(timeline: Timeline, position: Position) -> Position:
    """Return where a step back ends."""
    return rest_at(timeline, position, position.step - 1)


def group_bounds(timeline: Timeline) -> tuple[tuple[int, int], ...]:
    """Return the first and last step of every group, in order.

    A group is what one operation does in one phase: its forward step, or all the
    contributions it sends back, or all updates.
    """
    bounds: list[tuple[int, int]] = []
    previous: Step | None = None
    for step in timeline.steps:
        if previous is not None and _same_group(previous, step):
            bounds[-1] = (bounds[-1][0], step.number)
        else:
            bounds.append((step.number, step.number))
        previous = step
    return tuple(bounds)


def _same_group(one: Step, other: Step) -> bool:
    if one.kind is not other.kind:
        return False
    return one.kind is StepKind.UPDATE or (one.kind is StepKind.BACKWARD and one.node == other.node)


def next_group(timeline: Timeline, position: Position) -> Position:
    """Return the end of the group that comes next."""
    done = position.step if at_rest(position) else position.step - 1
    for _, last in group_bounds(timeline):
        if last > done:
            return rest_at(timeline, position, last)
    return rest_at(timeline, position, len(timeline))


def previous_group(timeline: Timeline, position: Position) -> Position:
    """Return the end of the group before the present one."""
    earlier = [last for _, last in group_bounds(timeline) if last < position.step]
    return rest_at(timeline, position, earlier[-1] if earlier else 0)


def next_phase(timeline: Timeline, position: Position) -> Position:
    """Return the end of the phase under way, or of the next one."""
    done = position.step if at_rest(position) else position.step - 1
    ends = [segment.last for segment in timeline.segments if segment.last > done]
    return rest_at(timeline, position, ends[0] if ends else len(timeline))


def previous_phase(timeline: Timeline, position: Position) -> Position:
    """Return the end of the phase before; the start, if there is none."""
    ends = [segment.last for segment in timeline.segments if segment.last < position.step]
    return rest_at(timeline, position, ends[-1] if ends else 0)


def stops(timeline: Timeline, scenes: Sequence[int] = ()) -> tuple[int, ...]:
    """Return the steps at which a lecture stops: the start, every scene, the end of each phase."""
    ends = [segment.last for segment in timeline.segments]
    inside = [step for step in scenes if 0 <= step <= len(timeline)]
    return tuple(sorted({0, *ends, *inside}))


def next_stop(timeline: Timeline, position: Position, scenes: Sequence[int] = ()) -> Position:
    """Return the stop that comes next; one that is being travelled to is finished first."""
    done = position.step if at_rest(position) else position.step - 1
    ahead = [stop for stop in stops(timeline, scenes) if stop > done]
    return rest_at(timeline, position, ahead[0] if ahead else len(timeline))


def previous_stop(timeline: Timeline, position: Position, scenes: Sequence[int] = ()) -> Position:
    """Return the stop before the present moment."""
    behind = [stop for stop in stops(timeline, scenes) if stop < position.step]
    return rest_at(timeline, position, behind[-1] if behind else 0)


def start(position: Position) -> Position:
    """Return the moment before anything was computed."""
    return Position(position.iteration, 0, 1.0)


def end(timeline: Timeline, position: Position) -> Position:
    """Return the moment after everything has happened."""
    return Position(position.iteration, len(timeline), 1.0)
