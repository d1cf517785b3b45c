"""The plot of a study: lines with their spread, every training a dot that can be clicked."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_full
from mlviz.picture.items import Role
from mlviz.picture.loss_curves import Floats, bounds, drawable, logarithms
from mlviz.picture.study_lines import EXACT, Dot, Line, StudyLines, setting_text, with_room
from mlviz.ui.fonts import number_font
from mlviz.ui.line_legend import Entry
from mlviz.ui.plot_marks import Marks
from mlviz.ui.plots import DASHED, DOTTED, LETTERS_PX, SOLID, Plot, pyqtgraph
from mlviz.ui.session import Session

_NEAR_PX = 18
_STROKES: Mapping[str, tuple[Role, Qt.PenStyle, float]] = {
    "train": (Role.TEXT, SOLID, 1.8),
    "validation": (Role.SELECTED, SOLID, 1.8),
    "test": (Role.UPDATE, SOLID, 1.8),
    EXACT + "train": (Role.TEXT, DOTTED, 1.4),
    EXACT + "validation": (Role.SELECTED, DOTTED, 1.4),
    "length": (Role.STRONG, SOLID, 1.8),
    "sum": (Role.STRONG, SOLID, 1.8),
    "error": (Role.TEXT, SOLID, 2.2),
    "bias": (Role.NEGATIVE, SOLID, 1.8),
    "variance": (Role.POSITIVE, DASHED, 1.8),
    "noise": (Role.MUTED, DOTTED, 1.8),
}
WORDS: Mapping[str, Message | str] = {
    "train": Message("lab.part.train"),
    "validation": Message("lab.part.validation"),
    "test": Message("lab.part.test"),
    EXACT + "train": Message("study.exact.train"),
    EXACT + "validation": Message("study.exact.validation"),
    "length": "‖w‖₂",
    "sum": "Σ|w|",
    "error": Message("study.column.error"),
    "bias": Message("study.column.bias"),
    "variance": Message("study.column.variance"),
    "noise": Message("study.column.noise"),
}


class StudyPlot(Plot):
    """Qt view of `picture.study_lines`."""

    opened = Signal(int, int)
    """A training was clicked: its place among the results, and the iteration."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._found = StudyLines()
        self._is_log = False
        self._items: dict[str, Any] = {}
        self._bands: dict[str, tuple[Any, Any, Any]] = {}
        self._dots = self.points(Role.MUTED, 5, opacity=0.75)
        self._dots.setZValue(2)
        self._iteration_of: Callable[[float], int] | None = None
        self.widget.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.marks = Marks(self)
        self.set_reader(self.read)
        self.clicked.connect(self._on_clicked)

    @property
    def found(self) -> StudyLines:
        """What it shows."""
        return self._found

    def show_lines(
        self,
        found: StudyLines,
        bottom: Message | str,
        *,
        log: bool,
        bottom_log: bool = False,
        iteration_of: Callable[[float], int] | None = None,
    ) -> None:
        """Draw a study.

        Args:
            found: what there is.
            bottom: what the axis shows.
            log: whether the numbers are on a logarithmic axis.
            bottom_log: whether the settings are.
            iteration_of: of a single training, which iteration is at a place of the axis.
        """
        self._found, self._is_log, self._iteration_of = found, log, iteration_of
        self.set_labels(bottom)
        self.set_log(log)
        for line in found.lines:
            self._draw(line)
        names = {line.name for line in found.lines}
        for name, item in self._items.items():
            item.setVisible(name in names)
            for part in self._bands[name]:
                part.setVisible(name in names)
        x = np.array([dot.x for dot in found.dots])
        y = self._scaled(np.array([dot.y for dot in found.dots], dtype=np.float64))
        known = np.isfinite(y)
        self._dots.setData(x[known], y[known])
        self._mark()
        # Where no training comes to, the least squares leave the picture.
        own = [line for line in found.lines if not line.name.startswith(EXACT)]
        curves = [self._scaled(line.y) for line in own] + [y]
        if not log:
            curves += [drawable(line.high) for line in own]
        self.set_range(found.span, bounds(curves, log=log, whole=True))
        self.marks.show_marks(found.marks)

    def _mark(self) -> None:
        """Put as many settings at the axis as there is room for."""
        found, axis = self._found, self.item.getAxis("bottom")
        if not found.ticks:
            axis.setTicks(None)
            return
        letter = QFontMetricsF(number_font(LETTERS_PX * self.session.scale)).averageCharWidth()
        across = max(self.inside().width(), 50.0)
        span = found.span[1] - found.span[0]
        axis.setTicks([with_room(found.ticks, letter * span / across)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out settings for which there is no room any more."""
        super().resizeEvent(event)
        if hasattr(self, "_found"):
            self._mark()
            self.marks.setGeometry(self.rect())

    def _scaled(self, y: Floats) -> Floats:
        return logarithms(y) if self._is_log else drawable(y)

    def _draw(self, line: Line) -> None:
        if line.name not in self._items:
            role, style, width = _STROKES[line.name]
            low, high = (self.curve(role, 0.5, opacity=0.3) for _ in range(2))
            band = pyqtgraph().FillBetweenItem(low, high)
            self.item.addItem(band, ignoreBounds=True)
            band.setZValue(-1)
            self._bands[line.name] = (low, high, band)
            self._items[line.name] = self.curve(role, width, style)
            self._items[line.name].setZValue(1)
            self.restyled()
        self._items[line.name].setData(line.x, self._scaled(line.y))
        low, high, _ = self._bands[line.name]
        is_spread = bool((line.high > line.low).any())
        least = np.where(line.low > 0, line.low, line.y * 1e-3) if self._is_log else line.low
        low.setData(line.x if is_spread else [], self._scaled(least) if is_spread else [])
        high.setData(line.x if is_spread else [], self._scaled(line.high) if is_spread else [])

    def entries(self) -> list[Entry]:
        """Return what the lines are, for the legend."""
        found = []
        for line in self._found.lines:
            role, style, width = _STROKES[line.name]
            if not line.name.startswith(EXACT):
                found.append(Entry(WORDS[line.name], role, style, width))
        if any(line.name.startswith(EXACT) for line in self._found.lines):
            found.append(Entry(Message("study.exact"), Role.MUTED, DOTTED, 1.4))
        return found

    # --- The pointer -----------------------------------------------------------------------

    def read(self, x: float, _: float) -> list[str]:
        """Return the exact values at the setting that is nearest."""
        found, tr = self._found, self.session.tr
        lines = [line for line in found.lines if len(line.x)]
        if not lines:
            return []
        place = int(np.argmin(np.abs(lines[0].x - x)))
        at = float(lines[0].x[place])
        text = next((text for tick, text in found.ticks if tick == at), "")
        if not text:
            text = setting_text(10**at if found.ticks and self.is_log("bottom") else at)
        heading = tr(self._labels.get("bottom", ""))
        told = [f"{heading} {text}"]
        for line in lines:
            if place < len(line.x) and line.x[place] == at:
                value = format_full(float(line.y[place]))
                spread = float(line.high[place] - line.y[place])
                more = f" ± {spread:.2g}" if spread > 0 else ""
                told.append(f"{tr(WORDS[line.name])} {value}{more}")
        return told

    def _on_clicked(self, x: float, y: float) -> None:
        if self._iteration_of is not None:
            self.opened.emit(0, self._iteration_of(x))
            return
        dot = self.dot_at(x, y)
        if dot is not None:
            self.opened.emit(dot.result, dot.iteration)

    def dot_at(self, x: float, y: float) -> Dot | None:
        """Return the training whose dot is nearest to a place of the axes; None if none is."""
        here, best, least = self.plane(x, y), None, math.inf
        for dot in self._found.dots:
            height = float(self._scaled(np.array([dot.y]))[0])
            if not math.isfinite(height):
                continue
            away = self.plane(dot.x, height) - here
            distance = math.hypot(away.x(), away.y())
            if distance < least:
                best, least = dot, distance
        return best if least <= self.px(_NEAR_PX) else None

    def restyled(self) -> None:
        """Dress the bands anew."""
        for name, (_, _, band) in getattr(self, "_bands", {}).items():
            colour = QColor(self.session.theme.colour(_STROKES[name][0]))
            colour.setAlphaF(0.13)
            band.setBrush(QBrush(colour))
