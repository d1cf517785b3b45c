"""The rows of the explanation panel: lines of words, and formulas."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter

from mlviz.ui.formulas import Typeset
from mlviz.ui.whole_lines import Line


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of words: their top, first baseline and looks."""

    y: float
    lines: tuple[str, ...]
    font: QFont
    colour: QColor
    leading: float

    @property
    def bottom(self) -> float:
        """Px from the top of everything to the end of this."""
        return self.y + self.leading * len(self.lines)

    def seen(self, ratio: float) -> list[Line]:
        """Return where its lines are, on a screen with so many px of the device for one."""
        tops = (self.y + self.leading * place for place in range(len(self.lines)))
        return [Line(top, top + self.leading) for top in tops]

    def draw(self, painter: QPainter, x: float) -> None:
        """Paint it with its left end at `x`."""
        painter.setFont(self.font)
        painter.setPen(self.colour)
        # Each line stands in the middle of its room.
        size = self.font.pixelSize()
        baseline = self.y + (self.leading - size) / 2 + 0.86 * size
        for line in self.lines:
            painter.drawText(QPointF(x, baseline), line)
            baseline += self.leading


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its top."""

    y: float
    formula: Typeset

    @property
    def bottom(self) -> float:
        """Px from the top of everything to the end of this."""
        return self.y + self.formula.height

    def seen(self, ratio: float) -> list[Line]:
        """Return where its lines are, on a screen with so many px of the device for one."""
        return [Line(self.y + top, self.y + end) for top, end in self.formula.bands(ratio)]

    def draw(self, painter: QPainter, x: float) -> None:
        """Paint it with its left end at `x`."""
        self.formula.draw_at_top(painter, x, self.y)
