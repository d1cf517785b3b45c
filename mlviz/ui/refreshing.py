"""How long the lab's panels may take to be drawn anew before the window listens again.

What concerns all panels, such as another document, would otherwise be one long block: so those
that come late are drawn in the next frames, one after the other.
"""

import math
import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

MOST_SECONDS = 0.012
"""After so long no further panel is begun in a frame; one of them always is."""
_PAUSE_SECONDS = 0.03
"""After so long without a panel there has been another frame."""


class Refreshing(QObject):
    """Whose turn it is to be drawn anew."""

    late = Signal()
    """A panel has to wait for the next frame."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spent = self._ended = 0.0
        self._waiting: list[QObject] = []

    @property
    def is_waiting(self) -> bool:
        """Whether a panel waits for the next frame."""
        return bool(self._waiting)

    def may(self, panel: QObject) -> bool:
        """Return whether a panel may be drawn now; if not, its `ask` is called next frame."""
        if time.perf_counter() - self._ended > _PAUSE_SECONDS:
            self._spent = 0.0
        if not self._spent or self._spent < MOST_SECONDS:
            return True
        self._wait(panel)
        return False

    def _wait(self, panel: QObject) -> None:
        if panel not in self._waiting:
            self._waiting.append(panel)
            self.late.emit()

    def begin(self, panel: QObject) -> None:
        """Let a panel begin in the next frame: what makes it necessary has taken time, too."""
        if math.isinf(MOST_SECONDS):
            panel.ask()  # type: ignore[attr-defined]
        else:
            self._wait(panel)

    def go_on(self, panel: QObject, steps: Iterator[None]) -> bool:
        """Let a panel be made; return whether it is done, or goes on in the next frame."""
        # Parts have to be dressed and placed, too, and that takes as long once more.
        until = time.perf_counter() + 0.5 * MOST_SECONDS
        for _ in steps:
            if time.perf_counter() > until:
                self._wait(panel)
                return False
        return True

    def note(self, seconds: float) -> None:
        """Say that a panel was drawn, and how long it took."""
        self._spent += seconds
        self._ended = time.perf_counter()

    def tick(self) -> None:
        """Begin another frame."""
        self._spent = 0.0
        waiting, self._waiting = self._waiting, []
        for panel in waiting:
            if isValid(panel):
                panel.ask()  # type: ignore[attr-defined]
