"""A veil over what was made by an old recipe, with a word that says so."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session

_VEIL = 0.62
_LETTERS = 12


class StaleVeil(QWidget):
    """It lies over a panel of the lab as long as its results are old; one looks through it."""

    def __init__(self, session: Session, panel: QWidget) -> None:
        super().__init__(panel)
        self.session = session
        self._panel = panel
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        panel.installEventFilter(self)
        session.lab.changed.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        lab = self.session.lab
        self.setVisible(lab.is_stale and lab.run.head > 1)
        self._cover()

    def _cover(self) -> None:
        self.setGeometry(self._panel.rect())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover all of the panel, whatever its size."""
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return super().eventFilter(watched, event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the veil, and the word in its middle."""
        theme, scale = self.session.theme, self.session.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(theme.colour(Role.PANEL))
        veil.setAlphaF(_VEIL)
        painter.fillRect(self.rect(), veil)
        painter.setFont(ui_font(_LETTERS * scale, bold=True))
        text = self.session.tr(Message("lab.stale.tag"))
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(text) + 20 * scale, metrics.height() + 8 * scale
        tag = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(theme.colour(Role.UPDATE))
        painter.setBrush(theme.colour(Role.UPDATE_SOFT))
        painter.drawRoundedRect(tag, height / 2, height / 2)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
