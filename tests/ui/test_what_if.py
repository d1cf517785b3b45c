"""What if? Values changed by hand: everything follows, nothing moves, all can be undone."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mlviz.trace.steps import Position
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session
from mlviz.ui.value_editor import ValueEditor
from mlviz.ui.what_if import step_of, stepped
from tests.ui.windows import NO_SCREEN, Heard, example, neuron, opened, shown, twice

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, neuron()) as made:
        made.session.set_iteration(3)
        made.session.seek(Position(3, 12))
        yield made


def node(session: Session, name: str) -> int:
    return next(node.id for node in session.timeline.tape if node.name == name)


def value(session: Session, name: str) -> float:
    return float(session.timeline.tape[node(session, name)].value)


def loss(session: Session) -> float:
    return float(session.timeline.tape[session.timeline.output].value)


# --- Session ---------------------------------------------------------------------------------


def test_everything_follows_and_the_moment_stays(window: MainWindow) -> None:
    session = window.session
    session.select(node(session, "w1"))
    place, before = session.position, loss(session)
    heard = Heard(session, "timeline_changed", "document_changed")
    assert session.what_if.set(node(session, "w1"), 2.0)
    heard.stop()
    assert heard.log == ["timeline_changed"]
    assert session.position == place
    assert session.selected == node(session, "w1")
    assert value(session, "w1") == 2.0
    assert loss(session) != before
    assert session.graph is not None
    assert session.graph.timeline is session.timeline


def test_undo_gives_back_the_same_numbers(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    before = loss(session)
    session.what_if.set(node(session, "x1"), 0.3)
    after = loss(session)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_Z, control)
    assert loss(session) == before
    qtbot.keyClick(window, Qt.Key.Key_Z, control | shift)
    assert loss(session) == after
    window.actions_table["reset_values"].trigger()
    assert loss(session) == before
    assert not session.what_if.changes.is_changed


def test_a_change_holds_in_later_iterations_and_not_in_earlier_ones(window: MainWindow) -> None:
    session = window.session
    first = session.training.loss(1)
    session.what_if.set(node(session, "w1"), 2.0)
    session.set_iteration(1)
    assert loss(session) == first
    session.set_iteration(3)
    assert value(session, "w1") == 2.0


def test_only_leaves_can_be_changed(window: MainWindow) -> None:
    session = window.session
    before = session.timeline
    assert session.what_if.place(node(session, "z")) is None
    assert not session.what_if.set(node(session, "z"), 1.0)
    assert session.timeline is before


def test_an_entry_is_changed_at_both_levels() -> None:
    with opened(example("xor")) as session:
        session.set_level("operations")
        weight = next(n.id for n in session.timeline.tape if n.origin == "layer1.weight")
        assert session.what_if.place(weight) is None  # which entry?
        assert session.what_if.set(weight, 0.125, (1, 0))
        assert session.timeline.tape[weight].value[1, 0] == 0.125
        session.set_level("scalars")
        scalar = next(n for n in session.timeline.tape if n.origin == "layer1.weight[1,0]")
        assert float(scalar.value) == 0.125
        assert session.what_if.set(scalar.id, 0.25)
        session.set_level("operations")
        assert session.timeline.tape[weight].value[1, 0] == 0.25
        target = next(n.id for n in session.timeline.tape if n.origin == "targets")
        assert session.what_if.set(target, 0.5, (2, 0))
        assert session.timeline.tape[target].value[2, 0] == 0.5


def test_another_document_starts_without_changes(window: MainWindow) -> None:
    window.session.what_if.set(node(window.session, "w1"), 2.0)
    assert window.notes.mark.isVisible()
    window.session.open_document(twice())
    assert not window.notes.mark.isVisible()
    assert not window.session.what_if.changes.can_undo


def test_the_mark_tells_what_was_changed(window: MainWindow) -> None:
    assert not window.notes.mark.isVisible()
    assert not window.actions_table["undo"].isEnabled()
    window.session.what_if.set(node(window.session, "w1"), 2.0)
    assert window.notes.mark.isVisible()
    assert window.notes.told() == ["w₁ = 2.000 from iteration 3 on"]
    assert window.actions_table["undo"].isEnabled()
    window.session.what_if.undo()
    assert not window.notes.mark.isVisible()


@pytest.mark.parametrize(
    ("start", "step", "next_value"), [(0.5, 0.01, 0.51), (3.0, 0.01, 3.01), (-250.0, 1.0, -249.0)]
)
def test_a_step_is_felt_and_leaves_no_dust(start: float, step: float, next_value: float) -> None:
    assert step_of(start) == pytest.approx(step)
    assert stepped(start, 1, step_of(start)) == next_value
    assert step_of(0.0) > 0
    assert np.isfinite(step_of(np.inf))


# --- The stage -------------------------------------------------------------------------------


def place(window: MainWindow, name: str) -> QPoint:
    rect = window.value_hand.rect_of((node(window.session, name), ()))
    assert not rect.isEmpty()
    return rect.center()


def test_a_double_click_on_a_leaf_opens_an_editor(qtbot: QtBot, window: MainWindow) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mouseDClick(window.stage, left, pos=place(window, "w1"))
    editor = window.value_hand.editor
    assert editor is not None
    assert float(editor.text().replace("−", "-")) == value(window.session, "w1")
    editor.selectAll()
    qtbot.keyClicks(editor, "1/4")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert value(window.session, "w1") == 0.25
    assert window.value_hand.editor is None
    qtbot.mouseDClick(window.stage, left, pos=place(window, "z"))
    assert window.value_hand.editor is None


def test_what_is_no_number_stays_in_the_editor_with_the_reason(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = window.session.timeline
    window.value_hand.edit((node(window.session, "t"), ()))
    editor = window.value_hand.editor
    assert editor is not None
    editor.setText("1/0")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert window.value_hand.editor is editor
    assert editor.text() == "1/0"
    assert "1/0" in editor.accessibleDescription()
    assert window.session.timeline is before
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert window.value_hand.editor is None
    assert window.session.timeline is before


def test_the_keys_of_the_editor_try_values(qtbot: QtBot, window: MainWindow) -> None:
    window.value_hand.edit((node(window.session, "t"), ()))
    editor = window.value_hand.editor
    assert editor is not None
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    qtbot.keyClick(editor, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert value(window.session, "t") == 1.11
    assert editor.text() == "1.11"


def test_a_selected_leaf_is_moved_by_keys_as_one_change(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select(node(window.session, "t"))
    window.stage.setFocus()
    qtbot.keyPress(window.stage, Qt.Key.Key_Up)
    qtbot.keyPress(window.stage, Qt.Key.Key_Up)
    assert value(window.session, "t") == 1.02
    qtbot.keyRelease(window.stage, Qt.Key.Key_Up)
    window.session.what_if.undo()
    assert value(window.session, "t") == 1.0


def move(window: MainWindow, kind: QMouseEvent.Type, point: QPoint) -> None:
    left, control = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
    there = QPointF(point)
    event = QMouseEvent(kind, there, window.stage.mapToGlobal(there), left, left, control)
    QApplication.sendEvent(window.stage, event)


def test_a_value_is_dragged_and_that_is_one_change(window: MainWindow) -> None:
    start = place(window, "t")
    kinds = QMouseEvent.Type
    follows = window.stage.follow
    move(window, kinds.MouseButtonPress, start)
    for dx in (5, 20, 50):
        move(window, kinds.MouseMove, start + QPoint(dx, 0))
    move(window, kinds.MouseButtonRelease, start + QPoint(50, 0))
    assert value(window.session, "t") == 1.5
    assert window.stage.follow == follows
    window.session.what_if.undo()
    assert value(window.session, "t") == 1.0


def test_the_selected_leaf_has_a_handle(qtbot: QtBot, window: MainWindow) -> None:
    handles = window.value_hand.handles
    assert not handles.isVisible()
    window.session.select(node(window.session, "z"))
    assert not handles.isVisible()
    window.session.select(node(window.session, "t"))
    assert handles.isVisible()
    middle = handles.rect().center()
    qtbot.mousePress(handles, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(handles, middle + QPoint(-30, 0))
    qtbot.mouseRelease(handles, Qt.MouseButton.LeftButton, pos=middle)
    assert value(window.session, "t") == 0.7


# --- The table -------------------------------------------------------------------------------


def test_a_value_is_typed_in_the_table(qtbot: QtBot, window: MainWindow) -> None:
    table = window.parameters.widget().table
    index = table.model().index(0, 1)
    table.setCurrentIndex(index)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    editor = table.findChild(ValueEditor)
    assert editor is not None
    editor.setText("abc")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert table.findChild(ValueEditor) is editor
    editor.setText("-0.75")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    row = table.model().row(0)
    assert float(window.session.timeline.tape[row.node].value) == -0.75
    assert table.model().cell(index).text == "−0.7500"
