"""The first bad number on screen: what is said of it, and where it is marked."""

from functools import lru_cache

from mlviz.i18n import Message
from mlviz.learn.training import Training
from mlviz.picture.timeline import timeline_bar
from mlviz.trace.bad import Bad, first_bad, first_bad_iteration, runaway
from mlviz.trace.steps import Position
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import Timeline


@lru_cache(maxsize=8)
def bad_number(timeline: Timeline) -> Bad | None:
    """Return what `first_bad` finds; asked for at every frame, looked for once."""
    return first_bad(timeline)


def bad_mark(timeline: Timeline) -> float | None:
    """Return where the time bar is marked, in parts of its width; None if all is well."""
    bad = bad_number(timeline)
    if bad is None:
        return None
    return timeline_bar(timeline, Position()).ticks[bad.step - 1] if bad.step else 0.0


def bad_notice(timeline: Timeline, training: Training, number: int) -> tuple[Message, ...]:
    """Return what is said of the first bad number of iteration `number`, a sentence each."""
    bad = bad_number(timeline)
    if bad is None:
        return ()
    name = Symbols(timeline.tape).text(bad.node)
    if bad.step:
        said = Message("bad.notice", node=name, number=bad.number, step=bad.step, reason=bad.reason)
    else:
        made = first_bad_iteration(training, number)
        said = Message("bad.notice_before", node=name, number=bad.number, iteration=made)
    cause = runaway(training, number)
    return (said,) if cause is None else (said, cause)
