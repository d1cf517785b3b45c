"""The film in the real window: keys, the time bar, and views that agree."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.ui.lesson_view import LessonView
from mlviz.ui.main_window import MainWindow
from mlviz.ui.steps_view import StepsView
from mlviz.ui.timeline_view import TimelineView
from tests.ui.windows import NO_SCREEN, example, neuron, play_out, shown, twice

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, neuron()) as made:
        yield made


def time_of(window: MainWindow) -> TimelineView:
    view = window.time.widget()
    assert isinstance(view, TimelineView)
    return view


def steps_of(window: MainWindow) -> StepsView:
    view = window.steps.widget()
    assert isinstance(view, StepsView)
    return view


def lesson_of(window: MainWindow) -> LessonView:
    view = window.lesson.widget()
    assert isinstance(view, LessonView)
    return view


def test_keys_walk_through_the_film(qtbot: QtBot, window: MainWindow) -> None:
    session, key = window.session, Qt.Key
    last = len(session.timeline)
    forward = session.timeline.segments[0].last
    qtbot.keyClick(window, key.Key_Right)
    play_out(session)
    assert session.position == Position(1, 1)
    qtbot.keyClick(window, key.Key_Left)
    play_out(session)
    assert session.position == Position(1, 0)
    qtbot.keyClick(window, key.Key_PageDown)
    assert session.position == Position(1, forward)
    qtbot.keyClick(window, key.Key_PageUp)
    assert session.position == Position(1, 0)
    qtbot.keyClick(window, key.Key_End)
    assert session.position == Position(1, last)
    qtbot.keyClick(window, key.Key_Left, SHIFT)
    assert session.position.step < last
    qtbot.keyClick(window, key.Key_Right, SHIFT)
    assert session.position == Position(1, last)
    qtbot.keyClick(window, key.Key_Right, CONTROL)
    assert session.position == Position(2, last)
    qtbot.keyClick(window, key.Key_Left, CONTROL)
    assert session.position == Position(1, last)
    qtbot.keyClick(window, key.Key_Home)
    assert session.position == Position(1, 0)


def focusable(window: MainWindow) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def test_the_keys_of_the_film_work_whatever_has_the_keyboard(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = window.session
    for widget in focusable(window):
        widget.setFocus()
        assert widget.hasFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Home)
        qtbot.keyClick(widget, Qt.Key.Key_PageDown)
        assert session.position.step == session.timeline.segments[0].last, widget
        qtbot.keyClick(widget, Qt.Key.Key_Space)
        assert session.playing, widget
        qtbot.keyClick(widget, Qt.Key.Key_Space)
        assert not session.playing, widget


def test_a_text_field_keeps_its_keys(qtbot: QtBot, window: MainWindow) -> None:
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    for key in (Qt.Key.Key_E, Qt.Key.Key_Space, Qt.Key.Key_L):
        qtbot.keyClick(field, key)
    assert field.text() == "e l"
    assert not window.session.playing
    assert window.equation.isVisible()


def test_the_buttons_of_the_film_do_what_they_say(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    to_start, back, play, forward, to_end = time_of(window).buttons
    qtbot.mouseClick(forward, Qt.MouseButton.LeftButton)
    play_out(session)
    assert session.position == Position(1, 1)
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    play_out(session)
    assert session.position == Position(1, 0)
    assert play.accessibleName() == "Play"
    qtbot.mouseClick(play, Qt.MouseButton.LeftButton)
    assert session.playing
    assert play.accessibleName() == "Pause"
    qtbot.mouseClick(to_end, Qt.MouseButton.LeftButton)
    assert not session.playing
    assert session.position.step == len(session.timeline)
    qtbot.mouseClick(to_start, Qt.MouseButton.LeftButton)
    assert session.position == Position(1, 0)


def test_return_presses_the_button_that_has_the_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    button = time_of(window).buttons[-1]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert window.session.position.step == len(window.session.timeline)


def test_the_film_plays_to_its_end_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Space)
    frames = 0
    while window.session.playing:
        window.session.advance(0.25)
        window.repaint()
        frames += 1
    assert frames > len(window.session.timeline)
    assert time_of(window).step_label.text() == "Step 21 of 21"


# --- The time bar ----------------------------------------------------------------------------


def test_a_click_on_the_time_bar_goes_there(qtbot: QtBot, window: MainWindow) -> None:
    bar, session = time_of(window).bar, window.session
    for fraction in (0.0, 0.3, 0.6, 1.0):
        there = QPoint(round(bar.x_of(fraction)), 37)
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=there)
        assert session.position == bar.position_at(there.x())
    assert session.position.step == len(session.timeline)


def test_the_cursor_is_dragged_along_the_bar(window: MainWindow) -> None:
    bar, session = time_of(window).bar, window.session
    left = Qt.MouseButton.LeftButton
    y = 37
    QTest.mousePress(bar, left, pos=QPoint(round(bar.x_of(0.1)), y))
    seen = []
    for percent in range(10, 95, 5):
        QTest.mouseMove(bar, QPoint(round(bar.x_of(percent / 100)), y))
        seen.append(session.position.step)
    QTest.mouseRelease(bar, left, pos=QPoint(round(bar.x_of(0.94)), y))
    assert seen == sorted(seen)
    assert len(set(seen)) > 10


def test_the_wheel_over_the_bar_goes_step_by_step(window: MainWindow) -> None:
    bar, session = time_of(window).bar, window.session

    def turn(amount: int) -> None:
        middle = QPointF(bar.rect().center())
        bar.wheelEvent(
            QWheelEvent(
                middle,
                bar.mapToGlobal(middle),
                QPoint(),
                QPoint(0, amount),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
        )

    turn(240)
    assert session.position == Position(1, 2)
    turn(-120)
    assert session.position == Position(1, 1)
    for _ in range(4):
        turn(30)  # as a touchpad does
    assert session.position == Position(1, 2)


def test_a_place_on_the_bar_tells_its_step(window: MainWindow) -> None:
    bar = time_of(window).bar
    assert bar.tip(bar.x_of(0.0)).startswith("Step 0 of 21: Start")
    assert bar.tip(bar.x_of(1.0)).startswith("Step 21 of 21: Update")


def test_the_bar_is_a_slider_to_those_who_cannot_see_it(qtbot: QtBot, window: MainWindow) -> None:
    bar, session = time_of(window).bar, window.session
    session.seek(Position(1, 6))
    assert (bar.minimum(), bar.value(), bar.maximum()) == (0, 6, 21)
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Up)
    assert session.position == Position(1, 7)
    qtbot.keyClick(bar, Qt.Key.Key_Down)
    assert session.position == Position(1, 6)


def test_many_steps_thin_the_ticks_out(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        window.session.set_level("scalars")
        bar = time_of(window).bar
        assert len(window.session.timeline) > 100
        few = bar.ticks_shown()
        gaps = [bar.x_of(b) - bar.x_of(a) for a, b in pairwise(few)]
        assert min(gaps) >= 6
        assert 20 < len(few) < len(window.session.timeline)


def test_iterations_are_chosen_on_their_slider(window: MainWindow) -> None:
    view, session = time_of(window), window.session
    session.seek(Position(1, 5))
    view.iteration_slider.setValue(7)
    assert session.position == Position(7, 5)
    assert view.iteration_label.text() == "Iteration 7 of 200"
    session.previous_iteration()
    assert view.iteration_slider.value() == 6


def test_what_is_not_trained_has_no_slider_of_iterations(window: MainWindow) -> None:
    view = time_of(window)
    assert view.iteration_slider.isVisible()
    window.session.open_document(twice())
    assert not view.iteration_slider.isVisible()
    assert not view.iteration_label.isVisible()


def test_the_speed_is_chosen_from_its_menu(window: MainWindow) -> None:
    button = time_of(window).speed_button
    assert button.text() == "1× ▾"
    actions = {action.text(): action for action in button.menu().actions()}
    assert list(actions) == ["0.25×", "0.5×", "1×", "2×", "4×", "8×"]
    actions["4×"].trigger()
    assert window.session.speed == 4.0
    assert button.text() == "4× ▾"
    assert button.accessibleName() == "Speed 4×"
    assert actions["4×"].isChecked()
    assert not actions["1×"].isChecked()


# --- Views that agree ------------------------------------------------------------------------


def status(view: StepsView) -> list[str]:
    return [view.steps.group(row).status for row in range(view.steps.rowCount(QModelIndex()))]


def test_the_list_of_steps_follows_the_film(window: MainWindow) -> None:
    view, session = steps_of(window), window.session
    assert set(status(view)) == {"later"}
    for step in range(1, len(session.timeline) + 1):
        session.seek(Position(1, step))
        now = view.steps.row_of_now()
        assert now is not None
        group = view.steps.group(now)
        assert group.first <= step <= group.last
        assert status(view) == ["done"] * now + ["now"] + ["later"] * (len(status(view)) - now - 1)
        shown_rows = view.viewport().rect()
        assert shown_rows.contains(view.visualRect(view.steps.index(now)))


def test_a_click_in_the_list_goes_to_the_first_step_of_the_row(
    qtbot: QtBot, window: MainWindow
) -> None:
    view, session = steps_of(window), window.session
    row = next(
        row
        for row in range(view.steps.rowCount(QModelIndex()))
        if view.steps.group(row).last > view.steps.group(row).first
    )
    index = view.steps.index(row)
    view.scrollTo(index)
    there = view.visualRect(index).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=there)
    assert session.position == Position(1, view.steps.group(row).first)


def test_a_row_tells_its_status_in_words(window: MainWindow) -> None:
    view = steps_of(window)
    window.session.seek(Position(1, 2))
    said = [
        view.steps.index(row).data(Qt.ItemDataRole.AccessibleTextRole).rpartition(", ")[2]
        for row in range(3)
    ]
    assert said == ["done", "now", "still to come"]


def test_the_lesson_says_the_scene_that_was_reached_last(window: MainWindow) -> None:
    view, session = lesson_of(window), window.session
    scenes = [scene for _, scene in view._scenes]
    assert len(scenes) > 2
    assert view.title.text() == "A single neuron learns"
    heard = []
    for step in range(len(session.timeline) + 1):
        session.seek(Position(1, step))
        if view.said() not in heard:
            heard.append(view.said())
    assert [scene.say for scene in scenes] == [
        text for text in heard if text in [scene.say for scene in scenes]
    ]
    session.to_start()
    english = view.text.text()
    session.set_language("zh_CN")
    assert view.text.text() != english


def marked_line(view: LessonView) -> str:
    rows = view.source.text().split("<tr")
    marked = [row for row in rows if "bgcolor" in row]
    return marked[0] if marked else ""


def test_the_line_of_the_acting_operation_is_marked(window: MainWindow) -> None:
    view, session = lesson_of(window), window.session
    assert view.source.isVisible()
    assert marked_line(view) == ""
    for step in session.timeline.steps:
        session.seek(Position(1, step.number))
        line = session.timeline.tape[step.node].line
        source = session.document.source
        if line is not None and step.kind is StepKind.FORWARD:
            assert source[line].split("=")[0].strip() in marked_line(view)


def test_a_selected_node_is_marked_in_the_source_and_shown_everywhere(window: MainWindow) -> None:
    view, session = lesson_of(window), window.session
    node = next(node for node in session.timeline.tape if node.op and node.op.name == "tanh")
    session.to_end()
    before = window.equation.widget().grab().toImage()
    session.select(node.id)
    assert "tanh" in marked_line(view)
    assert window.equation.widget().grab().toImage() != before


def test_a_node_clicked_on_the_stage_is_selected(qtbot: QtBot, window: MainWindow) -> None:
    session, stage = window.session, window.stage
    graph = session.graph
    assert graph is not None
    node = next(node for node in session.timeline.tape if node.op and node.op.name == "tanh")
    rect = graph.rect(node.id)
    assert rect is not None
    camera = stage.camera()
    x, y = rect.center
    place = QPoint(round(camera.x + camera.scale * x), round(camera.y + camera.scale * y))
    qtbot.mouseClick(stage, Qt.MouseButton.LeftButton, pos=place)
    assert session.selected == node.id


def test_every_step_of_the_published_example_can_be_shown(qtbot: QtBot) -> None:
    with shown(qtbot, example("mazur")) as window:
        session = window.session
        phases = set()
        for step in session.timeline.steps:
            session.seek(Position(1, step.number, 0.5))
            window.repaint()
            session.seek(Position(1, step.number))
            window.repaint()
            phases.add(step.phase)
        assert phases == set(Phase)
        assert not window.message_bar.isVisible()
