"""Lines of words that are seen whole or not at all where a page is scrolled."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QWidget

_CUT = 0.6
"""Px of a line that may be out of sight; there are no letters in them."""
_MOST = 0.6
"""Share of what is seen above which nothing is left out for being cut."""


class Line(NamedTuple):
    """Where a line lies from top to bottom, px."""

    top: float
    bottom: float


def lines_of(label: QLabel) -> list[list[Line]]:
    """Return the lines of each paragraph of a label, or of each row of its table, if it has one."""
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(label.font())
    document.setHtml(label.text())
    document.setTextWidth(label.contentsRect().width())
    is_table = bool(document.rootFrame().childFrames())
    found = []
    block = document.begin()
    while block.isValid():
        if not is_table or QTextCursor(block).currentTable() is not None:
            place = document.documentLayout().blockBoundingRect(block).y()
            layout = block.layout()
            rects = (layout.lineAt(each).rect() for each in range(layout.lineCount()))
            found.append([Line(place + rect.top(), place + rect.bottom()) for rect in rects])
        block = block.next()
    return found


def whole_at(lines: Iterable[Line], low: float, high: float, gap: float) -> float:
    """Return how far to scroll, at least `low` and at most `high`, for a line to come first.

    `gap` is left above it, unless the line before would be seen in it.
    """
    before = 0.0
    for line in lines:
        place = max(line.top - gap, before)
        if low <= place <= high:
            return place
        before = line.bottom
    return high


def cut(lines: Iterable[Line], top: float, high: float, most: float = _MOST) -> tuple[int, int]:
    """Return the px at the upper and at the lower end of what is seen in which a line is cut.

    What is higher than `most` of all that is seen is not taken for a line.
    """
    bottom = top + high
    lines = [line for line in lines if line.bottom - line.top < most * high]
    above = [line.bottom - top for line in lines if line.top < top - _CUT and line.bottom > top]
    below = [bottom - line.top for line in lines if line.top < bottom < line.bottom - _CUT]
    return ceil(max(above, default=0.0)), ceil(max(below, default=0.0))


class Covers(QObject):
    """Hides what is seen of a line that goes beyond the upper or lower end of a scrolled page.

    Args:
        area: what is scrolled; it is no larger than its page.
    """

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._lines: Sequence[Line] = ()
        self.ends = tuple(QWidget(area.viewport()) for _ in range(2))
        for end in self.ends:
            end.setProperty("kind", "panel")
            end.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            end.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            end.hide()
        area.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Say where the lines of the page are now."""
        self._lines = lines
        self._on_scrolled()

    def _on_scrolled(self) -> None:
        top = self._area.verticalScrollBar().value()
        wide, high = self._area.viewport().width(), self._area.viewport().height()
        for end, covered, at_top in zip(
            self.ends, cut(self._lines, top, high), (True, False), strict=True
        ):
            end.setGeometry(0, 0 if at_top else high - covered, wide, covered)
            end.setVisible(covered > 0)
