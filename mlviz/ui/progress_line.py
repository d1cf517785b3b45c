"""How far long work is, as a line that fills.

Unlike Qt's own bar it never paints at once: several changes in a frame are painted together
with everything else.
"""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleValueChangeEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlviz.picture.items import Role
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

_HEIGHT = 6


class ProgressLine(Panel):
    """A line; `share` of it is full."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.share = 0.0
        self._restyle()

    def show_share(self, share: float) -> None:
        """Fill so much of it, 0 … 1."""
        width = max(self.width(), 1)
        if round(share * width) == round(self.share * width):
            return
        self.share = share
        self.update()
        if QAccessible.isActive():
            change = QAccessibleValueChangeEvent(self, round(100 * share))
            QAccessible.updateAccessibility(change)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the line."""
        painter, theme = QPainter(self), self.session.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour(Role.CLEAR))
        whole = QRectF(self.rect())
        round_ = whole.height() / 2
        for share, role in ((1.0, Role.LINE), (self.share, Role.FORWARD)):
            painter.setBrush(theme.colour(role))
            wide = max(whole.width() * share, whole.height() if share else 0.0)
            painter.drawRoundedRect(QRectF(0, 0, wide, whole.height()), round_, round_)

    def _restyle(self) -> None:
        self.setFixedHeight(self.px(_HEIGHT))
