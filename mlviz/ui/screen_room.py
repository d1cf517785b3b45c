"""Keeps the window on its screen: what does not fit is shown smaller, and that is said."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, QTimer

from mlviz.i18n import Message
from mlviz.settings import SCALES

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow

SCALE_STEPS = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_LEAST = QSize(1024, 768)
"""A screen that is smaller is no measure: the window needs so much at its usual size."""


class ScreenRoom(QObject):
    """Watches whether larger letters or more panels make the window larger than its screen.

    Args:
        window: the window.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.shrink)
        window.installEventFilter(self)

    def room(self) -> QSize:
        """Return how large the window may be."""
        screen = self._window.screen()
        full = self._window.isFullScreen()
        return screen.size() if full else screen.availableSize()

    def enlarge(self) -> None:
        """Show everything larger, if there is room for it; otherwise say that there is none."""
        window, now = self._window, self._window.session.scale
        ratio = larger(now) / now
        needed = window.minimumSizeHint()
        needed = QSize(round(needed.width() * ratio), round(needed.height() * ratio))
        room = self.room()
        if now >= 1.0 and _holds(room, _LEAST) and not _holds(room, needed):
            window.message_bar.show_note(Message("ui.scale.room"))
        else:
            window.session.set_scale(larger(now))

    def shrink(self) -> None:
        """Show everything smaller until it fits; it never fits less than the usual size."""
        window, session, room = self._window, self._window.session, self.room()
        if not _holds(room, _LEAST) or session.scale <= 1.0:
            return
        if _holds(room, window.minimumSizeHint()):
            return
        before = session.scale
        while session.scale > 1.0 and not _holds(room, window.minimumSizeHint()):
            session.set_scale(max(smaller(session.scale), 1.0))
            # What the panels need is only known when their layouts have heard of it.
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        layout = window.layout()
        if layout is not None:
            layout.activate()  # otherwise the window keeps to the size that it needed before
        window.resize(window.size().boundedTo(room))
        if session.scale < before:
            window.message_bar.show_note(Message("ui.scale.room"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every size that is larger than the screen; a person may also have wanted it."""
        if event.type() is QEvent.Type.Resize and not _holds(self.room(), self._window.size()):
            self._later.start()
        return super().eventFilter(watched, event)


def _holds(room: QSize, size: QSize) -> bool:
    return size.width() <= room.width() and size.height() <= room.height()


def larger(scale: float) -> float:
    """Return the next larger scale."""
    return next((step for step in SCALE_STEPS if step > scale + 1e-6), SCALES[1])


def smaller(scale: float) -> float:
    """Return the next smaller scale."""
    return next((step for step in reversed(SCALE_STEPS) if step < scale - 1e-6), SCALES[0])
