"""One weight's gradient, example by example, driven as a person drives it."""

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from mlviz.document.recipe import with_units
from mlviz.learn.network import NetworkProgram
from mlviz.picture.anatomy import WeightPlace
from mlviz.ui.anatomy_view import AnatomyView
from tests.insides import on_tape
from tests.outcomes import many_classes, two_classes
from tests.ui.labs import panel, settle
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN

BATCHES = two_classes(batch_size=8)


def test_the_arrow_keys_go_from_example_to_example_and_select_it_everywhere(qtbot: QtBot) -> None:
    with panel(AnatomyView, BATCHES, 20, (860, 300)) as view:
        found = view.found
        assert found is not None
        qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
        qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
        row = int(found.rows[found.order[1]])
        program = view.lab.program
        assert isinstance(program, NetworkProgram)
        truth = f"{program.targets[row, 0]:g}"
        assert view.lab.selected_row == row
        assert view.told.text().startswith(f"Example {row + 1}, target {truth}: ")
        assert repr(float(found.own[found.order[1]])).replace("-", "−") in view.told.text()
        qtbot.keyClick(view.canvas, Qt.Key.Key_Left)
        assert view.lab.selected_row == int(found.rows[found.order[0]])
        qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
        assert view.lab.selected_row is None


def test_each_example_is_told_with_its_answer(qtbot: QtBot) -> None:
    with panel(AnatomyView, many_classes(batch_size=16), 5) as view:
        found, program = view.found, view.lab.program
        assert found is not None
        assert isinstance(program, NetworkProgram)
        for at in found.order:
            qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
            row = int(found.rows[at])
            truth = program.classes[program.targets[row]] if program.classes else "?"
            assert view.told.text().startswith(f"Example {row + 1}, target {truth}: ")


def test_a_click_on_a_bar_selects_its_example_and_the_button_sends_it_to_the_film(
    qtbot: QtBot,
) -> None:
    with panel(AnatomyView, BATCHES, 20) as view:
        view.lab.seek(9)
        settle()
        found, frame = view.found, view.canvas.frame
        assert found is not None
        assert frame is not None
        assert not view.send.isEnabled()
        at = QPointF(frame.x(5) + frame.step / 2, frame.area.center[1]).toPoint()
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
        row = int(found.rows[found.order[5]])
        assert view.lab.selected_row == row
        assert view.send.isEnabled()
        view.send.click()
        session = view.session
        assert session.position.iteration == 9, "the batch of the cursor has it"
        assert session.selected is not None
        assert session.timeline.tape[session.selected].origin.startswith("inputs")


def test_the_weight_is_chosen_by_layer_unit_and_source_and_selected_in_the_film(
    qtbot: QtBot,
) -> None:
    with panel(AnatomyView, BATCHES, 20) as view:
        view.unit.set_value("2")
        view.source.set_value("1")
        assert view.place == WeightPlace(1, 2, 1)
        session = view.session
        assert session.selected is not None
        node = session.timeline.tape[session.selected]
        assert (node.origin, session.selected_entry) in (
            ("layer1.weight", (2, 1)),
            ("layer1.weight[2,1]", None),
        )
        tape = on_tape(view.lab.run.training, view.lab.cursor)
        assert view.found is not None
        assert view.found.gradient == tape["layer1.weight"][2, 1]
        view.source.set_value("bias")
        assert view.found.gradient == tape["layer1.bias"][2]


def test_a_weight_that_the_film_has_not_is_not_selected_there(qtbot: QtBot) -> None:
    with panel(AnatomyView, BATCHES, 20) as view:
        session, lab = view.session, view.lab
        assert lab.edit(with_units(lab.table, 0, 9))
        lab.reset()
        settle()
        view.choose_weight(WeightPlace(1, 8, 1))
        assert view.place == WeightPlace(1, 8, 1)
        assert session.selected is None, "its film is still that of four units"


def test_a_double_click_follows_the_example_through_the_network(qtbot: QtBot) -> None:
    with panel(AnatomyView, BATCHES, 20) as view:
        found, frame = view.found, view.canvas.frame
        assert found is not None
        assert frame is not None
        at = QPointF(frame.x(2) + frame.step / 2, frame.area.center[1]).toPoint()
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
        session = view.session
        assert view.lab.selected_row == int(found.rows[found.order[2]])
        assert session.position.iteration == view.lab.cursor == 21
        assert session.selected is not None
        assert session.timeline.tape[session.selected].origin.startswith("inputs")


def test_a_weight_selected_in_the_film_is_taken_apart(qtbot: QtBot) -> None:
    with panel(AnatomyView, BATCHES, 20) as view:
        session = view.session
        node = next(n for n in session.timeline.tape if n.origin == "layer2.weight")
        session.select(node.id, (0, 3))
        settle()
        assert view.place == WeightPlace(2, 0, 3)
        assert (view.layer.value, view.source.value) == ("2", "3")
        session.select(node.id)
        settle()
        assert view.place == WeightPlace(2, 0, 3), "a whole tensor is no weight"


def test_the_bars_take_the_height_that_there_is(qtbot: QtBot) -> None:
    with panel(AnatomyView, BATCHES, 20, (560, 300)) as view:
        small = view.canvas.height()
        view.resize(560, 500)
        settle()
        assert view.canvas.height() > small + 150
        view.resize(560, 300)
        settle()
        assert abs(view.canvas.height() - small) <= 2
