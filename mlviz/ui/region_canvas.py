"""The plane or the curve on the screen: painted, pointed at, clicked, and drawn upon."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.region_scene import RegionScene
from mlviz.ui.class_marks import class_colour
from mlviz.ui.focus_ring import FocusRing
from mlviz.ui.headline import paint_middle
from mlviz.ui.region_ground import RegionGround
from mlviz.ui.region_paint import (
    RADIUS,
    curve_path,
    hatching_image,
    line_chains,
    line_pieces,
    look_of,
    marks_pixmap,
    paint_mark,
    paint_rings,
    plane_image,
)
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.widgets import Panel

_LEFT, _TOP, _RIGHT, _BOTTOM = 50.0, 8.0, 12.0, 38.0
_REACH = 9.0
_PITCH = 9.0
_SPACING = 14.0
"""Px between two points that are drawn by dragging."""
_MANY = 600
_ROOMY = 300.0


NO_NETWORK = Message("region.no_network")


class RegionCanvas(Panel):
    """Shows a `RegionScene`."""

    pointed = Signal(float, float)
    """A place on the plane, from the left and from the top, 0 to 1; below 0 for none."""
    chosen = Signal(int)
    """An example, by its place in the scene; −1 for none."""
    opened = Signal(int)
    """An example that is to be followed through the network."""
    drawn = Signal(list)
    """Places that were drawn with the pencil."""
    erased = Signal(list)
    """Examples that were wiped out, by their places in the scene."""

    resized = Signal()
    """The plane has another size, so it reaches farther or less far."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 100)
        self.scene: RegionScene | None = None
        self.reason: Message | None = None
        """Why there is no scene, once that is known."""
        self.selected = -1
        self.residuals = False
        self.tool = "point"
        """What the mouse does: `point`, `pencil` or `eraser`."""
        self.ink = 0
        """The class that is drawn."""
        self._stroke: list[tuple[float, float]] = []
        self._wiped: set[int] = set()
        self._wiping = False
        self._marks: QPixmap | None = None
        self._marks_of: tuple[object, ...] = ()
        self._image: QImage | None = None
        self._ground = RegionGround()
        self._ring = FocusRing()

    def show_scene(self, scene: RegionScene | None) -> None:
        """Show something else."""
        self.scene = scene
        self._image = None
        self.update()

    def _place(self) -> None:
        self.resized.emit()

    def sizeHint(self) -> QSize:
        """Ask for a plane that can be read."""
        return QSize(self.px(460), self.px(400))

    # --- Places ----------------------------------------------------------------------------

    @property
    def area(self) -> QRectF:
        """Where the plane lies."""
        unit = self.session.scale
        left, top = _LEFT * unit, _TOP * unit
        width = max(self.width() - left - _RIGHT * unit, 10)
        height = max(self.height() - top - _BOTTOM * unit, 10)
        return QRectF(round(left), round(top), round(width), round(height))

    @property
    def stretch(self) -> float:
        """How many times wider than high the plane is."""
        return self.area.width() / self.area.height()

    def place_at(self, point: QPointF) -> tuple[float, float] | None:
        """Return the place under a point of the widget, 0 to 1; None outside of the plane."""
        area = self.area
        if not area.contains(point):
            return None
        return (
            (point.x() - area.left()) / area.width(),
            (point.y() - area.top()) / area.height(),
        )

    def example_at(self, point: QPointF) -> int:
        """Return the example under a point of the widget; −1 for none."""
        scene, area = self.scene, self.area
        if scene is None or not len(scene.places):
            return -1
        away = scene.places * [area.width(), area.height()]
        away -= [point.x() - area.left(), point.y() - area.top()]
        distances = np.hypot(away[:, 0], away[:, 1])
        nearest = int(distances.argmin())
        return nearest if distances[nearest] <= _REACH * self.session.scale else -1

    # --- Mouse and keys --------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point, draw or wipe."""
        place = self.place_at(event.position())
        if self._wiping:
            self._wipe(event.position())
        elif self._stroke and place is not None:
            self._draw(place)
        self.pointed.emit(*(place if place is not None else (-1.0, -1.0)))
        over = place is not None and (
            self.tool != "point" or self.example_at(event.position()) >= 0
        )
        shape = Qt.CursorShape
        hand = shape.PointingHandCursor if self.tool == "point" else shape.CrossCursor
        self.setCursor(hand if over else shape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose an example, or begin to draw or to wipe."""
        place = self.place_at(event.position())
        right = event.button() is Qt.MouseButton.RightButton
        if self.tool == "point":
            if not right:
                self.chosen.emit(self.example_at(event.position()))
        elif place is not None and (self.tool == "eraser" or right):
            self._wiping = True
            self._wipe(event.position())
        elif place is not None:
            self._stroke = [place]
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was drawn or wiped out: one stroke is one change."""
        stroke, wiped = self._stroke, sorted(self._wiped)
        self._stroke, self._wiped, self._wiping = [], set(), False
        if stroke:
            self.drawn.emit(stroke)
        if wiped:
            self.erased.emit(wiped)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Follow an example through the network."""
        example = self.example_at(event.position())
        if self.tool == "point" and example >= 0:
            self.opened.emit(example)
        else:
            self.mousePressEvent(event)

    def _draw(self, place: tuple[float, float]) -> None:
        area, last = self.area, self._stroke[-1]
        across = (place[0] - last[0]) * area.width()
        down = (place[1] - last[1]) * area.height()
        if math.hypot(across, down) >= _SPACING * self.session.scale:
            self._stroke.append(place)
            self.update()

    def _wipe(self, point: QPointF) -> None:
        example = self.example_at(point)
        if example >= 0:
            self._wiped.add(example)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.pointed.emit(-1.0, -1.0)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from example to example; Return follows one through the network."""
        scene, key = self.scene, event.key()
        count = 0 if scene is None else len(scene.places)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10}
        steps[Qt.Key.Key_PageUp] = -10
        if count and key in steps:
            start = self.selected if self.selected >= 0 else -steps[Qt.Key(key)]
            self.chosen.emit((start + steps[Qt.Key(key)]) % count)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected >= 0:
            self.opened.emit(self.selected)
        elif key == Qt.Key.Key_Delete and self.selected >= 0 and self.tool != "point":
            self.erased.emit([self.selected])
        elif key == Qt.Key.Key_Escape and self.selected >= 0:
            self.chosen.emit(-1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring, if the keyboard came by a key."""
        super().focusInEvent(event)
        self._ring.on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self._ring.on_focus(self, event)

    # --- Painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scene."""
        theme, scene, area = self.session.theme, self.scene, self.area
        painter = QPainter(self)
        if scene is None:
            painter.fillRect(self.rect(), theme.colour(Role.PANEL))
            if self.reason is not None:
                paint_middle(painter, self.rect(), self.session, self.reason)
        else:
            ratio, unit = self.devicePixelRatioF(), self.session.scale
            ground = self._ground.pixmap(scene, area, self.size(), ratio, theme, unit)
            painter.drawPixmap(0, 0, ground)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.save()
            painter.setClipRect(area)
            if scene.answers is not None:
                self._paint_plane(painter, scene, area)
            else:
                self._paint_curves(painter, scene, area)
            self._paint_examples(painter, scene, area)
            painter.restore()
            painter.setPen(pen(theme.colour(Role.LINE), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
        self._ring.paint(self, painter, theme)
        painter.end()

    def _paint_plane(self, painter: QPainter, scene: RegionScene, area: QRectF) -> None:
        theme, unit = self.session.theme, self.session.scale
        if self._image is None:
            self._image = plane_image(scene, theme)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image)
        if len(scene.classes) > 2:
            pitch = max(round(_PITCH * unit), 4)
            width, height = round(area.width()), round(area.height())
            image = hatching_image(scene, theme, width, height, pitch)
            painter.drawImage(area.topLeft(), image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        assert scene.answers is not None
        painter.setPen(pen(theme.colour(Role.TEXT), 1.6 * unit, flat=True))
        painter.drawLines(line_pieces(scene.answers.lines, area))
        # Dashes run along a whole line; a light seam lets them be seen on every colour.
        for line in line_chains(scene.other_lines, area):
            painter.setPen(pen(theme.colour(Role.PANEL), 3.6 * unit))
            painter.drawPolyline(line)
            painter.setPen(pen(theme.colour(Role.TEXT), 1.8 * unit, dashed=True))
            painter.drawPolyline(line)

    def _paint_curves(self, painter: QPainter, scene: RegionScene, area: QRectF) -> None:
        theme, unit = self.session.theme, self.session.scale
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.residuals and not scene.classes:
            painter.setPen(pen(theme.colour(Role.BAD), 1.2 * unit, flat=True))
            painter.drawLines(self._residual_lines(scene, area))
        if scene.truth is not None:
            painter.setPen(pen(theme.colour(Role.MUTED), 1.6 * unit, dashed=True))
            painter.drawPolyline(curve_path(scene.truth.x, scene.truth.y[:, 0], scene, area))
        if scene.other_curve is not None:
            painter.setPen(pen(theme.colour(Role.TEXT), 1.8 * unit, dashed=True))
            for column in scene.other_curve.y.T:
                painter.drawPolyline(curve_path(scene.other_curve.x, column, scene, area))
        assert scene.curve is not None
        columns = scene.curve.y.T
        for number, column in enumerate(columns):
            colour = theme.colour(Role.FORWARD)
            if len(columns) > 1:
                colour = class_colour(theme, number)
            line = curve_path(scene.curve.x, column, scene, area)
            painter.setPen(pen(colour, 2.4 * unit))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(line)
            if len(columns) > 1 and line.size():
                # Its class's shape says whose curve it is, at another place for each.
                end = line.at(max(line.size() - 1 - 9 * (number + 1), 0))
                self._paint_mark(painter, end, number, colour)

    def _residual_lines(self, scene: RegionScene, area: QRectF) -> list[QLineF]:
        lines = []
        for (x, y), end in zip(scene.places.tolist(), scene.ends.tolist(), strict=True):
            if math.isfinite(end):
                across = area.left() + x * area.width()
                reach = min(max(end, -1.0), 2.0)
                lines.append(
                    QLineF(
                        across,
                        area.top() + y * area.height(),
                        across,
                        area.top() + reach * area.height(),
                    )
                )
        return lines

    def _paint_examples(self, painter: QPainter, scene: RegionScene, area: QRectF) -> None:
        theme, unit = self.session.theme, self.session.scale
        radius = RADIUS * unit * (1.0 if len(scene.places) <= _MANY else 0.7)
        # On a small plane large marks would hide each other, and the plane.
        radius *= min(max(min(area.width(), area.height()) / (_ROOMY * unit), 0.6), 1.0)
        # Examples stay the same while the network learns, so their marks are painted once.
        marks_of = (scene.places.tobytes(), scene.parts.tobytes(), scene.kinds.tobytes(),
                    scene.values.tobytes(), area, theme.name, radius)  # fmt: skip
        if self._marks is None or marks_of != self._marks_of:
            ratio = self.devicePixelRatioF()
            self._marks = marks_pixmap(scene, theme, area, radius, ratio)
            self._marks_of = marks_of
        painter.drawPixmap(area.topLeft(), self._marks)
        text, bad, chosen = (theme.colour(r) for r in (Role.TEXT, Role.BAD, Role.SELECTED))
        wiped = scene.places[sorted(self._wiped)]
        paint_rings(painter, scene.places[scene.wrong], area, radius + 3 * unit, text, 1.5 * unit)
        paint_rings(painter, wiped, area, radius + 2 * unit, bad, 2.5 * unit)
        if 0 <= self.selected < len(scene.places):
            ring = scene.places[[self.selected]]
            paint_rings(painter, ring, area, radius + 6 * unit, chosen, 3 * unit)
            kind, colour = look_of(scene, theme, self.selected)
            self._paint_mark(painter, self._point(area, *ring[0]), kind, colour)
        for x, y in self._stroke:
            colour = class_colour(theme, self.ink) if scene.classes else theme.colour(Role.MUTED)
            self._paint_mark(painter, self._point(area, x, y), self.ink, colour)

    def _point(self, area: QRectF, x: float, y: float) -> QPointF:
        return QPointF(area.left() + x * area.width(), area.top() + y * area.height())

    def _paint_mark(self, painter: QPainter, point: QPointF, kind: int, colour: QColor) -> None:
        painter.save()
        painter.translate(point)
        paint_mark(painter, self.session.theme, kind, 0, RADIUS * self.session.scale, colour)
        painter.restore()
