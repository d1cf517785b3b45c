"""Stepping inside on the stage: the frames under the pointer, the menu, the crumbs."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QMenu, QWidget

from mlviz.i18n import Message
from mlviz.picture.frames import FramePlace, frame_note
from mlviz.picture.items import Rect
from mlviz.ui.camera import Hand, Lens
from mlviz.ui.entry_chooser import EntryChooser
from mlviz.ui.entry_popup import open_entries
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button, Panel

_LEAST = 0.68
"""The least zoom at which what was opened is shown."""

LEVEL_NAMES = {
    "layers": Message("ui.level.layers"),
    "operations": Message("ui.level.operations"),
    "scalars": Message("ui.level.scalars"),
}


def _frame_at(session: Session, x: float, y: float) -> FramePlace | None:
    """Return the innermost opened frame at a point of the picture."""
    places = session.graph.frames if session.graph else ()
    inside = [place for place in places if place.close is not None and place.rect.contains(x, y)]
    return inside[-1] if inside else None


def close_at(session: Session, x: float, y: float) -> bool:
    """Close the frame whose close button is at a point; tell whether there was one."""
    place = _close_button_at(session, x, y)
    if place is not None:
        _close_frame(session, place)
    return place is not None


def step_through(session: Session, node: int | None, x: float, y: float) -> bool:
    """Step inside a node, or out of the frame at a point; tell whether there was either."""
    place = _frame_at(session, x, y)
    if node is not None:
        session.step_inside(node, session.selected_entry)
    elif place is not None:
        _close_frame(session, place)
    return node is not None or place is not None


def _close_button_at(session: Session, x: float, y: float) -> FramePlace | None:
    """Return the frame whose close button is at a point of the picture."""
    places = session.graph.frames if session.graph else ()
    for place in reversed(places):
        if place.close is not None and place.close.grown(3).contains(x, y):
            return place
    return None


def _close_frame(session: Session, place: FramePlace) -> None:
    """Put the node back into the place of what was inside of it."""
    if place.spot is not None:
        session.close_inside(place.spot)


def hand_inside(
    session: Session, lens: Lens | None, area: Rect, largest: float = 1.0
) -> Hand | None:
    """Return the view of what was opened last.

    Args:
        session: where it was opened.
        lens: None is returned if this shows the whole graph large enough to be read.
        area: of the stage, in which it is to be seen.
        largest: no zoom beyond this.
    """
    graph, unit = session.graph, session.scale
    spot = session.opened[-1].spot
    if graph is None or (lens is not None and lens.fits(graph.bounds, area, unit)):
        return None
    for place in graph.frames:
        if place.spot == spot:
            rect = place.rect.grown(30)
            zoom = min(area.width / rect.width, area.height / rect.height) / unit
            # Large insides are looked at from where they can still be read.
            zoom = min(max(zoom, _LEAST), largest)
            return Hand(zoom, *rect.center)
    return None


def hand_on(session: Session, rect: Rect | None, lens: Lens, area: Rect) -> Hand | None:
    """Return the view of one place; None if the whole graph can be read anyway."""
    graph = session.graph
    if graph is None or rect is None or lens.fits(graph.bounds, area, session.scale):
        return None
    return Hand(1.0, *rect.center)


def open_menu(session: Session, parent: QWidget, node: int | None, at: QPoint) -> QMenu:
    """Show what can be done with a node, or with what is open."""
    tr = session.tr
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    if node is not None:
        session.select(node)
        inside = menu.addAction(tr(Message("inside.step")))
        inside.setShortcut(Qt.Key.Key_Return)
        reason = session.inside_reason(node)
        inside.setEnabled(reason is None)
        inside.setToolTip(tr(reason) if reason else "")
        inside.setData(node)
        record = session.timeline.tape[node]
        if record.value.size > 1 and (reason is None or record.is_leaf):
            words = Message("entry.menu_change") if record.is_leaf else Message("entry.menu_inside")
            one = menu.addAction(tr(words))
            one.setShortcut(Qt.Key.Key_F2 if record.is_leaf else "Shift+Return")
            one.setData((node, at))
    if session.opened:
        menu.addAction(tr(Message("inside.step_out"))).setShortcut(Qt.Key.Key_Escape)
    if menu.isEmpty():
        return menu
    chooser = _Chooser(session, menu, parent)
    menu.triggered.connect(chooser.choose)
    menu.popup(at)
    return menu


class _Chooser(QWidget):
    """Does what was chosen in the menu that owns it."""

    def __init__(self, session: Session, menu: QMenu, view: QWidget) -> None:
        super().__init__(menu)
        self._session = session
        self._view = view
        self.hide()

    def choose(self, action: object) -> None:
        """Step inside the node of the action, or out."""
        node = action.data()  # type: ignore[attr-defined]
        if node is None:
            self._session.step_out()
        elif isinstance(node, tuple):
            self._ask(*node)
        else:
            self._session.step_inside(int(node), self._session.selected_entry)

    def _ask(self, node: int, at: QPoint) -> None:
        """Let an entry of the node be chosen."""
        place = QRect(self._view.mapFromGlobal(at), QSize(1, 1))
        open_entries(self._session, self._view, node, place, self._session.selected_entry)


class Crumbs(Panel):
    """Where one is when a node was opened: `Operations › layer1.z › @`; nothing otherwise."""

    def __init__(self, session: Session, stage: QWidget) -> None:
        super().__init__(session, stage)
        self.setProperty("kind", "well")
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row = QHBoxLayout()
        self._lines.addLayout(self._row)
        self.chooser = EntryChooser(session, self)
        self.chooser.hide()
        self.note = QLabel(self)
        self.note.setProperty("kind", "muted")
        self.note.hide()
        entry = QHBoxLayout()
        entry.addWidget(self.chooser)
        entry.addWidget(self.note)
        self._lines.addLayout(entry)
        self.chooser.chosen.connect(session.show_entry)
        self.chooser.accepted.connect(stage.setFocus)
        self.chooser.left.connect(stage.setFocus)
        session.timeline_changed.connect(self._fill)
        self._restyle()

    def _fill(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        tr, opened = self.session.tr, self.session.opened
        self.setVisible(bool(opened))
        if not opened:
            return
        names = [tr(LEVEL_NAMES[self.session.level]), *(frame.name for frame in opened)]
        self.setAccessibleName(f"{tr(Message('crumb.name'))}: {' › '.join(names)}")
        for depth, name in enumerate(names[:-1]):
            button = Button("plain", parent=self)
            button.setText(name)
            button.setToolTip(tr(Message("crumb.tip", name=name)))
            button.setAccessibleName(tr(Message("crumb.tip", name=name)))
            button.setProperty("depth", depth)
            button.clicked.connect(self._on_clicked)
            self._row.addWidget(button)
            self._row.addWidget(QLabel("›", self))
        last = QLabel(names[-1], self)
        last.setProperty("strong", True)
        self._row.addWidget(last)
        close = Button("plain", parent=self)
        close.setText("×")
        words = tr(Message("inside.close", name=names[-1]))
        close.setToolTip(f"{words} (Esc)")
        close.setAccessibleName(words)
        close.setProperty("depth", len(names) - 2)
        close.clicked.connect(self._on_clicked)
        self._row.addWidget(close)
        self._row.addStretch()
        frame = opened[-1]
        self.chooser.setVisible(frame.entry is not None)
        if frame.entry is not None:
            self.chooser.show_entry(frame.shape, frame.entry)
        note = frame_note(frame)
        self.note.setText(tr(note) if note is not None else "")
        for place in range(self._row.count()):
            item = self._row.itemAt(place)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.show()  # otherwise only the next event loop would
        self._arrange(last)
        self.adjustSize()
        self.raise_()

    def _arrange(self, last: QLabel) -> None:
        """Take one line if there is room for it, or two; on a narrow stage the note is a tip."""
        stage = self.parentWidget()
        room = (stage.width() if stage is not None else 0) - self.px(28)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        for way, noted in ((across, True), (down, True), (down, False)):
            self._lines.setDirection(way)
            self.note.setVisible(noted and bool(self.note.text()))
            self._lines.activate()
            if self.sizeHint().width() <= room:
                break
        last.setToolTip("" if self.note.isVisibleTo(self) else self.note.text())

    def event(self, event: QEvent) -> bool:
        """Keep the size of what is inside, also when its letters have another size later."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.adjustSize()
        return done

    def _on_clicked(self) -> None:
        depth = self.sender().property("depth")
        spot = self.session.opened[depth].spot
        if spot is not None:
            self.session.close_inside(spot)

    def _retranslate(self) -> None:
        self._fill()

    def _restyle(self) -> None:
        self._lines.setContentsMargins(self.px(8), self.px(2), self.px(8), self.px(2))
        self._lines.setSpacing(self.px(8))
        self._row.setSpacing(self.px(4))
        self._fill()
