"""The window stays on its screen, however large its letters are to be."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QSize
from pytestqt.qtbot import QtBot

from mlviz.ui.main_window import MainWindow
from mlviz.ui.screen_room import ScreenRoom
from tests.ui.windows import NO_SCREEN, neuron, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]

SCREEN = QSize(1024, 768)


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(ScreenRoom, "room", lambda _: SCREEN)
    with shown(qtbot, neuron()) as made:
        made.resize(SCREEN)
        made.reset_layout()
        settle()
        yield made


def settle() -> None:
    for _ in range(5):
        QCoreApplication.processEvents()


def test_larger_letters_end_where_the_screen_ends_and_that_is_said(window: MainWindow) -> None:
    for _ in range(6):
        window.make_larger()
        settle()
        assert window.size() == SCREEN
    assert 1.0 < window.session.scale < 3.0
    message = window.message_bar.message
    assert message is not None
    assert message.id == "ui.scale.room"


def test_without_panels_letters_may_be_larger_and_with_them_again_smaller(
    window: MainWindow,
) -> None:
    for dock in window.docks:
        dock.hide()
    window.session.set_scale(2.0)
    settle()
    assert window.session.scale == 2.0
    for dock in window.docks:
        dock.show()
    settle()
    assert 1.0 <= window.session.scale < 2.0
    assert window.size() == SCREEN
