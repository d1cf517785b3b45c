"""Copies of nodes look as the nodes do, and are made only where something stays the same."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage, QPainter

from mlviz.i18n import Message
from mlviz.picture.items import Box, Item, Picture, Rect, Role, Text
from mlviz.ui.painting import MANY_BOXES, paint
from mlviz.ui.theme import DARK, LIGHT, Theme

pytestmark = pytest.mark.usefixtures("qapp")


def as_it_is(message: Message | str) -> str:
    return message if isinstance(message, str) else message.id


def nodes() -> Picture:
    items: list[Item] = []
    kept = []
    for k in range(MANY_BOXES + 3):
        x, y = 8.3 + k % 7 * 90, 6.7 + k // 7 * 60
        first = len(items)
        items.append(Box(f"node:{k}", Rect(x, y, 80.4, 50), stroke=Role.STRONG))
        items.append(Text(x + 10, y + 18, f"n{k}", size=13, bold=True))
        items.append(Text(x + 70, y + 38, f"{k / 7:.3f}", Role.POSITIVE, 13, align="right"))
        kept.append((first, len(items)))
    return Picture(tuple(items), Rect(0, 0, 640, 260), kept=tuple(kept))


def image(
    picture: Picture, theme: Theme = LIGHT, dx: float = 0, scale: float = 1.1, ratio: float = 1.0
) -> QImage:
    made = QImage(int(700 * ratio), int(300 * ratio), QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(theme.colour(Role.STAGE))
    painter = QPainter(made)
    painter.translate(dx, 0)
    paint(painter, picture, theme, as_it_is, scale)
    painter.end()
    return made


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_copy_has_the_same_pixels(ratio: float) -> None:
    picture = nodes()
    plain = image(replace(picture, kept=()), ratio=ratio)
    for _ in range(9):  # painted, noted, then more and more of them copied
        assert image(picture, ratio=ratio) == plain


def test_a_copy_is_moved_with_the_picture() -> None:
    picture = nodes()
    for dx in (*[0] * 9, 7, -31, -31):
        assert image(picture, dx=dx) == image(replace(picture, kept=()), dx=dx)


def test_a_copy_follows_the_theme_and_the_scale() -> None:
    picture = nodes()
    for theme, scale in ((LIGHT, 1.1), (DARK, 1.1), (DARK, 0.8), (LIGHT, 0.8)):
        plain = image(replace(picture, kept=()), theme, scale=scale)
        for _ in range(9):
            assert image(picture, theme, scale=scale) == plain


def test_what_is_copied_is_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = nodes()
    for _ in range(30):
        image(picture)
    monkeypatch.setattr("mlviz.ui.painting.TextBrush.paint", lambda *_: pytest.fail("painted"))
    image(picture)


def test_a_node_with_other_numbers_is_painted_anew() -> None:
    picture = nodes()
    for _ in range(9):
        image(picture)
    box, title, number = picture.items[:3]
    assert isinstance(box, Box)
    assert isinstance(number, Text)
    changed = (replace(box), title, replace(number, text="−9.999"))
    other = replace(picture, items=(*changed, *picture.items[3:]))
    assert image(other) == image(replace(other, kept=()))
    assert image(other) != image(picture)
