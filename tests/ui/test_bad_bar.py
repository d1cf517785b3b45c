"""The notice of the first bad number: when it is there, what it says, where it leads."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mlviz.document.document import from_formula
from mlviz.trace.steps import Position
from mlviz.ui.main_window import MainWindow
from mlviz.ui.step_bar import StepBar
from tests.ui.windows import NO_SCREEN, neuron, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    document = from_formula("a = x*x; b = log(a); L = b*2", {"x": 1.0})
    with shown(qtbot, document) as made:
        yield made


def test_it_is_there_as_long_as_there_is_a_bad_number(window: MainWindow) -> None:
    assert not window.bad_bar.isVisible()
    window.session.what_if.set(0, 0.0)
    assert window.bad_bar.isVisible()
    assert window.bad_bar.label.text() == (
        "First bad number: b is −inf at step 2: the logarithm of 0 is −inf."
    )
    window.session.set_language("zh_CN")
    assert "0 的对数是 −inf" in window.bad_bar.label.text()
    window.session.what_if.undo()
    assert not window.bad_bar.isVisible()


def test_it_jumps_to_the_operation(qtbot: QtBot, window: MainWindow) -> None:
    window.session.what_if.set(0, 0.0)
    qtbot.mouseClick(window.bad_bar.jump_button, Qt.MouseButton.LeftButton)
    assert window.session.position == Position(1, 2)
    selected = window.session.selected
    assert selected is not None
    assert window.session.timeline.tape[selected].name == "b"


def test_the_time_bar_is_marked(window: MainWindow) -> None:
    bar = window.findChild(StepBar)
    assert isinstance(bar, StepBar)
    before = bar.grab().toImage()
    window.session.what_if.set(0, 1e-200)  # its square is 0
    assert "First bad number: step 2" in bar.tip(10)
    assert bar.grab().toImage() != before


def test_from_an_iteration_that_began_bad_it_leads_to_the_one_that_made_it(
    qtbot: QtBot,
) -> None:
    with shown(qtbot, neuron()) as window:
        session = window.session
        leaf = next(n.id for n in session.timeline.tape if n.name == "t")
        session.seek(Position(2, 0))
        session.what_if.set(leaf, 1.7e308)
        session.set_iteration(5)
        assert "iteration 2" in window.bad_bar.label.text()
        window.bad_bar.jump()
        assert session.position.iteration == 2
        assert session.position.step > 0
