"""The data panel: cards, noise, split, and what stands in the examples."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot

from mlviz.learn.datasets import SETS
from mlviz.ui.data_view import DataView
from mlviz.ui.session import Session
from mlviz.ui.shift_part import places
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


@pytest.fixture
def make_view(make_session: Callable[..., Session]) -> Iterator[Callable[..., DataView]]:
    made: list[DataView] = []

    def make(example: str = "xor", **wishes: object) -> DataView:
        view = DataView(make_session(example, **wishes))
        view.resize(320, 800)
        made.append(view)
        view.refresh_now()
        return view

    yield make
    for view in made:
        view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def view(make_view: Callable[..., DataView]) -> DataView:
    return make_view()


def typed(view: DataView, name: str, text: str) -> None:
    view.fields[name].edit.setText(text)
    view.fields[name].edit.editingFinished.emit()


def test_every_set_has_a_card_and_the_one_that_holds_is_checked(view: DataView) -> None:
    assert tuple(view.cards.cards) == SETS
    assert [name for name, card in view.cards.cards.items() if card.isChecked()] == ["xor"]
    assert len(view.cards.cards["xor"].examples) == 4
    view.cards.cards["spiral"].click()
    assert view.data.set == "spiral"
    assert [name for name, card in view.cards.cards.items() if card.isChecked()] == ["spiral"]


@pytest.mark.parametrize("name", SETS)
def test_a_card_makes_a_recipe_that_can_be_trained(view: DataView, name: str) -> None:
    view.cards.cards[name].click()
    lab = view.lab
    assert lab.problem is None
    lab.one_iteration()
    assert np.isfinite(lab.run.curves.loss).all()
    assert view.model.rowCount() == min(len(lab.document.data.dataset), 200)


def test_dragging_the_noise_moves_the_points_of_the_card_and_is_one_change(view: DataView) -> None:
    view.cards.cards["moons"].click()
    before = view.cards.cards["moons"].examples
    circles = view.cards.cards["circles"].examples
    view.noise.slider.setSliderDown(True)
    for place in (20, 30, 40):
        view.noise.slider.setValue(place)
    view.noise.slider.setSliderDown(False)
    assert view.data.noise == 0.4
    after = view.cards.cards["moons"].examples
    assert np.abs(after.inputs - before.inputs).max() > 0.1
    assert view.cards.cards["circles"].examples is circles
    view.lab.undo()
    assert view.data.noise is None
    assert view.data.set == "moons"


def test_count_and_seed_hold_for_every_generated_card(view: DataView) -> None:
    view.cards.cards["moons"].click()
    typed(view, "count", "40")
    typed(view, "seed", "5")
    assert (view.data.count, view.data.seed) == (40, 5)
    assert len(view.cards.cards["blobs"].examples) == 40
    view.cards.cards["blobs"].click()
    assert (view.data.count, view.data.seed) == (40, 5)
    assert view.fields["kinds"].isVisibleTo(view)
    typed(view, "kinds", "5")
    assert len(view.lab.document.data.classes) == 5


def test_shares_are_typed_in_percent_and_four_cases_become_many(view: DataView) -> None:
    typed(view, "validation", "25")
    assert (view.data.validation, view.data.count) == (0.25, 200)
    assert view.facts.text().startswith("150 training, 50 validation, 0 test")
    view.lab.undo()
    view.refresh_now()
    assert view.data.count is None


def test_what_cannot_be_is_told_beside_the_field(view: DataView) -> None:
    view.cards.cards["moons"].click()
    for name, text in (("count", "x"), ("count", "99999"), ("noise", "-1"), ("test", "99")):
        typed(view, name, text)
        assert view.fields[name].problem is not None
    assert view.data.count is None


def test_powers_widen_the_network(view: DataView) -> None:
    view.cards.cards["polynomial"].click()
    view.fields["degree"].stepped.emit("degree", 1)
    assert view.lab.table.network.inputs == 2
    assert view.fields["standardise_target"].isVisibleTo(view)


def test_a_formula_has_no_data_and_says_so(make_view: Callable[..., DataView]) -> None:
    view = make_view("twice")
    assert view.none_label.isVisibleTo(view)
    assert not view.cards.isVisibleTo(view)
    assert view.open_button.isVisibleTo(view)


def test_language_and_theme_reach_every_part(view: DataView) -> None:
    view.session.set_language("zh_CN")
    assert view.cards.cards["moons"].text() == "月牙"
    view.session.set_theme("dark")
    assert not view.grab().isNull()


def test_in_a_narrow_panel_there_are_two_cards_in_a_row(view: DataView) -> None:
    cards = view.cards
    for width, across in ((330, 3), (200, 2), (330, 3)):
        view.resize(width, 800)
        view.grab()  # sends the events
        grid = cards.layout()
        assert (grid.itemAtPosition(0, 2) is not None) == (across == 3)
        last = len(SETS) - 1
        found = grid.itemAtPosition(last // across, last % across)
        assert found.widget() is cards.cards["digits"]


def test_return_chooses_a_card(view: DataView, qtbot: QtBot) -> None:
    qtbot.keyClick(view.cards.cards["moons"], Qt.Key.Key_Return)
    assert view.data.set == "moons"


def test_only_the_first_training_rows_are_learned_from(view: DataView) -> None:
    view.cards.cards["moons"].click()
    typed(view, "train_rows", "30")
    assert len(view.lab.document.training.program.inputs) == 30
    view.fields["train_rows"].stepped.emit("train_rows", -1)
    assert view.data.train_rows == 20
    for text in ("0", "-3", "many"):
        typed(view, "train_rows", text)
        assert view.fields["train_rows"].problem is not None
        assert view.data.train_rows == 20
    typed(view, "train_rows", "")
    assert view.data.train_rows is None
    assert len(view.lab.document.training.program.inputs) == 200
    view.lab.undo()
    assert view.data.train_rows == 20


def test_without_test_rows_the_shift_says_how_to_get_some(view: DataView) -> None:
    view.cards.cards["moons"].click()
    assert view.shift.none_label.isVisibleTo(view)
    assert not view.fields["test_shift"].isVisibleTo(view)
    typed(view, "test", "25")
    assert not view.shift.none_label.isVisibleTo(view)
    assert all(field.isVisibleTo(view) for field in view.shift.fields.values())


def test_a_shift_is_dragged_as_one_change_while_its_points_move(view: DataView) -> None:
    view.cards.cards["moons"].click()
    typed(view, "test", "25")
    picture, field = view.shift.picture, view.fields["test_shift"]
    train, given, moved = places(picture.info)
    np.testing.assert_array_equal(given, moved)
    field.slider.setSliderDown(True)
    for place in (10, 20):
        field.slider.setValue(place)
        assert view.data.test_shift == pytest.approx(place * 0.05)
        spread = view.lab.document.training.program.inputs.std(axis=0)
        after = places(picture.info)
        np.testing.assert_array_equal(after[0], train)
        np.testing.assert_array_equal(after[1], given)
        np.testing.assert_allclose(after[2] - given, place * 0.05 * spread + 0 * given)
    field.slider.setSliderDown(False)
    field.dropped.emit()
    view.lab.undo()
    view.refresh_now()
    assert view.data.test_shift == 0
    assert field.edit.text() == "0"


def test_every_shift_is_typed_and_what_cannot_be_is_told(view: DataView) -> None:
    view.cards.cards["moons"].click()
    typed(view, "test", "25")
    good = {"test_shift": "-7", "test_scale": "1.5", "test_rotate": "-30", "test_noise": "0.2"}
    for name, text in good.items():
        typed(view, name, text)
        assert getattr(view.data, name) == float(text)
    bad = {"test_shift": "1e9", "test_scale": "-1", "test_rotate": "x", "test_noise": "-0.1"}
    for name, text in bad.items():
        typed(view, name, text)
        assert view.fields[name].problem is not None
        assert getattr(view.data, name) == float(good[name])
    view.fields["test_rotate"].stepped.emit("test_rotate", -1)
    assert view.data.test_rotate == -35


def test_one_input_cannot_be_turned_and_the_field_says_so(view: DataView) -> None:
    view.cards.cards["polynomial"].click()
    typed(view, "test", "25")
    typed(view, "test_rotate", "30")
    assert view.fields["test_rotate"].problem is not None
    typed(view, "test_shift", "1")
    assert not view.shift.picture.grab().isNull()


def test_shifted_digits_are_shown_as_pictures(make_view: Callable[..., DataView]) -> None:
    view = make_view("digits")
    typed(view, "test_noise", "0.5")
    before = view.shift.picture.grab().toImage()
    typed(view, "test_noise", "2")
    assert view.shift.picture.grab().toImage() != before


def test_the_run_goes_on_with_a_shifted_test_set(make_view: Callable[..., DataView]) -> None:
    view = make_view("shift")
    lab = view.lab
    lab.run.advance(30)
    lab.seek(31)
    losses = lab.run.curves.loss.copy()
    typed(view, "test_rotate", "60")
    assert not lab.is_stale
    assert lab.cursor == 31
    np.testing.assert_array_equal(lab.run.curves.loss, losses)
    assert lab.program.test is not None
    np.testing.assert_array_equal(lab.program.test[0], lab.document.training.program.test[0])
