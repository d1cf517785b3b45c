import pytest
from PySide6.QtGui import (
    QFont,
    QFontInfo,
    QFontMetricsF,
    QGuiApplication,
    QPainterPath,
    QTextLayout,
)

from mlviz.ui import fonts
from mlviz.ui.fonts import is_chinese, load_fonts, number_font, text_width, ui_font

pytestmark = pytest.mark.usefixtures("qapp")


def families(text: str, font: QFont) -> set[str]:
    """Return the families that the characters of a text are really drawn with."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return {run.rawFont().familyName() for run in layout.glyphRuns()}


def test_the_bundled_fonts_are_used() -> None:
    load_fonts()
    assert QFontInfo(ui_font(13)).family() == "MLViz Sans"
    assert QFontInfo(number_font(13)).family() == "MLViz Mono"


def test_the_application_speaks_in_the_bundled_font() -> None:
    load_fonts(1.5)
    assert QGuiApplication.font().families()[0] == "MLViz Sans"
    assert QGuiApplication.font().pixelSize() == round(13 * 1.5)
    load_fonts()
    assert QGuiApplication.font().pixelSize() == 13


@pytest.mark.parametrize("make", [ui_font, number_font])
@pytest.mark.parametrize("bold", [False, True])
def test_chinese_is_drawn_with_the_bundled_font(make: object, bold: bool) -> None:
    font = make(13, bold)  # type: ignore[operator]
    assert families("反向传播", font) == {"MLViz Hanzi"}


def test_signs_and_letters_are_drawn_with_the_latin_fonts() -> None:
    assert families("∂L/∂w₁ = −1.736 × σ′(z) → ŷ", ui_font(13)) == {"MLViz Sans"}
    assert families("−1.736e−5·×", number_font(13)) == {"MLViz Mono"}


def test_figures_and_signs_of_numbers_are_of_one_width() -> None:
    widths = {text_width(character, "number", 40, False) for character in "0123456789−.e·×="}
    assert len(widths) == 1


def test_the_width_is_that_of_the_font() -> None:
    expected = QFontMetricsF(ui_font(52, True)).horizontalAdvance("tanh")
    assert text_width("tanh", "ui", 52, True) == expected


def test_a_caller_cannot_change_the_font_of_others() -> None:
    ui_font(13).setPixelSize(99)
    assert ui_font(13).pixelSize() == 13


def test_chinese_is_told_from_other_text() -> None:
    assert is_chinese("阶段 1")
    assert not is_chinese("∂L/∂w₁ → ŷ −½")


def test_without_an_application_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.QCoreApplication, "instance", staticmethod(lambda: None))
    with pytest.raises(RuntimeError, match="application"):
        load_fonts()


@pytest.mark.parametrize("bold", [False, True])
def test_a_small_zero_is_open(bold: bool) -> None:
    """A dot in it would make it an eight."""
    font = number_font(100, bold)
    path = QPainterPath()
    path.addText(0, 0, font, "0")
    middle = path.boundingRect().center()
    assert not path.contains(middle)
    assert len(path.toSubpathPolygons()) == 2
