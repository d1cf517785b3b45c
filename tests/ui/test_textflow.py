import pytest
from PySide6.QtGui import QFontMetricsF

from mlviz.ui.fonts import ui_font
from mlviz.ui.textflow import wrapped

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.parametrize(
    "text",
    [
        "The gradient that arrives is multiplied by the slope.",
        "传到这里的梯度乘以这个运算自身的斜率。",
    ],
)
def test_every_line_fits_and_nothing_is_lost(text: str) -> None:
    font = ui_font(13)
    lines = wrapped(text, font, 120)
    assert len(lines) > 1
    assert all(QFontMetricsF(font).horizontalAdvance(line) <= 121 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_word_is_broken_rather_than_cut_off() -> None:
    lines = wrapped("m" * 60, ui_font(13), 100)
    assert len(lines) > 3
    assert "".join(lines) == "m" * 60


def test_a_line_break_is_kept() -> None:
    assert wrapped("a\nb", ui_font(13), 300) == ["a", "b"]


def test_a_short_text_is_one_line() -> None:
    assert wrapped("tanh", ui_font(13), 300) == ["tanh"]
