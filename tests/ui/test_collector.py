"""While something moves, what there was before is not swept for garbage."""

import gc
from collections.abc import Iterator

import pytest

from mlviz.ui import collector
from mlviz.ui.session import Session


@pytest.fixture
def settled() -> Iterator[None]:
    """The program as it is when all of it is loaded."""
    collector.settle()
    yield
    collector.unsettle()


class Ring:
    """Something that only a full sweep finds, once it is old."""

    left = 0

    def __init__(self) -> None:
        self.me = self
        Ring.left += 1

    def __del__(self) -> None:
        Ring.left -= 1


def test_the_last_holder_lets_python_sweep_again() -> None:
    one, other = object(), object()
    collector.hold(one)
    collector.hold(other)
    collector.release(one)
    assert not gc.isenabled()
    collector.release(other)
    assert gc.isenabled()


def test_the_collector_is_held_while_the_film_runs(session: Session) -> None:
    session.play()
    assert not gc.isenabled()
    session.pause()
    assert gc.isenabled()


@pytest.mark.usefixtures("settled")
def test_the_program_itself_is_set_aside() -> None:
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 10_000


@pytest.mark.usefixtures("settled")
def test_once_all_is_loaded_only_a_rest_is_a_time_to_sweep_all() -> None:
    one = object()
    Ring()
    collector.hold(one)
    collector.sweep()
    assert Ring.left == 1
    collector.release(one)
    assert not gc.isenabled()
    collector.sweep()
    assert Ring.left == 0


@pytest.mark.usefixtures("settled")
def test_what_is_new_is_swept_frame_by_frame_but_no_large_graph() -> None:
    gc.collect()
    Ring()
    few = [[] for _ in range(1_000)]
    collector.sweep_new()
    assert Ring.left == 0
    Ring()
    many: list[list[object]] = [[] for _ in range(50_000)]
    collector.sweep_new()
    assert Ring.left == 1
    assert len(few) < len(many)
    collector.sweep()
    assert Ring.left == 0


@pytest.mark.usefixtures("settled")
def test_a_film_that_has_come_to_rest_is_swept(session: Session) -> None:
    session.play()
    Ring()
    session.pause()
    rest = session._clock._rest
    assert rest.isActive()
    rest.timeout.emit()
    assert Ring.left == 0
    session.play()
    assert not rest.isActive()
    session.pause()
    session.close()
    assert not rest.isActive()
