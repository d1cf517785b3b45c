from pytestqt.qtbot import QtBot

from mlviz.learn.network import NetworkProgram
from mlviz.ui.region_view import RegionView
from mlviz.ui.send_example import iteration_with, send_example
from tests.outcomes import program_of, two_classes
from tests.ui.labs import panel
from tests.ui.windows import NO_SCREEN

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
