"""One entry of a large array, chosen by row and column: to be changed, or to be looked into."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_full
from mlviz.trace.magnify import strongest
from mlviz.ui.entry_chooser import EntryChooser
from mlviz.ui.fonts import number_font
from mlviz.ui.session import Session
from mlviz.ui.value_editor import ValueEditor
from mlviz.ui.widgets import Button, Panel


class EntryPopup(Panel):
    """Chooses an entry of one node, over the view that it was asked for in.

    Of a leaf the number can be typed; of anything computed, its making can be opened.

    Args:
        session: the session.
        node: what has the entries.
        entry: the one that is shown first; the one farthest from 0 if left out.
        view: the widget it lies over.
    """

    def __init__(
        self, session: Session, node: int, entry: tuple[int, ...] | None, view: QWidget
    ) -> None:
        super().__init__(session, view)
        self._view = view
        self.setProperty("kind", "popup")
        self.node = node
        record = session.timeline.tape[node]
        shape = record.value.shape
        self.title = QLabel(self)
        self.title.setProperty("strong", True)
        self.chooser = EntryChooser(session, self)
        first = entry if entry is not None and len(entry) == len(shape) else strongest(record)
        self.chooser.show_entry(shape, first)
        self.chooser.chosen.connect(self._on_chosen)
        self.chooser.accepted.connect(self.accept)
        self.chooser.left.connect(self.leave)
        self.can_type = session.what_if.place(node, first) is not None
        self.value = QLabel(self)
        self.value.setFont(number_font(13 * session.scale))
        self.editor: ValueEditor | None = None
        self._row = QHBoxLayout()
        self._row.addWidget(self.value, 1)
        self.open = Button(parent=self)
        self.open.clicked.connect(self.step_inside)
        self._row.addWidget(self.open)
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addWidget(self.chooser)
        column.addLayout(self._row)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.document_changed.connect(self.leave)
        view.installEventFilter(self)
        self._retranslate()
        self._restyle()
        self._on_chosen(first)

    def place_at(self, rect: QRect) -> None:
        """Stand below a place of the view, wholly in view."""
        self.adjustSize()
        view, gap = self._view.rect(), self.px(6)
        x = min(max(rect.left(), gap), max(view.width() - self.width() - gap, gap))
        y = rect.bottom() + gap
        if y + self.height() > view.height() - gap:
            y = max(rect.top() - self.height() - gap, gap)
        self.move(x, min(y, max(view.height() - self.height() - gap, gap)))

    def accept(self) -> None:
        """Go on with the entry: type its value, or step inside."""
        if self.editor is not None:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.editor.selectAll()
        else:
            self.step_inside()

    def step_inside(self) -> None:
        """Open what makes this entry."""
        entry = self.chooser.entry
        self.leave()
        self.session.step_inside(self.node, entry)

    def leave(self) -> None:
        """Be gone; the keyboard goes back to the view."""
        if self.isHidden():
            return
        self.hide()
        self._view.removeEventFilter(self)
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

    def _on_chosen(self, entry: tuple[int, ...]) -> None:
        session = self.session
        session.select(self.node, entry)
        if not self.can_type:
            state = session.timeline.state_at(session.position.step)
            value = state.value(self.node)
            known = value is not None
            text = format_full(float(value[entry])) if value is not None else ""
            self.value.setText(f"= {text}" if known else session.tr(Message("tip.not_yet")))
            return
        if self.editor is not None:
            self._row.removeWidget(self.editor)
            self.editor.leave_quietly()
        self.editor = ValueEditor(session, self.node, entry, self)
        self.editor.closed.connect(self.leave)
        self._row.insertWidget(0, self.editor, 1)
        self.editor.show()
        QWidget.setTabOrder(self.chooser.fields[-1], self.editor)

    def _on_timeline_changed(self) -> None:
        tape = self.session.timeline.tape
        same = self.node < len(tape) and tape[self.node].value.ndim == len(self.chooser.fields)
        if not same or self.can_type != tape[self.node].is_leaf:
            self.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be gone when the view is pressed beside it."""
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonPress:
            self.leave()
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        tr = self.session.tr
        name = self.session.timeline.symbols.text(self.node)
        words = Message("entry.change" if self.can_type else "entry.inside", name=name)
        self.title.setText(tr(words))
        self.setAccessibleName(tr(words))
        self.open.setText(tr(Message("inside.step")))
        self.open.setVisible(not self.can_type)
        self.value.setVisible(not self.can_type)

    def _restyle(self) -> None:
        line = self.layout()
        assert line is not None
        side = self.px(12)
        line.setContentsMargins(side, self.px(9), side, side)
        line.setSpacing(self.px(8))


def open_entries(
    session: Session, view: QWidget, node: int, at: QRect, entry: tuple[int, ...] | None = None
) -> EntryPopup | None:
    """Let an entry of a node be chosen, below its place in a view; None if it has only one."""
    if session.timeline.tape[node].value.size < 2:
        return None
    for other in view.findChildren(EntryPopup):
        other.leave()
    popup = EntryPopup(session, node, entry, view)
    popup.place_at(at)
    popup.show()
    popup.raise_()
    popup.chooser.fields[0].setFocus(Qt.FocusReason.PopupFocusReason)
    popup.chooser.fields[0].selectAll()
    return popup
