"""The memory strip under the time bar."""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.memory import memory_strip
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.widgets import Panel

HEIGHT = 52
_WORDS = 18


class MemoryView(Panel):
    """Bytes kept for the reverse pass: growing in forward, let go in backward."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        session.position_changed.connect(self._tell)
        session.timeline_changed.connect(self._tell)
        self.hide()
        self._retranslate()

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("memory.name")))
        self.setToolTip(tr(Message("memory.tip")))
        self.setWhatsThis(tr(Message("memory.tip")))
        self._tell()

    def _restyle(self) -> None:
        self.update()

    def _tell(self) -> None:
        if self.isHidden():
            return
        strip = memory_strip(self.session.timeline, self.session.position)
        tr = self.session.tr
        self.setAccessibleDescription(f"{tr(strip.now)}; {tr(strip.compared)}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, the line, and what is compared with it."""
        session, theme, unit = self.session, self.session.theme, self.session.scale
        strip = memory_strip(session.timeline, session.position)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, width = _WORDS * unit, float(self.width())
        height = self.height() - top - 2

        def place(x: float, y: float) -> QPointF:
            return QPointF(x * width, top + (1 - y) * height)

        line: list[QPointF] = []
        for (x, y), (_, before) in zip(
            strip.points[1:], strip.points, strict=False
        ):  # a result is there when its step ends
            line += [place(x, before), place(x, y)]
        ground = place(strip.points[-1][0], 0)
        whole = QPolygonF([place(0, 0), *line, ground])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(Role.LINE))
        painter.drawPolygon(whole)
        painter.save()
        painter.setClipRect(QRectF(0, 0, strip.cursor * width, self.height()))
        painter.setBrush(theme.colour(Role.BACKWARD))
        painter.drawPolygon(whole)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if strip.doubled:
            painter.setPen(pen(theme.colour(Role.MUTED), 1.5 * unit, dashed=True))
            painter.drawLine(QLineF(place(0, strip.doubled), place(1, strip.doubled)))
        painter.setFont(ui_font(11.5 * unit))
        words = QRectF(0, 0, width, top)
        aligned = Qt.AlignmentFlag
        painter.setPen(theme.colour(Role.BACKWARD))
        painter.drawText(words, aligned.AlignLeft | aligned.AlignVCenter, session.tr(strip.now))
        painter.setPen(theme.colour(Role.MUTED))
        metrics = painter.fontMetrics()
        room = round(width - metrics.horizontalAdvance(session.tr(strip.now)) - 16 * unit)
        compared = metrics.elidedText(
            session.tr(strip.compared), Qt.TextElideMode.ElideRight, max(room, 0)
        )
        painter.drawText(words, aligned.AlignRight | aligned.AlignVCenter, compared)
        painter.end()
