"""The chain rule, the function and the parameters: who gets how much of the right column."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mlviz.document.examples import find
from mlviz.ui.main_window import MainWindow
from mlviz.ui.parameter_view import ParameterView
from mlviz.ui.steps_view import StepsView
from tests.ui.windows import NO_SCREEN, neuron, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, neuron()) as made:
        settle()
        yield made


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


def heights(window: MainWindow) -> list[int]:
    return [dock.height() for dock in window.right]


def test_the_chain_rule_has_the_room_of_a_panel_with_no_function_to_draw(
    window: MainWindow,
) -> None:
    usual = heights(window)
    assert window.session.open(find("linear-xor"))  # nothing in it is a function of one number
    settle()
    free = heights(window)
    assert free[0] > usual[0] + 40
    assert free[1] < usual[1] - 40
    assert abs(free[2] - usual[2]) <= 2
    assert window.session.open(find("tanh-neuron"))
    settle()
    assert all(abs(a - b) <= 2 for a, b in zip(heights(window), usual, strict=True))


def test_it_stays_so_when_the_window_gets_another_height(window: MainWindow) -> None:
    assert window.session.open(find("linear-xor"))
    settle()
    window.resize(1440, 800)
    settle()
    low = window.curve.height()
    window.resize(1440, 900)
    settle()
    assert window.curve.height() == low
    window.reset_layout()
    settle()
    assert window.curve.height() == low


def test_borders_that_somebody_moved_stay_where_they_are(window: MainWindow) -> None:
    docks = list(window.right)
    total = sum(heights(window))
    moved = [total // 3, total // 3, total - 2 * (total // 3)]
    window.resizeDocks(docks, moved, Qt.Orientation.Vertical)
    settle()
    before = heights(window)
    assert window.session.open(find("linear-xor"))
    settle()
    assert heights(window) == before


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (1103, 701)])
def test_lists_beside_the_stage_show_whole_rows_alone(
    window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    assert window.session.open(find("xor"))
    settle()
    table = window.parameters.widget()
    steps = window.steps.widget()
    assert isinstance(table, ParameterView)
    assert isinstance(steps, StepsView)
    for view, row in (
        (table.table, table.table.rowHeight(0)),
        (steps, steps.visualRect(steps.steps.index(0)).height()),
    ):
        assert view.viewport().height() >= row
        assert view.viewport().height() % row == 0
