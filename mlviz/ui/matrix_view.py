"""The panel of matrices: a node's numbers as tables, and the rule that made them."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize
from PySide6.QtWidgets import QVBoxLayout, QWhatsThis, QWidget

from mlviz.i18n import Message
from mlviz.picture.matrix import MatrixPage, matrix_page
from mlviz.picture.matrix_answers import matrix_mark_at
from mlviz.picture.matrix_table import Cell, cell_key, cell_of, matrix_picture
from mlviz.ui.entry_popup import open_entries
from mlviz.ui.moment import moment
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

_HINT = (363.0, 420.0)


class MatrixView(Panel):
    """Qt view of `picture.matrix`, of the selected node or the one something happens to.

    Attributes:
        canvas: the tables; the pointer, or the arrow keys, light a cell. A double click, or
            Return, steps inside that entry; of a leaf it lets the number be changed.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self._pointed: Cell | None = None
        self._chosen: Cell | None = None
        self._shown: tuple[object, ...] | None = None
        self.canvas = PictureCanvas(session)
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.chosen.connect(self._on_chosen)
        self.canvas.opened.connect(self._on_opened)
        self.canvas.asked.connect(self._on_asked)
        self.area = ScrollPage(self)
        self.area.column.setContentsMargins(0, 0, 0, 0)
        self.area.column.addWidget(self.canvas)
        self.area.column.addStretch()
        self.area.viewport().installEventFilter(self)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.area)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.position_changed.connect(self._refresh)
        session.selection_changed.connect(self._on_timeline_changed)
        session.hover_changed.connect(self._refresh)
        self._retranslate()

    def sizeHint(self) -> QSize:
        """Ask for the width of the other panels."""
        return QSize(self.px(_HINT[0]), self.px(_HINT[1]))

    def page(self) -> MatrixPage:
        """Return what is shown."""
        session = self.session
        return matrix_page(session.timeline, session.position, session.selected)

    @property
    def lit(self) -> Cell | None:
        """The cell that is pointed at here, chosen, or meant by another view."""
        return self._pointed or self._chosen or self._meant()

    def _meant(self) -> Cell | None:
        """Return the entry that another view points at or has selected."""
        session = self.session
        node = self.page().node
        for id, entry in (
            (session.hovered, session.hovered_entry),
            (session.selected, session.selected_entry),
        ):
            if id == node and entry is not None and 0 < len(entry) <= 2:
                row, column = entry if len(entry) == 2 else (0, entry[0])
                state = session.timeline.state_at(session.timeline.clamped(session.position).step)
                table = "value" if state.gradient(node) is None else "gradient"
                return table, row, column
        return None

    # --- What changes ----------------------------------------------------------------------

    def _on_timeline_changed(self) -> None:
        self._pointed = self._chosen = None
        self._refresh()

    def _on_pointed(self, key: str) -> None:
        self._pointed = cell_of(key)
        self._tell(self._pointed)
        self._refresh()

    def _on_chosen(self, key: str) -> None:
        self._chosen = cell_of(key)
        self._tell(self._chosen)
        self._refresh()

    def _tell(self, cell: Cell | None) -> None:
        """Let the other views point at the same entry."""
        entry = self._entry(cell)
        self.session.hover(None if entry is None else self.page().node, entry)

    def _entry(self, cell: Cell | None) -> tuple[int, ...] | None:
        """Return the entry of the node that a cell stands for; None if it is of another one."""
        if cell is None or cell[0] not in ("value", "gradient", "result"):
            return None
        node = self.session.timeline.tape[self.page().node]
        return {2: (cell[1], cell[2]), 1: (max(cell[1:]),)}.get(node.value.ndim)

    def _on_opened(self, key: str) -> None:
        """Step inside an entry; of a leaf, change it."""
        session, node = self.session, self.page().node
        entry, rect = self._entry(cell_of(key)), self.canvas.rect_of(key)
        if entry is None or rect is None:
            return
        if session.what_if.place(node, entry) is None:
            session.step_inside(node, entry)
            return
        corner = self.canvas.mapTo(self, QPoint(self.px(rect.x), self.px(rect.y)))
        at = QRect(corner, QSize(self.px(rect.width), self.px(rect.height)))
        popup = open_entries(session, self, node, at, entry)
        if popup is not None:
            popup.accept()

    def _on_asked(self, place: QPointF, at: QPoint) -> None:
        """Tell what the mark at a place is."""
        picture = self.canvas.picture
        if picture is not None:
            words = matrix_mark_at(picture, place.x(), place.y())
            QWhatsThis.showText(at, self.session.tr(words), self.canvas)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        session = self.session
        lit, width = self.lit, max(self.area.viewport().width() / session.scale, 120.0)
        shown = (*moment(session.timeline, session.position), session.selected, lit, width)
        if shown == self._shown:
            return
        self._shown = shown
        picture = matrix_picture(self.page(), lit, width)
        self.canvas.show_picture(picture)
        if lit is not None:
            self.canvas.current = cell_key(lit)
        summary = picture.summary
        self.setAccessibleDescription(session.tr(summary) if summary is not None else "")

    def showEvent(self, event: QEvent) -> None:
        """Catch up with what happened while it was hidden."""
        self._shown = None
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the tables out anew when there is another width for them."""
        if event.type() == QEvent.Type.Resize:
            self._refresh()
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("matrix.name")))
        self.canvas.setAccessibleName(self.session.tr(Message("matrix.name")))
        self._shown = None
        self._refresh()

    def _restyle(self) -> None:
        self._shown = None
        self._refresh()
