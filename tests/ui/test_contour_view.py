import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from mlviz.learn import measure
from mlviz.learn.network import NetworkProgram
from mlviz.picture.items import Role
from mlviz.ui.contour_view import ContourView
from tests.outcomes import curve, two_classes
from tests.ui.labs import panel, settle, work_out
from tests.ui.pixels import has
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


@pytest.fixture(autouse=True)
def every_map_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine does not decide whether a map is computed unasked."""
    monkeypatch.setattr("mlviz.ui.contour_view._AT_ONCE_SECONDS", float("inf"))


def test_the_map_is_computed_while_nothing_is_blocked(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 20) as view:
        assert view.session.lab.work.busy
        assert "%" in view.told.text() or view.told.text()
        assert work_out(view.session) > 1
        landscape = view.canvas.landscape
        assert landscape is not None
        assert landscape.is_done
        assert sorted(landscape.path) == list(range(1, 22))
        # The run ends in the middle of the map.
        assert landscape.path[21] == pytest.approx((0, 0))


def test_the_losses_are_those_of_the_network_with_two_numbers_changed(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 8) as view:
        work_out(view.session)
        landscape, program = view.canvas.landscape, view.lab.program
        assert landscape is not None
        assert isinstance(program, NetworkProgram)
        middle = landscape.side // 2
        now = measure.loss_of(program, view.lab.parameters, "train")
        assert landscape.losses[middle, middle] == now
        steps = landscape.steps()
        changed = {origin: value.copy() for origin, value in view.lab.parameters.items()}
        changed["layer1.weight"][0, 0] += steps[3]
        changed["layer1.weight"][0, 1] += steps[7]
        assert landscape.losses[7, 3] == measure.loss_of(program, changed, "train")


def test_the_arrow_leads_down(qtbot: QtBot) -> None:
    for kind in ("parameters", "random"):
        with panel(ContourView, curve(), 15) as view:
            view.kind.set_value(kind)
            work_out(view.session)
            landscape, program, down = view.canvas.landscape, view.lab.program, view.canvas.down
            assert landscape is not None
            assert isinstance(program, NetworkProgram)
            assert down is not None
            way = 1e-4 / np.hypot(*down)
            there = landscape.directions.moved(landscape.center, way * down[0], way * down[1])
            now = measure.loss_of(program, landscape.center, "train")
            assert measure.loss_of(program, there, "train") < now


def test_pointing_tells_the_exact_loss(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 8) as view:
        work_out(view.session)
        canvas = view.canvas
        landscape = canvas.landscape
        assert landscape is not None
        found = canvas.loss_under(QPointF(canvas.width() / 2, canvas.height() / 2))
        assert found is not None
        view._on_pointed(canvas.width() / 2, canvas.height() / 2)
        assert repr(found[2]) in view.told.text()


def test_the_map_is_read_with_the_arrow_keys(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 8) as view:
        work_out(view.session)
        landscape = view.canvas.landscape
        assert landscape is not None
        middle = landscape.side // 2
        qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
        assert repr(float(landscape.losses[middle, middle + 1])) in view.told.text()
        qtbot.keyClick(view.canvas, Qt.Key.Key_Up)
        assert repr(float(landscape.losses[middle + 1, middle + 1])) in view.told.text()
        assert has(view.canvas.grab().toImage(), view.session.theme.colour(Role.SELECTED))


def test_the_run_goes_on_over_an_old_map_until_it_rests(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 8) as view:
        work_out(view.session)
        old = view.canvas.landscape
        view.lab._running = True
        view.lab.run.advance(10)
        view.lab._move_to(view.lab.run.head)
        view.refresh_now()
        assert view.canvas.landscape is old
        assert view.canvas.here != (0.0, 0.0)
        assert old is not None
        wanted = old.directions.steps_to(old.center, view.lab.parameters)
        assert view.canvas.here == wanted
        view.lab._running = False
        view.refresh_now()
        assert view.canvas.landscape is not old
        assert view.canvas.here == (0.0, 0.0)


def test_two_other_parameters_and_two_other_directions_make_other_maps(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 8) as view:
        work_out(view.session)
        maps = [view.canvas.landscape]
        view.second.setCurrentIndex(5)
        work_out(view.session)
        maps.append(view.canvas.landscape)
        view.kind.set_value("random")
        work_out(view.session)
        maps.append(view.canvas.landscape)
        view.again.click()
        work_out(view.session)
        maps.append(view.canvas.landscape)
        losses = [found.losses.tobytes() for found in maps if found is not None]
        assert len(set(losses)) == 4
        assert view.first.isHidden()


def test_the_whole_path_lies_on_the_map_of_its_own_directions(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 40) as view:
        work_out(view.session)
        view.kind.set_value("path")
        work_out(view.session)
        landscape = view.canvas.landscape
        assert landscape is not None
        assert landscape.is_done
        places = np.array([landscape.path[number] for number in range(1, 42)])
        assert np.abs(places).max() <= 1 + 1e-9
        assert places[0, 0] == pytest.approx(-1)  # it comes from the left
        assert view.first.isHidden()


def test_a_path_that_has_not_begun_has_no_map(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 0) as view:
        view.kind.set_value("path")
        work_out(view.session)
        assert view.canvas.landscape is None
        assert "path" in view.told.text()


def test_the_same_parameter_twice_is_refused_with_a_word(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 8) as view:
        work_out(view.session)
        view.second.setCurrentIndex(view.first.currentIndex())
        assert "different" in view.told.text()
        assert not view.session.lab.work.busy


def test_it_can_be_stopped_and_looked_at_more_closely(qtbot: QtBot) -> None:
    with panel(ContourView, two_classes(), 8) as view:
        assert view.again.text() == "Stop"
        view.again.click()
        assert not view.session.lab.work.busy
        view.nearer.click()
        work_out(view.session)
        assert view.canvas.landscape is not None
        assert view.canvas.landscape.half == 1.0
        image = view.canvas.grab().toImage()
        assert has(image, view.session.theme.colour(Role.UPDATE))
        assert view.canvas.accessibleDescription()


def test_a_large_network_is_mapped_only_when_somebody_asks(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlviz.ui.contour_view._AT_ONCE_SECONDS", 0.0)
    with panel(ContourView, two_classes(), 8) as view:
        assert not view.session.lab.work.busy
        assert view.canvas.landscape is None
        view.canvas.grab()
        view.again.click()
        assert view.session.lab.work.busy
        view.again.click()
        settle()
        assert not view.session.lab.work.busy
