"""A strip of blocks: which part of the rows a fold is validated with."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlviz.picture.items import Role
from mlviz.ui.session import Session


class Strip(QWidget):
    """Which part of the rows a fold is validated with."""

    def __init__(self, session: Session, k: int, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.k, self.number = k, number

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint k blocks, one of them full."""
        painter = QPainter(self)
        theme, gap = self.session.theme, 2 * self.session.scale
        area = QRectF(self.rect()).adjusted(4 * gap, 0, -4 * gap, 0)
        width, height = area.width() / self.k, 8 * self.session.scale
        top = area.center().y() - height / 2
        for block in range(self.k):
            held = block == self.number - 1
            rect = QRectF(area.left() + block * width, top, max(width - gap, 1.0), height)
            painter.fillRect(rect, theme.colour(Role.UPDATE if held else Role.LINE))
