"""The minimap: the whole of a graph that is larger than the view, and what part is seen."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.afar import DETAIL
from mlviz.picture.graph import GraphPictures
from mlviz.picture.items import Rect, Role
from mlviz.ui.camera import Camera, as_rect, whole
from mlviz.ui.painting import paint
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from mlviz.ui.strokes import pen
from mlviz.ui.turns import Turn
from mlviz.ui.widgets import Panel

_WIDTH, _HEIGHT, _MARGIN = 160, 110, 5
_SHARE, _LEAST = 0.25, 100
"""It takes this part of a narrow stage's width at most, and nothing is seen on a narrower one."""
_MOST_SEEN = 1 / 3
"""With more of a graph in view than this, a map would hide more than it tells."""
_MOST_COVERED = 0.1
"""So much of the stage may lie under it."""
_SIDE, _TOP, _BOTTOM = 14, 52, 46
"""Px between it and the edges of the stage."""
_SLENDER = 10
"""Px of a graph that is so long that on a map it would be no more than a line."""
_WORTH, _WORTH_OF_FEW, _FEW = 3, 1, 12
"""It goes to another corner where it covers so many boxes less; of few boxes, each counts."""
_MANY = 1_000_000
_COMES = 0.3
"""Part of a step after which the view has come to where it begins."""


class Minimap(Panel):
    """A small picture of the whole graph in a corner of the stage; dragging moves the view."""

    def __init__(self, session: Session, stage: StageView, parent: QWidget | None = None) -> None:
        super().__init__(session, parent or stage)
        self._stage = stage
        self.wanted = True
        self._beside: list[QWidget] = []
        self._corner = 0
        self._settled: tuple[object, bool] = (None, False)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self._drawn: tuple[object, QPixmap] | None = None
        for changed in (session.position_changed, session.layout_changed):
            changed.connect(self.follow_stage)
        self._turn = Turn(session, self, self._draw)
        self._retranslate()
        self._restyle()

    def set_wanted(self, wanted: bool) -> None:
        """Show it where the graph is larger than the view, or never."""
        self.wanted = wanted
        self.follow_stage()

    def follow_stage(self) -> None:
        """Show itself if there is much more than the stage shows."""
        graph = self.session.graph
        bounds = graph.bounds if graph else None
        larger = bounds is not None and _part(self._seen(), bounds) < _MOST_SEEN
        if larger:
            self._take_size()
        room = self._stage.width() * self._stage.height() * _MOST_COVERED
        small = self.width() * self.height() <= room and self.width() >= self.px(_LEAST)
        shown = self.wanted and larger and small and self._tells() and self._settle()
        if shown == self.isHidden():
            self.setVisible(shown)
        if shown:
            self.update()

    def _tells(self) -> bool:
        """Return whether more is seen on it than a line."""
        graph = self.session.graph
        if graph is None:
            return False
        return min(graph.bounds.width, graph.bounds.height) * self.camera().scale >= _SLENDER

    def _take_size(self) -> None:
        """Be smaller on a narrow stage."""
        width = min(_WIDTH * self.session.scale, _SHARE * self._stage.width())
        size = QSize(round(width), round(width * _HEIGHT / _WIDTH))
        if size != self.size():
            self.resize(size)

    def keep_beside(self, widgets: Sequence[QWidget]) -> None:
        """Keep clear of these, wherever they lie on the stage."""
        self._beside = list(widgets)

    def covered(self, camera: Camera) -> list[Rect]:
        """Return where names and numbers stand that it would cut, px of the stage."""
        graph = self.session.graph
        if graph is None or self.isHidden() or camera.scale < DETAIL:
            return []
        place, ids, now = as_rect(self.geometry()), list(graph.rects), self.session.position
        words = [
            camera.to_widget(rect)
            for row in _boxes_at(graph, camera, place)
            for rect in graph.words(ids[row], now)
        ]
        return [rect for rect in words if _meet(rect, place)]

    def _settle(self) -> bool:
        """Stay in this corner, or go to one where nothing lies that acts; tell whether there is.

        It stays as long as it covers hardly more than elsewhere, so that it does not jump about
        while the film runs.
        """
        graph, step = self.session.graph, self.session.position.step
        if graph is None:
            return False
        taken = [as_rect(other.geometry()) for other in self._beside if not other.isHidden()]
        cameras = self._stage.settled(_COMES), self._stage.settled(1.0)
        known = (graph, step, cameras, tuple(taken), self._stage.size(), self.size())
        if known == self._settled[0]:
            return self._settled[1]
        acting = graph.acting(step)
        taken += [camera.to_widget(rect) for camera in cameras for rect in acting]
        places = self._corners()
        covered = {
            corner: len(_boxes_at(graph, cameras[-1], place))
            for corner, place in enumerate(places)
            if not any(_meet(place, other) for other in taken)
        }
        if covered:
            best = min(covered, key=lambda corner: covered[corner])
            few = len(_boxes_at(graph, cameras[-1], as_rect(self._stage.rect()))) <= _FEW
            worth = _WORTH_OF_FEW if few else _WORTH
            if covered.get(self._corner, _MANY) - covered[best] >= worth:
                self._corner = best
            place = places[self._corner]
            if (self.x(), self.y()) != (place.x, place.y):
                self.move(round(place.x), round(place.y))
        self._settled = known, bool(covered)
        return bool(covered)

    def _corners(self) -> list[Rect]:
        """Return the places where it may lie: the usual one first."""
        unit, stage = self.session.scale, self._stage
        side, top, bottom = (round(part * unit) for part in (_SIDE, _TOP, _BOTTOM))
        right, low = stage.width() - self.width() - side, stage.height() - self.height() - bottom
        ends = ((right, low), (side, low), (right, top), (side, top))
        return [Rect(x, y, self.width(), self.height()) for x, y in ends]

    def _seen(self) -> Rect:
        return self._stage.camera().seen(self._stage.width(), self._stage.height())

    def camera(self) -> Camera:
        """Return where the whole graph lies on this widget."""
        graph = self.session.graph
        assert graph is not None
        margin = _MARGIN * self.session.scale
        area = Rect(margin, margin, self.width() - 2 * margin, self.height() - 2 * margin)
        return whole(graph.bounds, area, DETAIL * 0.9)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("minimap.name")))
        self.setToolTip(tr(Message("minimap.tip")))
        self.setWhatsThis(tr(Message("whats.minimap")))

    def _restyle(self) -> None:
        self._take_size()
        self.follow_stage()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the place that is pressed."""
        self._look_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look where the pointer is dragged."""
        self._look_at(event.position())

    def _look_at(self, point: QPointF) -> None:
        if self.session.graph is None:
            return
        x, y = self.camera().to_picture(point.x(), point.y())
        now_x, now_y = self._seen().center
        scale = self._stage.camera().scale
        self._stage.pan((now_x - x) * scale, (now_y - y) * scale)

    def _key(self) -> object:
        """Return what the picture depends on, besides the moment."""
        session = self.session
        look = session.theme, session.language, self.size(), self.devicePixelRatioF()
        return session.graph, session.selected, look

    def _draw(self) -> None:
        """Draw the graph as it is now; while the film runs, only when it is this panel's turn."""
        graph, session = self.session.graph, self.session
        if graph is None or self.isHidden():
            self._drawn = None
            return
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(session.theme.colour(Role.PANEL))
        painter = QPainter(pixmap)
        camera = self.camera()
        painter.translate(camera.x, camera.y)
        picture = graph.seen(session.position, session.selected, None, graph.bounds, camera.scale)
        paint(painter, picture, session.theme, session.tr, camera.scale)
        painter.end()
        self._drawn = self._key(), pixmap

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the graph in the colours of its phases, and the part that is seen."""
        graph, session = self.session.graph, self.session
        if graph is None:
            return
        theme, camera = session.theme, self.camera()
        if self._drawn is None or self._drawn[0] != self._key():
            self._draw()
        painter = QPainter(self)
        if self._drawn is not None:
            painter.drawPixmap(0, 0, self._drawn[1])
        view = camera.to_widget(self._seen())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(theme.colour(Role.SELECTED), 2))
        painter.drawRect(
            QRectF(view.x, view.y, view.width, view.height)
            & QRectF(self.rect().adjusted(1, 1, -2, -2))
        )
        painter.setPen(pen(theme.colour(Role.LINE), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def _part(seen: Rect, bounds: Rect) -> float:
    """Return how much of `bounds` is seen, as a part of its area."""
    width = min(seen.right, bounds.right) - max(seen.x, bounds.x)
    height = min(seen.bottom, bounds.bottom) - max(seen.y, bounds.y)
    return max(width, 0.0) * max(height, 0.0) / (bounds.width * bounds.height)


def _boxes_at(graph: GraphPictures, camera: Camera, place: Rect) -> list[int]:
    """Return the boxes that lie at a place of the stage, as rows of what is seen from afar."""
    boxes = graph.afar.boxes
    left, top = camera.to_picture(place.x, place.y)
    right, bottom = camera.to_picture(place.right, place.bottom)
    there = (boxes[:, 0] < right) & (boxes[:, 0] + boxes[:, 2] > left)
    there &= (boxes[:, 1] < bottom) & (boxes[:, 1] + boxes[:, 3] > top)
    return [int(row) for row in np.flatnonzero(there)]


def _meet(one: Rect, other: Rect) -> bool:
    across = min(one.right, other.right) - max(one.x, other.x)
    return across > 0 and min(one.bottom, other.bottom) - max(one.y, other.y) > 0
