from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from mlviz.picture.items import Raster
from mlviz.ui.neurons_view import NeuronsView
from tests.outcomes import many_classes, recipe, two_classes
from tests.ui.labs import panel, settle
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


def rasters(view: NeuronsView) -> list[Raster]:
    picture = view.canvas.picture
    assert picture is not None
    return [item for item in picture.items if isinstance(item, Raster)]


def test_every_neuron_of_every_layer_has_a_map(qtbot: QtBot) -> None:
    with panel(NeuronsView, many_classes(), 3) as view:
        assert len(rasters(view)) == 6 + 4
        before = [item.shades for item in rasters(view)]
        view.lab.seek(1)
        settle()
        assert [item.shades for item in rasters(view)] != before


def test_a_click_enlarges_a_neuron_and_selects_it_in_the_film(qtbot: QtBot) -> None:
    with panel(NeuronsView, two_classes(), 3) as view:
        rect = view.canvas.rect_of("neuron:1:2")
        assert rect is not None
        spot = QPoint(round(rect.center[0]), round(rect.center[1]))
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=spot)
        settle()
        assert rasters(view)[0].rect.width > 200
        assert rasters(view)[0].shades == rasters(view)[3].shades
        session = view.session
        assert session.selected is not None
        assert session.timeline.tape[session.selected].origin == "layer1.a"
        assert session.selected_entry == (0, 2)


def test_a_neuron_that_is_selected_in_the_film_is_enlarged(qtbot: QtBot) -> None:
    with panel(NeuronsView, two_classes(), 3) as view:
        session = view.session
        node = next(n for n in session.timeline.tape if n.origin == "layer1.z")
        session.select(node.id, (4, 1))
        settle()
        assert rasters(view)[0].shades == rasters(view)[2].shades
        assert view.canvas.current == "neuron:1:1"


def test_with_other_than_two_features_it_says_why_there_is_nothing(qtbot: QtBot) -> None:
    with panel(NeuronsView, recipe(4, [3, 3], "cross_entropy", {"set": "iris"}), 1) as view:
        assert view.page.isHidden()
        assert "two" in view.note.text()
