from itertools import pairwise

from mlviz.trace.steps import Position
from mlviz.ui.moment import moment, state_shown
from mlviz.ui.session import Session


def test_a_result_counts_once_it_has_arrived(session: Session) -> None:
    step = session.timeline.steps[0]
    assert state_shown(session.timeline, Position(1, 1, 0.1)).value(step.node) is None
    assert state_shown(session.timeline, Position(1, 1, 1.0)).value(step.node) is not None
    assert state_shown(session.timeline, Position(1, 0)).step == 0


def test_within_a_step_a_still_view_changes_at_most_once(session: Session) -> None:
    for step in session.timeline.steps:
        seen = [moment(session.timeline, Position(1, step.number, k / 50)) for k in range(51)]
        changes = sum(a != b for a, b in pairwise(seen))
        assert changes <= 1


def test_different_steps_are_different_moments(session: Session) -> None:
    count = len(session.timeline)
    assert len({moment(session.timeline, Position(1, k)) for k in range(count + 1)}) == count + 1
