"""The network on the stage: neurons and weights, with a camera and a pointer."""

from html import escape

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_full
from mlviz.picture.items import Picture, Rect, Role
from mlviz.picture.network import NetworkPictures, network_pictures
from mlviz.picture.network_legend import network_legend
from mlviz.trace.neurons import Place, entry_gradient, entry_value
from mlviz.ui.camera import Camera, Lens, panned
from mlviz.ui.focus_ring import FocusRing
from mlviz.ui.grip import Grip
from mlviz.ui.headline import paint_headline, paint_middle
from mlviz.ui.moment import state_shown
from mlviz.ui.node_tip import tip_table
from mlviz.ui.painting import paint
from mlviz.ui.row_chooser import RowChooser
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

_TOP, _SIDE, _GAP = 48.0, 8.0, 10.0
_LEFT = 20.0
_LEAST_FOR_LEGEND = 300.0
_ZOOM_KEY, _WHEEL = 1.2, 1.0015


class _NetworkLens(Lens):
    LEGIBLE = 0.7
    LARGEST = 1.6


class NetworkView(Panel):
    """The network at the session's position.

    The wheel zooms at the pointer, dragging moves the picture, a double click fits it. Keys,
    while it has the keyboard: + and − zoom, N and Shift+N select the next and the previous
    neuron, R and Shift+R show the next and the previous row of the batch, Escape selects nothing.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.headline = True
        """Whether what happens now is written above; not if it stands elsewhere already."""
        self.inset = 0
        """Px at the right of the headline that belong to somebody else."""
        self._pictures: NetworkPictures | None = None
        self._stale = True
        self._picture: Picture | None = None
        self._lens = _NetworkLens()
        self._grip = Grip()
        self._ring = FocusRing()
        self.rows = RowChooser(session, self)
        self.rows.row_changed.connect(self._on_marks_changed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.document_changed.connect(self.fit)
        session.position_changed.connect(self._on_position_changed)
        session.selection_changed.connect(self._on_selection_changed)
        session.hover_changed.connect(self._on_marks_changed)
        self._on_timeline_changed()
        self._retranslate()

    # --- The picture -----------------------------------------------------------------------

    @property
    def pictures(self) -> NetworkPictures | None:
        """The pictures of the network; None if a formula is open."""
        if self._stale:
            self._pictures = network_pictures(self.session.timeline)
            self._stale = False
        return self._pictures

    def picture(self) -> Picture | None:
        """Return what is shown; None for a formula."""
        pictures, session = self.pictures, self.session
        if self._picture is None and pictures is not None:
            selected, hovered = session.selected, session.hovered
            self._picture = pictures.at(
                session.position,
                None if selected is None else (selected, session.selected_entry),
                None if hovered is None else (hovered, session.hovered_entry),
                self.rows.row,
            )
        return self._picture

    def _on_timeline_changed(self) -> None:
        self._stale, self._pictures = True, None
        if self.isVisible():
            self._count_rows()
        self._on_marks_changed()

    def _count_rows(self) -> None:
        pictures = self.pictures
        self.rows.set_rows(1 if pictures is None else pictures.neurons.rows)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden."""
        self._count_rows()
        self._on_selection_changed()
        self._on_position_changed()

    def _on_selection_changed(self) -> None:
        """Show the numbers of the example whose entry is selected."""
        session = self.session
        if self.isVisible() and self.pictures is not None and session.selected is not None:
            place = self.pictures.neurons.place(session.selected, session.selected_entry)
            if place is not None and place.row is not None:
                self.rows.set_row(place.row)
        self._on_marks_changed()

    def _on_position_changed(self) -> None:
        if self.isVisible() and self.pictures is not None:
            self.rows.set_acting(self.pictures.acting_row(self.session.position))
        self._on_marks_changed()

    def _on_marks_changed(self) -> None:
        self._picture = None
        self.update()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("network.name")))
        self._place()
        self.update()

    def _restyle(self) -> None:
        self._place()
        self.update()

    # --- The camera ------------------------------------------------------------------------

    @property
    def follow(self) -> bool:
        """Whether the view goes where something happens."""
        return self._lens.follows

    def set_follow(self, follow: bool) -> None:
        """Go where something happens, or stay."""
        if follow:
            self._lens.look()
        elif self.follow:
            self._lens.stay(self.camera(), self._area(), self.session.scale)
        self.update()

    def fit(self) -> None:
        """Follow again; or, if it follows already, show the whole network however small."""
        picture = self.picture()
        if picture is None:
            return
        fits = self._lens.fits(picture.bounds, self._area(), self.session.scale)
        self._lens.look(overview=self.follow and not fits)
        self.update()

    def zoom(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Make the picture larger or smaller; a point of the widget stays where it is."""
        point = at or self._area().center
        camera = self._lens.zoomed(self.camera(), factor, point, self.session.scale)
        self._lens.stay(camera, self._area(), self.session.scale)
        self.update()

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by some px."""
        self._lens.stay(panned(self.camera(), dx, dy), self._area(), self.session.scale)
        self.update()

    def camera(self) -> Camera:
        """Return where the picture lies on the widget."""
        picture, area, unit = self.picture(), self._area(), self.session.scale
        if picture is None:
            return Camera(unit, area.x, area.y)
        return self._lens.camera(picture.bounds, picture.focus, area, unit)

    def _area(self) -> Rect:
        unit = self.session.scale
        top = _TOP * unit if self.headline else _SIDE * unit
        below = self._legend().bounds.height * unit + 2 * _GAP * unit
        if not self.rows.isHidden() and not self._beside():
            below += self.rows.height()
        width = self.width() - 2 * _SIDE * unit
        return Rect(_SIDE * unit, top, max(width, 1.0), max(self.height() - top - below, 1.0))

    def _legend(self) -> Picture:
        pictures = self.pictures
        if pictures is None or self.height() < _LEAST_FOR_LEGEND * self.session.scale:
            return Picture((), Rect(0, 0, 0, 0))
        planes = pictures.planes.possible
        return network_legend(self.width() / self.session.scale - 2 * _LEFT, planes=planes)

    def _beside(self) -> bool:
        """Return whether the rows' chooser has room to the right of the legend."""
        legend = self._legend().bounds.width * self.session.scale
        return self.width() > legend + self.rows.width() + 3 * self.px(_LEFT)

    def _place(self) -> None:
        self.rows.adjustSize()
        legend = self.px(self._legend().bounds.height)
        x, y = self.px(_LEFT), self.height() - legend - self.rows.height() - self.px(_GAP)
        if self._beside():
            x = self.width() - self.rows.width() - self.px(_LEFT)
            y = self.height() - self.rows.height() - self.px(_GAP)
        self.rows.move(x, y)

    # --- Pointing --------------------------------------------------------------------------

    def place_at(self, point: QPointF) -> Place | None:
        """Return the neuron, bias, weight or loss under a point of the widget."""
        if self.pictures is None:
            return None
        camera = self.camera()
        return self.pictures.hit(*camera.to_picture(point.x(), point.y()), 6 / camera.scale)

    def _choice(self, place: Place | None) -> tuple[int | None, tuple[int, ...] | None]:
        if place is None or self.pictures is None:
            return None, None
        return self.pictures.choice(place, self.rows.row) or (None, None)

    def select_next(self, direction: int = 1) -> None:
        """Select the next neuron, or the one before."""
        pictures, session = self.pictures, self.session
        if pictures is None:
            return
        marks = [self._choice(place) for place in pictures.marks()]
        now = (session.selected, session.selected_entry)
        at = marks.index(now) + direction if now in marks else (0 if direction > 0 else -1)
        session.select(*marks[at % len(marks)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        self._grip.take(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture, or point at what is under the pointer."""
        if not self._grip.holds:
            node, entry = self._choice(self.place_at(event.position()))
            self.session.hover(node, entry)
            shapes = Qt.CursorShape
            self.setCursor(shapes.ArrowCursor if node is None else shapes.PointingHandCursor)
            return
        moved = self._grip.moved(self, event)
        if moved is not None:
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click without moving selects."""
        if self._grip.let_go(self, event):
            self.session.select(*self._choice(self.place_at(event.position())))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the network, by a double click beside the neurons."""
        if self.place_at(event.position()) is None:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.session.hover(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        point = event.position()
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.zoom(_WHEEL**turned, (point.x(), point.y()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, select or choose a row by keys; every other key is the window's."""
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(_ZOOM_KEY)
            case Qt.Key.Key_Minus:
                self.zoom(1 / _ZOOM_KEY)
            case Qt.Key.Key_N:
                self.select_next(-1 if back else 1)
            case Qt.Key.Key_R:
                (self.rows.previous_row if back else self.rows.next_row)()
            case Qt.Key.Key_Escape:
                self.session.select(None)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard came by a key."""
        super().focusInEvent(event)
        self._ring.on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self._ring.on_focus(self, event)

    # --- Tips ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Handle tips."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_tip(self, point: QPoint, at: QPoint) -> None:
        place = self.place_at(QPointF(point))
        text = "" if place is None else self.tip(place)
        if text:
            QToolTip.showText(at, text, self)
        else:
            QToolTip.hideText()

    def tip(self, place: Place) -> str:
        """Return a mark's numbers in full, as rich text."""
        node, entry = self._choice(place)
        if node is None:
            return ""
        session, where = self.session, (node, entry or ())
        record = session.timeline.tape[node]
        state = state_shown(session.timeline, session.position)
        update = state.update(node)
        rows = [(Message("tip.value"), entry_value(state, where))]
        if update is not None:
            rows.append((Message("tip.updated"), float(update.after[where[1]])))
        if record.requires_grad:
            rows.append((Message("tip.gradient"), entry_gradient(state, where)))
        title = record.origin
        if where[1] and not title.endswith("]"):
            title += f"[{','.join(map(str, where[1]))}]"
        table = tip_table((session.tr(label), self._number(number)) for label, number in rows)
        return f'<div style="white-space:pre"><b>{escape(title)}</b>{table}</div>'

    def _number(self, number: float | None) -> str:
        if number is None:
            return escape(self.session.tr(Message("tip.not_yet")))
        return format_full(number)

    # --- Painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the network, then what stands around it."""
        session = self.session
        painter = QPainter(self)
        painter.fillRect(self.rect(), session.theme.colour(Role.STAGE))
        picture = self.picture()
        if picture is None:
            paint_middle(painter, self.rect(), session, Message("network.none"))
        else:
            self._paint_network(painter, picture)
        if self.headline:
            paint_headline(painter, self.rect().adjusted(0, 0, -self.inset, 0), session)
        self._ring.paint(self, painter, session.theme)
        painter.end()
        summary = picture.summary if picture is not None else Message("network.none")
        text = session.tr(summary) if summary is not None else ""
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _paint_network(self, painter: QPainter, picture: Picture) -> None:
        session, area = self.session, self._area()
        camera = self.camera()
        painter.save()
        painter.setClipRect(QRectF(0, area.y, self.width(), area.height))
        painter.translate(camera.x, camera.y)
        paint(painter, picture, session.theme, session.tr, camera.scale)
        painter.restore()
        legend = self._legend()
        bottom = self.height() - self.px(_GAP) - legend.bounds.height * session.scale
        painter.translate(self.px(_LEFT), bottom)
        paint(painter, legend, session.theme, session.tr, session.scale)
        painter.resetTransform()
