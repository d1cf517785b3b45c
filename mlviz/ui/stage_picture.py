"""What the stage shows: the graph, the passage to another one, or the last that was there."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from mlviz.picture.items import Picture, Rect, Role
from mlviz.picture.transition import Shift
from mlviz.ui.camera import Camera
from mlviz.ui.find_bar import paint_matches
from mlviz.ui.kept import KeptPicture
from mlviz.ui.painting import paint
from mlviz.ui.session import Session
from mlviz.ui.theme import Theme


class StagePicture:
    """The picture of a session's graph, as much of it as a camera sees.

    Attributes:
        left: how the graph that is being left was seen, during a passage to another one.
        covered: where words stand that are cut by what lies over the stage, px of it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._whole: Picture | None = None
        self._last: tuple[Picture, Camera] | None = None
        self.left: Camera | None = None
        self.covered: Callable[[Camera], Iterable[Rect]] | None = None
        self._kept = KeptPicture()

    def forget(self) -> None:
        """Make the picture anew when it is asked for: something has changed."""
        self._whole = None

    def whole(self) -> Picture | None:
        """Return all of the picture; None while the graph is being laid out."""
        session = self._session
        graph = session.graph
        if self._whole is None and graph is not None:
            self._whole = graph.at(session.position, session.selected, session.hovered)
        return self._whole

    def seen(self, camera: Camera, width: int, height: int) -> Picture | None:
        """Return as much of the picture as can be seen on a widget of this size."""
        session = self._session
        graph = session.graph
        view = camera.seen(width, height)
        if graph is None and session.leaving is not None:
            left, (moment, selected) = session.leaving.left, session.leaving.place
            return left.seen(moment, selected, None, view, camera.scale)
        if graph is None:
            return None
        if session.passage is not None:
            old = self.left or camera
            ratio = old.scale / camera.scale
            shift = Shift(
                ratio, (old.x - camera.x) / camera.scale, (old.y - camera.y) / camera.scale
            )
            place = session.position, session.selected
            return session.passage.picture(*place, shift, view, camera.scale)
        moment, selected, hovered = session.position, session.selected, session.hovered
        return graph.seen(moment, selected, hovered, view, camera.scale)

    def paint(
        self, painter: QPainter, camera: Camera, size: tuple[int, int], marked: tuple[int, ...]
    ) -> bool:
        """Paint what is seen on its ground, and outline the marked nodes.

        Returns:
            Whether there was anything; if not, the ground is not painted either.
        """
        session, theme = self._session, self._session.theme
        picture = self.seen(camera, *size)
        if picture is None and self._last is not None:
            picture, camera = self._last  # stays until the new graph is laid out
        if picture is None:
            return False
        # On whole px, so that all of it moves as one.
        x, y = round(camera.x), round(camera.y)
        if session.graph is not None and session.spotlight.edges:
            painter.fillRect(QRect(0, 0, *size), theme.colour(Role.STAGE))
            painter.translate(x, y)
            session.spotlight.paint(painter, session.graph, camera, theme, session.tr)
            paint(painter, picture, theme, session.tr, camera.scale)
            painter.resetTransform()
        else:
            look = theme, session.tr, session.language
            self._kept.paint(painter, picture, look, camera.scale, (x, y), QRect(0, 0, *size))
        self._last = picture, camera
        if self.covered is not None and session.graph is not None:
            # Painted where the picture is, on whole px.
            _blank(painter, self.covered(replace(camera, x=x, y=y)), theme)
        places = session.graph.rects if session.graph is not None else {}
        found = [camera.to_widget(places[id]) for id in marked if id in places]
        paint_matches(painter, found, theme, session.scale)
        return True


def _blank(painter: QPainter, words: Iterable[Rect], theme: Theme) -> None:
    """Empty where words stand."""
    for place in words:
        whole = QRectF(place.x, place.y, place.width, place.height)
        painter.fillRect(whole.toAlignedRect(), theme.colour(Role.PANEL))
