"""What concerns all panels of the lab is no long block: they follow frame by frame."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from mlviz.ui.lab_view import LabView
from mlviz.ui.main_window import MainWindow
from mlviz.ui.recipe_view import RecipeView
from mlviz.ui.refreshing import Refreshing
from mlviz.ui.session import Session
from tests.ui.windows import NO_SCREEN, example, shown

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch, nothing_is_put_off: None) -> None:
    """A frame has time for one panel, or one part of it."""
    monkeypatch.setattr("mlviz.ui.refreshing.MOST_SECONDS", 0.0)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, example("xor")) as made:
        yield made


class Asked(QObject):
    """Something that is to be drawn."""

    count = 0

    def ask(self) -> None:
        self.count += 1


def frames(session: Session, most: int = 500) -> int:
    """Let the clock tick until nothing waits; return how often it did."""
    ticks = calm = 0
    while calm < 4:
        QApplication.processEvents()  # what was asked for comes, and may have to wait
        calm = 0 if session.lab.busy else calm + 1
        if session.lab.busy:
            session.advance(0.016)
            ticks += 1
            assert ticks < most, "something waits for ever"
    return ticks


def test_after_a_panel_that_takes_long_the_others_wait_for_the_next_frame(qapp: object) -> None:
    refreshing, one, other = Refreshing(), Asked(), Asked()
    late: list[bool] = []
    refreshing.late.connect(lambda: late.append(True))
    assert refreshing.may(one)
    refreshing.note(0.5)
    assert not refreshing.may(one)
    assert not refreshing.may(other)
    assert refreshing.is_waiting
    assert len(late) == 2
    refreshing.tick()
    assert (one.count, other.count) == (1, 1)
    assert not refreshing.is_waiting


def test_a_panel_that_is_gone_is_not_asked(qapp: object) -> None:
    refreshing, one = Refreshing(), Asked()
    refreshing.note(1.0)
    refreshing.may(one)
    delete(one)
    refreshing.tick()


def test_the_film_stays_until_all_of_the_lab_is_there(window: MainWindow) -> None:
    session = window.session
    session.set_face("lab")
    assert window.stage.isVisible()
    assert session.moving
    assert frames(session) > 5  # panels are made one after the other
    assert window.faces.lab is not None
    assert window.faces.lab.isVisible()
    assert not window.stage.isVisible()
    assert not window.lesson.isVisible()


def test_who_goes_back_before_it_is_there_has_the_film_as_it_was(window: MainWindow) -> None:
    session = window.session
    session.set_face("lab")
    session.advance(0.016)
    session.set_face("film")
    frames(session)
    assert window.stage.isVisible()
    assert window.lesson.isVisible()
    session.set_face("lab")
    frames(session)
    assert window.faces.lab is not None
    assert window.faces.lab.isVisible()


def test_every_panel_shows_another_document_in_the_end(window: MainWindow) -> None:
    session = window.session
    session.set_face("lab")
    frames(session)
    assert window.faces.lab is not None
    views = [dock.widget() for dock in window.faces.lab.docks.values() if dock.isVisible()]
    seen = [view for view in views if isinstance(view, LabView) and view.is_seen]
    assert len(seen) > 4
    session.open("fruit")
    QApplication.processEvents()
    assert any(view._stale for view in seen)
    assert frames(session) > 2
    assert not any(view._stale for view in seen)


def test_a_recipe_with_more_layers_keeps_its_picture_until_all_of_it_is_there(
    window: MainWindow,
) -> None:
    session = window.session
    session.set_face("lab")
    frames(session)
    assert window.faces.lab is not None
    recipe = window.faces.lab.panel("recipe").view()
    assert isinstance(recipe, RecipeView)
    session.open("vanishing")
    for _ in range(50):
        if recipe._making is None:
            session.advance(0.016)
            QApplication.processEvents()
    assert not recipe.page.updatesEnabled()
    frames(session)
    assert recipe.page.updatesEnabled()
    network = session.lab.table.network
    assert network is not None
    assert [card.units.edit.text() for card in recipe.layers.cards[:-1]] == [
        str(layer.units) for layer in network.layers[:-1]
    ]
