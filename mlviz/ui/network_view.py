"""The network on the stage: neurons and weights, with a camera and a pointer."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Picture, Role
from mlviz.picture.network import NetworkPictures, network_pictures
from mlviz.trace.neurons import Place
from mlviz.ui.focus_ring import FocusRing
from mlviz.ui.grip import Grip
from mlviz.ui.headline import paint_headline, paint_middle
from mlviz.ui.kept import KeptPicture
from mlviz.ui.network_camera import NetworkCamera, NetworkLens
from mlviz.ui.network_tips import tell_network
from mlviz.ui.neuron_hand import NeuronHand
from mlviz.ui.painting import paint
from mlviz.ui.row_chooser import RowChooser
from mlviz.ui.session import Session

_ZOOM_KEY, _WHEEL = 1.2, 1.0015


class NetworkView(NetworkCamera):
    """The network at the session's position.

    The wheel zooms at the pointer, dragging moves the picture, a double click fits it. Keys,
    while it has the keyboard: + and − zoom, N and Shift+N select the next and the previous
    neuron, R and Shift+R show the next and the previous row of the batch. Return, or a double
    click, opens the selected neuron in the graph; with Shift one is chosen by its number, as by
    a click where neurons are left out. Escape closes what is open; then it selects nothing.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.headline = True
        """Whether what happens now is written above; not if it stands elsewhere already."""
        self.inset = 0
        """Px at the right of the headline that belong to somebody else."""
        self._pictures: NetworkPictures | None = None
        self._brought: dict[int, int] = {}
        self._stale = True
        self._is_new = False
        self._picture: Picture | None = None
        self._lens = NetworkLens()
        self._kept, self._grip = KeptPicture(), Grip()
        self._ring = FocusRing()
        self.hand = NeuronHand(self)
        self.rows = RowChooser(session, self)
        self.rows.row_changed.connect(self._on_marks_changed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.document_changed.connect(self._on_document_changed)
        session.position_changed.connect(self._on_position_changed)
        session.selection_changed.connect(self._on_selection_changed)
        session.hover_changed.connect(self._on_marks_changed)
        session.spotlight.changed.connect(self._on_marks_changed)
        self._on_timeline_changed()
        self._retranslate()

    # --- The picture -----------------------------------------------------------------------

    @property
    def pictures(self) -> NetworkPictures | None:
        """The pictures of the network; None if a formula is open."""
        if self._stale:
            self._pictures = network_pictures(self.session.timeline, self._brought)
            self._stale = False
            self._arrange()
        return self._pictures

    def _arrange(self) -> None:
        """Draw the network for the room that it has."""
        if self._stale or self._pictures is None:
            return
        if self._pictures.arrange(self.room()):
            self._picture = None
            self._lens.read(self._pictures.plan)

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

    def _on_document_changed(self) -> None:
        self._brought = {}
        self._is_new = True
        if self.isVisible():
            self._fit_new()

    def _fit_new(self) -> None:
        """Look at a network that was not seen before."""
        if self._is_new:
            self._is_new = False
            self._lens.look()
            self.update()

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
        self._fit_new()
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

    def _place(self) -> None:
        super()._place()
        self._arrange()
        self.update()

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

    # --- Pointing --------------------------------------------------------------------------

    def place_at(self, point: QPointF) -> Place | None:
        """Return the neuron, bias, weight or loss under a point of the widget."""
        if self.pictures is None:
            return None
        camera = self.camera()
        return self.pictures.hit(*camera.to_picture(point.x(), point.y()), 6 / camera.scale)

    def _gap_at(self, point: QPointF) -> int | None:
        """Return the layer of which neurons are left out under a point."""
        if self.pictures is None or self.place_at(point) is not None:
            return None
        return self.pictures.gap_at(*self.camera().to_picture(point.x(), point.y()))

    def choice(self, place: Place) -> tuple[int, tuple[int, ...]] | None:
        """Return the node behind a mark, and which entry of it."""
        found = None if self.pictures is None else self.pictures.choice(place, self.rows.row)
        return None if found is None else (found[0], found[1] or ())

    def is_dropped(self, place: Place) -> bool:
        """Return whether dropout leaves a neuron out for the row that is shown."""
        return self.pictures is not None and self.pictures.is_dropped(place, self.rows.row)

    def _choice(self, place: Place | None) -> tuple[int | None, tuple[int, ...] | None]:
        if place is None or self.pictures is None:
            return None, None
        return self.pictures.choice(place, self.rows.row) or (None, None)

    def bring(self, layer: int, unit: int) -> None:
        """Draw a neuron that is left out, and select it."""
        self._brought[layer] = unit
        self._stale, self._pictures = True, None
        self.session.select(*self._choice(Place("neuron", layer, unit)))
        self._on_marks_changed()

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
            found = node is not None or self._gap_at(event.position()) is not None
            self.setCursor(shapes.PointingHandCursor if found else shapes.ArrowCursor)
            return
        moved = self._grip.moved(self, event)
        if moved is not None:
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click without moving selects."""
        if self._grip.let_go(self, event):
            layer = self._gap_at(event.position())
            if layer is not None:
                self.hand.choose(layer, event.position().toPoint())
            else:
                self.session.select(*self._choice(self.place_at(event.position())))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a neuron; beside the neurons, fit the network."""
        place = self.place_at(event.position())
        if place is not None:
            self.hand.open(place)
        elif self._gap_at(event.position()) is None:
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
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                (self.hand.choose_any if back else self.hand.open)()
            case Qt.Key.Key_Escape if not self.session.step_out():
                self.session.select(None)
            case Qt.Key.Key_Escape:
                pass
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

    def event(self, event: QEvent) -> bool:
        """Handle tips."""
        return tell_network(self, event) or super().event(event)

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
        if self.pictures is not None and session.spotlight.edges:
            painter.translate(camera.x, camera.y)
            session.spotlight.paint(painter, self.pictures, camera, session.theme, session.tr)
            paint(painter, picture, session.theme, session.tr, camera.scale)
        else:
            look = session.theme, session.tr, session.language
            seen = QRectF(0, area.y, self.width(), area.height).toAlignedRect()
            self._kept.paint(painter, picture, look, camera.scale, (camera.x, camera.y), seen)
        painter.restore()
        legend = self.legend()
        painter.translate(self.legend_corner())
        paint(painter, legend, session.theme, session.tr, session.scale)
        painter.resetTransform()
