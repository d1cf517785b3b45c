"""The stage: the picture of the graph, with a camera, a headline and a pointer."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWhatsThis, QWidget

from mlviz.i18n import Message
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Picture, Rect, Role
from mlviz.picture.marks import mark_at
from mlviz.picture.transition import Shift
from mlviz.trace.steps import Position
from mlviz.ui.camera import Camera, Hand, Lens, panned
from mlviz.ui.find_bar import paint_matches
from mlviz.ui.headline import paint_headline, paint_hint, paint_middle
from mlviz.ui.hits import Hits
from mlviz.ui.icons import icon
from mlviz.ui.inside import (
    Crumbs,
    close_button_at,
    close_frame,
    frame_at,
    hand_inside,
    open_menu,
)
from mlviz.ui.node_tip import node_tip
from mlviz.ui.painting import paint
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.widgets import Button, Panel

ZOOM_KEY = 1.2
_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_WHEEL = 1.0015
"""Zoom by one eighth of a degree of the wheel."""
_TOP, _BOTTOM, _SIDE = 48.0, 40.0, 6.0
"""Room for the headline and the keys, px at scale 1."""


class StageView(Panel):
    """The computation graph at the session's position.

    The wheel zooms at the pointer, dragging moves the picture; then it no longer follows what
    happens, until `fit` or `set_follow`. Keys, while it has the keyboard: + and − zoom,
    N and Shift+N select the next and the previous node, Return steps inside the selected
    one, Escape out again; where nothing is open, it selects nothing.
    """

    follow_changed = Signal()
    looked = Signal()
    """Another part of the picture is seen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._picture: Picture | None = None
        self._hits: Hits | None = None
        self._lens = Lens()
        self._last: tuple[Picture, Camera] | None = None
        self._grip: QPointF | None = None
        self._dragged = False
        self._told = -1
        self._ring = False
        self.inset = 0
        """Px at the right of the headline that belong to somebody else."""
        self._plain = False
        self._marked: tuple[int, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._follow_button = Button(parent=self)
        self._follow_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._follow_button.clicked.connect(self.resume)
        self._follow_button.hide()
        self.taken = 0  # px at the right of the lowest line, by what lies over the stage
        session.timeline_changed.connect(self._on_graph_changed)
        session.layout_changed.connect(self._on_graph_changed)
        session.position_changed.connect(self._on_position_changed)
        session.selection_changed.connect(self._on_marks_changed)
        session.hover_changed.connect(self._on_marks_changed)
        session.spotlight.changed.connect(self._on_marks_changed)
        session.transition_changed.connect(self._on_transition_changed)
        session.layout_changed.connect(self._look_inside)
        self._left: Camera | None = None
        self._inside = 0
        self.crumbs = Crumbs(session, self)
        self._retranslate()
        self._restyle()

    # --- The picture -----------------------------------------------------------------------

    def picture(self) -> Picture | None:
        """Return what is shown; None while the graph is being laid out."""
        graph = self.session.graph
        if self._picture is None and graph is not None:
            session = self.session
            self._picture = graph.at(session.position, session.selected, session.hovered)
        return self._picture

    def _seen(self, camera: Camera) -> Picture | None:
        """Return as much of the picture as can be seen."""
        session = self.session
        graph = session.graph
        if graph is None and session.leaving is not None:
            left, (moment, selected) = session.leaving.left, session.leaving.place
            view = camera.seen(self.width(), self.height())
            return left.seen(moment, selected, None, view, camera.scale)
        if graph is None:
            return None
        if session.passage is not None:
            old = self._left or camera
            ratio = old.scale / camera.scale
            shift = Shift(
                ratio, (old.x - camera.x) / camera.scale, (old.y - camera.y) / camera.scale
            )
            return session.passage.picture(session.position, session.selected, shift)
        view = camera.seen(self.width(), self.height())
        moment, selected, hovered = session.position, session.selected, session.hovered
        return graph.seen(moment, selected, hovered, view, camera.scale)

    def _on_graph_changed(self) -> None:
        self._on_marks_changed()
        self._describe()

    def _on_transition_changed(self) -> None:
        passage = self.session.passage
        if passage is None:
            self._left = None
        elif not passage.progress:
            self._left = self._camera_of(passage.left, passage.place[0])
        self._on_marks_changed()

    def _look_inside(self) -> None:
        """Look at what was opened, if it cannot be seen; once all is closed, follow again."""
        opened = len(self.session.opened)
        before, self._inside = self._inside, opened
        if opened and before != opened:
            hand = hand_inside(self.session, self._lens, self._area())
            if hand is not None:
                self._look(hand)
        elif before and not opened:
            self._look()

    def _on_position_changed(self) -> None:
        self._on_marks_changed()
        if self._told != self.session.position.step:
            self._describe()

    def _on_marks_changed(self) -> None:
        self._picture = None
        self.update()

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("stage.name")))
        self._follow_button.setText(tr(Message("stage.follow")))
        self._follow_button.setToolTip(tr(Message("stage.follow.tip")))
        self._follow_button.setAccessibleName(tr(Message("stage.follow")))
        self._describe()
        self._place()
        self.update()

    def _restyle(self) -> None:
        self._follow_button.setIcon(icon("follow", self.session.theme.colour(Role.TEXT)))
        self._place()
        self.update()

    def set_plain(self, plain: bool) -> None:
        """Show the graph without headline and keys, or with them."""
        self._plain = plain
        self.update()

    def _describe(self) -> None:
        """Tell people who cannot see it what is shown."""
        self._told = self.session.position.step
        graph = self.session.graph
        summary = graph.summary(self.session.position) if graph else Message("stage.laying_out")
        self.setAccessibleDescription(self.session.tr(summary))

    # --- The camera ------------------------------------------------------------------------

    @property
    def follow(self) -> bool:
        """Whether the view goes where something happens."""
        return self._lens.follows

    def set_follow(self, follow: bool) -> None:
        """Go where something happens, or stay."""
        if follow:
            self._look()
        elif self.follow:
            self._stay(self.camera())

    def resume(self) -> None:
        """Go where something happens again."""
        self.set_follow(True)

    def fit(self) -> None:
        """Follow again; or, if it follows already, show the whole graph however small."""
        graph = self.session.graph
        if graph is None:
            return
        fits = self._lens.fits(graph.bounds, self._area(), self.session.scale)
        self._look(overview=self.follow and not fits)

    def zoom(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Make the picture larger or smaller; a point of the widget stays where it is."""
        middle = self._area().center
        self._stay(self._lens.zoomed(self.camera(), factor, at or middle, self.session.scale))

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by some px."""
        self._stay(panned(self.camera(), dx, dy))

    def reveal(self, node: int) -> None:
        """Move the picture so that a node can be seen, if it cannot."""
        hits = self._find()
        rect = hits.rects.get(node) if hits else None
        if rect is None:
            return
        area, now = self._area(), self.camera()
        seen = now.to_widget(rect)
        if not (area.contains(seen.x, seen.y) and area.contains(seen.right, seen.bottom)):
            self._look(Hand(now.scale / self.session.scale, *rect.center))

    def mark(self, nodes: tuple[int, ...]) -> None:
        """Outline these nodes and no others: they are what was looked for."""
        self._marked = nodes
        self.update()

    def camera(self) -> Camera:
        """Return where the picture lies on the widget: a function of what is shown."""
        leaving = self.session.leaving
        if self.session.graph is None and leaving is not None:
            return self._camera_of(leaving.left, leaving.place[0])
        if self.session.graph is None:
            area = self._area()
            return Camera(self.session.scale, area.x, area.y)
        return self._camera_of(self.session.graph, self.session.position)

    def _camera_of(self, graph: GraphPictures, position: Position) -> Camera:
        focus = graph.focus(position)
        return self._lens.camera(graph.bounds, focus, self._area(), self.session.scale)

    def _stay(self, camera: Camera) -> None:
        followed = self.follow
        self._lens.stay(camera, self._area(), self.session.scale)
        self._on_look(followed)

    def _look(self, hand: Hand | None = None, *, overview: bool = False) -> None:
        followed = self.follow
        self._lens.look(hand, overview=overview)
        self._on_look(followed)

    def _on_look(self, followed: bool) -> None:
        self._place()
        self.update()
        self.looked.emit()
        if self.follow != followed:
            self.follow_changed.emit()

    def _area(self) -> Rect:
        """Return where the graph is shown when all of it is."""
        unit = self.session.scale
        top, bottom, side = _TOP * unit, _BOTTOM * unit, _SIDE * unit
        width, height = self.width() - 2 * side, self.height() - top - bottom
        return Rect(side, top, max(width, 1.0), max(height, 1.0))

    # --- Pointing --------------------------------------------------------------------------

    def _find(self) -> Hits | None:
        graph = self.session.graph
        if graph is None:
            return None
        if self._hits is None or self._hits.rects is not graph.rects:
            self._hits = Hits(graph.rects)
        return self._hits

    def node_at(self, point: QPointF) -> int | None:
        """Return the node under a point of the widget; of several the one on top."""
        hits = self._find()
        return hits.at(*self.camera().to_picture(point.x(), point.y())) if hits else None

    def node_rect(self, node: int) -> QRect:
        """Return where a node is seen; an empty rectangle if it is not in the picture."""
        hits = self._find()
        if hits is None or node not in hits.rects:
            return QRect()
        rect = self.camera().to_widget(hits.rects[node])
        return QRectF(rect.x, rect.y, rect.width, rect.height).toAlignedRect()

    def select_next(self, direction: int = 1) -> None:
        """Select the next node, or the one before, in the order in which the run made them."""
        hits = self._find()
        node = hits.next_to(self.session.selected, direction) if hits else None
        if node is not None:
            self.session.select(node)
            self.reveal(node)

    # --- Events ----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip, self._dragged = event.position(), False
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture, or point at what is under the pointer."""
        position = event.position()
        if self._grip is None:
            node = self.node_at(position)
            self.session.hover(node)
            shape = (
                Qt.CursorShape.ArrowCursor if node is None else Qt.CursorShape.PointingHandCursor
            )
            self.setCursor(shape)
            return
        moved = position - self._grip
        if self._dragged or moved.manhattanLength() >= 6:
            self._dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(moved.x(), moved.y())
            self._grip = position

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click without moving selects."""
        if self._grip is None:
            return
        self._grip = None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if not self._dragged and event.button() is Qt.MouseButton.LeftButton:
            place = close_button_at(self.session, *self._in_picture(event.position()))
            if place is not None:
                close_frame(self.session, place)
                return
            self.session.select(self.node_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Step inside a node, or out of a frame; beside them, fit the graph."""
        node = self.node_at(event.position())
        place = frame_at(self.session, *self._in_picture(event.position()))
        if node is not None:
            self.session.step_inside(node, self.session.selected_entry)
        elif place is not None:
            close_frame(self.session, place)
        else:
            self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to step inside a node, or out again."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            node = self.session.selected
            at = self.node_rect(node).center() if node is not None else self.rect().center()
        else:
            node, at = self.node_at(QPointF(event.pos())), event.pos()
        open_menu(self.session, self, node, self.mapToGlobal(at))

    def _in_picture(self, point: QPointF) -> tuple[float, float]:
        return self.camera().to_picture(point.x(), point.y())

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.session.hover(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; two fingers on a pad move the picture."""
        point = event.position()
        pad = event.hasPixelDelta() and event.phase() is not Qt.ScrollPhase.NoScrollPhase
        if pad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(event.pixelDelta().x(), event.pixelDelta().y())
        else:
            turned = event.angleDelta().y() or event.angleDelta().x()
            self.zoom(_WHEEL**turned, (point.x(), point.y()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Handle pinching, and tips."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                point = event.position()
                self.zoom(1 + event.value(), (point.x(), point.y()))
                return True
        elif isinstance(event, QHelpEvent) and event.type() is QEvent.Type.WhatsThis:
            self._tell_mark(event.pos(), event.globalPos())
            return True
        elif event.type() is QEvent.Type.QueryWhatsThis:
            event.accept()
            return True
        elif isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _tell_mark(self, point: QPoint, at: QPoint) -> None:
        """Tell what the mark under a point is."""
        camera, session = self.camera(), self.session
        picture = self._seen(camera)
        words = Message("whats.stage")
        if picture is not None:
            x, y = camera.to_picture(point.x(), point.y())
            words = mark_at(session.timeline, picture, x, y)
        QWhatsThis.showText(at, session.tr(words), self)

    def _show_tip(self, point: QPoint, at: QPoint) -> None:
        node = self.node_at(QPointF(point))
        if node is None:
            QToolTip.hideText()
            return
        session = self.session
        text = node_tip(session.timeline, session.position, node, session.tr)
        QToolTip.showText(at, text, self, self.node_rect(node))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, or select by keys; every other key is the window's."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM_KEY)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM_KEY)
            case Qt.Key.Key_N:
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.select_next(-1 if back else 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.session.selected is not None:
                self.session.step_inside(self.session.selected, self.session.selected_entry)
            case Qt.Key.Key_Escape if not self.session.step_out():
                self.session.select(None)
            case Qt.Key.Key_Escape:
                pass
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard came by a key."""
        self._ring = event.reason() in _BY_KEY
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        self._ring = False
        super().focusOutEvent(event)
        self.update()

    def corner(self) -> int:
        """Return how much of the right lower corner the button takes, px."""
        return 0 if self.follow else self._follow_button.width() + round(8 * self.session.scale)

    def _place(self) -> None:
        button, unit = self._follow_button, self.session.scale
        self.crumbs.move(round(14 * unit), round(_TOP * unit))
        button.setVisible(not self.follow)
        button.adjustSize()
        button.move(
            round(self.width() - button.width() - 16 * unit),
            round(self.height() - button.height() - 12 * unit),
        )

    # --- Painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the graph, then what stands above it."""
        session = self.session
        theme = session.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(Role.STAGE))
        camera = self.camera()
        picture = self._seen(camera)
        if picture is None and self._last is not None:
            picture, camera = self._last  # stays until the new graph is laid out
        if picture is None:
            paint_middle(painter, self.rect(), session, Message("stage.laying_out"))
        else:
            # On whole px, so that all of it moves as one.
            painter.translate(round(camera.x), round(camera.y))
            if session.graph is not None:
                session.spotlight.paint(painter, session.graph, camera, theme, session.tr)
            paint(painter, picture, theme, session.tr, camera.scale)
            painter.resetTransform()
            self._last = picture, camera
            places = session.graph.rects if session.graph is not None else {}
            found = [camera.to_widget(places[id]) for id in self._marked if id in places]
            paint_matches(painter, found, theme, session.scale)
        room = self.width() - self.corner() - self.taken
        if not self._plain:
            paint_headline(painter, self.rect().adjusted(0, 0, -self.inset, 0), session)
            paint_hint(painter, QRect(0, 0, room, self.height()), session)
        if self._ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(theme.colour(Role.SELECTED), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()
