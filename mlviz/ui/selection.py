"""Which node is selected and which one is under the pointer, for every view the same."""

from PySide6.QtCore import QObject, Signal

from mlviz.settings import Settings
from mlviz.ui.appearance import Appearance


class Selection(Appearance):
    """The part of the session that knows which nodes are meant."""

    selection_changed = Signal()
    hover_changed = Signal()

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._select_quietly(None)

    def _select_quietly(self, selected: int | None) -> None:
        """Let this node be selected and none pointed at, without a word to anybody."""
        self._selected = selected
        self._hovered: int | None = None
        self._selected_entry: tuple[int, ...] | None = None
        self._hovered_entry: tuple[int, ...] | None = None

    def _forget_from(self, end: int) -> None:
        """Forget the nodes that are not there any more: those from `end` on."""
        if self._selected is not None and self._selected >= end:
            self._selected = None
        if self._hovered is not None and self._hovered >= end:
            self._hovered = None

    @property
    def selected(self) -> int | None:
        """Id of the selected node of the current tape."""
        return self._selected

    @property
    def hovered(self) -> int | None:
        """Id of the node under the pointer."""
        return self._hovered

    @property
    def selected_entry(self) -> tuple[int, ...] | None:
        """Which entry of the selected node is meant; None for all of it."""
        return None if self._selected is None else self._selected_entry

    @property
    def hovered_entry(self) -> tuple[int, ...] | None:
        """Which entry of the node under the pointer is meant; None for all of it."""
        return None if self._hovered is None else self._hovered_entry

    def select(self, node: int | None, entry: tuple[int, ...] | None = None) -> None:
        """Select a node, or one entry of it, in every view; or nothing."""
        if (node, entry) != (self._selected, self._selected_entry):
            self._selected, self._selected_entry = node, entry
            self.selection_changed.emit()

    def hover(self, node: int | None, entry: tuple[int, ...] | None = None) -> None:
        """Point at a node, or one entry of it, in every view; or at nothing."""
        if (node, entry) != (self._hovered, self._hovered_entry):
            self._hovered, self._hovered_entry = node, entry
            self.hover_changed.emit()
