"""The lab without its window: runs, recipes, the cursor, and the way to the film and back."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from mlviz.document.document import Document, from_formula
from mlviz.document.fitting import with_optimizer
from mlviz.document.recipe import (
    rebuilt,
    with_activation,
    with_batch_size,
    with_dropout,
    with_layer,
    with_seed,
    with_training,
    with_units,
)
from mlviz.trace.steps import Position
from mlviz.ui.frame_share import MOST_SECONDS
from mlviz.ui.lab import Lab
from mlviz.ui.lab_recipe import MOST_RESETS
from mlviz.ui.session import Session
from tests.ui.windows import example, opened, twice

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def session():  # type: ignore[no-untyped-def]
    with opened(example("xor")) as made:
        yield made


@pytest.fixture
def lab(session: Session) -> Lab:
    return session.lab


def diverging() -> Document:
    """A network without activations and a learning rate that is far too large."""
    document = example("xor")
    table = with_activation(with_activation(document.table, 0, "identity"), 1, "identity")
    return rebuilt(document, with_optimizer(table, lr=1000.0))


def reach(lab: Lab, iteration: int) -> None:
    """Look at an iteration, however long it takes to get there."""
    lab.seek(iteration)
    while lab.running:
        lab.advance(0.016)


def same(one: object, other: object) -> bool:
    return all(
        np.array_equal(one[name], other[name])  # type: ignore[index]
        for name in one  # type: ignore[attr-defined]
    )


# --- Training --------------------------------------------------------------------------------


def test_training_goes_on_with_the_clock_until_it_is_paused(session: Session, lab: Lab) -> None:
    assert not session.moving
    lab.train()
    assert session.moving
    session.advance(0.016)
    session.advance(0.016)
    head = lab.run.head
    assert head > 10
    assert lab.cursor == head
    lab.pause()
    assert not session.moving
    session.advance(0.016)
    assert lab.run.head == head


def test_a_slice_is_short_however_long_an_iteration_takes(lab: Lab) -> None:
    lab.train()
    begun = _seconds()
    lab.advance(0.016)
    assert _seconds() - begun < 4 * MOST_SECONDS + 0.03
    lab.pause()


def _seconds() -> float:
    import time

    return time.perf_counter()


def test_one_iteration_is_one_update(lab: Lab) -> None:
    lab.one_iteration()
    assert lab.run.head == lab.cursor == 2
    assert not lab.running


def test_one_epoch_ends_where_the_next_begins(lab: Lab) -> None:
    assert lab.edit(with_batch_size(lab.table, 2))
    lab.one_iteration()
    lab.one_epoch()
    assert lab.run.head == 3
    lab.one_epoch()
    assert lab.run.head == 5


def test_a_pace_is_kept(session: Session, lab: Lab) -> None:
    lab.set_pace(1.0)
    lab.train()
    for _ in range(30):
        session.advance(1 / 60)
    assert lab.run.head == 31
    assert lab.speed == 60
    lab.pause()


def test_training_ends_after_the_epochs_asked_for_and_says_so(session: Session, lab: Lab) -> None:
    lab.edit(with_training(lab.table, epochs=40))
    lab.train()
    while session.moving:
        session.advance(0.016)
    assert lab.run.head == 41
    assert lab.run.stopped is not None
    assert lab.run.stopped.reason.id == "run.stopped.epochs"


def test_the_time_left_is_told_for_what_was_asked_for(lab: Lab) -> None:
    assert lab.seconds_left is None
    lab.edit(with_training(lab.table, epochs=1000))
    assert lab.iterations_left == 1000
    assert lab.seconds_left is not None


def test_reset_leads_to_the_same_start_and_the_same_run(lab: Lab) -> None:
    reach(lab, 50)
    start, there = dict(lab.run.training.parameters(1)), dict(lab.parameters)
    lab.reset()
    assert lab.run.head == lab.cursor == 1
    assert same(start, lab.parameters)
    reach(lab, 50)
    assert same(there, lab.parameters)


def test_undo_brings_the_run_back_that_was_reset(lab: Lab) -> None:
    reach(lab, 50)
    run = lab.run
    reach(lab, 30)
    lab.reset()
    assert lab.can_undo
    lab.undo()
    assert lab.run is run
    assert (lab.run.head, lab.cursor) == (50, 30)
    assert lab.runs == (run,)
    lab.redo()
    assert (lab.run.head, lab.cursor) == (1, 1)
    assert len(lab.runs) == 1


def test_what_was_trained_since_a_reset_is_kept_beside_the_run_that_comes_back(lab: Lab) -> None:
    reach(lab, 50)
    run = lab.run
    lab.reset()
    reach(lab, 20)
    again = lab.run
    lab.undo()
    assert lab.run is run
    assert lab.runs == (run, again)
    assert len({trial.number for trial in lab.trials.all}) == 2
    lab.redo()
    assert lab.run is again
    assert lab.runs == (run, again)


def test_undo_brings_the_run_of_the_network_before_back(lab: Lab) -> None:
    reach(lab, 50)
    run = lab.run
    lab.edit(with_units(lab.table, 0, 5))
    reach(lab, 70)
    lab.undo()
    assert lab.run is run
    assert not lab.is_stale
    assert len(lab.runs) == 2


def test_a_reset_of_nothing_is_no_change(lab: Lab) -> None:
    lab.reset()
    assert not lab.can_undo


def test_runs_that_were_reset_are_not_kept_without_end(lab: Lab) -> None:
    for _ in range(MOST_RESETS + 3):
        reach(lab, 3)
        lab.reset()
    count = 0
    while lab.can_undo:
        lab.undo()
        count += 1
    assert count == MOST_RESETS


# --- The cursor ------------------------------------------------------------------------------


def test_any_iteration_can_be_gone_back_to(lab: Lab) -> None:
    reach(lab, 20)
    early = {name: value.copy() for name, value in lab.parameters.items()}
    reach(lab, 2000)
    reach(lab, 20)
    assert lab.cursor == 20
    assert lab.run.head == 2000
    assert same(early, lab.parameters)


def test_training_goes_on_at_the_head_after_looking_back(lab: Lab) -> None:
    reach(lab, 30)
    lab.seek(3)
    lab.one_iteration()
    assert lab.run.head == lab.cursor == 31


def test_looking_back_pauses(lab: Lab) -> None:
    lab.train()
    lab.advance(0.016)
    lab.seek(5)
    assert not lab.running
    assert lab.cursor == 5


# --- The recipe ------------------------------------------------------------------------------


def test_a_live_change_goes_on_from_the_head(lab: Lab) -> None:
    reach(lab, 30)
    losses = lab.run.curves.loss.copy()
    assert lab.edit(with_optimizer(lab.table, lr=0.25))
    assert not lab.is_stale
    assert lab.run.head == lab.cursor == 30
    assert lab.run.curves.loss.tolist() == losses.tolist()
    rule = lab.run.training.rule_of(30)
    assert rule is not None
    assert rule.settings["lr"] == 0.25
    assert len(lab.runs) == 1


def test_a_live_change_while_looking_back_is_a_branch_and_both_are_kept(lab: Lab) -> None:
    reach(lab, 30)
    before = lab.run
    reach(lab, 10)
    lab.edit(with_optimizer(lab.table, lr=0.25))
    assert lab.runs == (before, lab.run)
    assert lab.other is before
    assert lab.run.head == lab.cursor == 10
    lab.one_iteration()
    assert before.head == 30
    assert lab.run.training.parameters(10).keys() == before.training.parameters(10).keys()
    assert same(lab.run.training.parameters(10), before.training.parameters(10))
    assert not same(lab.run.training.parameters(11), before.training.parameters(11))


def test_dropout_and_batch_size_are_live(lab: Lab) -> None:
    reach(lab, 10)
    assert lab.edit(with_dropout(lab.table, 0, 0.5))
    assert lab.edit(with_batch_size(lab.table, 2))
    assert not lab.is_stale
    reach(lab, 15)
    assert lab.run.head == 15


def test_another_network_makes_the_run_stale_at_once(lab: Lab) -> None:
    reach(lab, 30)
    run = lab.run
    lab.edit(with_units(lab.table, 0, 5))
    assert lab.is_stale
    assert lab.run is run
    lab.reset()
    assert not lab.is_stale
    assert lab.run.head == 1
    assert lab.parameters["layer1.weight"].shape == (5, 2)


def test_training_a_stale_recipe_begins_anew(lab: Lab) -> None:
    reach(lab, 30)
    lab.edit(with_seed(lab.table, 99))
    lab.one_iteration()
    assert lab.run.head == 2
    assert not lab.is_stale


def test_going_beyond_the_end_of_a_stale_run_trains_the_new_recipe(lab: Lab) -> None:
    reach(lab, 10)
    assert lab.edit(with_units(lab.table, 0, 5))
    assert lab.is_stale
    reach(lab, 15)
    assert not lab.is_stale
    assert lab.parameters["layer1.weight"].shape[0] == 5
    assert lab.run.head == 15


def test_undo_makes_what_was_stale_current_again(lab: Lab) -> None:
    reach(lab, 30)
    run = lab.run
    lab.edit(with_units(lab.table, 0, 5))
    lab.undo()
    assert not lab.is_stale
    assert lab.run is run
    lab.redo()
    assert lab.is_stale
    assert not lab.can_redo


def test_undo_of_a_live_change_brings_back_the_very_run(lab: Lab) -> None:
    reach(lab, 30)
    run = lab.run
    reach(lab, 10)
    lab.edit(with_optimizer(lab.table, lr=0.25))
    lab.undo()
    assert lab.run is run
    assert lab.runs == (run,)
    assert lab.cursor == 10
    assert lab.table.optimizer is not None
    assert lab.table.optimizer.lr == 1.0


def test_a_change_that_is_dragged_is_one_change(lab: Lab) -> None:
    reach(lab, 30)
    run = lab.run
    for rate in (0.5, 0.4, 0.3):
        lab.edit(with_optimizer(lab.table, lr=rate), dragging="optimizer.lr")
    lab.drop()
    lab.undo()
    assert lab.run is run
    assert not lab.can_undo


def test_what_is_not_possible_changes_nothing_and_says_why(lab: Lab) -> None:
    reach(lab, 10)
    before = lab.table
    assert not lab.edit(with_optimizer(lab.table, lr=-1.0))
    assert lab.table is before
    assert lab.problem is not None
    assert not lab.can_undo
    assert lab.run.head == 10


def test_a_stop_rule_set_while_looking_back_is_no_branch(lab: Lab) -> None:
    reach(lab, 30)
    reach(lab, 10)
    lab.edit(with_training(lab.table, epochs=100))
    assert len(lab.runs) == 1
    assert lab.run.head == 30
    assert lab.run.stop.epochs == 100


# --- Runs ------------------------------------------------------------------------------------


def test_a_branch_shares_what_came_before(lab: Lab) -> None:
    reach(lab, 40)
    first = lab.run
    reach(lab, 15)
    lab.branch()
    assert lab.other is first
    assert lab.run is not first
    lab.edit(with_optimizer(lab.table, lr=0.1))
    reach(lab, 40)
    assert lab.runs == (first, lab.run)
    assert lab.run.curves.loss[:14].tolist() == first.curves.loss[:14].tolist()
    assert lab.run.curves.loss[20] != first.curves.loss[20]


def test_another_run_begins_at_the_same_start(lab: Lab) -> None:
    reach(lab, 40)
    first = lab.run
    lab.keep()
    assert lab.run.head == 1
    assert same(lab.parameters, first.training.parameters(1))
    assert lab.other is first


def test_a_run_that_is_chosen_brings_its_recipe(lab: Lab) -> None:
    reach(lab, 10)
    first = lab.run
    lab.keep()
    lab.edit(with_units(lab.table, 0, 6))
    lab.reset()
    lab.choose(first)
    assert lab.run is first
    assert not lab.is_stale
    assert lab.table.network is not None
    assert lab.table.network.layers[0].units == 2


def test_there_is_always_a_run(lab: Lab) -> None:
    lab.remove(lab.run)
    assert len(lab.runs) == 1
    lab.keep()
    lab.remove(lab.run)
    assert len(lab.runs) == 1
    assert lab.other is None


# --- Bad numbers -----------------------------------------------------------------------------


def test_a_run_that_diverges_pauses_and_the_state_before_is_one_call_away() -> None:
    with opened(diverging()) as session:
        lab = session.lab
        lab.train()
        for _ in range(20):
            session.advance(0.016)
        assert not lab.running
        assert lab.bad_iteration is not None
        lab.go_before_bad()
        assert lab.cursor == lab.bad_iteration - 1
        assert np.isfinite(lab.run.curves.loss[lab.cursor - 1])
        assert all(np.isfinite(value).all() for value in lab.parameters.values())
        lab.seek(1)
        lab.edit(with_optimizer(lab.table, lr=0.01))  # from there it can go on otherwise
        reach(lab, 20)
        assert lab.run.stopped is None


# --- The film --------------------------------------------------------------------------------


def test_the_film_shows_the_iteration_at_the_cursor_with_its_batch(
    session: Session, lab: Lab
) -> None:
    lab.edit(with_batch_size(lab.table, 2))
    reach(lab, 31)
    lab.show_film()
    assert session.position == Position(31, 0)
    batch = next(node for node in session.timeline.tape if node.role == "input")
    assert batch.value.tolist() == lab.run.training.program_of(31).data(31)["inputs"].tolist()
    weight = next(node for node in session.timeline.tape if node.origin == "layer1.weight")
    assert np.array_equal(weight.value, lab.parameters["layer1.weight"])
    assert lab.run.head == 31  # nothing was lost
    lab.follow_film()
    assert lab.cursor == 31
    assert len(lab.runs) == 1


def test_a_value_changed_in_the_film_becomes_a_run_of_its_own(session: Session, lab: Lab) -> None:
    reach(lab, 5)
    lab.show_film()
    weight = next(node for node in session.timeline.tape if node.origin == "layer1.weight")
    session.what_if.set(weight.id, 0.125, (0, 0))
    lab.follow_film()
    assert len(lab.runs) == 2
    assert lab.cursor == 5
    assert lab.parameters["layer1.weight"][0, 0] == 0.125


def test_an_iteration_far_ahead_comes_without_blocking() -> None:
    with opened(rebuilt(example("xor"), _long(example("xor")))) as session:
        session.set_iteration(6_000)
        assert session.position.iteration == 1
        assert session.lab.awaited == 6_000
        assert session.moving
        while session.moving:
            session.advance(0.016)
        assert session.position.iteration == 6_000


def test_waiting_for_an_iteration_can_be_cancelled() -> None:
    with opened(rebuilt(example("xor"), _long(example("xor")))) as session:
        session.set_iteration(6_000)
        session.advance(0.016)
        session.lab.pause()
        assert not session.moving
        assert session.position.iteration == 1


def _long(document: Document):  # type: ignore[no-untyped-def]
    from msgspec.structs import replace

    return replace(document.table, iterations=100_000)


def test_another_document_begins_anew(session: Session, lab: Lab) -> None:
    reach(lab, 30)
    session.open_document(example("mazur"))
    assert lab.document is session.document
    assert lab.run.head == lab.cursor == 1


def test_a_formula_is_trained_too() -> None:
    document = example("tanh-neuron")
    with opened(document) as session:
        reach(session.lab, 12)
        assert session.lab.cursor == 12
        assert len(session.lab.run.curves.loss) == 11


def test_without_an_optimizer_the_lab_says_what_to_do() -> None:
    with opened(twice()) as session:
        lab = session.lab
        assert lab.reason is not None
        lab.train()
        lab.one_iteration()
        assert lab.run.head == 1
        assert not lab.running


def test_the_film_alone_makes_no_run(session: Session) -> None:
    session.set_iteration(3)
    assert session.lab._trials is None


def test_a_session_that_is_closed_trains_no_longer() -> None:
    with opened(from_formula("L = (w*2 - 1)**2", {"w": 1.0})) as session:
        session.lab.train()
    QCoreApplication.processEvents()
    assert not session.lab.running


def test_a_long_run_is_measured_seldom_and_one_that_stops_early_every_epoch(lab: Lab) -> None:
    reach(lab, 6001)
    at = lab.run.curves.at
    assert at[1] - at[0] <= 20
    assert 20 <= at[-1] - at[-2] <= 60
    lab.edit(with_training(lab.table, patience=50))
    lab.run.resume()
    lab.one_iteration()
    lab.one_iteration()
    assert lab.run.curves.at[-1] - lab.run.curves.at[-2] == 1


def test_what_a_lesson_says_holds_for_its_own_recipe_alone(session: Session, lab: Lab) -> None:
    assert session.open("learning-rates")
    about, scenes = session.document.about, session.document.scenes
    lab.edit(with_optimizer(lab.table, lr=0.3))
    lab.show_film()
    assert session.document.about == about
    lab.edit(with_units(with_layer(lab.table, 0), 0, 7))
    lab.train()
    lab.pause()
    lab.show_film()
    assert session.document.scenes == ()
    assert "its network or its data are different now" in session.document.about.en
    assert "改自" in session.document.title.zh_CN
    assert lab.document.about == about  # what is saved is as it was
    lab.undo()
    lab.undo()
    lab.train()
    lab.pause()
    lab.show_film()
    assert (session.document.about, session.document.scenes) == (about, scenes)


def test_undo_brings_back_a_run_that_was_begun_anew(lab: Lab) -> None:
    reach(lab, 40)
    lab.seek(25)
    run = lab.run
    lab.reset()
    assert lab.run is not run
    assert lab.run.head == 1
    lab.undo()
    assert lab.run is run
    assert lab.cursor == 25
    lab.redo()
    assert lab.run.head == 1
    reach(lab, 10)
    lab.undo()
    assert lab.run is run
    lab.redo()
    assert lab.run.head == 10
