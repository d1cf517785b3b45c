"""Fields of a form: a label, a control, and beside it why what was typed does not work."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from mlviz.i18n import Message
from mlviz.ui.session import Session
from mlviz.ui.tick_box import TickBox
from mlviz.ui.widgets import Panel

LABEL_PX = 104


class NumberEdit(QLineEdit):
    """A number that is typed, or stepped with the arrow keys."""

    stepped = Signal(int)
    """An arrow key was pressed: one step up or down."""
    given_up = Signal()
    """What was typed is not wanted any more."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrow keys; Escape takes back what was typed."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            self.clearFocus()
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.clearFocus()  # so that Space trains again

    def event(self, event: QEvent) -> bool:
        """Take the arrow keys before the window does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo)
            if (undo or event.matches(QKeySequence.StandardKey.Redo)) and not self.isModified():
                event.ignore()  # nothing was typed: it is the recipe that is meant
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
                event.accept()
                return True
            if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
                event.accept()
                return True
        return super().event(event)


class CalmCombo(QComboBox):
    """A choice that does not change when the page is scrolled over it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page be scrolled."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """Take what the words need, and the triangle behind them."""
        found = super().sizeHint()
        return QSize(found.width() + 3 * self.fontMetrics().horizontalAdvance("m"), found.height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint what fits of the name, and the triangle that says there is a list."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        metrics = self.fontMetrics()
        gap = metrics.horizontalAdvance("m")
        part = QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        room = self.style().subControlRect(kind, option, part, self).width() - gap // 4
        whole = self.currentText()
        option.currentText = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.setPen(self.palette().text().color())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(0, 0, -gap, 0), right, "▾")


class Field(Panel):
    """A line of a form."""

    def __init__(
        self,
        session: Session,
        name: str,
        label: Message | str,
        tip: Message | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, parent)
        self.setObjectName(name)
        self._words = label
        self._tip = tip
        self._problem: Message | None = None
        self._widths = (LABEL_PX, 0)
        self.label = QLabel(self)
        self.problem_label = QLabel(self)
        self.problem_label.setProperty("kind", "problem")
        self.problem_label.setWordWrap(True)
        self.problem_label.setTextFormat(Qt.TextFormat.PlainText)
        self.problem_label.hide()
        self.row = QHBoxLayout()
        self.row.addWidget(self.label)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self.row)
        self._column.addWidget(self.problem_label)
        self._make()

    def _make(self) -> None:
        """Make the control, if that takes no more than the field has."""

    def put(self, control: QWidget) -> None:
        """Add a control behind the label."""
        control.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.row.addWidget(control, 1)
        self._restyle()
        self._retranslate()

    def tell_below(self, column: QVBoxLayout) -> None:
        """Say what is wrong at the end of a column that is wider than the field."""
        self._column.removeWidget(self.problem_label)
        column.addWidget(self.problem_label)

    def set_widths(self, label: int, control: int) -> None:
        """Take other widths than the usual ones, in px at scale 1."""
        self._widths = (label, control)
        self.row.addStretch()  # alone in a line it stands at its beginning
        self._restyle()

    def has_keyboard(self) -> bool:
        """Return whether what is typed goes here."""
        return any(part.hasFocus() for part in self._controls())

    def take_keyboard(self) -> None:
        """Let what is typed go here."""
        for part in self._controls():
            part.setFocus()

    def show_problem(self, problem: Message | None) -> None:
        """Say what is wrong, or that all is well; what was typed stays."""
        self._problem = problem
        self.problem_label.setText("" if problem is None else self.session.tr(problem))
        self.problem_label.setVisible(problem is not None)

    @property
    def problem(self) -> Message | None:
        """What is wrong."""
        return self._problem

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.label.setText(tr(self._words))
        tip = "" if self._tip is None else tr(self._tip)
        for part in (self.label, *self._controls()):
            part.setToolTip(tip)
        for control in self._controls():
            control.setAccessibleName(tr(self._words))
        self.show_problem(self._problem)

    def _controls(self) -> Sequence[QWidget]:
        return ()

    def _restyle(self) -> None:
        self.label.setFixedWidth(self.px(self._widths[0]))
        for part in self._controls():
            if self._widths[1]:
                part.setFixedWidth(self.px(self._widths[1]))
        self.row.setSpacing(self.px(6))
        self._column.setSpacing(self.px(2))


class NumberField(Field):
    """A number; an empty field stands for none where that is allowed."""

    committed = Signal(str, str)
    """The field's name, and what was typed."""
    stepped = Signal(str, int)

    def __init__(
        self,
        session: Session,
        name: str,
        label: Message | str,
        blank: Message | None = None,
        tip: Message | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, name, label, tip, parent)
        self._blank = blank
        self._shown = ""
        self.edit = NumberEdit(self)
        self.edit.setProperty("kind", "number")
        self.edit.editingFinished.connect(self._on_finished)
        self.edit.stepped.connect(self._on_stepped)
        self.edit.given_up.connect(self._on_given_up)
        self.put(self.edit)

    def _controls(self) -> Sequence[QWidget]:
        return (self.edit,) if hasattr(self, "edit") else ()

    def show_text(self, text: str) -> None:
        """Show the number that holds, unless another one stands there that does not work."""
        if text != self._shown:
            self.show_problem(None)  # it was changed elsewhere: by undo, or in another panel
        self._shown = text
        if self._problem is None and not self._is_typed():
            self.edit.setText(text)

    def _is_typed(self) -> bool:
        return self.edit.hasFocus() and self.edit.isModified()

    def _on_finished(self) -> None:
        text = self.edit.text().strip()
        self.edit.setModified(False)
        if text != self._shown or self._problem is not None:
            self.committed.emit(self.objectName(), text)

    def _on_stepped(self, step: int) -> None:
        self.stepped.emit(self.objectName(), step)

    def accept(self, text: str) -> None:
        """Show what was taken, whatever stood there."""
        self.show_problem(None)
        self.edit.setModified(False)
        self._shown = text
        self.edit.setText(text)

    def _on_given_up(self) -> None:
        self.show_problem(None)
        self.edit.setText(self._shown)

    def _retranslate(self) -> None:
        super()._retranslate()
        if self._blank is not None:
            self.edit.setPlaceholderText(self.session.tr(self._blank))


class ChoiceField(Field):
    """One of some names."""

    chosen = Signal(str, str)
    """The field's name, and the value."""

    def __init__(
        self,
        session: Session,
        name: str,
        label: Message | str,
        choices: Sequence[tuple[str, Message | str]],
        tip: Message | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, name, label, tip, parent)
        self.combo = CalmCombo(self)
        self._choices = tuple(choices)
        for value, _ in self._choices:
            self.combo.addItem("", value)
        self.combo.activated.connect(self._on_activated)
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setMinimumContentsLength(4)
        self.put(self.combo)

    def room_for(self, *names: str) -> int:
        """Return how wide the control must be for names to be read, in px."""
        self.combo.ensurePolished()
        metrics = self.combo.fontMetrics()
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return longest + 2 * metrics.horizontalAdvance("m") + self.px(4)

    @property
    def widest(self) -> int:
        """How wide the control must be for all its names to be read, in px."""
        return self.room_for(*(self.combo.itemText(k) for k in range(self.combo.count())))

    def _place(self) -> None:
        """Put the control below its label if its longest name has no room beside it."""
        beside = self.px(self._widths[0]) + self.row.spacing() + self.widest
        is_low = not self.label.isHidden() and self.width() < beside
        way = QBoxLayout.Direction.TopToBottom if is_low else QBoxLayout.Direction.LeftToRight
        if self.row.direction() != way:
            self.row.setDirection(way)

    def _controls(self) -> Sequence[QWidget]:
        return (self.combo,) if hasattr(self, "combo") else ()

    def show_value(self, value: str) -> None:
        """Show which one holds."""
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self.combo.findData(value))

    def _on_activated(self, place: int) -> None:
        self.chosen.emit(self.objectName(), self.combo.itemData(place))

    def _retranslate(self) -> None:
        super()._retranslate()
        if hasattr(self, "combo"):
            for place, (_, words) in enumerate(self._choices):
                self.combo.setItemText(place, self.session.tr(words))
                value = self.combo.itemData(place)
                self.combo.setItemData(place, value, Qt.ItemDataRole.ToolTipRole)
            self._place()


class SwitchField(Field):
    """Yes or no."""

    switched = Signal(str, bool)
    """The field's name, and which it is."""

    def _make(self) -> None:
        self.box = TickBox(self.session, self)
        self.box.clicked.connect(self._on_clicked)
        self.put(self.box)

    def _on_clicked(self, on: bool) -> None:
        self.switched.emit(self.objectName(), on)

    def _controls(self) -> Sequence[QWidget]:
        return (self.box,) if hasattr(self, "box") else ()

    def show_value(self, value: bool) -> None:
        """Show which holds."""
        with QSignalBlocker(self.box):
            self.box.setChecked(value)
