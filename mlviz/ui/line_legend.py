"""A line of what the lines of a plot are, each with a piece of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

_LINE, _GAP, _BETWEEN, _LETTERS = 18, 5, 14, 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the plot."""

    words: Message | str
    role: Role
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    width: float = 2.0


class LineLegend(Panel):
    """Names the lines of a plot; what has no room is left out at the end."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Name these lines."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self._retranslate()
            self.update()

    def _retranslate(self) -> None:
        self.setAccessibleName(", ".join(self.session.tr(entry.words) for entry in self.entries))

    def sizeHint(self) -> QSize:
        """Take one line."""
        return QSize(self.px(120), self.px(20))

    def minimumSizeHint(self) -> QSize:
        """Give way."""
        return QSize(self.px(40), self.px(20))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint pieces of lines with their names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(_LETTERS * self.session.scale))
        metrics, theme, px = painter.fontMetrics(), self.session.theme, self.px
        x, y = 0, self.height() / 2
        for entry in self.entries:
            text = self.session.tr(entry.words)
            end = x + px(_LINE + _GAP) + metrics.horizontalAdvance(text)
            if end > self.width():
                break
            painter.setPen(
                QPen(theme.colour(entry.role), entry.width * self.session.scale, entry.style)
            )
            painter.drawLine(QPointF(x, y), QPointF(x + px(_LINE), y))
            painter.setPen(theme.colour(Role.MUTED))
            painter.drawText(
                QPointF(x + px(_LINE + _GAP), y + metrics.ascent() / 2 - 1 * self.session.scale),
                text,
            )
            x = end + px(_BETWEEN)
