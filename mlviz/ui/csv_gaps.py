"""What becomes of the gaps of a column: a chooser, with a number of one's own."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from mlviz.i18n import Message
from mlviz.learn.changes import ChangeError, read_value
from mlviz.picture.study_lines import setting_text
from mlviz.ui.fields import CalmCombo
from mlviz.ui.session import Session

RULES = ("drop", "mean", "median")
"""What a gap of numbers may become, besides a number."""
Rule = str | float

_WORDS = {
    "drop": Message("csv.rule.drop"),
    "mean": Message("csv.rule.mean"),
    "median": Message("csv.rule.median"),
    0.0: Message("csv.rule.zero"),
}
_OTHER = "other"


class GapChooser(CalmCombo):
    """Drop the row, or put a number in its place: that of the training rows, or any.

    Words have no number: 0 stands for no switch at all.

    Args:
        session: the session.
        column: whose gaps.
        is_number: whether it holds numbers.
        parent: the Qt parent.
    """

    edited = Signal()

    def __init__(self, session: Session, column: str, is_number: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._column = session, column
        for rule in (*RULES, 0.0, _OTHER) if is_number else ("drop", 0.0):
            self.addItem("", rule)
        self._before = 0
        self.edit = _Number(self)
        self.edit.setTextMargins(round(10 * session.scale), 0, 0, 0)
        self.edit.hide()
        self.edit.editingFinished.connect(self._on_typed)
        self.activated.connect(self._on_activated)
        self.retranslate()

    @property
    def rule(self) -> Rule:
        """What is chosen: a rule's name, or a number."""
        found = self.itemData(self._before)
        return found if isinstance(found, str) else float(found)

    def show_rule(self, rule: Rule) -> None:
        """Show what holds."""
        place = self.findData(rule)
        if place < 0 and not isinstance(rule, str) and self.findData(_OTHER) >= 0:
            place = self.findData(_OTHER)
            self.insertItem(place, setting_text(rule), float(rule))
        self._before = max(place, 0)
        self.setCurrentIndex(self._before)

    def _on_activated(self, place: int) -> None:
        if self.itemData(place) != _OTHER:
            self._before = place
            self.edited.emit()
            return
        self.setCurrentIndex(self._before)
        self.edit.clear()
        self.edit.setGeometry(self.rect())
        self.edit.show()
        self.update()
        self.edit.setFocus()

    def _on_typed(self) -> None:
        """Take the number that was typed; what is none changes nothing."""
        if self.edit.isHidden():
            return
        self.edit.hide()
        self.update()
        try:
            value = read_value(self.edit.text())
        except ChangeError:
            return
        self.show_rule(value)
        self.edited.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show nothing but the frame of a field while a number is typed over what holds."""
        if self.edit.isHidden():
            super().paintEvent(event)
            return
        theme, unit = self._session.theme, self._session.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.focus), 2 * unit))
        painter.setBrush(QColor(theme.button))
        frame = QRectF(self.rect()).adjusted(unit, unit, -unit, -unit)
        painter.drawRoundedRect(frame, 5 * unit, 5 * unit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the field lie over all of it."""
        super().resizeEvent(event)
        self.edit.setGeometry(self.rect())

    def retranslate(self) -> None:
        """Say everything in the session's language."""
        tr = self._session.tr
        for place in range(self.count()):
            rule = self.itemData(place)
            if rule == _OTHER:
                self.setItemText(place, tr(Message("csv.rule.other")))
            elif rule in _WORDS:
                self.setItemText(place, tr(_WORDS[rule]))
        self.setAccessibleName(tr(Message("csv.rule.of", column=self._column)))
        self.setToolTip(tr(Message("csv.rule.tip")))
        self.edit.setAccessibleName(tr(Message("csv.rule.other")))
        self.edit.setPlaceholderText(tr(Message("csv.rule.other")))


class _Number(QLineEdit):
    """The field of a number; Return takes it, Escape does not."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep both keys: the dialog would take them as its own."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.editingFinished.emit()
        else:
            super().keyPressEvent(event)
