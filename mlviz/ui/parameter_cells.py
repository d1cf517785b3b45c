"""The entries of the table of parameters, as they are painted and changed."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QLineF,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from mlviz.picture.items import Role
from mlviz.picture.parameters import Cell
from mlviz.ui.fonts import number_font, ui_font, whole_px
from mlviz.ui.parameter_model import Index, ParameterModel
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.theme import blend
from mlviz.ui.value_editor import ValueEditor

SIZE, PAD = 12.5, 6.0
"""Of the letters, and beside an entry, px at scale 1, where there is room for that."""


class ParameterDelegate(QStyledItemDelegate):
    """Paints an entry in the colour of its role.

    Attributes:
        tint: behind the rows that the present step is about.
        font_px: how large entries are written.
        pad: px on both sides of an entry at scale 1.
    """

    def __init__(self, session: Session, model: ParameterModel, parent: QTableView) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self.tint = Role.PANEL
        self.font_px = whole_px(SIZE)
        self.pad = PAD

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a field for the value."""
        row = self._model.row(index.row())
        editor = ValueEditor(self._session, row.node, row.index, parent)
        editor.closed.connect(self._on_editor_closed)
        return editor

    def _on_editor_closed(self) -> None:
        editor = self.sender()
        if isinstance(editor, QWidget):
            self.closeEditor.emit(editor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the keys to the field, which knows what is a number."""
        kinds = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.FocusOut)
        if isinstance(watched, ValueEditor) and event.type() in kinds:
            return False
        return super().eventFilter(watched, event)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Do nothing: the field has its number."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Do nothing: the field has taken the number over."""

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Put the field over the entry, wide enough for a number in full."""
        rect = option.rect
        wide = max(rect.width(), round(104 * self._session.scale))
        editor.setGeometry(rect.right() - wide + 1, rect.top(), wide, rect.height())

    def _surface(self, row: int) -> QColor:
        theme, session = self._session.theme, self._session
        record = self._model.row(row)
        surface = theme.colour(self.tint if record.active else Role.PANEL)
        if record.node == session.selected and session.selected_entry in (None, record.index):
            return blend(theme.colour(Role.SELECTED), surface, 0.14)
        if record.node == session.hovered and session.hovered_entry in (None, record.index):
            return blend(theme.colour(Role.TEXT), surface, 0.06)
        return surface

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the row's tint and the entry."""
        theme, unit = self._session.theme, self._session.scale
        cell, column = self._model.cell(index), index.column()
        area = QRectF(option.rect)
        surface = self._surface(index.row())
        painter.save()
        painter.fillRect(area, surface)
        record, chosen = self._model.row(index.row()), self._session.selected_entry
        is_chosen = record.node == self._session.selected and chosen in (None, record.index)
        if column == 0 and is_chosen:
            # Not by colour alone.
            bar = QRectF(area.left(), area.top() + 3, 3 * unit, area.height() - 6)
            painter.fillRect(bar, theme.colour(Role.SELECTED))
        font = _font(cell, column, self.font_px)
        known = cell.role is not Role.FAINT
        colour = theme.readable(cell.role, surface) if known else theme.colour(cell.role)
        painter.setFont(font)
        painter.setPen(colour)
        pad = self.pad * unit
        inner = area.adjusted(pad, 0, -pad, 0)
        painter.drawText(inner, int(_flags(index)), cell.text)
        if cell.struck:
            width = QFontMetricsF(font).horizontalAdvance(cell.text)
            y = area.center().y() + 2.5 * unit  # below a minus sign, which must be seen
            painter.setPen(pen(colour, 1.3 * unit, flat=True))
            painter.drawLine(QLineF(inner.right() - width - 1, y, inner.right() + 1, y))
        painter.restore()


def _flags(index: Index) -> Qt.AlignmentFlag:
    flags: Qt.AlignmentFlag = index.data(Qt.ItemDataRole.TextAlignmentRole)
    return flags


def _font(cell: Cell, column: int, px: int) -> QFont:
    make = number_font if column else ui_font
    return make(px, bold=cell.bold)
