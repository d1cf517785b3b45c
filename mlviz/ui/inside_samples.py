"""The insides of the runs that are shown, for all panels the same: measured in slices."""

import time
from collections.abc import Generator
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.training import Training
from mlviz.picture.inside_samples import Samples
from mlviz.picture.insides import LayerInside, insides
from mlviz.ui.session import Session
from mlviz.ui.work import Job

_AT_ONCE_SECONDS = 0.004
"""What a panel waits for; the rest is done by the clock."""
_KEPT = 3


class InsideSamples(QObject):
    """What was measured so far; the panels ask for more by asking for it."""

    changed = Signal()
    """There is more."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.lab)
        self._lab = session.lab
        self._known: WeakKeyDictionary[Training, Samples] = WeakKeyDictionary()
        self._inside: dict[tuple[Training, int], tuple[LayerInside, ...]] = {}
        self._job: Job | None = None

    @staticmethod
    def of(session: Session) -> "InsideSamples":
        """Return the one of a session, made if there is none."""
        found = session.lab.findChild(InsideSamples)
        return found if isinstance(found, InsideSamples) else InsideSamples(session)

    def inside(self, run: Run, cursor: int) -> tuple[LayerInside, ...] | None:
        """Return a run's layers at an iteration; None if it is a formula that is trained."""
        training, number = run.training, min(cursor, run.head)
        if not isinstance(training.program_of(number), NetworkProgram):
            return None
        key = training, number
        if key not in self._inside:
            shown = [each.training for each in (self._lab.run, self._lab.other) if each]
            kept = [known for known in self._inside if known[0] in shown][-_KEPT:]
            self._inside = {known: self._inside[known] for known in kept}
            self._inside[key] = insides(training, number)
        return self._inside[key]

    def samples(self, run: Run) -> Samples:
        """Return what is measured of a run, which is one of those that are shown."""
        training = run.training
        found = self._known.get(training)
        if found is None:
            found = self._known[training] = Samples(training)
        if self._job is None:
            self._catch_up(found)
        return found

    def _catch_up(self, found: Samples) -> None:
        """Measure what is missing: a little now, and if it is much, the rest by the clock."""
        begun = time.perf_counter()
        for number in found.due():
            if time.perf_counter() - begun > _AT_ONCE_SECONDS:
                # While it trains, the panels ask again with the next frame.
                if not self._lab.running:
                    self._begin()
                return
            found.take(number)

    def _begin(self) -> None:
        self._job = job = self._lab.work.begin(self._steps(), self)
        job.progressed.connect(self.changed)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_finished)

    def _steps(self) -> Generator[float, None, None]:
        """Measure what is missing of the runs that are shown, until nothing is."""
        done = 0
        while True:
            runs = filter(None, (self._lab.run, self._lab.other))
            known = [self._known[run.training] for run in runs if run.training in self._known]
            todo = [(samples, number) for samples in known for number in samples.due()]
            if not todo:
                return
            samples, number = todo[0]
            for _ in samples.taking(number):
                yield done / (done + len(todo))
            done += 1

    def _on_finished(self) -> None:
        self._job = None
        self.changed.emit()
