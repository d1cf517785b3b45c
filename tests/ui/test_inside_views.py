"""The panels that look inside of the network, driven as a person drives them."""

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mlviz.document.schema import FileTable, FormulaTable, OptimizerTable
from mlviz.picture.distributions import row_key
from mlviz.picture.inside_samples import MOST
from mlviz.picture.insides import insides, norm
from mlviz.picture.items import Curve
from mlviz.ui.anatomy_view import AnatomyView
from mlviz.ui.distributions_view import DistributionCanvas, DistributionsView
from mlviz.ui.gradients_view import GradientsView, layer_colour
from mlviz.ui.inside_samples import InsideSamples
from mlviz.ui.lab_docks import LAB_DOCKS
from mlviz.ui.theme import DARK, LIGHT, contrast
from mlviz.ui.waterfall_view import WaterfallView
from tests.insides import deep, on_tape
from tests.outcomes import two_classes
from tests.ui.labs import panel, settle, work_out
from tests.ui.pixels import count
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN

VIEWS = (DistributionsView, WaterfallView, GradientsView, AnatomyView)
BATCHES = two_classes(batch_size=8)
FORMULA = FileTable(
    title="f",
    iterations=10,
    formula=FormulaTable(source="L = (w - 2)**2", parameters=["w"]),
    leaves={"w": 1.0},
    optimizer=OptimizerTable(name="SGD", lr=0.1),
)


def dashed(view: DistributionsView | WaterfallView) -> int:
    picture = view.canvas.picture
    assert picture is not None
    return sum(isinstance(item, Curve) and item.dashed for item in picture.items)


# --- All of them -----------------------------------------------------------------------------


def test_each_panel_can_be_brought_by_the_menu_of_the_lab() -> None:
    views = {row.view.rpartition(":")[2]: row for row in LAB_DOCKS}
    for kind in VIEWS:
        assert views[kind.__name__].view == f"{kind.__module__}:{kind.__name__}"
        assert views[kind.__name__].result


@pytest.mark.parametrize("kind", VIEWS)
def test_a_formula_is_said_to_have_no_layers(qtbot: QtBot, kind: type) -> None:
    with panel(kind, FORMULA, 3) as view:
        assert view.told.text() == "A formula has no layers: this is shown for networks."


@pytest.mark.parametrize("kind", VIEWS)
def test_a_panel_has_names_for_those_who_cannot_see_it(qtbot: QtBot, kind: type) -> None:
    with panel(kind, BATCHES, 5) as view:
        english = view.accessibleName()
        assert english
        for widget in view.findChildren(QWidget):
            if not widget.isVisible() or widget.focusProxy() is not None:
                continue
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                text = getattr(widget, "text", None)
                assert widget.accessibleName() or (text is not None and text()), widget
        described = getattr(view, "canvas", view).accessibleDescription()
        assert described or view.accessibleDescription()
        view.session.set_language("zh_CN")
        settle()
        assert view.accessibleName() != english


@pytest.mark.parametrize("kind", VIEWS)
def test_a_panel_follows_the_cursor_the_theme_and_the_scale(qtbot: QtBot, kind: type) -> None:
    with panel(kind, BATCHES, 40) as view:
        view.lab.seek(40)
        work_out(view.session)
        settle()
        there = view.grab().toImage()
        view.lab.seek(3)
        settle()
        here = view.grab().toImage()
        assert here != there
        view.lab.seek(40)
        settle()
        assert view.grab().toImage() == there, "the same iteration looks the same again"
        view.session.set_theme("dark")
        settle()
        assert view.grab().toImage() != there


@pytest.mark.parametrize("kind", VIEWS)
def test_bad_numbers_are_survived(qtbot: QtBot, kind: type) -> None:
    from mlviz.document.fitting import with_optimizer
    from tests.insides import large

    table = with_optimizer(large(deep(3, 4), 4.0), lr=1e5)
    with panel(kind, table, 30) as view:
        assert view.lab.run.stopped is not None
        for number in range(1, view.lab.run.head + 1):
            view.lab.seek(number)
            view.refresh_now()
            view.grab()


def test_signs_on_buttons_have_words_for_those_who_do_not_see_them(qtbot: QtBot) -> None:
    with panel(DistributionsView, BATCHES) as view:
        buttons = view.symbols.buttons
        assert [button.text() for button in buttons.values()] == ["z", "a", "∂L/∂z", "W", "ΔW"]
        assert buttons["dz"].accessibleName() == "gradients ∂L/∂z of the batch"
        assert buttons["dz"].toolTip() == "gradients ∂L/∂z of the batch"
        assert len({button.accessibleName() for button in buttons.values()}) == 5


# --- Sampling --------------------------------------------------------------------------------


def test_a_long_run_is_measured_in_slices_of_the_clock_until_nothing_is_missing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlviz.ui.inside_samples._AT_ONCE_SECONDS", 0.0)
    with panel(GradientsView, BATCHES, 600) as view:
        samples = view.measured.samples(view.lab.run)
        assert len(samples.at) < 100, "not all at once: the window would stand still"
        assert view.lab.work.busy
        assert work_out(view.session) > 1
        assert samples.due() == []
        assert 60 < len(samples.at) <= MOST
        settle()
        x, y = view._items[False, 1].getData()
        assert len(x) == len(samples.at)
        assert 10 ** y[5] == pytest.approx(samples.norm(0, "gradient")[5], rel=1e-12)
        view.refresh_now()
        assert not view.lab.work.busy, "what is measured is not measured again"


def test_panels_share_what_is_measured(qtbot: QtBot) -> None:
    with panel(GradientsView, BATCHES, 30) as view:
        other = DistributionsView(view.session)
        try:
            assert other.measured is view.measured
            assert InsideSamples.of(view.session) is view.measured
            run, at = view.lab.run, view.lab.cursor
            assert other.measured.inside(run, at) is view.measured.inside(run, at)
        finally:
            other.deleteLater()


def test_while_it_trains_the_lines_grow(qtbot: QtBot) -> None:
    with panel(GradientsView, BATCHES) as view:
        lengths = []
        view.lab.train()
        for _ in range(3):
            for _ in range(3):
                view.session.advance(0.016)
            view.refresh_now()
            assert not view.lab.work.busy, "each piece of work is told to all panels"
            lengths.append((view.lab.run.head, float(view.measured.samples(view.lab.run).at[-1])))
        view.lab.pause()
        heads, ends = zip(*lengths, strict=True)
        assert heads[0] < heads[1] < heads[2]
        assert ends[2] > ends[0]
        settle()
        work_out(view.session)
        assert view.measured.samples(view.lab.run).due() == []


# --- Distributions ---------------------------------------------------------------------------


def test_pressed_bands_move_the_cursor_there(qtbot: QtBot) -> None:
    with panel(DistributionsView, BATCHES, 40) as view:
        canvas = view.canvas
        assert isinstance(canvas, DistributionCanvas)
        assert canvas.plan is not None
        area = canvas.plan.area(0)
        at = QPoint(round(canvas.plan.x(11)), round(area.y + 20))
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
        assert abs(view.lab.cursor - 11) <= 1
        assert canvas.current == row_key(0)


def test_the_pointer_reads_the_quantiles_of_a_measured_iteration(qtbot: QtBot) -> None:
    with panel(DistributionsView, BATCHES, 40, (900, 460)) as view:
        canvas = view.canvas
        assert isinstance(canvas, DistributionCanvas)
        assert canvas.plan is not None
        area = canvas.plan.area(1)
        qtbot.mouseMove(canvas, QPoint(round(canvas.plan.x(17)), round(area.y + 20)))
        text = view.told.text()
        assert text.startswith("Layer 2, iteration 17:")
        z = insides(view.lab.run.training, 17)[1].z
        assert repr(float(z.max())).replace("-", "−") in text
        assert repr(float(np.sort(z.ravel())[0])).replace("-", "−") in text


def test_gradients_are_shown_on_a_logarithmic_axis_at_first_and_each_kind_keeps_its_own(
    qtbot: QtBot,
) -> None:
    with panel(DistributionsView, BATCHES, 5) as view:
        assert not view.is_log
        view.symbols.buttons["dz"].click()
        assert view.kind == "dz"
        assert view.is_log
        assert view.log.isChecked()
        view.log.click()
        assert not view.is_log
        view.symbols.buttons["update"].click()
        assert view.is_log
        view.symbols.buttons["dz"].click()
        assert not view.is_log


def test_the_arrow_keys_go_from_layer_to_layer_and_scroll_there(qtbot: QtBot) -> None:
    with panel(DistributionsView, deep(), 5) as view:
        view.canvas.setFocus()
        for _ in range(9):
            qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
        assert view.canvas.current == row_key(8)
        assert view.told.text().startswith("Layer 9, iteration 6:")
        settle()
        rect = view.canvas.rect_of(row_key(8))
        assert rect is not None
        top, bottom = view.seen
        assert top <= rect.y
        assert rect.bottom <= bottom


def test_another_run_is_drawn_dashed(qtbot: QtBot) -> None:
    for kind in (DistributionsView, WaterfallView):
        with panel(kind, BATCHES, 20) as view:
            assert dashed(view) == 0
            view.lab.keep()
            view.lab.run.advance(20)
            view.lab.seek(10)
            view.refresh_now()
            assert dashed(view) > 0


# --- Gradient norms --------------------------------------------------------------------------


def test_the_numbers_at_the_cursor_are_those_of_the_tape(qtbot: QtBot) -> None:
    with panel(GradientsView, BATCHES, 20) as view:
        view.lab.seek(9)
        settle()
        tape = on_tape(view.lab.run.training, 9)
        from mlviz.numerals import format_number

        for layer in (1, 2):
            value = norm(tape[f"layer{layer}.weight"])
            assert f"{layer}: {format_number(value)}" in view.told.text()
            lines = view.read(9.2, 0.0)
            assert lines[0].endswith("9")
            assert repr(value) in lines[layer]


def test_saturated_and_dead_units_are_counted_with_the_definition(qtbot: QtBot) -> None:
    table = two_classes()
    assert table.network is not None
    first, last = table.network.layers
    dead = replace(first, activation="relu", bias=[-90.0, 1.0, -90.0, -90.0])
    table = replace(table, network=replace(table.network, layers=[dead, last]))
    with panel(GradientsView, table, 3, (900, 300)) as view:
        view.symbols.buttons["silent"].click()
        assert "|φ′(z)| < 0.01" in view.told.text()
        assert "1: 3/4, 2: 0/1" in view.told.text()
        assert not view.is_log
        assert view.read(1.0, 0.0)[1] == "layer 1  3 of 4 dead"


def test_a_press_in_the_plot_moves_the_cursor(qtbot: QtBot) -> None:
    with panel(GradientsView, BATCHES, 40) as view:
        at = view.plot.plane(12.0, 0.0)
        inside = view.plot.inside()
        viewport = view.plot.widget.viewport()
        place = QPoint(round(at.x()), round(inside.center().y()))
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        assert abs(view.lab.cursor - 12) <= 1


def test_layers_have_colours_that_can_be_seen_and_told_apart() -> None:
    for theme in (LIGHT, DARK):
        from mlviz.picture.items import Role

        ground = theme.colour(Role.PANEL)
        colours = [layer_colour(theme, layer, 10) for layer in range(1, 11)]
        assert len({colour.name() for colour in colours}) == 10
        assert all(contrast(colour, ground) >= 3 for colour in colours)


def test_each_line_carries_the_number_of_its_layer(qtbot: QtBot) -> None:
    with panel(GradientsView, BATCHES, 20) as view:
        image = view.plot.grab().toImage()
        for layer in (1, 2):
            colour = layer_colour(view.session.theme, layer, 2)
            assert count(image, colour) > 60
        view.ends.hide()
        bare = view.plot.grab().toImage()
        for layer in (1, 2):
            colour = layer_colour(view.session.theme, layer, 2)
            assert count(image, colour) > count(bare, colour) + 40


# --- The way back ----------------------------------------------------------------------------


def test_the_last_product_is_the_gradient_that_reaches_the_first_layer(qtbot: QtBot) -> None:
    with panel(WaterfallView, deep(), 20) as view:
        view.lab.seek(7)
        settle()
        reached = norm(on_tape(view.lab.run.training, 7)["layer1.z"])
        assert view.found[-1].norm == pytest.approx(reached, rel=1e-12)
        assert view.told.text().startswith("The gradient vanishes: from the loss to layer 1")


def test_the_arrow_keys_read_each_factor(qtbot: QtBot) -> None:
    with panel(WaterfallView, BATCHES, 20) as view:
        qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
        assert view.told.text().startswith("The loss gives ‖∂L/∂ŷ‖ = ")
        for _ in range(3):
            qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
        each = view.found[3]
        text = view.told.text()
        assert text.startswith("φ′(z⁽¹⁾) multiplies the norm by ")
        assert repr(each.factor) in text
        assert repr(each.norm) in text


@pytest.mark.parametrize("kind", VIEWS)
def test_a_panel_gives_way_when_there_is_little_room(qtbot: QtBot, kind: type) -> None:
    with panel(kind, BATCHES, 20) as view:
        assert view.minimumSizeHint().width() <= 330
        view.session.set_scale(1.5)
        settle()
        assert view.minimumSizeHint().width() <= 1.5 * 330
        view.resize(round(1.5 * 330), 400)
        settle()
        symbols = getattr(view, "symbols", None)
        if kind is GradientsView:
            assert symbols.is_list
            symbols.combo.setCurrentIndex(1)
            symbols.combo.activated.emit(1)
            assert view.kind == "weight"
            view.resize(1200, 400)
            settle()
            assert not symbols.is_list
            assert symbols.buttons["weight"].isChecked()
