"""What is trained of a formula: its parameters now, on their way, and the loss they lead to."""

from collections.abc import Generator

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.learn.changes import Place
from mlviz.learn.run import Run
from mlviz.numerals import format_full, format_number
from mlviz.picture.contour import training_gradient, training_loss
from mlviz.picture.items import Role
from mlviz.picture.loss_curves import bounds, drawable
from mlviz.picture.parameter_course import Course, Floats, flat, losses_along, reach
from mlviz.trace.symbols import text_name
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.lab_view import LabView
from mlviz.ui.plot_head import PlotHead
from mlviz.ui.plots import Plot
from mlviz.ui.session import Session
from mlviz.ui.work import Job

WAY, SLOPE = "way", "slope"
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_ROLES = (Role.SELECTED, Role.NEGATIVE, Role.FORWARD, Role.BACKWARD, Role.UPDATE, Role.TEXT)
_MOST_LINES = len(_DASHES) * len(_ROLES)
_POINTS = 61
_MOST_ROWS, _ROWS_BESIDE = 60, 7
"""Rows of the table, and so many of them above the plot; the others are scrolled to."""
_ROW = 24


_HEADS = (Message("formula.parameter"), Message("formula.value"), Message("formula.slope_of"))


def look_of(number: int) -> tuple[Role, Qt.PenStyle]:
    """Return how the line of a parameter looks: no two of those that are drawn look alike."""
    place = number % _MOST_LINES
    return _ROLES[place % len(_ROLES)], _DASHES[(place // len(_ROLES) + place) % len(_DASHES)]


def name_of(place: Place) -> str:
    """Return what a number of a formula is called: `w`, `W[0,2]`."""
    name = text_name(place.origin)
    return f"{name}[{','.join(str(n) for n in place.index)}]" if place.index else name


class _Stroke(QWidget):
    """A piece of a parameter's line."""

    def __init__(self, session: Session, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._look = look_of(number)
        self.setFixedSize(round(22 * session.scale), round(14 * session.scale))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint it."""
        role, style = self._look
        painter = QPainter(self)
        painter.setPen(QPen(self._session.theme.colour(role), 2 * self._session.scale, style))
        middle = QRectF(self.rect()).center().y()
        painter.drawLine(0, round(middle), self.width(), round(middle))
        painter.end()


class FormulaView(LabView):
    """The parameters of a formula at the cursor, and how they came there."""

    most_a_second = 10.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.head = PlotHead(session, (WAY, SLOPE), (), self)
        self.choices = self.head.choices
        self.head.group.buttonClicked.connect(self.refresh_now)
        self.plot = Plot(session, self)
        self.plot.set_reader(self.read)
        self._loss_line = self.plot.curve(Role.STRONG, 2.0)
        self._walked = self.plot.points(Role.MUTED, 5, opacity=0.7)
        self._tangent = self.plot.curve(Role.BACKWARD, 1.6, Qt.PenStyle.DashLine)
        self._here = self.plot.points(Role.UPDATE, 11)
        self._lines = [
            self.plot.curve(role, 2.0, style) for role, style in map(look_of, range(_MOST_LINES))
        ]
        self._cursor = self.plot.curve(Role.MUTED, 1.0, Qt.PenStyle.DashLine)
        self.note = QLabel(self)
        self.note.setProperty("kind", "muted")
        self.note.setWordWrap(True)
        self._table = QWidget()
        self._table.setProperty("kind", "panel")
        self._table.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout(self._table)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setWidget(self._table)
        self.cells: list[tuple[QLabel, QLabel, QLabel]] = []
        self._course: Course | None = None
        self._job: Job | None = None
        self._curve: tuple[tuple[Run, float, float], Floats, Floats] | None = None
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.area)
        self._column.addWidget(self.head)
        self._column.addWidget(self.plot, 1)
        self._column.addWidget(self.note)
        self._column.addStretch()
        self._restyle()

    # --- What it shows ---------------------------------------------------------------------

    @property
    def course(self) -> Course:
        """How the parameters of the run that is shown went."""
        if self._course is None or self._course.run is not self.lab.run:
            if self._job is not None:
                self._job.cancel()
            self._course, self._job = Course(self.lab.run), None
        return self._course

    def refresh(self) -> None:
        """Show the values at the cursor, and the way to them."""
        lab, course = self.lab, self.course
        course.take(lab.cursor)
        can = lab.can_train
        self.head.setVisible(can and len(course.places) == 1)
        self.plot.setVisible(can)
        self._column.setStretchFactor(self.area, 0 if can else 1)
        self._show_table()
        if not can:
            self._say(Message("formula.untrained"))
            return
        if not lab.running and (self._job is None or not self._job.running) and course.missing():
            self._job = lab.work.begin(self._steps(course), self)
            self._job.progressed.connect(self.request_refresh)
            self._job.finished.connect(self.request_refresh)
        is_slope = self.shows == SLOPE
        for item in (self._loss_line, self._walked, self._tangent, self._here):
            item.setVisible(is_slope)
        for item in (*self._lines, self._cursor):
            item.setVisible(not is_slope)
        (self._draw_slope if is_slope else self._draw_way)(course)

    @property
    def shows(self) -> str:
        """`way`: values over the iterations; `slope`: the loss over the only parameter."""
        return self.head.value if len(self.course.places) == 1 else WAY

    def _steps(self, course: Course) -> Generator[float, None, None]:
        missing = course.missing()
        for done, number in enumerate(missing, 1):
            course.take(number)
            yield done / len(missing)

    def _draw_way(self, course: Course) -> None:
        at, values = course.at, course.values()
        last = float(max(self.lab.run.head, 2))
        drawn = [drawable(values[:, n]) for n in range(min(values.shape[1], _MOST_LINES))]
        for number, line in enumerate(self._lines):
            there = number < len(drawn)
            line.setVisible(there)
            if there:
                line.setData(at, drawn[number])
        low, high = bounds(drawn, log=False)
        room = max(0.06 * (high - low), 1e-6)
        self.plot.set_labels(Message("lab.readout.iteration"), Message("formula.value"))
        self.plot.counts = True
        self.plot.set_range((1.0, last), (low - room, high + room))
        cursor = float(self.lab.cursor)
        self._cursor.setData([cursor, cursor], [low - room, high + room])
        more = len(course.places) - _MOST_LINES
        self._say(Message("formula.more", count=more) if more > 0 else "")

    def _draw_slope(self, course: Course) -> None:
        lab, place = self.lab, course.places[0]
        walked = course.values()[:, 0]
        low, high = self._span(reach(walked))
        key = (lab.run, low, high)
        if self._curve is None or self._curve[0] != key:
            x = np.linspace(low, high, _POINTS)
            self._curve = (key, x, losses_along(lab.program, lab.parameters, place, x))
        _, x, y = self._curve
        self._loss_line.setData(x, drawable(y))
        here = float(flat(lab.parameters)[0])
        with np.errstate(all="ignore"):
            loss = training_loss(lab.program, lab.parameters)
            slope = float(np.ravel(self._gradient()[place.origin])[0])
        seen = walked[np.isfinite(walked)]
        self._walked.setData(seen, np.interp(seen, x, y))
        finite = bool(np.isfinite((here, loss, slope)).all())
        if finite:
            self._here.setData([here], [loss])
            ends = np.array((low, high))
            self._tangent.setData(ends, loss + slope * (ends - here))
        self._here.setVisible(finite)
        self._tangent.setVisible(finite)
        bottom, top = bounds([drawable(y)], log=False)
        room = max(0.06 * (top - bottom), 1e-6)
        self.plot.set_labels(name_of(place), Message("lab.readout.loss"))
        self.plot.counts = False
        self.plot.set_range((low, high), (bottom - room, top + room))
        self._say(Message("formula.slope"))

    def _span(self, wanted: tuple[float, float]) -> tuple[float, float]:
        """Keep the axis as long as everything is on it, so that nothing twitches."""
        if self._curve is not None:
            run, low, high = self._curve[0]
            wide = wanted[1] - wanted[0]
            if run is self.lab.run and low <= wanted[0] and wanted[1] <= high <= low + 3 * wide:
                return low, high
        return wanted

    def _gradient(self) -> dict[str, Floats]:
        return training_gradient(self.lab.program, self.lab.parameters)

    def _show_table(self) -> None:
        """Write every parameter with its value and the slope there."""
        places = self.course.places
        if len(self.cells) != min(len(places), _MOST_ROWS) + 1:
            self._make_cells(min(len(places), _MOST_ROWS))
        tr = self.session.tr
        for label, words in zip(self.cells[0], _HEADS, strict=True):
            label.setText(tr(words))
        parameters = self.lab.parameters
        with np.errstate(all="ignore"):
            gradient = self._gradient()
        for place, (name, value, slope) in zip(places, self.cells[1:], strict=False):
            name.setText(name_of(place))
            for label, arrays in ((value, parameters), (slope, gradient)):
                number = float(arrays[place.origin][place.index])
                label.setText(format_number(number))
                label.setToolTip(format_full(number))

    def _make_cells(self, count: int) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self.cells = []
        middle = Qt.AlignmentFlag.AlignVCenter
        right, left = Qt.AlignmentFlag.AlignRight | middle, Qt.AlignmentFlag.AlignLeft | middle
        for row in range(count + 1):
            labels = QLabel(), QLabel(), QLabel()
            for column, label in enumerate(labels, 1):
                label.setProperty("kind", "number" if row and column > 1 else "muted")
                if row:
                    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(label, row, column, right if column > 1 else left)
            if 0 < row <= _MOST_LINES and self.lab.can_train:
                self._grid.addWidget(_Stroke(self.session, row - 1, self._table), row, 0)
            self.cells.append(labels)
        self._grid.setColumnStretch(4, 1)
        self._dress()

    def _say(self, words: Message | str) -> None:
        text = self.session.tr(words)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def read(self, x: float, _: float) -> list[str]:
        """Return the exact values at a place."""
        course = self.course
        at, values, tr = course.at, course.values(), self.session.tr
        if self.shows == SLOPE:
            place = course.places[0]
            y = losses_along(self.lab.program, self.lab.parameters, place, [x])[0]
            loss = f"{tr(Message('lab.readout.loss'))} {format_full(float(y))}"
            return [f"{name_of(place)} = {format_full(x)}", loss]
        row = int(np.abs(at - x).argmin())
        lines = [tr(Message("lab.read.iteration", number=f"{int(at[row]):,}"))]
        shown = zip(course.places, values[row], strict=True)
        return lines + [f"{name_of(place)} = {format_full(float(v))}" for place, v in shown][:8]

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.formula")))
        self.choices[WAY].setText(tr(Message("formula.way")))
        self.choices[SLOPE].setText(tr(Message("formula.over")))
        bold = QFontMetrics(ui_font(13 * self.session.scale, bold=True))
        for choice in self.choices.values():  # the chosen one is bold, and is then wider
            choice.setMinimumWidth(bold.horizontalAdvance(choice.text()) + self.px(26))
        self.request_refresh()

    def _restyle(self) -> None:
        pad = self.px(20)
        self._column.setContentsMargins(pad, self.px(6), pad, self.px(8))
        self._column.setSpacing(self.px(8))
        self._grid.setContentsMargins(0, 0, 0, self.px(4))
        self._grid.setHorizontalSpacing(self.px(14))
        self._grid.setVerticalSpacing(self.px(3))
        self.cells = []  # made anew in the new size
        self._retranslate()

    def _dress(self) -> None:
        font = number_font(13 * self.session.scale)
        for row in self.cells[1:]:
            for label in row:
                label.setFont(font)
        self._grid.setRowStretch(len(self.cells), 1)
        rows = len(self.cells) if not self.lab.can_train else min(len(self.cells), _ROWS_BESIDE)
        self.area.setMaximumHeight(self.px(_ROW) * rows + self.px(8))
