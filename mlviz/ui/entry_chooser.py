"""Which entry of an array is meant: a number for its row, and one for its column."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox

from mlviz.i18n import Message
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

Entry = tuple[int, ...]

_NO_ARROWS = """
::up-button, ::down-button { width: 0; height: 0; border: none; background: transparent; }
::up-arrow, ::down-arrow { image: none; width: 0; height: 0; }
"""


class EntryChooser(Panel):
    """A field for each axis of an array, counted from 1 as the screen does everywhere.

    The up and down keys go to the next entry; a typed number counts when Return is pressed.

    Args:
        session: the session.
        parent: what it stands in.
        name: what the field of a single axis is called.
    """

    chosen = Signal(object)
    """Another entry, as a tuple."""
    accepted = Signal()
    """Return was pressed: this entry it is."""
    left = Signal()
    """Escape was pressed."""

    def __init__(self, session: Session, parent: Panel, name: Message | None = None) -> None:
        super().__init__(session, parent)
        self._only = name or Message("entry.one")
        self._shape: tuple[int, ...] = ()
        self._fields: list[QSpinBox] = []
        self._labels: list[QLabel] = []
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._quiet = False

    @property
    def entry(self) -> Entry:
        """The chosen entry."""
        return tuple(field.value() - 1 for field in self._fields)

    @property
    def fields(self) -> Sequence[QSpinBox]:
        """The fields, one for each axis."""
        return self._fields

    def show_entry(self, shape: tuple[int, ...], entry: Entry) -> None:
        """Say which entry is meant, of an array of which shape; the keyboard stays where it is."""
        if shape != self._shape:
            self._make(shape)
        self._quiet = True
        for field, index in zip(self._fields, entry, strict=True):
            field.setValue(index + 1)
        self._quiet = False

    def _make(self, shape: tuple[int, ...]) -> None:
        while self._line.takeAt(0) is not None:
            pass
        for old in (*self._fields, *self._labels):
            old.hide()
            old.deleteLater()
        self._shape, self._fields, self._labels = shape, [], []
        for size in shape:
            label, field = QLabel(self), QSpinBox(self)
            label.setProperty("kind", "muted")
            label.setBuddy(field)
            field.setRange(1, size)
            field.setSuffix(f" / {size}")
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setKeyboardTracking(False)
            field.setWrapping(True)
            field.setStyleSheet(_NO_ARROWS)
            field.valueChanged.connect(self._on_changed)
            field.installEventFilter(self)
            self._fields.append(field)
            self._labels.append(label)
            self._line.addWidget(label)
            self._line.addWidget(field)
            label.show()
            field.show()
            label.ensurePolished()  # or it would be measured in another size of letters
        self._line.addStretch()
        self._retranslate()
        self._restyle()

    def _on_changed(self) -> None:
        if not self._quiet:
            self.chosen.emit(self.entry)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Return and Escape, which mean something here."""
        if isinstance(event, QKeyEvent) and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Escape,
        ):
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape:
                    self.left.emit()
                else:
                    for field in self._fields:
                        field.interpretText()
                    self.accepted.emit()
                return True
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        names = {1: (self._only,), 2: (Message("entry.row"), Message("entry.column"))}.get(
            len(self._fields)
        )
        for axis, (label, field) in enumerate(zip(self._labels, self._fields, strict=True)):
            name = names[axis] if names else Message("entry.axis", number=axis + 1)
            label.setText(self.session.tr(name))
            field.setAccessibleName(self.session.tr(name))

    def _restyle(self) -> None:
        self._line.setSpacing(self.px(5))
        for field, size in zip(self._fields, self._shape, strict=True):
            metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale))
            field.setFixedWidth(metrics.horizontalAdvance(f"{size} / {size}") + self.px(26))
