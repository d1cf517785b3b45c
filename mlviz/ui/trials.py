"""The runs that are kept in the lab, each with the recipe that made it."""

from dataclasses import dataclass

from mlviz.document.document import Document
from mlviz.document.schema import FileTable
from mlviz.learn.run import Run

MOST = 8
"""How many runs are kept; the oldest that nobody looks at goes first."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a run went on with another recipe.

    Attributes:
        at: the first iteration with it.
        before: the recipe until then.
        after: the recipe from then on.
    """

    at: int
    before: FileTable
    after: FileTable


@dataclass(eq=False)
class Trial:
    """A run and how it came about.

    Attributes:
        run: the training with its curves.
        document: the recipe that it goes on with.
        number: counted from 1 in the order in which they were made; decides colour and stroke.
        born: the iteration from which on it is a run of its own.
        name: what the user called it; empty for `Run 2`.
        by_hand: whether numbers were changed in the film, which no recipe says.
        is_branch: whether there is another run that went on differently from there.
        changes: where it went on with another recipe, with those before and after.
    """

    run: Run
    document: Document
    number: int
    born: int = 1
    name: str = ""
    by_hand: bool = False
    is_branch: bool = True
    changes: tuple[Turn, ...] = ()

    def turned(self, at: int, after: FileTable) -> tuple[Turn, ...]:
        """Return the changes of a run that leaves this one at an iteration, with a recipe."""
        kept = [turn for turn in self.changes if turn.at <= at]
        later = self.changes[len(kept) :]
        before = later[0].before if later else self.document.table
        if kept and kept[-1].at == at:  # changed twice at one place
            before = kept.pop().before
        return tuple(kept) if at == 1 or before == after else (*kept, Turn(at, before, after))

    @property
    def has_gone_on(self) -> bool:
        """Whether it has done anything of its own."""
        return self.run.head > self.born


class Trials:
    """The runs in their order, which one is shown, and which one it is compared with."""

    def __init__(self, document: Document, run: Run) -> None:
        self.shown = Trial(run, document, 1)
        self.all = [self.shown]
        self.other: Trial | None = None
        self._made = 1

    def of(self, run: Run) -> Trial | None:
        """Return what belongs to a run; None if it is not kept."""
        return next((trial for trial in self.all if trial.run is run), None)

    def add(self, document: Document, run: Run, born: int) -> Trial:
        """Keep one more run and show it."""
        self._made += 1
        self.shown = Trial(run, document, self._made, born)
        self.all.append(self.shown)
        self._forget_oldest()
        return self.shown

    def replace(self, document: Document, run: Run, born: int) -> Trial:
        """Show a run in place of the one that is shown: the same one, gone on otherwise."""
        before = self.shown
        of = (before.number, born, before.name, before.by_hand)
        self.shown = Trial(run, document, *of, is_branch=False)
        self.all[self.all.index(before)] = self.shown
        return self.shown

    def bring_back(self, trial: Trial) -> None:
        """Show a run again; the one that is shown goes if it has done nothing of its own."""
        shown = self.shown
        if trial not in self.all and shown.has_gone_on and trial.run.head > 1:
            self.all.insert(self.all.index(shown), trial)
            if shown.number == trial.number:  # it had taken its place
                self._made += 1
                shown.number = self._made
        elif trial not in self.all:
            self.all[self.all.index(shown)] = trial
        elif not shown.has_gone_on:
            self.all.remove(shown)
        if self.other in (trial, shown):
            self.other = shown if shown in self.all else None
        self.shown = trial
        self._forget_oldest()

    def remove(self, trial: Trial) -> None:
        """Keep a run no longer; there is always one."""
        if len(self.all) == 1:
            return
        self.all.remove(trial)
        if self.other is trial:
            self.other = None
        if self.shown is trial:
            self.shown = self.all[-1]
        if self.other is self.shown:
            self.other = None

    def _forget_oldest(self) -> None:
        while len(self.all) > MOST:
            used = (self.shown, self.other)
            self.all.remove(next(trial for trial in self.all if trial not in used))
