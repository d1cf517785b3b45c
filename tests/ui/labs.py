"""What tests of the lab's panels share: a session on a small network, and a panel shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from mlviz.document.schema import FileTable
from mlviz.settings import Settings
from mlviz.ui.session import Session
from tests.outcomes import document

V = TypeVar("V", bound=QWidget)


@contextmanager
def panel(
    kind: type[V], table: FileTable, iterations: int = 0, size: tuple[int, int] = (560, 460)
) -> Iterator[V]:
    """A panel on a network that was trained for some iterations, gone afterwards."""
    session = Session(document(table), Settings(language="en", theme="light"))
    view = kind(session)  # type: ignore[call-arg]
    try:
        session.lab.run.advance(iterations)
        session.lab.seek(session.lab.run.head)
        view.resize(*size)
        view.show()
        settle()
        yield view
    finally:
        view.close()
        view.deleteLater()
        session.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def settle() -> None:
    for _ in range(4):
        QCoreApplication.processEvents()


def work_out(session: Session, frames: int = 4000) -> int:
    """Let the clock tick until no work is left; return how often it did."""
    for frame in range(frames):
        if not session.lab.work.busy:
            return frame
        session.lab.work.advance(0.01)
    raise AssertionError("the work does not end")
