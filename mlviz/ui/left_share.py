"""The height that the lesson and the steps share: the lesson gets what its longest text needs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from mlviz.ui.dock import Dock
from mlviz.ui.lesson_view import LessonView
from mlviz.ui.steps_view import StepsView

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow

_STEPS = 6
"""Rows of the list of steps that stay in view, if there are so many."""
_LEAST = 0.3
"""Share of the height that the lesson has, however short it is."""
_SAME = 0.03
"""By how much the shares may differ until somebody must have moved the border."""


class LeftShare(QObject):
    """Shares the height of the left column anew for each document.

    A person who has moved the border is left alone.

    Args:
        window: the window.

    Attributes:
        is_ours: whether nobody else has moved the border.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.is_ours = False
        self._given: float | None = None
        self._total = 0
        self._is_asked = False
        for dock in (window.lesson, window.steps):
            dock.installEventFilter(self)

    def begin(self) -> None:
        """Share the height from now on: the panels are at their usual places."""
        self.is_ours, self._given = True, None
        self.share()

    def leave(self) -> None:
        """Leave the height to others: it is as somebody wanted it before."""
        self.is_ours = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share another height anew, once both panels have it."""
        if event.type() == QEvent.Type.Resize and self.is_ours and not self._is_asked:
            self._is_asked = True
            QTimer.singleShot(0, self, self._on_resized)
        return False

    def _on_resized(self) -> None:
        self._is_asked = False
        if self._height() != self._total:
            self.share()

    def share(self) -> None:
        """Give both what they need, if nobody else has decided about it."""
        window, before = self._window, self._present()
        if not self.is_ours or before is None:
            return
        if self._given is not None and abs(before - self._given) > _SAME:
            self.is_ours = False  # somebody has moved the border
            return
        lesson, steps = window.lesson, window.steps
        said, listed = lesson.widget(), steps.widget()
        assert isinstance(said, LessonView)
        assert isinstance(listed, StepsView)
        total = self._total = self._height()
        wanted = said.needed_height() + lesson.height() - said.height()
        rest = listed.needed_height(_STEPS) + steps.height() - listed.height()
        high = round(max(min(wanted, total - rest), _LEAST * total))
        window.resizeDocks([lesson, steps], [high, total - high], Qt.Orientation.Vertical)
        self._given = high / total

    def _height(self) -> int:
        return self._window.lesson.height() + self._window.steps.height()

    def _present(self) -> float | None:
        """Return the lesson's share; None unless it stands above the steps."""
        lesson, steps = self._window.lesson, self._window.steps
        if not (_stands(lesson) and _stands(steps)) or lesson.x() != steps.x():
            return None
        return lesson.height() / max(self._height(), 1)


def _stands(dock: Dock) -> bool:
    return dock.isVisible() and not dock.isFloating()
