"""A table of the user's own: looked at, chosen from, opened; whatever is in the file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from mlviz.document import table_file
from mlviz.document.recipe import with_data
from mlviz.learn.network import NetworkProgram
from mlviz.picture.items import Role
from mlviz.ui.csv_dialog import CsvDialog
from mlviz.ui.session import Session
from mlviz.ui.table_model import ROWS
from tests.ui.windows import NO_SCREEN, neuron, shown

pytestmark = NO_SCREEN

Opener = Callable[..., CsvDialog]

HOUSES = "area,kind,year,price\n" + "".join(
    f"{'' if row == 3 else 50 + row},{('house', 'flat')[row % 2]},{2000 + row % 4},{row * 7.5}\n"
    for row in range(60)
)


@pytest.fixture
def opener(session: Session, tmp_path: Path) -> Iterator[Opener]:
    made: list[CsvDialog] = []

    def opened(content: str | bytes, session: Session = session, name: str = "t.csv") -> CsvDialog:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        dialog = CsvDialog(session, path)
        made.append(dialog)
        read(dialog)
        return dialog

    yield opened
    for dialog in made:
        dialog.done(0)
        dialog.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def read(dialog: CsvDialog) -> None:
    while dialog.session.lab.work.busy:
        dialog.session.advance(0.016)


def shown_text(dialog: CsvDialog, row: int, column: int) -> str:
    return str(dialog.model.data(dialog.model.index(row, column)))


def choose(dialog: CsvDialog, field: str, value: str) -> None:
    chosen = getattr(dialog.form, field)
    chosen.combo.setCurrentIndex(chosen.combo.findData(value))
    chosen.combo.activated.emit(chosen.combo.currentIndex())


def test_a_table_is_shown_with_its_gaps_and_a_first_choice(opener: Opener) -> None:
    dialog = opener(HOUSES)
    assert dialog.facts.text() == "Rows: 60 · columns: 4 · separator: comma · UTF-8"
    assert [shown_text(dialog, 0, column) for column in range(4)] == ["50", "house", "2000", "0"]
    assert shown_text(dialog, 3, 0) == "—"
    gap = dialog.model.index(3, 0)
    soft = dialog.session.theme.colour(Role.UPDATE_SOFT)
    assert dialog.model.data(gap, Qt.ItemDataRole.BackgroundRole) == soft
    data = dialog.form.data
    assert (data.target, data.task, data.missing) == ("price", "regression", None)
    assert data.features == ["area", "kind", "year"]
    assert dialog.outcome.text().startswith("Rows: 47 for training, 12 for validation")
    assert "1 left out. Inputs: 4" in dialog.outcome.text()


def test_a_gap_takes_any_number_that_is_typed(opener: Opener) -> None:
    dialog = opener(HOUSES)
    chooser = dialog.form.columns._rules["area"]

    def typed(text: str) -> None:
        chooser.setCurrentIndex(chooser.count() - 1)
        chooser.activated.emit(chooser.count() - 1)
        chooser.edit.setText(text)
        chooser.edit.editingFinished.emit()

    typed("much")
    assert dialog.form.data.missing is None
    typed("−2.5")
    assert dialog.form.data.missing == {"area": -2.5}
    assert chooser.currentText() == "−2.5"
    assert "-2.5" in dialog.code.toPlainText()
    data = dialog.form.data
    again = CsvDialog(dialog.session, dialog.path, data=data)
    read(again)
    assert again.form.data.missing == {"area": -2.5}  # it is there again, not turned into 0
    again.done(0)
    again.deleteLater()


def test_what_is_chosen_is_what_is_learned(opener: Opener) -> None:
    dialog = opener(HOUSES)
    columns = dialog.form.columns
    rule = columns._rules["area"]
    rule.setCurrentIndex(rule.findData("median"))
    rule.activated.emit(rule.currentIndex())
    kind = columns._kinds["year"]
    kind.setCurrentIndex(1)
    kind.activated.emit(1)
    columns.item(1, 0).setCheckState(Qt.CheckState.Unchecked)
    dialog.form.validation.edit.setText("50")
    dialog.form.validation.edit.editingFinished.emit()
    data = dialog.form.data
    assert (data.features, data.one_hot) == (["area", "year"], ["year"])
    assert (data.missing, data.validation) == ({"area": "median"}, 0.5)
    document = dialog.document()
    program = document.training.program
    assert isinstance(program, NetworkProgram)
    assert program.inputs.shape == (30, 5)
    assert program.loss.name == "mse_loss"
    assert "median()" in dialog.code.toPlainText()


def test_another_target_changes_what_it_is_taken_as(opener: Opener) -> None:
    dialog = opener(HOUSES)
    choose(dialog, "target", "kind")
    assert dialog.form.data.task == "classes"
    assert not dialog.form.task.combo.isEnabled()
    assert dialog.form.columns.isRowHidden(1)
    assert "price" in dialog.form.data.features
    assert "classes: 2" in dialog.outcome.text()
    choose(dialog, "target", "year")
    assert "kind" in dialog.form.data.features
    assert dialog.form.data.task == "classes"
    choose(dialog, "task", "regression")
    assert dialog.document().loss.id == "loss.mse.mean"


def test_opening_it_shows_a_network_that_trains_in_the_lab(opener: Opener) -> None:
    dialog = opener(HOUSES)
    dialog.open_button.click()
    session = dialog.session
    assert session.document.name == "t"
    assert session.face == "lab"
    assert session.lab.can_train
    session.lab.one_epoch()
    while session.lab.running:
        session.advance(0.016)
    assert np.isfinite(session.lab.run.curves.loss).all()
    assert not dialog.isVisible()


def test_the_script_can_be_copied(opener: Opener) -> None:
    dialog = opener(HOUSES)
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == dialog.code.toPlainText()
    assert "import pandas as pd" in dialog.code.toPlainText()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "there is no data"),
        ("a,b\n", "there is no data"),
        ("a,a\n1,2\n", "line 1: two columns are called “a”"),
        ("a,b\n1,2,3\n", "line 2: there are 3 entries"),
        ('a,b\n"1,2\n', "a quotation mark is not closed"),
        (b"PK\x03\x04\0\0", "this is not a text file"),
        ("a,b\n" + '"' + "x" * 140_000, "longer than 131,072"),
    ],
)
def test_a_file_that_is_no_table_is_shown_as_it_is_with_the_reason(
    opener: Opener, content: str | bytes, told: str
) -> None:
    dialog = opener(content)
    assert told in dialog.outcome.text()
    assert not dialog.open_button.isEnabled()
    assert dialog.stack.currentWidget() is dialog.raw
    assert not dialog.form.target.isEnabled()
    assert dialog.form.separator.isEnabled()


def test_one_row_is_previewed(opener: Opener) -> None:
    dialog = opener("a,b\n1,2\n")
    assert dialog.model.rowCount() == 1
    assert dialog.outcome.text().startswith("Rows: 1 for training, 0 for validation")
    assert np.isfinite(dialog.document().training.loss(3))


def test_a_wrong_separator_is_seen_and_put_right(opener: Opener) -> None:
    dialog = opener("a;b\n1,5;2\n3,5;4\n")
    choose(dialog, "separator", ",")
    read(dialog)
    assert dialog.problem is not None
    choose(dialog, "separator", ";")
    choose(dialog, "decimal", ",")
    read(dialog)
    assert dialog.problem is None
    assert shown_text(dialog, 0, 0) == "1.5"
    assert (dialog.form.data.separator, dialog.form.data.decimal) == (";", ",")


def test_other_letters_are_read_and_said(opener: Opener) -> None:
    dialog = opener("städte;n\nKöln;1\nBonn;2\n".encode("cp1252"))
    assert "CP1252" in dialog.facts.text()
    assert shown_text(dialog, 0, 0) == "Köln"
    choose(dialog, "encoding", "utf-8")
    read(dialog)
    assert "cannot be read as UTF-8" in dialog.outcome.text()


def test_a_column_of_names_is_not_chosen_at_first(opener: Opener) -> None:
    rows = "".join(f"person {row},{row % 3},{row}\n" for row in range(40))
    dialog = opener("name,x,y\n" + rows)
    assert dialog.form.data.features == ["x"]


def test_a_number_that_cannot_stand_there_is_told(opener: Opener) -> None:
    dialog = opener(HOUSES)
    for text in ("200", "x", "-5"):
        dialog.form.held_out.edit.setText(text)
        dialog.form.held_out.edit.editingFinished.emit()
        assert dialog.form.held_out.problem is not None
    assert dialog.form.data.test == 0.0


@pytest.mark.slow
def test_a_million_rows_never_hold_up_the_window(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "million.csv"
    path.write_text("a,b,c,kind\n" + "0.125,7,-3.5,x\n1,2,3.5,y\n" * 500_000, encoding="utf-8")
    dialog = CsvDialog(session, path)
    frames = 0
    while session.lab.work.busy:
        session.advance(0.016)
        frames += 1
    assert frames > 20  # it is read in slices, between which the window goes on
    assert dialog.form.data.rows == 20_000
    assert dialog.model.rowCount() == ROWS
    dialog.done(0)
    dialog.deleteLater()


def test_leaving_ends_the_reading(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,2\n" * 200_000, encoding="utf-8")
    dialog = CsvDialog(session, path)
    assert session.moving
    dialog.reject()
    session.advance(0.016)
    assert not session.moving
    dialog.deleteLater()


def test_everything_is_said_in_chinese(
    make_session: Callable[..., Session], opener: Opener
) -> None:
    dialog = opener(HOUSES, make_session(language="zh_CN"))
    assert dialog.facts.text() == "60 行，4 列；分隔符：逗号；编码：UTF-8"
    assert dialog.form.columns.horizontalHeaderItem(0).text() == "列"
    assert dialog.problem is None


def test_the_window_opens_a_table_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "t.CSV"
    path.write_text(HOUSES, encoding="utf-8")
    with shown(qtbot, neuron()) as window:
        window.open_file(str(path))
        dialog = window.findChild(CsvDialog)
        assert dialog is not None
        read(dialog)
        assert dialog.problem is None
        assert dialog.document().name == "t"


def test_columns_can_be_chosen_again_for_the_same_network(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HOUSES, encoding="utf-8")
    first = CsvDialog(session, path)
    read(first)
    first.open_document()
    lab = session.lab
    chosen = replace(lab.table.data, features=["area"], missing={"area": "mean"})
    assert lab.edit(with_data(lab.table, chosen))
    again = CsvDialog(session, path, data=lab.table.data)
    read(again)
    assert (again.form.data.features, again.form.data.missing) == (["area"], {"area": "mean"})
    again.form.columns.item(2, 0).setCheckState(Qt.CheckState.Checked)
    layers = lab.table.network.layers
    again.open_document()
    assert lab.table.data.features == ["area", "year"]
    assert lab.table.network.layers == layers
    lab.undo()
    assert lab.table.data.features == ["area"]
    for dialog in (first, again):
        dialog.deleteLater()


def test_choosing_again_keeps_the_rule_and_the_kinds_of_columns(opener: Opener) -> None:
    dialog = opener(HOUSES)
    data = replace(dialog.form.data, missing={"area": 0.0}, one_hot=["year"])
    dialog.form.show_table(dialog.table, data)
    assert (dialog.form.data.missing, dialog.form.data.one_hot) == ({"area": 0.0}, ["year"])


def test_a_file_is_read_once(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr(table_file, "read_csv", again)
    dialog = opener(HOUSES, name="once.csv")
    assert dialog.problem is None
    choose(dialog, "target", "kind")
    dialog.open_document()
    assert dialog.session.document.name == "once"


def test_decimal_commas_are_found_out(opener: Opener) -> None:
    lines = [f"1,{600 + i};{60 + i},5;{'ab'[i % 2]}" for i in range(40)]
    dialog = opener("\n".join(["height;weight;kind", *lines]))
    assert dialog.table is not None
    assert dialog.table.numeric == ("height", "weight")
    assert dialog.form.data.decimal == ","
    assert dialog.table.columns["height"][0] == 1.6


def test_a_column_that_one_entry_makes_words_is_named(opener: Opener) -> None:
    lines = [f"{i},{'inf' if i == 3 else i * 2}" for i in range(30)]
    dialog = opener("\n".join(["x,y", *lines]))
    assert "“y” is read as text: 29 of its 30 entries" in dialog.facts.text()
    assert "“inf” in line 5" in dialog.facts.text()
    dialog = opener(HOUSES, name="fine.csv")
    assert "read as text" not in dialog.facts.text()
    assert "first line" not in dialog.facts.text()


def test_a_first_line_of_numbers_is_data_unless_somebody_says_otherwise(opener: Opener) -> None:
    dialog = opener("\n".join(f"0.{i},{i}.5,{i}" for i in range(10, 40)))
    assert "first line is read as data" in dialog.facts.text()
    assert dialog.table is not None
    assert (len(dialog.table), dialog.table.names[0]) == (30, "column 1")
    assert dialog.document().data is not None
    assert "header=None" in dialog.code.toPlainText()
    dialog.form.header.box.click()
    read(dialog)
    assert "first line is taken as column names" in dialog.facts.text()
    assert (len(dialog.table), dialog.table.names[0]) == (29, "0.10")


def test_a_line_of_names_can_be_read_as_data(opener: Opener) -> None:
    dialog = opener(HOUSES)
    assert dialog.form.header.box.isChecked()
    dialog.form.header.box.click()
    read(dialog)
    assert shown_text(dialog, 0, 1) == "kind"
    assert dialog.table is not None
    assert len(dialog.table) == 61


def test_bytes_that_are_no_text_are_shown_without_strange_letters(opener: Opener) -> None:
    dialog = opener(np.random.default_rng(0).bytes(5000))
    assert dialog.problem is not None
    assert all(ord(c) < 0x10000 for c in dialog.raw.toPlainText())
