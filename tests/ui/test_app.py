from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from mlviz import settings
from mlviz.errors import DocumentError
from mlviz.paths import examples_folder
from mlviz.ui import app
from mlviz.ui.csv_dialog import CsvDialog
from mlviz.ui.main_window import MainWindow
from tests.ui.windows import NO_SCREEN

pytestmark = [pytest.mark.usefixtures("qapp"), NO_SCREEN]


def opened(monkeypatch: pytest.MonkeyPatch, name: str, step: int = 0) -> dict[str, object]:
    """Run the program as a user would, look at its window, and close it."""
    seen: dict[str, object] = {}

    def look(_: object) -> int:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        seen["title"] = window.windowTitle()
        seen["visible"] = window.isVisible()
        seen["step"] = window.session.position.step
        seen["message"] = window.message_bar.label.text()
        seen["theme"] = window.session.theme.name
        dialog = window.findChild(CsvDialog)
        seen["table"] = dialog is not None and dialog.isVisible()
        window.close()
        window.deleteLater()
        return 7

    monkeypatch.setattr(QApplication, "exec", look)
    seen["code"] = app.run(name, step)
    return seen


@pytest.mark.usefixtures("settings_dir")
def test_the_program_opens_an_example_at_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = opened(monkeypatch, "tanh-neuron", 5)
    assert seen["title"] == "A single neuron learns[*] – MLViz"
    assert seen["visible"]
    assert seen["step"] == 5
    assert seen["message"] == ""
    assert seen["code"] == 7


@pytest.mark.usefixtures("settings_dir")
def test_a_step_beyond_the_last_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(monkeypatch, "tanh-neuron", 1000)["step"] == 21


@pytest.mark.usefixtures("settings_dir")
def test_a_table_is_looked_at_in_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = opened(monkeypatch, str(examples_folder() / "fruit.csv"), 5)
    assert seen["table"]
    assert seen["visible"]
    assert seen["step"] == 0
    assert seen["message"] == ""


@pytest.mark.usefixtures("settings_dir")
def test_a_name_that_is_not_known_opens_no_window() -> None:
    with pytest.raises(DocumentError):
        app.run("no-such-example")
    assert not any(isinstance(w, MainWindow) for w in QApplication.topLevelWidgets())


def test_settings_are_used_at_the_next_start(
    monkeypatch: pytest.MonkeyPatch, settings_dir: Path
) -> None:
    settings.save(settings.Settings(theme="dark", language="en"))
    assert opened(monkeypatch, "twice")["theme"] == "dark"


@pytest.mark.parametrize("content", ["{broken", '{"theme": "pink"}', "[]"])
def test_broken_settings_are_told_and_do_not_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, settings_dir: Path, content: str
) -> None:
    settings_dir.mkdir()
    (settings_dir / "settings.json").write_text(content, encoding="utf-8")
    seen = opened(monkeypatch, "twice")
    assert seen["visible"]
    assert "settings.json" in str(seen["message"])


def test_settings_that_cannot_be_read_do_not_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, settings_dir: Path
) -> None:
    (settings_dir / "settings.json").mkdir(parents=True)
    assert opened(monkeypatch, "twice")["visible"]
