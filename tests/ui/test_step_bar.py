import pytest
from pytestqt.qtbot import QtBot

from mlviz.i18n import LANGUAGES
from mlviz.picture.timeline import timeline_bar
from mlviz.trace.steps import Position
from mlviz.ui.session import Session
from mlviz.ui.step_bar import StepBar


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_of_the_last_phase_goes_on_beyond_a_short_part_of_the_bar(
    session: Session, qtbot: QtBot, language: str
) -> None:
    session.set_language(language)
    bar = StepBar(session)
    qtbot.addWidget(bar)
    bar.resize(280, 60)
    last = timeline_bar(session.timeline, Position()).segments[-1]
    assert bar.x_of(last.end) - bar.x_of(last.start) < 52
    assert bar.title_shown(last) == session.tr(last.title)
    bar.resize(200, 60)
    first = timeline_bar(session.timeline, Position()).segments[0]
    assert language != "en" or bar.title_shown(first).endswith("…")
