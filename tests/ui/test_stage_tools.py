"""Find, minimap, legend and "what is this?" over the stage."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWhatsThis

from mlviz.ui.main_window import MainWindow
from mlviz.ui.matrix_view import MatrixView
from tests.ui.windows import NO_SCREEN, neuron, opened

pytestmark = [pytest.mark.usefixtures("qapp"), NO_SCREEN]


@pytest.fixture
def window() -> Iterator[MainWindow]:
    with opened(neuron()) as session:
        made = MainWindow(session)
        made.resize(1440, 900)
        made.show()
        QApplication.processEvents()
        yield made
        made.close()
        made.deleteLater()


class TestFind:
    def test_what_is_typed_is_found_selected_and_listed(self, window: MainWindow) -> None:
        window.actions_table["find"].trigger()
        find = window.tools.find
        QTest.keyClicks(find.field, "w")
        symbols = window.session.timeline.symbols
        assert [symbols.name(id) for id in find.matches][:2] == ["w1", "w2"]
        assert window.session.selected == find.matches[0]
        assert find.list.count() == len(find.matches)

    def test_return_and_f3_go_on_and_with_shift_back(self, window: MainWindow) -> None:
        window.actions_table["find"].trigger()
        find, session = window.tools.find, window.session
        QTest.keyClicks(find.field, "w")
        QTest.keyClick(find.field, Qt.Key.Key_Return)
        assert session.selected == find.matches[1]
        window.actions_table["find_previous"].trigger()
        assert session.selected == find.matches[0]
        window.actions_table["find_previous"].trigger()
        assert session.selected == find.matches[-1]

    def test_a_match_out_of_view_is_brought_into_it(self, window: MainWindow) -> None:
        stage = window.stage
        stage.zoom(6)
        window.actions_table["find"].trigger()
        QTest.keyClicks(window.tools.find.field, "tanh")
        (node,) = window.tools.find.matches
        assert stage.rect().contains(stage.node_rect(node).center())

    def test_escape_closes_and_keeps_the_selection(self, window: MainWindow) -> None:
        window.actions_table["find"].trigger()
        find = window.tools.find
        QTest.keyClicks(find.field, "tanh")
        chosen = window.session.selected
        QTest.keyClick(find.field, Qt.Key.Key_Escape)
        assert find.isHidden()
        assert window.session.selected == chosen
        assert find.matches == ()

    def test_every_match_is_outlined_until_the_bar_is_closed(self, window: MainWindow) -> None:
        stage, graph = window.stage, window.session.graph
        assert graph is not None
        before = stage.grab().toImage()
        window.tools.find.matches = tuple(graph.rects)[:3]
        window.tools.find.matches_changed.emit()
        assert stage.grab().toImage() != before
        window.tools.find.leave()
        assert stage.grab().toImage() == before


class TestMinimap:
    def test_it_shows_itself_when_the_graph_is_larger_than_the_view(
        self, window: MainWindow
    ) -> None:
        minimap = window.tools.minimap
        window.stage.fit()
        assert minimap.isHidden()
        window.stage.zoom(5)
        assert minimap.isVisible()
        window.actions_table["minimap"].trigger()
        assert minimap.isHidden()

    def test_it_does_not_cover_a_small_stage(self, window: MainWindow) -> None:
        window.stage.zoom(5)
        assert window.tools.minimap.isVisible()
        window.session.set_scale(3.0)
        assert window.tools.minimap.isHidden()

    def test_pressing_it_looks_there(self, window: MainWindow) -> None:
        window.stage.zoom(5)
        minimap, stage, graph = window.tools.minimap, window.stage, window.session.graph
        assert graph is not None
        node = max(graph.rects, key=lambda id: graph.rects[id].x)
        place = minimap.camera().to_widget(graph.rects[node])
        QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(*map(round, place.center)))
        assert stage.rect().contains(stage.node_rect(node).center())


class TestWhatIsThis:
    def test_a_node_tells_what_it_is(
        self, window: MainWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[str] = []
        monkeypatch.setattr(QWhatsThis, "showText", lambda *given: told.append(given[1]))
        stage = window.stage
        node = window.session.timeline.output
        at = stage.node_rect(node).bottomLeft() + QPoint(6, -6)
        event = QHelpEvent(QEvent.Type.WhatsThis, at, stage.mapToGlobal(at))
        QApplication.sendEvent(stage, event)
        assert told
        assert told[0].startswith("The loss")

    def test_every_line_of_the_legend_and_every_cell_tells_what_it_is(
        self, window: MainWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[str] = []
        monkeypatch.setattr(QWhatsThis, "showText", lambda *given: told.append(given[1]))
        window.actions_table["legend"].trigger()
        legend = window.tools.legend
        for line in range(14):
            at = QPoint(30, round((24 + 24 * line) * window.session.scale))
            QApplication.sendEvent(legend, QHelpEvent(QEvent.Type.WhatsThis, at, at))
        assert len(set(told)) == 13  # positive and negative are one sentence
        window.actions_table["matrix"].trigger()
        window.session.select(0)
        QApplication.processEvents()
        view = window.matrix.widget()
        assert isinstance(view, MatrixView)
        rect = view.canvas.rect_of("cell:value:0:0")
        assert rect is not None
        at = QPoint(*(round(part * window.session.scale) for part in rect.center))
        QApplication.sendEvent(view.canvas, QHelpEvent(QEvent.Type.WhatsThis, at, at))
        assert told[-1].startswith("An entry of the value")

    def test_every_panel_and_action_can_be_asked(self, window: MainWindow) -> None:
        assert all(dock.whatsThis() for dock in window.docks)
        assert all(action.whatsThis() for action in window.actions_table)

    def test_the_key_enters_the_mode(self, window: MainWindow) -> None:
        window.actions_table["whats_this"].trigger()
        assert QWhatsThis.inWhatsThisMode()
        QWhatsThis.leaveWhatsThisMode()


def test_the_legend_is_shown_on_demand(window: MainWindow) -> None:
    assert window.tools.legend.isHidden()
    window.actions_table["legend"].trigger()
    assert window.tools.legend.isVisible()
    assert "gradient" in window.tools.legend.accessibleDescription()


def test_the_memory_strip_lies_under_the_time_bar(window: MainWindow) -> None:
    view = window.time_view
    before = view.sizeHint().height()
    assert view.memory.isHidden()
    window.actions_table["memory"].trigger()
    QApplication.processEvents()
    assert view.memory.isVisible()
    assert view.sizeHint().height() > before
    assert view.height() >= view.memory.geometry().bottom()
    window.session.to_end()
    assert "0 B" in view.memory.accessibleDescription()


def test_a_window_that_nobody_holds_is_swept_away_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def look_and_forget() -> None:
        with opened(neuron()) as session:
            made = MainWindow(session)
            made.show()
            QApplication.processEvents()
            made.close()

    look_and_forget()
    gc.collect()
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]
    assert "Traceback" not in capfd.readouterr().err
