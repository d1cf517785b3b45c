"""What floats over the stage never covers what happens on it."""

import math
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from mlviz.picture.items import Box, Rect, Role
from mlviz.trace.steps import Position
from mlviz.ui.camera import TOP, as_rect, beside
from mlviz.ui.layout_worker import NARROW, USUAL, room_of
from mlviz.ui.main_window import MainWindow
from tests.picture.looks import is_badge, meet
from tests.ui.windows import NO_SCREEN, example, opened

pytestmark = [pytest.mark.usefixtures("qapp"), NO_SCREEN]


@pytest.fixture
def window(request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    with opened(example(request.param)) as session:
        made = MainWindow(session)
        made.resize(1024, 768)
        made.reset_layout()
        made.show()
        session.set_reduced_motion(True)
        session.set_level("scalars")
        session.wait_for_layout()
        QApplication.processEvents()
        yield made
        made.close()
        made.deleteLater()


def floating(window: MainWindow) -> list[QWidget]:
    tools = window.tools
    every = (tools.minimap, tools.legend, tools.find, window.stage.crumbs, window.notes)
    return [widget for widget in every if widget.isVisible()]


def covered(
    window: MainWindow, share: int = 40, *, nodes: bool = True
) -> tuple[list[str], set[str]]:
    """Go through the film, and return what was covered, and all that floated over the stage."""
    session, stage, found, seen = window.session, window.stage, [], set()
    for step in range(1, len(session.timeline) + 1, max(len(session.timeline) // share, 1)):
        session.seek(Position(1, step, 0.6))
        graph, view = session.graph, as_rect(stage.rect())
        assert graph is not None
        items = graph.at(session.position).items
        acting = [item.rect for item in items if isinstance(item, Box) and is_badge(item)]
        acting = [stage.camera().to_widget(rect) for rect in acting]
        if nodes:
            acting += [stage.camera().to_widget(rect) for rect in graph.acting(step)]
        for widget in floating(window):
            seen.add(type(widget).__name__)
            place = as_rect(widget.geometry())
            if any(meet(place, rect) for rect in acting if meet(rect, view)):
                found.append(f"{type(widget).__name__} at step {step}")
    return found, seen


@pytest.mark.parametrize("window", ["likelihood", "xor"], indirect=True)
def test_the_minimap_and_the_notes_cover_nothing_that_acts(window: MainWindow) -> None:
    found, seen = covered(window)
    assert found == []
    assert {"Minimap", "StageNotes"} <= seen


@pytest.mark.parametrize("window", ["likelihood"], indirect=True)
@pytest.mark.parametrize(
    ("action", "name", "width"), [("legend", "LegendView", 1440), ("find", "FindBar", 1024)]
)
def test_the_graph_is_shown_beside_what_was_opened_over_it(
    window: MainWindow, action: str, name: str, width: int
) -> None:
    window.resize(width, 768)
    window.actions_table[action].trigger()
    QApplication.processEvents()
    window.session.wait_for_layout()
    found, seen = covered(window, 15, nodes=False)
    assert found == []
    assert name in seen


@pytest.mark.parametrize("window", ["likelihood"], indirect=True)
def test_the_minimap_stays_in_its_corner_as_long_as_nothing_acts_there(window: MainWindow) -> None:
    session, minimap = window.session, window.tools.minimap
    moved, last, count = 0, minimap.pos(), len(session.timeline)
    for step in range(1, count + 1):
        session.seek(Position(1, step, 0.6))
        moved, last = moved + (minimap.pos() != last), minimap.pos()
    assert 0 < moved < count / 5


@pytest.mark.parametrize("window", ["likelihood", "xor"], indirect=True)
def test_the_minimap_cuts_no_number_and_covers_few_boxes(window: MainWindow) -> None:
    session, stage, minimap = window.session, window.stage, window.tools.minimap
    panel, blank, kept = session.theme.colour(Role.PANEL).rgb(), 0, 0
    for step in range(1, len(session.timeline) + 1, 7):
        session.seek(Position(1, step, 1.0))
        if not minimap.isVisible():
            continue
        place = as_rect(minimap.geometry())
        picture = stage.grab().toImage()
        camera, graph = stage.camera(), session.graph
        assert graph is not None
        boxes = {id: camera.to_widget(rect) for id, rect in graph.rects.items()}
        free = [
            sum(meet(corner, box) for box in boxes.values())
            for corner in minimap._corners()
            if not any(meet(corner, camera.to_widget(rect)) for rect in graph.acting(step))
        ]
        assert sum(meet(place, box) for box in boxes.values()) <= min(free) + 2
        seen = Rect(0, TOP + 12, stage.width(), stage.height() - TOP - 54)
        for id in (id for id, box in boxes.items() if meet(place, box)):
            for rect in map(camera.to_widget, graph.words(id, session.position)):
                letters = [
                    picture.pixel(x, y) != panel
                    for x in range(math.ceil(rect.x), math.floor(rect.right))
                    for y in range(math.ceil(rect.y), math.floor(rect.bottom))
                    if seen.contains(x, y) and not place.grown(1).contains(x, y)
                ]
                if meet(place.grown(-1), rect):
                    assert not any(letters)
                    blank += bool(letters)
                elif not meet(place.grown(2), rect):
                    kept += any(letters)
    assert blank
    assert kept > 10


@pytest.mark.parametrize("window", ["start"], indirect=True)
def test_where_boxes_are_few_the_minimap_stands_where_there_is_none(window: MainWindow) -> None:
    session, stage, minimap = window.session, window.stage, window.tools.minimap
    session.set_level("layers")
    session.wait_for_layout()
    QApplication.processEvents()
    free = 0
    for step in range(1, len(session.timeline) + 1):
        session.seek(Position(1, step, 1.0))
        graph = session.graph
        assert graph is not None
        boxes = [stage.camera().to_widget(rect) for rect in graph.rects.values()]
        acting = [stage.camera().to_widget(rect) for rect in graph.acting(step)]
        taken = [as_rect(other.geometry()) for other in minimap._beside if other.isVisible()]
        corners = [
            corner
            for corner in minimap._corners()
            if not any(meet(corner, rect) for rect in (*boxes, *acting, *taken))
        ]
        if corners and minimap.isVisible():
            free += 1
            assert not any(meet(as_rect(minimap.geometry()), box) for box in boxes)
    assert free


@pytest.mark.parametrize("window", ["houses"], indirect=True)
def test_there_is_no_minimap_of_what_would_be_a_line_on_it(window: MainWindow) -> None:
    for step in range(1, len(window.session.timeline), 200):
        window.session.seek(Position(1, step, 0.6))
        assert window.tools.minimap.isHidden()


def test_the_largest_part_beside_something_is_taken() -> None:
    area = Rect(0, 0, 400, 300)
    assert beside(area, [Rect(300, 100, 90, 50)]) == Rect(0, 0, 300, 300)
    assert beside(Rect(0, 0, 475, 500), [Rect(14, 190, 300, 360)]) == Rect(0, 0, 475, 190)
    assert beside(area, [Rect(0, 200, 390, 100)]) == Rect(0, 0, 400, 200)
    assert beside(area, [Rect(500, 0, 50, 50)]) == area
    assert beside(area, [Rect(10, 10, 380, 280)]) == area  # nothing of it would be left


@pytest.mark.parametrize("window", ["xor"], indirect=True)
def test_a_stage_of_another_form_has_another_layout(window: MainWindow) -> None:
    session = window.session
    session.set_level("operations")
    session.wait_for_layout()
    narrow = session.graph
    session.set_room(USUAL)
    session.wait_for_layout()
    usual = session.graph
    assert narrow is not None
    assert usual is not None
    assert narrow.bounds.width / narrow.bounds.height < usual.bounds.width / usual.bounds.height
    assert room_of(470, 520) == NARROW
    assert room_of(880, 640) == USUAL
