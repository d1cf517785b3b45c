"""Examples with their answers, as a table sees them."""

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QImage

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_full, format_number
from mlviz.picture.items import Role
from mlviz.picture.outcome import PART_NAMES, PARTS, Outcome
from mlviz.picture.predictions import is_picture
from mlviz.picture.reading import Reading
from mlviz.ui.session import Session

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_TITLES = {
    "number": Message("predictions.number"),
    "part": Message("predictions.part"),
    "picture": Message("predictions.picture"),
    "true": Message("predictions.true"),
    "answer": Message("predictions.answer"),
    "chances": Message("predictions.chances"),
    "residual": Message("predictions.residual"),
    "loss": Message("predictions.loss"),
}
_SHORT_TITLES = {"chances": "p", "picture": "", "answer": "ŷ"}


class PredictionModel(QAbstractTableModel):
    """Examples in an order, as Qt sees them."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.found: Outcome | None = None
        self.reading: Reading | None = None
        self.order: Array = np.empty(0, np.intp)
        self.output = 0
        self.columns: tuple[str, ...] = ()
        self._short: frozenset[str] = frozenset()

    def title(self, column: str) -> str:
        """Return the whole heading of a column."""
        return self._session.tr(_TITLES[column])

    def set_short(self, columns: frozenset[str]) -> None:
        """Let the headings over these columns be short, where there are short ones."""
        if columns != self._short:
            self._short = columns
            last = max(len(self.columns) - 1, 0)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    def show_rows(self, found: Outcome, reading: Reading, order: Array, output: int) -> None:
        """Show other examples, or the same with other answers."""
        columns = self._columns_for(found, reading)
        if columns != self.columns or len(order) != len(self.order):
            self.beginResetModel()
            self._take(found, reading, order, output, columns)
            self.endResetModel()
        else:
            self._take(found, reading, order, output, columns)
            if len(order):
                last = self.index(len(order) - 1, len(columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)

    def _take(
        self,
        found: Outcome,
        reading: Reading,
        order: Array,
        output: int,
        columns: tuple[str, ...],
    ) -> None:
        self.found, self.reading, self.order = found, reading, order
        self.output, self.columns = output, columns

    def _columns_for(self, found: Outcome, reading: Reading) -> tuple[str, ...]:
        has_parts = len(reading.inputs) > 1
        start = ("number", *(("part",) if has_parts else ()))
        if found.classes:
            picture = ("picture",) if is_picture(reading.names[:-1]) else ()
            return (*start, *picture, "true", "answer", "loss", "chances")
        return (*start, "true", "answer", "residual", "loss")

    def place(self, row: int) -> int:
        """Return which example of the outcome stands in a row."""
        return int(self.order[row])

    def row_of(self, part: int, row: int) -> int:
        """Return in which line a row of a part stands; −1 if it is not shown."""
        if self.found is None:
            return -1
        shown = (self.found.parts[self.order] == part) & (self.found.rows[self.order] == row)
        lines = np.flatnonzero(shown)
        return int(lines[0]) if len(lines) else -1

    def image(self, place: int) -> QImage | None:
        """Return an example as a picture of its pixels."""
        found, reading = self.found, self.reading
        if found is None or reading is None:
            return None
        side = is_picture(reading.names[:-1])
        pixels = reading.inputs[PARTS[int(found.parts[place])]][int(found.rows[place])]
        most = max(float(np.abs(pixels).max()), 1e-12)
        theme = self._session.theme
        ink, ground = theme.colour(Role.TEXT), theme.colour(Role.PANEL)
        part = np.clip(pixels.reshape(side, side) / most, 0, 1)[..., None]
        front = np.array([ink.blue(), ink.green(), ink.red(), 255])
        back = np.array([ground.blue(), ground.green(), ground.red(), 255])
        mixed = np.ascontiguousarray(np.round(back + (front - back) * part).astype(np.uint8))
        return QImage(mixed.data, side, side, 4 * side, QImage.Format.Format_RGB32).copy()

    # --- What Qt asks ----------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many examples are shown."""
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what stands in a cell."""
        if not index.isValid() or self.found is None:
            return None
        column, place = self.columns[index.column()], self.place(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(column, place)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._full(column, place)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = self._session.tr(_TITLES[column])
            return f"{title}: {self._full(column, place) or self._text(column, place)}"
        return None

    def _text(self, column: str, place: int) -> str:
        found, reading = self.found, self.reading
        assert found is not None
        assert reading is not None
        match column:
            case "number":
                return str(int(found.rows[place]) + 1)
            case "part":
                return self._session.tr(PART_NAMES[PARTS[int(found.parts[place])]])
            case "answer" if found.undecided[place]:
                return "?"
            case "true" | "answer" if found.classes:
                of = found.truth if column == "true" else found.predicted
                return found.classes[int(of[place])]
            case "loss":
                return format_number(float(found.losses[place]))
            case "true" | "answer" | "residual":
                return format_number(self._number(column, place))
        return ""

    def _number(self, column: str, place: int) -> float:
        found, reading = self.found, self.reading
        assert found is not None
        assert reading is not None
        truth = reading.from_network(found.truth[place : place + 1])[0, self.output]
        answer = reading.from_network(found.predicted[place : place + 1])[0, self.output]
        return float({"true": truth, "answer": answer, "residual": answer - truth}[column])

    def _full(self, column: str, place: int) -> str | None:
        found = self.found
        assert found is not None
        if column == "number":
            return self._text("part", place)
        if column == "answer" and found.undecided[place]:
            return self._session.tr(Message("predictions.undecided"))
        if column == "loss":
            return format_full(float(found.losses[place]))
        if column == "chances":
            pairs = zip(found.classes, found.probabilities[place], strict=True)
            return "\n".join(f"p({name}) = {format_number(chance)}" for name, chance in pairs)
        if not found.classes and column in ("true", "answer", "residual"):
            return format_full(self._number(column, place))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the heading of a column."""
        if orientation is Qt.Orientation.Horizontal and section < len(self.columns):
            if role == Qt.ItemDataRole.DisplayRole:
                column = self.columns[section]
                if column in self._short and column in _SHORT_TITLES:
                    return _SHORT_TITLES[column]
                return self.title(column)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None
