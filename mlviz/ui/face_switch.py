"""The switch between film and lab, always in the top bar."""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from mlviz.i18n import Message
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel, segments

_FACES = (("film", Message("ui.face.film")), ("lab", Message("ui.face.lab")))
_TIPS = {"film": Message("ui.face.film_tip"), "lab": Message("ui.face.lab_tip")}


class FaceSwitch(Panel):
    """Which face the window shows: one of two."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "well")
        self._narrow = False
        self._group, self.buttons = segments(self, [face for face, _ in _FACES])
        self._group.buttonClicked.connect(self._on_clicked)
        session.face_changed.connect(self._on_face_changed)
        self._restyle()
        self._retranslate()
        self._on_face_changed()

    def _on_clicked(self, button: QPushButton) -> None:
        self.session.set_face(button.objectName())

    def _on_face_changed(self) -> None:
        self.buttons[self.session.face].setChecked(True)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("ui.face")))
        for face, name in _FACES:
            self.buttons[face].setText(tr(name))
            self.buttons[face].setToolTip(tr(Message("ui.action.tip", text=_TIPS[face], keys="F6")))
        self._restyle()

    def _restyle(self) -> None:
        line = self.layout()
        assert isinstance(line, QHBoxLayout)
        margin = self.px(2)
        line.setContentsMargins(margin, margin, margin, margin)
        line.setSpacing(margin)
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        for button in self.buttons.values():
            padding = f"padding-left: {self.px(2)}px; padding-right: {self.px(2)}px;"
            button.setStyleSheet(padding if self._narrow else "")
            room = self.px(8 if self._narrow else 24)
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + room)

    def set_narrow(self, narrow: bool) -> None:
        """Take no more room than the words need, or some air around them."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._restyle()
