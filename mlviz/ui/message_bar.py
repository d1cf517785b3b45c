"""What went wrong, told above the stage until somebody closes it; and notes, until one goes on."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.icons import icon
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button, Panel


class MessageBar(Panel):
    """One message at a time; it blocks nothing."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "alert")
        self.message: Message | None = None
        self.details = ""
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.copy_button = QPushButton(self)
        self.copy_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy_button.clicked.connect(self.copy_details)
        self.close_button = Button("plain", parent=self)
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.addWidget(self.label, 1)
        row.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        session.failed.connect(self.show_message)
        session.noted.connect(self.show_note)
        for gone_on in (
            session.position_changed,
            session.timeline_changed,
            session.selection_changed,
            session.lab.cursor_changed,
        ):
            gone_on.connect(self._on_gone_on)
        # What is open now has nothing to do with what went wrong before.
        session.document_changed.connect(self.hide)
        self._retranslate()
        self._restyle()
        self.hide()

    def show_message(self, message: Message, details: str = "") -> None:
        """Show a message in place of the last one.

        Args:
            message: what happened.
            details: what a developer wants to know, to be copied.
        """
        self._tell("alert", message, details)

    def show_note(self, message: Message) -> None:
        """Say what is nothing wrong; it goes when a person goes on."""
        self._tell("notice", message)

    def _on_gone_on(self) -> None:
        if self.property("kind") == "notice":
            self.hide()

    def _tell(self, kind: str, message: Message, details: str = "") -> None:
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self.message = message
        self.details = details
        self._retranslate()
        self.show()
        alert = QAccessibleEvent(self, QAccessible.Event.Alert)
        QAccessible.updateAccessibility(alert)

    def copy_details(self) -> None:
        """Put the details on the clipboard."""
        QGuiApplication.clipboard().setText(self.details)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.label.setText(tr(self.message) if self.message else "")
        self.setAccessibleName(self.label.text())
        self.copy_button.setText(tr(Message("ui.message.copy")))
        self.copy_button.setVisible(bool(self.details))
        close = tr(Message("ui.message.close"))
        self.close_button.setToolTip(close)
        self.close_button.setAccessibleName(close)

    def _restyle(self) -> None:
        self.close_button.setIcon(icon("close", self.session.theme.colour(Role.TEXT)))
        self.close_button.setIconSize(QSize(self.px(16), self.px(16)))
        row = self.layout()
        assert row is not None
        row.setContentsMargins(self.px(20), self.px(8), self.px(10), self.px(8))
