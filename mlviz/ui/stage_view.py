"""The stage: the picture of the graph, with a camera, a headline and a pointer."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Picture, Rect, Role
from mlviz.trace.steps import Position
from mlviz.ui.camera import TOP, Camera, Hand, Lens, as_rect, beside, panned, stage_area
from mlviz.ui.focus_ring import FocusRing
from mlviz.ui.follow_button import FollowButton
from mlviz.ui.framing import Framing
from mlviz.ui.grip import Grip
from mlviz.ui.headline import paint_headline, paint_hint, paint_middle
from mlviz.ui.hits import Hits
from mlviz.ui.inside import Crumbs, close_at, hand_inside, open_menu, step_through
from mlviz.ui.session import Session
from mlviz.ui.stage_picture import StagePicture
from mlviz.ui.stage_tips import tell
from mlviz.ui.wheel import Wheel
from mlviz.ui.widgets import Panel

ZOOM_KEY = 1.2


class StageView(Panel):
    """The computation graph at the session's position.

    The wheel zooms at the pointer, and beyond its ends it opens and closes nodes; dragging moves
    the picture. Then it no longer follows what happens, until `fit` or `set_follow`. Keys, while
    it has the keyboard: + and − zoom, N and Shift+N select the next and the previous node, Return
    steps inside the selected one, Escape out again; where nothing is open, it selects nothing.
    """

    follow_changed = Signal()
    looked = Signal()
    """Another part of the picture is seen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._picture, self._ring, self._grip = StagePicture(session), FocusRing(), Grip()
        self._hits: Hits | None = None
        self.lens, self._framing = Lens(), Framing()
        self._told = -1
        self.inset = 0
        """Px at the right of the headline that belong to somebody else."""
        self._plain = False
        self._marked: tuple[int, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._follow_button = FollowButton(session, self)
        self._follow_button.clicked.connect(self.resume)
        self.taken = 0  # px at the right of the lowest line, by what lies over the stage
        session.timeline_changed.connect(self._on_graph_changed)
        session.layout_changed.connect(self._on_graph_changed)
        session.position_changed.connect(self._on_position_changed)
        session.selection_changed.connect(self._on_marks_changed)
        session.hover_changed.connect(self._on_marks_changed)
        session.spotlight.changed.connect(self._on_marks_changed)
        session.transition_changed.connect(self._on_transition_changed)
        session.layout_changed.connect(self._look_inside)
        self._inside = 0
        self.crumbs = Crumbs(session, self)
        self.over: list[QWidget] = [self.crumbs]  # what lies over the graph
        self.wheel = Wheel(self)
        self._retranslate()
        self._restyle()

    # --- The picture -----------------------------------------------------------------------

    def picture(self) -> Picture | None:
        """Return what is shown; None while the graph is being laid out."""
        return self._picture.whole()

    def seen(self, camera: Camera) -> Picture | None:
        """Return as much of the picture as can be seen."""
        return self._picture.seen(camera, self.width(), self.height())

    def _on_graph_changed(self) -> None:
        self._on_marks_changed()
        self._describe()

    def _on_transition_changed(self) -> None:
        passage = self.session.passage
        if passage is None:
            self._picture.left = None
        elif not passage.progress:
            self._picture.left = self._camera_of(passage.left, passage.place[0])
        self._on_marks_changed()

    def _look_inside(self) -> None:
        """Look at what was opened, if it cannot be seen; once all is closed, follow again."""
        opened = len(self.session.opened)
        before, self._inside = self._inside, opened
        if opened and before != opened:
            hand = hand_inside(self.session, self.lens, self.area)
            if hand is not None:
                self.look_at(hand)
        elif before and not opened:
            self.look_at()

    def _on_position_changed(self) -> None:
        self._on_marks_changed()
        if self._told != self.session.position.step:
            self._describe()

    def _on_marks_changed(self) -> None:
        self._picture.forget()
        self.update()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("stage.name")))
        self._follow_button.retranslate()
        self._describe()
        self._place()
        self.update()

    def _restyle(self) -> None:
        self._follow_button.restyle()
        self._place()
        self.update()

    def set_plain(self, plain: bool) -> None:
        """Show the graph without headline and keys, or with them."""
        self._plain = plain
        self._restyle()

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
        return self.lens.follows

    def set_follow(self, follow: bool) -> None:
        """Go where something happens, or stay."""
        if follow:
            self.look_at()
        elif self.follow:
            self._stay(self.camera())

    def resume(self) -> None:
        """Go where something happens again."""
        self.set_follow(True)

    def fit(self) -> None:
        """Follow again; or, if it follows already, show the whole graph however small."""
        graph = self.session.graph
        if graph is not None:
            fits = self.lens.fits(graph.bounds, self.area, self.session.scale)
            self.look_at(overview=self.follow and not fits)

    def zoom(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Make the picture larger or smaller; a point of the widget stays where it is."""
        at, unit = at or self.area.center, self.session.scale
        self._stay(self.lens.zoomed(self.camera(), factor, at, unit))

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by some px."""
        self._stay(panned(self.camera(), dx, dy))

    def reveal(self, node: int) -> None:
        """Move the picture so that a node can be seen, if it cannot."""
        rect = hits.rects.get(node) if (hits := self._find()) else None
        if rect is None:
            return
        area, now = self.area, self.camera()
        seen = now.to_widget(rect)
        if not (area.contains(seen.x, seen.y) and area.contains(seen.right, seen.bottom)):
            self.look_at(Hand(now.scale / self.session.scale, *rect.center))

    def mark(self, nodes: tuple[int, ...]) -> None:
        """Outline these nodes and no others: they are what was looked for."""
        self._marked = nodes
        self.update()

    def camera(self) -> Camera:
        """Return where the picture lies on the widget: a function of what is shown."""
        leaving, graph = self.session.leaving, self.session.graph
        if graph is not None:
            return self._camera_of(graph, self.session.position)
        if leaving is not None:
            return self._camera_of(leaving.left, leaving.place[0])
        return Camera(self.session.scale, self.area.x, self.area.y)

    def settled(self, progress: float = 1.0) -> Camera:
        """Return the camera as it is once the step of now has come so far."""
        graph, now = self.session.graph, replace(self.session.position, progress=progress)
        return self.camera() if graph is None else self._camera_of(graph, now)

    def cover(self, covered: Callable[[Camera], Iterable[Rect]]) -> None:
        """Let words be blank that something cuts: cut numbers would read as others."""
        self._picture.covered = covered

    def _camera_of(self, graph: GraphPictures, position: Position) -> Camera:
        return self._framing.camera(self.lens, graph, position, self.area, self.session.scale)

    def _stay(self, camera: Camera) -> None:
        followed = self.follow
        self.lens.stay(camera, self.area, self.session.scale)
        self._on_look(followed)

    def look_at(self, hand: Hand | None = None, *, overview: bool = False) -> None:
        """Look at a place, or at all of the graph; without either, follow what happens."""
        followed = self.follow
        self.lens.look(hand, overview=overview)
        self._on_look(followed)

    def _on_look(self, followed: bool) -> None:
        self._place()
        self.update()
        self.looked.emit()
        if self.follow != followed:
            self.follow_changed.emit()

    @property
    def area(self) -> Rect:
        """Where the graph is shown when all of it is: beside what lies over the stage."""
        over = [as_rect(widget.geometry()) for widget in self.over if not widget.isHidden()]
        return beside(self.whole_area, over)

    @property
    def whole_area(self) -> Rect:
        """Where the graph is shown if nothing lies over the stage."""
        return stage_area(self.width(), self.height(), self.session.scale, plain=self._plain)

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
        self._grip.take(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture, or point at what is under the pointer."""
        if not self._grip.holds:
            node = self.node_at(event.position())
            self.session.hover(node)
            none, some = Qt.CursorShape.ArrowCursor, Qt.CursorShape.PointingHandCursor
            self.setCursor(none if node is None else some)
            return
        moved = self._grip.moved(self, event)
        if moved is not None:
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click without moving selects."""
        if not self._grip.let_go(self, event):
            return
        if not close_at(self.session, *self._in_picture(event.position())):
            self.session.select(self.node_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Step inside a node, or out of a frame; beside them, fit the graph."""
        node = self.node_at(event.position())
        if not step_through(self.session, node, *self._in_picture(event.position())):
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
        """Zoom at the pointer, and beyond; two fingers on a pad move the picture."""
        pad = event.hasPixelDelta() and event.phase() is not Qt.ScrollPhase.NoScrollPhase
        if pad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(event.pixelDelta().x(), event.pixelDelta().y())
        else:
            turned = event.angleDelta().y() or event.angleDelta().x()
            self.wheel.turn(turned, event.position(), event.timestamp())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Handle pinching, and tips."""
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is pinch:
            self.zoom(1 + event.value(), event.position().toTuple())
            return True
        return tell(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, or select by keys; every other key is the window's."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM_KEY)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM_KEY)
            case Qt.Key.Key_N:
                self.select_next(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
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
        super().focusInEvent(event)
        self._ring.on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self._ring.on_focus(self, event)

    def corner(self) -> int:
        """Return how much of the right lower corner the button takes, px."""
        return 0 if self.follow else self._follow_button.width() + round(8 * self.session.scale)

    def _place(self) -> None:
        button, unit = self._follow_button, self.session.scale
        self.crumbs.move(round(14 * unit), round(TOP * unit))
        button.setVisible(not self.follow)
        button.place(self.width(), self.height())

    # --- Painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the graph, then what stands above it."""
        session, theme = self.session, self.session.theme
        painter = QPainter(self)
        size = (self.width(), self.height())
        if not self._picture.paint(painter, self.camera(), size, self._marked):
            painter.fillRect(self.rect(), theme.colour(Role.STAGE))
            paint_middle(painter, self.rect(), session, Message("stage.laying_out"))
        room = self.width() - self.corner() - self.taken
        if not self._plain:
            paint_headline(painter, self.rect().adjusted(0, 0, -self.inset, 0), session)
            paint_hint(painter, self.rect(), room, session)
        self._ring.paint(self, painter, theme)
        painter.end()
