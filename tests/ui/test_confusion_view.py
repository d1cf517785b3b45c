from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from mlviz.learn import measure
from mlviz.learn.network import NetworkProgram
from mlviz.picture.items import Text
from mlviz.ui import lab_view
from mlviz.ui.confusion_view import ConfusionView
from tests.outcomes import curve, many_classes, two_classes
from tests.ui.labs import panel, settle
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


def counts(view: ConfusionView) -> np.ndarray:
    picture, program = view.canvas.picture, view.lab.program
    assert picture is not None
    assert isinstance(program, NetworkProgram)
    size = len(measure.classes(program))
    found = np.zeros((size, size), dtype=int)
    for true in range(size):
        for predicted in range(size):
            rect = picture.box(f"cell:{true}:{predicted}").rect
            texts = [i for i in picture.items if isinstance(i, Text) and rect.contains(i.x, i.y)]
            assert len(texts) == 1
            found[true, predicted] = int(str(texts[0].text))
    return found


def test_the_cells_count_the_examples_of_the_chosen_part(qtbot: QtBot) -> None:
    with panel(ConfusionView, many_classes(validation=0.4), 5) as view:
        program = view.lab.program
        assert isinstance(program, NetworkProgram)
        parameters = view.lab.parameters
        assert np.array_equal(counts(view), measure.confusion(program, parameters, "train"))
        view.parts.set_value("validation")
        assert np.array_equal(counts(view), measure.confusion(program, parameters, "validation"))
        assert counts(view).sum() == 24


def test_a_click_on_a_cell_lists_its_examples(qtbot: QtBot) -> None:
    with panel(ConfusionView, many_classes(), 1) as view:
        found = counts(view)
        true, predicted = np.unravel_index((found - 99 * np.eye(4)).argmax(), (4, 4))
        rect = view.canvas.rect_of(f"cell:{true}:{predicted}")
        assert rect is not None
        x, y = rect.center
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
        settle()
        model = view.table.shown
        assert model.rowCount() == found[true, predicted] > 0
        columns = [model.columns.index(name) for name in ("true", "answer")]
        for row in range(model.rowCount()):
            assert [model.index(row, c).data() for c in columns] == [str(true), str(predicted)]
        view.table.selectRow(0)
        assert view.lab.selected_row is not None


def test_the_arrow_keys_go_from_cell_to_cell(qtbot: QtBot) -> None:
    with panel(ConfusionView, two_classes(), 5) as view:
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
            qtbot.keyClick(view.canvas, key)
        assert view.canvas.current == "cell:1:1"
        assert "1" in view.note.text()
        qtbot.keyClick(view.canvas, Qt.Key.Key_Up)
        assert view.canvas.current == "cell:0:1"


def test_another_run_is_told_as_a_difference(qtbot: QtBot) -> None:
    with panel(ConfusionView, two_classes(), 30) as view:
        view.lab.keep()
        view.lab.run.advance(1)
        view.lab.seek(2)
        settle()
        picture = view.canvas.picture
        assert picture is not None
        texts = [str(item.text) for item in picture.items if isinstance(item, Text)]
        assert any("(" in text for text in texts)


def test_where_answers_are_numbers_it_says_that_there_is_no_matrix(qtbot: QtBot) -> None:
    with panel(ConfusionView, curve(), 1) as view:
        assert view.split.isHidden()
        assert "classes" in view.note.text()


def test_the_cell_is_forgotten_with_the_classes(qtbot: QtBot) -> None:
    with panel(ConfusionView, many_classes(), 1) as view:
        view._on_cell("cell:3:3")
        assert not view.table.isHidden()
        assert view.lab.edit(two_classes())
        view.lab.reset()
        settle()
        assert view.table.isHidden()
        assert counts(view).sum() == 40


def test_while_training_runs_it_stands_still_for_a_while_and_then_catches_up(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=100.0)
    clock.perf_counter = lambda: clock.now
    monkeypatch.setattr(lab_view, "time", clock)
    with panel(ConfusionView, two_classes(), 1) as view:
        view.refresh_now()
        settle()
        view.refresh_now()  # a scroll bar that has come or gone asks for another one
        before = view.canvas.picture
        view.lab._running = True
        view.lab.run.advance(30)
        clock.now += 0.9 / view.most_a_second
        view.lab._move_to(31)
        settle()
        assert view.canvas.picture is before
        clock.now += 0.2 / view.most_a_second
        view.request_refresh()
        settle()
        assert view.canvas.picture is not before
        view.lab._running = False


def test_the_panel_never_asks_for_more_room_than_it_has(qtbot: QtBot) -> None:
    with panel(ConfusionView, many_classes(), 4, (380, 460)) as view:
        for _ in range(5):
            view.refresh_now()
            settle()
            assert view.minimumSizeHint().width() <= 320
        view.resize(60 * 6, 460)
        settle()
        assert view.width() == 360
