"""What tests of the window share: a session, a window, and ways to drive them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlviz.document.examples import find
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from mlviz.document.document import Document, from_formula, load
from mlviz.settings import Settings
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session

LIGHT_ENGLISH = Settings(language="en", theme="light")


def neuron() -> Document:
    """One neuron, trained for a few iterations."""
    return load(find("tanh-neuron"))


def twice() -> Document:
    """A formula that is not trained, with one variable used several times."""
    return from_formula("h = x*x; y = h + h*h", {"x": 3.0})


def example(name: str) -> Document:
    return load(find(name))


@contextmanager
def opened(document: Document, wishes: Settings = LIGHT_ENGLISH) -> Iterator[Session]:
    """A session with its layout there, closed afterwards."""
    session = Session(document, wishes)
    session.wait_for_layout()
    try:
        yield session
    finally:
        session.close()


@contextmanager
def shown(
    qtbot: QtBot, document: Document, wishes: Settings = LIGHT_ENGLISH
) -> Iterator[MainWindow]:
    """The real window, active, and gone without a trace afterwards."""
    with opened(document, wishes) as session:
        window = MainWindow(session, wishes)
        window.resize(1440, 900)
        window.reset_layout()
        window.show()
        qtbot.waitActive(window).__enter__()
        qtbot.waitUntil(window.isActiveWindow)
        try:
            yield window
        finally:
            window.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def play_out(session: Session, frame: float = 0.05, limit: int = 100_000) -> int:
    """Let time pass until nothing moves; return how many frames that took."""
    frames = 0
    while session.moving and frames < limit:
        session.advance(frame)
        frames += 1
    assert frames < limit
    return frames


class Heard:
    """Counts how often signals are heard, in order."""

    def __init__(self, session: Session, *names: str) -> None:
        self.log: list[str] = []
        self._slots: list[Any] = []
        for name in names:
            slot = self._slot(name)
            self._slots.append((getattr(session, name), slot))
            getattr(session, name).connect(slot)

    def _slot(self, name: str) -> Any:
        def heard(*_: object) -> None:
            self.log.append(name)

        return heard

    def stop(self) -> None:
        for signal, slot in self._slots:
            signal.disconnect(slot)
