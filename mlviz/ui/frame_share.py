"""How long training may take of a frame: what drawing leaves of it.

Drawing comes first: a picture that comes late is seen, an iteration that comes later is not.
"""

import time

FRAME_SECONDS = 1 / 60
LEAST_SECONDS, MOST_SECONDS = 0.0035, 0.011
"""Whatever else there is to do, and however little."""
_RESERVE_SECONDS = 0.002
_WEIGHT = 0.08  # of the newest frame among those before


class FrameShare:
    """Measures what a frame's drawing takes of the processor, from slice to slice.

    Attributes:
        seconds: what is left of the next frame.
    """

    def __init__(self) -> None:
        self.seconds = (LEAST_SECONDS + MOST_SECONDS) / 2
        self._drawing = FRAME_SECONDS - _RESERVE_SECONDS - self.seconds
        self._ended: float | None = None

    def begin(self) -> float:
        """Return how long a slice may take; everything since the last one was other work."""
        if self._ended is not None:
            # By the processor's time: waiting for the next frame is no work.
            self.note(time.thread_time() - self._ended)
        return self.seconds

    def end(self) -> None:
        """Say that the slice is over."""
        self._ended = time.thread_time()

    def rest(self) -> None:
        """Forget when the last slice was: what comes before the next one is no frame."""
        self._ended = None

    def note(self, drawing: float) -> None:
        """Take what the drawing of one frame took into account."""
        # What happens once, such as a panel that is opened, says little about other frames.
        drawing = min(drawing, 2 * FRAME_SECONDS)
        self._drawing += _WEIGHT * (drawing - self._drawing)
        left = FRAME_SECONDS - _RESERVE_SECONDS - self._drawing
        self.seconds = min(max(left, LEAST_SECONDS), MOST_SECONDS)
