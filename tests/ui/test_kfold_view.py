"""The table of folds: filled while they are trained, cancelled, and told what is wrong."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication

from mlviz.document import recipe
from mlviz.learn.kfold import spread
from mlviz.numerals import format_number
from mlviz.ui.fold_strip import Strip
from mlviz.ui.kfold_view import KFoldDialog
from mlviz.ui.session import Session
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


@pytest.fixture
def dialog(make_session: Callable[..., Session]) -> Iterator[KFoldDialog]:
    session = make_session("xor")
    lab = session.lab
    assert lab.edit(recipe.with_data_set(lab.table, "moons"))
    made = KFoldDialog(session, lab.document)
    made.epochs.accept("5")
    yield made
    made.done(0)
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def text(dialog: KFoldDialog, row: int, column: int) -> str:
    item = dialog.table.item(row, column)
    return "" if item is None else item.text()


def test_every_fold_gets_its_row_and_all_their_mean_and_deviation(dialog: KFoldDialog) -> None:
    dialog.k.accept("3")
    dialog.start()
    assert dialog.progress.isVisibleTo(dialog)
    assert text(dialog, 0, 4) == "·"
    while dialog.session.moving:
        dialog.session.advance(0.016)
    losses = [fold.validation.loss for fold in dialog.folds]
    assert [text(dialog, row, 4) for row in range(3)] == [format_number(x) for x in losses]
    found = spread(losses)
    assert [text(dialog, row, 4) for row in (3, 4)] == [format_number(x) for x in found]
    assert dialog.start_button.isVisibleTo(dialog)
    assert isinstance(dialog.table.cellWidget(1, 1), Strip)
    assert text(dialog, 0, 2) == "5"


def test_it_can_be_cancelled_and_keeps_what_is_finished(dialog: KFoldDialog) -> None:
    dialog.epochs.accept("2000")
    dialog.start()
    dialog.session.advance(0.016)
    assert dialog.session.moving
    dialog.cancel_button.click()
    dialog.session.advance(0.016)
    assert not dialog.session.moving
    assert dialog.outcome.text().startswith("Cancelled")


@pytest.mark.parametrize(("field", "typed"), [("k", "1"), ("k", "x"), ("epochs", "0"), ("k", "21")])
def test_what_cannot_be_is_told_beside_it(dialog: KFoldDialog, field: str, typed: str) -> None:
    getattr(dialog, field).edit.setText(typed)
    dialog.start()
    assert getattr(dialog, field).problem is not None
    assert not dialog.session.moving


def test_arrow_keys_change_the_numbers(dialog: KFoldDialog) -> None:
    dialog.k.edit.stepped.emit(1)
    dialog.epochs.edit.stepped.emit(-1)
    assert (dialog.k.edit.text(), dialog.epochs.edit.text()) == ("6", "1")


def finish(dialog: KFoldDialog) -> None:
    dialog.start()
    while dialog.session.moving:
        dialog.session.advance(0.016)


def test_the_last_table_is_there_again_with_its_numbers(dialog: KFoldDialog) -> None:
    dialog.k.accept("3")
    dialog.epochs.accept("4")
    finish(dialog)
    shown = [[text(dialog, row, column) for column in (2, 3, 4, 5)] for row in range(5)]
    dialog.done(0)
    again = KFoldDialog(dialog.session, dialog.session.lab.document)
    assert [[text(again, row, column) for column in (2, 3, 4, 5)] for row in range(5)] == shown
    assert (again.k.edit.text(), again.epochs.edit.text()) == ("3", "4")
    again.copy()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert len(copied) == 6
    assert float(copied[1].split("\t")[3]) == dialog.folds[0].validation.loss
    again.deleteLater()


def test_a_table_is_compared_with_the_one_before_and_its_recipe(dialog: KFoldDialog) -> None:
    dialog.k.accept("3")
    finish(dialog)
    assert not dialog.beside.isVisibleTo(dialog)
    lab = dialog.session.lab
    before = dialog.session.lab.fold_tables[0].spread(1).mean
    assert lab.edit(recipe.with_batch_size(lab.table, 7))
    again = KFoldDialog(dialog.session, lab.document)
    assert "another" in again.outcome.text()
    again.epochs.accept("5")
    finish(again)
    after = lab.fold_tables[1].spread(1).mean
    said = again.beside.text()
    assert "Batch size all rows → 7" in said
    assert format_number(before) in said
    assert format_number(after) in said
    assert again.chooser.count() == 2
    again._on_chosen(1)
    assert text(again, 3, 4) == format_number(before)
    again.done(0)
    again.deleteLater()


def test_buttons_keep_their_places_while_it_runs(dialog: KFoldDialog) -> None:
    dialog.show()
    QCoreApplication.processEvents()
    buttons = (dialog.start_button, dialog.cancel_button, dialog.close_button)
    places = [button.geometry() for button in buttons]
    dialog.epochs.accept("2000")
    dialog.start()
    QCoreApplication.processEvents()
    assert [button.x() for button in buttons] == [place.x() for place in places]
    assert not dialog.start_button.isEnabled()
    dialog.cancel_button.click()
    assert not dialog.cancel_button.isEnabled()
    assert [button.x() for button in buttons] == [place.x() for place in places]
