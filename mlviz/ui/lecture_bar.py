"""The small bar of a lecture: what is shown, how large, and the way out."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.actions import Actions
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button, Panel


class LectureBar(Panel):
    """Lies over the right upper corner while the pointer moves.

    Args:
        session: the session.
        choices: what may be shown, by name, as actions that can be checked.
        actions: the window's actions.
        window: what it lies over.
    """

    def __init__(
        self,
        session: Session,
        choices: Mapping[str, QAction],
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(session, window)
        self._window = window
        row = QHBoxLayout(self)
        self.buttons: dict[str, Button] = {}
        for name, action in choices.items():
            button = Button("segment", action, self)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            row.addWidget(button)
            self.buttons[name] = button
        self._icons: list[Button] = []
        for name in ("smaller", "larger", "leave_lecture"):
            button = Button("plain", actions[name], self)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            row.addWidget(button)
            self.buttons[name] = button
            self._icons.append(button)
        self._restyle()
        self._retranslate()
        self.hide()

    def is_used(self) -> bool:
        """Return whether the pointer or the keyboard is on it."""
        inside = any(button.hasFocus() for button in self.buttons.values())
        return inside or self.underMouse()

    def place(self) -> None:
        """Lie at the right upper corner."""
        self.adjustSize()
        room = self._window.width() - 2 * self.px(10)
        if self.width() > room:
            self.resize(room, self.height())
        self.move(self._window.width() - self.width() - self.px(10), self.px(10))

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("lecture.bar")))
        self.place()

    def _restyle(self) -> None:
        row = self.layout()
        assert row is not None
        margin = self.px(4)
        row.setContentsMargins(margin, margin, margin, margin)
        row.setSpacing(self.px(2))
        for button in self._icons:
            button.setIconSize(QSize(self.px(18), self.px(18)))
        self.place()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the plate under the buttons."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.session.theme
        painter.fillRect(self.rect(), theme.colour(Role.STAGE))
        painter.setPen(QPen(theme.colour(Role.FAINT), 1))
        painter.setBrush(theme.colour(Role.PANEL))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), self.px(8), self.px(8))
        painter.end()
