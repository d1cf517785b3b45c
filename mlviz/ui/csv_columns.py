"""The columns of a table in a form: which are learned from, and what becomes of their gaps."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from mlviz.document.table_start import MOST_KINDS
from mlviz.i18n import Message
from mlviz.learn.data.tables import Table
from mlviz.picture.items import Role
from mlviz.ui.csv_gaps import GapChooser, Rule
from mlviz.ui.fields import CalmCombo
from mlviz.ui.session import Session
from mlviz.ui.tick_box import TickDelegate

Missing = str | float | dict[str, str | float] | None
"""What a recipe says of gaps."""

_MOST_COMBOS = 200
_LOOKED_AT = 2_000  # rows
_NAME, _KIND, _GAPS, _RULE = range(4)
_WIDTHS = {_KIND: 108, _GAPS: 58, _RULE: 112}


class ColumnsView(QTableWidget):
    """A row for each column: a tick, its name and kind, its gaps and what becomes of them."""

    edited = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.session = session
        self._table: Table | None = None
        self._rules: dict[str, GapChooser] = {}
        self._kinds: dict[str, CalmCombo] = {}
        self._ticks: list[QTableWidgetItem] = []
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(0)
        for column, width in _WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, round(width * session.scale))
        self.setItemDelegateForColumn(_NAME, TickDelegate(session, self))
        self.itemChanged.connect(self._on_item_changed)

    def show_table(self, table: Table) -> None:
        """Show the columns of another table; all are ticked."""
        self._table = table
        self._rules, self._kinds, self._ticks = {}, {}, []
        tr = self.session.tr
        with QSignalBlocker(self):
            self.clearContents()
            self.setRowCount(len(table.names))
            for row, name in enumerate(table.names):
                ticked = QTableWidgetItem(" ".join(name.split()))
                ticked.setToolTip(name)
                ticked.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
                ticked.setCheckState(Qt.CheckState.Checked)
                self.setItem(row, _NAME, ticked)
                self._ticks.append(ticked)
                if len(self._kinds) < _MOST_COMBOS and _may_be_words(table, name):
                    self._add_kind(row, name)
                else:
                    self._put(row, _KIND, tr(kind_words(table, name)))
                gaps = int(table.missing(name).sum())
                count = self._put(row, _GAPS, f"{gaps:,}" if gaps else "")
                if gaps:
                    count.setForeground(self.session.theme.colour(Role.UPDATE))
                    if len(self._rules) < _MOST_COMBOS:
                        self._add_rule(row, name, name in table.numeric)
        has_gaps = any(table.missing(name).any() for name in table.names)
        for column in (_GAPS, _RULE):
            self.setColumnHidden(column, not has_gaps)
        self.retranslate()

    def show_nothing(self) -> None:
        """There is no table."""
        self._table = None
        self._rules, self._kinds, self._ticks = {}, {}, []
        with QSignalBlocker(self):
            self.clearContents()
            self.setRowCount(0)

    def _put(self, row: int, column: int, text: str) -> QTableWidgetItem:
        item = QTableWidgetItem(text)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.setItem(row, column, item)
        return item

    def _add_rule(self, row: int, name: str, is_number: bool) -> None:
        chooser = GapChooser(self.session, name, is_number, self)
        chooser.edited.connect(self._on_rule)
        self._rules[name] = chooser
        self.setCellWidget(row, _RULE, chooser)

    def _add_kind(self, row: int, name: str) -> None:
        combo = CalmCombo(self)
        combo.addItem("", False)
        combo.addItem("", True)
        combo.activated.connect(self._on_rule)
        self._kinds[name] = combo
        self.setCellWidget(row, _KIND, combo)

    # --- What is chosen --------------------------------------------------------------------

    @property
    def ticked(self) -> list[str]:
        """The columns that are learned from."""
        names = () if self._table is None else self._table.names
        return [
            name
            for row, name in enumerate(names)
            if self._ticks[row].checkState() == Qt.CheckState.Checked and not self.isRowHidden(row)
        ]

    @property
    def rules(self) -> Mapping[str, Rule]:
        """What becomes of gaps, by column, where there are some."""
        return {name: chooser.rule for name, chooser in self._rules.items()}

    @property
    def switched(self) -> frozenset[str]:
        """The columns of numbers that are taken as words."""
        return frozenset(name for name, combo in self._kinds.items() if combo.currentData())

    def tick(self, names: frozenset[str]) -> None:
        """Let exactly these columns be learned from."""
        with QSignalBlocker(self):
            for row, name in enumerate(() if self._table is None else self._table.names):
                state = Qt.CheckState.Checked if name in names else Qt.CheckState.Unchecked
                self._ticks[row].setCheckState(state)

    def show_rules(self, missing: Missing, switched: frozenset[str]) -> None:
        """Let these rules hold for gaps, and these columns of numbers be taken as words."""
        for name, chooser in self._rules.items():
            rule = missing.get(name, "drop") if isinstance(missing, dict) else missing
            chooser.show_rule("drop" if rule is None else rule)
        for name, combo in self._kinds.items():
            combo.setCurrentIndex(int(name in switched))

    def leave_out(self, target: str) -> None:
        """Hide the column that is learned itself."""
        for row, name in enumerate(() if self._table is None else self._table.names):
            self.setRowHidden(row, name == target)

    def _on_item_changed(self) -> None:
        self.edited.emit()

    def _on_rule(self) -> None:
        self.edited.emit()

    def retranslate(self) -> None:
        """Say everything in the session's language."""
        tr = self.session.tr
        self.setAccessibleName(tr(Message("csv.columns")))
        self.setHorizontalHeaderLabels(
            [
                tr(Message("csv.column")),
                tr(Message("csv.kind")),
                tr(Message("csv.gaps")),
                tr(Message("csv.rule")),
            ]
        )
        for name, combo in self._kinds.items():
            combo.setItemText(0, tr(Message("csv.kind.numbers")))
            combo.setItemText(1, tr(Message("csv.kind.switches")))
            combo.setAccessibleName(tr(Message("csv.kind.of", column=name)))
            combo.setToolTip(tr(Message("csv.kind.tip")))
        for chooser in self._rules.values():
            chooser.retranslate()


def _may_be_words(table: Table, name: str) -> bool:
    """Return whether a column has a few whole numbers, such as years or codes."""
    if name not in table.numeric:
        return False
    start = table[name][:_LOOKED_AT]
    start = start[~np.isnan(start)]
    return bool(np.all(start == np.round(start))) and 1 < len(np.unique(start)) <= MOST_KINDS


def kind_words(table: Table, name: str) -> Message:
    """Return what a column holds: numbers, or words of so many kinds."""
    if name in table.numeric:
        return Message("csv.kind.numbers")
    count = len(table.kinds(name)[1])
    return Message("csv.kind.words", count=f"{count:,}") if count else Message("csv.kind.nothing")
