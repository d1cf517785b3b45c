import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from mlviz.learn.aside import Aside
from mlviz.learn.network import NetworkProgram
from mlviz.trace.steps import Phase
from mlviz.ui.aside_bar import AsideBar
from mlviz.ui.confusion_view import ConfusionView
from mlviz.ui.outcome_panel import OutcomePanel
from mlviz.ui.predictions_view import PredictionsView
from mlviz.ui.region_view import RegionView
from mlviz.ui.send_example import iteration_with, send_example
from tests.outcomes import document, many_classes, program_of, two_classes
from tests.ui.labs import panel, settle
from tests.ui.windows import NO_SCREEN, shown

pytestmark = NO_SCREEN


def test_the_nearest_iteration_whose_batch_has_the_row_is_chosen() -> None:
    program = program_of(two_classes(batch_size=8))  # five batches an epoch
    for row in (0, 17, 39):
        number = iteration_with(program, row, 23, 30)
        assert row in program.rows(number)
        away = abs(number - 23)
        for nearer in range(23 - away + 1, 23 + away):
            assert row not in program.rows(nearer)


def test_an_iteration_that_is_not_trained_yet_is_not_chosen_unless_it_must_be() -> None:
    program = program_of(two_classes(batch_size=8))
    for row in range(40):
        number = iteration_with(program, row, 7, 7)
        seen = any(row in program.rows(each) for each in range(1, 8))
        assert (number <= 7) == seen
        assert row in program.rows(number)


def test_the_film_stands_at_the_iteration_with_the_row_selected(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 12) as view:
        session = view.session
        session.set_face("lab")
        send_example(session, 5)
        program = session.lab.program
        assert isinstance(program, NetworkProgram)
        assert session.lab.selected_row == 5
        assert session.position.iteration == session.lab.cursor == 13
        assert session.selected is not None
        assert session.timeline.tape[session.selected].origin == "inputs"
        assert session.selected_entry == (5, 0)
        assert session.face == "film"


def test_an_example_alone_has_no_update_and_the_run_is_as_it_was(qtbot: QtBot) -> None:
    table = two_classes(validation=0.2, test=0.2, batch_size=8)
    with panel(RegionView, table, 12) as view:
        session, lab = view.session, view.session.lab
        session.set_face("lab")
        lab.seek(7)
        run = lab.run
        before = [{o: v.copy() for o, v in run.training.parameters(n).items()} for n in (7, 13)]
        losses = run.training.losses.copy()
        send_example(session, 4, "test")
        assert session.face == "film"
        assert session.position.iteration == 7
        assert Phase.UPDATE not in [segment.phase for segment in session.timeline.segments]
        assert Phase.BACKWARD in [segment.phase for segment in session.timeline.segments]
        program = lab.program
        assert isinstance(program, NetworkProgram)
        assert program.test is not None
        (inputs,) = [n.value for n in session.timeline.tape if n.origin == "inputs"]
        np.testing.assert_array_equal(inputs, program.test[0][4:5])
        assert session.selected_entry == (0, 0)
        # The learner changes a weight, and goes to another iteration.
        (weight,) = [n.id for n in session.timeline.tape if n.origin == "layer2.bias"]
        assert session.what_if.set(weight, 5.0, (0,))
        session.next_iteration()
        assert session.position.iteration == 8
        session.set_face("lab")
        lab.follow_film()
        assert lab.cursor == 8
        assert lab.run is run
        assert len(lab.runs) == 1
        assert lab.aside is None
        for number, known in zip((7, 13), before, strict=True):
            for origin, value in known.items():
                np.testing.assert_array_equal(run.training.parameters(number)[origin], value)
        np.testing.assert_array_equal(run.training.losses, losses)
        lab.show_film()  # the batch again
        assert session.training is run.training
        assert session.position.iteration == 8


@pytest.mark.parametrize("kind", [RegionView, PredictionsView, ConfusionView])
def test_every_panel_with_examples_sends_any_of_them(
    qtbot: QtBot, kind: type[OutcomePanel]
) -> None:
    with panel(kind, many_classes(validation=0.2, test=0.2), 12, (560, 700)) as view:
        session = view.session
        if isinstance(view, ConfusionView):
            view.parts.set_value("test")
            view._on_cell("cell:0:0")
        assert view.found is not None
        place = int(np.flatnonzero(view.found.parts == 2)[1])
        loss, row = float(view.found.losses[place]), int(view.found.rows[place])
        view.open_place(place)
        assert isinstance(session.training, Aside)
        assert (session.training.part, session.training.row) == ("test", row)
        found = session.timeline.tape[session.timeline.output].value
        assert found == pytest.approx(loss, rel=1e-12)


def test_what_is_shown_is_said_above_the_film_in_both_languages(qtbot: QtBot) -> None:
    table = two_classes(validation=0.2, batch_size=8)
    with panel(RegionView, table, 12) as view:
        session = view.session
        bar = AsideBar(session, view)
        assert bar.isHidden()
        session.lab.seek(9)
        send_example(session, 2, "validation")
        assert not bar.isHidden()
        assert "Example 3 (validation)" in bar.label.text()
        assert "iteration 9" in bar.label.text()
        assert "no update" in bar.label.text()
        session.set_language("zh_CN")
        assert "验证" in bar.label.text()
        assert "不会据此更新" in bar.label.text()
        bar.batch_button.click()
        assert bar.isHidden()
        assert session.training is session.lab.run.training
        assert session.position.iteration == 9


def test_the_window_comes_back_to_the_same_iteration(qtbot: QtBot) -> None:
    with shown(qtbot, document(two_classes(test=0.5, batch_size=8))) as window:
        session = window.session
        session.set_face("lab")
        session.lab.run.advance(20)
        session.lab.seek(14)
        send_example(session, 2, "test")
        settle()
        assert session.position.iteration == 14
        assert not window.faces.aside_bar.isHidden()
        assert isinstance(session.training, Aside)
        window.faces.aside_bar.lab_button.click()
        assert session.face == "lab"
        assert session.lab.cursor == 14
        window.faces.toggle()
        assert window.faces.aside_bar.isHidden()
        assert session.training is session.lab.run.training
        assert session.position.iteration == 14


def test_a_held_example_is_left_behind_with_its_document(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(test=0.5), 5) as view:
        session = view.session
        send_example(session, 2, "test")
        assert session.open("xor")
        assert session.lab.aside is None
        assert session.lab.document is session.document
