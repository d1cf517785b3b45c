"""The two faces of the window, driven as a person drives them."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mlviz import settings
from mlviz.document.document import STUDY_NAMES
from mlviz.document.recipe import with_seed, with_units
from mlviz.document.studies import STUDIES
from mlviz.trace.steps import Position
from mlviz.ui.arrangement import decoded
from mlviz.ui.lab_bar import LabBar
from mlviz.ui.lab_docks import LAB_DOCKS
from mlviz.ui.lab_notice import LabNotice
from mlviz.ui.lab_window import LabWindow
from mlviz.ui.main_window import MainWindow
from mlviz.ui.recipe_view import RecipeView
from mlviz.ui.study_view import StudiesView
from tests.ui.windows import LIGHT_ENGLISH, NO_SCREEN, example, neuron, shown, twice

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, example("xor")) as made:
        yield made


def lab_of(window: MainWindow) -> LabWindow:
    window.session.set_face("lab")
    settle()
    assert window.faces.lab is not None
    return window.faces.lab


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def view(window: MainWindow, name: str):  # type: ignore[no-untyped-def]
    return lab_of(window).panel(name).view()


def seen(window: MainWindow) -> set[str]:
    docks = (*window.docks, *window.on_demand)
    return {dock.objectName() for dock in docks if dock.isVisible()}


def test_the_switch_in_the_top_bar_leads_to_the_lab_and_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = seen(window)
    buttons = window.top_bar.faces.buttons
    qtbot.mouseClick(buttons["lab"], Qt.MouseButton.LeftButton)
    settle()
    assert window.faces.lab is not None
    assert window.faces.lab.isVisible()
    assert not window.stage.isVisible()
    assert seen(window) == set()
    qtbot.mouseClick(buttons["film"], Qt.MouseButton.LeftButton)
    settle()
    assert not window.faces.lab.isVisible()
    assert window.stage.isVisible()
    assert seen(window) == before


def test_the_panels_of_the_film_come_back_as_they_were(window: MainWindow) -> None:
    window.lesson.hide()
    window.parameters.setFloating(True)
    before = seen(window)
    lab_of(window)
    window.session.set_face("film")
    settle()
    assert seen(window) == before
    assert window.parameters.isFloating()


def test_a_key_switches_too(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, KEY.Key_F6)
    assert window.session.face == "lab"
    qtbot.keyClick(window, KEY.Key_F6)
    assert window.session.face == "film"


def test_a_panel_that_is_shown_by_hand_stays_when_something_changes(window: MainWindow) -> None:
    dock = lab_of(window).panel("beside")
    dock.show()
    window.session.lab.changed.emit()
    assert not dock.isHidden()


def test_every_panel_can_be_shown(window: MainWindow) -> None:
    lab = lab_of(window)
    for row in LAB_DOCKS:
        dock = lab.panel(row.name)
        dock.show()
        dock.raise_()
        settle()
        assert dock.view().isVisible(), row.name
    window.session.set_language("zh_CN")
    window.session.set_theme("dark")
    window.session.set_scale(1.25)
    settle()


def test_the_lab_fits_the_smallest_window(window: MainWindow) -> None:
    lab = lab_of(window)
    window.resize(1024, 768)
    settle()
    assert window.width() == 1024
    assert window.height() <= 768
    for name in ("recipe", "region", "loss", "run-bar"):
        dock = lab.panel(name)
        right = dock.mapTo(window, dock.rect().bottomRight())
        assert right.x() <= 1024, name
        assert right.y() <= 768, name


def test_places_are_remembered_and_put_back(qtbot: QtBot, window: MainWindow) -> None:
    lab = lab_of(window)
    lab.panel("runs").hide()
    window.close()
    wishes, _ = settings.load()
    assert wishes.lab_state
    with shown(qtbot, example("xor"), wishes) as again:
        other = lab_of(again)
        assert other.panel("runs").isHidden()
        assert not other.panel("loss").isHidden()
        again.reset_layout()
        assert not other.panel("runs").isHidden()


def test_the_window_remembers_the_places_of_the_film_when_it_is_closed_in_the_lab(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.steps.hide()
    lab_of(window)
    window.close()
    wishes, _ = settings.load()
    with shown(qtbot, example("xor"), wishes) as again:
        again.restoreState(decoded(wishes.state) or b"", 1)
        assert again.steps.isHidden()
        assert not again.lesson.isHidden()


def test_space_trains_and_pauses(qtbot: QtBot, window: MainWindow) -> None:
    lab_of(window)
    lab = window.session.lab
    qtbot.keyClick(window, KEY.Key_Space)
    assert lab.running
    assert not window.session.playing
    window.session.advance(0.016)
    qtbot.keyClick(window, KEY.Key_Space)
    assert not lab.running
    assert lab.run.head > 1


def test_keys_go_through_the_history(qtbot: QtBot, window: MainWindow) -> None:
    lab_of(window)
    lab = window.session.lab
    qtbot.keyClick(window, KEY.Key_Right)
    qtbot.keyClick(window, KEY.Key_Right)
    assert lab.run.head == lab.cursor == 3
    qtbot.keyClick(window, KEY.Key_Left)
    assert lab.cursor == 2
    qtbot.keyClick(window, KEY.Key_Right)
    assert lab.cursor == lab.run.head == 3  # what is known is not trained again
    qtbot.keyClick(window, KEY.Key_Home)
    assert lab.cursor == 1
    qtbot.keyClick(window, KEY.Key_End)
    assert lab.cursor == 3
    qtbot.keyClick(window, KEY.Key_Right, SHIFT)
    assert lab.cursor == 4


def test_undo_in_the_lab_takes_back_the_recipe(qtbot: QtBot, window: MainWindow) -> None:
    recipe: RecipeView = view(window, "recipe")
    field = recipe.fields["optimizer.lr"]
    field.edit.setText("0.25")  # type: ignore[attr-defined]
    field.edit.editingFinished.emit()  # type: ignore[attr-defined]
    optimizer = window.session.lab.table.optimizer
    assert optimizer is not None
    assert optimizer.lr == 0.25
    qtbot.keyClick(window, KEY.Key_Z, CTRL)
    optimizer = window.session.lab.table.optimizer
    assert optimizer is not None
    assert optimizer.lr == 1.0
    qtbot.keyClick(window, KEY.Key_Y, CTRL)
    optimizer = window.session.lab.table.optimizer
    assert optimizer is not None
    assert optimizer.lr == 0.25


def test_the_film_is_undone_in_the_film(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    weight = next(node for node in session.timeline.tape if node.role == "parameter")
    session.what_if.set(weight.id, 0.5, (0, 0))
    qtbot.keyClick(window, KEY.Key_Z, CTRL)
    assert not session.what_if.changes.can_undo


def test_step_through_leads_to_the_film_at_that_iteration_and_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    bar: LabBar = view(window, "run-bar")
    lab = window.session.lab
    lab.seek(12)
    lab.seek(7)
    qtbot.mouseClick(bar.film_button, Qt.MouseButton.LeftButton)
    settle()
    assert window.session.face == "film"
    assert window.session.position == Position(7, 0)
    assert window.stage.isVisible()
    window.session.next_iteration()
    qtbot.keyClick(window, KEY.Key_F6)
    assert lab.cursor == 8
    assert lab.run.head == 12


def test_a_network_that_was_changed_is_shown_in_the_film(qtbot: QtBot, window: MainWindow) -> None:

    lab_of(window)
    lab = window.session.lab
    lab.edit(with_units(lab.table, 0, 5))
    lab.one_iteration()
    qtbot.keyClick(window, KEY.Key_S)
    settle()
    shapes = {node.origin: node.value.shape for node in window.session.timeline.tape}
    assert shapes["layer1.weight"] == (5, 2)


def test_what_only_the_film_has_does_nothing_in_the_lab(qtbot: QtBot, window: MainWindow) -> None:
    level = window.session.level
    lab_of(window)
    qtbot.keyClick(window, KEY.Key_L)
    qtbot.keyClick(window, KEY.Key_W)
    assert window.session.level == level
    assert window.why.isHidden()
    window.session.set_face("film")
    qtbot.keyClick(window, KEY.Key_L)
    assert window.session.level != level


def test_a_lecture_of_the_lab_fills_the_screen_and_leads_back_to_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    lab = lab_of(window)
    window.session.lab.seek(5)
    size, widths = window.size(), {name: dock.width() for name, dock in lab.docks.items()}
    qtbot.keyClick(window, KEY.Key_F5)
    settle()
    assert window.session.face == "lab"
    assert window.lecture.active
    assert window.isFullScreen()
    assert not window.top_bar.isVisible()
    assert lab.isVisible()
    assert not window.lecture.bar.buttons["caption"].isVisibleTo(window.lecture.bar)
    qtbot.keyClick(window, KEY.Key_1)  # a key of the film's lecture
    assert window.lesson.isHidden()
    scale = window.session.scale
    qtbot.keyClick(window, KEY.Key_Plus, CTRL)
    assert window.session.scale > scale
    qtbot.keyClick(window, KEY.Key_Right)
    assert window.session.lab.cursor == 6
    qtbot.keyClick(window, KEY.Key_B)
    assert window.lecture.blank.isVisible()
    window.lecture.blank.uncover()
    qtbot.keyClick(window, KEY.Key_Escape)
    settle()
    assert not window.lecture.active
    assert window.session.face == "lab"
    assert window.session.scale == 1.0
    assert window.top_bar.isVisible()
    assert window.size() == size
    assert {name: dock.width() for name, dock in lab.docks.items()} == widths


def test_whoever_goes_to_the_film_ends_the_lecture_of_the_lab(
    qtbot: QtBot, window: MainWindow
) -> None:
    lab = lab_of(window)
    qtbot.keyClick(window, KEY.Key_F5)
    window.session.set_face("film")
    settle()
    assert not window.lecture.active
    assert window.top_bar.isVisible()
    assert not lab.isVisible()
    qtbot.keyClick(window, KEY.Key_F5)
    assert window.lecture.active
    assert window.lecture.bar.buttons["caption"].isVisibleTo(window.lecture.bar)
    window.lecture.leave()


def test_no_scale_makes_the_lab_larger_than_a_small_screen(window: MainWindow) -> None:
    lab_of(window)
    for scale in (1.0, 1.25, 1.5):
        window.session.set_scale(scale)
        settle()
        assert window.minimumSizeHint().height() <= 768, scale


def test_another_example_is_trained_in_the_lab_at_once(window: MainWindow) -> None:
    lab_of(window)
    window.session.lab.seek(5)
    window.session.open("tanh-neuron")
    settle()
    assert window.session.lab.run.head == 1
    assert window.session.face == "lab"


@pytest.mark.parametrize("document", [neuron(), twice()], ids=["neuron", "twice"])
def test_documents_without_a_network_have_a_lab_too(qtbot: QtBot, document) -> None:  # type: ignore[no-untyped-def]
    with shown(qtbot, document) as window:
        lab_of(window)
        lab = window.session.lab
        qtbot.keyClick(window, KEY.Key_Right)
        settle()
        assert lab.run.head == (2 if lab.can_train else 1)
        notice = window.findChild(LabNotice)
        assert notice is not None
        assert notice.isVisible() == (not lab.can_train)


def test_the_far_iteration_of_a_film_shows_progress_and_can_be_cancelled(
    qtbot: QtBot,
) -> None:
    from msgspec.structs import replace

    from mlviz.document.recipe import rebuilt

    document = example("xor")
    long = rebuilt(document, replace(document.table, iterations=100_000))
    with shown(qtbot, long) as window:
        bar = window.faces.ahead_bar
        assert not bar.isVisible()
        window.session.set_iteration(90_000)
        assert bar.isVisible()
        assert "90,000" in bar.label.text()
        window.session.advance(0.016)
        assert bar.progress.value() > 0
        qtbot.mouseClick(bar.cancel_button, Qt.MouseButton.LeftButton)
        assert not bar.isVisible()
        assert window.session.position.iteration == 1


def test_a_film_is_shown_without_loading_what_plots() -> None:
    code = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from mlviz.ui.app import application\n"
        "application()\n"
        "from mlviz.document.document import load\n"
        "from mlviz.document.examples import find\n"
        "from mlviz.ui.main_window import MainWindow\n"
        "from mlviz.ui.session import Session\n"
        "session = Session(load(find('xor')))\n"
        "window = MainWindow(session)\n"
        "window.show()\n"
        "loaded = [name for name in sys.modules if name.startswith('pyqtgraph')]\n"
        "session.close()\n"
        "sys.exit(1 if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_lab_is_not_made_before_it_is_asked_for(window: MainWindow) -> None:
    assert window.faces.lab is None
    assert window.session.wishes() == LIGHT_ENGLISH
    QCoreApplication.processEvents()


def test_what_the_film_says_is_not_said_in_the_lab(window: MainWindow) -> None:
    from mlviz.i18n import Message

    window.message_bar.show_message(Message("ui.level.large", count="99"))
    lab_of(window)
    assert not window.message_bar.isVisible()


def test_the_view_menu_offers_the_panels_of_the_face_that_is_shown(window: MainWindow) -> None:
    def offered() -> set[str]:
        return {action.text() for action in window.view_menu.actions() if action.isVisible()}

    assert "Steps" in offered()
    lab_of(window)
    assert {"Recipe", "Loss", "Runs"} <= offered()
    assert "Steps" not in offered()
    window.session.set_face("film")
    assert "Steps" in offered()
    assert "Recipe" not in offered()


def test_the_switch_keeps_the_iteration_and_the_step_it_stood_at(window: MainWindow) -> None:
    session = window.session
    session.seek(Position(1, 5))
    lab_of(window)
    session.set_face("film")
    assert session.position == Position(1, 5)
    lab_of(window)
    session.lab.seek(9)
    session.set_face("film")
    assert session.position.iteration == 9


@pytest.mark.parametrize("name", ["overfitting", "dropout"])
def test_no_panel_makes_the_window_higher_than_a_small_screen(qtbot: QtBot, name: str) -> None:
    with shown(qtbot, example(name)) as window:
        window.session.set_face("lab")
        window.resize(1024, 768)
        settle()
        window.session.set_scale(1.5)
        settle()
        assert window.minimumSizeHint().height() <= 768
        assert window.height() == 768


def test_a_file_chooses_the_study_that_it_speaks_of(qtbot: QtBot) -> None:
    assert set(STUDY_NAMES) == set(STUDIES)
    with shown(qtbot, example("xor")) as window:
        assert window.session.open("bias-variance")
        settle()
        view = lab_of(window).panel("studies").view()
        assert isinstance(view, StudiesView)
        assert view.is_seen
        assert view.form.name == "bias"
        view.form.choose("degree")  # what a person chooses stays
        assert window.session.lab.edit(with_seed(window.session.lab.table, 7))
        settle()
        assert view.form.name == "degree"


def test_side_by_side_both_planes_are_alike_and_afterwards_all_is_as_before(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        window.session.set_face("lab")
        settle()
        lab, docks = window.session.lab, lab_of(window).docks
        before = [docks[name].width() for name in ("recipe", "region", "predictions")]
        lab.run.advance(20)
        lab.seek(10)
        lab.branch()
        lab.set_beside(True)
        settle()
        one, other = docks["region"].view(), docks["beside"].view().region
        assert abs(one.canvas.height() - other.canvas.height()) <= 4
        assert abs(one.canvas.width() - other.canvas.width()) <= 40
        assert one.canvas.width() > 300
        lab.set_beside(False)
        settle()
        after = [docks[name].width() for name in ("recipe", "region", "predictions")]
        assert after == pytest.approx(before, abs=30)


def test_no_panel_is_empty_when_the_lab_is_first_seen(window: MainWindow) -> None:
    window.session.set_face("lab")
    while window.faces.stack.currentIndex() != 1:
        window.session.advance(0.016)
        QApplication.processEvents()
    assert window.faces.lab is not None
    bar, recipe = (window.faces.lab.panel(name).view() for name in ("run-bar", "recipe"))
    assert isinstance(bar, LabBar)
    assert isinstance(recipe, RecipeView)
    assert bar.numbers["loss"].text() not in ("", "·")
    assert bar.cancel_button.isHidden()
    assert recipe.fields


def test_panels_that_come_back_with_a_network_share_the_room_anew(window: MainWindow) -> None:
    lab = lab_of(window)
    window.session.open_document(twice())
    settle()
    assert lab.panel("predictions").isHidden()
    window.session.open_document(example("xor"))
    settle()
    above, below = lab.panel("predictions"), lab.panel("runs")
    assert above.height() > below.height()
