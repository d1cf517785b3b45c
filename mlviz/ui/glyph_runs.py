"""Texts that are shaped once: to paint the same text again costs a third of `drawText`."""

from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGlyphRun, QPainter, QTextLayout

from mlviz.ui.fonts import number_font, ui_font


def draw_text(
    painter: QPainter, x: float, y: float, text: str, family: str, px: int, bold: bool
) -> None:
    """Draw a line of text from the left end of its baseline."""
    ascent, runs = _shaped(text, family, px, bold)
    for run in runs:
        painter.drawGlyphRun(QPointF(x, y - ascent), run)


@lru_cache(maxsize=16384)
def _shaped(text: str, family: str, px: int, bold: bool) -> tuple[float, tuple[QGlyphRun, ...]]:
    """Return the ascent and the glyphs, one run for each font they are taken from."""
    font = number_font(px, bold) if family == "number" else ui_font(px, bold)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.ascent(), tuple(layout.glyphRuns())
