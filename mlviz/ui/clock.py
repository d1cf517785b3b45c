"""The one clock: it tells how much time has passed, and only while something moves."""

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from mlviz.ui.collector import hold, release

FRAME_MS = 16


class Clock(QObject):
    """Ticks once a frame."""

    ticked = Signal(float)
    """Seconds since the last tick."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._since_tick = QElapsedTimer()

    @property
    def running(self) -> bool:
        """Whether it ticks."""
        return self._timer.isActive()

    def run(self, running: bool) -> None:
        """Start or stop; a clock that runs already goes on undisturbed."""
        if not running:
            self._timer.stop()
            release(self)
        elif not self._timer.isActive():
            hold(self)
            self._since_tick.start()
            self._timer.start()

    def _on_timeout(self) -> None:
        self.ticked.emit(self._since_tick.restart() / 1000)
