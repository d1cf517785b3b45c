"""Panels that follow the film by turns: no frame has to wait for all of them.

At rest every panel that can be seen shows the present moment at once. While the film runs, or
the cursor of time is dragged, one panel after the other catches up, one for each tick of the
clock; the stage and the bar of time are in every frame.
"""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QWidget


class Moving(Protocol):
    """What the turns have to know of a session."""

    position_changed: SignalInstance

    @property
    def moving(self) -> bool:
        """Whether the clock is running."""

    @property
    def reduced_motion(self) -> bool:
        """Whether the film jumps from step to step."""

    @property
    def turns(self) -> "Turns":
        """Whose turn it is."""


class Turns(QObject):
    """Whose turn it is to follow the film."""

    came = Signal()
    """Another panel may follow; while nothing moves, all of them."""
    dragged = Signal()
    """A person has begun to drag the cursor of time, or has let go."""

    def __init__(self, session: QObject) -> None:
        super().__init__(session)
        self._session: Moving = session  # type: ignore[assignment]
        self._members = 0
        self._tick = self._frame = 0
        self._serving = False
        self._hurried = False
        self.dragging = False

    def join(self) -> int:
        """Take part; return one's place in the row."""
        self._members += 1
        return self._members - 1

    def drag(self, dragging: bool) -> None:
        """Tell that a person begins to drag the cursor of time, or lets go."""
        if dragging != self.dragging:
            self.dragging = dragging
            self.dragged.emit()

    def due(self, place: int) -> bool:
        """Return whether the one at a place in the row may follow now."""
        return not self.hasty or (self._serving and self._tick % self._members == place)

    def tick(self) -> None:
        """Let the next one follow; while the cursor is dragged, in every second frame."""
        self._frame += 1
        if self.dragging and self._frame % 2:
            return  # each frame shows quite another moment, and the stage takes most of it
        self._tick += 1
        self._serving = True
        self.came.emit()
        self._serving = False

    def settle(self) -> None:
        """Let all follow if what moved has come to rest."""
        before, self._hurried = self._hurried, self.hasty
        if before and not self._hurried:
            self.came.emit()

    @property
    def hasty(self) -> bool:
        """Whether panels follow one after the other."""
        # A film that jumps rests between two jumps, and then everything is to be seen.
        session = self._session
        return self.dragging or (session.moving and not session.reduced_motion)


class Turn(QObject):
    """One panel's place in the row; a panel that cannot be seen has nothing to do.

    Args:
        session: what is followed.
        panel: who follows; this object belongs to it.
        follow: lets the panel show the present moment.
    """

    def __init__(self, session: Moving, panel: QWidget, follow: Callable[[], None]) -> None:
        super().__init__(panel)
        self._turns = session.turns
        self._follow = follow
        self._place = self._turns.join()
        self._seen = True
        session.position_changed.connect(self._on_moved)
        self._turns.came.connect(self._on_moved)

    def set_seen(self, seen: bool) -> None:
        """Tell whether the panel can be seen; once it can, it follows."""
        came, self._seen = seen and not self._seen, seen
        if came:
            self._follow()

    def at_once(self) -> None:
        """Follow whether it is one's turn or not: something else than the moment has changed."""
        if self._seen:
            self._follow()

    def _on_moved(self) -> None:
        if self._seen and self._turns.due(self._place):
            self._follow()
