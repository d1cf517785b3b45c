"""The network on the stage: its modes, its pointer and its rows."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWhatsThis
from pytestqt.qtbot import QtBot

from mlviz.document import Document
from mlviz.i18n import Message
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import sgd
from mlviz.learn.training import Training
from mlviz.picture.items import Text
from mlviz.settings import Settings
from mlviz.trace.neurons import Place
from mlviz.trace.steps import Position
from mlviz.ui.entry_popup import EntryPopup
from mlviz.ui.network_tips import network_tip
from mlviz.ui.network_view import NetworkView
from mlviz.ui.neuron_popup import NeuronPopup
from mlviz.ui.session import Session
from tests.ui.windows import LIGHT_ENGLISH, NO_SCREEN, example, shown

pytestmark = NO_SCREEN


def wide() -> Document:
    """784-128-10 on two examples."""
    random = np.random.default_rng(0)
    layers = tuple(
        LayerSpec(units, "tanh", 0.05 * random.normal(size=(units, inputs)), np.zeros(units))
        for inputs, units in ((784, 128), (128, 10))
    )
    data = random.normal(size=(2, 784)), random.normal(size=(2, 10))
    program = NetworkProgram(NetworkSpec(784, layers), *data, LossSpec("mse_loss"))
    return replace(example("xor"), training=Training(program, sgd(0.1)), scenes=())


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
    choice = view.choice(Place("weight", 1, 1, 0))
    assert choice is not None
    tip = network_tip(view.session, choice)
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


def test_a_formula_has_only_the_graph_and_the_switch_says_why(qtbot: QtBot) -> None:
    wishes = Settings(language="en", theme="light", stage="split")
    with shown(qtbot, example("tanh-neuron"), wishes) as window:
        area, session = window.stage_area, window.session
        assert (area.stage.isVisible(), area.network.isVisible()) == (True, False)
        assert area.switch.buttons["graph"].isChecked()
        assert not area.switch.buttons["network"].isEnabled()
        assert "A formula has no layers" in area.switch.buttons["split"].toolTip()
        told: list[Message] = []
        session.noted.connect(told.append)
        QTest.keyClick(window, Qt.Key.Key_G)
        session.noted.disconnect(told.append)
        assert [message.id for message in told] == ["network.none"]
        session.open("xor")
        assert area.network.isVisible()
        assert area.switch.buttons["split"].isChecked()
        assert area.switch.buttons["network"].isEnabled()


def test_below_the_graph_the_network_takes_no_more_than_it_needs(qtbot: QtBot) -> None:
    wishes = Settings(language="en", theme="light", stage="split")
    with shown(qtbot, example("xor"), wishes) as window:
        area = window.stage_area
        assert area.stage.height() > 1.2 * area.network.height()
        camera, picture = area.network.camera(), area.network.picture()
        assert picture is not None
        seen = camera.to_widget(picture.bounds)
        assert seen.y >= 0
        assert seen.bottom <= area.network.legend_corner().y()


def test_the_saved_mode_is_shown_at_the_start(qtbot: QtBot) -> None:
    with shown(
        qtbot, example("xor"), Settings(language="en", theme="light", stage="network")
    ) as window:
        assert window.stage_area.network.isVisible()
        assert not window.stage.isVisible()
        assert LIGHT_ENGLISH.stage == "graph"


def test_a_double_click_opens_the_neuron_in_the_graph(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session, view = window.session, window.stage_area.network
        session.set_reduced_motion(True)
        session.set_level("operations")
        session.to_end()
        session.set_stage_mode("network")
        at = point_of(view, Place("neuron", 1, 1))
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at)
        session.wait_for_layout()
        assert session.stage_mode == "split"
        assert session.opened[0].entry == (0, 1)
        z = next(n for n in session.timeline.tape if n.origin == "layer1.z")
        sums = [n.value for n in session.timeline.tape if n.op and n.op.name == "total"]
        assert float(sums[0]) == pytest.approx(float(z.value[0, 1]))
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert not session.opened
        session.select(*view._choice(Place("neuron", 2, 0)))
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert [frame.name for frame in session.opened]


def test_neurons_that_are_left_out_are_reached_by_their_number(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session, view = window.session, window.stage_area.network
        session.set_reduced_motion(True)
        session.open_document(wide())
        session.wait_for_layout()
        assert session.level == "layers"
        session.set_stage_mode("network")
        pictures = view.pictures
        assert pictures is not None
        ((x, y), _), *_ = pictures.plan.gaps(1)
        camera = view.camera()
        at = QPointF(camera.x + x * camera.scale, camera.y + y * camera.scale).toPoint()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
        (popup,) = view.findChildren(NeuronPopup)
        assert popup.layer_number == 1
        popup.chooser.fields[0].setValue(78)
        assert view.pictures is not None
        assert 77 in view.pictures.plan.shown[1]
        assert session.selected_entry == (0, 77)
        QTest.keyClick(popup.chooser.fields[0], Qt.Key.Key_Return)
        session.wait_for_layout()
        assert session.opened[-1].entry == (0, 77)
        assert session.opened[-1].elided == 784 - 6
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        assert [each for each in view.findChildren(NeuronPopup) if not each.isHidden()]


def test_every_mark_tells_what_it_is(view: NetworkView, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QWhatsThis, "showText", lambda *given: told.append(given[1]))
    legend = view.legend_corner().toPoint() + QPoint(20, 25)
    places = [point_of(view, Place("neuron", 1, 0)), point_of(view, Place("bias", 1, 1)), legend]
    for at in [*places, QPoint(2, 2)]:
        QCoreApplication.sendEvent(view, QHelpEvent(QEvent.Type.WhatsThis, at, at))
    assert len(set(told)) == 4
    assert told[1].startswith("A bias")
    assert told[3].startswith("The network")


def test_an_entry_of_a_layer_opens_that_neuron_from_the_graph(qtbot: QtBot) -> None:
    with shown(qtbot, example("xor")) as window:
        session, stage = window.session, window.stage
        session.set_reduced_motion(True)
        session.open_document(wide())
        session.wait_for_layout()
        layer = next(n.id for n in session.timeline.tape if n.origin == "layer1.a")
        session.select(layer)
        stage.setFocus()
        QTest.keyClick(stage, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        (popup,) = stage.findChildren(EntryPopup)
        row, column = popup.chooser.fields
        row.setValue(2)
        column.setValue(128)
        QTest.keyClick(column, Qt.Key.Key_Return)
        session.wait_for_layout()
        assert session.opened[0].name == "layer1"
        assert session.opened[-1].entry == (1, 127)
        totals = [n.value for n in session.timeline.tape if n.op and n.op.name == "total"]
        recorded = next(n for n in session.recorded.tape if n.origin == "layer1.z")
        assert float(totals[0]) == pytest.approx(float(recorded.value[1, 127]), rel=1e-12)


def test_the_row_of_a_selected_example_is_shown(view: NetworkView) -> None:
    inputs = next(node for node in view.session.timeline.tape if node.origin == "inputs")
    view.session.select(inputs.id, (2, 0))
    assert view.rows.row == 2
    view.hide()
    view.session.select(inputs.id, (3, 0))
    assert view.rows.row == 2
    view.show()
    assert view.rows.row == 3


@pytest.mark.parametrize("name", ["xor", "symmetry", "fruit", "optimizers", "dropout"])
@pytest.mark.parametrize("size", [(890, 731), (474, 551), (890, 330), (474, 299)])
def test_all_of_a_network_is_in_view_and_can_be_read(
    make_session: Callable[..., Session], name: str, size: tuple[int, int]
) -> None:
    session = make_session(name)
    view = NetworkView(session)
    view.headline = size[1] > 400
    view.resize(*size)
    view.show()
    session.seek(Position(1, len(session.timeline)))
    picture, pictures, camera = view.picture(), view.pictures, view.camera()
    assert picture is not None
    assert pictures is not None
    texts = [item for item in picture.items if isinstance(item, Text)]
    assert min(text.size for text in texts) * camera.scale >= 8.3
    seen = camera.to_widget(picture.bounds)
    low = (view.rows if view.rows.isVisible() else view).geometry()
    bottom = low.top() if view.rows.isVisible() else low.height()
    assert seen.y >= 0
    assert seen.bottom <= max(bottom, view.legend_corner().y()) + 1
    if (name, size) != ("dropout", (474, 299)):  # five columns are too many there
        assert seen.x >= 0
        assert seen.right <= view.width() + 1
    view.close()
    view.deleteLater()


def test_the_network_is_drawn_anew_only_when_its_room_is_another(view: NetworkView) -> None:
    pictures = view.pictures
    assert pictures is not None
    plan = pictures.plan
    view.resize(view.width() + 1, view.height() + 1)
    view.session.seek(Position(1, 4, 0.5))
    view.grab()
    assert view.pictures is pictures
    assert pictures.plan is plan
    view.resize(460, 420)
    view.grab()
    assert view.pictures is pictures
    assert pictures.plan is not plan


def test_a_network_that_is_opened_is_followed_with_letters_that_can_be_read(
    make_session: Callable[..., Session],
) -> None:
    session = make_session("vanishing")
    view = NetworkView(session)
    view.resize(474, 551)
    view.show()
    for name in ("start", "vanishing"):
        session.open_document(example(name))
        pictures, camera = view.pictures, view.camera()
        assert pictures is not None
        assert view.follow
        assert camera.scale * min(pictures.plan.form.sizes) >= 8.3
    view.close()
    view.deleteLater()
