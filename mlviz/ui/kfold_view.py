"""k-fold validation: a table of folds that fills while they are trained, with mean and spread."""

import math
from collections.abc import Generator, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mlviz.document.document import Document
from mlviz.document.folds import MOST_FOLDS, splits_of, training_on
from mlviz.document.schedule_file import stop_rules
from mlviz.document.schema import TrainingTable
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.learn.kfold import Fold, each_fold, spread
from mlviz.learn.measure import metric_name
from mlviz.learn.network import NetworkProgram
from mlviz.learn.stop import StopRules
from mlviz.numerals import format_full, format_number
from mlviz.picture.items import Role
from mlviz.ui.fields import NumberField
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.progress_line import ProgressLine
from mlviz.ui.session import Session
from mlviz.ui.work import Job, left_message

_SIZE = (760, 500)
_EPOCHS = 50
_FIELDS = {
    "k": Message("kfold.k"),
    "epochs": Message("kfold.epochs"),
    "seed": Message("kfold.seed"),
}
_COLUMNS = {
    "fold": Message("kfold.column.fold"),
    "rows": Message("kfold.column.rows"),
    "iterations": Message("kfold.column.iterations"),
    "train": Message("kfold.column.train"),
    "validation": Message("kfold.column.validation"),
    "metric": Message("metric.accuracy"),
}
_NUMBERS = 2
"""The first column of numbers."""


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


class KFoldDialog(QDialog):
    """Asks for k and the epochs, trains every fold, and shows what came out."""

    finished_all = Signal()

    def __init__(self, session: Session, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.document = document
        self.folds: list[Fold] = []
        self._job: Job | None = None
        tr, scale = session.tr, session.scale
        self.setWindowTitle(tr(Message("kfold.title")))
        room = self.screen().availableSize()
        width, height = (round(length * scale) for length in _SIZE)
        self.resize(min(width, room.width()), min(height, room.height()))
        self.intro = QLabel(tr(Message("kfold.intro")))
        self.intro.setWordWrap(True)
        self.k = self._field("k", "5")
        epochs = document.stop.epochs or _EPOCHS
        self.epochs = self._field("epochs", str(epochs))
        self.seed = self._field("seed", "0")
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setAccessibleName(tr(Message("kfold.table")))
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        labels = [tr(self._heading(name)) for name in _COLUMNS]
        self.table.setHorizontalHeaderLabels([text[:1].upper() + text[1:] for text in labels])
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        for place in range(len(_COLUMNS)):
            item = self.table.horizontalHeaderItem(place)
            if item is not None:
                side = right if place >= _NUMBERS else left
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = ProgressLine(session)
        self.start_button = QPushButton(tr(Message("kfold.start")))
        self.start_button.setProperty("kind", "primary")
        self.start_button.clicked.connect(self.start)
        self.cancel_button = QPushButton(tr(Message("kfold.cancel")))
        self.cancel_button.clicked.connect(self.cancel)
        self.close_button = QPushButton(tr(Message("ui.code.close")))
        self.close_button.clicked.connect(self.reject)
        for button in (self.start_button, self.cancel_button, self.close_button):
            button.setAutoDefault(False)
        self.start_button.setDefault(True)
        self._lay_out(scale)
        self._show_running(False)

    def _field(self, name: str, value: str) -> NumberField:
        field = NumberField(self.session, name, _FIELDS[name], parent=self)
        field.edit.setMaxLength(7)
        field.accept(value)
        field.stepped.connect(self._on_stepped)
        field.label.setMinimumWidth(0)
        return field

    def _heading(self, name: str) -> Message:
        program = self.document.training.program
        if name == "metric" and isinstance(program, NetworkProgram):
            return metric_name(program)
        return _COLUMNS[name]

    def _lay_out(self, scale: float) -> None:
        gap = round(20 * scale)
        column = QVBoxLayout(self)
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(round(10 * scale))
        fields = QHBoxLayout()
        fields.setSpacing(round(16 * scale))
        for field in (self.k, self.epochs, self.seed):
            field.label.setFixedWidth(field.label.sizeHint().width())
            fields.addWidget(field, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(round(8 * scale))
        buttons.addWidget(self.outcome, 1)
        for button in (self.cancel_button, self.close_button, self.start_button):
            buttons.addWidget(button)
        column.addWidget(self.intro)
        column.addLayout(fields)
        column.addWidget(self.progress)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)

    def _show_running(self, running: bool) -> None:
        self.progress.setVisible(running)
        # They stay in their places, so that a second click never hits another one.
        self.cancel_button.setEnabled(running)
        self.start_button.setEnabled(not running)
        for field in (self.k, self.epochs, self.seed):
            field.setEnabled(not running)

    # --- What a person does ----------------------------------------------------------------

    def _on_stepped(self, name: str, step: int) -> None:
        field = {"k": self.k, "epochs": self.epochs, "seed": self.seed}[name]
        low, high = self._range(name)
        text = field.edit.text().strip()
        value = int(text) if text.isdecimal() else low
        by = 10 if name == "epochs" else 1
        field.accept(str(min(max(value + step * by, low), high)))

    def _range(self, name: str) -> tuple[int, int]:
        info = self.document.data
        if name == "k":
            rows = 2 if info is None else len(info.split.train) + len(info.split.validation)
            return 2, min(MOST_FOLDS, rows)
        return (1, 10_000) if name == "epochs" else (0, 10_000)

    def _number(self, field: NumberField) -> int | None:
        """Return what stands in a field, or say beside it what may stand there."""
        low, high = self._range(field.objectName())
        text = field.edit.text().strip()
        if text.isdecimal() and low <= int(text) <= high:
            field.accept(text)
            return int(text)
        found = {"found": text or "—", "low": str(low), "high": f"{high:,}"}
        field.show_problem(Message("error.document.range", **found))
        return None

    @Slot()
    def start(self) -> None:
        """Train all folds."""
        k, epochs, seed = (self._number(field) for field in (self.k, self.epochs, self.seed))
        if k is None or epochs is None or seed is None:
            return
        self.cancel()
        self.folds = []
        rules = self.document.table.training or TrainingTable()
        try:
            stop = stop_rules(self.document.name, replace(rules, epochs=epochs))
            splits = splits_of(self.document, k, seed)
        except MLVizError as error:
            self._say(error.message, "problem")
            return
        self._prepare(k)
        self._job = self.session.lab.work.begin(self._steps(splits, stop), self)
        self._job.progressed.connect(self._on_progressed)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self._on_failed)
        self.progress.show_share(0.0)
        self._show_running(True)

    def _steps(self, splits: Sequence[Any], stop: StopRules) -> Generator[float, None, None]:
        share = 0.0
        for part in each_fold(splits, partial(training_on, self.document), stop):
            if isinstance(part, Fold):
                self._show_fold(part)
            else:
                share = part
            yield share

    @Slot()
    def cancel(self) -> None:
        """Train no farther; what is finished stays."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._show_running(False)
            self._say(Message("kfold.cancelled", count=len(self.folds)), "muted")

    def done(self, result: int) -> None:
        """Train no farther, and close."""
        self.cancel()
        super().done(result)

    # --- What it shows ---------------------------------------------------------------------

    def _prepare(self, k: int) -> None:
        """Make a row for every fold, and one for what they have in common."""
        self.table.clearSpans()
        self.table.setRowCount(0)
        self.table.setRowCount(k + 2)
        for number in range(1, k + 1):
            self._put(number - 1, 0, str(number))
            self.table.setCellWidget(number - 1, 1, Strip(self.session, k, number, self.table))
            for place in range(_NUMBERS, len(_COLUMNS)):
                self._put(number - 1, place, "·")
        tr = self.session.tr
        for row in (k, k + 1):
            self.table.setSpan(row, 0, 1, _NUMBERS)
        self._put(k, 0, tr(Message("kfold.mean")), bold=True)
        self._put(k + 1, 0, tr(Message("kfold.deviation")), bold=True)
        self._say(Message("kfold.running"), "muted")

    def _show_fold(self, fold: Fold) -> None:
        self.folds.append(fold)
        row = fold.number - 1
        self._put(row, 2, f"{fold.iteration - 1:,}")
        scores = (fold.train.loss, fold.validation.loss, fold.validation.metric)
        for place, value in enumerate(scores, _NUMBERS + 1):
            self._put(row, place, format_number(value), tip=format_full(value))
        below = self.table.rowCount() - 2
        for place in range(3):
            found = spread([self._scores(each)[place] for each in self.folds])
            for row, value in enumerate(found, below):
                known = not math.isnan(value)
                text, tip = format_number(value), format_full(value)
                self._put(row, place + _NUMBERS + 1, text if known else "·", tip=tip, bold=True)

    def _scores(self, fold: Fold) -> tuple[float, float, float]:
        return fold.train.loss, fold.validation.loss, fold.validation.metric

    def _put(self, row: int, place: int, text: str, *, tip: str = "", bold: bool = False) -> None:
        item = QTableWidgetItem(text)
        item.setToolTip(tip)
        if place >= _NUMBERS:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        px = 12.5 * self.session.scale
        item.setFont(number_font(px, bold) if place >= _NUMBERS else ui_font(px, bold))
        self.table.setItem(row, place, item)

    def _on_progressed(self) -> None:
        if self._job is not None:
            self.progress.show_share(self._job.share)
            self._say(left_message(self._job), "muted")

    def _on_finished(self) -> None:
        self._job = None
        self._show_running(False)
        self._say(Message("kfold.done", count=len(self.folds)), "muted")
        self.finished_all.emit()

    def _on_failed(self, message: Message) -> None:
        self._job = None
        self._show_running(False)
        self._say(message, "problem")

    def _say(self, message: Message, kind: str) -> None:
        self.outcome.setText(self.session.tr(message))
        self.outcome.setProperty("kind", kind)
        self.outcome.style().polish(self.outcome)


def open_folds(session: Session, parent: QWidget) -> KFoldDialog:
    """Offer the k-fold validation of the lab's recipe; nothing is blocked meanwhile."""
    dialog = KFoldDialog(session, session.lab.document, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
