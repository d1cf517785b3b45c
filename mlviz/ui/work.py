"""Long work in slices of the one clock: with progress and time left, and it can be cancelled.

The work is a generator that yields how much of it is done, 0 … 1, and returns its result.
"""

import time
from collections.abc import Generator
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.ui.estimate import Estimate, rounded
from mlviz.ui.lab_words import duration

SLICE_SECONDS = 0.012
"""What all work together takes of a frame."""


class Job(QObject):
    """Work that somebody waits for; it ends with its parent.

    Attributes:
        share: how much of it is done, 0 … 1.
    """

    progressed = Signal()
    finished = Signal(object)
    """It is done; with its result."""
    failed = Signal(object)
    """It cannot be done; with the message why."""

    def __init__(self, steps: Generator[float, None, Any], parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Generator[float, None, Any] | None = steps
        self.share = 0.0
        self._estimate = Estimate()

    @property
    def running(self) -> bool:
        """Whether there is more to do."""
        return self._steps is not None

    @property
    def seconds_left(self) -> float | None:
        """About how long it will take; None while nobody can know."""
        return self._estimate.left()

    def cancel(self) -> None:
        """Do no more of it; nobody is told."""
        if self._steps is not None:
            self._steps.close()
            self._steps = None

    def work(self, seconds: float) -> None:
        """Do some of it."""
        begun = now = time.perf_counter()
        self._estimate.note(begun, self.share)
        try:
            while self._steps is not None and now - begun < seconds:
                self.share = next(self._steps)
                now = time.perf_counter()
        except StopIteration as end:
            self._steps, self.share = None, 1.0
            self.finished.emit(end.value)
            return
        except MLVizError as error:
            self._steps = None
            self.failed.emit(error.message)
            return
        if self.running:
            self.progressed.emit()


class Work(QObject):
    """Everything that is under way; the session's clock lets it go on."""

    changed = Signal()
    """Something was begun, or all is done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    @property
    def busy(self) -> bool:
        """Whether there is something to do."""
        return any(isValid(job) and job.running for job in self._jobs)

    def begin(self, steps: Generator[float, None, Any], parent: QObject) -> Job:
        """Begin something; connect to the job before the clock ticks.

        Args:
            steps: the work.
            parent: who waits for it: if that is deleted, the work ends.
        """
        job = Job(steps, parent)
        self._jobs.append(job)
        self.changed.emit()
        return job

    def advance(self, seconds: float = SLICE_SECONDS) -> None:
        """Do some of everything."""
        if not self._jobs:
            return
        self._drop(lost=True)
        for job in tuple(self._jobs):
            if isValid(job):
                job.work(seconds / len(self._jobs))
        if not self.busy:
            self._jobs = []
            self.changed.emit()

    def close(self) -> None:
        """Do no more of anything."""
        self._drop(lost=False)

    def _drop(self, *, lost: bool) -> None:
        """Let go of what is done, and end what nobody waits for any more, or all."""
        for job in self._jobs:
            if not (lost and isValid(job)):
                job.cancel()
        self._jobs = [job for job in self._jobs if isValid(job) and job.running]


def left_message(job: Job) -> Message:
    """Return how much is done, and about how long the rest takes."""
    percent, left = f"{100 * job.share:.0f}", job.seconds_left
    if left is None:
        return Message("work.share", percent=percent)
    return Message("work.left", percent=percent, left=duration(rounded(left)))
