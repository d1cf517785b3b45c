"""What is painted again in part looks as if all of it had been painted."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from mlviz.trace.steps import Position
from mlviz.ui import kept
from mlviz.ui.levels import SCALARS
from mlviz.ui.network_view import NetworkView
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView

Painted = StageView | NetworkView


def difference(one: QImage, other: QImage) -> int:
    """Return by how much the pixels of two images differ at most."""
    found = []
    for image in (one, other):
        pixels = image.convertToFormat(QImage.Format.Format_RGB32).constBits()
        found.append(np.frombuffer(pixels, np.uint8).astype(int))
    return int(np.abs(found[0] - found[1]).max())


def anew(view: Painted) -> QImage:
    """Return what is seen if nothing is kept."""
    keeper = view._kept if isinstance(view, NetworkView) else view._picture._kept
    keeper._key = None
    return view.grab().toImage()


@pytest.fixture(params=["stage", "scalars", "network"])
def view(
    request: pytest.FixtureRequest, make_session: Callable[..., Session], qtbot: QtBot
) -> Painted:
    session = make_session("xor")
    if request.param == "scalars":
        session.set_level(SCALARS)
        session.wait_for_layout()
        session.seek(Position(1, 0))
    made = NetworkView(session) if request.param == "network" else StageView(session)
    qtbot.addWidget(made)
    made.resize(QSize(700, 460))
    made.show()
    if isinstance(made, StageView):
        made.set_follow(False)
        made.zoom(0.8)
    return made


def test_playing_shows_what_painting_all_of_it_would_show(
    view: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, parts = view.session, []
    changed = kept._changed

    def noted(*arguments: object) -> object:
        parts.append(changed(*arguments))  # type: ignore[arg-type]
        return parts[-1]

    monkeypatch.setattr(kept, "_changed", noted)
    view.grab()
    view.grab()
    count = len(session.timeline)
    for step in range(0, count + 1, max(count // 12, 1)):
        for progress in (0.3, 0.8):
            session.seek(Position(1, step, progress))
            image = view.grab().toImage()
            key = _forgotten(view)
            whole = anew(view)
            _restored(view, key)
            assert difference(image, whole) <= 4, (step, progress)  # of 255: at the end of a clip
    assert any(part for part in parts)


def _forgotten(view: Painted) -> tuple[object, ...]:
    keeper = view._kept if isinstance(view, NetworkView) else view._picture._kept
    return keeper._key, keeper._pixmap, keeper._items


def _restored(view: Painted, state: tuple[object, ...]) -> None:
    keeper = view._kept if isinstance(view, NetworkView) else view._picture._kept
    keeper._key, keeper._pixmap, keeper._items = state  # type: ignore[assignment]


def test_another_theme_or_language_or_size_is_painted_anew(view: Painted) -> None:
    changes: list[Callable[[], None]] = [
        partial(view.session.set_theme, "dark"),
        partial(view.session.set_language, "zh_CN"),
        partial(view.resize, 620, 400),
    ]
    for change in changes:
        view.grab()
        view.grab()
        change()
        assert difference(view.grab().toImage(), anew(view)) == 0
