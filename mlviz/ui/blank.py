"""A black screen over the window, when the class is to look at the lecturer."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.ui.session import Session

_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)


class Blank(QWidget):
    """Black, over the whole window; the next key or click brings the picture back.

    Such a key does nothing else: behind the black nobody sees what it would do.

    Args:
        session: the session; a film that runs is paused.
        window: what is covered.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hide()

    def toggle(self) -> None:
        """Cover the window, or show it again."""
        if self.isHidden():
            self.cover()
        else:
            self.uncover()

    def cover(self) -> None:
        """Let nothing be seen."""
        self._session.pause()
        self._before = self._window.focusWidget()
        self.setAccessibleName(self._session.tr(Message("lecture.blank")))
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def uncover(self) -> None:
        """Let everything be seen again."""
        if self.isHidden():
            return
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self._before = None

    def event(self, event: QEvent) -> bool:
        """Take every key, so that none of them moves the film behind the black."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the window again."""
        if event.key() not in _MODIFIERS:
            self.uncover()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the window again."""
        self.uncover()
        event.accept()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint it black."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()
