from pathlib import Path

import pytest
from PySide6.QtWidgets import QProgressDialog, QPushButton
from pytestqt.qtbot import QtBot

from mlviz.document import large_table as large
from mlviz.document import table_file
from mlviz.document.writing import text_of
from mlviz.ui.main_window import MainWindow
from tests.ui.windows import NO_SCREEN, example, shown

pytestmark = NO_SCREEN


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document that names a table, which is too large to be read in one go."""
    monkeypatch.setattr(large, "LARGE_BYTES", 1000)
    monkeypatch.setattr(table_file, "_TABLES", {})
    path = tmp_path / "own.toml"
    path.write_text(text_of(example("fruit").table), "utf-8")
    lines = (example("fruit").path.parent / "fruit.csv").read_text("utf-8").splitlines()
    (tmp_path / "fruit.csv").write_text("\n".join([lines[0], *lines[1:] * 40]), "utf-8")
    return path


def advance(window: MainWindow) -> int:
    frames = 0
    while window.opening.job is not None:
        window.session.advance(0.016)
        frames += 1
        assert frames < 10_000
    return frames


def test_a_large_table_is_read_in_slices_before_its_document_opens(
    qtbot: QtBot, document: Path
) -> None:
    with shown(qtbot, example("xor")) as window:
        window.open_file(str(document))
        assert window.session.document.name == "xor"
        assert window.session.moving
        advance(window)
        assert window.session.document.name == "own"
        assert len(window.session.document.data.table) > 1000


def test_reading_it_can_be_given_up(qtbot: QtBot, document: Path) -> None:
    with shown(qtbot, example("xor")) as window:
        window.open_file(str(document))
        job, progress = window.opening.job, window.findChild(QProgressDialog)
        progress.findChild(QPushButton).click()
        assert not job.running
        assert window.opening.job is None
        window.session.advance(0.1)
        assert window.session.document.name == "xor"


def test_a_large_table_that_is_wrong_is_told(qtbot: QtBot, document: Path) -> None:
    with (document.parent / "fruit.csv").open("a", encoding="utf-8") as file:
        file.write("\n1,2\n")
    with shown(qtbot, example("xor")) as window:
        window.open_file(str(document))
        advance(window)
        assert window.session.document.name == "xor"
        assert "fruit.csv" in window.message_bar.label.text()


def test_a_small_table_is_read_at_once(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        window.open_file(str(example("fruit").path))
        assert window.session.document.name == "fruit"


def test_a_document_for_the_lab_opens_there_and_another_stays_where_one_is(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        window.open_file(str(example("optimizers").path))
        assert example("optimizers").face == "lab"
        assert window.session.face == "lab"
        window.open_file(str(example("xor").path))
        assert window.session.face == "lab"
