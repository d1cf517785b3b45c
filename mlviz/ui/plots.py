"""Plots in the colours, letters and size of everything else. pyqtgraph is loaded with the first.

A plot takes roles, not colours; when the theme or the scale changes it dresses itself anew.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.numerals import MINUS, format_number
from mlviz.picture.items import Role
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

LETTERS_PX = 11
_ROOMY = 190
"""px of height from which on an axis has as many numbers as it likes."""
SOLID, DASHED, DOTTED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine

Reader = Callable[[float, float], Sequence[str]]
"""What is said about a place in the plot, line by line; nothing for an empty answer."""


def pyqtgraph() -> Any:
    """Return pyqtgraph, loaded when it is first asked for: that takes a third of a second."""
    import pyqtgraph as loaded

    return loaded


@dataclass(frozen=True, slots=True)
class _Dress:
    """How an item is dressed."""

    item: Any
    role: Role
    width: float
    style: Qt.PenStyle
    opacity: float
    symbol: str
    symbol_px: float


class Plot(Panel):
    """A plot with axes.

    `item` is pyqtgraph's `PlotItem`; add what is not dressed here with `add`.
    """

    hovered = Signal()
    """The pointer is elsewhere; see `pointer`."""
    clicked = Signal(float, float)
    """Where it was clicked, in the units of the axes (logarithms on a logarithmic axis)."""
    pressed = Signal(float, float)
    """Where the button is held down, wherever it is dragged."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        pg = pyqtgraph()
        self.widget = pg.PlotWidget(self, enableMenu=False)
        self.item = self.widget.getPlotItem()
        menu = self.item.ctrlMenu
        menu.setParent(self, menu.windowFlags())  # otherwise it would outlive the plot
        self.item.hideButtons()
        self.item.setMouseEnabled(False, False)
        self.item.getViewBox().setDefaultPadding(0.0)
        self.widget.setFrameShape(QFrame.Shape.NoFrame)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pointer: tuple[float, float] | None = None
        self._reader: Reader | None = None
        self._held = False
        self._dresses: list[_Dress] = []
        self._labels: dict[str, Message | str] = {}
        self._log = {"left": False, "bottom": False}
        self.counts = False
        """Whether whole numbers stand along the bottom, such as iterations: nothing is between."""
        self._readout = QLabel(self)
        self._readout.setProperty("kind", "readout")
        self._readout.setTextFormat(Qt.TextFormat.PlainText)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.widget)
        self.item.layout.setContentsMargins(0, 4, 8, 0)
        viewport = self.widget.viewport()
        viewport.setMouseTracking(True)
        viewport.installEventFilter(self)
        for side in ("left", "bottom"):
            axis = self.item.getAxis(side)
            axis.setStyle(autoExpandTextSpace=True, hideOverlappingLabels=True)
            axis.enableAutoSIPrefix(False)
            axis.tickStrings = _TickTexts(self, side)
        self._restyle()

    # --- What is in it ---------------------------------------------------------------------

    def curve(
        self,
        role: Role,
        width: float = 1.5,
        style: Qt.PenStyle = SOLID,
        *,
        opacity: float = 1.0,
        connect: str = "finite",
    ) -> Any:
        """Add a line and return it; give it numbers by `setData(x, y)`."""
        item = pyqtgraph().PlotCurveItem(connect=connect, antialias=True)
        return self.add(item, role, width, style, opacity=opacity)

    def points(self, role: Role, px: float = 7, symbol: str = "o", *, opacity: float = 1.0) -> Any:
        """Add marks and return them: `o`, `s` (square), `t` (triangle), `d`, `+`, `x`."""
        item = pyqtgraph().ScatterPlotItem(pxMode=True, symbol=symbol)
        return self.add(item, role, 1.0, opacity=opacity, symbol=symbol, symbol_px=px)

    def add(
        self,
        item: Any,
        role: Role,
        width: float = 1.0,
        style: Qt.PenStyle = SOLID,
        *,
        opacity: float = 1.0,
        symbol: str = "",
        symbol_px: float = 0.0,
    ) -> Any:
        """Add an item of pyqtgraph, dressed by its role, and return it."""
        dress = _Dress(item, role, width, style, opacity, symbol, symbol_px)
        self._dresses.append(dress)
        self.item.addItem(item, ignoreBounds=True)
        self._put_on(dress)
        return item

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put fewer numbers at the axis where there is little height."""
        super().resizeEvent(event)
        density = min(max(self.height() / self.px(_ROOMY), 0.3), 1.0)
        self.item.getAxis("left").setTickDensity(density)

    # --- Axes ------------------------------------------------------------------------------

    def set_labels(self, bottom: Message | str = "", left: Message | str = "") -> None:
        """Say what the axes measure."""
        self._labels = {"bottom": bottom, "left": left}
        self._retranslate()

    def set_log(self, left: bool, bottom: bool = False) -> None:
        """Let the marks of an axis be powers of ten; what is shown there are logarithms."""
        if self._log == {"left": left, "bottom": bottom}:
            return  # pyqtgraph would draw the axes anew
        self._log = {"left": left, "bottom": bottom}
        for side, log in self._log.items():
            self.item.getAxis(side).setLogMode(**{"y" if side == "left" else "x": log})

    def is_log(self, side: str) -> bool:
        """Return whether an axis, `left` or `bottom`, is logarithmic."""
        return self._log[side]

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show this part of the plane."""
        self.item.getViewBox().setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def plane(self, x: float, y: float) -> QPointF:
        """Return where a place of the axes is, in px of this widget."""
        return QPointF(
            self.widget.mapTo(
                self, self.widget.mapFromScene(self.item.getViewBox().mapViewToScene(QPointF(x, y)))
            )
        )

    def inside(self) -> QRectF:
        """Return where the axes enclose, in px of this widget."""
        return QRectF(self.item.getViewBox().sceneBoundingRect())

    # --- The pointer -----------------------------------------------------------------------

    def set_reader(self, reader: Reader | None) -> None:
        """Say what is under the pointer, with exact values."""
        self._reader = reader

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._point_at(event.position())
            if event.buttons() & Qt.MouseButton.LeftButton and self._held:
                self.pressed.emit(*self._there(event.position()))
        elif kind == QEvent.Type.Leave:
            self._point_at(None)
        elif kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self._point_at(event.position())
            if self.pointer is not None and event.button() == Qt.MouseButton.LeftButton:
                self._held = True
                self.clicked.emit(*self.pointer)
                self.pressed.emit(*self.pointer)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._held = False
        return super().eventFilter(watched, event)

    def _point_at(self, place: QPointF | None) -> None:
        self.pointer = None
        if place is not None:
            scene = self.widget.mapToScene(place.toPoint())
            if self.item.getViewBox().sceneBoundingRect().contains(scene):
                self.pointer = self._there(place)
        self._read()
        self.hovered.emit()

    def _there(self, place: QPointF) -> tuple[float, float]:
        """Return a place of the screen in the units of the axes."""
        scene = self.widget.mapToScene(place.toPoint())
        there = self.item.getViewBox().mapSceneToView(scene)
        return there.x(), there.y()

    def _read(self) -> None:
        lines = self._reader(*self.pointer) if self._reader and self.pointer else ()
        self._readout.setVisible(bool(lines))
        if not lines or self.pointer is None:
            return
        self._readout.setText("\n".join(lines))
        self._readout.adjustSize()
        at, inside, gap = self.plane(*self.pointer), self.inside(), self.px(12)
        x = at.x() + gap
        if x + self._readout.width() > inside.right():
            x = at.x() - gap - self._readout.width()
        y = min(max(at.y() - self._readout.height() - gap, inside.top()), inside.bottom())
        self._readout.move(round(max(x, inside.left())), round(y))

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        for side, label in self._labels.items():
            self._say(side, label)

    def _say(self, side: str, label: Message | str) -> None:
        text = self.session.tr(label)
        axis = self.item.getAxis(side)
        axis.showLabel(bool(text))
        if text:
            size = f"{max(round(LETTERS_PX * self.session.scale), 1)}px"
            colour = self.session.theme.colour(Role.MUTED).name()
            axis.setLabel(text, **{"font-size": size, "color": colour})

    def _restyle(self) -> None:
        theme, scale = self.session.theme, self.session.scale
        self.widget.setBackground(theme.colour(Role.PANEL))
        for side in ("left", "bottom"):
            axis = self.item.getAxis(side)
            axis.setPen(QPen(theme.colour(Role.LINE), max(scale, 1)))
            axis.setTextPen(QPen(theme.colour(Role.MUTED)))
            axis.setTickPen(QPen(theme.colour(Role.LINE), max(scale, 1)))
            axis.setTickFont(number_font(LETTERS_PX * scale))
            axis.setStyle(tickLength=-self.px(4), tickTextOffset=self.px(4))
        self._readout.setFont(ui_font(LETTERS_PX * scale))
        for dress in self._dresses:
            self._put_on(dress)
        self._retranslate()
        self.restyled()

    def restyled(self) -> None:
        """Dress what has no role of its own; for subclasses."""

    def _put_on(self, dress: _Dress) -> None:
        colour = QColor(self.session.theme.colour(dress.role))
        colour.setAlphaF(colour.alphaF() * dress.opacity)
        pen = QPen(colour, dress.width * self.session.scale, dress.style)
        pen.setCosmetic(True)
        dress.item.setPen(pen)
        if dress.symbol:
            dress.item.setBrush(colour)
            dress.item.setSize(dress.symbol_px * self.session.scale)


class _TickTexts:
    """The numbers at an axis, written like all numbers of the program."""

    def __init__(self, plot: Plot, side: str) -> None:
        self._plot = plot
        self._side = side

    def __call__(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        if self._plot.is_log(self._side):
            texts = [format_number(10.0**value, 1) if value > -300 else "0" for value in values]
        elif self._plot.counts and self._side == "bottom":
            texts = [f"{value:,.0f}" if value == round(value) else "" for value in values]
        else:
            texts = list(tick_texts(values, spacing))
        if self._side == "left":
            axis = self._plot.item.getAxis("left")
            unit = axis.size().height() / max(abs(axis.range[1] - axis.range[0]), 1e-300)
            kept = apart(
                values, spacing or 0.0, (self._plot.px(LETTERS_PX) + 1) / max(unit, 1e-300)
            )
            texts = [text if keep else "" for text, keep in zip(texts, kept, strict=True)]
        return texts


def apart(values: Sequence[float], spacing: float, least: float) -> list[bool]:
    """Return which numbers of an axis are written so that none lies on another.

    Args:
        values: where they stand, in order.
        spacing: from each to the next; 0 if that is not always the same.
        least: how far apart they have to be.
    """
    if spacing > 0:
        every = max(math.ceil(min(least / spacing, 1e6) - 1e-9), 1)
        return [round(value / spacing) % every == 0 for value in values]
    kept: list[bool] = []
    last = -math.inf
    for value in values:
        kept.append(value - last >= least)
        last = value if kept[-1] else last
    return kept


def tick_texts(values: Sequence[float], spacing: float) -> Iterator[str]:
    """Yield numbers with as many digits as tell them apart, all with the same number of them."""
    largest = max((abs(value) for value in values), default=0.0)
    plain = spacing > 1e-5 and largest < 1e7
    digits = 1
    if spacing > 0 and largest > 0:
        digits = min(max(math.ceil(math.log10(largest / spacing)) + 1, 1), 6)
    decimals = max(-math.floor(math.log10(spacing) + 1e-9), 0) if spacing > 0 else 0
    for value in values:
        if abs(value) < spacing * 1e-6:
            yield "0"
        elif plain:
            yield f"{value:,.{decimals}f}".replace("-", MINUS)
        else:
            yield format_number(value, digits)


def plot(session: Session, parent: QWidget | None = None) -> Plot:
    """Return an empty plot."""
    return Plot(session, parent)
