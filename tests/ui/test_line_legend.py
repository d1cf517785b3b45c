from pytestqt.qtbot import QtBot

from mlviz.picture.items import Role
from mlviz.ui.line_legend import Entry, LineLegend
from mlviz.ui.session import Session


def test_a_name_that_has_no_room_gets_a_line_of_its_own(qtbot: QtBot, session: Session) -> None:
    legend = LineLegend(session)
    qtbot.addWidget(legend)
    legend.show_entries([Entry(name, Role.TEXT) for name in ("training", "validation", "test")])
    legend.resize(600, 20)
    wide = legend.sizeHint().height()
    assert [line for _, line in legend.places()] == [0, 0, 0]
    legend.resize(170, 20)
    assert [line for _, line in legend.places()] == [0, 0, 1]
    assert legend.sizeHint().height() == 2 * wide
    assert legend.places()[2][0] == 0
