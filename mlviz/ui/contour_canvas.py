"""The map of the loss on the screen."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.contour import Landscape
from mlviz.picture.contour_map import contour_picture, loss_at, map_axes
from mlviz.picture.items import Picture, Role
from mlviz.ui.focus_ring import FocusRing
from mlviz.ui.headline import paint_middle
from mlviz.ui.painting import paint
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.widgets import Panel


class ContourCanvas(Panel):
    """Shows the map."""

    pointed = Signal(float, float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._read: QPointF | None = None  # where the keys read
        self._ring = FocusRing()
        self.landscape: Landscape | None = None
        self.cursor_at = 1
        self.down: tuple[float, float] | None = None
        self.here = (0.0, 0.0)
        self._picture: tuple[tuple[object, ...], Picture] | None = None

    def picture(self) -> Picture | None:
        """Return the map; None if there is none."""
        if self.landscape is None:
            return None
        unit = self.session.scale
        done = int(self.landscape.rows_done.sum())
        path = len(self.landscape.path)
        size = (self.width(), self.height(), unit)
        key = (id(self.landscape), done, path, size, self.cursor_at, self.down, self.here)
        if self._picture is None or self._picture[0] != key:
            made = contour_picture(
                self.landscape,
                self.width() / unit,
                self.height() / unit,
                cursor=self.cursor_at,
                down=self.down,
                here=self.here,
            )
            self._picture = key, made
        return self._picture[1]

    def loss_under(self, point: QPointF) -> tuple[float, float, float] | None:
        """Return the nearest computed loss, with both numbers on the axes there."""
        landscape, unit = self.landscape, self.session.scale
        if landscape is None:
            return None
        axes = map_axes(landscape, self.width() / unit, self.height() / unit)
        cell = loss_at(landscape, axes, (point.x() / unit, point.y() / unit))
        if cell is None or not landscape.rows_done[cell[0]]:
            return None
        steps, (x, y) = landscape.steps(), landscape.directions.start
        loss = float(landscape.losses[cell])
        return x + float(steps[cell[1]]), y + float(steps[cell[0]]), loss

    def sizeHint(self) -> QSize:
        """Ask for a map that can be read."""
        return QSize(self.px(460), self.px(400))

    def _restyle(self) -> None:
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read the map with the arrow keys, from point to point; Escape stops that."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step, landscape = steps.get(Qt.Key(event.key())), self.landscape
        if event.key() == Qt.Key.Key_Escape and self._read is not None:
            self._read = None
        elif step is not None and landscape is not None:
            unit = self.session.scale
            area = map_axes(landscape, self.width() / unit, self.height() / unit).area
            x, y = area.center if self._read is None else self._read.toTuple()
            x += step[0] * area.width / (landscape.side - 1)
            y += step[1] * area.height / (landscape.side - 1)
            self._read = QPointF(min(max(x, area.x), area.right), min(max(y, area.y), area.bottom))
            self.pointed.emit(self._read.x() * unit, self._read.y() * unit)
        else:
            super().keyPressEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring, if the keyboard came by a key."""
        super().focusInEvent(event)
        self._ring.on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self._read = None
        self._ring.on_focus(self, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the pointer is."""
        self.pointed.emit(event.position().x(), event.position().y())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the map."""
        session = self.session
        painter = QPainter(self)
        painter.fillRect(self.rect(), session.theme.colour(Role.PANEL))
        picture = self.picture()
        if picture is None:
            paint_middle(painter, self.rect(), session, Message("contour.ask"))
        else:
            paint(painter, picture, session.theme, session.tr, session.scale)
            if picture.summary is not None:
                self.setAccessibleDescription(session.tr(picture.summary))
        if self._read is not None and picture is not None:
            unit = session.scale
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(session.theme.colour(Role.SELECTED), 2 * unit))
            painter.drawEllipse(self._read * unit, 6 * unit, 6 * unit)
        self._ring.paint(self, painter, session.theme)
        painter.end()
