"""k-fold validation: a table of folds that fills while they are trained, with mean and spread."""

import math
from collections.abc import Generator, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
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
from mlviz.learn.kfold import Fold, each_fold
from mlviz.learn.measure import metric_name
from mlviz.learn.network import NetworkProgram
from mlviz.learn.stop import StopRules
from mlviz.numerals import format_full, format_number
from mlviz.ui.fields import CalmCombo, NumberField
from mlviz.ui.fold_strip import Strip
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.kept_folds import FoldRow, KeptFolds, keep, table_for
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


class KFoldDialog(QDialog):
    """Asks for k and the epochs, trains every fold, and shows what came out."""

    finished_all = Signal()

    def __init__(self, session: Session, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.document = document
        self.folds: list[Fold] = []
        self._tables = session.lab.fold_tables
        self._kept: KeptFolds | None = None
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
        self.beside = QLabel()
        self.beside.setProperty("kind", "muted")
        self.beside.setWordWrap(True)
        self.beside.setTextFormat(Qt.TextFormat.PlainText)
        self.chooser = CalmCombo(self)
        self.chooser.setAccessibleName(tr(Message("kfold.table")))
        self.chooser.activated.connect(self._on_chosen)
        self.copy_button = QPushButton(tr(Message("ui.code.copy")))
        self.copy_button.clicked.connect(self.copy)
        self.start_button = QPushButton(tr(Message("kfold.start")))
        self.start_button.setProperty("kind", "primary")
        self.start_button.clicked.connect(self.start)
        self.cancel_button = QPushButton(tr(Message("kfold.cancel")))
        self.cancel_button.clicked.connect(self.cancel)
        self.close_button = QPushButton(tr(Message("ui.code.close")))
        self.close_button.clicked.connect(self.reject)
        buttons = (self.start_button, self.cancel_button, self.close_button, self.copy_button)
        for button in buttons:
            button.setAutoDefault(False)
        self.start_button.setDefault(True)
        self._lay_out(scale)
        self._show_running(False)
        if self._tables:
            self._show_kept(self._tables[-1])
        self._offer_kept()

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
            fields.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(round(8 * scale))
        buttons.addWidget(self.chooser)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        for button in (self.cancel_button, self.close_button, self.start_button):
            buttons.addWidget(button)
        column.addWidget(self.intro)
        column.addLayout(fields)
        column.addWidget(self.progress)
        column.addWidget(self.table, 1)
        column.addWidget(self.outcome)
        column.addWidget(self.beside)
        column.addLayout(buttons)

    def _show_running(self, running: bool) -> None:
        self.progress.setVisible(running)
        # They stay in their places, so that a second click never hits another one.
        self.cancel_button.setEnabled(running)
        self.start_button.setEnabled(not running)
        if running and self.isActiveWindow():
            self.table.setFocus()  # so that a second Return or Space closes nothing
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
        self._kept = table_for(self.document, k, epochs, seed)
        self._prepare(k)
        self._offer_kept()
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
            self._keep()
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
        assert self._kept is not None
        self._show_row(self._kept.add(fold))

    def _show_row(self, fold: FoldRow) -> None:
        row = fold.number - 1
        self._put(row, 2, f"{fold.iterations:,}")
        for place, value in enumerate(fold.scores, _NUMBERS + 1):
            self._put(row, place, format_number(value), tip=format_full(value))
        below = self.table.rowCount() - 2
        assert self._kept is not None
        for place in range(3):
            found = self._kept.spread(place)
            for row, value in enumerate(found, below):
                known = not math.isnan(value)
                text, tip = format_number(value), format_full(value)
                self._put(row, place + _NUMBERS + 1, text if known else "·", tip=tip, bold=True)

    # --- Tables that stay ------------------------------------------------------------------

    def _keep(self) -> None:
        """Keep what is finished, and say how it compares with the table before."""
        if self._kept is not None:
            keep(self._tables, self._kept)
        self._offer_kept()

    def _offer_kept(self) -> None:
        """Offer the tables there are, newest first, and say how the one that is shown compares."""
        tables, tr = self._tables, self.session.tr
        self.chooser.setVisible(len(tables) > 1)
        self.chooser.setEnabled(self._job is None)
        self.copy_button.setVisible(bool(tables))
        self.chooser.clear()
        for number in range(len(tables), 0, -1):
            self.chooser.addItem(tr(tables[number - 1].words(number)), number - 1)
        place = tables.index(self._kept) if self._kept in tables else -1
        self.chooser.setCurrentIndex(len(tables) - 1 - place if place >= 0 else -1)
        words: Message | str = ""
        if place > 0 and self._kept is not None:
            words = self._kept.beside(tables[place - 1], place)
        self.beside.setText(tr(words))
        self.beside.setVisible(bool(words))

    def _on_chosen(self, place: int) -> None:
        self._show_kept(self._tables[int(self.chooser.itemData(place))])
        self._offer_kept()

    def _show_kept(self, kept: KeptFolds) -> None:
        """Show a table of before, with its numbers in the fields."""
        self._kept = kept
        for field, number in ((self.k, kept.k), (self.epochs, kept.epochs), (self.seed, kept.seed)):
            field.accept(str(number))
        self._prepare(kept.k)
        heading = self.table.horizontalHeaderItem(len(_COLUMNS) - 1)
        text = self.session.tr(kept.metric)
        if heading is not None:
            heading.setText(text[:1].upper() + text[1:])
        for row in kept.rows:
            self._show_row(row)
        same = kept.recipe == self.document.table
        self._say(Message("kfold.of_this" if same else "kfold.of_another"), "muted")

    @Slot()
    def copy(self) -> None:
        """Put the table on the clipboard, with all digits."""
        if self._kept is None:
            return
        tr = self.session.tr
        headings = [tr(self._heading(name)) for name in _COLUMNS if name != "rows"]
        headings[-1] = tr(self._kept.metric)
        mean, deviation = tr(Message("kfold.mean")), tr(Message("kfold.deviation"))
        QGuiApplication.clipboard().setText(self._kept.text(headings, mean, deviation))

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
        self._keep()
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
