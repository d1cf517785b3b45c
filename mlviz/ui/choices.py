"""A row of choices of which one holds, made anew when there are others."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QComboBox, QPushButton, QWidget

from mlviz.i18n import Message
from mlviz.ui.fields import CalmCombo
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel, segments


class Choices(Panel):
    """A row of buttons; the first one holds until another is chosen.

    Args:
        session: the session.
        name: what is chosen.
        parent: the Qt parent.
    """

    changed = Signal()

    def __init__(self, session: Session, name: Message, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = name
        self._names: dict[str, Message | str] = {}
        self._group: QButtonGroup | None = None
        self._buttons: dict[str, QPushButton] = {}
        self._value = ""
        self._retranslate()

    @property
    def value(self) -> str:
        """The key of what holds."""
        return self._value

    def set_value(self, key: str) -> None:
        """Let another one hold."""
        if key in self._names and key != self._value:
            self._value = key
            self._buttons[key].setChecked(True)
            self.changed.emit()

    def offer(self, names: Mapping[str, Message | str]) -> None:
        """Offer these choices, by key; with fewer than two the row is not shown."""
        self.setVisible(len(names) > 1)
        if dict(names) == self._names:
            return
        self._names = dict(names)
        old = self.layout()
        if old is not None:
            QWidget().setLayout(old)  # the only way to get rid of a layout with its widgets
        if self._group is not None:
            self._group.deleteLater()
        group, self._buttons = segments(self, names)
        group.buttonClicked.connect(self._on_clicked)
        self._group = group
        if self._value not in names:
            self._value = next(iter(names), "")
        if self._value in self._buttons:
            self._buttons[self._value].setChecked(True)
        self._retranslate()
        self._restyle()

    def _on_clicked(self, button: QPushButton) -> None:
        self._value = button.objectName()
        self.changed.emit()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(self._name))
        for key, button in self._buttons.items():
            text = self.session.tr(self._names[key])
            button.setText(text[:1].upper() + text[1:])
        self._restyle()

    def _restyle(self) -> None:
        row = self.layout()
        if row is None:
            return
        margin = self.px(2)
        row.setContentsMargins(margin, margin, margin, margin)
        row.setSpacing(margin)
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        for button in self._buttons.values():
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + self.px(20))


class Chooser(CalmCombo):
    """Choices in a list that opens, where there is no room for a row of buttons.

    Args:
        session: the session.
        name: what is chosen.
        parent: the Qt parent.
        tip: what is said about it; its name if left out.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        name: Message,
        parent: QWidget | None = None,
        tip: Message | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._name = name
        self._tip = tip or name
        self._names: dict[str, Message] = {}
        # It takes what its longest words need, and gives way where there is less room.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumContentsLength(5)
        session.language_changed.connect(self._say)
        self.activated.connect(self._on_activated)
        self._say()

    @property
    def value(self) -> str:
        """The key of what holds."""
        return str(self.currentData() or "")

    def set_value(self, key: str) -> None:
        """Let another one hold."""
        place = self.findData(key)
        if place >= 0 and place != self.currentIndex():
            self.setCurrentIndex(place)
            self.changed.emit()

    def offer(self, names: Mapping[str, Message]) -> None:
        """Offer these choices, by key; if they all mean the same, the list is not shown."""
        keys = [key for key in names if key]
        self.setVisible(len(keys) > 1)
        if dict(names) != self._names:
            self._names = dict(names)
            self._say()

    def _on_activated(self) -> None:
        self.changed.emit()

    def _say(self) -> None:
        value = self.value
        self.clear()
        for key, name in self._names.items():
            text = self.session.tr(name)
            self.addItem(text[:1].upper() + text[1:], key)
        self.setCurrentIndex(max(self.findData(value), 0) if self._names else -1)
        self.setAccessibleName(self.session.tr(self._name))
        self.setToolTip(self.session.tr(self._tip))
