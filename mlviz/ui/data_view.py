"""The examples: which set, how many and how noisy, shared out how, and what stands in them."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mlviz.document.data_file import MAX_DEGREE, DataInfo, csv_path
from mlviz.document.recipe import with_data, with_data_set
from mlviz.document.schema import DataTable, FileTable
from mlviz.document.table_file import TABLE_ENDINGS
from mlviz.errors import DocumentError, MLVizError
from mlviz.i18n import Message
from mlviz.learn.data.tables import Table
from mlviz.learn.datasets import GENERATED
from mlviz.ui.csv_dialog import open_table
from mlviz.ui.data_cards import DataCards
from mlviz.ui.fields import Field, NumberField, SwitchField
from mlviz.ui.lab_view import LabView
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session
from mlviz.ui.shift_part import SHIFTS, ShiftPart
from mlviz.ui.slide_field import SlideField
from mlviz.ui.table_model import TableModel

_SHARES = ("validation", "test")
_NUMBERS = {
    "count": Message("data.count"),
    "seed": Message("data.seed"),
    "kinds": Message("data.kinds"),
    "validation": Message("data.validation"),
    "test": Message("data.test"),
    "split_seed": Message("data.split_seed"),
    "train_rows": Message("data.train_rows"),
    "degree": Message("data.degree"),
}
_SWITCHES = {
    "standardise": (Message("data.standardise"), Message("data.standardise.tip")),
    "standardise_target": (
        Message("data.standardise_target"),
        Message("data.standardise_target.tip"),
    ),
}
_HEADINGS = {
    "sets": Message("data.heading.sets"),
    "points": Message("data.heading.points"),
    "split": Message("data.heading.split"),
    "shift": Message("data.heading.shift"),
    "table": Message("data.heading.table"),
}
_WHOLE = ("count", "seed", "kinds", "split_seed", "train_rows", "degree")
_STEPS = {"count": 50, "train_rows": 10, "noise": 0.01}
_STEPS |= dict.fromkeys(("seed", "kinds", "split_seed", "degree"), 1)
_STEPS |= {name: step for name, (_, step) in SHIFTS.items()}
_BLANK = {"train_rows": (Message("data.train_rows.all"), Message("data.train_rows.tip"))}
"""What an empty field stands for, with what is said about the field."""
_SHOWN_COLUMNS = 12


class DataView(LabView):
    """Qt view of `[data]` in `lab.table`: every control makes another one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.page = ScrollPage(self)
        self.cards = DataCards(session, self)
        self.cards.chosen.connect(self._on_set)
        self.open_button = QPushButton(self)
        self.open_button.clicked.connect(self.ask_for_table)
        self.columns_button = QPushButton(self)
        self.columns_button.clicked.connect(self.show_columns)
        self.folds_button = QPushButton(self)
        self.folds_button.clicked.connect(self.show_folds)
        self.none_label = QLabel(self)
        self.problem_label = QLabel(self)
        self.problem_label.setProperty("kind", "problem")
        self.facts = QLabel(self)
        self.facts.setProperty("kind", "muted")
        for label in (self.none_label, self.problem_label, self.facts):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.problem_label.hide()
        self.noise = SlideField(session, "noise", Message("data.noise"), (0, 1), 0.01, None, self)
        self.fields: dict[str, Field] = {"noise": self.noise}
        for name, words in _NUMBERS.items():
            blank, tip = _BLANK.get(name, (None, None))
            field = NumberField(session, name, words, blank, tip, self)
            field.committed.connect(self._on_typed)
            field.stepped.connect(self._on_stepped)
            self.fields[name] = field
        for name, (words, about) in _SWITCHES.items():
            switch = SwitchField(session, name, words, about, self)
            switch.switched.connect(self._on_value)
            self.fields[name] = switch
        self.shift = ShiftPart(session, self)
        for slide in (self.noise, *self.shift.fields.values()):
            slide.committed.connect(self._on_typed)
            slide.stepped.connect(self._on_stepped)
            slide.dragged.connect(self._on_dragged)
            slide.dropped.connect(self.lab.drop)
        self._own = tuple(self.fields)
        self.fields |= self.shift.fields
        self.model = TableModel(session, self)
        self.preview = QTableView(self)
        self.preview.setModel(self.model)
        self.preview.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.preview.setTabKeyNavigation(False)
        self.preview.setWordWrap(False)
        self._shown: DataInfo | None = None
        self._headings: dict[str, tuple[QWidget, QLabel]] = {}
        self._lay_out()
        self._restyle()
        self._retranslate()

    def _lay_out(self) -> None:
        column = self.page.column
        column.addWidget(self.none_label)
        self._heading("sets")
        column.addWidget(self.cards)
        column.addWidget(self.problem_label)
        column.addWidget(self.open_button)
        column.addWidget(self.columns_button)
        self._heading("points")
        for name in ("noise", "count", "seed", "kinds"):
            column.addWidget(self.fields[name])
        self._heading("split")
        for name in (*_SHARES, "split_seed", "train_rows", *_SWITCHES, "degree"):
            column.addWidget(self.fields[name])
        column.addWidget(self.folds_button)
        self._heading("shift")
        column.addWidget(self.shift)
        self._heading("table")
        column.addWidget(self.facts)
        column.addWidget(self.preview)
        column.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.page)

    def _heading(self, name: str) -> None:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, self.px(8), 0, 0)
        label = QLabel(line)
        label.setProperty("strong", True)
        row.addWidget(label)
        self.page.column.addWidget(line)
        self._headings[name] = (line, label)

    # --- What it shows ---------------------------------------------------------------------

    @property
    def data(self) -> DataTable:
        """What the recipe says of its examples."""
        return self.lab.table.data or DataTable()

    def refresh(self) -> None:
        """Show the examples of the recipe."""
        info, data = self.lab.document.data, self.data
        self.none_label.setVisible(info is None)
        self.columns_button.setVisible(data.csv is not None)
        for widget in self._parts():
            widget.setVisible(info is not None)
        if info is None:
            return
        self.cards.show_data(data)
        made = GENERATED.get(data.set or "")
        self._headings["points"][0].setVisible(made is not None)
        for name in ("noise", "count", "seed", "kinds"):
            self.fields[name].setVisible(made is not None)
        self.fields["kinds"].setVisible(made is not None and bool(made.kinds))
        self.fields["standardise_target"].setVisible(not info.classes)
        self.folds_button.setVisible(len(info.dataset) >= 4)
        for name in self._own:
            self._show_value(name, self._value(name))
        self.shift.show_data(data, info)
        self.facts.setText(self._facts(info))
        if info is not self._shown:
            self._shown = info
            self.model.show_table(_table_of(info))

    def _parts(self) -> tuple[QWidget, ...]:
        headings = (line for line, _ in self._headings.values())
        rest = (self.cards, self.facts, self.preview, self.folds_button, self.shift)
        return (*headings, *rest, *(self.fields[name] for name in self._own))

    def _value(self, name: str) -> Any:
        """Return what holds, also where the recipe does not say it."""
        data, info = self.data, self.lab.document.data
        value = getattr(data, name)
        made = GENERATED.get(data.set or "")
        if value is not None or made is None or info is None:
            return value
        if name == "noise":
            return 0.0 if len(info.dataset) == 4 and data.set == "xor" else made.noise
        return {"count": len(info.dataset), "seed": 0, "kinds": len(info.classes)}.get(name)

    def _show_value(self, name: str, value: Any) -> None:
        field = self.fields[name]
        if isinstance(field, SwitchField):
            field.show_value(bool(value))
        elif isinstance(field, SlideField):
            field.show_number(float(value or 0))
        elif isinstance(field, NumberField):
            share = name in _SHARES
            field.show_text("" if value is None else f"{100 * value:g}" if share else f"{value:g}")

    def _facts(self, info: DataInfo) -> str:
        tr = self.session.tr
        train, validation, test = (f"{len(rows):,}" for rows in info.split)
        lines = [tr(Message("data.rows", train=train, validation=validation, test=test))]
        names = info.input_names
        told = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
        lines.append(tr(Message("data.inputs", count=len(names), names=told)))
        target = info.dataset.target_name
        if info.classes:
            kinds = ", ".join(info.classes[:10])
            lines.append(tr(Message("data.classes", target=target, classes=kinds)))
        else:
            lines.append(tr(Message("data.number", target=target)))
        if info.left_out:
            lines.append(tr(Message("data.left_out", count=info.left_out)))
        return "\n".join(lines)

    # --- What a person does ----------------------------------------------------------------

    def _folder(self) -> Path | None:
        path = self.lab.document.path
        return None if path is None else path.parent

    def _on_set(self, name: str) -> None:
        try:
            table = with_data_set(self.lab.table, name, self._folder())
        except MLVizError as error:
            self._tell(error)
            return
        self._tell(None if self.lab.edit(table) else self.lab.problem)
        self.refresh_now()

    def _tell(self, error: MLVizError | None) -> None:
        words = None if error is None else error.message
        self.problem_label.setText("" if words is None else self.session.tr(words))
        self.problem_label.setVisible(words is not None)

    def _on_typed(self, name: str, text: str) -> None:
        try:
            value = _parsed(name, text)
        except ValueError:
            self.fields[name].show_problem(Message("csv.not_number", found=text[:40]))
            return
        self._on_value(name, value)

    def _on_stepped(self, name: str, step: int) -> None:
        value, info = self._value(name) or 0, self.lab.document.data
        if name == "train_rows" and not value and info is not None:
            value = len(info.split.train)
        if name in _SHARES:
            moved = round(min(max(value + 0.05 * step, 0.0), 0.9), 2)
        else:
            least = -math.inf if name in ("test_shift", "test_rotate") else 0
            moved = round(max(value + _STEPS[name] * step, least), 6)
        if name in ("count", "degree", "train_rows"):
            moved = max(moved, 1)
        self._on_value(name, round(moved) if name in _WHOLE else moved)

    def _on_dragged(self, name: str, value: float) -> None:
        self._on_value(name, value, dragging=name)

    def _on_value(self, name: str, value: Any, dragging: str = "") -> None:
        field = self.fields[name]
        try:
            table = self._edited(name, value)
        except MLVizError as error:
            self._show_problem(field, error)
            return
        if self.lab.edit(table, dragging):
            field.show_problem(None)
            self.refresh_now()
        elif self.lab.problem is not None:
            self._show_problem(field, self.lab.problem)

    def _show_problem(self, field: Field, error: MLVizError) -> None:
        field.show_problem(error.problem if isinstance(error, DocumentError) else error.message)

    def _edited(self, name: str, value: Any) -> FileTable:
        """Return the recipe with another value; four cases that are shared out become many."""
        table, data = self.lab.table, replace(self.data, **{name: value})
        if name in (*_SHARES, "split_seed"):  # rows are shared out anew
            data = replace(data, validation_rows=None, test_rows=None)
        four = data.set == "xor" and data.count is None
        if four and (data.validation or data.test):
            data = replace(data, count=GENERATED["xor"].count)
        return with_data(table, data, self._folder())

    @Slot()
    def ask_for_table(self) -> None:
        """Let the user choose a CSV file; nothing is blocked meanwhile."""
        tr = self.session.tr
        dialog = QFileDialog(self.window(), tr(Message("data.open")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        endings = " ".join(f"*{ending}" for ending in TABLE_ENDINGS)
        dialog.setNameFilter(f"{tr(Message('data.tables'))} ({endings})")
        dialog.fileSelected.connect(self.open_table)
        dialog.open()

    @Slot(str)
    def open_table(self, path: str) -> None:
        """Look at a table of the user's own."""
        open_table(self.session, Path(path), self.window())

    @Slot()
    def show_columns(self) -> None:
        """Choose other columns of the table."""
        if self.data.csv is not None:
            path = csv_path(self.data.csv, self._folder())
            open_table(self.session, path, self.window(), self.data)

    @Slot()
    def show_folds(self) -> None:
        """Validate with every row once."""
        from mlviz.ui.kfold_view import open_folds

        open_folds(self.session, self.window())

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.data")))
        for name, (_, label) in self._headings.items():
            label.setText(tr(_HEADINGS[name]))
        self.open_button.setText(tr(Message("data.open")))
        self.columns_button.setText(tr(Message("data.columns")))
        self.folds_button.setText(tr(Message("data.folds")))
        self.none_label.setText(tr(Message("data.none")))
        self.preview.setAccessibleName(tr(_HEADINGS["table"]))

    def _restyle(self) -> None:
        px = self.px
        self.page.column.setContentsMargins(px(20), px(2), px(14), px(14))
        self.page.column.setSpacing(px(6))
        self.preview.setMinimumHeight(px(190))
        self.preview.horizontalHeader().setDefaultSectionSize(px(84))
        self.preview.verticalHeader().setDefaultSectionSize(px(22))
        self.model.refresh()


def _parsed(name: str, text: str) -> Any:
    """Return what was typed: a share in percent, a whole number, a number, or nothing.

    Raises:
        ValueError: it is none.
    """
    plain = text.strip().removesuffix("%").strip()
    if name in _SHARES:
        return round(float(plain or "0") / 100, 6)
    if name in _BLANK and not plain:
        return None
    if name in _WHOLE:
        value = int(plain.replace(",", ""))
        if name == "degree" and not 1 <= value <= MAX_DEGREE:
            raise ValueError(text)
        return value
    noise = float(plain)
    if not np.isfinite(noise):
        raise ValueError(text)
    return noise


def _table_of(info: DataInfo) -> Table:
    """Return the examples as a table: the one of the file, or inputs and answers."""
    if info.table is not None:
        return info.table
    data = info.dataset
    columns = {
        name: data.inputs[:, place] for place, name in enumerate(data.input_names[:_SHOWN_COLUMNS])
    }
    if data.classes:
        columns[data.target_name] = np.array(data.classes, dtype=object)[data.targets]
    else:
        columns[data.target_name] = data.targets[:, 0]
    return Table(columns)
