"""In front of a class: the screen, the clicker's keys, and the window afterwards."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from pytestqt.qtbot import QtBot

from mlviz import settings
from mlviz.document.scenes import scene_steps
from mlviz.picture.player import stops
from mlviz.settings import Settings
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.caption_view import letters_for
from mlviz.ui.main_window import MainWindow
from tests.ui.windows import NO_SCREEN, example, neuron, play_out, shown, twice

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]

KEY = Qt.Key


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, neuron()) as made:
        yield made


@pytest.fixture
def lesson(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, example("mazur")) as made:
        made.lecture.enter()
        yield made


def seen(window: MainWindow) -> dict[str, object]:
    """Everything about a window that a lecture changes."""
    return {
        "geometry": window.geometry(),
        "state": window.windowState(),
        "scale": window.session.scale,
        "bar": window.top_bar.isVisible(),
        "stage": window.stage.geometry(),
        "panels": {
            dock.objectName(): (dock.isFloating(), dock.geometry())
            for dock in window.docks
            if dock.isVisible()
        },
        "explain": window.actions_table["explain"].isChecked(),
        "minimap": window.tools.minimap.wanted,
        "focus": window.focusWidget(),
    }


def settle() -> None:
    for _ in range(5):
        QCoreApplication.processEvents()


@pytest.mark.parametrize("way_out", [KEY.Key_F5, KEY.Key_Escape])
def test_afterwards_the_window_is_exactly_as_it_was(
    qtbot: QtBot, window: MainWindow, way_out: Qt.Key
) -> None:
    window.resize(1300, 760)
    window.curve.hide()
    window.parameters.setFloating(True)
    window.resizeDocks([window.lesson], [333], Qt.Orientation.Horizontal)
    settle()
    before = seen(window)
    qtbot.keyClick(window, KEY.Key_F5)
    settle()
    assert window.isFullScreen()
    assert not window.top_bar.isVisible()
    qtbot.keyClick(window, KEY.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, KEY.Key_4)
    settle()
    assert seen(window) != before
    qtbot.keyClick(window, way_out)
    settle()
    assert seen(window) == before


def test_only_what_was_chosen_is_shown(qtbot: QtBot, lesson: MainWindow) -> None:
    lecture = lesson.lecture

    def shown_panels() -> set[str]:
        return {dock.objectName() for dock in lesson.docks if dock.isVisible()}

    settle()
    assert shown_panels() == set()
    assert lesson.stage.isVisible()
    assert lecture.caption.isVisible()
    qtbot.keyClick(lesson, KEY.Key_5)
    assert shown_panels() == {"parameters"}
    tall = lecture.caption.height()
    qtbot.keyClick(lesson, KEY.Key_2)
    assert 0 < lecture.caption.height() < tall
    qtbot.keyClick(lesson, KEY.Key_1)
    assert not lecture.caption.isVisible()
    assert lecture.panels == ("parameters",)


def test_a_formula_is_shown_in_one_place_only(qtbot: QtBot, lesson: MainWindow) -> None:
    caption = lesson.lecture.caption
    lesson.session.seek(Position(1, 12))
    assert caption.formula() is not None
    tall = caption.height()
    qtbot.keyClick(lesson, KEY.Key_3)
    assert lesson.equation.isVisible()
    assert caption.formula() is None
    assert caption.height() < tall
    qtbot.keyClick(lesson, KEY.Key_3)
    assert caption.formula() is not None
    assert caption.height() == tall


def test_tools_of_one_person_are_not_shown_to_a_class(lesson: MainWindow) -> None:
    tools = (lesson.check_badge, lesson.stage_area.switch)
    assert not any(tool.isVisible() for tool in tools)
    lesson.lecture.leave()
    assert all(tool.isVisible() for tool in tools)


def test_the_graph_takes_the_room_of_the_headline_and_the_keys(lesson: MainWindow) -> None:
    lesson.lecture.enter()
    stage = lesson.stage
    assert stage.area.height > stage.height() - 40 * lesson.session.scale
    lesson.lecture.leave()
    assert stage.area.height < stage.height() - 80 * lesson.session.scale


def test_without_a_lecture_its_keys_do_nothing(qtbot: QtBot, window: MainWindow) -> None:
    before = seen(window)
    for key in (KEY.Key_1, KEY.Key_3, KEY.Key_Escape):
        qtbot.keyClick(window, key)
    assert seen(window) == before


def test_escape_selects_nothing_again_once_the_lecture_is_over(
    qtbot: QtBot, lesson: MainWindow
) -> None:
    qtbot.keyClick(lesson, KEY.Key_Escape)
    lesson.session.select(3)
    lesson.stage.setFocus()
    qtbot.keyClick(lesson.stage, KEY.Key_Escape)
    assert lesson.session.selected is None


def test_a_clicker_goes_through_every_scene_and_back(qtbot: QtBot, lesson: MainWindow) -> None:
    session = lesson.session
    scenes = [step for step, _ in scene_steps(session.document, session.timeline)]
    expected = stops(session.timeline, scenes)
    assert set(scenes) <= set(expected)
    passed = [session.position.step]
    for _ in expected[1:]:
        qtbot.keyClick(lesson, KEY.Key_PageDown)
        play_out(session)
        passed.append(session.position.step)
    assert tuple(passed) == expected
    for stop in reversed(expected[:-1]):
        qtbot.keyClick(lesson, KEY.Key_PageUp)
        assert session.position == Position(1, stop)


def test_a_clicker_pressed_on_the_way_arrives_at_once(qtbot: QtBot, lesson: MainWindow) -> None:
    session = lesson.session
    qtbot.keyClick(lesson, KEY.Key_PageDown)
    session.advance(0.3)
    assert session.moving
    qtbot.keyClick(lesson, KEY.Key_PageDown)
    assert not session.moving
    first = stops(session.timeline, [s for s, _ in scene_steps(session.document, session.timeline)])
    assert session.position == Position(1, first[1])


def test_a_long_way_takes_a_few_seconds(qtbot: QtBot, lesson: MainWindow) -> None:
    lesson.session.run_to(Position(1, len(lesson.session.timeline)))
    assert play_out(lesson.session, frame=0.1) <= 31


def test_home_leads_back_to_the_same_numbers_to_the_last_bit(
    qtbot: QtBot, lesson: MainWindow
) -> None:
    session = lesson.session

    def numbers(timeline: Timeline) -> list[bytes]:
        made = [np.asarray(node.value).tobytes() for node in timeline.tape]
        made += [each.downstream.tobytes() for each in timeline.contributions]
        return made + [update.after.tobytes() for update in timeline.updates]

    level, before = session.level, numbers(session.timeline)
    assert session.what_if.set(2, 2.5)
    assert session.what_if.set(3, -1.0)
    session.what_if.undo()
    assert numbers(session.timeline) != before
    qtbot.keyClick(lesson, KEY.Key_Home)
    assert numbers(session.timeline) == before
    session.set_iteration(7)
    session.set_level("operations")
    session.select(2)
    session.open("tanh-neuron")
    session.wait_for_layout()
    lesson.stage.zoom(3.0)
    qtbot.keyClick(lesson, KEY.Key_Home)
    assert session.document.name == "mazur"
    assert (session.level, session.position, session.selected) == (level, Position(1, 0), None)
    assert numbers(session.timeline) == before
    assert lesson.stage.follow


def test_behind_the_black_nothing_moves(qtbot: QtBot, lesson: MainWindow) -> None:
    session, blank = lesson.session, lesson.lecture.blank
    session.play()
    qtbot.keyClick(lesson, KEY.Key_B)
    assert blank.isVisible()
    assert blank.size() == lesson.size()
    assert not session.playing
    at = session.position
    qtbot.keyClick(blank, KEY.Key_PageDown)
    assert not blank.isVisible()
    assert session.position == at
    assert not session.moving
    assert lesson.lecture.active
    qtbot.keyClick(lesson, KEY.Key_B)
    qtbot.keyClick(blank, KEY.Key_B)
    assert not blank.isVisible()
    image = lesson.grab().toImage()
    assert image.pixelColor(image.width() // 2, 20).lightness() > 100


@pytest.mark.parametrize("height", [720, 768, 900, 1080, 2160])
def test_letters_can_be_read_from_the_last_row(height: int) -> None:
    for scale in (0.5, 1.0, 3.0):
        assert letters_for(height, scale, 1.0) * 30 >= height
    assert letters_for(height, 2.0, 1.0) > letters_for(height, 1.0, 1.0)


def test_the_formula_fits_at_every_step(lesson: MainWindow) -> None:
    session, view = lesson.session, lesson.lecture.caption
    settle()
    for number in range(1, len(session.timeline) + 1):
        kinds = set()
        for progress in (0.1, 1.0):
            session.seek(Position(1, number, progress))
            formula = view.formula()
            assert formula is not None, number
            assert formula.width <= view.width() - 1.5 * view.letters
            kinds.add(formula.tex.count("="))
        assert len(kinds) == 1, "the formula changes its form while it is computed"


def test_the_lecturers_line_follows_the_scenes(lesson: MainWindow) -> None:
    session, view = lesson.session, lesson.lecture.caption
    for step, scene in scene_steps(session.document, session.timeline):
        session.seek(Position(1, step))
        assert view.said() == " ".join(scene.say.in_language("en").split())
        assert view.said() in view.accessibleDescription()


def test_where_nothing_is_said_there_is_no_empty_line(qtbot: QtBot) -> None:
    with shown(qtbot, twice()) as window:
        window.lecture.enter()
        tall = window.lecture.caption.height()
        qtbot.keyClick(window, KEY.Key_2)
        assert window.lecture.caption.height() == tall


def test_the_pointer_hides_when_it_rests(lesson: MainWindow) -> None:
    lecture = lesson.lecture
    QCursor.setPos(lesson.mapToGlobal(QPoint(300, 400)))
    lecture.look()
    assert lecture.bar.isVisible()
    for _ in range(20):
        lecture.look()
    assert not lecture.bar.isVisible()
    pointer = QGuiApplication.overrideCursor()
    assert pointer is not None
    assert pointer.shape() is Qt.CursorShape.BlankCursor
    QCursor.setPos(lesson.mapToGlobal(QPoint(320, 400)))
    lecture.look()
    assert QGuiApplication.overrideCursor() is None
    assert lecture.bar.isVisible()
    lecture.leave()
    assert not lecture.bar.isVisible()


def test_closed_in_a_lecture_the_window_is_remembered_as_it_was_before(
    qtbot: QtBot, settings_dir: object
) -> None:
    with shown(qtbot, neuron(), Settings(language="en", theme="light", scale=1.1)) as window:
        window.resize(1200, 800)
        window.lecture.enter()
        qtbot.keyClick(window, KEY.Key_6)
        window.session.set_scale(1.75)
        window.close()
        assert QGuiApplication.overrideCursor() is None
        kept, _ = settings.load()
        assert kept.scale == 1.1
        assert kept.lecture_scale == 1.75
        assert kept.lecture_panels == ("caption", "notes", "time")
        assert not window.isFullScreen()
