"""The panel of matrices: it follows, and its cells are linked with every other view."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mlviz.trace.steps import Position, StepKind
from mlviz.ui.entry_popup import EntryPopup
from mlviz.ui.main_window import MainWindow
from mlviz.ui.matrix_view import MatrixView
from tests.ui.windows import NO_SCREEN, example, shown

pytestmark = NO_SCREEN


def opened_panel(window: MainWindow) -> MatrixView:
    QTest.keyClick(window, "m")
    view = window.matrix.widget()
    assert isinstance(view, MatrixView)
    assert view.isVisible()
    return view


def test_m_opens_and_closes_the_panel_and_it_follows_the_selection(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session = window.session
        session.set_level("operations")
        view = opened_panel(window)
        session.select(1)
        assert view.page().node == 1
        assert view.canvas.rect_of("cell:value:1:1") is not None
        session.select(None)
        session.seek(Position(1, 2))
        assert view.page().node == session.timeline.steps[1].target
        QTest.keyClick(window, "m")
        assert window.matrix.isHidden()


def test_a_cell_that_is_pointed_at_is_pointed_at_in_every_view(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session = window.session
        session.set_level("operations")
        backward = [s.number for s in session.timeline.steps if s.kind is StepKind.BACKWARD]
        session.seek(Position(1, backward[-1]))
        view = opened_panel(window)
        session.select(1)
        rect = view.canvas.rect_of("cell:gradient:1:0")
        assert rect is not None
        x, y = (length * session.scale for length in rect.center)
        assert view.canvas.key_at(QPointF(x, y)) == "cell:gradient:1:0"
        view.canvas.pointed.emit("cell:gradient:1:0")
        assert (session.hovered, session.hovered_entry) == (1, (1, 0))
        assert view.lit == ("gradient", 1, 0)
        view.canvas.pointed.emit("")
        assert session.hovered is None


def test_a_cell_is_opened_by_a_double_click_and_by_return(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session = window.session
        session.set_reduced_motion(True)
        session.set_level("operations")
        session.to_end()
        view = opened_panel(window)
        product = next(n.id for n in session.timeline.tape if n.op and "matmul" in n.op.name)
        session.select(product)
        value = session.timeline.tape[product].value
        rect = view.canvas.rect_of("cell:value:3:1")
        assert rect is not None
        at = QPointF(*(length * session.scale for length in rect.center)).toPoint()
        QTest.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
        session.wait_for_layout()
        assert session.opened[0].entry == (3, 1)
        sums = [n.value for n in session.timeline.tape if n.op and n.op.name == "total"]
        assert float(sums[0]) == value[3, 1]
        session.step_out()
        session.wait_for_layout()
        view.canvas.setFocus()
        QTest.keyClick(view.canvas, Qt.Key.Key_Down)
        QTest.keyClick(view.canvas, Qt.Key.Key_Down)
        QTest.keyClick(view.canvas, Qt.Key.Key_Return)
        assert session.opened[0].entry == (0, 1)


def test_a_cell_of_a_leaf_is_typed_in_place(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session = window.session
        session.set_level("operations")
        view = opened_panel(window)
        session.select(1)
        view.canvas.opened.emit("cell:value:1:0")
        (popup,) = view.findChildren(EntryPopup)
        assert popup.chooser.entry == (1, 0)
        assert popup.editor is not None
        popup.editor.setText("0.25")
        QTest.keyClick(popup.editor, Qt.Key.Key_Return)
        assert session.timeline.tape[1].value[1, 0] == 0.25


def test_a_weight_pointed_at_in_the_network_lights_its_cell(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session = window.session
        session.set_level("operations")
        view = opened_panel(window)
        session.select(1)
        session.hover(1, (0, 1))
        assert view.lit == ("value", 0, 1)
        session.hover(None)
        assert view.lit is None


def test_the_panel_is_among_the_views(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        views: dict[str, QWidget] = window.views()
        assert {"matrix", "network"} <= set(views)
