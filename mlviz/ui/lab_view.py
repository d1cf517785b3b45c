"""The base of every panel of the lab: it is drawn anew at most once a frame, and only if seen."""

import time

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

_REFRESH = QEvent.Type(QEvent.registerEventType())
_OFTEN = 30.0
_LOWEST = 100
_SHARE, _LARGER_SHARE = 5.0, 2.0
"""While training runs, a panel takes at most a part of this many of the time; so does one that
is drawn in every frame."""


class LabView(Panel):
    """A panel of the lab. Subclasses show `lab.run` at `lab.cursor` in `refresh`.

    A subclass builds its parts in `__init__` after calling this one's; the first `refresh`
    comes when the panel is seen.

    Attributes:
        most_a_second: how often it is drawn while training runs, at most. Of those that are
            content with few times there is one a frame, so that no frame takes long.
    """

    most_a_second = 8.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.lab = session.lab
        self._stale = True
        self._asked = False
        self._in_front = True
        self._took = self._last = 0.0
        lab = self.lab
        lab.changed.connect(self._on_changed)
        for signal in (lab.progressed, lab.cursor_changed, lab.point_selected):
            signal.connect(self.request_refresh)
        session.language_changed.connect(self.request_refresh)
        session.appearance_changed.connect(self.request_refresh)

    def minimumSizeHint(self) -> QSize:
        """Never make the window higher than a screen, however large everything is."""
        found = super().minimumSizeHint()
        return QSize(found.width(), min(found.height(), self.px(_LOWEST)))

    def refresh(self) -> None:
        """Show the run at the cursor. To be overridden."""

    @property
    def is_seen(self) -> bool:
        """Whether it is on the screen: shown, and not behind another tab."""
        return self._in_front and self.isVisible()

    def set_in_front(self, in_front: bool) -> None:
        """Be seen, or behind another panel's tab: then nothing is drawn."""
        self._in_front = in_front
        if in_front and self._stale:
            self.request_refresh()

    def request_refresh(self) -> None:
        """Let `refresh` be called soon: in this frame, or when the panel is seen again."""
        self._stale = True
        if self._asked or not self.is_seen:
            return
        if self.lab.running and not self._has_turn():
            return  # the next frame asks again, and the end of the training does
        self.ask()

    def _on_changed(self) -> None:
        """Let what is new be seen without delay: it is more than that the run came farther."""
        self._stale = True
        if self.is_seen and not self._asked:
            self.ask()

    def ask(self) -> None:
        """Let `refresh` be called as soon as the window comes to it."""
        self._asked = True
        QCoreApplication.postEvent(self, QEvent(_REFRESH))

    def _has_turn(self) -> bool:
        """Return whether it is time to draw it again, and no other is drawn in this frame."""
        leads = self.most_a_second > _OFTEN
        share = _LARGER_SHARE if leads else _SHARE
        wait = max(self._took * share, 1 / self.most_a_second)
        if time.perf_counter() - self._last < wait:
            return False
        return leads or self.lab.take_turn()

    def refresh_now(self) -> None:
        """Show what holds now, without waiting for the frame."""
        self._asked, self._stale = False, False
        self._last = time.perf_counter()
        self.refresh()
        took = time.perf_counter() - self._last
        # Once in a while the machine does something else: that says nothing about the panel.
        self._took = min(took, 0.8 * self._took + 0.2 * took) if self._took else took
        self.lab.refreshing.note(took)

    def _refresh_in_turn(self) -> bool:
        """Show what holds now, unless others have taken long; then do so in the next frame."""
        may = self.lab.refreshing.may(self)
        if may:
            self.refresh_now()
        self._asked = not may
        return may

    def event(self, event: QEvent) -> bool:
        """Refresh when that was asked for."""
        if event.type() == _REFRESH:
            if self.is_seen and self._stale and not self._refresh_in_turn():
                return True  # it is asked for once more
            self._asked = False
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has happened meanwhile."""
        super().showEvent(event)
        if self._stale and self._in_front:
            self._refresh_in_turn()

    def hideEvent(self, event: QHideEvent) -> None:
        """What happens from now on is not drawn."""
        super().hideEvent(event)
        self._asked = False
