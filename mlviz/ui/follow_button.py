"""The button that lets the stage go where something happens again."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.icons import icon
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button


class FollowButton(Button):
    """Lies in the right lower corner of the stage while that does not follow."""

    def __init__(self, session: Session, stage: QWidget) -> None:
        super().__init__(parent=stage)
        self._session = session
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.hide()

    def retranslate(self) -> None:
        """Speak the session's language."""
        tr = self._session.tr
        self.setText(tr(Message("stage.follow")))
        self.setToolTip(tr(Message("stage.follow.tip")))
        self.setAccessibleName(tr(Message("stage.follow")))

    def restyle(self) -> None:
        """Wear the session's theme."""
        self.setIcon(icon("follow", self._session.theme.colour(Role.TEXT)))

    def place(self, width: int, height: int) -> None:
        """Lie in the corner of a stage of this size."""
        unit = self._session.scale
        self.adjustSize()
        self.move(
            round(width - self.width() - 16 * unit), round(height - self.height() - 12 * unit)
        )
