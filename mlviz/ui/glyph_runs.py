"""Texts that are shaped once: to paint the same text again costs a third of `drawText`."""

from functools import lru_cache

from PySide6.QtGui import QGlyphRun, QTextLayout

from mlviz.ui.fonts import number_font, ui_font


@lru_cache(maxsize=16384)
def shaped(text: str, family: str, px: int, bold: bool) -> tuple[float, tuple[QGlyphRun, ...]]:
    """Return the ascent of a line and its glyphs, one run for each font they are taken from."""
    font = number_font(px, bold) if family == "number" else ui_font(px, bold)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.ascent(), tuple(layout.glyphRuns())
