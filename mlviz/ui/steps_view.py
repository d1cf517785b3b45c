"""The list of steps: one row for what one operation does in one phase."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.steps import StepGroup, step_list
from mlviz.trace.steps import Phase, Position
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.turns import Turn

Index = QModelIndex | QPersistentModelIndex

_ROLES = {
    Phase.FORWARD: (Role.FORWARD, Role.FORWARD_SOFT),
    Phase.BACKWARD: (Role.BACKWARD, Role.BACKWARD_SOFT),
    Phase.UPDATE: (Role.UPDATE, Role.UPDATE_SOFT),
}
_GROUP = Qt.ItemDataRole.UserRole
_ROW = 30
_TEXT = 13


class StepsModel(QAbstractListModel):
    """The groups of steps at the current position."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._step = session.position.step
        self._steps = step_list(session.timeline)

    def rebuild(self) -> None:
        """Show other steps."""
        self.beginResetModel()
        self._step = self.session.position.step
        self._steps = step_list(self.session.timeline)
        self.endResetModel()

    def move(self) -> bool:
        """Show where the session stands; return whether that is in another row."""
        before, self._step = self._step, self.session.position.step
        rows = [self._steps.row_at(step) for step in (before, self._step)]
        if rows[0] == rows[1]:
            if rows[1] is not None and before != self._step and self._steps.names_each(rows[1]):
                self.dataChanged.emit(self.index(rows[1]), self.index(rows[1]))
            return False
        first, last = sorted(0 if row is None else row for row in rows)
        self.dataChanged.emit(self.index(first), self.index(last))
        return True

    def row_of_now(self) -> int | None:
        """Return the row that the position lies in; None before the first step."""
        return self._steps.row_at(self._step)

    def group(self, row: int) -> StepGroup:
        """Return what a row stands for."""
        return self._steps.group(row, self._step)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._steps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row says, shows on hovering, and tells a screen reader."""
        if not index.isValid():
            return None
        group = self.group(index.row())
        title = self.session.tr(group.title)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            status = {
                "done": Message("ui.steps.done"),
                "now": Message("ui.steps.now"),
                "later": Message("ui.steps.later"),
            }[group.status]
            return f"{title}, {self.session.tr(status)}"
        return group if role == _GROUP else None


class StepDelegate(QStyledItemDelegate):
    """Paints a row: a dot in the phase's colour, hollow while it is still to come."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are of one height."""
        return QSize(round(80 * self.session.scale), round(_ROW * self.session.scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        group = index.data(_GROUP)
        assert isinstance(group, StepGroup)
        theme, scale = self.session.theme, self.session.scale
        strong, soft = (theme.colour(role) for role in _ROLES[group.phase])
        rect = QRectF(option.rect)
        state = option.state
        now = group.status == "now"
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        row = rect.adjusted(10 * scale, scale, -10 * scale, -scale)
        if now:
            painter.setBrush(soft)
            painter.drawRoundedRect(row, 6 * scale, 6 * scale)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(theme.button))
            painter.drawRoundedRect(row, 6 * scale, 6 * scale)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour(Role.SELECTED), 1.5 * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(row, 6 * scale, 6 * scale)
        dot = QPointF(rect.left() + 27 * scale, rect.center().y())
        if group.status == "later":
            painter.setPen(QPen(theme.colour(Role.FAINT), 1.2 * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot, 3.4 * scale, 3.4 * scale)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(strong)
            painter.drawEllipse(dot, 4 * scale, 4 * scale)
        painter.setPen(theme.colour(Role.MUTED if group.status == "later" else Role.TEXT))
        painter.setFont(ui_font(_TEXT * scale, bold=now))
        words = rect.adjusted(41 * scale, 0, -16 * scale, 0)
        metrics, room = painter.fontMetrics(), int(words.width())
        text = self.session.tr(group.title)
        if metrics.horizontalAdvance(text) > room:  # the formula stands on the stage
            text = self.session.tr(group.short)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


class StepsView(QListView):
    """The steps; the present one is kept in view, and a click goes to one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.steps = StepsModel(session, self)
        self.setModel(self.steps)
        self.setItemDelegate(StepDelegate(session, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._go_to)
        self.activated.connect(self._go_to)
        session.timeline_changed.connect(self._on_timeline_changed)
        self._turn = Turn(session, self, self._on_position_changed)
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._on_appearance_changed)
        self._on_language_changed()
        self._show_now()

    def needed_height(self, most: int) -> int:
        """Return the height of all rows, or of the first `most`, px."""
        return min(self.steps.rowCount(), most) * round(_ROW * self.session.scale)

    def _go_to(self, index: QModelIndex) -> None:
        group = self.steps.group(index.row())
        self.session.seek(Position(self.session.position.iteration, group.first))

    def _on_timeline_changed(self) -> None:
        self.steps.rebuild()
        self._show_now()

    def _on_position_changed(self) -> None:
        if self.steps.move():
            self._show_now()

    def dataChanged(  # Qt would lay out all rows again, and none has another size
        self, first: Index, last: Index, roles: Sequence[int] = ()
    ) -> None:
        """Paint the rows that have changed."""
        self.viewport().update(self.visualRect(first) | self.visualRect(last))

    def _show_now(self) -> None:
        row = self.steps.row_of_now()
        if row is None:
            self.scrollToTop()
            return
        index = self.steps.index(row)
        self.setCurrentIndex(index)
        # The rows around it are what a reader looks for next.
        for near in (max(row - 1, 0), min(row + 2, self.steps.rowCount() - 1), row):
            self.scrollTo(self.steps.index(near))

    def _on_language_changed(self) -> None:
        self.setAccessibleName(self.session.tr(Message("ui.dock.steps")))
        self.viewport().update()

    def _on_appearance_changed(self) -> None:
        self.doItemsLayout()
        self._keep_rows_whole()
        self._show_now()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the present step in view, and cut no row in half."""
        super().resizeEvent(event)
        self._keep_rows_whole()
        self._show_now()

    def _keep_rows_whole(self) -> None:
        """Leave free below what is not enough for another row."""
        row = round(_ROW * self.session.scale)
        before = self.viewportMargins().bottom()
        room = self.viewport().height() + before
        rest = room % row if room > row else 0
        if before != rest:
            self.setViewportMargins(0, 0, 0, rest)
