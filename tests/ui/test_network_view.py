"""The network on the stage: its modes, its pointer and its rows."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mlviz.i18n import Message
from mlviz.settings import Settings
from mlviz.trace.neurons import Place
from mlviz.trace.steps import Position
from mlviz.ui.network_view import NetworkView
from mlviz.ui.session import Session
from tests.ui.windows import LIGHT_ENGLISH, NO_SCREEN, example, shown

pytestmark = NO_SCREEN


@pytest.fixture
def view(make_session: Callable[..., Session]) -> Iterator[NetworkView]:
    """The network of the exclusive or, 900 × 600."""
    session = make_session("xor")
    session.set_level("operations")
    made = NetworkView(session)
    made.resize(900, 600)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def point_of(view: NetworkView, place: Place, t: float = 0.8) -> QPoint:
    assert view.pictures is not None
    rect = view.pictures.rect(place)
    assert rect is not None
    x, y = rect.center
    if place.kind == "weight":
        line = view.pictures.plan.line(place)
        assert line is not None
        x, y = (a + (b - a) * t for a, b in zip(*line, strict=True))
    camera = view.camera()
    return QPointF(camera.x + x * camera.scale, camera.y + y * camera.scale).toPoint()


def test_a_click_selects_the_neuron_the_bias_or_the_weight_in_every_view(view: NetworkView) -> None:
    tape = view.session.timeline.tape
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(view, left, pos=point_of(view, Place("neuron", 1, 1)))
    assert tape[view.session.selected or 0].origin == "layer1.a"
    assert view.session.selected_entry == (0, 1)
    QTest.mouseClick(view, left, pos=point_of(view, Place("weight", 1, 1, 0)))
    assert tape[view.session.selected or 0].origin == "layer1.weight"
    assert view.session.selected_entry == (1, 0)
    QTest.mouseClick(view, left, pos=point_of(view, Place("bias", 1, 0)))
    assert tape[view.session.selected or 0].origin == "layer1.bias"
    assert view.session.selected_entry == (0,)


def test_pointing_hovers_and_leaving_ends_it(view: NetworkView) -> None:
    QTest.mouseMove(view, point_of(view, Place("neuron", 2, 0)))
    assert view.session.timeline.tape[view.session.hovered or 0].origin == "layer2.a"
    view.leaveEvent(QEvent(QEvent.Type.Leave))
    assert view.session.hovered is None


def test_n_goes_through_the_neurons_and_r_through_the_rows(view: NetworkView) -> None:
    seen = []
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_N)
        seen.append((view.session.selected, view.session.selected_entry))
    assert [entry for _, entry in seen] == [(0, 0), (0, 1), (0, 0)]
    assert seen[0][0] != seen[2][0]
    QTest.keyClick(view, Qt.Key.Key_R)
    assert view.rows.row == 1
    QTest.keyClick(view, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert view.rows.row == 3


def test_the_chosen_row_is_shown_and_named(view: NetworkView) -> None:
    view.session.seek(Position(1, len(view.session.timeline)))
    first = view.picture()
    view.rows.set_row(2)
    assert view.picture() != first
    assert view.rows.label.text() == view.session.tr(Message("network.row", number=3, count=4))
    view.rows.mean.click()
    assert view.rows.row is None
    assert view.rows.label.text() == view.session.tr(Message("network.row.mean_of", n=4))
    view.rows.mean.click()
    assert view.rows.row == 2


def test_at_the_scalars_another_row_that_acts_is_named(view: NetworkView) -> None:
    view.session.set_level("scalars")
    pictures = view.pictures
    assert pictures is not None
    step = next(s for s in view.session.timeline.steps if pictures.neurons.places[s.node].row == 2)
    view.session.seek(Position(1, step.number, 0.5))
    said = view.session.tr(Message("network.row.acting", number=3))
    assert view.rows.label.text().endswith(said)
    view.rows.set_row(2)
    assert not view.rows.label.text().endswith(said)


def test_a_tip_tells_the_numbers_in_full(view: NetworkView) -> None:
    weight = view.session.timeline.tape[1].value
    tip = view.tip(Place("weight", 1, 1, 0))
    assert "layer1.weight[1,0]" in tip
    assert repr(abs(float(weight[1, 0]))) in tip
    assert view.session.tr(Message("tip.not_yet")) in tip


def test_a_formula_is_told_to_have_no_neurons(view: NetworkView) -> None:
    view.session.open("tanh-neuron")
    assert view.picture() is None
    view.grab()
    assert view.accessibleDescription() == view.session.tr(Message("network.none"))


def test_the_stage_shows_graph_network_or_both_and_remembers_it(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor"), Settings(language="en", theme="light")) as window:
        area, session = window.stage_area, window.session
        seen = []
        for _ in range(4):
            seen.append((area.stage.isVisible(), area.network.isVisible()))
            QTest.keyClick(window, Qt.Key.Key_G)
        assert seen == [(True, False), (False, True), (True, True), (True, False)]
        assert session.stage_mode == "network"
        area.switch.buttons["split"].click()
        assert session.wishes().stage == "split"
        assert area.switch.buttons["split"].isChecked()


def test_the_saved_mode_is_shown_at_the_start(qtbot: QtBot) -> None:
    with shown(
        qtbot, example("xor"), Settings(language="en", theme="light", stage="network")
    ) as window:
        assert window.stage_area.network.isVisible()
        assert not window.stage.isVisible()
        assert LIGHT_ENGLISH.stage == "graph"


def test_the_row_of_a_selected_example_is_shown(view: NetworkView) -> None:
    inputs = next(node for node in view.session.timeline.tape if node.origin == "inputs")
    view.session.select(inputs.id, (2, 0))
    assert view.rows.row == 2
    view.hide()
    view.session.select(inputs.id, (3, 0))
    assert view.rows.row == 2
    view.show()
    assert view.rows.row == 3
