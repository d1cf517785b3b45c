"""What is known on screen at a position, for views that show no motion."""

from mlviz.picture.easing import TIMINGS
from mlviz.trace.steps import Position
from mlviz.trace.timeline import State, Timeline

Moment = tuple[Timeline, int, int]


def state_shown(timeline: Timeline, position: Position) -> State:
    """Return what is known on screen: a step's result counts once it has arrived."""
    position = timeline.clamped(position)
    step = timeline.step(position.step)
    arrived = step is None or TIMINGS[step.kind].arrived(position.progress)
    return timeline.state_at(position.step if arrived else position.step - 1)


def moment(timeline: Timeline, position: Position) -> Moment:
    """Return what a still view depends on.

    While a step runs it changes only once, so such a view has nothing to do for most frames.
    """
    return timeline, timeline.clamped(position).step, state_shown(timeline, position).step
