from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from mlviz.document.recipe import with_seed
from mlviz.document.schema import FileTable, FormulaTable, OptimizerTable
from mlviz.learn import forward, measure
from mlviz.learn.network import NetworkProgram
from mlviz.picture.items import Role
from mlviz.ui.class_marks import KINDS, class_colour, hatchings, mark
from mlviz.ui.lab_bar import LabBar
from mlviz.ui.region_legend import entries_of
from mlviz.ui.region_paint import line_chains
from mlviz.ui.region_view import RegionView
from mlviz.ui.theme import DARK, LIGHT, contrast
from tests.outcomes import curve, many_classes, recipe, two_classes
from tests.ui.labs import panel, settle
from tests.ui.pixels import count, has, near
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


def point(view: RegionView, example: int) -> QPoint:
    """Where an example is on the canvas."""
    scene, area = view.canvas.scene, view.canvas.area
    assert scene is not None
    x, y = scene.places[example]
    place = QPointF(area.left() + x * area.width(), area.top() + y * area.height())
    return place.toPoint()


def test_the_picture_has_the_colours_of_what_the_network_answers(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 30) as view:
        scene, canvas = view.canvas.scene, view.canvas
        assert scene is not None
        assert scene.answers is not None
        image = canvas.grab().toImage()
        side = scene.answers.side
        spots = {}
        for kind in (0, 1):
            # Where the answer is surest, far from any mark.
            sure = np.where(scene.answers.winners == kind, scene.answers.strengths, 0)
            row, column = np.unravel_index(sure.argmax(), sure.shape)
            x = canvas.area.left() + (column + 0.5) / side * canvas.area.width()
            y = canvas.area.top() + (row + 0.5) / side * canvas.area.height()
            spots[kind] = image.pixelColor(round(x), round(y))
        theme = view.session.theme
        for kind, colour in spots.items():
            own, other = class_colour(theme, kind), class_colour(theme, 1 - kind)

            def apart(one: object) -> float:
                return sum(
                    (getattr(one, part)() - getattr(colour, part)()) ** 2  # noqa: B023
                    for part in ("red", "green", "blue")
                )

            assert apart(own) < apart(other)


def test_the_line_between_classes_and_rings_around_wrong_examples_are_drawn(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes()) as view:
        text, scene = view.session.theme.colour(Role.TEXT), view.canvas.scene
        assert scene is not None
        assert scene.answers is not None
        assert scene.wrong.any()

        def inked() -> int:
            return count(view.canvas.grab().toImage(), text)

        whole = inked()
        view.canvas.show_scene(replace(scene, wrong=np.zeros_like(scene.wrong)))
        without_rings = inked()
        bare = replace(scene.answers, lines=np.empty((0, 2, 2)))
        view.canvas.show_scene(replace(scene, wrong=np.zeros_like(scene.wrong), answers=bare))
        assert whole > without_rings + 10 * scene.wrong.sum()
        assert without_rings > inked() + 20


def test_the_picture_follows_the_cursor(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 60) as view:
        before = view.canvas.scene
        view.lab.seek(1)
        settle()
        after = view.canvas.scene
        assert before is not None
        assert before.answers is not None
        assert after is not None
        assert after.answers is not None
        assert not np.array_equal(before.answers.strengths, after.answers.strengths)
        program = view.lab.program
        assert isinstance(program, NetworkProgram)
        logit = forward.outputs(program, program.start(), after.plane.grid(after.answers.side))
        chance = 1 / (1 + np.exp(-logit[:, 0]))
        assert np.allclose(after.answers.strengths.ravel(), np.maximum(chance, 1 - chance))


@pytest.mark.parametrize("table", [two_classes, many_classes, curve])
def test_pointing_at_an_example_tells_its_numbers(qtbot: QtBot, table) -> None:  # type: ignore[no-untyped-def]
    with panel(RegionView, table(validation=0.25), 5) as view:
        qtbot.mouseMove(view.canvas, point(view, 2))
        settle()
        assert view.told.text().startswith("#")
        assert "loss" in view.told.text()
        # A point far from all examples tells the answer there.
        view._on_pointed(0.002, 0.002)
        assert "→" in view.told.text()
        view._on_pointed(-1, -1)
        assert "examples" in view.told.text()


def test_a_click_selects_an_example_everywhere_and_escape_none(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 5) as view:
        spot = point(view, 7)
        example = view.canvas.example_at(QPointF(spot))
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=spot)
        settle()
        assert view.found is not None
        assert view.lab.selected_row == view.found.rows[example]
        assert view.canvas.selected == example
        assert has(view.canvas.grab().toImage(), view.session.theme.colour(Role.SELECTED))
        qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
        settle()
        assert view.lab.selected_row is None


def test_examples_are_reached_by_keys(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 5) as view:
        for wanted in (0, 1):
            qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
            settle()
            assert view.lab.selected_row == wanted
        assert "#2" in view.canvas.accessibleDescription()


def test_an_example_that_is_not_learned_from_is_sent_alone(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(validation=0.5), 5) as view:
        assert view.found is not None
        place = int(np.flatnonzero(view.found.parts == 1)[3])
        view.choose(place)
        settle()
        assert view.canvas.selected == place
        assert view.lab.selected == ("validation", 3)
        assert view.lab.selected_row is None
        assert view.send.isEnabled()
        assert "Send this validation example through the network alone" in view.send.toolTip()
        loss = float(view.found.losses[place])
        view.send.click()
        timeline = view.session.timeline
        assert timeline.tape[timeline.output].value == pytest.approx(loss, rel=1e-12)
        assert view.session.face == "film"
        view.session.set_face("lab")
        view.choose(2)
        settle()
        assert view.canvas.selected == 2
        assert "batch has the selected training example" in view.send.toolTip()


def test_an_example_that_is_gone_cannot_be_sent(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 5) as view:
        view.choose(39)
        view.lab.edit(two_classes(count=20))
        view.lab.reset()
        settle()
        assert not view.send.isEnabled()
        view.send_chosen()
        assert view.session.face == "film"
        assert view.session.timeline.iteration.rule is not None


def test_an_example_is_sent_through_the_network(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(batch_size=8), 9) as view:
        view.choose(13)
        settle()
        view.send.click()
        session = view.session
        number = session.position.iteration
        program = view.lab.program
        assert isinstance(program, NetworkProgram)
        assert 13 in program.rows(number)
        assert session.selected is not None
        assert session.selected_entry is not None
        row = session.timeline.tape[session.selected].value[session.selected_entry[0]]
        assert np.array_equal(row, program.inputs[13])


# --- Drawing ---------------------------------------------------------------------------------


def test_a_stroke_adds_points_of_the_chosen_class_and_one_undo_takes_them_all(
    qtbot: QtBot,
) -> None:
    with panel(RegionView, two_classes(), 5) as view:
        view.tools.set_tool("pencil")
        view.tools.ink.setCurrentIndex(1)
        area = view.canvas.area.toRect()
        start, end = QPoint(area.left() + 30, area.top() + 30), QPoint(area.left() + 130, 40)
        qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=start)
        for step in range(1, 11):
            qtbot.mouseMove(view.canvas, start + QPoint(10 * step, 0))
        qtbot.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=end)
        settle()
        data = view.lab.table.data
        assert data is not None
        assert data.inputs is not None
        assert len(data.inputs) == 40 + 6
        assert data.targets is not None
        assert data.targets[-6:] == [[1.0]] * 6
        xs = [row[0] for row in data.inputs[-6:]]
        assert xs == sorted(xs)
        assert view.found is not None
        assert len(view.found) == 46
        view.lab.undo()
        settle()
        assert view.lab.table.data is not None
        assert view.lab.table.data.set == "moons"


def test_the_right_button_and_the_eraser_remove_examples(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 1) as view:
        view.tools.set_tool("pencil")
        gone = view.canvas.example_at(QPointF(point(view, 3)))
        assert view.reading is not None
        missing = view.reading.inputs["train"][gone].tolist()
        qtbot.mouseClick(view.canvas, Qt.MouseButton.RightButton, pos=point(view, 3))
        settle()
        data = view.lab.table.data
        assert data is not None
        assert data.inputs is not None
        assert len(data.inputs) == 39
        assert missing not in data.inputs
        view.tools.set_tool("eraser")
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=point(view, 0))
        settle()
        assert view.lab.table.data is not None
        assert view.lab.table.data.inputs is not None
        assert len(view.lab.table.data.inputs) == 38


def test_one_begins_with_nothing_and_draws_points_of_one_s_own(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 1) as view:
        view.tools.set_tool("pencil")
        view.tools.clear.click()
        assert view.canvas.scene is not None
        assert len(view.canvas.scene.places) == 0
        middle = view.canvas.area.center().toPoint()
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=middle)
        settle()
        data = view.lab.table.data
        assert data is not None
        assert data.inputs is not None
        assert len(data.inputs) == 1
        assert len(view.canvas.scene.places) == 1
        # Leaving the pencil without a stroke brings the examples back.
        view.tools.clear.click()
        view.tools.set_tool("point")
        assert len(view.canvas.scene.places) == 1


def test_with_nothing_drawn_nothing_is_trained_until_undo(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 30) as view:
        lab, bar = view.lab, LabBar(view.session)
        view.tools.set_tool("pencil")
        view.tools.clear.click()
        head = lab.run.head
        lab.toggle()
        lab.one_iteration()
        lab.one_epoch()
        lab.seek(head + 5)
        assert not lab.running
        assert lab.run.head == head
        assert bar.status_words().id == "lab.status.blank"
        bar.refresh()
        assert not bar.train_button.isEnabled()
        assert lab.can_undo
        lab.undo()
        settle()
        assert view.canvas.scene is not None
        assert len(view.canvas.scene.places) > 0
        lab.one_iteration()
        assert lab.run.head == head + 1
        bar.deleteLater()


def test_on_a_curve_the_height_is_the_target(qtbot: QtBot) -> None:
    with panel(RegionView, curve(), 1) as view:
        view.tools.set_tool("pencil")
        view.tools.clear.click()
        area = view.canvas.area
        assert view.canvas.scene is not None
        spot = QPoint(round(area.left() + 0.25 * area.width()), round(area.center().y()))
        x, y = view.canvas.scene.plane.numbers(0.25, 0.5)
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=spot)
        data = view.lab.table.data
        assert data is not None
        assert data.inputs is not None
        assert data.inputs[0] == pytest.approx([x], abs=0.02)
        assert data.targets is not None
        assert data.targets[0] == pytest.approx([y], abs=0.02)


def test_over_a_plane_of_answers_the_target_is_typed(qtbot: QtBot) -> None:
    data = {"inputs": [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], "targets": [[0.5], [3.0], [7.0]]}
    with panel(RegionView, recipe(2, [3, 1], "mse_loss", data), 1) as view:
        view.tools.set_tool("pencil")
        assert view.tools.value.number == 3.0
        view.tools.value.setText("−4.5")
        qtbot.keyClick(view.tools.value, Qt.Key.Key_Return)
        qtbot.keyClick(view.tools.value, Qt.Key.Key_Up)
        assert view.tools.value.number == -3.5
        view.tools.value.setText("two")
        qtbot.keyClick(view.tools.value, Qt.Key.Key_Return)
        middle = view.canvas.area.center().toPoint()
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=middle)
        assert view.lab.table.data is not None
        assert view.lab.table.data.targets is not None
        assert view.lab.table.data.targets[-1] == [-3.5]


def test_with_more_than_two_features_there_is_no_pencil_but_a_choice(qtbot: QtBot) -> None:
    table = recipe(4, [3, 3], "cross_entropy", {"set": "iris"})
    with panel(RegionView, table, 1) as view:
        assert view.tools.well.isHidden()
        assert not view.tools.across.isHidden()
        view.tools.across.setCurrentIndex(1)
        # The other one gives way, as a feature cannot go both ways.
        assert view.tools.features == (1, 2)
        assert view.canvas.scene is not None
        assert view.reading is not None
        assert view.canvas.scene.names == (view.reading.names[1], view.reading.names[2])
        assert "2" in view.told.text()


def test_points_with_several_answers_cannot_be_drawn(qtbot: QtBot) -> None:
    data = {"inputs": [[0.0, 1.0], [1.0, 0.0]], "targets": [[0.5, 3.0], [1.0, 2.0]]}
    with panel(RegionView, recipe(2, [3, 2], "mse_loss", data), 1) as view:
        assert view.tools.well.isHidden()
        assert not view.tools.output.isHidden()
        before = view.canvas.scene
        view.tools.output.setCurrentIndex(1)
        assert before is not None
        assert view.canvas.scene is not None
        assert view.canvas.scene.scale == (2.0, 3.0)
        assert before.scale == (0.5, 1.0)


def test_a_circle_stays_round_when_the_panel_becomes_narrower(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 1, (700, 460)) as view:
        for width in (700, 420):
            view.resize(width, 460)
            settle()
            scene, area = view.canvas.scene, view.canvas.area
            assert scene is not None
            extent = scene.plane.high - scene.plane.low
            stretched = (area.width() / extent[0]) / (area.height() / extent[1])
            assert stretched == pytest.approx(1, abs=0.02)


def test_the_pencil_goes_when_the_data_have_no_plane(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 1) as view:
        view.tools.set_tool("pencil")
        other = recipe(4, [3, 3], "cross_entropy", {"set": "iris"})
        assert view.lab.edit(other)
        view.lab.reset()
        settle()
        assert view.tools.tool == "point"


# --- What it looks like ----------------------------------------------------------------------


@pytest.mark.parametrize("table", [two_classes, many_classes, curve])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_it_is_painted_in_every_look(qtbot: QtBot, table, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    with panel(RegionView, table(validation=0.2, test=0.2), 3) as view:
        view.session.set_theme(theme)
        view.session.set_language(language)
        view.session.set_scale(1.25)
        settle()
        image = view.canvas.grab().toImage()
        assert near(image.pixelColor(2, 2), view.session.theme.colour(Role.PANEL))
        assert view.legend.entries
        assert view.accessibleName()
        assert view.canvas.accessibleName()


def test_the_legend_says_what_is_there(qtbot: QtBot) -> None:
    with panel(RegionView, curve(validation=0.2), 3) as view:
        view.tools.residuals.setChecked(True)
        marks = [entry.mark for entry in view.legend.entries]
        assert marks == ["part", "part", "curve", "true", "residual"]
        assert has(view.canvas.grab().toImage(), view.session.theme.colour(Role.BAD))
    with panel(RegionView, many_classes(), 0) as view:
        assert view.canvas.scene is not None
        marks = [entry.mark for entry in entries_of(view.canvas.scene, False)]
        assert marks == ["class"] * 4 + ["ring"]


def test_two_runs_are_compared(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 20) as view:
        lab = view.lab
        lab.keep()
        lab.run.advance(3)
        lab.seek(lab.run.head)
        settle()
        assert lab.other is not None
        assert view.canvas.scene is not None
        assert len(view.canvas.scene.other_lines)
        assert view.legend.entries[-1].mark == "other"


def test_classes_look_different_in_colour_shape_and_hatching() -> None:
    for theme in (LIGHT, DARK):
        colours = {class_colour(theme, kind).name() for kind in range(KINDS)}
        assert len(colours) == KINDS
        for kind in range(KINDS):
            assert contrast(class_colour(theme, kind), theme.colour(Role.PANEL)) >= 3
    outlines = {
        tuple((round(p.x, 2), round(p.y, 2)) for p in map(mark(kind, 5).elementAt, range(4)))
        for kind in range(KINDS)
    }
    assert len(outlines) == KINDS
    bits = hatchings(40, 40, 8)
    patterns = {((bits >> kind) & 1).astype(bool).tobytes() for kind in range(KINDS)}
    assert len(patterns) == KINDS


def test_a_formula_has_no_regions(qtbot: QtBot) -> None:
    table = FileTable(
        formula=FormulaTable(source="y = (w*x - 1)**2"),
        leaves={"x": 2.0, "w": {"value": 1.0, "trainable": True}},
        optimizer=OptimizerTable(name="SGD", lr=0.1),
    )
    with panel(RegionView, table, 3) as view:
        assert view.canvas.scene is None
        assert "network" in view.canvas.accessibleDescription()
        assert view.send.isHidden()
        assert view.tools.isHidden()
        words = has(view.canvas.grab().toImage(), view.session.theme.colour(Role.MUTED))
        assert words


@pytest.mark.parametrize("seconds", [1e-5, 5e-3, 1.0])
def test_at_rest_the_plane_is_as_fine_as_nobody_has_to_wait_for(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    with panel(RegionView, two_classes(), 5) as view:
        view._side = 0  # so coarse it became while it trained
        view._cost = seconds / 1000
        view.refresh_now()
        assert view.canvas.scene is not None
        assert view.canvas.scene.answers is not None
        assert view.canvas.scene.answers.side == {1e-5: 100, 5e-3: 64, 1.0: 24}[seconds]


def drawn_at_the_middle(view: RegionView, qtbot: QtBot) -> None:
    view.tools.set_tool("pencil")
    middle = view.canvas.area.center().toPoint()
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=middle)
    settle()


def test_training_goes_on_with_a_drawn_point_and_undo_goes_on_without_it(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(validation=0.25), 30) as view:
        lab = view.lab
        lab.train()
        losses = lab.run.curves.loss.copy()
        weights = lab.run.training.parameters(31)
        drawn_at_the_middle(view, qtbot)
        assert lab.running
        assert not lab.is_stale
        lab.pause()
        (at,) = lab.run.training.data_changes
        assert at >= 31
        np.testing.assert_array_equal(lab.run.curves.loss[:30], losses)
        for origin, value in weights.items():
            np.testing.assert_array_equal(lab.run.training.parameters(31)[origin], value)
        program = lab.program
        assert isinstance(program, NetworkProgram)
        assert len(program.inputs) == 31  # of 40 rows ten are for validation, and stay there
        assert program.validation is not None
        assert len(program.validation[0]) == 10
        # What was measured at that moment is of the new examples.
        curves = lab.run.curves
        place = curves.at.tolist().index(at)
        wanted = measure.loss_of(program, lab.run.training.parameters(at), "train")
        assert curves.losses["train"][place] == wanted
        lab.run.advance(20)
        head = lab.run.head
        lab.seek(lab.run.head)
        lab.undo()
        assert not lab.is_stale
        assert lab.cursor == head
        assert lab.run.training.data_changes == (at, head)
        assert isinstance(lab.program, NetworkProgram)
        assert len(lab.program.inputs) == 30
        lab.redo()
        assert isinstance(lab.program, NetworkProgram)
        assert len(lab.program.inputs) == 31


def test_undo_at_once_brings_the_very_run_back(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 30) as view:
        run = view.lab.run
        drawn_at_the_middle(view, qtbot)
        assert view.lab.run is not run
        view.lab.undo()
        assert view.lab.run is run
        assert view.lab.cursor == 31


def test_points_of_one_s_own_after_nothing_begin_anew(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 30) as view:
        view.tools.set_tool("pencil")
        view.tools.clear.click()
        drawn_at_the_middle(view, qtbot)
        assert view.lab.run.head == 1
        assert view.lab.run.training.data_changes == ()


def test_a_point_drawn_at_an_earlier_iteration_makes_a_branch(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 30) as view:
        run = view.lab.run
        view.lab.seek(11)
        drawn_at_the_middle(view, qtbot)
        assert view.lab.cursor == 11
        assert view.lab.other is run
        assert view.lab.run.training.data_changes == (11,)


def test_examples_of_before_a_change_are_shown_and_not_erased(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 30) as view:
        drawn_at_the_middle(view, qtbot)
        view.lab.run.advance(10)
        view.lab.seek(5)
        settle()
        assert view.found is not None
        assert len(view.found) == 40
        view.tools.set_tool("eraser")
        noted: list[object] = []
        view.session.noted.connect(noted.append)
        view._on_erased([3])
        assert view.lab.cursor == 41
        assert len(noted) == 1
        view._on_erased([3])
        assert view.lab.table.data is not None
        assert view.lab.table.data.inputs is not None
        assert len(view.lab.table.data.inputs) == 40


def test_a_stale_recipe_begins_anew_with_what_is_drawn(qtbot: QtBot) -> None:
    with panel(RegionView, two_classes(), 30) as view:
        view.lab.edit(with_seed(view.lab.table, 5))
        assert view.lab.is_stale
        drawn_at_the_middle(view, qtbot)
        assert view.lab.run.head == 1


def test_pieces_that_meet_are_one_line_for_its_dashes() -> None:
    rng = np.random.default_rng(0)
    path = np.cumsum(rng.uniform(0.001, 0.01, (60, 2)), axis=0)
    ring = np.array([[0.5 + 0.1 * np.cos(a), 0.5 + 0.1 * np.sin(a)] for a in range(20)])
    pieces = [*pairwise(path), *pairwise(ring)]
    pieces = np.array([pair if rng.random() < 0.5 else pair[::-1] for pair in pieces])
    pieces = pieces[rng.permutation(len(pieces))]
    chains = line_chains(pieces, QRectF(0, 0, 1000, 500))
    assert sorted(chain.size() for chain in chains) == [20, 60]
    assert line_chains(np.empty((0, 2, 2)), QRectF(0, 0, 9, 9)) == []
