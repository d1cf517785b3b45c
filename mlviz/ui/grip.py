"""The pointer's hold on a picture: dragging moves it, a click does not."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

_FEWEST = 6
"""Px that the pointer moves before it drags."""


class Grip:
    """Where the pointer holds the picture of a view, and whether it has moved since."""

    def __init__(self) -> None:
        self._held: QPointF | None = None
        self._dragged = False

    @property
    def holds(self) -> bool:
        """Whether the picture is held."""
        return self._held is not None

    def take(self, event: QMouseEvent) -> None:
        """Take hold of the picture, with the left or the middle button."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._held, self._dragged = event.position(), False
            event.accept()

    def moved(self, view: QWidget, event: QMouseEvent) -> QPointF | None:
        """Return by how much the picture is dragged now; None if it is not."""
        if self._held is None:
            return None
        way = event.position() - self._held
        if not self._dragged and way.manhattanLength() < _FEWEST:
            return None
        self._dragged = True
        view.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._held = event.position()
        return way

    def let_go(self, view: QWidget, event: QMouseEvent) -> bool:
        """Let go; tell whether it was a click without moving."""
        if self._held is None:
            return False
        self._held = None
        view.setCursor(Qt.CursorShape.ArrowCursor)
        return not self._dragged and event.button() is Qt.MouseButton.LeftButton
