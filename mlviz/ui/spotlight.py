"""What is lit on the stage, besides what is selected: the edges of one path."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from mlviz.picture.graph import GraphPictures
from mlviz.picture.lit import lit_network, lit_picture
from mlviz.picture.network import NetworkPictures
from mlviz.ui.camera import Camera
from mlviz.ui.painting import paint
from mlviz.ui.texts import Translate
from mlviz.ui.theme import Theme

Edges = frozenset[tuple[int, int]]


class Spotlight(QObject):
    """The edges that are lit; each by its operation and the slot it goes into."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edges: Edges = frozenset()

    @property
    def edges(self) -> Edges:
        """What is lit."""
        return self._edges

    def light(self, edges: Edges) -> None:
        """Light these edges and no others."""
        if edges != self._edges:
            self._edges = edges
            self.changed.emit()

    def paint(
        self,
        painter: QPainter,
        shown: GraphPictures | NetworkPictures,
        camera: Camera,
        theme: Theme,
        translate: Translate,
    ) -> None:
        """Paint the light; the graph, or the network, is painted over it, at the same place."""
        if self._edges:
            if isinstance(shown, NetworkPictures):
                light = lit_network(shown, self._edges)
            else:
                light = lit_picture(shown, self._edges)
            paint(painter, light, theme, translate, camera.scale)
