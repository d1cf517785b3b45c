import pytest
from pytestqt.qtbot import QtBot

from mlviz.trace.steps import Position, StepKind
from mlviz.ui.session import Session
from mlviz.ui.steps_view import StepsView


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> StepsView:
    made = StepsView(session)
    qtbot.addWidget(made)
    made.resize(240, 200)
    made.show()
    return made


@pytest.mark.parametrize("height", [121, 149, 200])
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_no_row_is_cut_in_half_wherever_the_film_stands(
    view: StepsView, height: int, scale: float
) -> None:
    view.session.set_scale(scale)
    view.resize(240, height)
    rows = view.steps.rowCount()
    for step in range(len(view.session.timeline) + 1):
        view.session.seek(Position(1, step))
        room = view.viewport().rect()
        seen = [view.visualRect(view.steps.index(row)) for row in range(rows)]
        seen = [rect for rect in seen if rect.intersects(room)]
        assert 1 < len(seen) < rows
        assert all(room.contains(rect) for rect in seen)


def test_the_row_is_painted_anew_when_another_parameter_is_updated(
    view: StepsView, qtbot: QtBot
) -> None:
    updates = [s.number for s in view.session.timeline.steps if s.kind is StepKind.UPDATE]
    view.session.seek(Position(1, updates[0]))
    with qtbot.waitSignal(view.steps.dataChanged, timeout=1000) as seen:
        view.session.seek(Position(1, updates[1]))
    assert seen.args[0].row() == view.steps.row_of_now()
