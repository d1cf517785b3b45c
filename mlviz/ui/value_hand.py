"""Values on the stage, changed by hand: typed in their place, dragged, or moved by keys."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_full
from mlviz.picture.items import Rect, Role
from mlviz.ui.entry_popup import open_entries
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from mlviz.ui.value_editor import ValueEditor
from mlviz.ui.what_if import step_of, stepped

Spot = tuple[int, tuple[int, ...]]
"""A node and which of its entries."""

_FEWEST = 3
"""Px that the pointer moves before it drags."""


class ValueHand(QObject):
    """Lets the values of leaves be changed on the stage.

    A double click opens an editor in the value's place. A value is dragged to the left and
    right where its handles are, which are shown on the selected leaf, or anywhere on it with
    Ctrl held. Of the selected leaf, the up and down keys move the value by a step, with Shift
    by ten, and Return or F2 opens the editor. Of a leaf of many numbers one is chosen first.
    """

    def __init__(self, stage: StageView) -> None:
        super().__init__(stage)
        self.session: Session = stage.session
        self._stage = stage
        self._editor: ValueEditor | None = None
        self._held: tuple[Spot, float, float] | None = None
        self._moved = False
        self.handles = Handles(stage, self)
        stage.installEventFilter(self)
        self.session.timeline_changed.connect(self._on_moved)
        self.session.position_changed.connect(self._on_moved)
        self.session.selection_changed.connect(self._on_moved)
        self.session.document_changed.connect(self.close_editor)

    # --- Where values are ------------------------------------------------------------------

    def spot_at(self, point: QPointF) -> Spot | None:
        """Return the value under a point of the stage that can be changed."""
        node, graph = self._stage.node_at(point), self.session.graph
        if node is None or graph is None:
            return None
        x, y = self._stage.camera().to_picture(point.x(), point.y())
        for index, rect in graph.entry_rects(node).items():
            if rect.contains(x, y) and self.session.what_if.place(node, index) is not None:
                return node, index
        return None

    def rect_of(self, spot: Spot) -> QRect:
        """Return where a value is seen on the stage; an empty rectangle if it is not."""
        graph = self.session.graph
        rect = graph.entry_rects(spot[0]).get(spot[1]) if graph else None
        if rect is None:
            return QRect()
        seen: Rect = self._stage.camera().to_widget(rect)
        return QRectF(seen.x, seen.y, seen.width, seen.height).toAlignedRect()

    def selected_spot(self) -> Spot | None:
        """Return the value of the selected leaf: the only one, or the selected entry."""
        node = self.session.selected
        if node is None:
            return None
        value = self.session.timeline.tape[node].value
        index = self.session.selected_entry or (0,) * value.ndim
        if value.size != 1 and self.session.selected_entry is None:
            return None
        return (node, index) if self.session.what_if.place(node, index) is not None else None

    # --- Typing ----------------------------------------------------------------------------

    @property
    def editor(self) -> ValueEditor | None:
        """The open editor."""
        return self._editor

    def edit(self, spot: Spot) -> None:
        """Open an editor in the place of a value; one that is only a shade is edited below it."""
        self.close_editor()
        node, index = spot
        if self.rect_of(spot).isEmpty():
            self.choose_entry(node, index)
            return
        editor = ValueEditor(self.session, node, index, self._stage)
        editor.closed.connect(self.close_editor)
        self._editor = editor
        self._place_editor()
        editor.show()
        editor.setFocus(Qt.FocusReason.PopupFocusReason)
        editor.selectAll()

    def choose_entry(self, node: int, index: tuple[int, ...] | None = None) -> bool:
        """Let one of many entries be chosen and typed; tell whether there are many."""
        place = self._stage.node_rect(node)
        return open_entries(self.session, self._stage, node, place, index) is not None

    def close_editor(self) -> None:
        """Close the editor without changing anything."""
        if self._editor is not None:
            editor, self._editor = self._editor, None
            had = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had:
                self._stage.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_editor(self) -> None:
        if self._editor is None:
            return
        rect = self.rect_of((self._editor.node, self._editor.index))
        px = self.session.scale
        wide, high = max(rect.width(), round(118 * px)), max(rect.height(), round(28 * px))
        box = QRect(0, 0, wide, high)
        box.moveCenter(rect.center())
        self._editor.setGeometry(box)

    def _on_moved(self) -> None:
        if self._editor is not None:
            if self._editor.node >= len(self.session.timeline.tape):
                self.close_editor()
            else:
                self._place_editor()
        self.handles.place()

    # --- Dragging and keys -----------------------------------------------------------------

    def step(self, spot: Spot, steps: float) -> None:
        """Move a value by some steps; many in a row are one change."""
        what_if = self.session.what_if
        value = what_if.value(*spot)
        moved = stepped(value, steps, step_of(value))
        what_if.set(spot[0], moved, spot[1], dragging=True)

    def take(self, spot: Spot, x: float) -> None:
        """Take hold of a value at a place of the stage."""
        self.session.what_if.drop()
        self._held, self._moved = (spot, x, self.session.what_if.value(*spot)), False

    def drag(self, x: float, *, fast: bool = False) -> None:
        """Move the held value: a step for each px."""
        if self._held is None:
            return
        spot, start, value = self._held
        if not self._moved and abs(x - start) < _FEWEST:
            return
        self._moved = True
        steps = round((x - start) / self.session.scale) * (10 if fast else 1)
        moved = stepped(value, steps, step_of(value))
        if moved != self.session.what_if.value(*spot):
            self.session.what_if.set(spot[0], moved, spot[1], dragging=True)

    def let_go(self) -> None:
        """End the drag."""
        self._held = None
        self.session.what_if.drop()

    # --- Events of the stage ---------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what concerns a value before the stage does."""
        done = False
        if isinstance(event, QMouseEvent):
            done = self._mouse(event)
        elif isinstance(event, QKeyEvent):
            done = self._key(event)
        elif event.type() in (QEvent.Type.Resize, QEvent.Type.Paint):
            self._place_editor()
            self.handles.place()
        return done or super().eventFilter(watched, event)

    def _mouse(self, event: QMouseEvent) -> bool:
        left = event.button() is Qt.MouseButton.LeftButton
        match event.type():
            case QEvent.Type.MouseButtonDblClick if left:
                spot = self.spot_at(event.position()) or self._only_spot(event.position())
                if spot is not None:
                    self.edit(spot)
                    return True
                node = self._large_leaf(self._stage.node_at(event.position()))
                if node is not None:
                    return self.choose_entry(node)
            case QEvent.Type.MouseButtonPress if left:
                control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                spot = self.spot_at(event.position()) if control else None
                if spot is not None:
                    self.session.select(spot[0])
                    self.take(spot, event.position().x())
                    return True
            case QEvent.Type.MouseMove if self._held is not None:
                fast = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.drag(event.position().x(), fast=bool(fast))
                return True
            case QEvent.Type.MouseButtonRelease if self._held is not None:
                self.let_go()
                return True
        return False

    def _only_spot(self, point: QPointF) -> Spot | None:
        """Return the value of the leaf under a point, wherever on its box, if it is single."""
        node = self._stage.node_at(point)
        if node is None or self.session.timeline.tape[node].value.size != 1:
            return None
        index = (0,) * self.session.timeline.tape[node].value.ndim
        return (node, index) if self.session.what_if.place(node, index) is not None else None

    def _large_leaf(self, node: int | None) -> int | None:
        """Return the node if it is a leaf of many numbers that can be changed."""
        if node is None:
            return None
        first = (0,) * self.session.timeline.tape[node].value.ndim
        return node if self.session.what_if.place(node, first) is not None else None

    def _key_for_many(self, event: QKeyEvent) -> bool:
        """Let an entry of the selected array be chosen: to be changed, or to be looked into."""
        selected, shift = self.session.selected, Qt.KeyboardModifier.ShiftModifier
        returns = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if selected is None or event.type() != QEvent.Type.KeyPress:
            return False
        if self._large_leaf(selected) is not None and (returns or event.key() == Qt.Key.Key_F2):
            return self.choose_entry(selected)
        if returns and event.modifiers() & shift and self.session.inside_reason(selected) is None:
            return self.choose_entry(selected, self.session.selected_entry)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        ):
            return False
        keys = Qt.Key
        spot = self.selected_spot()
        wanted = (keys.Key_Up, keys.Key_Down, keys.Key_Return, keys.Key_Enter, keys.Key_F2)
        if spot is None:
            return self._key_for_many(event)
        if event.key() not in wanted:
            return False
        if event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            self.session.what_if.drop()
        elif event.type() == QEvent.Type.KeyPress:
            if event.key() in (keys.Key_Up, keys.Key_Down):
                sign = 1 if event.key() == keys.Key_Up else -1
                large = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.step(spot, sign * (10 if large else 1))
            else:
                self.edit(spot)
        return event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


class Handles(QWidget):
    """Two arrows at the value of the selected leaf, by which it is dragged."""

    def __init__(self, stage: StageView, hand: ValueHand) -> None:
        super().__init__(stage)
        self._hand = hand
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.hide()

    def place(self) -> None:
        """Go where the selected leaf's value is, or away."""
        hand = self._hand
        spot = hand.selected_spot()
        rect = hand.rect_of(spot) if spot else QRect()
        px = hand.session.scale
        if rect.isEmpty() or rect.height() < 10 * px or hand.editor is not None:
            self.setVisible(False)
            return
        side = min(round(rect.height() * 1.15), round(26 * px))
        top = rect.center().y() - side // 2
        self.setGeometry(QRect(rect.left(), top, side, side))
        session = hand.session
        assert spot is not None
        value = format_full(session.what_if.value(*spot))
        self.setToolTip(session.tr(Message("change.handle", value=value)))
        self.setAccessibleName(session.tr(Message("change.handle", value=value)))
        self.setVisible(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the value."""
        spot = self._hand.selected_spot()
        if spot is not None and event.button() is Qt.MouseButton.LeftButton:
            self._hand.take(spot, event.globalPosition().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the value."""
        fast = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self._hand.drag(event.globalPosition().x(), fast=bool(fast))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._hand.let_go()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the editor."""
        spot = self._hand.selected_spot()
        if spot is not None:
            self._hand.edit(spot)

    def paintEvent(self, _: object) -> None:
        """Paint an arrow to the left and one to the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._hand.session.theme.colour(Role.SELECTED))
        unit = self.width() / 26
        middle = self.height() / 2
        for sign in (-1, 1):
            tip = self.width() / 2 + sign * 10 * unit
            base = self.width() / 2 + sign * 3 * unit
            triangle = [(tip, middle), (base, middle - 6 * unit), (base, middle + 6 * unit)]
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in triangle]))
        painter.end()
