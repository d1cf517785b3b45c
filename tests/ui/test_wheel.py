"""The wheel zooms, stops, says what one more notch would do, and only then does it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from mlviz.trace.steps import Position
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from mlviz.ui.wheel import NEAR
from tests.ui.windows import example, opened

NOTCH = 120


class Hand:
    """Turns the wheel on a stage, with the time that passes in between."""

    def __init__(self, stage: StageView) -> None:
        self.stage = stage
        self.now = 1_000
        self.at = QPointF(0, 0)

    def point(self, node: int) -> None:
        self.at = QPointF(self.stage.node_rect(node).center())

    def turn(self, amount: int, wait: int = 30) -> None:
        self.now += wait
        none, nowhere = Qt.KeyboardModifier.NoModifier, QPointF().toPoint()
        event = QWheelEvent(
            self.at,
            self.stage.mapToGlobal(self.at),
            nowhere,
            QPointF(0, amount).toPoint(),
            Qt.MouseButton.NoButton,
            none,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        event.setTimestamp(self.now)
        QApplication.sendEvent(self.stage, event)

    def spin(self, amount: int, times: int = 40) -> None:
        for _ in range(times):
            self.turn(amount)


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    with opened(example("xor")) as session:
        session.set_reduced_motion(True)
        yield session


@pytest.fixture
def stage(session: Session) -> Iterator[StageView]:
    stage = StageView(session)
    stage.resize(1000, 700)
    yield stage
    stage.close()
    stage.deleteLater()


def node(session: Session, name: str) -> int:
    return next(n.id for n in session.timeline.tape if name in (n.name, n.op.name if n.op else ""))


def level(session: Session, name: str) -> None:
    session.set_level(name)
    session.wait_for_layout()


def test_it_stops_before_what_can_be_opened_and_says_so(stage: StageView) -> None:
    hand = Hand(stage)
    level(stage.session, "layers")
    hand.point(node(stage.session, "a^1"))
    hand.spin(NOTCH)
    assert stage.camera().scale == pytest.approx(NEAR)
    assert not stage.wheel.hint.isHidden()
    assert "a⁽¹⁾" in stage.wheel.hint.text()
    assert not stage.session.opened


def test_one_more_notch_after_a_pause_opens_it_and_one_outwards_closes_it(
    stage: StageView,
) -> None:
    hand, session = Hand(stage), stage.session
    level(session, "layers")
    hand.point(node(session, "a^1"))
    hand.spin(NOTCH)
    hand.turn(NOTCH, wait=400)
    session.wait_for_layout()
    assert [frame.name for frame in session.opened] == ["layer1"]
    assert stage.wheel.hint.isHidden()
    assert not stage.crumbs.isHidden()
    graph = session.graph
    assert graph is not None
    seen = stage.camera().to_widget(graph.frames[0].rect)
    assert stage.area.contains(*seen.center)
    hand.spin(-NOTCH, 60)
    assert session.opened
    hand.turn(-NOTCH, wait=400)
    session.wait_for_layout()
    assert not session.opened
    assert stage.follow


def test_the_hand_that_is_still_spinning_is_not_carried_farther(stage: StageView) -> None:
    hand, session = Hand(stage), stage.session
    level(session, "layers")
    hand.point(node(session, "a^1"))
    hand.spin(NOTCH)
    hand.turn(NOTCH, wait=400)
    session.wait_for_layout()
    camera = stage.camera()
    hand.spin(NOTCH)
    assert stage.camera() == camera
    assert len(session.opened) == 1


def test_a_small_turn_is_no_notch(stage: StageView) -> None:
    hand, session = Hand(stage), stage.session
    hand.point(node(session, "tanh"))
    hand.spin(NOTCH)
    hand.turn(20, wait=400)
    assert not session.opened
    hand.turn(100)
    assert session.opened


def test_beside_the_nodes_the_level_changes_and_the_moment_stays(stage: StageView) -> None:
    hand, session = Hand(stage), stage.session
    session.seek(Position(1, 3))
    level(session, "layers")
    moment = session.position
    hand.at = QPointF(stage.width() - 30, stage.height() - 60)
    assert stage.node_at(hand.at) is None
    hand.spin(NOTCH)
    # Zooming at a point keeps it, so it is still beside the nodes.
    assert stage.wheel.hint.text().endswith("Operations")
    hand.turn(NOTCH, wait=400)
    session.wait_for_layout()
    assert session.level == "operations"
    hand.spin(-NOTCH, 60)
    hand.turn(-NOTCH, wait=400)
    session.wait_for_layout()
    assert session.level == "layers"
    assert session.position == moment


def test_where_there_is_nothing_to_open_it_goes_on_zooming(stage: StageView) -> None:
    hand, session = Hand(stage), stage.session
    hand.point(node(session, "W^1"))
    hand.spin(NOTCH)
    assert stage.camera().scale > 2 * NEAR
    assert stage.wheel.hint.isHidden()
    level(session, "layers")
    stage.fit()
    hand.spin(-NOTCH, 60)
    assert stage.camera().scale < 0.1


def test_moving_away_takes_back_what_was_said(stage: StageView) -> None:
    hand, session = Hand(stage), stage.session
    hand.point(node(session, "tanh"))
    hand.spin(NOTCH)
    away = hand.at + QPointF(40, 0)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        away,
        stage.mapToGlobal(away),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(stage, event)
    assert stage.wheel.hint.isHidden()
    hand.turn(NOTCH, wait=400)
    assert not session.opened
    assert not stage.wheel.hint.isHidden()
