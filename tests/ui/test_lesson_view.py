from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from mlviz.document.document import from_formula
from mlviz.document.formula_file import ZERO_WIDTH
from mlviz.picture.items import Role
from mlviz.trace.steps import Position
from mlviz.ui.lesson_view import LessonView, breakable
from mlviz.ui.session import Session
from mlviz.ui.theme import stylesheet
from tests.ui.pixels import pixels


def test_a_long_line_of_source_may_be_broken_behind_its_signs_and_is_read_back_the_same() -> None:
    line = "prediction = learned_weight_of_x*measured_temperature**2"
    shown = breakable(line)
    assert f"*{ZERO_WIDTH}measured" in shown
    assert f"**{ZERO_WIDTH}" not in shown
    leaves = {"learned_weight_of_x": 2.0, "measured_temperature": 3.0}
    assert from_formula(shown, leaves).source == from_formula(line, leaves).source


def test_a_short_line_stays_as_it_is() -> None:
    assert breakable("L = (tanh(z) - t)**2") == "L = (tanh(z) - t)**2"


def rows_with_words(image: QImage, grounds: list[QColor]) -> list[bool]:
    """Tell of each row of pixels whether there is anything but its ground."""
    seen = pixels(image)
    plain = np.isin(seen, [colour.rgb() & 0xFFFFFF for colour in grounds])
    return [not row for row in plain.all(axis=1)]


@pytest.mark.parametrize("name", ["entropy", "mse", "tanh-neuron"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_lesson_that_is_scrolled_cuts_no_line_and_shows_the_line_that_runs(
    make_session: Callable[..., Session], qtbot: QtBot, name: str, language: str
) -> None:
    session = make_session(name)
    session.set_language(language)
    view = LessonView(session)
    view.setStyleSheet(stylesheet(session.theme))
    qtbot.addWidget(view)
    view.show()
    colours = [session.theme.colour(Role.PANEL), QColor(session.theme.button)]
    scrolled = 0
    for height in range(150, 420, 19):
        view.resize(225, height)
        for step in session.timeline.steps[::3]:
            session.seek(Position(1, step.number))
            if not view.verticalScrollBar().maximum():
                continue
            scrolled += view.verticalScrollBar().value() > 0
            image = view.viewport().grab().toImage()
            words = rows_with_words(image, colours)
            assert not words[0]
            assert not words[-1]
            marked = (pixels(image)[:, 25] == (colours[1].rgb() & 0xFFFFFF)).sum()
            line = session.timeline.tape[step.node].line
            assert line is None or marked >= 16
    assert scrolled


def test_a_lesson_that_has_room_is_not_scrolled(
    make_session: Callable[..., Session], qtbot: QtBot
) -> None:
    session = make_session("entropy")
    view = LessonView(session)
    qtbot.addWidget(view)
    view.show()
    view.resize(225, 200)
    session.to_end()
    assert view.verticalScrollBar().value() > 0
    view.resize(225, 900)
    assert view.verticalScrollBar().value() == 0
    assert not any(end.isVisible() for end in view._covers.ends)
