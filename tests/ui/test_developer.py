"""A large magnification is made ready beside the window's thread, with the old picture in place."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mlviz.document.examples import find
from mlviz.i18n import Message
from mlviz.trace.magnify import magnified
from mlviz.trace.steps import Position
from mlviz.ui import developer
from mlviz.ui.levels import OPERATIONS, SCALARS
from mlviz.ui.making_note import MakingNote
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from mlviz.ui.toolbar import LevelSwitch

LARGE = "xor"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Holds the other thread back until it is set."""
    opened = threading.Event()
    magnify: Callable[..., object] = magnified

    def waiting(*arguments: object) -> object:
        opened.wait(10)
        return magnify(*arguments)

    monkeypatch.setattr(developer, "magnified", waiting)
    monkeypatch.setattr(developer, "LARGE", 5)
    yield opened
    opened.set()


@pytest.fixture
def session(make_session: Callable[..., Session], gate: threading.Event) -> Session:
    return make_session(LARGE)


def shown(session: Session) -> tuple[object, ...]:
    return session.level, session.timeline, session.graph, session.position, session.selected


def test_the_old_picture_stays_until_the_new_one_is_ready(
    session: Session, gate: threading.Event, qtbot: QtBot
) -> None:
    stage = StageView(session)
    qtbot.addWidget(stage)
    before, picture = shown(session), stage.grab().toImage()
    assert session.graph is not None
    session.set_level(SCALARS)
    QApplication.processEvents()
    assert shown(session) == before
    assert stage.grab().toImage() == picture
    gate.set()
    qtbot.waitUntil(lambda: session.level == SCALARS)
    assert session.graph is not None
    assert session.graph.timeline is session.timeline
    assert len(session.timeline.tape) > len(session.recorded.tape)


def test_a_cancelled_magnification_leaves_everything_as_it_was(
    session: Session, gate: threading.Event
) -> None:
    before = shown(session)
    session.set_level(SCALARS)
    assert session.wished_level == SCALARS
    assert session.step_out()
    assert session.wished_level == OPERATIONS
    gate.set()
    session.wait_for_layout()
    QApplication.processEvents()
    assert shown(session) == before


def test_choosing_the_shown_level_cancels_the_wish(session: Session, gate: threading.Event) -> None:
    session.set_level(SCALARS)
    session.set_level(OPERATIONS)
    gate.set()
    session.wait_for_layout()
    assert session.level == OPERATIONS


def test_the_moment_is_the_one_at_which_it_arrives(session: Session, gate: threading.Event) -> None:
    session.set_level(SCALARS)
    session.seek(Position(1, len(session.timeline)))
    gate.set()
    session.wait_for_layout()
    assert session.level == SCALARS
    assert session.position.step == len(session.timeline)


def test_of_another_iteration_it_is_of_no_use(session: Session, gate: threading.Event) -> None:
    session.set_level(SCALARS)
    session.set_iteration(2)
    gate.set()
    session.wait_for_layout()
    assert session.level == OPERATIONS
    assert session.timeline.iteration.number == 2


def test_what_was_made_once_is_there_at_once(session: Session, gate: threading.Event) -> None:
    gate.set()
    session.set_level(SCALARS)
    session.wait_for_layout()
    graph = session.graph
    session.set_level(OPERATIONS)
    session.wait_for_layout()
    gate.clear()
    session.set_level(SCALARS)
    assert session.level == SCALARS
    assert session.graph is graph


def test_the_switch_shows_what_is_wished_for(
    session: Session, gate: threading.Event, qtbot: QtBot
) -> None:
    switch = LevelSwitch(session)
    qtbot.addWidget(switch)
    switch.buttons[SCALARS].click()
    assert switch.buttons[SCALARS].isChecked()
    session.step_out()
    assert switch.buttons[OPERATIONS].isChecked()


def test_what_breaks_in_the_other_thread_is_told(
    session: Session, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("no graph")

    monkeypatch.setattr(developer, "GraphPictures", broken)
    before = shown(session)
    session.set_level(SCALARS)
    gate.set()
    told: list[BaseException] = []
    session._developer.broke.disconnect(session._on_layout_broke)
    session._developer.broke.connect(told.append)
    session.wait_for_layout()
    assert [str(error) for error in told] == ["no graph"]
    assert shown(session) == before


# --- Another iteration ---------------------------------------------------------------------


@pytest.fixture
def large(session: Session, gate: threading.Event) -> Session:
    """A session that looks at scalars, with the other thread held back from now on."""
    gate.set()
    session.set_level(SCALARS)
    session.wait_for_layout()
    gate.clear()
    return session


def test_another_iteration_comes_when_it_is_ready(large: Session, gate: threading.Event) -> None:
    large.seek(Position(1, 7))
    before = shown(large)
    large.set_iteration(3)
    assert shown(large) == before
    assert large.making == Message("stage.making_iteration", number="3")
    gate.set()
    large.wait_for_layout()
    assert large.making is None
    assert large.position == Position(3, 7)
    assert large.timeline.iteration.number == 3
    assert large.graph is not None
    assert large.graph.timeline is large.timeline


def test_a_graph_of_the_same_shape_is_not_laid_out_again(
    large: Session, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(developer, "lay_out", lambda *_: pytest.fail("laid out"))
    large.set_iteration(2)
    gate.set()
    large.wait_for_layout()
    assert large.position.iteration == 2


def test_who_goes_on_in_this_iteration_stays_in_it(large: Session, gate: threading.Event) -> None:
    large.set_iteration(2)
    large.seek(Position(1, 5))
    assert large.making is None
    gate.set()
    large.wait_for_layout()
    assert large.position == Position(1, 5)


def test_the_last_iteration_that_was_asked_for_is_shown(
    large: Session, gate: threading.Event
) -> None:
    large.set_iteration(2)
    large.seek(Position(4, 9))
    gate.set()
    large.wait_for_layout()
    assert large.position == Position(4, 9)


def test_escape_leaves_the_iteration_as_it_is(large: Session, gate: threading.Event) -> None:
    before = shown(large)
    large.set_iteration(2)
    assert large.step_out()
    assert large.making is None
    gate.set()
    large.wait_for_layout()
    assert shown(large) == before


def test_a_note_says_what_is_being_made(
    large: Session, gate: threading.Event, qtbot: QtBot
) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    note = MakingNote(large, place)
    assert note.isHidden()
    large.set_iteration(2)
    assert not note.isHidden()
    assert note.text() == "Preparing iteration 2 …"
    note.click()
    assert note.isHidden()
    assert large.position.iteration == 1


def test_a_large_document_opens_with_operations_and_goes_on_to_scalars(
    session: Session, gate: threading.Event, tmp_path: Path
) -> None:
    text = find("xor").read_text(encoding="utf-8")
    path = tmp_path / "large.toml"
    path.write_text(text.replace("[network]", '[view]\nlevel = "scalars"\n[network]', 1))
    if text.count("[view]"):
        path.write_text(text.replace("[view]", '[view]\nlevel = "scalars"', 1))
    assert session.open(path)
    assert session.level == OPERATIONS
    assert session.wished_level == SCALARS
    gate.set()
    session.wait_for_layout()
    assert session.level == SCALARS
