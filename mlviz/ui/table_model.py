"""The first rows of a table as a Qt model: numbers to the right, gaps marked."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mlviz.i18n import Message
from mlviz.learn.data.tables import Table
from mlviz.numerals import format_full, format_number
from mlviz.picture.items import Role
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.session import Session

ROWS = 200
"""So many rows are shown; the others are like them."""
_LONGEST = 60
_WHOLE_NUMBER = 9  # characters; longer numbers are rounded, and are whole on hover

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """Shows the first rows of a table."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._table: Table | None = None
        self._gaps: list[Any] = []
        self._numeric: frozenset[str] = frozenset()
        self._strong: frozenset[str] = frozenset()

    def show_table(self, table: Table | None) -> None:
        """Show another table, or none."""
        self.beginResetModel()
        self._table = table
        self._gaps = []
        if table is not None:
            self._gaps = [table.missing(name)[:ROWS] for name in table.names]
            self._numeric = frozenset(table.numeric)
        self.endResetModel()

    def mark(self, names: frozenset[str]) -> None:
        """Let the chosen columns stand out; the others step back."""
        self._strong = names
        self.refresh()

    def refresh(self) -> None:
        """Show everything in the session's colours and language."""
        if self.rowCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def rowCount(self, parent: Index = _TOP) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() or self._table is None else min(len(self._table), ROWS)

    def columnCount(self, parent: Index = _TOP) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() or self._table is None else len(self._table.names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what Qt asks for."""
        table = self._table
        if table is None or not index.isValid():
            return None
        name = table.names[index.column()]
        gap = bool(self._gaps[index.column()][index.row()])
        theme = self.session.theme
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return "—" if gap else self._text(table, name, index.row())
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole if gap:
                return self.session.tr(Message("data.gap"))
            case Qt.ItemDataRole.ToolTipRole if name in self._numeric:
                return format_full(table[name][index.row()]).removesuffix(".0")
            case Qt.ItemDataRole.TextAlignmentRole if name in self._numeric:
                return _RIGHT
            case Qt.ItemDataRole.BackgroundRole if gap:
                return theme.colour(Role.UPDATE_SOFT)
            case Qt.ItemDataRole.ForegroundRole if gap:
                return theme.colour(Role.UPDATE)
            case Qt.ItemDataRole.ForegroundRole:
                chosen = not self._strong or name in self._strong
                return theme.colour(Role.TEXT if chosen else Role.MUTED)
            case Qt.ItemDataRole.FontRole:
                px = 12 * self.session.scale
                return number_font(px) if name in self._numeric else ui_font(px)
        return None

    def _text(self, table: Table, name: str, row: int) -> str:
        value = table[name][row]
        if name in self._numeric:
            full = format_full(value).removesuffix(".0")
            return full if len(full) <= _WHOLE_NUMBER else format_number(value)
        text = " ".join(str(value).split())
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's name, or a row's number."""
        table = self._table
        if table is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        name = table.names[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
        if role == Qt.ItemDataRole.ToolTipRole:
            return name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if name in self._numeric else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
