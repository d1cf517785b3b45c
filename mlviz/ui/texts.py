"""Texts of a picture on a painter: each is shaped and placed once, and then only painted."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QFont, QGlyphRun, QPaintEngine, QPainter, QTransform

from mlviz.i18n import Message
from mlviz.picture.items import Role, Text
from mlviz.ui.fonts import is_chinese, number_font, text_width, ui_font
from mlviz.ui.glyph_runs import shaped
from mlviz.ui.strokes import pen
from mlviz.ui.theme import Theme

THICKENED = 15.0
"""Bold Chinese less px high than this is painted in its usual weight: it would be smeared."""
_GRAIN = 4
"""Fonts are a whole number of px high; texts are painted at a fourth of their font's size."""
_KEPT = 20_000

Translate = Callable[[Message | str], str]
Runs = tuple[tuple[QPointF, QGlyphRun], ...]
Placed = tuple[Text, float, float, Runs]
_placed: dict[int, Placed] = {}


class TextBrush:
    """Paints the texts of one picture.

    Args:
        painter: with the picture's own transformation.
        theme: what colour a role has.
        translate: puts a message into the language of the reader.
        across: the left and the right end of what can be seen, px of the picture.
    """

    def __init__(
        self,
        painter: QPainter,
        theme: Theme,
        translate: Translate,
        across: tuple[float, float],
    ) -> None:
        self._painter = painter
        self._theme = theme
        self._translate = translate
        self._upright = painter.worldTransform()
        self._transform = QTransform(self._upright).scale(1 / _GRAIN, 1 / _GRAIN)
        self._start, self._end = across[0] * _GRAIN, across[1] * _GRAIN
        self._font: tuple[str, int, bool] | None = None
        self._raster = painter.paintEngine().type() is QPaintEngine.Type.Raster

    def paint(self, texts: Sequence[Text]) -> None:
        """Paint neighbouring texts; the painter has the picture's transformation afterwards."""
        painter = self._painter
        painter.setWorldTransform(self._transform)
        role: Role | None = None
        opacity = -1.0
        for item in texts:
            known = _placed.get(id(item))
            runs: Runs | None = None
            text = ""
            if known is not None and known[0] is item and self._raster:
                _, start, end, runs = known
            else:
                text = item.text if type(item.text) is str else self._translate(item.text)
                start, end = self._ends(item, text)
            if start > self._end or end < self._start:
                continue
            if item.opacity != opacity:
                opacity = item.opacity
                painter.setOpacity(opacity)
            if item.role is not role:
                role = item.role
                painter.setPen(self._theme.colour(role))
            if runs is None:
                runs = self._write(item, text, start, end)
            for point, run in runs:
                painter.drawGlyphRun(point, run)
            if item.struck:
                self._strike(item, start, end)
                role = None
        painter.setWorldTransform(self._upright)

    def _ends(self, item: Text, text: str) -> tuple[float, float]:
        """Return where a text begins and ends."""
        width = text_width(text, item.family, round(item.size * _GRAIN), item.bold)
        x = item.x * _GRAIN
        if item.align == "right":
            x -= width
        elif item.align == "center":
            x -= width / 2
        return x, x + width

    def _write(self, item: Text, text: str, start: float, end: float) -> Runs:
        """Return the glyphs that are still to be painted, or paint a text otherwise."""
        bold, px, y = item.bold, round(item.size * _GRAIN), item.y * _GRAIN
        chinese = bold and is_chinese(text)
        if chinese:
            if item.size * self._unit() >= THICKENED:
                self._thickened(item, text, start, y)
                return ()
            bold = False
        if not self._raster:
            self._written(start, y, text, (item.family, px, bold))
            return ()
        ascent, glyphs = shaped(text, item.family, px, bold)
        runs = tuple((QPointF(start, y - ascent), run) for run in glyphs)
        # What is translated, or thickened at another scale, is not the same every time.
        if type(item.text) is str and not chinese:
            if len(_placed) >= _KEPT:
                _placed.clear()
            _placed[id(item)] = item, start, end, runs
        return runs

    def _written(self, x: float, y: float, text: str, font: tuple[str, int, bool]) -> None:
        """Write a text as text, so that it can be searched for in a file."""
        if font != self._font:
            self._painter.setFont(_painted_font(*font))
            self._font = font
        self._painter.drawText(QPointF(x, y), text)

    def _strike(self, item: Text, start: float, end: float) -> None:
        """Strike a text through, a little beyond both its ends."""
        thickness = item.size * _GRAIN * 0.1
        over = item.y * _GRAIN - 3 * thickness
        self._painter.setPen(pen(self._theme.colour(item.role), thickness, flat=True))
        self._painter.drawLine(QLineF(start - thickness, over, end + thickness, over))

    def _thickened(self, item: Text, text: str, x: float, y: float) -> None:
        """Paint bold Chinese: there is one weight of it, and Qt thickens it.

        It does so by the size of the font, whatever the painter's scale; so here the font has
        the size that is seen.
        """
        painter = self._painter
        painter.resetTransform()
        px = round(item.size * self._unit())
        painter.setFont(_painted_font(item.family, px, True))
        painter.drawText(self._transform.map(QPointF(x, y)), text)
        painter.setWorldTransform(self._transform)
        self._font = None

    def _unit(self) -> float:
        return abs(self._upright.m11()) or 1.0


@lru_cache(maxsize=256)
def _painted_font(family: str, px: int, bold: bool) -> QFont:
    return number_font(px, bold) if family == "number" else ui_font(px, bold)
