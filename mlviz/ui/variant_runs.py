"""All variants of the open file trained side by side, in slices of the session's clock."""

import time
from collections.abc import Generator, Sequence

from PySide6.QtCore import QObject, Signal

from mlviz.document.localtext import LocalText
from mlviz.document.recipe import rebuilt
from mlviz.document.variants import Variant
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.ui.lab_recipe import new_run
from mlviz.ui.session import Session
from mlviz.ui.trials import Trial, Trials
from mlviz.ui.work import Job, left_message

_SLICE_SECONDS = 0.004


class VariantRuns(QObject):
    """Makes a run of each variant, trains them in turns, and keeps them to be compared.

    Args:
        session: whose lab is given the runs.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._named: list[tuple[Trial, LocalText]] = []
        self.problem: MLVizError | None = None
        session.document_changed.connect(self._on_document_changed)
        session.language_changed.connect(self._name_all)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """What can be compared; nothing of most files."""
        return self._session.document.variants

    @property
    def running(self) -> bool:
        """Whether training goes on."""
        return self._job is not None and self._job.running

    @property
    def status(self) -> Message | None:
        """How far it is, and about how long the rest takes."""
        return left_message(self._job) if self._job is not None and self.running else None

    def begin(self) -> bool:
        """Train every variant as far as its file says; go on with those that are there already.

        Returns:
            Whether it worked; if not, `problem` tells why.
        """
        self.cancel()
        self.problem = None
        lab = self._session.lab
        lab.pause()
        try:
            documents = [rebuilt(lab.document, variant.table) for variant in self.variants]
        except MLVizError as error:
            self.problem = error
            self.changed.emit()
            return False
        trials, before = lab.trials, lab.trials.shown
        found: list[Trial] = []
        for document in documents:
            trial = next((t for t in trials.all if _is_run_of(t, document.table, found)), None)
            if trial is None:
                trial = trials.add(document, new_run(document, document.training), 1)
            found.append(trial)
        self._named = [
            (trial, variant.name) for trial, variant in zip(found, self.variants, strict=True)
        ]
        self._name_all()
        first = before if before in found else found[0]
        trials.shown = before if before in trials.all else first
        lab.choose(first.run)
        others = [trial for trial in found if trial is not first]
        lab.compare(others[0].run if others else None)
        job = lab.work.begin(_training(trials, found), self)
        self._job = job
        job.progressed.connect(self._on_progressed)
        job.finished.connect(self._on_finished)
        lab.panel_wanted.emit("race")
        self.changed.emit()
        return True

    def cancel(self) -> None:
        """Stop; what was computed is kept."""
        if self._job is not None and self._job.running:
            self._job.cancel()
            self._job.deleteLater()
            self._on_finished()

    def _on_progressed(self) -> None:
        self._session.lab.progressed.emit()
        self.changed.emit()

    def _on_finished(self) -> None:
        self._job = None
        lab = self._session.lab
        lab.seek(lab.run.head)
        lab.changed.emit()
        self.changed.emit()

    def _on_document_changed(self) -> None:
        """Another file has other variants; a run of this one that the film shows has the same."""
        known = self._session.lab.trials.all
        if self._job is not None and not any(trial in known for trial, _ in self._named):
            self._job.cancel()
            self._job = None
        self.changed.emit()

    def _name_all(self) -> None:
        """Name the runs in the session's language, unless the user called them something else."""
        for trial, name in self._named:
            if trial.name in ("", name.en, name.zh_CN):
                trial.name = name.in_language(self._session.language)


def _is_run_of(trial: Trial, table: object, taken: list[Trial]) -> bool:
    return trial not in taken and trial.born == 1 and trial.document.table == table


def _training(trials: Trials, racing: list[Trial]) -> Generator[float, None, None]:
    """Let all runs go on in turns, so that their curves grow together."""
    legs = [_Leg(trial) for trial in racing]
    share = 0.0
    while True:
        going = [leg for leg in legs if leg.left and leg.trial in trials.all]
        if not going:
            return
        for leg in going:
            leg.go_on()
            share = max(share, share_done(legs))
            yield share


class _Leg:
    """How far one of the runs is, and what an iteration of it costs."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.done = 0
        self.spent = 0.0
        self._goal = trial.document.table.iterations
        self._portion = 1
        self._is_over = False

    @property
    def left(self) -> int:
        """How many iterations there are still to do."""
        run = self.trial.run
        over = self._is_over or run.stopped is not None
        return 0 if over else max(self._goal - (run.head - 1), 0)

    def go_on(self) -> None:
        """Train for about a slice."""
        begun = time.perf_counter()
        done = self.trial.run.advance(min(self._portion, self.left))
        took = time.perf_counter() - begun
        self._is_over = done == 0
        faster = took < _SLICE_SECONDS / 2
        self._portion = self._portion * 2 if faster else max(self._portion // 2, 1)
        self.done += done
        self.spent += took


def share_done(legs: Sequence[_Leg]) -> float:
    """Return how much of the time is over: one run's iterations may cost more than another's."""
    spent, done = sum(leg.spent for leg in legs), sum(leg.done for leg in legs)
    usual = spent / max(done, 1)
    ahead = sum(leg.left * (leg.spent / leg.done if leg.done else usual) for leg in legs)
    return spent / (spent + ahead) if spent else 0.0
