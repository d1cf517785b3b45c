"""One entry of many: chosen by row and column, opened, changed, and exchanged for another."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mlviz.document import Document
from mlviz.document.document import from_formula
from mlviz.ui.entry_popup import EntryPopup
from mlviz.ui.inside import open_menu
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session
from tests.ui.windows import NO_SCREEN, example, opened

pytestmark = [pytest.mark.usefixtures("qapp"), NO_SCREEN]


def large() -> Document:
    """Products of a matrix too large to be written on the stage."""
    rows = [[0.01 * ((i * 7 + j) % 13 - 6) for j in range(40)] for i in range(30)]
    columns = [[0.1 * ((i + 3 * j) % 5) for j in range(6)] for i in range(40)]
    return from_formula("z = W @ x\nL = sum(z * z)", {"W": rows, "x": columns})


@pytest.fixture
def window() -> Iterator[MainWindow]:
    with opened(large()) as session:
        session.set_reduced_motion(True)
        session.set_level("operations")
        session.wait_for_layout()
        made = MainWindow(session)
        made.resize(1440, 900)
        made.show()
        QApplication.processEvents()
        yield made
        made.close()
        made.deleteLater()


def node(session: Session, name: str) -> int:
    return next(n.id for n in session.timeline.tape if name in (n.name, n.op.name if n.op else ""))


def popup(window: MainWindow) -> EntryPopup:
    found = [one for one in window.stage.findChildren(EntryPopup) if not one.isHidden()]
    assert len(found) == 1
    return found[0]


def test_an_entry_chosen_by_row_and_column_is_opened(window: MainWindow) -> None:
    session, stage = window.session, window.stage
    z = node(session, "z")
    value = session.timeline.tape[z].value
    session.to_end()
    session.select(z)
    stage.setFocus()
    QTest.keyClick(stage, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    shown = popup(window)
    assert abs(value[shown.chooser.entry]) == np.abs(value).max()
    row, column = shown.chooser.fields
    row.setValue(12)
    column.setValue(5)
    assert session.selected_entry == (11, 4)
    assert f"{value[11, 4]:.4g}"[:5] in shown.value.text().replace("−", "-")
    QTest.keyClick(row, Qt.Key.Key_Return)
    session.wait_for_layout()
    (frame,) = session.opened
    assert frame.entry == (11, 4)
    totals = [n.value for n in session.timeline.tape if n.op and n.op.name == "total"]
    assert float(totals[0]) == pytest.approx(float(value[11, 4]), abs=1e-12)


def test_the_crumbs_exchange_the_opened_entry_for_another(window: MainWindow) -> None:
    session, stage = window.session, window.stage
    z = node(session, "z")
    value = session.timeline.tape[z].value
    session.to_end()
    moment = session.position
    session.step_inside(z)
    session.wait_for_layout()
    chooser = stage.crumbs.chooser
    assert not chooser.isHidden()
    chooser.fields[0].setValue(3)
    session.wait_for_layout()
    assert session.opened[0].entry == chooser.entry
    totals = [n.value for n in session.timeline.tape if n.op and n.op.name == "total"]
    assert float(totals[0]) == pytest.approx(float(value[chooser.entry]), abs=1e-12)
    session.step_out()
    session.wait_for_layout()
    assert stage.crumbs.isHidden()
    assert session.position == moment


def test_of_a_large_leaf_an_entry_is_typed_and_taken_back(window: MainWindow) -> None:
    session, stage = window.session, window.stage
    w = node(session, "W")
    session.select(w)
    QTest.keyClick(stage, Qt.Key.Key_F2)
    shown = popup(window)
    row, column = shown.chooser.fields
    row.setValue(30)
    column.setValue(40)
    before = session.timeline.tape[w].value.copy()
    editor = shown.editor
    assert editor is not None
    assert float(editor.text()) == before[29, 39]
    shown.accept()
    editor.setText("1/4")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    after = session.timeline.tape[w].value
    assert after[29, 39] == 0.25
    assert np.count_nonzero(after != before) == 1
    assert shown.isHidden()
    session.what_if.undo()
    np.testing.assert_array_equal(session.timeline.tape[w].value, before)


def test_escape_and_a_press_beside_it_leave_everything_as_it_was(window: MainWindow) -> None:
    session, stage = window.session, window.stage
    w = node(session, "W")
    for leave in (True, False):
        session.select(w)
        QTest.keyClick(stage, Qt.Key.Key_F2)
        shown = popup(window)
        if leave:
            QTest.keyClick(shown.chooser.fields[0], Qt.Key.Key_Escape)
        else:
            QTest.mouseClick(stage, Qt.MouseButton.LeftButton, pos=QPoint(4, stage.height() - 60))
        assert shown.isHidden()
    assert not session.what_if.changes.is_changed


def test_a_double_click_on_a_large_leaf_and_the_menu_lead_there_too(window: MainWindow) -> None:
    session, stage = window.session, window.stage
    w = node(session, "W")
    at = stage.node_rect(w).center()
    QTest.mouseDClick(stage, Qt.MouseButton.LeftButton, pos=at)
    popup(window).leave()
    menu = open_menu(session, stage, w, stage.mapToGlobal(at))
    action = next(each for each in menu.actions() if isinstance(each.data(), tuple))
    action.trigger()
    assert popup(window).can_type
    menu.close()


def test_a_selected_entry_of_a_small_node_is_opened_alone() -> None:
    with opened(example("xor")) as session:
        session.set_reduced_motion(True)
        tanh = node(session, "tanh")
        assert session.step_inside(tanh, (2, 1))
        assert session.opened[0].entry == (2, 1)
        session.step_out()
        assert session.step_inside(tanh)
        assert session.opened[0].entry is None
