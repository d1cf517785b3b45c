"""The table of a study: a row a setting; a row opens its training."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.picture.study_table import StudyTable, TableRow
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

_PX = 12.5


class StudyNumbers(Panel):
    """Qt view of `picture.study_table`."""

    opened = Signal(int, int)
    """A row was opened: the place of its training among the results, and the iteration."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._rows: tuple[TableRow, ...] = ()
        self.table = QTableWidget(0, 0, self)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.itemActivated.connect(self._on_activated)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self._retranslate()

    def show_table(self, found: StudyTable) -> None:
        """Show other numbers."""
        table, tr = self.table, self.session.tr
        self._rows = found.rows
        table.clear()
        table.setColumnCount(len(found.columns))
        table.setRowCount(len(found.rows))
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        middle = Qt.AlignmentFlag.AlignVCenter
        for place, words in enumerate(found.columns):
            text = tr(words)
            item = QTableWidgetItem(text[:1].upper() + text[1:])
            item.setTextAlignment((right if place else left) | middle)
            table.setHorizontalHeaderItem(place, item)
        px = _PX * self.session.scale
        for number, row in enumerate(found.rows):
            for place, cell in enumerate(row.cells):
                item = QTableWidgetItem(tr(cell.text))
                item.setToolTip(cell.tip)
                is_text = isinstance(cell.text, Message)
                font = ui_font(px, row.is_best) if is_text else number_font(px, row.is_best)
                item.setFont(font)
                item.setTextAlignment((right if place else left) | middle)
                table.setItem(number, place, item)
        header = table.horizontalHeader()
        header.setMinimumSectionSize(self.px(64))
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if found.columns and header.length() < table.viewport().width():
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _on_activated(self, item: QTableWidgetItem) -> None:
        row = self._rows[item.row()]
        self.opened.emit(row.result, row.iteration)

    def _retranslate(self) -> None:
        self.table.setAccessibleName(self.session.tr(Message("study.numbers")))
