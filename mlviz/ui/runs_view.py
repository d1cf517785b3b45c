"""The runs that are kept: shown, compared, named; and in what two of them differ."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mlviz.i18n import Message
from mlviz.learn.measure import metric_name
from mlviz.learn.network import NetworkProgram
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.items import Role
from mlviz.picture.run_bar import loss_now
from mlviz.picture.run_table import Row, recipe_rows, result_rows
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.icons import icon
from mlviz.ui.lab_view import LabView
from mlviz.ui.lab_words import run_name
from mlviz.ui.plots import DASHED, SOLID
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session
from mlviz.ui.trials import Trial
from mlviz.ui.variants_bar import VariantsBar
from mlviz.ui.widgets import Button, ElidedLabel, Panel

_LONGEST_NAME = 16


def leave_room(button: QPushButton, scale: float) -> None:
    """Make a button as wide as its text is in the bold letters of a checked one."""
    metrics = QFontMetrics(ui_font(BASE_PX * scale, bold=True))
    button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + round(26 * scale))


class RunRow(Panel):
    """One run: its stroke, its name, how far it is, and what can be done with it."""

    def __init__(self, session: Session, trial: Trial, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.trial = trial
        self.setProperty("kind", "run")
        self._style: Qt.PenStyle | None = None
        self.name = QLineEdit(self)
        self.name.setProperty("kind", "bare")
        self.name.editingFinished.connect(self._on_named)
        self.figures = ElidedLabel("muted", self)
        self.compare_button = QPushButton(self)
        self.compare_button.setCheckable(True)
        self.compare_button.clicked.connect(self._on_compare)
        self.show_button = QPushButton(self)
        self.show_button.clicked.connect(self._on_show)
        self.remove_button = Button("quiet", parent=self)
        self.remove_button.clicked.connect(self._on_remove)
        for button in (self.compare_button, self.show_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lines, first, self._deeds = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.name, 1)
        first.addWidget(self.remove_button)
        self._deeds.addWidget(self.show_button)
        self._deeds.addWidget(self.compare_button)
        self._deeds.addStretch(1)
        self._lines.addLayout(first)
        self._lines.addWidget(self.figures)
        self._lines.addLayout(self._deeds)
        self._restyle()

    def show_trial(self, trial: Trial) -> None:
        """Show a run as it is now."""
        self.trial = trial
        trials, tr = self.session.lab.trials, self.session.tr
        is_shown, is_other = trial is trials.shown, trial is trials.other
        self._style = SOLID if is_shown else DASHED if is_other else None
        if not self.name.hasFocus():
            self.name.setText(tr(run_name(trial)))
        losses, run = trial.run.curves.loss, trial.run
        loss = NOT_YET
        if len(losses):
            is_moving = self.session.lab.running and is_shown
            loss = format_number(float(losses[-1]) if is_moving else loss_now(run, run.head))
        values = {"iterations": f"{len(losses):,}", "loss": loss}
        begun = Message("lab.run.figures", **values)
        self.figures.setText(tr(begun if len(losses) else Message("lab.run.not_begun")))
        self.show_button.setVisible(not is_shown)
        self.compare_button.setVisible(not is_shown)
        self.compare_button.setChecked(is_other)
        self.remove_button.setVisible(len(trials.all) > 1)
        self.show_button.setText(tr(Message("lab.run.show")))
        self.compare_button.setText(tr(Message("lab.run.compare")))
        leave_room(self.compare_button, self.session.scale)
        for button, words in (
            (self.show_button, Message("lab.run.show_tip")),
            (self.compare_button, Message("lab.run.compare_tip")),
            (self.remove_button, Message("lab.run.remove", name=run_name(trial))),
        ):
            button.setToolTip(tr(words))
            button.setAccessibleName(tr(words))
        self.name.setAccessibleName(tr(Message("lab.run.name")))
        self.update()

    def _on_named(self) -> None:
        text = self.name.text().strip()
        if text != self.session.tr(run_name(self.trial)):
            self.session.lab.rename(self.trial.run, text)

    def _on_compare(self, on: bool) -> None:
        self.session.lab.compare(self.trial.run if on else None)

    def _on_show(self) -> None:
        self.session.lab.choose(self.trial.run)

    def _on_remove(self) -> None:
        self.session.lab.remove(self.trial.run)

    def mouseDoubleClickEvent(self, _: QMouseEvent) -> None:
        """Show this run."""
        self._on_show()

    def _restyle(self) -> None:
        px = self.px
        self._lines.setContentsMargins(px(40), px(3), px(4), px(3))
        self._lines.setSpacing(px(1))
        self._deeds.setSpacing(px(4))
        self.remove_button.setIcon(icon("close", self.session.theme.colour(Role.MUTED)))
        self.remove_button.setIconSize(QSize(px(13), px(13)))
        self.remove_button.setFixedSize(px(22), px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the stroke that its curves have."""
        super().paintEvent(event)
        if self._style is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.session.theme.colour(Role.TEXT)
        painter.setPen(QPen(colour, 2 * self.session.scale, self._style))
        y = self.name.geometry().center().y() + 1
        painter.drawLine(QPointF(self.px(8), y), QPointF(self.px(30), y))


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


class Table(Panel):
    """A table of two runs: a name, and a value of each."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self._labels: list[tuple[QLabel, QLabel, QLabel]] = []

    def show_rows(self, heads: tuple[str, str], rows: Sequence[Row]) -> None:
        """Show these rows under the names of the runs."""
        while len(self._labels) < len(rows) + 1:
            self._add_line()
        tr = self.session.tr
        texts = [("", *(_shortened(head) for head in heads))]
        texts += [(tr(row.name), tr(row.one), tr(row.other)) for row in rows]
        for place, labels in enumerate(self._labels):
            for column, label in enumerate(labels):
                label.setVisible(place < len(texts))
                if place < len(texts):
                    label.setText(texts[place][column])

    def _add_line(self) -> None:
        line, first = len(self._labels), not self._labels
        labels = (QLabel(self), QLabel(self), QLabel(self))
        for column, label in enumerate(labels):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(not first)
            kind = "muted" if first or column == 0 else "number"
            label.setProperty("kind", kind)
            if column:
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label, line, column)
        self._labels.append(labels)
        self._restyle()

    def _restyle(self) -> None:
        self._grid.setHorizontalSpacing(self.px(10))
        self._grid.setVerticalSpacing(self.px(3))


class RunsView(LabView):
    """Qt view of `lab.trials`."""

    most_a_second = 4.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.rows: list[RunRow] = []
        self.page = ScrollPage(self)
        self.keep_button = QPushButton(self)
        self.keep_button.clicked.connect(self.lab.keep)
        self.branch_button = QPushButton(self)
        self.branch_button.clicked.connect(self.lab.branch)
        self.beside_button = QPushButton(self)
        self.beside_button.setCheckable(True)
        self.beside_button.clicked.connect(self.lab.set_beside)
        self._deeds = QHBoxLayout()
        for button in (self.branch_button, self.keep_button, self.beside_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._deeds.addWidget(self.branch_button)
        self._deeds.addWidget(self.keep_button)
        self._deeds.addStretch(1)
        self._runs = QVBoxLayout()
        self.hint = QLabel(self)
        self.hint.setProperty("kind", "muted")
        self.hint.setWordWrap(True)
        self.headings = (QLabel(self), QLabel(self))
        for heading in self.headings:
            heading.setProperty("strong", True)
        self.differing = Table(session, self)
        self.results = Table(session, self)
        self.variants = VariantsBar(session, self)
        column = self.page.column
        column.addWidget(self.variants)
        column.addLayout(self._runs)
        column.addLayout(self._deeds)
        column.addWidget(self.beside_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.hint)
        for heading, table in zip(self.headings, (self.differing, self.results), strict=True):
            column.addWidget(heading)
            column.addWidget(table)
        column.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.page)
        self._restyle()
        self._retranslate()

    def refresh(self) -> None:
        """Show the runs and the comparison."""
        lab, trials = self.lab, self.lab.trials
        if len(self.rows) != len(trials.all):
            self._rebuild(len(trials.all))
        for row, trial in zip(self.rows, trials.all, strict=True):
            row.show_trial(trial)
        for button in (self.keep_button, self.branch_button):
            button.setEnabled(lab.can_train)
        self.branch_button.setEnabled(lab.can_train and not lab.is_stale)
        other = trials.other
        self.beside_button.setVisible(other is not None)
        self.beside_button.setChecked(lab.is_beside)
        for widget in (*self.headings, self.differing, self.results):
            widget.setVisible(other is not None)
        self.hint.setVisible(other is None)
        if other is not None:
            self._compare(trials.shown, other)

    def _compare(self, one: Trial, other: Trial) -> None:
        tr, lab = self.session.tr, self.lab
        names = (tr(run_name(one)), tr(run_name(other)))
        rows = recipe_rows(one.document.table, other.document.table)
        same = [Row(Message("lab.differ.nothing"), "", "")]
        self.differing.show_rows(names, rows or same)
        program = lab.program
        metric = metric_name(program) if isinstance(program, NetworkProgram) else None
        self.results.show_rows(names, result_rows(one.run, other.run, lab.cursor, metric))

    def _rebuild(self, count: int) -> None:
        for row in self.rows:
            self._runs.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [
            RunRow(self.session, self.lab.trials.all[place], self) for place in range(count)
        ]
        for row in self.rows:
            self._runs.addWidget(row)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.runs")))
        self.keep_button.setText(tr(Message("lab.keep")))
        self.keep_button.setToolTip(tr(Message("lab.keep_tip")))
        self.branch_button.setText(tr(Message("ui.action.branch")))
        self.branch_button.setToolTip(tr(Message("lab.branch_tip")))
        self.beside_button.setText(tr(Message("lab.beside")))
        leave_room(self.beside_button, self.session.scale)
        self.beside_button.setToolTip(tr(Message("lab.beside_tip")))
        self.hint.setText(tr(Message("lab.compare.hint")))
        self.headings[0].setText(tr(Message("lab.differ.recipe")))
        self.headings[1].setText(tr(Message("lab.differ.results")))

    def _restyle(self) -> None:
        px = self.px
        self.page.column.setContentsMargins(px(14), px(2), px(10), px(10))
        self.page.column.setSpacing(px(6))
        self._runs.setSpacing(px(2))
        self._deeds.setSpacing(px(6))
