"""While something moves, what there was before is not swept for garbage."""

import gc
import subprocess
import sys

from mlviz.ui import collector
from mlviz.ui.session import Session


class Ring:
    """Something that only a full sweep finds, once it is old."""

    left = 0

    def __init__(self) -> None:
        self.me = self
        Ring.left += 1

    def __del__(self) -> None:
        Ring.left -= 1


def test_an_application_sets_the_program_aside_and_lets_no_other_thread_sweep() -> None:
    code = (
        "import gc, sys\n"
        "from mlviz.ui.app import application\n"
        "application()\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 10_000, len(gc.get_objects()) < 10_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]


def test_the_last_holder_lets_it_sweep_again() -> None:
    one, other = object(), object()
    Ring()
    collector.hold(one)
    collector.hold(other)
    collector.release(one)
    collector.sweep()
    assert Ring.left == 1
    collector.release(other)
    collector.sweep()
    assert Ring.left == 0


def test_nothing_old_is_swept_while_the_film_runs(session: Session) -> None:
    Ring()
    session.play()
    collector.sweep()
    assert Ring.left == 1
    session.pause()
    collector.sweep()
    assert Ring.left == 0


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
