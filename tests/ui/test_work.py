"""Long work in slices of the session's clock."""

from collections.abc import Callable, Generator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from mlviz.errors import DocumentError
from mlviz.i18n import Message, translate
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
    job._spent, job.share = 1.2, 0.5
    assert translate(left_message(job), "en") == "50 %, about 2 s left"
    job.cancel()
