"""The ring around a view that has the keyboard, if it came there by a key."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import QWidget

from mlviz.picture.items import Role
from mlviz.ui.strokes import pen
from mlviz.ui.theme import Theme

_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class FocusRing:
    """Whether a view shows the ring, and the ring itself."""

    def __init__(self) -> None:
        self._shown = False

    def on_focus(self, view: QWidget, event: QFocusEvent) -> None:
        """Show the ring if the keyboard came by a key; hide it when the keyboard goes."""
        self._shown = event.gotFocus() and event.reason() in _BY_KEY
        view.update()

    def paint(self, view: QWidget, painter: QPainter, theme: Theme) -> None:
        """Paint the ring, if it is shown."""
        if self._shown:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(theme.colour(Role.SELECTED), 2))
            painter.drawRect(view.rect().adjusted(1, 1, -1, -1))
