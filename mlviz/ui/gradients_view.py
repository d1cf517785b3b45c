"""Each layer's gradient, weights and updates over time, and its saturated and dead units."""

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_full, format_number
from mlviz.picture.decades import Scale
from mlviz.picture.gradient_norms import LayerLine, apart, layer_lines, norm_now, with_length
from mlviz.picture.insides import SATURATED, LayerInside
from mlviz.picture.items import Role
from mlviz.picture.loss_curves import bounds, drawable, logarithms, nearest
from mlviz.picture.run_bar import planned
from mlviz.ui.fonts import ui_font
from mlviz.ui.inside_panel import InsidePanel, Symbols, switch
from mlviz.ui.loss_view import CursorLine
from mlviz.ui.plots import DASHED, SOLID, Plot, pyqtgraph
from mlviz.ui.session import Session
from mlviz.ui.theme import Theme, blend
from mlviz.ui.widgets import ElidedLabel

SILENT = "silent"
_SIGNS: dict[str, str | Message] = {
    "gradient": "‖∂L/∂W‖",
    "weight": "‖W‖",
    "ratio": "‖ΔW‖/‖W‖",
    SILENT: Message("gradients.silent.sign"),
}
_WORDS = {
    "gradient": Message("gradients.gradient"),
    "weight": Message("gradients.weight"),
    "ratio": Message("gradients.ratio"),
    SILENT: Message("gradients.silent"),
}
_ROOM = 0.05  # of the axis, at its right end, for the numbers of the layers
_CHIP, _CHIP_ROOM = 13.0, 15.0
_Place = tuple[int, float, float]


def layer_colour(theme: Theme, layer: int, layers: int) -> QColor:
    """Return the colour of a layer, from 1: from the first to the last over three colours."""
    stops = [theme.colour(role) for role in (Role.SELECTED, Role.BACKWARD, Role.UPDATE)]
    place = 2 * (layer - 1) / max(layers - 1, 1)
    first = min(int(place), 1)
    return blend(stops[first + 1], stops[first], place - first)


class LineEnds(QWidget):
    """The numbers of the layers at the ends of their lines."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._ends: list[_Place] = []
        self._layers = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_ends(self, ends: Sequence[_Place], layers: int) -> None:
        """Put the number of each layer at a place of the axes."""
        self._ends, self._layers = list(ends), layers
        self.setGeometry(self._plot.rect())
        self.raise_()
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the numbers on their colours, none over another."""
        if not self._ends:
            return
        plot, session = self._plot, self._plot.session
        unit, inside = session.scale, plot.inside()
        ends = _spread(self._ends, int(inside.height() / (_CHIP_ROOM * unit)))
        places = [plot.plane(x, y) for layer, x, y in ends]
        half = _CHIP / 2 * unit
        tops = apart(
            [place.y() for place in places],
            inside.top() + half,
            inside.bottom() - half,
            _CHIP_ROOM * unit,
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(10 * unit, bold=True))
        for end, place, top in zip(ends, places, tops.tolist(), strict=True):
            layer = end[0]
            colour = layer_colour(session.theme, layer, self._layers)
            chip = QRectF(place.x() + 8 * unit, top - half, 18 * unit, _CHIP * unit - 1)
            painter.setPen(QPen(colour, unit))
            painter.drawLine(place, QPointF(chip.left(), top))
            painter.setBrush(colour)
            painter.drawRoundedRect(chip, 3 * unit, 3 * unit)
            painter.setPen(session.theme.colour(Role.PANEL))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(layer))


class GradientsView(InsidePanel):
    """Qt view of `picture.gradient_norms`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.symbols = Symbols(session, _SIGNS, _WORDS, self)
        self.symbols.chosen.connect(self._on_kind)
        self.words = ElidedLabel("muted", self)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.log = switch(self)
        self.log.setChecked(True)
        self.log.clicked.connect(self.refresh_now)
        self.head.addWidget(self.symbols)
        self.head.addWidget(self.words, 1)
        self.head.addWidget(self.log)
        self.plot = Plot(session, self)
        self.plot.counts = True
        self.plot.set_reader(self.read)
        self.plot.pressed.connect(self._on_pressed)
        self.put(self.plot)
        self.ends = LineEnds(self.plot)
        self.cursor_line = CursorLine(self.plot)
        self._items: dict[tuple[bool, int], Any] = {}
        self._lines: list[LayerLine] = []
        self._others: list[LayerLine] = []
        self._retranslate()
        self._restyle()

    @property
    def kind(self) -> str:
        """Which number is shown, one of `NORMS`."""
        return self.symbols.value

    @property
    def is_log(self) -> bool:
        """Whether the axis is logarithmic; units are always counted on a plain one."""
        return self.log.isChecked() and self.kind != SILENT

    def refresh(self) -> None:
        """Draw a line for each layer, and the cursor where it is."""
        lab = self.lab
        layers = self.inside(lab.run)
        for part in (self.symbols, self.words, self.plot):
            part.setVisible(layers is not None)
        self.log.setVisible(layers is not None and self.kind != SILENT)
        if layers is None:
            self.tell(Message("inside.no_network"))
            return
        self._lines = layer_lines(self.measured.samples(lab.run), self.kind)
        has_other = lab.other is not None and self.of_other(layers) is not None
        self._others = []
        if has_other and lab.other is not None:
            self._others = layer_lines(self.measured.samples(lab.other), self.kind)
        heads = [lab.run.head] + ([lab.other.head] if has_other and lab.other else [])
        last = float(max(heads) if max(heads) > 1 else max(planned(lab.run), 10))
        self._draw(last)
        self.cursor_line.show_at(lab.cursor)
        told = self.session.tr(self._told(layers))
        if self._others:
            told += " · " + self.session.tr(Message("inside.dashed"))
        self.tell(told)
        self.setAccessibleDescription(told)

    def _told(self, layers: Sequence[LayerInside]) -> Message:
        """Return the numbers at the cursor, and what is counted."""
        now = [norm_now(layer, self.kind) for layer in layers]
        at = f"{self.lab.cursor:,}"
        if self.kind != SILENT:
            words = [f"{place}: {format_number(value)}" for place, value in enumerate(now, 1)]
            return Message("gradients.told", iteration=at, numbers=", ".join(words))
        counts = [
            f"{place}: {value:.0f}/{layer.z.shape[1]}"
            for place, (layer, value) in enumerate(zip(layers, now, strict=True), 1)
        ]
        limit = f"{SATURATED:g}"
        return Message(
            "gradients.told.silent", limit=limit, iteration=at, numbers=", ".join(counts)
        )

    def _draw(self, last: float) -> None:
        length = 0.02 * (last - 1)
        drawn: dict[tuple[bool, int], tuple[Array, Array]] = {}
        for is_other, lines in ((True, self._others), (False, self._lines)):
            for line in lines:
                values = logarithms(line.values) if self.is_log else drawable(line.values)
                drawn[is_other, line.layer] = with_length(line.at, values, length)
        for key, (x, y) in drawn.items():
            if key not in self._items:
                item = pyqtgraph().PlotCurveItem(connect="finite", antialias=True)
                # A line as one path takes Qt ten times as long; dashes need it to be one.
                item.setSegmentedLineMode("off" if key[0] else "on")
                self.plot.item.addItem(item, ignoreBounds=True)
                self._items[key] = item
            self._items[key].setPen(self._pen(*key))
            self._items[key].setData(x, y)
        for key, item in self._items.items():
            item.setVisible(key in drawn)
        self.plot.set_log(self.is_log)
        low, high = bounds(
            [y for _, y in drawn.values()], log=self.is_log, whole=self.kind == SILENT
        )
        if self.kind == SILENT:
            high = max(high, 1.2)
            low = -0.14 * high
        self.plot.set_range((1.0, last + _ROOM * (last - 1)), (low, high))
        self._mark(low, high)
        ends = [(layer, *_end(*drawn[other, layer])) for other, layer in drawn if not other]
        self.ends.show_ends([end for end in ends if end[2] == end[2]], len(self._lines))

    def _mark(self, low: float, high: float) -> None:
        """Put round numbers at the axis, as many as there is room for."""
        most = max(int(self.plot.height() / self.px(44)), 2)
        marks = Scale(low, high, self.is_log).marks(most)
        places = [(math.log10(value) if self.is_log else value, text) for value, text in marks]
        if self.kind == SILENT:
            rough = high / most
            each = next((step for step in (1, 2, 5, 10, 20, 50, 100) if step >= rough), 1000)
            places = [(float(count), str(count)) for count in range(0, int(high) + 1, each)]
        self.plot.item.getAxis("left").setTicks([places])

    def _pen(self, is_other: bool, layer: int) -> QPen:
        colour = layer_colour(self.session.theme, layer, len(self._lines))
        pen = QPen(colour, 1.8 * self.session.scale, DASHED if is_other else SOLID)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # pieces of a line must not lie over each other
        return pen

    # --- What a person does ----------------------------------------------------------------

    def read(self, x: float, _: float) -> list[str]:
        """Return the exact values of all layers at a place."""
        tr, found = self.session.tr, []
        for lines, words in ((self._lines, None), (self._others, Message("inside.other"))):
            place = nearest(lines[0].at, x) if lines else None
            if place is None:
                continue
            number = Message("lab.read.iteration", number=f"{int(lines[0].at[place]):,}")
            found.append(tr(number) if words is None else f"{tr(words)} · {tr(number)}")
            for line in lines:
                layer = tr(Message("gradients.layer", number=line.layer))
                found.append(f"{layer}  {self._value(line, place)}")
        return found

    def _value(self, line: LayerLine, place: int) -> str:
        """Return a number with all its digits; of units, how many of how many there are."""
        value = float(line.values[place])
        if self.kind != SILENT:
            return format_full(value)
        layer = self.inside(self.lab.run)
        assert layer is not None
        one = layer[line.layer - 1]
        numbers = {"n": round(value), "units": one.z.shape[1]}
        name = "gradients.dead" if one.activation == "relu" else "gradients.saturated"
        return self.session.tr(Message(name, **numbers))

    def _on_pressed(self, x: float, _: float) -> None:
        self.lab.seek(round(min(max(x, 1), self.lab.run.head)))

    def _on_kind(self) -> None:
        self.told.set_lines(2 if self.kind == SILENT else 1)
        self._say_words()
        self.refresh_now()

    # --- How it looks ----------------------------------------------------------------------

    def _say_words(self) -> None:
        text = self.session.tr(_WORDS[self.kind])
        self.words.setText(text)
        self.words.setToolTip(text)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.gradients")))
        for part in (self.symbols, self.symbols.combo):
            part.setAccessibleName(tr(Message("gradients.kind")))
        self.log.setText(tr(Message("lab.log")))
        self.log.setToolTip(tr(Message("lab.log.tip")))
        self.plot.set_labels(Message("lab.readout.iteration"))
        self._say_words()


def _spread(ends: Sequence[_Place], most: int) -> list[_Place]:
    """Return at most so many ends: with too many the first, the last, and some between."""
    if len(ends) <= most:
        return list(ends)
    count = max(most, 1)
    places = {round(k * (len(ends) - 1) / max(count - 1, 1)) for k in range(count)}
    return [ends[place] for place in sorted(places)]


def _end(x: Array, y: Array) -> tuple[float, float]:
    """Return the last point of a line that is a number; nan without one."""
    known = (y == y).nonzero()[0]
    return (float(x[known[-1]]), float(y[known[-1]])) if len(known) else (float("nan"),) * 2
