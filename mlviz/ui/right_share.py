"""The height of the right column: a panel that has no function to draw leaves it to the rule."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from mlviz.ui.arrangement import NARROW, USUAL, is_wide
from mlviz.ui.curve_view import CurveView
from mlviz.ui.dock import Dock

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow

_SAME = 0.03
"""By how much a share may differ until somebody must have moved the border."""


class RightShare(QObject):
    """Gives the chain rule what the panel of functions does not need in a run without any.

    A person who has moved the borders is left alone.

    Args:
        window: the window.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._given: tuple[float, ...] | None = None
        self._seen: tuple[int, bool] | None = None
        self._is_asked = False
        for dock in window.right:
            dock.installEventFilter(self)

    def begin(self) -> None:
        """Share the height anew: the panels are on the way to their usual places."""
        self._seen = None
        self._ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share another height anew, once all panels have it."""
        if event.type() == QEvent.Type.Resize:
            self._ask()
        return False

    def _ask(self) -> None:
        if not self._is_asked:
            self._is_asked = True
            QTimer.singleShot(0, self, self._on_asked)

    def _on_asked(self) -> None:
        self._is_asked = False
        self.share()

    def share(self) -> None:
        """Share the height, if nobody else has decided about it and anything has changed."""
        window = self._window
        view = window.curve.widget()
        assert isinstance(view, CurveView)
        docks = list(window.right)
        heights = [dock.height() for dock in docks]
        total = sum(heights)
        now = total, view.has_function()
        if now == self._seen or not _stand(docks):
            return
        present = tuple(high / total for high in heights)
        usual = [tuple(part / 100 for part in shares) for shares in (USUAL, NARROW)]
        if not any(_is_like(present, ours) for ours in (*usual, self._given) if ours is not None):
            return  # somebody has moved a border
        self._seen = now
        wanted = usual[0] if is_wide(window) else usual[1]
        high = [round(part * total) for part in wanted]
        if not view.has_function():
            left = high[1] - (view.minimumSizeHint().height() + heights[1] - view.height())
            high[0], high[1] = high[0] + max(left, 0), high[1] - max(left, 0)
        window.resizeDocks(docks, high, Qt.Orientation.Vertical)
        self._given = tuple(part / total for part in high)


def _is_like(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= _SAME for a, b in zip(one, other, strict=True))


def _stand(docks: list[Dock]) -> bool:
    """Return whether panels stand one above the other, and can be seen."""
    placed = all(dock.isVisible() and not dock.isFloating() for dock in docks)
    return placed and len({dock.x() for dock in docks}) == 1
