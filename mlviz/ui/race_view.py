"""All runs that are kept, in one plot: who falls fastest, who gets stuck, who flies away."""

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_full, format_number
from mlviz.picture.items import Role
from mlviz.picture.loss_curves import Floats, bounds, drawable, envelope, logarithms
from mlviz.picture.run_bar import planned
from mlviz.picture.run_table import PART_WORDS, measured_at
from mlviz.ui.class_marks import class_colour
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.lab_view import LabView
from mlviz.ui.lab_words import run_name
from mlviz.ui.loss_view import CursorLine
from mlviz.ui.plots import Plot, pyqtgraph
from mlviz.ui.runs_view import leave_room
from mlviz.ui.session import Session
from mlviz.ui.trials import Trial
from mlviz.ui.widgets import Panel, segments

TRAIN, VALIDATION, TEST = "train", "validation", "test"
_STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
)
_MANY_DECADES, _MOST_TICKS, _TICK_ROOM = 2.2, 6, 24
_ROW, _LINE, _LEGEND = 30, 26, 232


def stroke(session: Session, trial: Trial, width: float = 2.0) -> QPen:
    """Return how a run is drawn among all others: a colour and a kind of line of its own."""
    place = trial.number - 1
    pen = QPen(class_colour(session.theme, place + 1), width * session.scale)
    pen.setStyle(_STYLES[place % len(_STYLES)])
    pen.setCosmetic(True)
    return pen


def log_ticks(low: float, high: float, most: int = 100) -> list[tuple[float, str]]:
    """Return places and texts of a logarithmic axis: 1, 2, 5, 10, …; of a long one powers of ten.

    Args:
        low: the logarithm at its lower end.
        high: that at its upper end.
        most: how many there is room for, if they are more than a power of ten each.
    """
    is_short = high - low < _MANY_DECADES and 3 * (high - low) <= most
    digits = (1, 2, 5) if is_short or high - low < 1 else (1,)
    step = max(math.ceil((high - low) / min(most, _MOST_TICKS) - 0.5), 1) if len(digits) == 1 else 1
    first, last = math.floor(low), math.ceil(high)
    values = [
        (power + math.log10(digit), digit * 10.0**power)
        for power in range(first - first % step, last + 1, step)
        for digit in digits
    ]
    return [(place, format_number(value, 1)) for place, value in values if low <= place <= high]


class RaceView(LabView):
    """Qt view of the losses of all runs in `lab.trials`."""

    most_a_second = 10.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.well = QWidget(self)
        self.well.setProperty("kind", "well")
        self.well.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._group, self.choices = segments(self.well, (TRAIN, VALIDATION, TEST))
        self.choices[TRAIN].setChecked(True)
        self._group.buttonClicked.connect(self._on_chosen)
        self.log_button = QPushButton(self)
        self.log_button.setCheckable(True)
        self.log_button.setChecked(True)
        self.log_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.log_button.toggled.connect(self.refresh_now)
        self.plot = Plot(session, self)
        self.plot.counts = True
        self.plot.set_reader(self.read)
        self.cursor_line = CursorLine(self.plot)
        self.legend = RaceLegend(session, self)
        self.legend.chosen.connect(self._on_run_chosen)
        self._items: dict[int, Any] = {}
        head = QHBoxLayout()
        head.addWidget(self.well)
        head.addStretch(1)
        head.addWidget(self.log_button)
        row = QHBoxLayout()
        row.addWidget(self.plot, 1)
        row.addWidget(self.legend)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addLayout(row, 1)
        self._restyle()
        self._retranslate()

    # --- What it shows ---------------------------------------------------------------------

    @property
    def shows(self) -> str:
        """The part whose loss is shown: `train`, `validation` or `test`."""
        return next(part for part, choice in self.choices.items() if choice.isChecked())

    def refresh(self) -> None:
        """Draw the curve of every run."""
        lab, log = self.lab, self.log_button.isChecked()
        trials = lab.trials.all
        measured = {part for trial in trials for part in trial.run.curves.losses}
        for part in (VALIDATION, TEST):
            self.choices[part].setVisible(part in measured)
        self.well.setVisible(not measured.isdisjoint((VALIDATION, TEST)))
        if self.shows not in {TRAIN, *measured}:
            self.choices[TRAIN].setChecked(True)
        last = float(max(run.head for run in lab.runs))
        if last < 2:
            last = float(max(planned(lab.run), 10))
        drawn: list[Floats] = []
        for number in [n for n in self._items if n not in {trial.number for trial in trials}]:
            self.plot.item.removeItem(self._items.pop(number))
        for trial in trials:
            x, y = self._line(trial, last)
            y = logarithms(y) if log else drawable(y)
            drawn.append(y)
            if trial.number not in self._items:
                item = pyqtgraph().PlotCurveItem(connect="finite", antialias=True)
                self.plot.item.addItem(item, ignoreBounds=True)
                self._items[trial.number] = item
            item = self._items[trial.number]
            shown = trial is lab.trials.shown
            item.setPen(stroke(self.session, trial, 2.6 if shown else 1.6))
            item.setZValue(1.0 if shown else 0.0)
            item.setData(x, y)
        self.plot.set_log(log)
        # A run that flies away must not press all others flat.
        first = [float(y[np.isfinite(y)][0]) for y in drawn if np.isfinite(y).any()]
        low, high = bounds(drawn, log=log, whole=True)
        if first:
            high = min(high, max(first) + 1.5) if log else min(high, 3 * max(first))
        high = max(high, low + 1e-9)
        axis = self.plot.item.getAxis("left")
        most = max(int(self.plot.height() / self.px(_TICK_ROOM)) - 1, 2)
        axis.setTicks([log_ticks(low, high, most)] if log else None)
        self.plot.set_range((1.0, last), (low, high))
        self.cursor_line.show_at(lab.cursor)
        self.legend.show_trials([(trial, self._value(trial)) for trial in trials], lab.trials.shown)

    def _line(self, trial: Trial, last: float) -> tuple[Floats, Floats]:
        curves = trial.run.curves
        measured = curves.losses.get(self.shows)
        if measured is not None and len(measured) > 1:
            return np.asarray(curves.at, dtype=np.float64), np.asarray(measured)
        if self.shows != TRAIN:
            return np.zeros(0), np.zeros(0)
        columns = max(int(self.plot.width()), 50)
        with np.errstate(all="ignore"):
            return envelope(np.asarray(curves.loss), 1, last, columns)

    def _value(self, trial: Trial) -> float | None:
        """Return the loss of a run at the cursor; while it trains, what was measured last."""
        run, curves = trial.run, trial.run.curves
        if not self.lab.running:
            here = measured_at(run, self.shows, min(self.lab.cursor, run.head))
            if here is not None:
                return here[0]
        found = curves.losses.get(self.shows)
        if found is None or not len(found):
            found = curves.loss if self.shows == TRAIN else None
        return None if found is None or not len(found) else float(found[-1])

    def read(self, x: float, _: float) -> list[str]:
        """Return the exact losses of all runs at a place."""
        tr, lines = self.session.tr, []
        number = max(round(x), 1)
        lines.append(tr(Message("lab.read.iteration", number=f"{number:,}")))
        for trial in self.lab.trials.all:
            at, y = self._line(trial, max(x, 2.0))
            if len(at) and number <= at[-1]:
                value = float(y[int(np.abs(at - number).argmin())])
                lines.append(f"{tr(run_name(trial))} {format_full(value)}")
        return lines

    # --- What a person does ----------------------------------------------------------------

    def _on_chosen(self) -> None:
        self.refresh_now()

    def _on_run_chosen(self, number: int) -> None:
        for trial in self.lab.trials.all:
            if trial.number == number:
                self.lab.choose(trial.run)
                return

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.race")))
        for part, choice in self.choices.items():
            choice.setText(tr(PART_WORDS[part]))
        for choice in self.choices.values():
            leave_room(choice, self.session.scale)
        self.log_button.setText(tr(Message("lab.log")))
        self.log_button.setToolTip(tr(Message("lab.log.tip")))
        self.plot.set_labels(Message("lab.readout.iteration"))

    def _restyle(self) -> None:
        px = self.px
        self._column.setContentsMargins(px(14), px(2), px(10), px(4))
        self._column.setSpacing(px(4))
        inside = self.well.layout()
        assert inside is not None
        inside.setContentsMargins(px(2), px(2), px(2), px(2))
        inside.setSpacing(px(2))
        self._place()
        for choice in self.choices.values():
            leave_room(choice, self.session.scale)

    def _place(self) -> None:
        """Let the plot have most of the width, or its numbers would run together."""
        self.legend.setFixedWidth(min(self.px(_LEGEND), max(round(self.width() * 0.42), 1)))


class RaceLegend(Panel):
    """The runs with their strokes and where they have come to; a click shows one."""

    chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._rows: list[tuple[Trial, float | None]] = []
        self._shown: Trial | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_trials(self, rows: list[tuple[Trial, float | None]], shown: Trial) -> None:
        """Show these runs, each with its loss."""
        self._rows, self._shown = rows, shown
        self.setAccessibleName(", ".join(self._words(trial, value) for trial, value in rows))
        self.update()

    def _words(self, trial: Trial, value: float | None) -> str:
        text = NOT_YET if value is None else format_number(value)
        return f"{self.session.tr(run_name(trial))} {text}"

    def sizeHint(self) -> QSize:
        """Have room for every run."""
        return QSize(self.px(_LEGEND), self.px(_ROW * max(len(self._rows), 1)))

    def minimumSizeHint(self) -> QSize:
        """Give way."""
        return QSize(self.px(_LEGEND), self.px(_ROW))

    @property
    def _row_height(self) -> float:
        """A row, less high where there are many."""
        return min(self.px(_ROW), self.height() / max(len(self._rows), 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the run that was clicked."""
        place = int(event.position().y() // max(self._row_height, 1))
        if 0 <= place < len(self._rows):
            self.chosen.emit(self._rows[place][0].number)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint strokes, names and losses."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, px, row = self.session.theme, self.px, self._row_height
        for place, (trial, value) in enumerate(self._rows):
            middle = (place + 0.5) * row
            painter.setPen(stroke(self.session, trial, 2.4))
            painter.drawLine(QPointF(px(6), middle), QPointF(px(6 + _LINE), middle))
            number = NOT_YET if value is None else format_number(value)
            painter.setFont(number_font(12 * self.session.scale))
            painter.setPen(theme.colour(Role.TEXT))
            width = painter.fontMetrics().horizontalAdvance(number)
            box = QRectF(0, middle - row / 2, self.width() - px(4), row)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(right), number)
            painter.setFont(ui_font(12 * self.session.scale, bold=trial is self._shown))
            left = px(6 + _LINE + 8)
            room = self.width() - left - width - px(12)
            name = painter.fontMetrics().elidedText(
                self.session.tr(run_name(trial)), Qt.TextElideMode.ElideRight, int(room)
            )
            box = QRectF(left, middle - row / 2, room, row)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), name)
