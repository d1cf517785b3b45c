"""The legend on the stage."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWhatsThis, QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role, Text
from mlviz.picture.legend import legend_picture
from mlviz.picture.marks import legend_mark_at
from mlviz.ui.fonts import text_width
from mlviz.ui.painting import paint
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.widgets import Panel


class LegendView(Panel):
    """What every kind of mark means, in the language and the colours of the moment."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.hide()
        self._retranslate()
        self._restyle()

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("legend.name")))
        words = [
            tr(item.text)
            for item in legend_picture().items
            if isinstance(item, Text) and isinstance(item.text, Message)
        ]
        self.setAccessibleDescription("; ".join(words))
        self.setWhatsThis(tr(Message("whats.legend")))
        self._restyle()

    def _restyle(self) -> None:
        unit, picture = self.session.scale, legend_picture()
        widest = max(
            item.x + text_width(self.session.tr(item.text), "ui", 12, False)
            for item in picture.items
            if isinstance(item, Text) and isinstance(item.text, Message)
        )
        self.setFixedSize(round((widest + 16) * unit), round(picture.bounds.height * unit))
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell what a line of the legend explains."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.WhatsThis:
            words = legend_mark_at(legend_picture(), event.pos().y() / self.session.scale)
            QWhatsThis.showText(event.globalPos(), self.session.tr(words), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the legend on a panel of its own."""
        session = self.session
        painter = QPainter(self)
        painter.fillRect(self.rect(), session.theme.colour(Role.PANEL))
        paint(painter, legend_picture(), session.theme, session.tr, session.scale)
        painter.setPen(pen(session.theme.colour(Role.LINE), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
