"""The table of parameters as Qt sees it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mlviz.i18n import Message
from mlviz.picture.parameters import VALUE, Cell, Row, Table, changed_rows

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ParameterModel(QAbstractTableModel):
    """Qt model of `picture.parameters`; cells that did not change are left alone.

    Args:
        translate: puts a heading into the language of the reader.
        parent: the Qt parent.
    """

    def __init__(
        self, translate: Callable[[Message | str], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._translate = translate
        self._table = Table((), ())

    @property
    def table(self) -> Table:
        """What is shown."""
        return self._table

    def row(self, index: int) -> Row:
        """Return a row of the table."""
        return self._table.rows[index]

    def cell(self, index: Index) -> Cell:
        """Return an entry of the table."""
        return self._table.rows[index.row()].cells[index.column()]

    def rows_of(self, node: int | None) -> list[int]:
        """Return the rows of a node: one for each of its numbers."""
        return [place for place, other in enumerate(self._table.nodes) if other == node]

    def active_rows(self) -> list[int]:
        """Return the rows that the present step is about."""
        return self._rows_in(self._table.active)

    def near_rows(self) -> list[int]:
        """Return the rows that the present step has to do with."""
        return self._rows_in(self._table.near)

    def _rows_in(self, wanted: tuple[int | None, ...]) -> list[int]:
        return [place for place, node in enumerate(self._table.nodes) if node in wanted]

    def set_table(self, table: Table) -> None:
        """Show another table; if it has the same rows and columns, only what differs changes."""
        old = self._table
        if old.columns != table.columns or old.nodes != table.nodes:
            self.beginResetModel()
            self._table = table
            self.endResetModel()
            return
        changed = changed_rows(old, table)
        self._table = table
        last = len(table.columns) - 1
        for first, end in _stretches(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(end, last))

    def retranslate(self) -> None:
        """Say the headings in the reader's present language."""
        if self._table.columns:
            last = len(self._table.columns) - 1
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    # --- What Qt asks ----------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._table.columns)

    def heading(self, column: int) -> str:
        """Return what a column is called."""
        return self._translate(self._table.columns[column])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown or told of an entry; its looks are the delegate's."""
        if not index.isValid():
            return None
        cell = self.cell(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return cell.full or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.heading(index.column())}: {cell.full or cell.text}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the values be changed."""
        flags = super().flags(index)
        if index.isValid() and index.column() == VALUE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heading(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _stretches(rows: list[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of neighbouring rows."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found
