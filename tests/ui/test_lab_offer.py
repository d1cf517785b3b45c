"""What the lab shows of an open file: its words, and only panels that have something to show."""

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mlviz.document.document import from_formula
from mlviz.picture.contour import training_loss
from mlviz.ui.formula_view import SLOPE, WAY, FormulaView
from mlviz.ui.lab_lesson import LabLessonView, has_words, told_document
from mlviz.ui.lab_window import LabWindow
from mlviz.ui.main_window import MainWindow
from tests.ui.labs import work_out
from tests.ui.windows import NO_SCREEN, example, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]

OF_NETWORKS = {"region", "neurons", "distributions", "waterfall", "studies", "predictions"}
OF_NETWORKS |= {"confusion", "gradients", "anatomy"}


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, example("dropout")) as made:
        yield made


def lab_of(window: MainWindow) -> LabWindow:
    window.session.set_face("lab")
    settle()
    assert window.faces.lab is not None
    return window.faces.lab


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def lesson_of(window: MainWindow) -> LabLessonView:
    view = lab_of(window).panel("lesson").view()
    assert isinstance(view, LabLessonView)
    view.refresh()
    return view


def formula_of(window: MainWindow) -> FormulaView:
    view = lab_of(window).panel("formula").view()
    assert isinstance(view, FormulaView)
    return view


def said(view: LabLessonView) -> str:
    return view.title.text() + view.about.text() + view.text.text()


def test_the_words_of_an_example_stand_in_the_lab_in_both_languages(window: MainWindow) -> None:
    view = lesson_of(window)
    assert lab_of(window).panel("lesson").isVisible()
    assert "half of the hidden outputs" in said(view)
    assert "Compare the variants" in said(view)
    window.session.set_language("zh_CN")
    view.refresh()
    assert "随机失活" in said(view)
    assert "比较各个变体" in said(view)


def test_the_words_go_once_the_network_is_another_and_come_back_with_undo(
    window: MainWindow,
) -> None:
    view, lab = lesson_of(window), window.session.lab
    network = lab.table.network
    assert network is not None
    assert lab.edit(replace(lab.table, network=replace(network, layers=network.layers[1:])))
    view.refresh()
    assert "Compare the variants" not in said(view)
    assert "Dropout" in view.title.text()  # it says from what it was begun
    lab.undo()
    view.refresh()
    assert "Compare the variants" in said(view)


def test_the_words_stay_with_the_variants_and_settings_of_their_file(window: MainWindow) -> None:
    lab = window.session.lab
    for variant in lab.opened.variants:
        assert lab.edit(variant.table)
        assert told_document(lab) is lab.opened
    assert lab.edit(replace(lab.table, iterations=77))
    assert told_document(lab) is lab.opened


def test_a_file_without_words_leaves_the_whole_column_to_the_recipe(window: MainWindow) -> None:
    lab = lab_of(window)
    assert lab.panel("recipe").height() < 0.8 * lab.height()
    bare = from_formula("y = (x - 1)**2", {"x": 3.0})
    assert not has_words(bare)
    window.session.open_document(bare)
    settle()
    assert lab.panel("lesson").isHidden()
    assert not lab.panel("lesson").toggleViewAction().isEnabled()
    window.session.open_document(example("xor"))
    settle()
    assert not lab.panel("lesson").isHidden()


def test_a_lesson_that_was_closed_stays_closed(window: MainWindow) -> None:
    lab = lab_of(window)
    lab.panel("lesson").close()
    window.session.open_document(example("xor"))
    settle()
    assert lab.panel("lesson").isHidden()


def test_of_a_formula_only_panels_are_there_that_have_something_to_show(
    qtbot: QtBot, window: MainWindow
) -> None:
    lab = lab_of(window)
    assert lab.panel("formula").isHidden()
    window.session.open_document(example("slope"))
    settle()
    assert all(lab.panel(name).isHidden() for name in OF_NETWORKS)
    assert lab.panel("formula").isVisible()
    lab.bring("region")
    assert lab.panel("region").isHidden()
    window.session.open_document(example("xor"))
    settle()
    assert not any(lab.panel(name).isHidden() for name in OF_NETWORKS)
    assert lab.panel("formula").isHidden()


def test_what_had_nothing_to_show_is_not_remembered_as_hidden(
    qtbot: QtBot, window: MainWindow
) -> None:
    lab = lab_of(window)
    window.session.open_document(example("slope"))
    settle()
    places = window.faces.places()
    assert lab.panel("region").isHidden()
    with shown(qtbot, example("xor")) as again:
        again.faces.remember(places)
        other = lab_of(again)
        assert not other.panel("region").isHidden()
        assert other.panel("formula").isHidden()


def test_the_parameters_of_a_formula_stand_in_the_lab_with_their_way(window: MainWindow) -> None:
    window.session.open_document(example("slope"))
    view, lab = formula_of(window), window.session.lab
    lab.run.advance(20)
    lab.seek(lab.run.head)
    view.refresh_now()
    work_out(window.session)
    x = float(lab.parameters["x"])
    name, value, slope = view.cells[1]
    assert (name.text(), float(value.text()), float(slope.text())) == (
        "x",
        pytest.approx(x, rel=1e-3),
        pytest.approx(2 * x, rel=1e-3),
    )
    assert list(view.course.at) == list(range(1, 22))
    assert view.course.values()[0, 0] == 1.5
    assert view.course.values()[-1, 0] == x


def test_the_only_parameter_of_a_formula_is_shown_on_the_curve_of_its_loss(
    window: MainWindow,
) -> None:
    window.session.open_document(example("slope"))
    view, lab = formula_of(window), window.session.lab
    assert view.shows == WAY
    view.choices[SLOPE].click()
    assert view.shows == SLOPE
    xs, ys = view._loss_line.getData()
    assert np.allclose(ys, xs**2)
    at, loss = view._here.getData()
    assert at[0] == lab.parameters["x"]
    assert loss[0] == training_loss(lab.program, lab.parameters)
    ends, heights = view._tangent.getData()
    assert (heights[1] - heights[0]) / (ends[1] - ends[0]) == pytest.approx(3.0)


def test_a_formula_that_is_not_trained_shows_its_values_and_no_plot(window: MainWindow) -> None:
    window.session.open_document(example("matmul"))
    view = formula_of(window)
    settle()
    view.refresh_now()
    assert len(view.cells) > 7
    assert view.plot.isHidden()
    assert view.cells[1][1].text() == "1.000"
