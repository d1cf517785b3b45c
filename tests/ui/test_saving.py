from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.document.recipe import with_seed
from mlviz.ui import saving
from mlviz.ui.main_window import MainWindow
from tests.ui.windows import NO_SCREEN, example, shown

pytestmark = NO_SCREEN


def change_seed(window: MainWindow, seed: int = 12) -> None:
    lab = window.session.lab
    assert lab.edit(with_seed(lab.table, seed))


def own_file(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_bytes(find("xor").read_bytes())
    return path


class Asked:
    """Answers the question whether to save, and counts how often it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
        self.answer, self.times = answer, 0
        monkeypatch.setattr(saving, "ask", self.ask)

    def ask(self, *_: object) -> str:
        self.times += 1
        return self.answer


def test_saving_writes_the_edited_recipe_to_its_file(qtbot: QtBot, tmp_path: Path) -> None:
    path = own_file(tmp_path)
    with shown(qtbot, load(path)) as window:
        change_seed(window)
        assert window.isWindowModified()
        window.actions_table["save"].trigger()
        assert load(path).table == window.session.lab.table
        assert not window.isWindowModified()
        assert "own.toml" in window.message_bar.label.text()
        window.session.set_face("lab")
        window.saving.save()
        assert window.message_bar.isVisible()
        window.session.lab.one_iteration()
        assert not window.message_bar.isVisible()


def test_an_example_of_the_program_is_never_written_over(qtbot: QtBot) -> None:
    before = find("xor").read_bytes()
    with shown(qtbot, example("xor")) as window:
        change_seed(window)
        window.actions_table["save"].trigger()
        dialog = window.findChild(QFileDialog)
        assert dialog is not None
        assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        assert Path(dialog.selectedFiles()[0]).name == "xor.toml"
        dialog.reject()
    assert find("xor").read_bytes() == before


def test_after_saving_as_the_next_save_goes_to_the_same_file(qtbot: QtBot, tmp_path: Path) -> None:
    with shown(qtbot, example("xor")) as window:
        change_seed(window, 12)
        assert window.saving.save_to(tmp_path / "mine.toml")
        change_seed(window, 13)
        window.actions_table["save"].trigger()
        assert load(tmp_path / "mine.toml").table.seed == 13


def test_what_cannot_be_written_is_told_and_stays_unsaved(qtbot: QtBot, tmp_path: Path) -> None:
    with shown(qtbot, example("xor")) as window:
        change_seed(window)
        assert not window.saving.save_to(tmp_path / "nowhere" / "own.toml")
        assert window.isWindowModified()
        assert "own.toml" in window.message_bar.label.text()


def test_nobody_is_asked_when_nothing_was_changed(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(monkeypatch, "cancel")
    with shown(qtbot, example("xor")) as window:
        session = window.session
        session.set_face("lab")
        session.lab.one_iteration()
        session.set_face("film")
        assert session.open("tanh-neuron")
        session.set_face("lab")
        change_seed(window)
        session.lab.undo()
        assert window.saving.save_to(tmp_path / "own.toml")
        assert session.open("xor")
        assert window.close()
    assert not asked.times


def test_changes_are_asked_about_before_something_else_is_opened(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(monkeypatch, "cancel")
    with shown(qtbot, example("xor")) as window:
        change_seed(window)
        assert not window.session.open("tanh-neuron")
        assert window.session.document.name == "xor"
        assert window.session.lab.table.seed == 12
        assert not window.close()
        assert window.isVisible()
        asked.answer = "discard"
        assert window.session.open("tanh-neuron")
        assert not window.isWindowModified()
    assert asked.times == 3


def test_a_file_that_cannot_be_read_asks_for_nothing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(monkeypatch, "discard")
    with shown(qtbot, example("xor")) as window:
        change_seed(window)
        assert not window.session.open("no-such-file")
        assert not asked.times


def test_saving_when_asked_writes_before_it_goes_on(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Asked(monkeypatch, "save")
    path = own_file(tmp_path)
    with shown(qtbot, load(path)) as window:
        change_seed(window)
        assert window.session.open("tanh-neuron")
    assert load(path).table.seed == 12


def test_a_training_that_went_on_in_the_film_is_still_unsaved(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session = window.session
        session.set_face("lab")
        change_seed(window)
        session.set_face("film")
        session.set_face("lab")
        assert window.isWindowModified()


@pytest.mark.parametrize(
    ("place", "answer"), [(0, "save"), (1, "discard"), (2, "cancel")], ids=lambda each: str(each)
)
def test_the_question_has_three_answers(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, place: int, answer: str
) -> None:
    monkeypatch.undo()
    boxes: list[QMessageBox] = []

    def press(box: QMessageBox) -> int:
        boxes.append(box)
        box.show()
        buttons = [box.buttons()[index] for index in range(3)]
        words = {0: "Save", 1: "Don’t save", 2: "Cancel"}
        next(button for button in buttons if button.text() == words[place]).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    with shown(qtbot, example("xor")) as window:
        assert saving.ask(window.session, window) == answer
        assert "Exclusive or" in boxes[0].text()
        boxes[0].close()
        QApplication.processEvents()


def test_a_recipe_of_drawn_points_is_saved_with_them(qtbot: QtBot, tmp_path: Path) -> None:
    with shown(qtbot, example("xor")) as window:
        lab = window.session.lab
        data = replace(lab.table.data, set=None, inputs=[[0.5, 1.0]], targets=[[1.0]])
        assert lab.edit(replace(lab.table, data=data))
        assert window.saving.save_to(tmp_path / "own.toml")
    assert load(tmp_path / "own.toml").table.data.inputs == [[0.5, 1.0]]


def test_saving_says_what_a_file_does_not_keep(qtbot: QtBot, tmp_path: Path) -> None:
    with shown(qtbot, example("xor")) as window:
        session, said = window.session, window.message_bar
        (bias,) = [n.id for n in session.timeline.tape if n.origin == "layer2.bias"]
        assert session.what_if.set(bias, 0.5, (0,))
        assert window.saving.save_to(tmp_path / "mine.toml")
        assert "changed in the film" in said.label.text()
        session.set_face("lab")  # there it is a run of its own
        session.lab.branch()
        assert window.saving.save_to(tmp_path / "mine.toml")
        assert "changed in the film" in said.label.text()
        change_seed(window)
        session.lab.reset()
        assert window.saving.save_to(tmp_path / "mine.toml")
        assert said.label.text().startswith("Saved")
        assert "changed in the film" not in said.label.text()


def test_saving_far_from_its_table_says_where_that_must_stay(qtbot: QtBot, tmp_path: Path) -> None:
    with shown(qtbot, example("fruit")) as window:
        assert window.saving.save_to(tmp_path / "mine.toml")
        assert "fruit.csv" in window.message_bar.label.text()
        assert "leave that file where it is" in window.message_bar.label.text()


def test_another_network_is_saved_without_the_words_of_the_example(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with shown(qtbot, example("xor")) as window:
        lab = window.session.lab
        assert window.saving.save_to(tmp_path / "same.toml")
        assert load(tmp_path / "same.toml").scenes == example("xor").scenes
        assert lab.edit(with_seed(lab.table, 99))
        assert window.saving.save_to(tmp_path / "other.toml")
        assert not window.saving.is_modified
        other = load(tmp_path / "other.toml")
        assert other.scenes == ()
        assert other.about != example("xor").about
        assert "Your own recipe" in other.title.en
        assert other.table.network == lab.table.network
    with shown(qtbot, load(own_file(tmp_path))) as window:  # of one's own nothing is taken away
        change_seed(window)
        assert window.saving.save()
        assert load(tmp_path / "own.toml").scenes == example("xor").scenes
