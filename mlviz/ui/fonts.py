"""The fonts of the program: bundled, so that a picture is the same on every machine."""

import math
from functools import lru_cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication

from mlviz.paths import resource

UI_FAMILIES = ("MLViz Sans", "MLViz Hanzi")
"""For words; the second has the Chinese characters."""
NUMBER_FAMILIES = ("MLViz Mono", "MLViz Hanzi")
"""For numbers: every figure and sign is of one width."""
BASE_PX = 13
"""Size of ordinary text at scale 1."""

_LOADED = "mlviz_fonts_loaded"


def load_fonts(scale: float = 1.0) -> None:
    """Load the bundled fonts and make them the application's; once per application is enough.

    Raises:
        RuntimeError: if there is no application yet, or a font file is broken.
    """
    application = QCoreApplication.instance()
    if not isinstance(application, QGuiApplication):
        raise RuntimeError("fonts are loaded after the application was made")
    if not application.property(_LOADED):
        folder = resource("fonts")
        for path in sorted([*folder.glob("*.ttf"), *folder.glob("*.otf")]):
            if QFontDatabase.addApplicationFont(str(path)) < 0:
                raise RuntimeError(f"the font {path} cannot be read")
        application.setProperty(_LOADED, True)
    application.setFont(ui_font(BASE_PX * scale))


@lru_cache(maxsize=512)
def _font(families: tuple[str, ...], px: int, bold: bool) -> QFont:
    font = QFont(list(families))
    font.setPixelSize(px)
    font.setBold(bold)
    # Without hinting a text keeps its proportions at every zoom, and looks the same everywhere.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Copies of texts have no ground of their own, so coloured edges would be wrong on them.
    strategy = QFont.StyleStrategy
    font.setStyleStrategy(strategy.PreferAntialias | strategy.NoSubpixelAntialias)
    return font


def whole_px(px: float) -> int:
    """Return the nearest whole number; a half is rounded up, so that 12.5 px become 13."""
    return max(math.floor(px + 0.5), 1)


def ui_font(px: float, bold: bool = False) -> QFont:
    """Return the font for words, `px` high (rounded to whole px)."""
    return QFont(_font(UI_FAMILIES, whole_px(px), bold))


def number_font(px: float, bold: bool = False) -> QFont:
    """Return the font for numbers, with figures of one width."""
    return QFont(_font(NUMBER_FAMILIES, whole_px(px), bold))


@lru_cache(maxsize=16384)
def text_width(text: str, family: str, px: int, bold: bool) -> float:
    """Return the width of `text` in the family `ui` or `number`, `px` high."""
    return _metrics(family, px, bold).horizontalAdvance(text)


@lru_cache(maxsize=64)
def _metrics(family: str, px: int, bold: bool) -> QFontMetricsF:
    families = NUMBER_FAMILIES if family == "number" else UI_FAMILIES
    return QFontMetricsF(_font(families, px, bold))


@lru_cache(maxsize=4096)
def is_chinese(text: str) -> bool:
    """Return whether there is a character in it that only the Chinese font has.

    There is one weight of that font, so Qt thickens its characters where bold is asked for.
    """
    return any(character >= "\N{CJK RADICAL REPEAT}" for character in text)
