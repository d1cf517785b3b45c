"""A line of what the lines of a plot are, each with a piece of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

_LINE, _GAP, _BETWEEN, _LETTERS, _HIGH = 18, 5, 14, 12, 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the plot."""

    words: Message | str
    role: Role
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    width: float = 2.0


class LineLegend(Panel):
    """Names the lines of a plot, in as many lines of text as that takes."""

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
        self.updateGeometry()

    def _restyle(self) -> None:
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take another line if there is less room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def places(self) -> list[tuple[int, int]]:
        """Return where each name begins: how far from the left, and in which line."""
        px, found = self.px, []
        metrics = QFontMetrics(ui_font(_LETTERS * self.session.scale))
        x = line = 0
        for entry in self.entries:
            needed = px(_LINE + _GAP) + metrics.horizontalAdvance(self.session.tr(entry.words))
            if x and x + needed > self.width():
                x, line = 0, line + 1
            found.append((x, line))
            x += needed + px(_BETWEEN)
        return found

    def _height(self) -> int:
        lines = self.places()[-1][1] + 1 if self.entries else 1
        return self.px(_HIGH) * lines

    def sizeHint(self) -> QSize:
        """Take the lines that the names need."""
        return QSize(self.px(120), self._height())

    def minimumSizeHint(self) -> QSize:
        """Give way to the sides."""
        return QSize(self.px(80), self._height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint pieces of lines with their names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(_LETTERS * self.session.scale))
        metrics, theme, px = painter.fontMetrics(), self.session.theme, self.px
        for entry, (x, line) in zip(self.entries, self.places(), strict=True):
            y = px(_HIGH) * (line + 0.5)
            painter.setPen(
                QPen(theme.colour(entry.role), entry.width * self.session.scale, entry.style)
            )
            painter.drawLine(QPointF(x, y), QPointF(x + px(_LINE), y))
            painter.setPen(theme.colour(Role.MUTED))
            painter.drawText(
                QPointF(x + px(_LINE + _GAP), y + metrics.ascent() / 2 - 1 * self.session.scale),
                self.session.tr(entry.words),
            )
