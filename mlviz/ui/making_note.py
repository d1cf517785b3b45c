"""A note at the stage's corner that says what is being made ready while the old picture stays."""

from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button


class MakingNote(Button):
    """Is there as long as something is being made ready; a click leaves all as it is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("note", parent=parent)
        self.session = session
        self.hide()
        self.clicked.connect(session.step_out)
        session.wish_changed.connect(self._say)
        session.language_changed.connect(self._say)
        session.appearance_changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        tr, making = self.session.tr, self.session.making
        text = "" if making is None else tr(making)
        self.setText(text)
        self.setToolTip(tr(Message("stage.making_tip")))
        self.setAccessibleName(tr(making or Message("stage.making_level")))
        colour = self.session.theme.colour(Role.MUTED).name()
        self.setStyleSheet(f"color: {colour};")
        self.setVisible(making is not None)
