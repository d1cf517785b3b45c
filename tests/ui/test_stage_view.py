from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from mlviz.picture.items import Role
from mlviz.trace.steps import Position
from mlviz.ui.camera import Camera
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from tests.ui.pixels import has

LEFT = Qt.MouseButton.LeftButton
MakeSession = Callable[..., Session]


@pytest.fixture
def make_stage(qtbot: QtBot) -> Callable[..., StageView]:
    def make(session: Session, width: int = 1000, height: int = 640) -> StageView:
        stage = StageView(session)
        qtbot.addWidget(stage)
        stage.resize(width, height)
        return stage

    return make


@pytest.fixture
def stage(session: Session, make_stage: Callable[..., StageView]) -> StageView:
    return make_stage(session)


@pytest.fixture
def narrow(make_session: MakeSession, make_stage: Callable[..., StageView]) -> StageView:
    """A stage that is too small for its graph."""
    return make_stage(make_session("mazur"), 420, 320)


def centre(stage: StageView, node: int) -> QPoint:
    return stage.node_rect(node).center()


def empty(stage: StageView) -> QPoint:
    return QPoint(3, stage.height() - 3)


def wheel(stage: StageView, at: QPoint, turn: int, pixels: QPoint | None = None) -> None:
    phase = Qt.ScrollPhase.ScrollUpdate if pixels else Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        QPointF(at),
        stage.mapToGlobal(QPointF(at)),
        pixels or QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        phase,
        False,
    )
    QApplication.sendEvent(stage, event)


def grab(stage: StageView) -> QImage:
    return stage.grab().toImage()


def point(stage: StageView, at: QPoint) -> None:
    """Move the pointer without a button; it is not the real one, which tests leave alone."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        stage.mapToGlobal(QPointF(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(stage, event)


class TestPointing:
    def test_a_click_on_a_node_selects_it(self, stage: StageView, qtbot: QtBot) -> None:
        qtbot.mouseClick(stage, LEFT, pos=centre(stage, 3))
        assert stage.session.selected == 3

    def test_a_click_beside_the_nodes_selects_nothing(self, stage: StageView, qtbot: QtBot) -> None:
        stage.session.select(3)
        qtbot.mouseClick(stage, LEFT, pos=empty(stage))
        assert stage.session.selected is None

    def test_the_node_under_the_pointer_is_hovered_until_it_leaves(self, stage: StageView) -> None:
        point(stage, centre(stage, 2))
        assert stage.session.hovered == 2
        assert stage.cursor().shape() is Qt.CursorShape.PointingHandCursor
        point(stage, empty(stage))
        assert stage.session.hovered is None
        stage.session.hover(2)
        QApplication.sendEvent(stage, QEvent(QEvent.Type.Leave))
        assert stage.session.hovered is None

    def test_nodes_are_found_wherever_the_camera_is(self, stage: StageView, qtbot: QtBot) -> None:
        for change in (lambda: stage.zoom(1.7), lambda: stage.pan(-120, 60)):
            change()
            assert stage.node_at(QPointF(centre(stage, 4))) == 4

    @pytest.mark.qt_log_ignore("does not support raise")
    def test_the_tip_tells_the_numbers_in_full(self, stage: StageView) -> None:
        at = centre(stage, 0)
        QApplication.sendEvent(stage, QHelpEvent(QEvent.Type.ToolTip, at, stage.mapToGlobal(at)))
        assert "w₁" in QToolTip.text()
        assert "0.5" in QToolTip.text()
        QToolTip.hideText()

    def test_what_is_selected_elsewhere_is_marked(self, stage: StageView) -> None:
        colour = stage.session.theme.colour(Role.SELECTED)
        assert not has(grab(stage), colour)
        stage.session.select(4)
        assert has(grab(stage), colour)


class TestKeys:
    def test_n_walks_through_the_nodes_in_the_order_of_the_run(
        self, stage: StageView, qtbot: QtBot
    ) -> None:
        found = []
        for _ in range(3):
            qtbot.keyClick(stage, Qt.Key.Key_N)
            found.append(stage.session.selected)
        assert found == [0, 1, 2]
        qtbot.keyClick(stage, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        assert stage.session.selected == 1
        qtbot.keyClick(stage, Qt.Key.Key_Escape)
        assert stage.session.selected is None

    def test_a_node_that_was_reached_by_a_key_is_brought_into_view(
        self, narrow: StageView, qtbot: QtBot
    ) -> None:
        narrow.session.seek(Position(1, len(narrow.session.timeline)))
        for _ in range(12):
            qtbot.keyClick(narrow, Qt.Key.Key_N)
            node = narrow.session.selected
            assert node is not None
            assert narrow.rect().contains(narrow.node_rect(node))

    def test_plus_and_minus_zoom(self, stage: StageView, qtbot: QtBot) -> None:
        before = stage.camera().scale
        qtbot.keyClick(stage, Qt.Key.Key_Plus)
        assert stage.camera().scale == pytest.approx(1.2 * before)
        qtbot.keyClick(stage, Qt.Key.Key_Minus)
        assert stage.camera().scale == pytest.approx(before)

    def test_other_keys_are_left_to_the_window(self, stage: StageView, qtbot: QtBot) -> None:
        before = stage.camera(), stage.session.position
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_F):
            qtbot.keyClick(stage, key)
        assert (stage.camera(), stage.session.position) == before

    def test_the_ring_shows_only_when_the_keyboard_came_by_a_key(self, stage: StageView) -> None:
        ring = stage.session.theme.colour(Role.SELECTED)
        for reason, shown in (
            (Qt.FocusReason.MouseFocusReason, False),
            (Qt.FocusReason.TabFocusReason, True),
        ):
            QApplication.sendEvent(stage, QFocusEvent(QEvent.Type.FocusIn, reason))
            assert has(grab(stage), ring) is shown
        QApplication.sendEvent(stage, QFocusEvent(QEvent.Type.FocusOut))
        assert not has(grab(stage), ring)


class TestCamera:
    def test_stepping_back_gives_the_view_that_was_there(self, narrow: StageView) -> None:
        session = narrow.session
        there: dict[Position, Camera] = {}
        moments = [Position(1, k, p) for k in range(1, 57) for p in (0.1, 0.5, 1.0)]
        for position in moments:
            session.seek(position)
            there[position] = narrow.camera()
        assert len(set(there.values())) > 20
        for position in reversed(moments):
            session.seek(position)
            assert narrow.camera() == there[position]

    def test_what_happens_is_always_in_view(self, narrow: StageView) -> None:
        session = narrow.session
        for step in session.timeline.steps:
            session.seek(Position(1, step.number))
            middle = QPointF(centre(narrow, step.node))
            assert narrow.rect().contains(middle.toPoint()), step

    def test_the_camera_glides(self, narrow: StageView) -> None:
        session = narrow.session
        places = []
        for k in range(101):
            session.seek(Position(1, 20, k / 100))
            places.append(narrow.camera().x)
        jumps = [abs(a - b) for a, b in pairwise(places)]
        assert max(jumps) < 0.15 * max(sum(jumps), 100)

    def test_a_graph_that_fits_stands_still(self, stage: StageView) -> None:
        cameras = set()
        for k in range(len(stage.session.timeline) + 1):
            stage.session.seek(Position(1, k))
            cameras.add(stage.camera())
        assert len(cameras) == 1

    def test_the_wheel_zooms_at_the_pointer_and_following_pauses(
        self, stage: StageView, qtbot: QtBot
    ) -> None:
        at = centre(stage, 3)
        before = stage.camera()
        with qtbot.waitSignal(stage.follow_changed):
            wheel(stage, at, 240)
        after = stage.camera()
        assert after.scale > 1.2 * before.scale
        assert after.to_picture(at.x(), at.y()) == pytest.approx(before.to_picture(at.x(), at.y()))
        assert not stage.follow

    def test_two_fingers_on_a_pad_move_the_picture(self, stage: StageView) -> None:
        before = stage.camera()
        wheel(stage, QPoint(100, 100), 8, QPoint(12, -7))
        after = stage.camera()
        assert after.scale == before.scale
        assert (after.x - before.x, after.y - before.y) == pytest.approx((12, -7))

    def test_dragging_moves_the_picture_and_selects_nothing(
        self, stage: StageView, qtbot: QtBot
    ) -> None:
        before, start = stage.camera(), centre(stage, 3)
        qtbot.mousePress(stage, LEFT, pos=start)
        qtbot.mouseMove(stage, start + QPoint(40, 25))
        qtbot.mouseRelease(stage, LEFT, pos=start + QPoint(40, 25))
        after = stage.camera()
        assert (after.x - before.x, after.y - before.y) == pytest.approx((40, 25))
        assert stage.session.selected is None
        assert not stage.follow

    def test_a_hand_that_trembles_still_clicks(self, stage: StageView, qtbot: QtBot) -> None:
        start = centre(stage, 3)
        qtbot.mousePress(stage, LEFT, pos=start)
        qtbot.mouseMove(stage, start + QPoint(2, 1))
        qtbot.mouseRelease(stage, LEFT, pos=start + QPoint(2, 1))
        assert stage.session.selected == 3
        assert stage.follow

    def test_a_view_that_was_chosen_stays_while_the_film_goes_on(self, narrow: StageView) -> None:
        narrow.pan(30, 20)
        before = narrow.camera()
        narrow.session.seek(Position(1, 30))
        assert narrow.camera() == before

    def test_fit_follows_again_then_shows_all_then_follows(self, narrow: StageView) -> None:
        following = narrow.camera()
        narrow.pan(30, 20)
        narrow.fit()
        assert narrow.follow
        assert narrow.camera() == following
        narrow.fit()
        assert not narrow.follow
        picture = narrow.picture()
        assert picture is not None
        seen = narrow.camera().to_widget(picture.bounds)
        assert seen.width <= narrow.width()
        assert seen.height <= narrow.height()
        narrow.fit()
        assert narrow.camera() == following

    def test_a_double_click_beside_the_nodes_fits(self, stage: StageView, qtbot: QtBot) -> None:
        stage.zoom(1.5)
        qtbot.mouseDClick(stage, LEFT, pos=empty(stage))
        assert stage.follow

    def test_a_double_click_on_a_node_does_not(self, stage: StageView, qtbot: QtBot) -> None:
        stage.zoom(1.1)
        qtbot.mouseDClick(stage, LEFT, pos=centre(stage, 3))
        assert not stage.follow

    def test_following_can_be_switched(self, narrow: StageView) -> None:
        before = narrow.camera()
        narrow.set_follow(False)
        assert narrow.camera().scale == pytest.approx(before.scale)
        assert narrow.camera().x == pytest.approx(before.x)
        narrow.session.seek(Position(1, 40))
        assert narrow.camera().x == pytest.approx(before.x)
        narrow.set_follow(True)
        assert narrow.camera() != before

    def test_the_button_shows_while_nothing_is_followed(self, stage: StageView) -> None:
        button = stage._follow_button
        assert button.isHidden()
        stage.zoom(1.3)
        assert not button.isHidden()
        button.click()
        assert stage.follow
        assert button.isHidden()


class TestLooks:
    def test_the_headline_has_the_colour_of_its_phase(self, stage: StageView) -> None:
        def headline() -> QImage:
            return grab(stage).copy(0, 0, stage.width(), 40)

        timeline, theme = stage.session.timeline, stage.session.theme
        for segment in timeline.segments:
            stage.session.seek(Position(1, segment.first))
            assert has(headline(), theme.colour(Role(segment.phase.value)))

    def test_theme_and_language_switch_at_once(self, stage: StageView) -> None:
        session = stage.session
        light = grab(stage)
        session.set_theme("dark")
        dark = grab(stage)
        assert dark.pixelColor(2, 2) == session.theme.colour(Role.STAGE) != light.pixelColor(2, 2)
        name = stage.accessibleName()
        session.set_language("zh_CN")
        assert grab(stage) != dark
        assert stage.accessibleName() != name

    def test_everything_grows_with_the_scale(
        self, make_session: MakeSession, make_stage: Callable[..., StageView]
    ) -> None:
        one = make_stage(make_session(), 1000, 640)
        two = make_stage(make_session(scale=2.0), 2000, 1280)
        assert two.camera().scale == pytest.approx(2 * one.camera().scale)
        assert two.node_rect(3).width() == pytest.approx(2 * one.node_rect(3).width(), abs=3)

    def test_the_keys_are_left_out_where_there_is_no_room(self, stage: StageView) -> None:
        muted = stage.session.theme.colour(Role.MUTED)
        bottom = grab(stage).copy(0, stage.height() - 35, stage.width(), 35)
        assert has(bottom, muted)
        stage.resize(300, 300)
        bottom = grab(stage).copy(0, stage.height() - 35, stage.width(), 35)
        assert not has(bottom, muted)

    def test_a_graph_that_is_still_laid_out_says_so(
        self, stage: StageView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Session, "graph", None)
        stage.session.timeline_changed.emit()
        assert stage.picture() is None
        assert has(grab(stage), stage.session.theme.colour(Role.MUTED))
        assert "…" in stage.accessibleDescription()
        stage.fit()
        stage.zoom(2.0)
        stage.select_next()
        assert stage.node_at(QPointF(100, 100)) is None


class TestWords:
    def test_the_description_follows_the_film(self, stage: StageView) -> None:
        said = set()
        for k in range(len(stage.session.timeline) + 1):
            stage.session.seek(Position(1, k))
            said.add(stage.accessibleDescription())
        assert len(said) == len(stage.session.timeline) + 1
        stage.session.seek(Position(1, 3, 0.4))
        assert "3" in stage.accessibleDescription()

    def test_nothing_new_is_said_within_a_step(
        self, stage: StageView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage.session.seek(Position(1, 3, 0.1))
        said: list[str] = []
        monkeypatch.setattr(stage, "setAccessibleDescription", said.append)
        for progress in (0.2, 0.5, 0.9, 1.0):
            stage.session.seek(Position(1, 3, progress))
        assert said == []


def test_the_old_picture_stays_until_the_new_graph_is_laid_out(
    stage: StageView, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stage.grab().toImage()
    middle = stage.rect().adjusted(0, 60, 0, -60)
    monkeypatch.setattr(stage.session, "_graph", None)
    assert stage.grab().toImage().copy(middle) == before.copy(middle)
