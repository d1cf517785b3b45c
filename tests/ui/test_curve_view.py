from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from mlviz.picture.items import Role
from mlviz.trace.steps import Position
from mlviz.ui.curve_view import CurveView
from mlviz.ui.session import Session
from tests.ui.pixels import has


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> CurveView:
    return made(session, qtbot)


def made(session: Session, qtbot: QtBot) -> CurveView:
    view = CurveView(session)
    qtbot.addWidget(view)
    view.resize(340, 240)
    return view


def test_function_and_slope_have_their_colours(view: CurveView) -> None:
    image = view.grab().toImage()
    assert has(image, view.session.theme.colour(Role.FORWARD))
    assert has(image, view.session.theme.colour(Role.BACKWARD))
    assert not has(image, view.session.theme.colour(Role.POSITIVE))


def test_the_operating_point_appears_when_it_is_known(view: CurveView) -> None:
    view.session.seek(Position(1, len(view.session.timeline)))
    assert has(view.grab().toImage(), view.session.theme.colour(Role.POSITIVE))


def test_the_curve_fills_the_view(view: CurveView) -> None:
    small = view.picture()
    view.resize(600, 400)
    large = view.picture()
    assert small is not None
    assert large is not None
    assert large.bounds.width > small.bounds.width + 200
    assert large.bounds.height == 400


def test_a_larger_scale_enlarges_letters_not_the_curve(
    make_session: Callable[..., Session], qtbot: QtBot
) -> None:
    view = made(make_session(scale=2.0), qtbot)
    picture = view.picture()
    assert picture is not None
    assert picture.bounds.height == pytest.approx(120)
    assert 140 < picture.bounds.width <= 170
    assert view.sizeHint().width() == pytest.approx(
        2 * made(make_session(), qtbot).sizeHint().width()
    )


def test_without_a_function_it_says_what_it_is_for(
    make_session: Callable[..., Session], qtbot: QtBot
) -> None:
    view = made(make_session("twice"), qtbot)
    assert view.picture() is None
    image = view.grab().toImage()
    assert has(image, view.session.theme.colour(Role.MUTED))
    assert "function" in view.accessibleDescription()


def test_it_says_what_it_shows_in_the_language_of_the_reader(view: CurveView) -> None:
    view.grab()
    english = view.accessibleName(), view.accessibleDescription()
    assert all(english)
    view.session.set_language("zh_CN")
    view.grab()
    chinese = view.accessibleName(), view.accessibleDescription()
    assert all(a != b for a, b in zip(english, chinese, strict=True))


def test_the_theme_switches_at_once(view: CurveView) -> None:
    view.session.set_theme("dark")
    assert view.grab().toImage().pixelColor(1, 1) == view.session.theme.colour(Role.PANEL)


def test_only_where_there_is_a_finer_level_it_is_said_that_it_may_have_a_curve(
    session: Session, qtbot: QtBot
) -> None:
    assert session.open("linear-xor")
    view = made(session, qtbot)
    said = {}
    for level in session.levels:
        session.set_level(level)
        view.grab()
        assert view.picture() is None
        said[level] = "finer level" in view.accessibleDescription()
    assert said == {"layers": True, "operations": True, "scalars": False}
