"""The panel of studies: done in slices, cancelled, its dots opened in the lab and undone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mlviz.document.schema import FileTable
from mlviz.document.studies import STUDIES
from mlviz.picture.study_lines import LOSS, METRIC, WEIGHTS
from mlviz.ui.study_view import FITS, NUMBERS, StudiesView
from tests.outcomes import curve, recipe, two_classes
from tests.ui.labs import panel, settle, work_out
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN

MOONS = two_classes(validation=0.25, test=0.25)


def fill(view: StudiesView, **texts: str) -> None:
    for name, text in texts.items():
        view.form.fields[name].edit.setText(text)


def do(view: StudiesView, name: str, **texts: str) -> None:
    """Do a study to its end."""
    view.form.choose(name)
    fill(view, **texts)
    view.start()
    work_out(view.session)
    view.refresh_now()


def test_a_study_fills_plot_and_table_and_says_what_came_of_it() -> None:
    with panel(StudiesView, MOONS) as view:
        assert view.told.text().startswith("Everything else follows the recipe")
        do(view, "weight_decay", values="0, 0.01, 0.1", epochs="5")
        assert [each.case.setting for each in view.results] == [0.0, 0.01, 0.1]
        assert [line.name for line in view.plot.found.lines] == ["train", "validation", "test"]
        assert view.told.text().startswith("Lowest validation loss")
        view.choices[WEIGHTS].click()
        assert [line.name for line in view.plot.found.lines] == ["length"]
        view.choices[METRIC].click()
        assert not view.log_button.isVisibleTo(view)
        view.choices[NUMBERS].click()
        assert view.stack.currentWidget() is view.numbers
        assert view.numbers.table.rowCount() == 3
        item = view.numbers.table.item(2, 0)
        assert item is not None
        assert item.text() == "0.1"


def test_a_dot_opens_its_training_in_the_lab_and_undo_goes_back() -> None:
    with panel(StudiesView, MOONS, iterations=4) as view:
        lab = view.lab
        before, table, cursor = lab.run, lab.table, lab.cursor
        do(view, "dropout", values="0, 0.5", epochs="6")
        assert lab.run is before
        dot = view.plot.found.dots[1]
        view.plot.clicked.emit(dot.x, dot.y)
        result = view.results[1]
        assert lab.run is result.trained.run
        assert lab.table == result.case.table
        assert lab.cursor == result.trained.iteration == lab.run.head
        assert lab.trials.shown.name == "Dropout 0.5"
        assert lab.other is before
        assert lab.parameters.keys() == result.trained.parameters.keys()
        lab.undo()
        assert (lab.run, lab.table, lab.cursor) == (before, table, cursor)
        lab.redo()
        assert lab.run is result.trained.run
        lab.undo()
        view.plot.clicked.emit(dot.x, dot.y)
        assert lab.run is result.trained.run


def test_a_run_that_was_opened_goes_on_where_the_study_ended() -> None:
    with panel(StudiesView, MOONS) as view:
        do(view, "l1", values="0.05", epochs="5")
        view.open_result(0, view.results[0].trained.iteration)
        assert view.lab.other is None  # what was shown before has no curves
        head = view.lab.run.head
        view.lab.one_iteration()
        assert view.lab.run.head == head + 1


def test_a_row_of_the_table_opens_its_training_with_return() -> None:
    with panel(StudiesView, MOONS) as view:
        do(view, "move", values="0, 1", epochs="4")
        view.choices[NUMBERS].click()
        table = view.numbers.table
        table.setCurrentCell(1, 0)
        table.itemActivated.emit(table.item(1, 0))
        assert view.lab.run is view.results[1].trained.run
        data = view.lab.table.data
        assert data is not None
        assert data.test_shift == 1.0


def test_cancelling_keeps_what_was_computed() -> None:
    with panel(StudiesView, MOONS) as view:
        view.form.choose("examples")
        fill(view, values="5, 10, 20", epochs="60", repeats="4")
        view.start()
        assert view.progress.isVisibleTo(view)
        assert view.form.cancel_button.isVisibleTo(view)
        while len(view.results) < 2:
            view.session.lab.work.advance(0.002)
        view.form.cancel_button.click()
        kept = len(view.results)
        assert 2 <= kept < 12
        assert not view.session.lab.work.busy
        assert view.told.text().startswith(f"Cancelled; finished trainings: {kept}")
        assert view.form.start_button.isVisibleTo(view)
        assert view.plot.found.lines


def test_a_study_is_done_a_little_at_a_time() -> None:
    with panel(StudiesView, MOONS) as view:
        view.form.choose("l1")
        fill(view, values="0, 0.1", epochs="400")
        view.start()
        view.session.lab.work.advance(0.001)
        assert view.session.lab.work.busy
        assert view.results == []
        assert work_out(view.session) > 3


@pytest.mark.parametrize(
    ("name", "field", "typed"),
    [
        ("degree", "values", "1, two"),
        ("degree", "values", "2.5"),
        ("dropout", "values", "1.5"),
        ("dropout", "values", ""),
        ("l1", "epochs", "0"),
        ("l1", "repeats", "1000"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(name: str, field: str, typed: str) -> None:
    with panel(StudiesView, MOONS) as view:
        view.form.choose(name)
        fill(view, **{field: typed})
        view.start()
        assert view.form.fields[field].problem is not None
        assert not view.session.lab.work.busy


def test_a_study_that_is_not_possible_says_why() -> None:
    with panel(StudiesView, MOONS) as view:
        view.form.choose("bias")
        assert not view.form.start_button.isEnabled()
        assert "true function" in view.form.about.text()
        view.form.choose("l1")
        assert view.form.start_button.isEnabled()


def test_fitted_curves_show_the_chosen_degree_and_any_other() -> None:
    with panel(StudiesView, curve(validation=0.3, count=20)) as view:
        do(view, "degree", values="1, 2, 3", epochs="30")
        view.choices[FITS].click()
        assert view.stack.currentWidget() is view.fits
        assert view.setting_chooser.count() == 3
        x, y = view.fits.chosen.getData()
        view.setting_chooser.setCurrentIndex(0)
        view.setting_chooser.activated.emit(0)
        other = view.fits.chosen.getData()[1]
        assert len(x) == 200
        assert (view.results[0].answers == other).all()
        assert (y != other).any() or view.results[0].answers is None


def test_bias_and_variance_are_drawn_with_the_true_function() -> None:
    with panel(StudiesView, recipe(1, [1], "mse_loss", {"set": "polynomial"})) as view:
        do(view, "bias", values="1, 3", epochs="20", repeats="3")
        names = [line.name for line in view.plot.found.lines]
        assert names == ["error", "bias", "variance", "noise"]
        assert not view.choices[METRIC].isVisibleTo(view)
        view.choices[FITS].click()
        assert view.fits.truth.isVisible()


def test_patience_is_changed_without_training_again() -> None:
    with panel(StudiesView, curve(validation=0.4, count=20)) as view:
        do(view, "stopping", patience="1", epochs="120")
        run = view.results[0].trained.run
        view.form.fields["patience"].edit.setText("100")
        view.form.patience_changed.emit()
        first = view.told.text()
        view.form.fields["patience"].stepped.emit("patience", 50)
        assert view.results[0].trained.run is run
        assert first
        view.plot.clicked.emit(60.0, 0.1)
        assert view.lab.run is run
        assert view.lab.cursor == 61


def test_another_recipe_is_noticed() -> None:
    with panel(StudiesView, MOONS) as view:
        do(view, "l1", values="0", epochs="3")
        assert "changed" not in view.told.text()
        view.open_result(0, 4)
        assert "changed" not in view.told.text()
        table: FileTable = two_classes(validation=0.3, count=50)
        assert view.lab.edit(table)
        view.refresh_now()
        assert "changed" in view.told.text()


def test_words_follow_the_language_and_every_study_has_them() -> None:
    with panel(StudiesView, MOONS) as view:
        do(view, "rotate", values="0, 90", epochs="3")
        view.session.set_language("zh_CN")
        settle()
        assert view.form.start_button.text() == "开始"
        assert view.told.text().startswith("测试")
        for name in STUDIES:
            view.form.choose(name)
            assert "study." not in view.form.about.text()
            assert view.form.chooser.currentText()


def test_the_pointer_reads_exact_values() -> None:
    with panel(StudiesView, MOONS) as view:
        do(view, "dropout", values="0, 0.5", epochs="3", repeats="2")
        lines = view.plot.read(0.45, 0.0)
        assert lines[0] == "dropout 0.5"
        assert repr(float(view.plot.found.lines[0].y[1])) in lines[1]
        assert "±" in lines[1]


def test_the_start_button_is_pressed_by_keyboard() -> None:
    with panel(StudiesView, MOONS) as view:
        view.form.choose("l1")
        fill(view, values="0", epochs="2")
        QTest.keyClick(view.form.start_button, Qt.Key.Key_Space)
        assert view.session.lab.work.busy
        work_out(view.session)
        assert view.choices[LOSS].isChecked()
