"""Lines across a plot, each with its name beside it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.study_lines import Mark
from mlviz.ui.fonts import ui_font
from mlviz.ui.plots import DASHED, Plot

MARKS: Mapping[str, Message] = {
    "best": Message("study.mark.best"),
    "restored": Message("study.mark.restored"),
    "stopped": Message("study.mark.stopped"),
    "data": Message("lab.tip.data"),
}
_ROLES: Mapping[str, Role] = {"stopped": Role.MUTED, "data": Role.UPDATE}


class Marks(QWidget):
    """Lines across the plot, each with its name beside it."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._marks: Sequence[Mark] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Stand at these places."""
        self._marks = marks
        self.setGeometry(self._plot.rect())
        self.raise_()
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint a line and a name for each, names one below the other."""
        plot, session = self._plot, self._plot.session
        inside: QRectF = plot.inside()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(11 * session.scale, bold=True))
        metrics, gap = painter.fontMetrics(), 5 * session.scale
        for number, mark in enumerate(self._marks):
            x = plot.plane(mark.x, 0.0).x()
            colour = session.theme.colour(_ROLES.get(mark.name, Role.FORWARD))
            painter.setPen(QPen(colour, 1.4 * session.scale, DASHED))
            painter.drawLine(QPointF(x, inside.top()), QPointF(x, inside.bottom()))
            text = session.tr(MARKS[mark.name])
            wide = metrics.horizontalAdvance(text)
            left = x + gap if x + gap + wide <= inside.right() else x - gap - wide
            painter.setPen(colour)
            y = inside.top() + metrics.ascent() + number * metrics.height()
            painter.drawText(QPointF(left, y), text)
