import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from mlviz.document.document import from_formula
from mlviz.i18n import Message
from mlviz.picture import player
from mlviz.picture.step_sizes import bounds
from mlviz.settings import Settings
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.ui import timeline_view
from mlviz.ui.session import Session
from tests.ui.windows import Heard, example, neuron, opened, play_out, twice

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def session() -> Iterator[Session]:
    with opened(neuron()) as made:
        yield made


def test_a_session_starts_before_the_first_step_with_its_graph(session: Session) -> None:
    assert session.position == Position(1, 0, 1.0)
    assert session.graph is not None
    assert session.graph.timeline is session.timeline
    assert not session.moving


def test_a_step_is_an_animation_that_comes_to_rest(session: Session) -> None:
    session.step_forward()
    assert session.moving
    session.advance(0.3)
    assert session.position.step == 1
    assert 0 < session.position.progress < 1
    play_out(session)
    assert session.position == Position(1, 1, 1.0)


def test_the_key_that_started_a_step_finishes_it_and_starts_the_next(session: Session) -> None:
    session.step_forward()
    session.advance(0.3)
    session.step_forward()
    assert session.position == Position(1, 1, 1.0)
    session.advance(0.3)
    assert session.position.step == 2
    play_out(session)
    assert session.position == Position(1, 2, 1.0)


def test_a_step_back_runs_backwards_and_rests_before_it(session: Session) -> None:
    session.seek(Position(1, 5))
    session.step_back()
    session.advance(0.3)
    first = session.position
    session.advance(0.3)
    assert first.step == session.position.step == 5
    assert session.position.progress < first.progress < 1
    play_out(session)
    assert session.position == Position(1, 4, 1.0)


def test_the_opposite_key_turns_a_step_round_where_it_is(session: Session) -> None:
    session.step_forward()
    session.advance(0.4)
    there = session.position.progress
    session.step_back()
    assert session.position == Position(1, 1, there)
    session.advance(0.1)
    assert session.position.progress < there
    play_out(session)
    assert session.position == Position(1, 0, 1.0)


def test_no_step_leads_out_of_the_film(session: Session) -> None:
    session.step_back()
    assert not session.moving
    assert session.position.step == 0
    session.to_end()
    session.step_forward()
    assert not session.moving
    assert session.position.step == len(session.timeline)


def test_playing_visits_every_step_and_stops_at_the_end(session: Session) -> None:
    seen: list[int] = []
    session.play()
    while session.playing:
        session.advance(0.1)
        if session.position.step not in seen[-1:]:
            seen.append(session.position.step)
    assert seen == list(range(1, len(session.timeline) + 1))
    assert session.position == Position(1, len(session.timeline), 1.0)
    assert not session.moving


def test_playing_at_the_end_starts_over(session: Session) -> None:
    session.to_end()
    session.play()
    session.advance(0.1)
    assert session.position.step == 1


def test_pause_stops_in_the_middle_of_a_step_and_play_goes_on_there(session: Session) -> None:
    session.play()
    session.advance(0.4)
    session.pause()
    stood = session.position
    session.advance(1.0)
    assert session.position == stood
    assert not session.moving
    session.toggle_play()
    session.advance(0.1)
    assert session.position > stood


def test_a_step_key_ends_playing(session: Session) -> None:
    session.play()
    session.advance(0.4)
    session.step_forward()
    assert not session.playing
    assert session.position == Position(1, 1, 1.0)
    play_out(session)
    assert session.position == Position(1, 2, 1.0)


def test_speed_multiplies_time(session: Session) -> None:
    session.play()
    session.advance(0.4)
    slow = session.position
    session.to_start()
    session.set_speed(2.0)
    session.play()
    session.advance(0.2)
    assert session.position == slow


def test_the_clock_runs_only_while_something_moves(session: Session) -> None:
    assert not session._clock.running
    session.step_forward()
    assert session._clock.running
    play_out(session)
    assert not session._clock.running
    session.play()
    assert session._clock.running
    session.pause()
    assert not session._clock.running


def test_reduced_motion_jumps_from_rest_to_rest(session: Session) -> None:
    session.set_reduced_motion(True)
    session.step_forward()
    assert session.position == Position(1, 1, 1.0)
    assert not session.moving
    session.play()
    while session.playing:
        session.advance(0.05)
        assert player.at_rest(session.position)
    assert session.position.step == len(session.timeline)


def test_reduced_motion_ends_the_step_under_way(session: Session) -> None:
    session.step_forward()
    session.advance(0.3)
    session.set_reduced_motion(True)
    assert session.position == Position(1, 1, 1.0)
    assert not session.moving


def test_phases_and_operations_are_leapt_over(session: Session) -> None:
    ends = {segment.phase: segment.last for segment in session.timeline.segments}
    session.next_phase()
    assert session.position.step == ends[Phase.FORWARD]
    session.next_phase()
    assert session.position.step == ends[Phase.BACKWARD]
    session.previous_phase()
    assert session.position.step == ends[Phase.FORWARD]
    session.next_group()  # the seed
    session.next_group()
    session.next_group()
    step = session.timeline.step(session.position.step)
    assert step is not None
    assert step.kind is StepKind.BACKWARD
    after = session.timeline.step(step.number + 1)
    assert after is None or after.node != step.node
    session.previous_group()
    assert session.position.step < step.number


def test_another_iteration_shows_the_same_step_with_other_numbers(session: Session) -> None:
    session.seek(Position(1, 7))
    before = session.timeline
    session.next_iteration()
    assert session.position == Position(2, 7, 1.0)
    assert session.timeline is not before
    assert session.timeline.iteration.number == 2
    assert session.graph is not None
    assert session.graph.timeline is session.timeline
    parameter = before.updates[0]
    assert np.array_equal(session.timeline.tape[parameter.node].value, parameter.after)
    session.previous_iteration()
    assert session.position == Position(1, 7, 1.0)


def test_iterations_end_at_the_first_and_the_last(session: Session) -> None:
    session.previous_iteration()
    assert session.position.iteration == 1
    session.set_iteration(session.iterations + 5)
    assert session.position.iteration == session.iterations
    session.next_iteration()
    assert session.position.iteration == session.iterations


def test_a_seek_into_another_iteration_goes_there(session: Session) -> None:
    session.seek(Position(3, 4, 0.5))
    assert session.position == Position(3, 4, 0.5)
    assert session.timeline.iteration.number == 3
    session.seek(Position(3, 10_000))
    assert session.position == Position(3, len(session.timeline), 1.0)


def test_signals_tell_what_changed_and_nothing_else(session: Session) -> None:
    heard = Heard(
        session,
        "document_changed",
        "timeline_changed",
        "layout_changed",
        "position_changed",
        "selection_changed",
        "playing_changed",
    )
    session.seek(Position(1, 3))
    session.seek(Position(1, 3))
    assert heard.log == ["position_changed"]
    heard.log.clear()
    session.select(2)
    session.select(2)
    assert heard.log == ["selection_changed"]
    heard.log.clear()
    session.next_iteration()
    assert heard.log == ["timeline_changed", "layout_changed", "position_changed"]
    heard.log.clear()
    session.play()
    session.pause()
    assert heard.log == ["playing_changed", "playing_changed"]
    heard.stop()


def test_everything_agrees_whenever_a_signal_is_heard(session: Session) -> None:
    def look() -> None:
        assert session.position == session.timeline.clamped(session.position)
        assert session.position.iteration == session.timeline.iteration.number
        if session.selected is not None:
            assert session.selected < len(session.timeline.tape)
        if session.graph is not None:
            assert session.graph.timeline is session.timeline

    for name in ("document_changed", "timeline_changed", "layout_changed", "position_changed"):
        getattr(session, name).connect(look)
    session.select(len(session.timeline.tape) - 1)
    session.to_end()
    session.next_iteration()
    session.open_document(twice())
    session.wait_for_layout()
    session.to_end()
    session.open_document(example("mazur"))
    session.set_level("operations")
    session.wait_for_layout()
    for name in ("document_changed", "timeline_changed", "layout_changed", "position_changed"):
        getattr(session, name).disconnect(look)


def test_opening_another_document_starts_it_from_the_beginning(session: Session) -> None:
    session.select(1)
    session.play()
    session.advance(2.0)
    assert session.open_document(twice())
    assert session.document.title.en == "h = x*x; y = h + h*h"
    assert session.position == Position(1, 0, 1.0)
    assert session.selected is None
    assert not session.moving


@pytest.mark.parametrize("text", ["[formula]\nsource = 3\n", "not toml at all [", ""])
def test_a_broken_file_leaves_everything_as_it_was(
    session: Session, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    session.seek(Position(2, 5))
    session.select(3)
    before = (session.document, session.timeline, session.position, session.selected, session.graph)
    told: list[Message] = []
    session.failed.connect(told.append)
    assert not session.open(path)
    session.failed.disconnect(told.append)
    after = (session.document, session.timeline, session.position, session.selected, session.graph)
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert len(told) == 1
    assert "broken.toml" in session.tr(told[0])


def test_a_missing_file_is_told_with_the_nearest_example(session: Session) -> None:
    told: list[Message] = []
    session.failed.connect(told.append)
    assert not session.open("mazr")
    session.failed.disconnect(told.append)
    assert "mazur" in session.tr(told[0])


def test_scalars_are_offered_where_there_are_tensors() -> None:
    with opened(example("xor")) as session:
        assert session.levels == ("layers", "operations", "scalars")
        assert session.level_reason("scalars") is None


def test_scalars_are_not_offered_where_everything_is_one_already() -> None:
    with opened(twice()) as session:
        assert session.levels == ("layers", "operations")
        assert session.level_reason("scalars") is not None
        session.set_level("scalars")
        assert session.level == "operations"


def test_a_document_that_wishes_a_level_it_has_not_is_shown_all_the_same() -> None:
    wishful = dataclasses.replace(twice(), level="scalars")
    with opened(wishful) as session:
        assert session.level == "operations"


def test_too_many_scalars_are_not_offered_and_the_reason_says_so() -> None:
    size = 120
    rows = [[0.001 * (i + j) for j in range(size)] for i in range(size)]
    document = from_formula("L = sum(W @ x)", {"W": rows, "x": rows})
    with opened(document) as session:
        assert session.levels == ("layers", "operations")
        reason = session.level_reason("scalars")
        assert reason is not None
        assert "10" in session.tr(reason)


def test_another_level_keeps_the_moment_and_the_selection() -> None:
    with opened(example("xor")) as session:
        timeline = session.timeline
        backward = next(step for step in timeline.steps if step.kind is StepKind.BACKWARD)
        session.seek(Position(1, backward.number))
        chosen = next(node for node in timeline.tape if node.role == "parameter")
        session.select(chosen.id)
        session.set_level("scalars")
        scalar = session.timeline
        assert session.level == "scalars"
        assert len(scalar.tape) > len(timeline.tape)
        step = scalar.step(session.position.step)
        assert step is not None
        assert step.phase is Phase.BACKWARD
        assert session.selected is not None
        assert scalar.tape[session.selected].origin.startswith(chosen.origin)
        session.set_level("operations")
        assert session.position.step == backward.number
        assert session.selected == chosen.id


def test_the_ends_of_the_film_are_the_same_at_every_level() -> None:
    with opened(example("xor")) as session:
        session.set_level("scalars")
        assert session.position.step == 0
        session.to_end()
        session.set_level("operations")
        assert session.position.step == len(session.timeline)
        session.set_level("scalars")
        assert session.position.step == len(session.timeline)


@pytest.mark.parametrize("level", ["operations", "scalars"])
def test_another_level_and_back_changes_nothing(level: str) -> None:
    other = {"operations": "scalars", "scalars": "operations"}[level]
    with opened(example("xor")) as session:
        session.set_level(level)
        session.wait_for_layout()
        for step in range(len(session.timeline) + 1):
            session.seek(Position(1, step))
            session.select(step % 5 or None)
            session.set_level(other)
            session.wait_for_layout()
            session.set_level(level)
            assert session.position == Position(1, step, 1.0)
            assert session.selected == (step % 5 or None)


def test_a_moment_among_the_scalars_lies_in_the_same_phase_of_the_operations() -> None:
    with opened(example("xor")) as session:
        session.set_level("scalars")
        session.wait_for_layout()
        for step in session.timeline.steps:
            session.seek(Position(1, step.number))
            session.set_level("operations")
            operation = session.timeline.step(session.position.step)
            assert operation is not None
            assert operation.phase is step.phase
            session.set_level("scalars")


def test_a_layout_that_takes_long_arrives_later(qtbot: QtBot, session: Session) -> None:
    gate = threading.Event()
    session._worker._executor.submit(gate.wait)
    session.open_document(example("mazur"))
    assert session.graph is None
    with qtbot.waitSignal(session.layout_changed):
        gate.set()
    graph = session.graph
    assert graph is not None
    assert graph.timeline is session.timeline


def test_a_stale_layout_never_arrives(qtbot: QtBot, session: Session) -> None:
    gate = threading.Event()
    session._worker._executor.submit(gate.wait)
    session.open_document(example("mazur"))
    stale = session._worker._cancel
    session.open_document(twice())
    assert stale.is_set()
    heard = Heard(session, "layout_changed")
    gate.set()
    session.wait_for_layout()
    qtbot.wait(0)
    assert heard.log == ["layout_changed"]
    heard.stop()
    assert session.graph is not None
    assert session.graph.timeline is session.timeline


def test_wishes_are_taken_and_given_back() -> None:
    wishes = Settings(
        language="zh_CN", theme="dark", scale=1.25, speed=2.0, reduced_motion=True, state="x"
    )
    with opened(twice(), wishes) as session:
        assert session.theme.dark
        assert session.tr(Message("ui.dock.steps")) == "步骤"
        assert session.wishes(state="x") == wishes


def test_a_language_that_nobody_chose_goes_on_following_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    with opened(twice(), Settings()) as session:
        assert session.language == "zh_CN"
        assert session.wishes().language == ""
        session.set_language("en")
        assert session.wishes().language == "en"


def test_scale_and_speed_stay_within_their_limits(session: Session) -> None:
    session.set_scale(100.0)
    assert session.scale == 3.0
    for wished, speed in ((0.0, timeline_view.SPEEDS[0]), (99.0, timeline_view.SPEEDS[-1])):
        session.set_speed(wished)
        assert session.speed == speed  # which the menu has


def test_a_closed_session_leaves_no_thread_and_no_clock() -> None:
    before = threading.active_count()
    with opened(neuron()) as session:
        session.play()
    assert not session._clock.running
    assert threading.active_count() == before


def test_the_same_moves_lead_to_the_same_picture() -> None:
    def film() -> list[object]:
        with opened(neuron()) as session:
            assert session.graph is not None
            pictures: list[object] = []
            session.play()
            for _ in range(40):
                session.advance(0.1)
                pictures.append(session.graph.at(session.position))
            return pictures

    assert film() == film()


def test_a_step_goes_as_far_as_its_size_says(make_session: Callable[..., Session]) -> None:
    session = make_session("mazur", step_size="layer")
    stops = [last for _, last in bounds(session.timeline, "layer")]
    session.step_forward()
    assert session.moving
    assert session.position.step == 0
    session.step_forward()  # finishes the first, starts the next
    assert session.position == Position(1, stops[0])
    play_out(session)
    assert session.position == Position(1, stops[1])
    session.step_back()
    play_out(session)
    assert session.position == Position(1, stops[0])
    session.next_group()  # the next larger size: a phase
    assert session.position == Position(1, session.timeline.segments[0].last)


def test_steps_of_an_iteration_go_from_end_to_end(make_session: Callable[..., Session]) -> None:
    session = make_session("mazur", step_size="iteration")
    last = len(session.timeline)
    seen = []
    for _ in range(3):
        session.step_forward()
        seen.append(session.position)
    for _ in range(3):
        session.step_back()
        seen.append(session.position)
    numbers = [1, 2, 3, 2, 1]
    assert seen == [*(Position(number, last) for number in numbers), Position(1, 0)]


def test_sizes_of_steps_are_chosen_one_after_the_other(
    make_session: Callable[..., Session],
) -> None:
    session = make_session("mazur")
    heard = Heard(session, "step_size_changed")
    for _ in range(9):
        session.use_larger_steps()
    assert session.step_size == "iteration"
    assert session.wishes().step_size == "iteration"
    for _ in range(9):
        session.use_smaller_steps()
    assert session.step_size == "term"
    assert len(heard.log) == 10
    heard.stop()
