"""Find: a bar over the stage that lists the nodes called like what is typed."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from mlviz.i18n import Message
from mlviz.picture.find import find_nodes
from mlviz.picture.glyphs import label
from mlviz.picture.items import Rect, Role
from mlviz.ui.icons import icon
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.theme import Theme
from mlviz.ui.widgets import Button, Panel

_ROWS = 8
_WIDTH = 300


class FindBar(Panel):
    """What is looked for, how many there are, and which of them is selected.

    Return and F3 go to the next match, with Shift to the one before; Escape closes the bar.
    """

    matches_changed = Signal()
    chosen = Signal(int)
    """A match was gone to; it is selected already."""
    closed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.matches: tuple[int, ...] = ()
        self._at = -1
        self.field = QLineEdit()
        self.field.textEdited.connect(self._on_edited)
        self.field.installEventFilter(self)
        self.count = QLabel()
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._on_clicked)
        self._before, self._after, self._close = Button(), Button(), Button()
        self._before.clicked.connect(self.previous)
        self._after.clicked.connect(self.next)
        self._close.clicked.connect(self.leave)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 8, 8, 8)
        for column, widget in enumerate(
            (self.field, self.count, self._before, self._after, self._close)
        ):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.list, 1, 0, 1, 5)
        session.timeline_changed.connect(self._search)
        self.hide()
        self._retranslate()
        self._restyle()

    # --- What a person does ----------------------------------------------------------------

    def open(self) -> None:
        """Show the bar and take the keyboard."""
        self.show()
        self.raise_()
        self._search()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def leave(self) -> None:
        """Close the bar; what is selected stays selected."""
        self.hide()
        self.matches, self._at = (), -1
        self.matches_changed.emit()
        self.closed.emit()

    def next(self) -> None:
        """Go to the next match, after the last to the first."""
        self._go(1)

    def previous(self) -> None:
        """Go to the match before."""
        self._go(-1)

    def _go(self, direction: int) -> None:
        if self.isHidden():
            self.open()
        if self.matches:
            start = self._at if self._at >= 0 or direction > 0 else 0
            self._choose((start + direction) % len(self.matches))

    def _choose(self, at: int) -> None:
        self._at = at
        self.session.select(self.matches[at])
        self._tell()
        self.chosen.emit(self.matches[at])

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self._choose(self.list.row(item))

    def _on_edited(self) -> None:
        self._search()
        if self.matches:
            self._choose(0)

    # --- What is shown ---------------------------------------------------------------------

    def _search(self) -> None:
        if self.isHidden():
            return
        timeline = self.session.timeline
        self.matches, self._at = find_nodes(timeline, self.field.text()), -1
        self.list.clear()
        for id in self.matches:
            text = label(timeline.tape, timeline.symbols, id)
            origin = timeline.tape[id].origin
            self.list.addItem(f"{text}   {origin}" if origin else text)
        self._tell()
        self.matches_changed.emit()

    def _tell(self) -> None:
        count = len(self.matches)
        if not self.field.text():
            text = ""
        elif not count:
            text = self.session.tr(Message("find.none"))
        elif self._at < 0:
            text = self.session.tr(Message("find.count", count=count))
        else:
            text = self.session.tr(Message("find.at", number=self._at + 1, count=count))
        self.count.setText(text)
        self.list.setCurrentRow(self._at)
        self.list.setVisible(count > 0)
        row = self.list.sizeHintForRow(0) if count else 0
        self.list.setFixedHeight(row * min(count, _ROWS) + 4)
        self.setFixedWidth(round(_WIDTH * self.session.scale))
        self.adjustSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lie on a panel of its own."""
        theme = self.session.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(Role.PANEL))
        painter.setPen(pen(theme.colour(Role.LINE), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the field that mean more than letters."""
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() is not QEvent.Type.KeyPress:
                return False
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            match event.key():
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._go(-1 if back else 1)
                case Qt.Key.Key_Down:
                    self.next()
                case Qt.Key.Key_Up:
                    self.previous()
                case Qt.Key.Key_Escape:
                    self.leave()
                case _:
                    return False
            return True
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("find.name")))
        self.field.setPlaceholderText(tr(Message("find.hint")))
        self.field.setAccessibleName(tr(Message("find.hint")))
        self.list.setAccessibleName(tr(Message("find.list")))
        self.setWhatsThis(tr(Message("whats.find")))
        for button, name in (
            (self._before, "find.previous"),
            (self._after, "find.next"),
            (self._close, "find.close"),
        ):
            button.setAccessibleName(tr(Message(name)))
            button.setToolTip(tr(Message(name)))
        self._tell()

    def _restyle(self) -> None:
        colour = self.session.theme.colour(Role.TEXT)
        self._before.setText("↑")
        self._after.setText("↓")
        self._close.setIcon(icon("close", colour))
        self._tell()


def paint_matches(painter: QPainter, rects: Sequence[Rect], theme: Theme, unit: float) -> None:
    """Paint a dashed outline around each match, given where they are seen."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(theme.colour(Role.SELECTED), 2 * unit, dashed=True))
    for rect in rects:
        outer = rect.grown(4 * unit)
        painter.drawRect(round(outer.x), round(outer.y), round(outer.width), round(outer.height))
