"""What helps to find one's way on the stage: find, minimap, legend, and "what is this?"."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QWhatsThis, QWidget

from mlviz.i18n import Message
from mlviz.ui.find_bar import FindBar
from mlviz.ui.layout_worker import room_of
from mlviz.ui.legend_view import LegendView
from mlviz.ui.minimap import Minimap
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView

_MARGIN, _TOP, _BOTTOM = 14, 88, 46
_MOVED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class StageTools(QObject):
    """The helpers that lie over a stage, and their actions."""

    # Of the class: Qt still asks the filter when Python has emptied the object to sweep it away.
    stage: StageView | None = None

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._explained: list[QWidget] = []
        session.language_changed.connect(self._explain)
        session.appearance_changed.connect(self._arrange)

    def attach(self, stage: StageView) -> None:
        """Lay the helpers over a stage."""
        self.stage = stage
        self.find = FindBar(self._session, stage)
        self.find.chosen.connect(stage.reveal)
        self.find.matches_changed.connect(self._on_matches_changed)
        self.find.closed.connect(self._on_find_closed)
        self.minimap = Minimap(self._session, stage)
        self.legend = LegendView(self._session, stage)
        stage.looked.connect(self.minimap.follow_stage)
        stage.cover(self.minimap.covered)
        self.minimap.keep_beside((self.find, self.legend, stage.crumbs))
        for over in (self.find, self.legend):
            stage.over.append(over)
            over.installEventFilter(self)
        stage.installEventFilter(self)
        self._arrange()

    def explain(self, widgets: Iterable[QWidget]) -> None:
        """Let "what is this?" tell about widgets, each by its object name."""
        self._explained = list(widgets)
        self._explain()

    def slots(self) -> dict[str, Callable[..., object]]:
        """Return what the actions of the helpers do."""
        return {
            "find": self.open_find,
            "find_next": self.find_next,
            "find_previous": self.find_previous,
            "minimap": self.show_minimap,
            "legend": self.show_legend,
            "whats_this": self.ask,
        }

    @Slot()
    def open_find(self) -> None:
        """Look for a node."""
        self._arrange()
        self.find.open()

    @Slot()
    def find_next(self) -> None:
        """Go to the next match."""
        self.find.next()

    @Slot()
    def find_previous(self) -> None:
        """Go to the match before."""
        self.find.previous()

    @Slot(bool)
    def show_minimap(self, shown: bool) -> None:
        """Show the minimap where it helps, or never."""
        self.minimap.set_wanted(shown)

    @Slot(bool)
    def show_legend(self, shown: bool) -> None:
        """Show or hide the legend."""
        self._arrange()
        self.legend.setVisible(shown)
        self.legend.raise_()

    @Slot()
    def ask(self) -> None:
        """Let the next click tell what is under the pointer; Escape leaves."""
        QWhatsThis.enterWhatsThisMode()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the helpers in their corners."""
        if watched is self.stage and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._arrange()
        elif watched is not self.stage and self.stage and event.type() in _MOVED:
            self.stage.update()  # the graph is shown beside it
            self.minimap.follow_stage()
        return super().eventFilter(watched, event)

    def _on_matches_changed(self) -> None:
        if self.stage is not None:
            self.stage.mark(self.find.matches)

    def _on_find_closed(self) -> None:
        if self.stage is not None:
            self.stage.setFocus()

    def _arrange(self) -> None:
        stage = self.stage
        if stage is None:
            return
        unit = self._session.scale
        if stage.isVisible():
            area = stage.whole_area
            self._session.set_room(room_of(area.width / unit, area.height / unit))
        margin, top, bottom = (round(part * unit) for part in (_MARGIN, _TOP, _BOTTOM))
        width, height = stage.width(), stage.height()
        self.find.adjustSize()
        self.find.move(width - self.find.width() - margin, top)
        self.legend.move(margin, max(height - self.legend.height() - bottom, 0))
        self.minimap.follow_stage()

    def _explain(self) -> None:
        for widget in self._explained:
            words = Message(f"whats.panel.{widget.objectName()}")
            widget.setWhatsThis(self._session.tr(words))
