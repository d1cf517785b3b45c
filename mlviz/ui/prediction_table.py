"""The table of examples with their answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_full, format_number
from mlviz.picture.items import Role
from mlviz.picture.outcome import PART_NAMES, PARTS, Outcome
from mlviz.picture.predictions import is_picture
from mlviz.picture.reading import Reading
from mlviz.ui.class_marks import class_colour, mark
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.session import Session

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROW, _PICTURE_ROW = 24.0, 40.0
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
_NARROWEST = 0.75
"""How much of their usual widths columns need at least; some need all of it."""
_STIFF = ("picture", "residual", "loss", "chances")
_LEAST_BARS = 40.0
_WHOLE_TITLE = 92.0
"""px of the heading over the bars; with less room headings are short."""
_SHORT_TITLES = {"chances": "p", "picture": ""}
_GIVE_WAY = {"part": "answer", "loss": "chances", "number": "picture"}
"""What counts for less in a narrow panel, each than the other one."""
_SHORT, _SHORT_WIDTHS = 3, {"true": 50.0, "answer": 68.0}
"""Classes whose names have no more letters than this need less room."""
_WIDTHS = {
    "number": 52.0,
    "part": 76.0,
    "picture": 44.0,
    "true": 78.0,
    "answer": 90.0,
    "chances": 100.0,
    "residual": 80.0,
    "loss": 88.0,
}


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
        self._is_short = False

    def set_short(self, short: bool) -> None:
        """Let the heading over the bars be short, or whole."""
        if short != self._is_short:
            self._is_short = short
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
                if self._is_short and column in _SHORT_TITLES:
                    return _SHORT_TITLES[column]
                return self._session.tr(_TITLES[column])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class PredictionTable(QTableView):
    """Examples worst first; one can be chosen, and followed through the network."""

    chosen = Signal(int)
    """An example, by its place in the outcome."""
    opened = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.shown = PredictionModel(session, self)
        self.setModel(self.shown)
        self.setItemDelegate(_Delegate(session, self.shown, self))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.doubleClicked.connect(self._on_double)
        self._quiet = False
        self._columns: tuple[str, ...] = ()

    def show_rows(self, found: Outcome, reading: Reading, order: Array, output: int = 0) -> None:
        """Show examples in an order."""
        self._quiet = True
        self.shown.show_rows(found, reading, order, output)
        self._quiet = False
        if self.shown.columns != self._columns:
            self.fit()

    def fit(self) -> None:
        """Give rows and columns their sizes."""
        unit = self.session.scale
        self._columns = self.shown.columns
        high = _PICTURE_ROW if "picture" in self._columns else _ROW
        self.verticalHeader().setDefaultSectionSize(round(high * unit))
        room = self.viewport().width() / unit
        found = self.shown.found
        classes = () if found is None else found.classes
        is_short = bool(classes) and max(map(len, classes)) <= _SHORT
        widths = _WIDTHS | (_SHORT_WIDTHS if is_short else {})
        shown = list(self._columns)
        for column, other in _GIVE_WAY.items():
            if {column, other} <= set(shown) and _least(shown, widths) > room:
                shown.remove(column)
        stiff = sum(widths[name] for name in shown if name in _STIFF)
        soft = sum(widths[name] for name in shown if name not in _STIFF)
        share = min(max((room - stiff) / max(soft, 1.0), _NARROWEST), 1.0)
        for place, column in enumerate(self._columns):
            wide = widths[column] * (1.0 if column in _STIFF else share)
            wide = _LEAST_BARS if column == "chances" else wide  # it takes what is left
            self.setColumnWidth(place, int(wide * unit))
            self.setColumnHidden(place, column not in shown)
        self.horizontalHeader().setStretchLastSection(True)
        left = room - sum(
            self.columnWidth(place) / unit
            for place, name in enumerate(self._columns)
            if name in shown and name != "chances"
        )
        self.shown.set_short("chances" in shown and left < _WHOLE_TITLE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as there is room for."""
        super().resizeEvent(event)
        self.fit()

    def point_at(self, part: int, row: int | None) -> None:
        """Show which example is selected elsewhere."""
        line = -1 if row is None else self.shown.row_of(part, row)
        self._quiet = True
        if line < 0:
            self.selectionModel().clear()
        elif line != self.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag
            index = self.shown.index(line, 0)
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._quiet = False

    def _on_current(self, current: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self.chosen.emit(self.shown.place(current.row()))

    def _on_double(self, index: QModelIndex) -> None:
        self.opened.emit(self.shown.place(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return follows the example through the network."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.currentIndex().isValid():
            self._on_double(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()  # the window trains or pauses
        else:
            super().keyPressEvent(event)


def _least(columns: Sequence[str], widths: Mapping[str, float]) -> float:
    """Return how much room columns need, px at scale 1."""
    narrow = {name: widths[name] * (1.0 if name in _STIFF else _NARROWEST) for name in columns}
    return sum((narrow | dict.fromkeys({"chances"} & {*columns}, _LEAST_BARS)).values())


class _Delegate(QStyledItemDelegate):
    """Paints the cells."""

    def __init__(self, session: Session, model: PredictionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of the design."""
        return QSize(round(60 * self._session.scale), round(_ROW * self._session.scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        session, model, found = self._session, self._model, self._model.found
        rect: Any = option.rect
        state: Any = option.state
        if found is None:
            return
        theme, unit = session.theme, session.scale
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.button_hover)
        place, column = model.place(index.row()), model.columns[index.column()]
        inner = QRectF(rect).adjusted(6 * unit, 0, -4 * unit, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if column == "picture":
            image = model.image(place)
            if image is not None:
                side = inner.height() - 6 * unit
                painter.drawImage(QRectF(inner.left(), inner.top() + 3 * unit, side, side), image)
        elif column == "chances":
            self._bars(painter, inner, found, place, unit)
        else:
            left = inner.left()
            if found.classes and column in ("true", "answer"):
                kind = int((found.truth if column == "true" else found.predicted)[place])
                painter.save()
                painter.translate(left + 5 * unit, inner.center().y())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(class_colour(theme, kind))
                painter.drawPath(mark(kind, 4.2 * unit))
                painter.restore()
                left += 15 * unit
            wrong = column == "answer" and bool(found.wrong[place])
            words = found.classes or column == "part"
            font = ui_font(12.5 * unit, bold=wrong) if words else number_font(12 * unit)
            painter.setFont(font)
            text = ("✗ " if wrong else "") + str(index.data(Qt.ItemDataRole.DisplayRole))
            role = Role.BAD if wrong else Role.MUTED if column in ("number", "part") else Role.TEXT
            painter.setPen(theme.colour(role))
            box = QRectF(left, inner.top(), inner.right() - left, inner.height())
            metrics = painter.fontMetrics()
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(box.width()))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()

    def _bars(
        self, painter: QPainter, inner: QRectF, found: Outcome, place: int, unit: float
    ) -> None:
        """Paint the probability of every class as the height of a bar; the true one has a foot."""
        theme = self._session.theme
        chances = found.probabilities[place]
        width = min(inner.width() / len(chances), 14 * unit)
        floor, room = inner.bottom() - 5 * unit, inner.height() - 8 * unit
        painter.setPen(Qt.PenStyle.NoPen)
        for kind, chance in enumerate(np.nan_to_num(chances).tolist()):
            left = inner.left() + kind * width
            painter.setBrush(theme.colour(Role.LINE))
            painter.drawRect(QRectF(left, floor, width - 1.5 * unit, unit))
            painter.setBrush(class_colour(theme, kind))
            high = chance * room
            painter.drawRect(QRectF(left, floor - high, width - 1.5 * unit, high))
            if kind == int(found.truth[place]):
                painter.setBrush(theme.colour(Role.TEXT))
                painter.drawRect(QRectF(left, floor + unit, width - 1.5 * unit, 2 * unit))
