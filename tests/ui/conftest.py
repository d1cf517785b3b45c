"""Qt for the tests: one application with the program's own fonts, and a look for what is left."""

import gc
import weakref
from collections.abc import Callable, Generator, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.settings import Settings
from mlviz.ui.app import application
from mlviz.ui.clock import Clock
from mlviz.ui.session import Session

_clocks: "weakref.WeakSet[Clock]" = weakref.WeakSet()
_make_clock = Clock.__init__


def _noted_clock(self: Clock, *arguments: object, **named: object) -> None:
    _make_clock(self, *arguments, **named)
    _clocks.add(self)


Clock.__init__ = _noted_clock


def pytest_collection_finish() -> None:
    """Set aside what stays for all tests, so that a sweep after each takes little time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Function) -> Generator[None, object, object]:
    """Sweep after each test, in the thread that made its windows, and at no other time."""
    if "qapp" not in item.fixturenames:
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.enable()


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    return application()


@pytest.fixture(autouse=True)
def nothing_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a panel of the lab takes, it is there at once."""
    monkeypatch.setattr("mlviz.ui.refreshing.MOST_SECONDS", float("inf"))
    monkeypatch.setattr("mlviz.ui.inside_samples._AT_ONCE_SECONDS", float("inf"))


@pytest.fixture(autouse=True)
def nobody_waits_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has changed need not be saved when its window closes."""
    monkeypatch.setattr("mlviz.ui.saving.ask", lambda *_: "discard")


@pytest.fixture(autouse=True)
def nothing_is_left_over(qapp: QApplication) -> Iterator[None]:
    """After each test no window is left, and no clock runs."""
    before = set(QApplication.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    running = [clock for clock in _clocks if clock.running]
    for clock in running:
        clock.run(False)
    # Tips, menus and open lists belong to a window and go with it.
    left = [widget for widget in set(QApplication.topLevelWidgets()) - before if _is_left(widget)]
    names = [repr(widget) for widget in left]
    for widget in left:
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not running, "a clock still runs: was the session closed?"
    assert not names, f"these windows are left: {names}"


def _is_left(widget: object) -> bool:
    return type(widget).__name__ not in ("QTipLabel", "QWidgetWindow")


@pytest.fixture
def make_session(qapp: QApplication) -> Iterator[Callable[..., Session]]:
    """Return a function that opens an example with its graph laid out; closed after the test."""
    made: list[Session] = []

    def make(example: str = "tanh-neuron", **wishes: object) -> Session:
        settings = Settings(**({"language": "en", "theme": "light"} | wishes))
        session = Session(load(find(example)), settings)
        made.append(session)
        session.wait_for_layout()
        return session

    yield make
    for session in made:
        session.close()


@pytest.fixture
def session(make_session: Callable[..., Session]) -> Session:
    """The tanh neuron, in English and light colours, before its first step."""
    return make_session()
