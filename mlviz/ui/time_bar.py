"""What bars of time share: a cursor that is dragged, and a tip of what is under the pointer."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from mlviz.picture.items import Role
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session

KNOB = 9.0
"""Radius of the cursor's knob, in px at scale 1."""
_HEIGHT = 54


class TimeBar(QSlider):
    """A bar on which one goes to a moment; a slider to those who cannot see it.

    Attributes:
        centre: of the bar, from the top, in px at scale 1.
        thickness: of the bar.
        margin: room for the cursor's knob at both ends.
    """

    centre, thickness, margin = 32, 12, 12

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.session = session
        self._hover: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # To be overridden.
    def go(self, x: float, *, dragging: bool) -> None:
        """Go to what lies at a place, in px from the left."""
        raise NotImplementedError

    def tip(self, x: float) -> str:
        """Return what there is at a place."""
        raise NotImplementedError

    # --- Places ----------------------------------------------------------------------------

    def _px(self, length: float) -> int:
        return round(length * self.session.scale)

    def _left(self) -> float:
        return self.margin * self.session.scale

    def _length(self) -> float:
        return max(self.width() - 2 * self.margin * self.session.scale, 1.0)

    def _fraction(self, x: float) -> float:
        return min(max((x - self._left()) / self._length(), 0.0), 1.0)

    def _track(self) -> tuple[float, float]:
        height = self.thickness * self.session.scale
        return self.centre * self.session.scale - height / 2, height

    def sizeHint(self) -> QSize:
        """Take a line for words and one for the bar."""
        return QSize(self._px(400), self._px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Shrink to a third of that."""
        return QSize(self._px(140), self._px(_HEIGHT))

    # --- What a person does ----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.go(event.position().x(), dragging=False)
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the cursor, or tell what is under the pointer."""
        x = event.position().x()
        self._hover = x
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.go(x, dragging=True)
        self._show_tip(event.globalPosition().toPoint())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing any longer."""
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._hover = event.pos().x()
            self._show_tip(event.globalPos())
            return True
        return super().event(event)

    def _show_tip(self, at: QPoint) -> None:
        if self._hover is not None:
            QToolTip.showText(at + QPoint(0, self._px(14)), self.tip(self._hover), self)

    # --- How it looks ----------------------------------------------------------------------

    def _paint_hover(self, painter: QPainter) -> None:
        """Paint a line where the pointer is."""
        if self._hover is None:
            return
        top, height = self._track()
        colour = QColor(self.session.theme.colour(Role.TEXT))
        colour.setAlphaF(0.5)
        painter.setPen(QPen(colour, max(self.session.scale, 1.0)))
        x = self._left() + self._fraction(self._hover) * self._length()
        painter.drawLine(QPointF(x, top - 4), QPointF(x, top + height + 4))

    def _paint_alarm(self, painter: QPainter, x: float) -> None:
        """Mark a bad number by a red disc with an exclamation mark."""
        theme, unit = self.session.theme, self.session.scale
        place, radius = QPointF(x, self.centre * unit), 8.5 * unit
        painter.setPen(QPen(theme.colour(Role.PANEL), 1.5 * unit))
        painter.setBrush(theme.colour(Role.BAD))
        painter.drawEllipse(place, radius, radius)
        painter.setFont(ui_font(12 * unit, bold=True))
        box = QRectF(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "!")

    def _paint_knob(self, painter: QPainter, x: float, ring: float) -> None:
        """Paint the cursor's knob, and a ring around it where the keyboard is."""
        theme, unit = self.session.theme, self.session.scale
        place = QPointF(x, self.centre * unit)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), 2 * unit))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, (KNOB + ring) * unit, (KNOB + ring) * unit)
        painter.setPen(QPen(theme.colour(Role.STRONG), 2.4 * unit))
        painter.setBrush(theme.colour(Role.PANEL))
        painter.drawEllipse(place, KNOB * unit, KNOB * unit)
