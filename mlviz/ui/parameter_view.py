"""The table of parameters, linked with the selection."""

from math import ceil

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.parameters import VALUE, Cell, parameter_table, widest_cells
from mlviz.trace.steps import Phase
from mlviz.trace.timeline import Timeline
from mlviz.ui.fonts import text_width, ui_font, whole_px
from mlviz.ui.moment import Moment, moment
from mlviz.ui.parameter_cells import PAD, SIZE, ParameterDelegate
from mlviz.ui.parameter_model import ParameterModel
from mlviz.ui.session import Session
from mlviz.ui.turns import Turn
from mlviz.ui.widgets import Panel

_HEADING_SIZE = 11.5
_FIGURES = str.maketrans("123456789", "000000000")
_ROW, _LEAST_PAD, _SIDE = 26.0, 4.0, 14.0
_LEAST_SHRINK = 0.84
"""In a narrow panel numbers are written this much smaller before columns are scrolled away."""
_CHANGE = 3
"""The column of Δθ."""
_Text = tuple[str, bool]  # and whether it is bold
_TINTS = {
    Phase.FORWARD: Role.FORWARD_SOFT,
    Phase.BACKWARD: Role.BACKWARD_SOFT,
    Phase.UPDATE: Role.UPDATE_SOFT,
}


class ParameterView(Panel):
    """Qt view of `picture.parameters`.

    Attributes:
        table: the table itself.
        model: its model.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self._moment: Moment | None = None
        self._measured: Timeline | None = None
        self._texts: list[set[_Text]] = []
        self.model = ParameterModel(session.tr, self)
        self.table = _TableView(session, self.model, self)
        self._more = QLabel(self)
        self._more.setProperty("kind", "muted")
        self._more.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self._more)
        column.addStretch(0)
        self.setFocusProxy(self.table)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.document_changed.connect(self._on_document_changed)
        self._turn = Turn(session, self, self._on_position_changed)
        self._on_timeline_changed()
        self._retranslate()
        self._restyle()

    def _on_document_changed(self) -> None:
        self._texts = []
        self._on_timeline_changed()

    def _on_timeline_changed(self) -> None:
        self._on_position_changed()
        self._measure()
        self.table.show_selection()

    def _on_position_changed(self) -> None:
        session = self.session
        now = moment(session.timeline, session.position)
        if now == self._moment:
            return
        self._moment = now
        table = parameter_table(session.timeline, session.position)
        is_other = table.nodes != self.model.table.nodes
        self.model.set_table(table)
        step = session.timeline.step(session.position.step)
        self.table.delegate.tint = _TINTS[step.phase] if step else Role.PANEL
        self._more.setVisible(table.note is not None)
        if table.note is not None:
            self._more.setText(session.tr(table.note))
        self._show_whole_rows()
        self.table.show_active(is_other)

    def _measure(self) -> None:
        """Find what is as wide as a column ever is, so that none changes on the way."""
        timeline = self.session.timeline
        if timeline is not self._measured:
            self._measured = timeline
            texts = [
                {_text(cell, place) for cell in cells}
                for place, cells in enumerate(widest_cells(timeline))
            ]
            if len(texts) == len(self._texts):
                texts = [new | old for new, old in zip(texts, self._texts, strict=True)]
            self._texts = texts
        self.table.texts = self._texts
        self.table.share_width()

    def _retranslate(self) -> None:
        self.table.setAccessibleName(self.session.tr(Message("table.name")))
        self.model.retranslate()
        self._moment = None
        self._on_position_changed()
        self._measure()

    def _restyle(self) -> None:
        side = self.px(_SIDE)
        column = self.layout()
        assert column is not None  # it was set in the constructor
        column.setContentsMargins(side, 0, side, self.px(8))
        self._more.setContentsMargins(self.px(PAD), 0, 0, 0)
        self.table.restyle()
        self._show_whole_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut no row in half."""
        super().resizeEvent(event)
        self._show_whole_rows()

    def _show_whole_rows(self) -> None:
        """Make the table as high as the whole rows that there is room for."""
        column, table = self.layout(), self.table
        assert column is not None  # it was set in the constructor
        margins = column.contentsMargins()
        room = self.height() - margins.top() - margins.bottom()
        if self._more.isVisibleTo(self):
            wide = self.width() - margins.left() - margins.right()
            room -= self._more.heightForWidth(wide)
        head, row = table.horizontalHeader().height(), table.verticalHeader().defaultSectionSize()
        frame = 2 * table.frameWidth()
        table.setMaximumHeight(head + frame + max((room - head - frame) // row, 1) * row)

    def sizeHint(self) -> QSize:
        """Ask for the room of a few rows."""
        return QSize(self.px(324), self.px(190))


class _TableView(QTableView):
    """The table: it selects and hovers with every other view.

    Attributes:
        delegate: paints the entries.
        texts: for each column what is as wide as any of its entries.
    """

    def __init__(self, session: Session, model: ParameterModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.texts: list[set[_Text]] = []
        self.delegate = ParameterDelegate(session, model, self)
        self.setModel(model)
        self._model = model
        self.setItemDelegate(self.delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(8)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self._following = False
        session.selection_changed.connect(self.show_selection)
        session.hover_changed.connect(self._on_hover_changed)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)

    def restyle(self) -> None:
        """Take the session's theme and scale."""
        unit = self.session.scale
        self.verticalHeader().setDefaultSectionSize(round(_ROW * unit))
        self.horizontalHeader().setFixedHeight(round(24 * unit))
        self.share_width()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among the columns."""
        super().resizeEvent(event)
        self.share_width()

    def share_width(self) -> None:
        """Give every column what it needs, and the number columns what is left over."""
        unit, room = self.session.scale, self.viewport().width()
        if len(self.texts) != self._model.columnCount() or len(self.texts) < 2:
            return
        largest, least = whole_px(SIZE * unit), whole_px(SIZE * unit * _LEAST_SHRINK)
        needs = self._needs(least, _LEAST_PAD)
        tight = _CHANGE in needs and sum(needs.values()) > room
        if _CHANGE in needs:  # what can be told from the old and the new number gives way first
            self.setColumnHidden(_CHANGE, tight)
        ways = [(px, PAD) for px in range(largest, least - 1, -1)]
        # Smaller and closer, if all columns can be seen only then.
        for font_px, pad in (*ways, (least, _LEAST_PAD)):
            self.delegate.font_px, self.delegate.pad = font_px, pad
            needs = self._needs(font_px, pad)
            if tight:
                del needs[_CHANGE]
            if sum(needs.values()) <= room:
                break
        spare = max(room - sum(needs.values()), 0.0) / (len(needs) - 1)
        for column, need in needs.items():
            self.setColumnWidth(column, ceil(need) if not column else int(need + spare))

    def _needs(self, px: int, pad: float) -> dict[int, float]:
        """Return how wide each column has to be if its entries are `px` high."""
        unit, heading = (
            self.session.scale,
            QFontMetricsF(ui_font(_HEADING_SIZE * self.session.scale)),
        )
        found = {}
        for column, texts in enumerate(self.texts):
            family = "number" if column else "ui"
            wide = max((text_width(text, family, px, bold) for text, bold in texts), default=0.0)
            head = heading.horizontalAdvance(self._model.heading(column))
            found[column] = ceil(max(wide + 2 * pad * unit, head + 2 * PAD * unit)) + 1.0
        return found

    def show_active(self, is_other: bool) -> None:
        """Scroll to the row that the present step is about, unless a person is at work here.

        Args:
            is_other: whether other parameters are listed than before.
        """
        if self.state() == QAbstractItemView.State.EditingState or self.underMouse():
            return
        rows = self._model.near_rows() if is_other else self._model.active_rows()
        for row in (rows[-1], rows[0]) if rows else ():
            self.scrollTo(self._model.index(row, 0))

    # --- Selection -------------------------------------------------------------------------

    def show_selection(self) -> None:
        """Go to a row of what is selected elsewhere."""
        entry = self.session.selected_entry
        rows = [
            row
            for row in self._model.rows_of(self.session.selected)
            if entry in (None, self._model.row(row).index)
        ]
        # Only a person's choice is told to the others; this one comes from them.
        self._following = True
        if not rows:
            self.setCurrentIndex(QModelIndex())
        elif self.currentIndex().row() not in rows:
            self.setCurrentIndex(self._model.index(rows[0], 0))
        self._following = False
        self.viewport().update()

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._following:
            row = self._model.row(current.row())
            self.session.select(row.node, row.index or None)

    def _on_hover_changed(self) -> None:
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the row under the pointer."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self._model.row(index.row()) if index.isValid() else None
        self.session.hover(*((None,) if row is None else (row.node, row.index or None)))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.session.hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select nothing by Escape, change the value by Return."""
        if event.key() == Qt.Key.Key_Escape:
            self.session.select(None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.edit(self._model.index(self.currentIndex().row(), VALUE))
        else:
            super().keyPressEvent(event)


def _text(cell: Cell, column: int) -> _Text:
    """Return what decides how wide an entry is; figures all have one width."""
    return (cell.text.translate(_FIGURES) if column else cell.text), cell.bold
