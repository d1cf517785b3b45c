"""While something moves, what there was before is not swept for garbage."""

import gc

from mlviz.ui import collector
from mlviz.ui.session import Session


def test_what_is_held_by_nobody_is_swept() -> None:
    gc.unfreeze()
    collector.spare()
    assert gc.get_freeze_count() == 0


def test_the_last_holder_lets_everything_be_swept() -> None:
    one, other = object(), object()
    collector.hold(one)
    collector.hold(other)
    collector.release(one)
    assert gc.get_freeze_count() > 0
    collector.release(other)
    assert gc.get_freeze_count() == 0


def test_the_collector_is_held_while_the_film_runs(session: Session) -> None:
    session.play()
    assert gc.get_freeze_count() > 0
    session.pause()
    assert gc.get_freeze_count() == 0


def test_nothing_is_swept_whole_while_it_is_held() -> None:
    usual, one = gc.get_threshold(), object()
    collector.hold(one)
    assert gc.get_threshold()[2] > 1000 * usual[2]
    collector.release(one)
    assert gc.get_threshold() == usual
