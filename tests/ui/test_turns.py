"""Panels follow by turns while the film runs, and all at once when it rests."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mlviz.picture.equation import equation_picture
from mlviz.trace.steps import Position
from mlviz.ui import equation_view, formulas
from mlviz.ui.equation_view import EquationView
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session
from mlviz.ui.step_bar import StepBar
from mlviz.ui.turns import Turn
from tests.ui.windows import NO_SCREEN, neuron, shown


class Panel(QWidget):
    """Notes where it was when it followed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.seen: list[Position] = []
        self.turn = Turn(session, self, self._on_turn)

    def _on_turn(self) -> None:
        if not self.seen or self.seen[-1] != self.session.position:
            self.seen.append(self.session.position)


@pytest.fixture
def panels(session: Session, qtbot: QtBot) -> list[Panel]:
    made = [Panel(session) for _ in range(3)]
    for panel in made:
        qtbot.addWidget(panel)
    return made


def test_at_rest_every_panel_follows_at_once(session: Session, panels: list[Panel]) -> None:
    session.seek(Position(1, 3))
    assert [panel.seen for panel in panels] == [[session.position]] * 3


def test_while_the_film_runs_one_panel_follows_in_a_tick(
    session: Session, panels: list[Panel]
) -> None:
    session.play()
    for _ in range(3):
        before = [len(panel.seen) for panel in panels]
        session.advance(0.01)
        after = [len(panel.seen) for panel in panels]
        assert sum(after) - sum(before) == 1
    assert [len(panel.seen) for panel in panels] == [1, 1, 1]


def test_when_the_film_rests_all_have_caught_up(session: Session, panels: list[Panel]) -> None:
    session.play()
    session.advance(0.01)
    session.pause()
    assert [panel.seen[-1] for panel in panels] == [session.position] * 3


def test_a_step_ends_with_all_panels_there(session: Session, panels: list[Panel]) -> None:
    session.step_forward()
    session.advance(0.05)
    session.advance(100)
    assert [panel.seen[-1] for panel in panels] == [Position(1, 1)] * 3


def test_a_film_that_jumps_rests_with_all_panels_there(
    session: Session, panels: list[Panel]
) -> None:
    session.set_reduced_motion(True)
    session.play()
    session.advance(100)
    assert session.position.step > 0
    assert [panel.seen[-1] for panel in panels] == [session.position] * 3


def test_a_panel_that_cannot_be_seen_does_nothing_until_it_can(
    session: Session, panels: list[Panel]
) -> None:
    hidden = panels[1]
    hidden.turn.set_seen(False)
    session.seek(Position(1, 3))
    assert hidden.seen == []
    hidden.turn.set_seen(True)
    assert hidden.seen == [session.position]


@NO_SCREEN
def test_while_the_cursor_is_dragged_panels_take_turns_until_it_is_let_go(
    session: Session, panels: list[Panel], qtbot: QtBot
) -> None:
    bar = StepBar(session)
    qtbot.addWidget(bar)
    bar.resize(600, 60)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def send(kind: QEvent.Type, x: float, buttons: Qt.MouseButton) -> None:
        at = QPointF(x, 37)
        event = QMouseEvent(kind, at, bar.mapToGlobal(at), left, buttons, none)
        QApplication.sendEvent(bar, event)

    send(QEvent.Type.MouseButtonPress, 100, left)
    pressed = session.position
    assert [panel.seen[-1] for panel in panels] == [pressed] * 3
    send(QEvent.Type.MouseMove, 400, left)
    assert session.position != pressed
    assert [panel.seen[-1] for panel in panels] == [pressed] * 3
    for frame in range(1, 5):  # the pointer rests, and the clock goes on
        session.advance(0.01)
        # Every second frame belongs to the stage alone.
        assert [panel.seen[-1] for panel in panels].count(session.position) == frame // 2
    send(QEvent.Type.MouseButtonRelease, 400, Qt.MouseButton.NoButton)
    assert [panel.seen[-1] for panel in panels] == [session.position] * 3


@NO_SCREEN
class TestWindow:
    @pytest.fixture
    def window(self, qtbot: QtBot) -> Iterator[MainWindow]:
        with shown(qtbot, neuron()) as window:
            yield window

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """What the panel of equations was made for, time after time."""
        found: list[object] = []
        explain: Callable[..., object] = equation_picture

        def counted(*arguments: object) -> object:
            found.append(arguments)
            return explain(*arguments)

        monkeypatch.setattr(equation_view, "equation_picture", counted)
        return found

    def test_a_hidden_panel_is_not_worked_out_until_it_is_shown(
        self, window: MainWindow, asked: list[object]
    ) -> None:
        window.equation.hide()
        window.session.seek(Position(1, 3))
        window.session.select(0)
        assert asked == []
        window.equation.show()
        assert len(asked) == 1

    def test_a_panel_behind_a_tab_is_not_worked_out_until_it_is_in_front(
        self, window: MainWindow, asked: list[object]
    ) -> None:
        window.tabifyDockWidget(window.equation, window.curve)
        window.curve.raise_()
        QApplication.processEvents()
        asked.clear()
        window.session.seek(Position(1, 3))
        assert asked == []
        window.equation.raise_()
        QApplication.processEvents()
        assert len(asked) == 1


class TestExplanation:
    """Formulas take longer than a frame, so they are made ready while the old ones stay."""

    @pytest.fixture
    def view(self, session: Session, qtbot: QtBot) -> EquationView:
        view = EquationView(session)
        qtbot.addWidget(view)
        view.resize(340, 420)
        view.grab()
        return view

    def test_it_is_there_a_few_ticks_later_with_nothing_left_to_make(
        self, session: Session, view: EquationView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(equation_view, "_SLICE", 0.0)  # one step of the work in each tick
        before = view.grab().toImage()
        session.turns.drag(True)
        session.seek(Position(1, len(session.timeline) - 1))
        made: list[str] = []
        svg = formulas._svg

        def noted(tex: str) -> str:
            made.append(tex)
            return svg(tex)

        monkeypatch.setattr(formulas, "_svg", noted)
        ticks, most = 0, 0
        while view.grab().toImage() == before:
            made.clear()
            session.advance(0.0)
            ticks, most = ticks + 1, max(most, len(set(made)))
            assert ticks < 60
        assert ticks > 2
        assert most <= 2
        late = view.grab().toImage()
        session.turns.drag(False)
        assert view.grab().toImage() == late

    def test_at_rest_it_is_there_at_once(self, session: Session, view: EquationView) -> None:
        before = view.grab().toImage()
        session.turns.drag(True)
        session.seek(Position(1, len(session.timeline) - 1))
        assert view.grab().toImage() == before
        session.turns.drag(False)
        assert view.grab().toImage() != before
