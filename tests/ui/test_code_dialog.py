"""Your network as NumPy, in the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from mlviz.ui.code_dialog import CodeDialog
from mlviz.ui.session import Session


def test_the_script_can_be_read_copied_and_saved(
    qtbot: QtBot, make_session: Callable[..., Session], tmp_path: Path
) -> None:
    dialog = CodeDialog(make_session("xor"))
    qtbot.addWidget(dialog)
    assert "def step(" in dialog.text.toPlainText()
    assert "W1 = W⁽¹⁾" in dialog.names.text()
    dialog.copy()
    assert QGuiApplication.clipboard().text() == dialog.script
    path = tmp_path / "step.py"
    dialog.save(str(path))
    assert path.read_text(encoding="utf-8") == dialog.script
    assert str(path) in dialog.message.text()


def test_a_place_that_cannot_be_written_is_told(
    qtbot: QtBot, make_session: Callable[..., Session], tmp_path: Path
) -> None:
    dialog = CodeDialog(make_session("twice"))
    qtbot.addWidget(dialog)
    dialog.save(str(tmp_path / "nowhere" / "step.py"))
    assert "cannot be written" in dialog.message.text()
