"""All variants of the open file trained side by side, in slices of the session's clock."""

import time
from collections.abc import Generator

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
    goals = {id(trial): trial.document.table.iterations for trial in racing}
    portions = dict.fromkeys(goals, 1)
    whole = max(sum(goals.values()), 1)
    while True:
        left = 0
        for trial in racing:
            run, goal = trial.run, goals[id(trial)]
            missing = goal - (run.head - 1)
            if missing <= 0 or run.stopped is not None or trial not in trials.all:
                continue
            begun = time.perf_counter()
            done = run.advance(min(portions[id(trial)], missing))
            took = time.perf_counter() - begun
            faster = took < _SLICE_SECONDS / 2
            portion = portions[id(trial)]
            portions[id(trial)] = portion * 2 if faster else max(portion // 2, 1)
            if done:
                left += max(goal - (run.head - 1), 0)
                yield 1 - min(left + _after(racing, trial, goals), whole) / whole
        if not left:
            return


def _after(racing: list[Trial], at: Trial, goals: dict[int, int]) -> int:
    """Return how many iterations those have left that come after one in this turn."""
    later = racing[racing.index(at) + 1 :]
    return sum(
        max(goals[id(trial)] - (trial.run.head - 1), 0)
        for trial in later
        if trial.run.stopped is None
    )
