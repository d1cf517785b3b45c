"""The lesson and the list of steps: who gets how much of the left column."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mlviz.document.document import from_formula
from mlviz.document.examples import find
from mlviz.trace.steps import Position
from mlviz.ui.lesson_view import LessonView
from mlviz.ui.main_window import MainWindow
from tests.ui.windows import NO_SCREEN, neuron, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, neuron()) as made:
        yield made


def path(name: str) -> Path:
    return find(name)


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def lesson(window: MainWindow) -> LessonView:
    view = window.lesson.widget()
    assert isinstance(view, LessonView)
    return view


def test_every_text_of_a_lesson_and_its_source_are_seen_without_scrolling(
    window: MainWindow,
) -> None:
    for name in ("slope", "entropy", "tanh-neuron", "chain-rule"):
        assert window.session.open(path(name))
        settle()
        for step in range(len(window.session.timeline) + 1):
            window.session.seek(Position(1, step))
            settle()
            assert lesson(window).verticalScrollBar().maximum() == 0, (name, step)


def test_a_border_that_somebody_moved_stays_where_it_is(window: MainWindow) -> None:
    assert window.session.open(path("slope"))
    settle()
    total = window.lesson.height() + window.steps.height()
    high = round(0.8 * total)
    docks = [window.lesson, window.steps]
    window.resizeDocks(docks, [high, total - high], Qt.Orientation.Vertical)
    settle()
    moved = window.lesson.height()
    assert window.session.open(path("twice"))
    settle()
    assert window.lesson.height() == moved
    assert not window.left_share.is_ours
    window.reset_layout()
    settle()
    assert window.left_share.is_ours
    assert window.lesson.height() != moved


def test_the_marked_line_of_a_long_source_is_scrolled_to(window: MainWindow) -> None:
    lines = ["a0 = x*x", *(f"a{k} = a{k - 1}*x" for k in range(1, 20))]
    window.session.open_document(from_formula("\n".join(lines), {"x": 1.1}))
    window.resize(1024, 520)
    settle()
    view, timeline = lesson(window), window.session.timeline
    assert view.verticalScrollBar().maximum() > 0
    for step in timeline.steps:
        window.session.seek(Position(1, step.number))
        settle()
        line = timeline.tape[step.node].line
        assert line is not None
        high = view.source.height() / len(lines)
        y = view.source.y() + (line + 0.5) * high - view.verticalScrollBar().value()
        assert step.number == 1 or 0 < y < view.viewport().height(), step.number


@pytest.mark.parametrize(("name", "high"), [("tanh-neuron", 560), ("mse", 600)])
def test_the_line_that_runs_is_whole_whatever_the_lesson_says_above_it(
    window: MainWindow, name: str, high: int
) -> None:
    assert window.session.open(path(name))
    window.resize(1024, high)
    settle()
    view = lesson(window)
    fill = QColor(window.session.theme.button)
    seen = 0
    for step in range(1, len(window.session.timeline) + 1):
        window.session.seek(Position(1, step))
        image = view.source.grab().toImage()
        marked = [y for y in range(image.height()) if image.pixelColor(1, y) == fill]
        if marked:
            top = view.source.y() - view.verticalScrollBar().value()
            assert top + marked[0] >= 0, step
            assert top + marked[-1] < view.viewport().height(), step
            seen += 1
    assert seen > 3
