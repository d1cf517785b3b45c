"""Long work in slices of the session's clock."""

import math
from collections.abc import Callable, Generator
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from mlviz.errors import DocumentError
from mlviz.i18n import Message, translate
from mlviz.ui.estimate import Estimate, rounded
from mlviz.ui.lab_words import count_of
from mlviz.ui.session import Session
from mlviz.ui.work import left_message


def counting(count: int) -> Generator[float, None, str]:
    for number in range(count):
        yield number / count
    return "done"


def test_work_keeps_the_clock_going_until_it_is_done(session: Session) -> None:
    job = session.lab.work.begin(counting(20_000), session)
    results: list[object] = []
    job.finished.connect(results.append)
    assert session.moving
    session.lab.work.advance(0.0001)
    assert 0 < job.share < 1
    while session.moving:
        session.advance(0.016)
    assert results == ["done"]
    assert not job.running


def test_work_that_fails_says_why(session: Session) -> None:
    def failing() -> Generator[float, None, None]:
        yield 0.5
        raise DocumentError("file.csv", "", Message("error.csv.empty"))

    told: list[Message] = []
    job = session.lab.work.begin(failing(), session)
    job.failed.connect(told.append)
    session.advance(0.016)
    assert "file.csv" in translate(told[0], "en")
    assert not session.moving


@pytest.mark.parametrize("end", [QObject.deleteLater, lambda parent: parent.job.cancel()])
def test_work_ends_when_it_is_cancelled_or_nobody_waits(
    session: Session, end: Callable[[QObject], None]
) -> None:
    parent = QObject()
    job = session.lab.work.begin(counting(10**9), parent)
    parent.job = job  # type: ignore[attr-defined]
    session.advance(0.016)
    end(parent)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    session.advance(0.016)
    assert not session.moving


def test_time_left_is_told_once_it_can_be_known(session: Session) -> None:
    job = session.lab.work.begin(counting(10**7), session)
    assert translate(left_message(job), "en") == "0 %"
    for tenth in range(50):
        job._estimate.note(tenth / 10, tenth / 100)
    job.share = 0.5
    assert translate(left_message(job), "en") == "50 %, about 5 s left"
    assert translate(left_message(job), "zh_CN") == "50 %，大约还需 5 秒"
    job.cancel()


def told(shares: Callable[[float], float], end: float) -> dict[float, float]:
    """What is said to be left, by the time that is really left."""
    estimate, found = Estimate(), {}
    for tenth in range(round(10 * end)):
        now = tenth / 10
        estimate.note(now, shares(now))
        left = estimate.left()
        if left is not None:
            found[end - now] = left
    return found


def test_what_goes_on_evenly_is_foretold_exactly() -> None:
    for really, said in told(lambda now: now / 30, 30.0).items():
        assert said == pytest.approx(really, abs=0.2)


def test_work_that_becomes_slower_is_foretold_by_how_it_goes_lately() -> None:
    # Half of it in the first five seconds, the rest in twenty-five.
    def slowing(now: float) -> float:
        return 0.1 * now if now < 5 else 0.5 + 0.02 * (now - 5)

    for really, said in told(slowing, 30.0).items():
        if 1 < really < 15:
            assert said == pytest.approx(really, rel=0.35)


def test_the_time_left_is_steady() -> None:
    # It comes in jerks: a second of nothing, then a whole second's worth.
    said = list(told(lambda now: math.floor(now) / 40, 40.0).values())
    ups = [later - before for before, later in pairwise(said)]
    assert max(ups[50:]) < 0.7


def test_a_time_is_said_as_roughly_as_it_is_known() -> None:
    assert [rounded(s) for s in (0.2, 4.4, 23.2, 47.9, 123.4, 1234.0)] == [1, 4, 24, 50, 120, 1230]


def test_one_example_is_no_examples() -> None:
    assert [translate(count_of(n), "en") for n in (1, 2)] == ["1 example", "2 examples"]
