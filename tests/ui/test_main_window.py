from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QDockWidget,
    QFileDialog,
    QLabel,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mlviz import settings
from mlviz.document.document import from_formula
from mlviz.document.examples import find
from mlviz.i18n import Message
from mlviz.settings import Settings
from mlviz.trace.steps import Position
from mlviz.ui.actions import ROWS, key_text
from mlviz.ui.keys_dialog import KeysDialog
from mlviz.ui.main_window import STAGE_WIDTH, MainWindow
from tests.ui.windows import LIGHT_ENGLISH, NO_SCREEN, example, neuron, opened, shown, twice

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, neuron()) as made:
        yield made


def visible_panels(window: MainWindow) -> set[str]:
    return {dock.objectName() for dock in window.docks if dock.isVisible()}


def sizes(window: MainWindow) -> list[tuple[int, int]]:
    for _ in range(3):
        QCoreApplication.processEvents()
    return [(dock.width(), dock.height()) for dock in (*window.left, *window.right)]


def place(dock: QDockWidget) -> tuple[int, int, int, int]:
    rect = dock.geometry()
    return rect.x(), rect.y(), rect.width(), rect.height()


# --- Panels ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_panel_that_was_opened_on_demand_gives_its_room_back(
    window: MainWindow, width: int
) -> None:
    window.resize(width, 800)
    window.reset_layout()
    before = sizes(window)
    window.show_matrix(True)
    window.show_why(True)
    assert sizes(window) != before
    window.show_why(False)
    window.matrix.close()  # by its own button
    assert sizes(window) == before


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
def test_the_stage_is_wide_enough_beside_all_panels(
    qtbot: QtBot, window: MainWindow, width: int, height: int
) -> None:
    window.resize(width, height)
    window.reset_layout()
    qtbot.waitUntil(lambda: window.size().width() == width)
    assert (window.width(), window.height()) == (width, height)
    assert len(visible_panels(window)) == len(window.docks)
    assert window.stage.width() >= STAGE_WIDTH
    assert window.stage.height() >= 400
    for dock in window.docks:
        inside = dock.widget()
        assert inside.height() >= inside.minimumSizeHint().height(), dock.objectName()


def test_a_window_made_smaller_keeps_its_stage(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1024, 768)
    qtbot.waitUntil(lambda: window.width() == 1024)
    assert window.stage.width() >= STAGE_WIDTH


def test_the_explanation_is_hidden_and_shown_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    right = {dock.objectName() for dock in window.right}
    qtbot.keyClick(window, Qt.Key.Key_E)
    assert not visible_panels(window) & right
    assert not window.actions_table["explain"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_E)
    assert visible_panels(window) >= right
    assert window.actions_table["explain"].isChecked()


def test_every_panel_can_be_hidden_floated_and_put_back(qtbot: QtBot, window: MainWindow) -> None:
    places = [place(dock) for dock in window.docks]
    for dock in window.docks:
        dock.toggleViewAction().trigger()
    assert visible_panels(window) == set()
    for dock in window.docks:
        dock.toggle_floating()
    window.reset_layout()
    assert len(visible_panels(window)) == len(window.docks)
    assert not any(dock.isFloating() for dock in window.docks)
    qtbot.waitUntil(lambda: [place(dock) for dock in window.docks] == places)


def test_the_view_menu_has_every_panel(window: MainWindow) -> None:
    texts = [action.text() for action in window.view_menu.actions()]
    assert texts[:6] == [
        "Lesson",
        "Steps",
        "Chain rule",
        "Function and slope",
        "Parameters",
        "Time",
    ]


def test_what_was_hidden_is_still_hidden_after_a_restart(qtbot: QtBot) -> None:
    with shown(qtbot, neuron()) as window:
        window.curve.close()
        window.session.set_scale(1.25)
        window.session.set_theme("dark")
        window.session.set_language("zh_CN")
    wishes, warning = settings.load()
    assert warning is None
    assert (wishes.scale, wishes.theme, wishes.language) == (1.25, "dark", "zh_CN")
    with shown_as_left(wishes) as again:
        assert again.curve.isHidden()
        assert not again.lesson.isHidden()
        assert again.session.theme.dark


def shown_as_left(wishes: Settings):  # type: ignore[no-untyped-def]
    from contextlib import contextmanager

    @contextmanager
    def context() -> Iterator[MainWindow]:
        with opened(neuron(), wishes) as session:
            window = MainWindow(session, wishes)
            window.show()
            try:
                yield window
            finally:
                window.close()
                window.deleteLater()

    return context()


@pytest.mark.parametrize("state", ["no base64!", "AAAA", ""])
def test_places_that_make_no_sense_are_passed_over(state: str) -> None:
    wishes = Settings(language="en", theme="light", geometry=state, state=state)
    with shown_as_left(wishes) as window:
        assert len(visible_panels(window)) == len(window.docks)


def test_a_settings_folder_that_cannot_be_written_does_not_keep_the_window_open(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Settings) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(settings, "save", refuse)
    with shown(qtbot, neuron()) as window:
        assert window.close()


# --- Files -----------------------------------------------------------------------------------


def test_a_broken_file_is_told_and_leaves_the_session(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('[network]\nlayers = "two"\n', encoding="utf-8")
    window.session.next_phase()
    before = (window.session.document, window.session.position)
    window.open_file(str(path))
    assert (window.session.document, window.session.position) == before
    assert window.message_bar.isVisible()
    assert "broken.toml" in window.message_bar.label.text()
    assert not window.message_bar.copy_button.isVisible()
    window.message_bar.close_button.click()
    assert not window.message_bar.isVisible()


def test_a_good_file_takes_the_message_away(window: MainWindow) -> None:
    window.message_bar.show_message(Message("ui.theme"))
    window.session.open_document(twice())
    assert not window.message_bar.isVisible()


def test_a_message_speaks_the_language_chosen_later(window: MainWindow) -> None:
    window.message_bar.show_message(Message("ui.level.scalars"))
    window.session.set_language("zh_CN")
    assert window.message_bar.label.text() == "标量"


def drop(window: MainWindow, mime: QMimeData) -> bool:
    """Drop something on the window; return whether the window wanted it."""
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), actions, mime, buttons, keys)
    enter.ignore()
    window.dragEnterEvent(enter)
    if enter.isAccepted():
        window.dropEvent(QDropEvent(QPointF(300, 300), actions, mime, buttons, keys))
    return enter.isAccepted()


def test_a_file_dropped_on_the_window_is_opened(window: MainWindow) -> None:
    path = example("twice").path
    assert path is not None
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert drop(window, mime)
    assert window.session.document.name == "twice"


@pytest.mark.parametrize("urls", [[], ["/a.png"], ["/a.toml", "/b.toml"]])
def test_anything_else_dropped_is_refused(window: MainWindow, urls: list[str]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(url) for url in urls])
    assert not drop(window, mime)


def test_a_file_is_chosen_without_blocking_the_window(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    path = example("xor").path
    dialog.fileSelected.emit(str(path))
    dialog.close()
    assert window.session.document.name == "xor"


def test_the_chooser_lists_the_examples_and_opens_one(window: MainWindow) -> None:
    chooser = window.top_bar.chooser
    assert chooser.text() == "A single neuron learns ▾"
    menu = chooser.menu()
    menu.aboutToShow.emit()
    themes = [action.menu() for action in menu.actions() if action.menu() is not None]
    assert len(themes) == 5
    entries = {action.text(): action for theme in themes for action in theme.actions()}
    assert len(entries) >= 25
    assert entries["A single neuron learns"].isChecked()
    entries["Exclusive or"].trigger()
    assert window.session.document.name == "xor"
    assert chooser.text() == "Exclusive or ▾"
    assert window.windowTitle() == "Exclusive or[*] – MLViz"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", ["tanh-neuron", "twice", "mazur", "xor"])
def test_the_loss_is_written_out_on_the_narrowest_window(
    qtbot: QtBot, name: str, language: str
) -> None:
    with shown(qtbot, example(name)) as window:
        window.session.set_language(language)
        window.resize(1024, 768)
        bar = window.top_bar
        written = [bar.loss.value, bar.optimizer.value, bar.chooser, bar.open_button]
        written += [bar.view_button, bar.language_button, *bar.levels.buttons.values()]

        def cut_off() -> list[str]:
            return [
                widget.text()
                for widget in written
                if widget.isVisible()
                and widget.width() < widget.fontMetrics().horizontalAdvance(widget.text())
            ]

        qtbot.waitUntil(lambda: bar.width() == 1024 and not cut_off())
        assert bar.help_button.geometry().right() < bar.width()


def test_nothing_gives_way_to_an_empty_place(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        bar = window.top_bar
        window.session.set_language("zh_CN")
        window.resize(1024, 768)
        qtbot.waitUntil(lambda: bar.width() == 1024 and bar.language_button.isVisible())
        assert bar.open_button.isVisible()
        window.session.set_language("en")
        qtbot.waitUntil(lambda: bar.language_button.isHidden())


@pytest.mark.parametrize("name", ["penalties", "digits", "fruit"])
@pytest.mark.parametrize("width", [1440, 1280, 1024])
def test_the_convention_of_the_loss_is_read_whole_whatever_the_optimizer_is_set_to(
    qtbot: QtBot, name: str, width: int
) -> None:
    with shown(qtbot, example(name)) as window:
        window.session.set_face("film")
        window.resize(width, 800)
        bar = window.top_bar
        value = bar.loss.value
        qtbot.waitUntil(lambda: bar.width() == width and value.width() >= value.sizeHint().width())
        assert "mean" in value.text()
        settings = bar.optimizer.value
        brief = settings.text().split(", ")
        assert settings.width() >= settings.fontMetrics().horizontalAdvance(", ".join(brief[:2]))
        assert bar.help_button.geometry().right() < bar.width()


def test_a_fact_too_long_for_its_place_is_told_in_full_on_hovering(window: MainWindow) -> None:
    loss = window.top_bar.loss
    assert loss.value.text() in loss.toolTip()
    assert loss.value.text() in loss.accessibleName()


# --- Language, theme, scale ------------------------------------------------------------------


def texts(window: QWidget) -> set[str]:
    """Return everything that is written on the window."""
    found: set[str] = set()
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLabel | QAbstractButton) and widget.isVisible():
            found.add(widget.text())
    return found


def test_the_language_is_switched_while_the_window_is_open(window: MainWindow) -> None:
    english = texts(window)
    window.session.set_language("zh_CN")
    chinese = texts(window)
    for text in ("LESSON", "STEPS", "Operations", "Step 0 of 21", "Iteration 1 of 200"):
        assert text in english
    for text in ("课程", "步骤", "运算", "第 1 次迭代，共 200 次"):
        assert text in chinese
    same = {text for text in english & chinese if any(c.isalpha() and c.isascii() for c in text)}
    # Names, formulas and the source are the same in both.
    assert not any(" " in text and text[0].isupper() and "=" not in text for text in same), same
    assert window.actions_table["play"].text() == "播放"


def test_the_theme_button_switches_between_light_and_dark(window: MainWindow) -> None:
    light = window.grab().toImage().pixelColor(720, 700)
    window.top_bar.theme_button.click()
    assert window.session.theme_name == "dark"
    dark = window.grab().toImage().pixelColor(720, 700)
    assert dark.lightness() < 60 < 200 < light.lightness()
    window.top_bar.theme_button.click()
    assert window.session.theme_name == "light"


def test_keys_make_everything_larger_and_smaller(qtbot: QtBot, window: MainWindow) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    height = window.top_bar.height()
    letters = window.top_bar.brand.fontMetrics().height()
    qtbot.keyClick(window, Qt.Key.Key_Plus, control)
    qtbot.keyClick(window, Qt.Key.Key_Equal, control)
    assert window.session.scale == 1.25
    assert window.top_bar.height() == pytest.approx(1.25 * height, abs=1)
    assert window.top_bar.brand.fontMetrics().height() == pytest.approx(1.25 * letters, abs=2)
    qtbot.keyClick(window, Qt.Key.Key_Minus, control)
    assert window.session.scale == 1.1
    qtbot.keyClick(window, Qt.Key.Key_0, control)
    assert window.session.scale == 1.0
    assert window.top_bar.height() == height


def test_panels_are_wider_with_what_is_in_them(qtbot: QtBot, window: MainWindow) -> None:
    before = [window.lesson.width(), window.equation.width()]
    window.session.set_scale(1.25)
    wanted = [round(width * 1.25) for width in before]
    qtbot.waitUntil(lambda: [window.lesson.width(), window.equation.width()] == wanted)
    window.session.set_scale(1.0)
    qtbot.waitUntil(lambda: [window.lesson.width(), window.equation.width()] == before)


def test_panels_come_back_as_wide_as_they_were(qtbot: QtBot) -> None:
    with shown(qtbot, example("mazur")) as window:
        window.resize(1024, 768)
        qtbot.waitUntil(lambda: window.stage.isVisible() and window.width() == 1024)
        application = QCoreApplication.instance()
        assert application is not None
        window.reset_layout()
        application.processEvents()
        before = [window.lesson.width(), window.equation.width()]
        for scale in (1.25, 1.5, 1.0):  # at the larger ones there is no room for all
            window.session.set_scale(scale)
            application.processEvents()
        qtbot.waitUntil(lambda: [window.lesson.width(), window.equation.width()] == before)


def test_the_scale_stops_at_its_limits(window: MainWindow) -> None:
    for _ in range(20):
        window.make_larger()
    assert window.session.scale == 3.0
    for _ in range(20):
        window.make_smaller()
    assert window.session.scale == 0.5


def test_large_letters_leave_no_scrap_of_a_fact_in_the_bar(window: MainWindow) -> None:
    bar = window.top_bar
    window.resize(1024, 768)
    for scale, told in ((1.0, True), (1.25, False), (1.0, True)):
        window.session.set_scale(scale)
        QCoreApplication.processEvents()
        assert bar.loss.isVisible() == bar.optimizer.isVisible() == told


# --- Level -----------------------------------------------------------------------------------


def test_a_level_that_is_missing_says_why(qtbot: QtBot, window: MainWindow) -> None:
    button = window.top_bar.levels.buttons["scalars"]
    assert not button.isEnabled()
    assert "single numbers" in button.toolTip()
    assert button.accessibleDescription() == button.toolTip()
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert window.session.level == "layers"
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert window.session.level == "operations"


def test_a_run_with_a_single_level_says_why(qtbot: QtBot) -> None:
    with shown(qtbot, from_formula("y = x * 2", {"x": 3.0})) as window:
        qtbot.keyClick(window, Qt.Key.Key_L)
        assert window.message_bar.label.text() == window.session.tr(
            window.session.level_reason("scalars")
        )


def test_the_level_is_switched_by_its_key_and_its_buttons(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        buttons = window.top_bar.levels.buttons
        qtbot.keyClick(window, Qt.Key.Key_L)
        assert window.session.level == "scalars"
        assert buttons["scalars"].isChecked()
        qtbot.keyClick(window, Qt.Key.Key_L)
        assert window.session.level == "layers"
        qtbot.mouseClick(buttons["operations"], Qt.MouseButton.LeftButton)
        assert window.session.level == "operations"
        assert buttons["operations"].isChecked()


# --- Names and keys --------------------------------------------------------------------------


def controls(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractSlider, QAbstractItemView)
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.objectName() != "qt_tableview_cornerbutton"
        # A scroll bar belongs to its list, and Qt names the parts of its own dialogs.
        and not type(widget).__name__.startswith(("QScrollBar", "QTableCorner", "QHeaderView"))
    ]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_control_has_a_name_for_a_screen_reader(window: MainWindow, language: str) -> None:
    window.session.set_language(language)
    nameless = [
        widget
        for widget in controls(window)
        if not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert nameless == []
    assert len(controls(window)) > 15


def test_every_control_is_reached_by_tab(window: MainWindow) -> None:
    reached = set()
    widget: QWidget = window.stage
    for _ in range(400):
        widget = widget.nextInFocusChain()
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(widget)
    missed = [
        widget
        for widget in controls(window)
        if widget.isVisible() and widget.isEnabled() and widget not in reached
    ]
    assert missed == []


def test_every_action_has_a_key_or_a_place_in_a_menu(window: MainWindow) -> None:
    offered: set[QAction] = set(window.view_menu.actions())
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()
        offered.update(menu.actions())
    lost = [
        row.name for row in ROWS if not row.keys and window.actions_table[row.name] not in offered
    ]
    assert lost == []


def test_no_key_means_two_things() -> None:
    keys = [key for row in ROWS for key in row.keys]
    assert len(keys) == len(set(keys))


def test_what_a_button_does_is_told_with_its_key(window: MainWindow) -> None:
    assert window.actions_table["step_forward"].toolTip() == "Step forward  (→)"
    assert window.actions_table["previous_phase"].toolTip() == "Previous phase  (PgUp)"


@pytest.mark.parametrize(
    ("key", "text"),
    [("Shift+Right", "⇧ →"), ("Ctrl++", "Ctrl +"), ("Ctrl+-", "Ctrl −"), ("?", "?"), ("L", "L")],
)
def test_keys_are_written_as_on_the_keyboard(key: str, text: str) -> None:
    assert key_text(key) == text


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
def test_the_overview_shows_every_key(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    qtbot.keyClick(window, key)
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    written = texts(dialog)
    for row in ROWS:
        if row.keys:
            assert window.session.tr(row.text) in written
            assert {key_text(each) for each in row.keys} <= written
    dialog.close()


def test_the_window_is_closed_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()


def test_state_is_written_as_text(window: MainWindow) -> None:
    window.close()
    wishes, _ = settings.load()
    assert QByteArray.fromBase64(wishes.state.encode()).size() > 20
    assert wishes.language == LIGHT_ENGLISH.language


def test_a_large_run_begins_with_layers_and_says_why(qtbot: QtBot) -> None:
    rows = [[0.001 * (i + j) for j in range(120)] for i in range(120)]
    with shown(qtbot, from_formula("L = sum(W @ x)", {"W": rows, "x": rows})) as window:
        assert window.session.level == "layers"
        assert "layers" in window.message_bar.label.text()
        assert "," in window.message_bar.label.text()


def test_a_large_run_says_quietly_why_it_begins_with_layers(window: MainWindow) -> None:
    assert window.session.open(find("digits"))
    window.session.set_face("film")
    window.session.wait_for_layout()
    for _ in range(5):
        QApplication.processEvents()
    bar = window.message_bar
    assert bar.isVisible()
    assert bar.property("kind") == "notice"
    assert "82,986" in bar.label.text()
    window.session.seek(Position(1, 1))
    assert not bar.isVisible()
