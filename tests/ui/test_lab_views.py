"""The panels of the lab: what they show, and what their controls do."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mlviz.document.document import Document
from mlviz.document.fitting import with_data, with_optimizer
from mlviz.document.recipe import (
    rebuilt,
    with_activation,
    with_batch_size,
    with_training,
    with_units,
)
from mlviz.picture.items import Role
from mlviz.ui.fields import ChoiceField, NumberField
from mlviz.ui.lab import Lab
from mlviz.ui.lab_bar import LabBar
from mlviz.ui.lab_notice import LabNotice
from mlviz.ui.loss_view import BATCH, LossView
from mlviz.ui.main_window import MainWindow
from mlviz.ui.rate_field import RateField, place_of, rate_of
from mlviz.ui.recipe_view import RecipeView
from mlviz.ui.runs_view import RunsView
from mlviz.ui.stale_veil import StaleVeil
from tests.outcomes import two_classes
from tests.ui import labs
from tests.ui.pixels import count, has
from tests.ui.windows import NO_SCREEN, example, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, example("xor")) as made:
        made.session.set_face("lab")
        settle()
        yield made


@pytest.fixture
def lab(window: MainWindow) -> Lab:
    return window.session.lab


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def reach(lab: Lab, iteration: int) -> None:
    lab.seek(iteration)
    while lab.running:
        lab.advance(0.016)
    settle()


def panel(window: MainWindow, name: str):  # type: ignore[no-untyped-def]
    assert window.faces.lab is not None
    return window.faces.lab.panel(name).view()


def typed(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.edit.setFocus()
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, text)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    settle()


# --- The run bar -----------------------------------------------------------------------------


def test_the_buttons_of_the_run_bar_train_and_reset(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    bar: LabBar = panel(window, "run-bar")
    qtbot.mouseClick(bar.iteration_button, LEFT)
    qtbot.mouseClick(bar.epoch_button, LEFT)
    assert lab.run.head == 3
    settle()
    assert bar.numbers["iteration"].text() == "3"
    assert bar.numbers["epoch"].text() == "2"
    assert bar.numbers["rate"].text() == "1.000"
    qtbot.mouseClick(bar.train_button, LEFT)
    assert lab.running
    settle()
    assert bar.train_button.accessibleName() == "Pause"
    qtbot.mouseClick(bar.train_button, LEFT)
    assert not lab.running
    qtbot.mouseClick(bar.reset_button, LEFT)
    settle()
    assert bar.numbers["iteration"].text() == "1"
    assert bar.status.text() == "Nothing trained yet. Press Space."


def test_the_readouts_do_not_change_their_width(window: MainWindow, lab: Lab) -> None:
    bar: LabBar = panel(window, "run-bar")
    before = [bar.numbers[name].geometry() for name in bar.numbers]
    reach(lab, 250)
    assert [bar.numbers[name].geometry() for name in bar.numbers] == before


def test_a_click_on_the_scrubber_goes_there_and_a_drag_follows(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    reach(lab, 301)
    scrubber = panel(window, "run-bar").scrubber
    at = QPoint(round(scrubber.x_of(100)), scrubber.height() // 2)
    qtbot.mouseClick(scrubber, LEFT, pos=at)
    assert abs(lab.cursor - 100) <= 1
    qtbot.mousePress(scrubber, LEFT, pos=at)
    to = QPoint(round(scrubber.x_of(200)), at.y())
    qtbot.mouseMove(scrubber, to)
    qtbot.mouseRelease(scrubber, LEFT, pos=to)
    assert lab.run.head == 301


def test_the_bar_names_what_was_changed_and_where(window: MainWindow, lab: Lab) -> None:
    scrubber = panel(window, "run-bar").scrubber
    tr = window.session.tr

    def words() -> dict[int, str]:
        settle()
        return {at: tr(word) for at, _, word in scrubber.flags()}

    reach(lab, 101)
    lab.edit(with_optimizer(lab.table, lr=0.5))
    reach(lab, 201)
    lab.edit(with_batch_size(with_optimizer(lab.table, lr=0.25), 2))
    reach(lab, 301)
    assert words() == {101: "Learning rate η 0.5", 201: "Batch size 2 …"}
    tip = scrubber.tip(scrubber.x_of(201))
    assert "Learning rate η 0.5 → 0.25" in tip
    assert "Batch size all rows → 2" in tip
    lab.edit(with_training(lab.table, epochs=900))  # no number depends on it
    assert len(words()) == 2
    lab.seek(150)
    lab.edit(with_optimizer(lab.table, lr=2.0))
    assert words() == {101: "Learning rate η 0.5", 150: "branch"}
    tip = scrubber.tip(scrubber.x_of(150))
    assert "Learning rate η 0.5 → 2" in tip  # what held there, not what the recipe said last


def test_a_click_beyond_the_head_trains_to_there(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    scrubber = panel(window, "run-bar").scrubber
    wanted = scrubber.iteration_at(scrubber.width() / 2)
    qtbot.mouseClick(scrubber, LEFT, pos=QPoint(scrubber.width() // 2, 30))
    while lab.running:
        lab.advance(0.016)
    assert lab.run.head == lab.cursor == wanted


def test_the_cursor_does_not_hide_the_mark_of_the_best(window: MainWindow, lab: Lab) -> None:
    reach(lab, 40)
    scrubber = panel(window, "run-bar").scrubber
    green = window.session.theme.colour(Role.FORWARD)
    scrubber._bar = replace(scrubber.bar, best=40)
    seen = []
    for cursor in (1, 40):
        scrubber._cursor = cursor
        flag = QRect(round(scrubber.x_of(40)) - 5, 0, 10, scrubber.height())
        seen.append(count(scrubber.grab(flag).toImage().copy(0, 0, 10, 18), green))
    assert seen[0] == seen[1] > 15


def test_the_scrubber_tells_what_is_where(window: MainWindow, lab: Lab) -> None:
    lab.edit(with_training(lab.table, iterations=50))
    reach(lab, 51)
    lab.seek(20)
    lab.branch()
    settle()
    scrubber = panel(window, "run-bar").scrubber
    assert "Iteration 20" in scrubber.tip(scrubber.x_of(20))
    assert "branches off" in scrubber.tip(scrubber.x_of(20))
    assert "not computed yet" in scrubber.tip(scrubber.x_of(40))
    scrubber.grab()


def test_a_pace_is_chosen_from_the_menu(window: MainWindow, lab: Lab) -> None:
    bar: LabBar = panel(window, "run-bar")
    bar._pace_actions[1].trigger()
    assert lab.pace == 1.0
    settle()
    assert "1 iteration a frame" in bar.pace_button.text()


def test_the_time_left_is_shown_while_epochs_are_left(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    bar: LabBar = panel(window, "run-bar")
    lab.edit(with_training(lab.table, epochs=100_000))
    lab.train()
    lab.advance(0.016)
    bar.refresh_now()
    assert "left" in bar.status.text()
    lab.pause()


# --- The recipe ------------------------------------------------------------------------------


def test_a_layer_is_added_and_taken_away_again(qtbot: QtBot, window: MainWindow, lab: Lab) -> None:
    recipe: RecipeView = panel(window, "recipe")
    assert len(recipe.layers.cards) == 2
    qtbot.mouseClick(recipe.layers.add_buttons[0], LEFT)
    settle()
    assert lab.table.network is not None
    assert len(lab.table.network.layers) == len(recipe.layers.cards) == 3
    qtbot.mouseClick(recipe.layers.cards[0].remove_button, LEFT)
    settle()
    assert lab.table.network is not None
    assert len(lab.table.network.layers) == 2


def test_units_are_typed_and_stepped(qtbot: QtBot, window: MainWindow, lab: Lab) -> None:
    recipe: RecipeView = panel(window, "recipe")
    card = recipe.layers.cards[0]
    typed(qtbot, card.units, "7")
    assert lab.table.network is not None
    assert lab.table.network.layers[0].units == 7
    assert card.dots.count == 7
    qtbot.keyClick(card.units.edit, Qt.Key.Key_Up)
    assert lab.table.network is not None
    assert lab.table.network.layers[0].units == 8


def test_what_does_not_work_is_said_beside_the_control_and_stays_there(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    recipe: RecipeView = panel(window, "recipe")
    field = recipe.fields["optimizer.lr"]
    assert isinstance(field, RateField)
    before = lab.table
    for text in ("fast", "-1", ""):
        typed(qtbot, field, text) if text else field.committed.emit("optimizer.lr", "")
        assert lab.table is before, text
        assert field.problem_label.isVisible()
        assert field.problem_label.text()
    typed(qtbot, field, "abc")
    assert field.edit.text() == "abc"
    typed(qtbot, field, "1/4")
    assert not field.problem_label.isVisible()
    assert lab.table.optimizer is not None
    assert lab.table.optimizer.lr == 0.25


def test_escape_and_undo_put_the_number_back_that_holds(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    recipe: RecipeView = panel(window, "recipe")
    field = recipe.fields["optimizer.lr"]
    assert isinstance(field, RateField)
    typed(qtbot, field, "0.5")
    typed(qtbot, field, "abc")
    field.edit.setFocus()
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.edit.text() == "0.5"
    assert field.problem is None
    typed(qtbot, field, "abc")
    lab.undo()
    settle()
    assert field.edit.text() == "1"
    assert field.problem is None


def test_a_layer_that_is_too_wide_is_refused_beside_its_units(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    recipe: RecipeView = panel(window, "recipe")
    card = recipe.layers.cards[0]
    for text in ("0", "1000000", "2.5"):
        typed(qtbot, card.units, text)
        assert card.units.problem_label.isVisible(), text
    assert lab.table.network is not None
    assert lab.table.network.layers[0].units == 2


def test_the_learning_rate_is_dragged_while_it_trains(window: MainWindow, lab: Lab) -> None:
    recipe: RecipeView = panel(window, "recipe")
    field = recipe.fields["optimizer.lr"]
    assert isinstance(field, RateField)
    lab.train()
    lab.advance(0.016)
    head = lab.run.head
    field.slider.setValue(place_of(0.1))
    assert lab.running
    lab.advance(0.016)
    lab.pause()
    early, late = lab.run.training.rule_of(1), lab.run.training.rule_of(lab.run.head)
    assert early is not None
    assert late is not None
    assert early.settings["lr"] == 1.0
    assert late.settings["lr"] == pytest.approx(0.1, rel=0.05)
    assert lab.run.head > head
    assert len(lab.runs) == 1


def test_places_on_the_slider_and_rates_fit() -> None:
    for rate in (1e-5, 1e-3, 0.1, 1.0, 10.0):
        assert rate_of(place_of(rate)) == pytest.approx(rate, rel=0.03)


def test_only_the_settings_of_the_optimizer_are_there(window: MainWindow, lab: Lab) -> None:
    recipe: RecipeView = panel(window, "recipe")
    assert "optimizer.momentum" in recipe.fields
    choice = recipe.fields["optimizer.name"]
    assert isinstance(choice, ChoiceField)
    choice.chosen.emit("optimizer.name", "Adam")
    settle()
    assert "optimizer.momentum" not in recipe.fields
    assert {"optimizer.betas[0]", "optimizer.betas[1]", "optimizer.eps"} <= set(recipe.fields)
    beta = recipe.fields["optimizer.betas[1]"]
    assert isinstance(beta, NumberField)
    assert beta.edit.text() == "0.999"


def test_a_schedule_brings_its_settings(window: MainWindow, lab: Lab) -> None:
    recipe: RecipeView = panel(window, "recipe")
    recipe._on_value("schedule.name", "step")
    settle()
    assert {"schedule.step_size", "schedule.gamma"} <= set(recipe.fields)
    recipe._on_value("schedule.name", "none")
    settle()
    assert "schedule.gamma" not in recipe.fields
    assert lab.table.schedule is None


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("data.batch_size", "2", lambda table: table.data.batch_size == 2),
        ("optimizer.weight_decay", "0.01", lambda table: table.optimizer.weight_decay == 0.01),
        ("optimizer.l1", "0.001", lambda table: table.optimizer.l1 == 0.001),
        ("training.epochs", "25", lambda table: table.training.epochs == 25),
        ("training.loss_below", "0.05", lambda table: table.training.loss_below == 0.05),
        ("training.patience", "3", lambda table: table.training.patience == 3),
        ("seed", "5", lambda table: table.seed == 5),
    ],
)
def test_every_number_of_the_recipe_is_typed_and_undone(
    qtbot: QtBot,
    window: MainWindow,
    lab: Lab,
    name: str,
    text: str,
    read,  # type: ignore[no-untyped-def]
) -> None:
    recipe: RecipeView = panel(window, "recipe")
    field = recipe.fields[name]
    assert isinstance(field, NumberField)
    before = lab.table
    typed(qtbot, field, text)
    assert field.problem is None
    assert read(lab.table)
    lab.undo()
    settle()
    assert lab.table == before


# --- What is old, and what is bad --------------------------------------------------------------


def test_results_of_an_old_recipe_are_veiled_with_the_way_to_make_them_current(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    reach(lab, 20)
    notice = window.findChild(LabNotice)
    veil = panel(window, "loss").findChild(StaleVeil)
    assert isinstance(notice, LabNotice)
    assert isinstance(veil, StaleVeil)
    assert not notice.isVisible()
    assert not veil.isVisible()
    lab.edit(with_units(lab.table, 0, 6))
    assert notice.isVisible()
    assert veil.isVisible()
    qtbot.mouseClick(notice.first_button, LEFT)
    assert not notice.isVisible()
    assert not veil.isVisible()
    assert lab.parameters["layer1.weight"].shape == (6, 2)


def diverging() -> Document:
    document = example("xor")
    table = with_activation(with_activation(document.table, 0, "identity"), 1, "identity")
    return rebuilt(document, with_optimizer(table, lr=1000.0))


def test_a_bad_number_is_named_and_one_key_leads_to_before_it(qtbot: QtBot) -> None:
    with shown(qtbot, diverging()) as window:
        window.session.set_face("lab")
        settle()
        lab = window.session.lab
        reach(lab, 50)
        notice = window.findChild(LabNotice)
        assert isinstance(notice, LabNotice)
        assert notice.isVisible()
        assert f"iteration {lab.bad_iteration}" in notice.label.text()
        assert "inf" in notice.label.text()
        qtbot.keyClick(window, Qt.Key.Key_Backspace)
        assert all(np.isfinite(value).all() for value in lab.parameters.values())
        assert np.isfinite(lab.run.curves.loss[lab.cursor - 1])
        qtbot.mouseClick(notice.second_button, LEFT)
        settle()
        assert window.session.face == "film"
        assert window.session.position.iteration == lab.bad_iteration
        assert window.bad_bar.isVisible()


# --- Curves ----------------------------------------------------------------------------------


def test_the_curves_show_every_part_and_the_cursor_is_dragged(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    loss: LossView = panel(window, "loss")
    reach(lab, 200)
    loss.refresh_now()
    assert {name for is_other, name in loss._items if not is_other} == {BATCH, "train"}
    at = loss.plot.plane(50, 0.1).toPoint()
    viewport = loss.plot.widget.viewport()
    place = viewport.mapFrom(loss.plot, at)
    qtbot.mouseClick(viewport, LEFT, pos=place)
    assert abs(lab.cursor - 50) <= 1
    lines = loss.read(50, 0)
    assert lines[0] == "Iteration 50"
    assert any(repr(float(lab.run.curves.loss[49])) in line for line in lines)


def test_the_axis_of_the_loss_can_be_logarithmic(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    loss: LossView = panel(window, "loss")
    reach(lab, 200)
    qtbot.mouseClick(loss.log_button, LEFT)
    assert loss.is_log
    _, y = loss._items[False, BATCH].getData()
    assert np.nanmax(y) < 0  # logarithms of numbers below 1
    qtbot.mouseClick(loss.choices["metric"], LEFT)
    assert not loss.is_log
    assert not loss._items[False, BATCH].isVisible()


def test_smoothing_is_off_at_first_and_smooths(window: MainWindow, lab: Lab) -> None:
    loss: LossView = panel(window, "loss")
    lab.edit(with_optimizer(lab.table, lr=30.0))
    reach(lab, 100)
    loss.refresh_now()
    assert loss.smooth.value() == 0
    _, rough = loss._items[False, BATCH].getData()
    assert np.array_equal(rough, lab.run.curves.loss)
    loss.smooth.setValue(80)
    _, smooth = loss._items[False, BATCH].getData()
    assert np.nansum(np.abs(np.diff(smooth))) < np.nansum(np.abs(np.diff(rough)))


def test_the_other_run_has_another_stroke(window: MainWindow, lab: Lab) -> None:
    loss: LossView = panel(window, "loss")
    reach(lab, 100)
    lab.keep()
    reach(lab, 50)
    loss.refresh_now()
    one, other = loss._items[False, "train"], loss._items[True, "train"]
    assert one.opts["pen"].style() != other.opts["pen"].style()
    assert len(other.getData()[0]) > len(one.getData()[0])


# --- Runs ------------------------------------------------------------------------------------


def test_runs_are_listed_compared_renamed_and_removed(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    runs: RunsView = panel(window, "runs")
    reach(lab, 30)
    qtbot.mouseClick(runs.keep_button, LEFT)
    settle()
    assert len(runs.rows) == 2
    lab.edit(with_optimizer(lab.table, lr=0.5))
    reach(lab, 30)
    runs.refresh_now()
    texts = [label.text() for labels in runs.differing._labels for label in labels]
    assert "Learning rate η" in texts
    assert "0.5" in texts
    qtbot.mouseClick(runs.rows[0].compare_button, LEFT)
    settle()
    assert lab.other is None
    assert not runs.differing.isVisible()
    runs.rows[0].name.setText("large steps")
    runs.rows[0].name.editingFinished.emit()
    assert lab.trials.all[0].name == "large steps"
    qtbot.mouseClick(runs.rows[0].show_button, LEFT)
    assert lab.run is lab.runs[0]
    settle()
    qtbot.mouseClick(runs.rows[1].remove_button, LEFT)
    assert len(lab.runs) == 1


def test_two_outcomes_stand_side_by_side_at_the_same_iteration(
    qtbot: QtBot, window: MainWindow, lab: Lab
) -> None:
    runs: RunsView = panel(window, "runs")
    reach(lab, 60)
    lab.keep()
    lab.edit(with_optimizer(lab.table, lr=5.0))
    reach(lab, 40)
    assert window.faces.lab is not None
    beside = window.faces.lab.panel("beside")
    assert beside.isHidden()
    runs.refresh_now()
    runs.page.ensureWidgetVisible(runs.beside_button)
    qtbot.mouseClick(runs.beside_button, LEFT)
    settle()
    assert beside.isVisible()
    inner = beside.view().region.lab  # type: ignore[attr-defined]
    assert inner.run is lab.other
    assert inner.cursor == lab.cursor
    lab.compare(None)
    assert beside.isHidden()


def test_a_point_of_the_plot_is_where_it_is_said_to_be(window: MainWindow, lab: Lab) -> None:
    loss: LossView = panel(window, "loss")
    reach(lab, 100)
    loss.refresh_now()
    inside = loss.plot.inside()
    left, right = loss.plot.plane(1, 0).x(), loss.plot.plane(100, 0).x()
    assert left == pytest.approx(inside.left(), abs=2)
    assert right == pytest.approx(inside.right(), abs=2)
    assert isinstance(loss.plot.plane(1, 0), QPointF)


def test_from_where_on_there_are_other_examples_is_marked(qtbot: QtBot) -> None:
    with labs.panel(LossView, two_classes(test=0.5), 20) as view:
        lab, role = view.lab, view.session.theme.colour(Role.UPDATE)
        view.choices["metric"].setChecked(True)
        lab.edit(with_data(lab.table, structs.replace(lab.table.data, test_shift=0.5)))
        lab.run.advance(20)
        lab.seek(lab.run.head)
        settle()
        assert lab.run.training.data_changes == (21,)
        assert has(view.marks.grab().toImage(), role)


def test_a_plot_with_nothing_in_it_says_what_to_do(window: MainWindow, lab: Lab) -> None:
    loss: LossView = panel(window, "loss")
    loss.refresh_now()
    assert "Space" in loss.hint.text()
    assert loss.hint.isVisible()
    reach(lab, 3)
    loss.refresh_now()
    assert not loss.hint.isVisible()


def test_there_is_no_half_of_an_iteration(window: MainWindow, lab: Lab) -> None:
    loss: LossView = panel(window, "loss")
    axis = loss.plot.item.getAxis("bottom")
    assert axis.tickStrings([1.0, 1.5, 2.0, 1000.0], 1.0, 0.5) == ["1", "", "2", "1,000"]


def test_numbers_at_a_low_axis_leave_each_other_room(window: MainWindow, lab: Lab) -> None:
    loss: LossView = panel(window, "loss")
    axis = loss.plot.item.getAxis("left")
    room = axis.size().height()
    axis.setRange(0.0, room / 5)  # five px for each whole number
    texts = axis.tickStrings([float(number) for number in range(7)], 1.0, 1.0)
    assert [text for text in texts if text] == ["0", "3", "6"]
    axis.setRange(0.0, room / 50)
    assert all(axis.tickStrings([0.0, 1.0, 2.0], 1.0, 1.0))
