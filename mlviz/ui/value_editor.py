"""A field for one number, in the place where the number stands."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.learn.changes import read_value
from mlviz.numerals import format_full
from mlviz.picture.items import Role
from mlviz.ui.fonts import number_font
from mlviz.ui.session import Session
from mlviz.ui.what_if import step_of, stepped


class ValueEditor(QLineEdit):
    """Takes a number, or a little arithmetic such as `1/3`.

    Return takes it over, Escape leaves the old value; the up and down keys try a step more or
    less. What is no number stays in the field, and it is said what is wrong with it.

    Attributes:
        node: the leaf.
        index: which entry of it.
    """

    closed = Signal()
    """It is of no more use."""

    def __init__(
        self, session: Session, node: int, index: tuple[int, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.node, self.index = node, index
        self.setText(format_full(session.what_if.value(node, index)))
        self.setFont(number_font(13 * session.scale))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setTextMargins(0, 0, 0, 0)
        self.setAccessibleName(session.tr(Message("change.editor")))
        self.setToolTip(session.tr(Message("change.editor_tip")))
        self._wrong = False
        self._finished = False
        self.textEdited.connect(self._on_edited)
        self._restyle()

    def _restyle(self) -> None:
        # Next to a red outline the sentence says what is wrong: colour is not the only cue.
        theme = self.session.theme
        edge = theme.colour(Role.BAD).name() if self._wrong else theme.focus
        self.setStyleSheet(f"padding: 0 4px; min-height: 0; border: 2px solid {edge};")

    def problem(self) -> Message | None:
        """Return what is wrong with what stands in the field."""
        try:
            read_value(self.text())
        except MLVizError as error:
            return error.message
        return None

    def commit(self) -> bool:
        """Take the number over and close; what is no number stays, with the reason."""
        problem = self.problem()
        if problem is not None:
            self._say(problem)
            return False
        if not self.session.what_if.type(self.node, self.text(), self.index):
            return False
        self.leave()
        return True

    def leave(self) -> None:
        """Be closed, once."""
        if not self._finished:
            self._finished = True
            self.closed.emit()

    def leave_quietly(self) -> None:
        """Give way to another editor: nothing is taken over, and nobody is told."""
        self._finished = True
        self.hide()
        self.deleteLater()

    def _say(self, problem: Message) -> None:
        self._wrong = True
        self._restyle()
        text = self.session.tr(problem)
        self.setAccessibleDescription(text)
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), text, self)

    def _on_edited(self) -> None:
        if self._wrong:
            self._wrong = False
            self.setAccessibleDescription("")
            self._restyle()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window's own actions."""
        own = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in (*own, Qt.Key.Key_Down)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take it over, leave it, or try another value."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.commit()
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if self.problem() is None:
                value = read_value(self.text())
                large = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                sign = 1 if event.key() == Qt.Key.Key_Up else -1
                moved = stepped(value, sign * (10 if large else 1), step_of(value))
                if self.session.what_if.set(self.node, moved, self.index, dragging=True):
                    self.setText(format_full(moved))
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take a number over when the keyboard goes elsewhere; anything else stays open."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason and not self._finished:
            self.commit()
