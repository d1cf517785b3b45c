import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.trace.steps import Position
from mlviz.ui.guard import Guard
from mlviz.ui.main_window import MainWindow
from tests.ui.windows import NO_SCREEN, neuron, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, neuron()) as made:
        guard = Guard(made.message_bar)
        guard.install()
        try:
            yield made
        finally:
            guard.remove()


def fail() -> None:
    raise ZeroDivisionError("so much for that")


def refuse() -> None:
    raise MLVizError(Message("ui.level.scalars.already"))


def test_an_unexpected_error_is_shown_and_the_window_lives_on(
    qtbot: QtBot, window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(window.message_bar.isVisible)
    assert "ZeroDivisionError: so much for that" in window.message_bar.label.text()
    assert "Traceback" not in window.message_bar.label.text()
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    window.session.step_forward()
    assert window.session.moving
    window.session.pause()


def test_the_details_can_be_copied(qtbot: QtBot, window: MainWindow) -> None:
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(window.message_bar.isVisible)
    assert window.message_bar.copy_button.isVisible()
    window.message_bar.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "Traceback" in copied
    assert "in fail" in copied
    assert copied.startswith("MLViz ")


def test_an_expected_error_is_shown_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    QTimer.singleShot(0, refuse)
    qtbot.waitUntil(window.message_bar.isVisible)
    assert window.message_bar.label.text().startswith("Every operation here")
    assert not window.message_bar.copy_button.isVisible()


def test_an_interruption_is_not_held_up(window: MainWindow) -> None:
    passed_on: list[type[BaseException]] = []
    guard = Guard(window.message_bar)
    guard._before = lambda kind, error, trace: passed_on.append(kind)
    guard.handle(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed_on == [KeyboardInterrupt]
    assert not window.message_bar.isVisible()


def test_what_was_there_before_comes_back(window: MainWindow) -> None:
    before = sys.excepthook
    guard = Guard(window.message_bar)
    guard.install()
    assert sys.excepthook == guard.handle
    guard.remove()
    assert sys.excepthook == before


def test_a_note_goes_when_one_goes_on_but_an_error_stays(window: MainWindow) -> None:
    bar, session = window.message_bar, window.session
    assert not session.step_inside(0)
    assert bar.isVisible()
    assert bar.property("kind") == "notice"
    session.seek(Position(1, 2))
    assert not bar.isVisible()
    bar.show_message(Message("inside.leaf"))
    assert bar.property("kind") == "alert"
    session.seek(Position(1, 3))
    assert bar.isVisible()
