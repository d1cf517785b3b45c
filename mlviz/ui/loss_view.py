"""The loss and the metric in the course of a run, with the cursor that is dragged."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.learn.measure import metric_name
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.numerals import format_full
from mlviz.picture.items import Role
from mlviz.picture.loss_curves import (
    Floats,
    bounds,
    drawable,
    envelope,
    logarithms,
    nearest,
    roomy,
    smoothed,
    steady,
    window_of,
)
from mlviz.picture.run_bar import planned
from mlviz.picture.study_lines import Mark
from mlviz.ui.lab import Lab
from mlviz.ui.lab_view import LabView
from mlviz.ui.lab_words import run_name
from mlviz.ui.line_legend import Entry
from mlviz.ui.plot_head import PlotHead
from mlviz.ui.plot_marks import Marks
from mlviz.ui.plots import DASHED, SOLID, Plot
from mlviz.ui.session import Session

LOSS, METRIC = "loss", "metric"
BATCH = "batch"
ROLES: Mapping[str, Role] = {
    BATCH: Role.FAINT,
    "train": Role.TEXT,
    "validation": Role.SELECTED,
    "test": Role.UPDATE,
}
WORDS: Mapping[str, Message] = {
    BATCH: Message("lab.part.batch"),
    "train": Message("lab.part.train"),
    "validation": Message("lab.part.validation"),
    "test": Message("lab.part.test"),
}
_SMOOTHEST = 100
_NARROW = 560


class LossView(LabView):
    """Curves of the run that is shown, and of the one it is compared with."""

    most_a_second = 10.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.log_button = QPushButton(self)
        self.log_button.setCheckable(True)
        self.log_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.log_button.toggled.connect(self.refresh_now)
        self.smooth_label = QLabel(self)
        self.smooth_label.setProperty("kind", "muted")
        self.smooth = QSlider(Qt.Orientation.Horizontal, self)
        self.smooth.setRange(0, _SMOOTHEST)
        self.smooth.valueChanged.connect(self.refresh_now)
        self.plot = Plot(session, self)
        self.plot.counts = True
        self.plot.set_reader(self.read)
        self.plot.pressed.connect(self._on_pressed)
        self.cursor_line = CursorLine(self.plot)
        self.marks = Marks(self.plot)
        self.hint = Hint(self.plot)
        self._items: dict[tuple[bool, str], Any] = {}
        self._seen: tuple[float, float] | None = None
        controls = (self.smooth_label, self.smooth, self.log_button)
        self.head = PlotHead(session, (LOSS, METRIC), controls, self)
        self.head.group.buttonClicked.connect(self._on_chosen)
        self.legend, self.choices = self.head.legend, self.head.choices
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.head)
        self._column.addWidget(self.plot, 1)
        self._restyle()
        self._retranslate()

    # --- What it shows ---------------------------------------------------------------------

    @property
    def shows(self) -> str:
        """`loss` or `metric`."""
        return METRIC if self.choices[METRIC].isChecked() else LOSS

    @property
    def is_log(self) -> bool:
        """Whether the axis of the loss is logarithmic."""
        return self.log_button.isChecked() and self.shows == LOSS

    def refresh(self) -> None:
        """Draw the curves, and the cursor where it is."""
        lab = self.lab
        has_metric = isinstance(lab.program, NetworkProgram)
        self.head.well.setVisible(has_metric)
        if has_metric:
            assert isinstance(lab.program, NetworkProgram)
            name = self.session.tr(metric_name(lab.program))
            self.choices[METRIC].setText(name[:1].upper() + name[1:])
        elif self.shows == METRIC:
            self.choices[LOSS].setChecked(True)
        self.log_button.setVisible(self.shows == LOSS)
        runs = [(False, lab.run)] + ([(True, lab.other)] if lab.other is not None else [])
        last = last_done = float(max(run.head for _, run in runs))
        if last < 2:  # nothing to show yet: the axis is that of what is to come
            last = float(max(planned(lab.run), 10))
        drawn: dict[tuple[bool, str], tuple[Floats, Floats]] = {}
        for is_other, run in runs:
            for name, x, y in self._lines(run, last):
                drawn[is_other, name] = x, logarithms(y) if self.is_log else drawable(y)
        self._draw(drawn)
        self.plot.set_log(self.is_log)
        curves = [y for _, y in drawn.values()]
        found = bounds(curves, log=self.is_log, whole=self.shows == LOSS)
        if lab.running:  # axes that stand still are not drawn anew, and are easier to read
            last, found = roomy(last), steady(found, self._seen)
        self._seen = found
        self.plot.set_range((1.0, last), found)
        self.marks.show_marks([Mark("data", at) for at in lab.run.training.data_changes])
        self.cursor_line.show_at(lab.cursor)
        self._name_lines(drawn)
        self.hint.show_words(None if last_done > 1 else _nothing_yet(lab))

    def _lines(self, run: Run, last: float) -> list[tuple[str, Floats, Floats]]:
        curves, found = run.curves, []
        columns = max(int(self.plot.width()), 50)
        if self.shows == LOSS and len(curves.loss):
            window = window_of(self.smooth.value() / _SMOOTHEST, len(curves.loss))
            with np.errstate(all="ignore"):
                found.append((BATCH, *envelope(smoothed(curves.loss, window), 1, last, columns)))
        measured = curves.losses if self.shows == LOSS else curves.metrics
        for part, values in measured.items():
            window = window_of(self.smooth.value() / _SMOOTHEST, len(values))
            at, y = np.asarray(curves.at, dtype=np.float64), smoothed(values, window)
            every = max(len(at) // (2 * columns), 1)
            found.append((part, at[::every], y[::every]))
        return found

    def _draw(self, drawn: Mapping[tuple[bool, str], tuple[Floats, Floats]]) -> None:
        for key, (x, y) in drawn.items():
            if key not in self._items:
                is_other, name = key
                width = 1.0 if name == BATCH else 1.8
                # Dashes of a line that goes up and down all the time cannot be told apart.
                style = DASHED if is_other and name != BATCH else SOLID
                opacity = 0.45 if is_other and name == BATCH else 1.0
                self._items[key] = self.plot.curve(ROLES[name], width, style, opacity=opacity)
                self._items[key].setZValue(2 * (name != BATCH) - is_other)
            self._items[key].setData(x, y)
        for key, item in self._items.items():
            item.setVisible(key in drawn)

    def _name_lines(self, drawn: Mapping[tuple[bool, str], Any]) -> None:
        parts = [name for is_other, name in drawn if not is_other]
        entries, trials = [], self.lab.trials
        if trials.other is not None:
            entries.append(Entry(run_name(trials.shown), Role.TEXT))
            entries.append(Entry(run_name(trials.other), Role.TEXT, DASHED))
        entries += [Entry(WORDS[name], ROLES[name]) for name in parts]
        self.legend.show_entries(entries)

    def read(self, x: float, _: float) -> list[str]:
        """Return the exact values at a place."""
        tr, lab, lines = self.session.tr, self.lab, []
        number = round(min(max(x, 1), lab.run.head))
        lines.append(tr(Message("lab.read.iteration", number=f"{number:,}")))
        trials = lab.trials
        for trial in filter(None, (trials.shown, trials.other)):
            curves = trial.run.curves
            if trials.other is not None:
                lines.append(tr(run_name(trial)))
            if self.shows == LOSS and number <= len(curves.loss):
                value = format_full(float(curves.loss[number - 1]))
                lines.append(f"{tr(WORDS[BATCH])} {value}")
            place = nearest(curves.at, number)
            measured = curves.losses if self.shows == LOSS else curves.metrics
            for part, values in measured.items():
                if place is not None and place < len(values):
                    at = int(curves.at[place])
                    where = "" if at == number else f"  ({at:,})"
                    lines.append(f"{tr(WORDS[part])} {format_full(float(values[place]))}{where}")
        return lines

    # --- What a person does ----------------------------------------------------------------

    def _on_pressed(self, x: float, _: float) -> None:
        self.lab.seek(round(min(max(x, 1), self.lab.run.head)))

    def _on_chosen(self) -> None:
        self.refresh_now()
        self._retranslate()

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.loss")))
        self.choices[LOSS].setText(tr(Message("lab.dock.loss")))
        self.log_button.setText(tr(Message("lab.log")))
        self.log_button.setToolTip(tr(Message("lab.log.tip")))
        self.smooth_label.setText(tr(Message("lab.smooth")))
        for part in (self.smooth, self.smooth_label):
            part.setToolTip(tr(Message("lab.smooth.tip")))
        self.smooth.setAccessibleName(tr(Message("lab.smooth")))
        self.plot.set_labels(Message("lab.readout.iteration"))

    def _place(self) -> None:
        """Put the legend on a line of its own where there is little room."""
        self.head.set_narrow(self.width() < self.px(_NARROW))
        self.request_refresh()  # the hint stands in the middle

    def _restyle(self) -> None:
        px = self.px
        self._column.setContentsMargins(px(14), px(2), px(10), px(4))
        self._column.setSpacing(px(4))
        self.smooth.setFixedSize(px(80), px(22))


def _nothing_yet(lab: Lab) -> Message:
    """Return what to do so that there is something to see."""
    return Message("lab.loss.empty") if lab.can_train else Message("lab.loss.no_optimizer")


class Hint(QLabel):
    """What to do, in the middle of a plot in which there is nothing yet."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self.setProperty("kind", "muted")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_words(self, words: Message | None) -> None:
        """Say something, or nothing."""
        self.setVisible(words is not None)
        if words is not None:
            self.setText(self._plot.session.tr(words))
            self.setGeometry(self._plot.inside().toRect().adjusted(12, 4, -12, -4))
            self.raise_()


class CursorLine(QWidget):
    """The line of the cursor over a plot: it moves without the plot being drawn anew."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._at = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_at(self, x: float) -> None:
        """Stand at a place of the axis."""
        self._at = x
        self.setGeometry(self._plot.rect())
        self.raise_()
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the line with its knob."""
        plot, session = self._plot, self._plot.session
        inside: QRectF = plot.inside()
        x = plot.plane(self._at, 0.0).x()
        x = min(max(x, inside.left()), inside.right())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(session.theme.colour(Role.STRONG), 1.4 * session.scale))
        painter.drawLine(QPointF(x, inside.top()), QPointF(x, inside.bottom()))
        painter.setBrush(session.theme.colour(Role.PANEL))
        radius = 4.5 * session.scale
        painter.drawEllipse(QPointF(x, inside.top() + radius), radius, radius)
