"""The table of examples with their answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
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
from mlviz.picture.items import Role
from mlviz.picture.outcome import Outcome
from mlviz.picture.reading import Reading
from mlviz.ui.class_marks import class_colour, mark
from mlviz.ui.fonts import number_font, ui_font
from mlviz.ui.prediction_model import Index, PredictionModel
from mlviz.ui.region_paint import paint_mark
from mlviz.ui.session import Session

_ROW, _PICTURE_ROW = 24.0, 40.0
_NARROWEST = 0.75
"""How much of their usual widths columns need at least; some need all of it."""
_STIFF = ("part", "picture", "residual", "loss", "chances")
_LEAST_BARS = 34.0
_AROUND_TITLE = 14.0
"""px around a heading; with less room than it needs a short one stands there."""
_GIVE_WAY = (
    *(("part", "answer"), ("loss", "chances"), ("loss", "residual")),
    *(("number", "picture"), ("residual", "answer")),
)
"""What counts for less in a narrow panel, each than the other one."""
_SHORT, _SHORT_WIDTHS = 3, {"true": 50.0, "answer": 72.0}
"""Classes whose names have no more letters than this need less room."""
_WIDTHS = {
    "number": 60.0,
    "part": 76.0,
    "picture": 44.0,
    "true": 78.0,
    "answer": 90.0,
    "chances": 100.0,
    "residual": 80.0,
    "loss": 88.0,
}


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
        for column, other in _GIVE_WAY:
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
        metrics = self.horizontalHeader().fontMetrics()
        self.shown.set_short(
            frozenset(
                name
                for place, name in enumerate(self._columns)
                if metrics.horizontalAdvance(self.shown.title(name)) + _AROUND_TITLE * unit
                > self.columnWidth(place)
            )
        )

    @property
    def has_part_marks(self) -> bool:
        """Whether marks instead of words say to which part an example belongs."""
        columns = self.shown.columns
        return "part" in columns and self.isColumnHidden(columns.index("part"))

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

    def __init__(self, session: Session, model: PredictionModel, table: PredictionTable) -> None:
        super().__init__(table)
        self._session = session
        self._model = model
        self._table = table

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
            is_open = column == "answer" and bool(found.undecided[place])
            if found.classes and column in ("true", "answer") and not is_open:
                kind = int((found.truth if column == "true" else found.predicted)[place])
                painter.save()
                painter.translate(left + 5 * unit, inner.center().y())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(class_colour(theme, kind))
                painter.drawPath(mark(kind, 4.2 * unit))
                painter.restore()
                left += 15 * unit
            wrong = column == "answer" and bool(found.wrong[place])
            if column == "number" and self._table.has_part_marks:
                # As on the plane: solid, hollow, hollow with a dot.
                painter.save()
                painter.translate(left + 3 * unit, inner.center().y())
                part = int(found.parts[place])
                quiet = theme.colour(Role.MUTED)
                paint_mark(painter, theme, 0, part, 3.2 * unit, quiet, outlined=False)
                painter.restore()
                left += 9 * unit
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
