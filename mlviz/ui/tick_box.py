"""A box that is ticked, with an outline that is seen in every theme."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QCheckBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mlviz.picture.items import Role
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_SIDE, _RIM = 16.0, 4.0


class TickBox(QCheckBox):
    """Yes or no, without words of its own."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        session.appearance_changed.connect(self._on_appearance_changed)

    def _on_appearance_changed(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Take the box and its focus ring."""
        side = round((_SIDE + 2 * _RIM) * self.session.scale)
        return QSize(side, side)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the box as fields are outlined; ticked it is full."""
        theme, unit = self.session.theme, self.session.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = _SIDE * unit
        box = QRectF(_RIM * unit, (self.height() - side) / 2, side, side)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        paint_tick(painter, theme, box, on=self.isChecked())
        if self.hasFocus():
            rim = (_RIM - 1) * unit
            painter.setPen(pen(QColor(theme.focus), 2 * unit, dashed=True))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-rim, -rim, rim, rim), 5 * unit, 5 * unit)
        painter.end()


class TickDelegate(QStyledItemDelegate):
    """Paints the boxes of a list that can be ticked as those of the fields are."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell, and the box over the style's own."""
        super().paint(painter, option, index)
        state, whole = index.data(Qt.ItemDataRole.CheckStateRole), QStyleOptionViewItem(option)
        if state is None:
            return
        self.initStyleOption(whole, index)
        widget: Any = self.parent()
        part = QStyle.SubElement.SE_ItemViewItemCheckIndicator
        rect = QRectF(widget.style().subElementRect(part, whole, widget))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect.adjusted(-1, -1, 1, 1), self.session.theme.colour(Role.PANEL))
        side = min(rect.width(), rect.height())
        box = QRectF(rect.x(), rect.center().y() - side / 2, side, side)
        on = Qt.CheckState(state) == Qt.CheckState.Checked
        paint_tick(painter, self.session.theme, box, on=on)
        painter.restore()


def paint_tick(painter: QPainter, theme: Theme, box: QRectF, *, on: bool) -> None:
    """Paint a box, outlined as fields are; ticked it is full."""
    side = box.width()
    unit, strong = side / _SIDE, theme.colour(Role.STRONG)
    painter.setPen(pen(strong if on else QColor(theme.border), 1.6 * unit))
    painter.setBrush(strong if on else QColor(theme.button))
    painter.drawRoundedRect(box, 3 * unit, 3 * unit)
    if on:
        corners = ((0.22, 0.52), (0.43, 0.73), (0.79, 0.28))
        places = [QPointF(box.x() + x * side, box.y() + y * side) for x, y in corners]
        painter.setPen(pen(theme.colour(Role.PANEL), 2.2 * unit))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places))
