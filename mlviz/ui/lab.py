"""The training lab: a recipe, its runs, and the iteration that is looked at."""

from dataclasses import replace as replaced
from math import isfinite
from typing import TYPE_CHECKING

from mlviz.document.document import Document
from mlviz.document.recipe import rebuilt
from mlviz.document.schema import FileTable
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.learn.aside import Aside
from mlviz.learn.run import Run
from mlviz.trace.steps import Position
from mlviz.ui.lab_recipe import Recipes, State, effect_on, is_about_stopping, new_run, own_recipe
from mlviz.ui.lab_training import LabTraining
from mlviz.ui.trials import Trial, Trials

if TYPE_CHECKING:
    from mlviz.ui.session import Session

NEAR = 20
"""So few iterations ahead are computed by the film itself."""


class Lab(LabTraining):
    """What is trained, how far it is, and what is looked at.

    Everything in the lab is a function of `run` and `cursor`: the iteration whose starting
    parameters are shown, from 1 to the run's head.

    Args:
        session: whose document is trained, and whose clock lets time pass.
    """

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._begin(session.document)
        session.document_changed.connect(self._on_document_changed)
        self.arrived.connect(session.set_iteration)

    # --- What is open ----------------------------------------------------------------------

    def _on_document_changed(self) -> None:
        """Start anew with a document, unless it is one of the lab's own."""
        document = self._session.document
        own = [] if self._trials is None else [run.training for run in self.runs]
        if document.training is not self.aside and document.training not in own:
            self.pause()
            self._begin(document)
            self._announce()

    def _begin(self, document: Document) -> None:
        self._stand_still()
        self.opened = document
        self._recipes = Recipes(document)
        self._trials: Trials | None = None
        self._beside = False
        self.aside: Aside | None = None
        self.problem: MLVizError | None = None

    @property
    def trials(self) -> Trials:
        """The runs with their recipes; the first is made when somebody asks for it."""
        if self._trials is None:
            document = self.document
            self._trials = Trials(document, new_run(document, document.training))
        return self._trials

    @property
    def document(self) -> Document:
        """The recipe as it was edited."""
        return self._recipes.document

    @property
    def table(self) -> FileTable:
        """What the recipe says."""
        return self.document.table

    @property
    def run(self) -> Run:
        """The run that is shown."""
        return self.trials.shown.run

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs that are kept."""
        return tuple(trial.run for trial in self.trials.all)

    @property
    def other(self) -> Run | None:
        """The run that is compared with, if there is one."""
        other = self.trials.other
        return None if other is None else other.run

    @property
    def can_train(self) -> bool:
        """Whether there is an optimizer that changes anything."""
        return self.document.training.rule is not None

    @property
    def reason(self) -> Message | None:
        """Why nothing can be trained, and what to do about it; None if it can."""
        return None if self.can_train else Message("lab.no_optimizer")

    @property
    def is_stale(self) -> bool:
        """Whether the run was made by another recipe and cannot go on with this one."""
        return effect_on(self.trials.shown.document.table, self.table) == "restart"

    def reset(self) -> None:
        """Go back to the same start, with the recipe as it is now; undo brings the run back."""
        self.pause()
        document, shown = self.document, self.trials.shown
        if self.is_stale:
            run = new_run(document, document.training.branched(1))
            shown.by_hand = False
        else:
            run = self._branched(shown, document, 1)
            if shown.run.head > 1:
                self._recipes.make(document, shown, self._cursor, "", is_reset=True)
        self.trials.replace(document, run, 1)
        self._cursor = 1
        self._announce()

    def _prepare(self) -> bool:
        """Get ready to go on from the head; tell whether that is possible."""
        if self.is_blank or not self.can_train:
            return False
        if self.is_stale:
            self.reset()
        self.run.resume()
        self._move_to(self.run.head)
        return True

    # --- The recipe ------------------------------------------------------------------------

    def edit(self, table: FileTable, dragging: str = "", *, goes_on: bool = False) -> bool:
        """Change the recipe.

        Args:
            table: what it says from now on.
            dragging: the name of a control that is on its way: until `drop`, all its changes
                are one.
            goes_on: whether a run that is not stale goes on with other examples.

        Returns:
            Whether it worked; if not, `problem` tells why, and everything is as it was.
        """
        self.problem = None
        if table == self.table:
            return True
        try:
            document = rebuilt(self.document, table)
        except MLVizError as error:
            self.problem = error
            return False
        self.set_blank(False)
        shown, goes_on = self.trials.shown, goes_on and not self.is_stale
        self._recipes.make(document, shown, self._cursor, dragging, goes_on=goes_on)
        # While a control is dragged, each value goes on from where the run was before.
        base = shown if shown.has_gone_on else self._recipes.last.trial
        self._take(document, base, goes_on)
        return True

    def drop(self) -> None:
        """End a drag: the next change is another one."""
        self._recipes.drop()

    @property
    def can_undo(self) -> bool:
        """Whether a change can be taken back."""
        return self.is_blank or self._recipes.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether a change can be made again."""
        return self._recipes.can_redo

    def undo(self) -> None:
        """Take the last change of the recipe back."""
        if self.is_blank:
            self.set_blank(False)
        else:
            self._return_to(self._recipes.undo(self.trials.shown, self._cursor))

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self._return_to(self._recipes.redo(self.trials.shown, self._cursor))

    def _return_to(self, state: State | None) -> None:
        self.problem = None
        if state is None:
            return
        shown, trial = self.trials.shown, state.trial
        what = effect_on(shown.document.table, self.document.table)
        was_anew = what == "restart" and not state.goes_on and trial.run.head > 1
        comes_back = trial in self.trials.all or not shown.has_gone_on
        if trial is not shown and (comes_back or was_anew or state.is_reset):
            # Not only the recipe: what was shown with it is as it was.
            self.pause()
            self.trials.bring_back(trial)
            self._cursor = state.cursor
        self._take(self.document, self.trials.shown, state.goes_on)

    def _take(self, document: Document, base: Trial, goes_on: bool) -> None:
        """Let the run go on with a recipe, if it can; otherwise it is stale from now on."""
        shown = self.trials.shown
        what = effect_on(shown.document.table, document.table)
        if what == "restart" and not goes_on:
            self.pause()
        elif what == "none":
            shown.document = document
        else:
            self._go_on(base, document)
        self._announce()

    def _go_on(self, base: Trial, document: Document) -> None:
        """Go on from the cursor with other settings; what came after it is kept beside."""
        trials, at = self.trials, min(self._cursor, base.run.head)
        if is_about_stopping(base.document, document):
            at = base.run.head
        run, turns = self._branched(base, document, at), base.turned(at, document.table)
        if at < base.run.head and base is trials.shown:
            self.pause()
            made = trials.add(document, run, at)
            made.by_hand, trials.other = base.by_hand, base
        else:
            made = trials.replace(document, run, at)
        made.changes = turns
        self._cursor = at

    def _branched(self, base: Trial, document: Document, at: int) -> Run:
        old, new = base.document.table, document.table
        parts = ("network", "data", "loss", "formula", "leaves", "seed")
        same = all(getattr(old, part) == getattr(new, part) for part in parts)
        program = None if same else document.training.program
        rule = document.training.rule
        return base.run.branch(at, rule=rule, program=program, stop=document.stop)

    # --- Runs ------------------------------------------------------------------------------

    def branch(self) -> None:
        """Go another way from the cursor on, and keep the run as it was beside it."""
        if self.is_stale or not self.can_train:
            return
        self.pause()
        shown, at = self.trials.shown, self._cursor
        self._recipes.make(self.document, shown, at, "")
        made = self.trials.add(shown.document, self._branched(shown, shown.document, at), at)
        made.by_hand, self.trials.other = shown.by_hand, shown
        made.changes = shown.turned(at, shown.document.table)
        self._announce()

    def keep(self) -> None:
        """Keep this run as it is, and begin another one beside it, with the recipe as it is."""
        document = self.document
        self.show_run(document, new_run(document, document.training.branched(1)), 1)

    def show_run(self, document: Document, run: Run, cursor: int, name: str = "") -> None:
        """Show a run that was made elsewhere, with its recipe, beside the one before."""
        self.pause()
        shown = self.trials.shown
        self._recipes.make(document, shown, self._cursor, "")
        self.trials.add(document, run, 1).name = name
        self.trials.other = shown
        self._cursor = cursor
        self._announce()

    def choose(self, run: Run) -> None:
        """Show another run, with its recipe; the one before takes its place in the comparison."""
        trial, shown = self.trials.of(run), self.trials.shown
        if trial is None or trial is shown:
            return
        self.pause()
        if self.trials.other is trial:
            self.trials.other = shown
        self._recipes.make(trial.document, shown, self._cursor, "")
        self.trials.shown = trial
        self._cursor = min(self._cursor, run.head)
        self._announce()

    def compare(self, run: Run | None) -> None:
        """Show another run beside this one, or none."""
        trial = None if run is None else self.trials.of(run)
        self.trials.other = None if trial is self.trials.shown else trial
        self.changed.emit()

    @property
    def is_beside(self) -> bool:
        """Whether both runs' outcomes are shown beside each other."""
        return self._beside and self.trials.other is not None

    def set_beside(self, beside: bool) -> None:
        """Show the outcomes of both runs beside each other, or in one picture."""
        if beside != self._beside:
            self._beside = beside
            self.changed.emit()

    def rename(self, run: Run, name: str) -> None:
        """Call a run something."""
        trial = self.trials.of(run)
        if trial is not None:
            trial.name = name.strip()
            self.changed.emit()

    def remove(self, run: Run) -> None:
        """Keep a run no longer."""
        trial, shown = self.trials.of(run), self.trials.shown
        if trial is None or len(self.trials.all) == 1:
            return
        self.trials.remove(trial)
        if trial is shown:
            self.pause()
            self._recipes.make(self.trials.shown.document, trial, self._cursor, "")
            self._cursor = min(self._cursor, self.run.head)
        self._announce()

    def _announce(self) -> None:
        self._known = None
        self.changed.emit()
        self.cursor_changed.emit()

    # --- The film --------------------------------------------------------------------------

    def show_film(self) -> None:
        """Let the film show the iteration at the cursor, with its batch; there it stays put.

        While there is an example beside the training, it shows that one alone.
        """
        self.pause()
        session, shown = self._session, self.trials.shown
        training = self.aside or shown.run.training
        if session.training is not training:
            document = replaced(shown.document, training=training)
            if effect_on(self.opened.table, document.table) == "restart":
                document = own_recipe(document)
            if self.aside is not None:
                document = replaced(document, scenes=())  # they speak of the batch
            if not session.open_document(document):
                return
        if session.position.iteration != self._cursor:
            session.seek(Position(self._cursor, 0))

    def follow_film(self) -> None:
        """Take over what the film shows: values that were changed there make another run."""
        session, trials = self._session, self.trials
        training, self.aside = session.training, None
        if isinstance(training, Aside):  # nothing is learned from it, whatever was changed there
            self.seek(min(session.position.iteration, self.run.head))
            return
        known = next((trial for trial in trials.all if trial.run.training is training), None)
        if known is not None:
            self.choose(known.run)
            self.seek(min(session.position.iteration, known.run.head))
            return
        self._recipes.make(self.document, trials.shown, self._cursor, "")
        at = session.position.iteration
        before = trials.shown.document
        trials.add(before, new_run(before, training), at).by_hand = True
        self._cursor = at
        self._announce()

    def fetch(self, iteration: int) -> bool:
        """Compute as far as an iteration of what the film shows.

        Returns:
            Whether it is there already; if not, `arrived` tells when it is.
        """
        if iteration <= self._session.training.head + NEAR:
            return True
        if self._session.training is not self.run.training:
            self.follow_film()
        return self._fetch(iteration)

    # --- Bad numbers -----------------------------------------------------------------------

    @property
    def bad_iteration(self) -> int | None:
        """The iteration that made the first number that is not finite, if the run came to that."""
        stopped = self.run.stopped
        return stopped.iteration if stopped and stopped.rule == "not_finite" else None

    def go_before_bad(self) -> None:
        """Go to the last iteration that starts with finite numbers, its loss among them."""
        number = self.bad_iteration
        if number is not None:
            fine = isfinite(self.run.curves.loss[number - 1])
            self.seek(number if fine else number - 1)
