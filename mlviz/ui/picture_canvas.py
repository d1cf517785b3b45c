"""A picture as tall as it needs to be, of which the boxes can be pointed at and chosen."""

from PySide6.QtCore import SIGNAL, QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlviz.picture.items import Box, Picture, Rect, Role
from mlviz.ui.painting import paint
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.widgets import Panel


class PictureCanvas(Panel):
    """Shows a picture; a box with a key can be pointed at, and chosen by a click or by keys."""

    pointed = Signal(str)
    """The key under the pointer; empty for none."""
    chosen = Signal(str)
    """The key that was clicked, or reached with the arrow keys."""
    opened = Signal(str)
    """The key that was double-clicked, or on which Return was pressed."""
    asked = Signal(QPointF, QPoint)
    """What is this? A place of the picture, and the same place on the screen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.setMouseTracking(True)
        self._picture: Picture | None = None
        self._boxes: list[Box] = []
        self._under = ""
        self.current = ""

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture, or nothing."""
        self._picture = picture
        items = picture.items if picture else ()
        self._boxes = [item for item in items if isinstance(item, Box) and item.key]
        policy = Qt.FocusPolicy.StrongFocus if self._boxes else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)
        self.setFixedHeight(self.px(picture.bounds.height) if picture else 0)
        self.update()

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._picture

    def rect_of(self, key: str) -> Rect | None:
        """Return where a box is, px of the picture."""
        return next((box.rect for box in self._boxes if box.key == key), None)

    def key_at(self, point: QPointF) -> str:
        """Return the key of the box at a point of the widget; empty for none."""
        unit = self.session.scale
        x, y = point.x() / unit, point.y() / unit
        return next((box.key for box in reversed(self._boxes) if box.rect.contains(x, y)), "")

    def sizeHint(self) -> QSize:
        """Ask for the height of the picture."""
        height = self._picture.bounds.height if self._picture else 0
        return QSize(self.px(240), self.px(height))

    # --- Events ----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Let the owner answer what a mark is."""
        answers = self.receivers(SIGNAL("asked(QPointF,QPoint)")) > 0
        if answers and event.type() is QEvent.Type.QueryWhatsThis:
            event.accept()
            return True
        if answers and isinstance(event, QHelpEvent) and event.type() is QEvent.Type.WhatsThis:
            self.asked.emit(QPointF(event.pos()) / self.session.scale, event.globalPos())
            return True
        return super().event(event)

    def _point_at(self, key: str) -> None:
        if key != self._under:
            self._under = key
            hand = Qt.CursorShape.PointingHandCursor
            self.setCursor(hand if key else Qt.CursorShape.ArrowCursor)
            self.pointed.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is under the pointer."""
        self._point_at(self.key_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._point_at("")
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        key = self.key_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what is under the pointer."""
        key = self.key_at(event.position())
        if key and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(key)

    def _choose(self, key: str) -> None:
        self.current = key
        self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from one to the next with the arrow keys; Escape leaves all of them."""
        keys = [box.key for box in self._boxes]
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and keys:
            place = keys.index(self.current) + step if self.current in keys else 0
            self._choose(keys[min(max(place, 0), len(keys) - 1)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current in keys:
            self.opened.emit(self.current)
        elif event.key() == Qt.Key.Key_Escape and self.current:
            self._choose("")
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture."""
        session = self.session
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.fillRect(event.rect(), session.theme.colour(Role.PANEL))
        if self._picture is not None:
            paint(painter, self._picture, session.theme, session.tr, session.scale)
        if self.hasFocus() and self._boxes:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(session.theme.colour(Role.SELECTED), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()
