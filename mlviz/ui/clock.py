"""The one clock: it tells how much time has passed, and only while something moves."""

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from mlviz.ui.collector import hold, release, sweep, sweep_new

FRAME_MS = 16
_REST_MS = 2000
"""After so long a rest there is time to sweep up."""


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
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(sweep)

    @property
    def running(self) -> bool:
        """Whether it ticks."""
        return self._timer.isActive()

    def run(self, running: bool) -> None:
        """Start or stop; a clock that runs already goes on undisturbed."""
        if not running:
            if self._timer.isActive():
                self._timer.stop()
                self._rest.start()
            release(self)
        elif not self._timer.isActive():
            hold(self)
            self._rest.stop()
            self._since_tick.start()
            self._timer.start()

    def _on_timeout(self) -> None:
        self.ticked.emit(self._since_tick.restart() / 1000)
        sweep_new()

    def close(self) -> None:
        """Stop for good."""
        self.run(False)
        self._rest.stop()
