"""The panel "Why?": it follows the selection, and lights paths on the stage."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from mlviz.document.document import from_formula
from mlviz.picture.items import Text
from mlviz.trace.nudge import Check
from mlviz.trace.steps import Position
from mlviz.ui.main_window import MainWindow
from mlviz.ui.why_view import NUDGE, ORDER, WhyView
from tests.ui.windows import NO_SCREEN, example, shown, twice

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with shown(qtbot, twice()) as made:
        made.session.seek(Position(1, 10))
        yield made


def panel(window: MainWindow) -> WhyView:
    view = window.why.widget()
    assert isinstance(view, WhyView)
    return view


def test_a_key_opens_it_and_closes_it_again(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.why.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert panel(window).isVisible()
    assert window.actions_table["why"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert not panel(window).isVisible()


def test_it_shows_the_selected_number(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    view = panel(window)
    window.session.to_start()  # where nothing happens yet
    assert "Select a number" in view.intro.text()
    window.session.to_end()
    window.session.select(0)
    assert view.intro.text().startswith("6 paths lead from x to y")
    assert "114.0" in view.outro.text()
    window.session.set_language("zh_CN")
    assert "6 条路径" in view.intro.text()


def test_with_nothing_selected_it_is_about_the_node_something_happens_to(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    session, view = window.session, panel(window)
    told = []
    for step in session.timeline.steps:
        session.seek(Position(1, step.number))
        assert view.node == step.target
        told.append(view.intro.text())
    assert any(text.startswith("6 paths lead from x to y") for text in told)
    session.select(0)
    session.seek(Position(1, 1))
    assert view.node == 0


def test_a_path_under_the_pointer_is_lit_and_no_longer_when_the_pointer_leaves(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    window.session.select(0)
    canvas = panel(window).canvas
    rect = canvas.rect_of("path:1")
    assert rect is not None
    before = window.stage.grab().toImage()
    x, y = rect.center
    qtbot.mouseMove(canvas, QPoint(round(x), round(y)))
    assert len(window.session.spotlight.edges) == 3
    assert window.stage.grab().toImage() != before
    qtbot.mouseMove(canvas, QPoint(1, canvas.height() - 1))
    assert window.session.spotlight.edges == frozenset()


def test_the_arrow_keys_go_from_path_to_path(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    window.session.select(0)
    canvas = panel(window).canvas
    lit = []
    for _ in range(6):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
        lit.append(window.session.spotlight.edges)
    assert len(set(lit)) == 6
    assert "= 3.000" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert window.session.spotlight.edges == frozenset()


def test_the_light_goes_out_with_the_panel(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    window.session.select(0)
    qtbot.keyClick(panel(window).canvas, Qt.Key.Key_Down)
    assert window.session.spotlight.edges
    window.why.close()
    assert not window.session.spotlight.edges


def test_the_order_page_lets_a_node_be_chosen(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    view = panel(window)
    qtbot.mouseClick(view.buttons[ORDER], Qt.MouseButton.LeftButton)
    assert "120.0" in view.outro.text()
    rect = view.canvas.rect_of("node:1")
    assert rect is not None
    x, y = rect.center
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert window.session.selected == 1


def test_arrays_are_referred_to_the_scalars(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        window.show_why(True)
        window.session.set_level("operations")
        window.session.select(1)
        assert "Press L" in panel(window).intro.text()


# --- Nudge -----------------------------------------------------------------------------------


def numbers(view: WhyView) -> list[str]:
    picture = view.canvas.picture
    assert picture is not None
    return [str(i.text) for i in picture.items if isinstance(i, Text) and i.align == "right"]


def test_the_secant_approaches_the_tangent_as_epsilon_shrinks(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    view = panel(window)
    qtbot.mouseClick(view.buttons[NUDGE], Qt.MouseButton.LeftButton)
    window.session.to_start()
    assert "Select a leaf" in view.intro.text()
    window.session.to_end()
    window.session.select(0)
    view.slider.setValue(view.slider.maximum())
    assert numbers(view)[1:] == ["182.0", "114.0", "68.00", "182.0", "114.0"]
    view.slider.setValue(view.slider.minimum())
    assert numbers(view)[-2:] == ["114.0", "114.0"]
    window.session.select(1)
    assert view.canvas.picture is None


def test_the_gradient_is_not_told_before_it_is_computed(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    view = panel(window)
    view.show_tab(NUDGE)
    window.session.select(0)
    window.session.seek(Position(1, 5))
    assert "114.0" not in numbers(view)
    assert "·" in numbers(view)


def test_the_numbers_follow_a_changed_value(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_W)
    view = panel(window)
    view.show_tab(NUDGE)
    window.session.select(0)
    window.session.what_if.set(0, 0.5)
    assert numbers(view)[-1] == "1.500"  # 2x + 4x³


# --- The badge -------------------------------------------------------------------------------


def test_the_badge_tells_what_was_checked(window: MainWindow) -> None:
    badge = window.check_badge
    badge.check_again()  # a slow window may have checked already while it was opened
    assert badge.text() == "Checking…"
    assert badge.finish().agrees
    assert badge.text() == "✓ Checked"
    assert "gradient" in badge.toolTip()


def test_the_badge_checks_again_when_a_value_changes(qtbot: QtBot, window: MainWindow) -> None:
    badge = window.check_badge
    badge.finish()
    window.session.what_if.set(0, 0.5)
    assert badge.result is None
    assert badge.text() == "Checking…"
    qtbot.waitUntil(lambda: badge.result is not None)
    assert badge.result.agrees
    window.session.seek(Position(1, 3))
    assert badge.result is not None  # the values are the same


def test_a_wrong_gradient_is_told_in_words(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Check(False, 0.25, "x", 1)
    monkeypatch.setattr("mlviz.ui.check_badge.check_steps", lambda *_: iter([found]))
    window.check_badge.check_again()
    window.check_badge.finish()
    assert window.check_badge.text() == "✗ Differs"
    assert "0.25" in window.check_badge.toolTip()


def test_at_a_kink_it_says_so(window: MainWindow) -> None:
    window.session.open_document(from_formula("L = relu(x) + w*w", {"x": 0.0, "w": 2.0}))
    window.check_badge.finish()
    assert window.check_badge.text() == "Not checked: at a kink"
    assert "Not checked: 1." in window.check_badge.toolTip()


def test_without_finite_numbers_nothing_is_claimed(window: MainWindow) -> None:
    window.session.what_if.set(0, 1e200)
    window.check_badge.finish()
    assert window.check_badge.text() == "Not checked: a number is not finite"


def test_where_a_gradient_is_stopped_the_badge_says_why_it_is_not_checked(
    window: MainWindow,
) -> None:
    window.session.open_document(example("detach"))
    window.check_badge.finish()
    assert window.check_badge.text() == "Not checked: a gradient is stopped"
