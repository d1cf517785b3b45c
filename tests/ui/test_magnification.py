"""Three magnifications of one session: the moment, the selection, opened nodes, the passage."""

import time

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from mlviz.document import Document
from mlviz.document.document import from_formula
from mlviz.i18n import Message
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.ui.levels import LEVELS
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from tests.ui.windows import example, opened


def large() -> Document:
    """A small run whose first product is too large to be shown whole."""
    rows = [[0.01 * ((i * 7 + j) % 13 - 6) for j in range(40)] for i in range(30)]
    return from_formula("z = W @ x\nL = sum(z * z)", {"W": rows, "x": [0.1] * 40})


def node(session: Session, name: str) -> int:
    """Return a node of the current tape by its name or operation."""
    return next(n.id for n in session.timeline.tape if name in (n.name, n.op.name if n.op else ""))


def settle(session: Session) -> None:
    session.wait_for_layout()
    session.seek(session.position)


def test_every_level_stands_at_the_same_moment_and_comes_back_to_it() -> None:
    with opened(example("xor")) as session:
        steps = {step.kind: step.number for step in reversed(session.timeline.steps)}
        for kind in (StepKind.FORWARD, StepKind.SEED, StepKind.BACKWARD, StepKind.UPDATE):
            session.seek(Position(1, steps[kind]))
            phase = session.timeline.steps[steps[kind] - 1].phase
            for level in ("scalars", "operations", "layers", "operations"):
                session.set_level(level)
                settle(session)
                assert session.level == level
                step = session.timeline.step(session.position.step)
                if level != "layers" or phase is not Phase.FORWARD:
                    assert step is not None
                    assert step.phase is phase


@pytest.mark.parametrize("start", LEVELS)
def test_going_round_all_levels_leads_back_to_the_very_moment_and_node(start: str) -> None:
    with opened(example("xor")) as session:
        session.set_reduced_motion(True)
        session.set_level(start)
        session.wait_for_layout()
        count, nodes = len(session.timeline), len(session.timeline.tape)
        for step in range(0, count + 1, max(count // 25, 1)):
            session.seek(Position(1, step))
            session.select(step % nodes)
            place = session.position, session.selected
            around = LEVELS.index(start)
            for offset in (1, 2, 3):
                session.set_level(LEVELS[(around + offset) % len(LEVELS)])
            assert (session.position, session.selected) == place
            # A selection in between changes nothing about the moment.
            session.set_level(LEVELS[(around + 1) % len(LEVELS)])
            session.select(0)
            session.set_level(LEVELS[(around + 2) % len(LEVELS)])
            session.set_level(start)
            assert session.position == place[0]


def test_the_selection_is_kept_by_where_it_comes_from() -> None:
    with opened(example("xor")) as session:
        session.select(node(session, "W^2"))
        for level in (*LEVELS, "operations"):
            session.set_level(level)
            settle(session)
            assert session.selected is not None
            assert session.timeline.tape[session.selected].origin.startswith("layer2.weight")


def test_a_node_inside_a_layer_is_selected_as_the_layer() -> None:
    with opened(example("xor")) as session:
        session.select(node(session, "z^1"))
        session.set_level("layers")
        assert session.selected == node(session, "a^1")


def test_a_node_is_replaced_by_its_inside_and_put_back() -> None:
    with opened(example("xor")) as session:
        session.set_level("layers")
        settle(session)
        before = len(session.timeline.tape)
        assert session.step_inside(node(session, "a^1"))
        assert [frame.name for frame in session.opened] == ["layer1"]
        assert session.step_inside(node(session, "linear"))
        assert session.step_inside(node(session, "matmul_transposed"))
        assert len(session.opened) == 3
        assert len(session.timeline.tape) > before + 20
        first = session.opened[1].spot
        assert first is not None
        session.close_inside(first)
        assert [frame.name for frame in session.opened] == ["layer1"]
        assert session.step_out()
        assert not session.step_out()
        assert len(session.timeline.tape) == before


def test_where_nothing_is_inside_it_is_said_and_nothing_changes() -> None:
    with opened(example("xor")) as session:
        told: list[Message] = []
        session.noted.connect(told.append)
        timeline = session.timeline
        assert not session.step_inside(node(session, "W^1"))
        session.noted.disconnect(told.append)
        assert told[0].id == "inside.leaf"
        assert session.timeline is timeline


def test_of_a_large_node_the_chosen_cell_is_opened() -> None:
    with opened(large()) as session:
        session.set_level("operations")
        z = node(session, "z")
        chosen = session.timeline.tape[z].value[4]
        assert session.step_inside(z, (4,))
        (frame,) = session.opened
        assert (frame.elided, frame.others) == (40 - 6, 29)
        totals = [n for n in session.timeline.tape if n.op and n.op.name == "total"]
        assert abs(float(totals[0].value - chosen)) < 1e-12
        assert totals[0].name == "z_5"


def test_another_level_closes_what_was_open() -> None:
    with opened(example("xor")) as session:
        session.step_inside(node(session, "tanh"))
        assert session.opened
        session.set_level("layers")
        assert not session.opened
        session.set_level("operations")
        session.step_inside(node(session, "tanh"))
        session.set_level("operations")
        assert not session.opened


def test_the_passage_runs_by_the_clock_and_a_key_ends_it() -> None:
    with opened(example("xor")) as session:
        session.set_level("layers")
        session.wait_for_layout()
        passage = session.passage
        assert passage is not None
        assert session.moving
        session.advance(0.1)
        assert session.passage is not None
        assert 0 < session.passage.progress < 1
        session.step_forward()
        assert session.passage is None
        session.set_level("operations")
        session.wait_for_layout()
        session.advance(10.0)
        assert session.passage is None


def test_with_reduced_motion_there_is_no_passage() -> None:
    with opened(example("xor")) as session:
        session.set_reduced_motion(True)
        session.set_level("layers")
        session.wait_for_layout()
        assert session.passage is None
        assert not session.moving


def test_a_very_large_run_begins_with_layers() -> None:
    size = 120
    rows = [[0.001 * (i + j) for j in range(size)] for i in range(size)]
    document = from_formula("L = sum(W @ x)", {"W": rows, "x": rows})
    start = time.perf_counter()
    with opened(document) as session:
        assert time.perf_counter() - start < 1.0
        assert session.level == "layers"
        assert session.level_reason("scalars") is not None


def double_click(stage: StageView, x: float, y: float) -> None:
    at = QPointF(x, y)
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseButtonDblClick, at, at, left, left, Qt.KeyboardModifier.NoModifier
    )
    stage.mouseDoubleClickEvent(event)


def press(stage: StageView, key: Qt.Key) -> None:
    stage.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def test_the_stage_opens_by_double_click_and_return_and_closes_by_escape() -> None:
    with opened(example("xor")) as session:
        session.set_reduced_motion(True)
        stage = StageView(session)
        stage.resize(1000, 700)
        session.set_level("layers")
        session.wait_for_layout()
        place = stage.node_rect(node(session, "a^1")).center()
        double_click(stage, place.x(), place.y())
        session.wait_for_layout()
        assert len(session.opened) == 1
        assert not stage.crumbs.isHidden()
        session.select(node(session, "linear"))
        press(stage, Qt.Key.Key_Return)
        session.wait_for_layout()
        assert len(session.opened) == 2
        press(stage, Qt.Key.Key_Escape)
        session.wait_for_layout()
        assert len(session.opened) == 1
        graph = session.graph
        assert graph is not None
        frame = graph.frames[0].rect
        corner = stage.camera().to_widget(frame)
        double_click(stage, corner.x + 40, corner.y + 4)
        session.wait_for_layout()
        assert not session.opened
        assert stage.crumbs.isHidden()
        stage.close()


def test_the_old_picture_stays_until_the_new_graph_is_laid_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with opened(example("xor")) as session:
        stage = StageView(session)
        stage.resize(1000, 700)
        before = stage.camera()
        layout = session._worker.request
        monkeypatch.setattr(session._worker, "request", lambda graph, wait: layout(graph, 0.0))
        session.set_level("scalars")
        assert session.graph is None
        assert session.leaving is not None
        assert stage.camera() == before
        old = stage.grab().toImage()
        session.wait_for_layout()
        assert session.leaving is None
        assert session.passage is not None
        assert stage.grab().toImage() != old
        stage.close()
