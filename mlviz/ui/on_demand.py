"""Panels that are opened when they are wanted: they borrow room, and give it back."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt

from mlviz.ui.arrangement import WIDE
from mlviz.ui.dock import Dock

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow

_SHARES = (64, 16, 20)
"""Heights of the opened panel and of the two below it."""


class OnDemand(QObject):
    """Opens and closes panels at the top of the right-hand column.

    Args:
        window: the window; its panels are there already.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._before: list[tuple[Dock, QSize]] = []
        self._scale = window.session.scale
        for dock in window.on_demand:
            dock.visibilityChanged.connect(self._on_visibility_changed)

    def show(self, dock: Dock, shown: bool, wide: int = 0) -> None:
        """Show a panel or hide it.

        Args:
            dock: the panel.
            shown: whether it is to be seen.
            wide: how wide it would like to be, px at scale 1, where there is room for that.
        """
        if not shown:
            dock.hide()
            return
        window = self._window
        if not self._opened():
            self._scale = window.session.scale
            placed = [panel for panel in window.right if panel.isVisible()]
            self._before = [(panel, panel.size()) for panel in placed if not panel.isFloating()]
        dock.show()
        dock.raise_()
        down, across = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        window.resizeDocks([dock, window.curve, window.parameters], list(_SHARES), down)
        if wide and window.width() >= WIDE * window.session.scale:
            window.resizeDocks([dock], [round(wide * window.session.scale)], across)

    def _opened(self) -> bool:
        return any(not dock.isHidden() for dock in self._window.on_demand)

    def _on_visibility_changed(self, visible: bool) -> None:
        if visible or not self._before or self._opened():
            return
        ratio = self._window.session.scale / self._scale
        before, self._before = self._before, []
        kept = [(dock, size) for dock, size in before if not dock.isHidden()]
        docks = [dock for dock, _ in kept]
        for across in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical):
            flat = across is Qt.Orientation.Horizontal
            sizes = [size.width() if flat else size.height() for _, size in kept]
            self._window.resizeDocks(docks, [round(size * ratio) for size in sizes], across)
