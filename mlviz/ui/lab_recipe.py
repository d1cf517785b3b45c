"""The recipe of the lab as it was edited: undone and redone, and dragged as one change."""

from dataclasses import dataclass
from dataclasses import replace as replaced

from msgspec.structs import replace

from mlviz.document.document import Document
from mlviz.document.localtext import LocalText
from mlviz.document.recipe import Effect, effect
from mlviz.document.schema import FileTable
from mlviz.i18n import LANGUAGES, Message, translate
from mlviz.learn.run import Run
from mlviz.learn.training import Training
from mlviz.ui.trials import Trial

MOST_KEPT = 200
"""Older changes than this many can no longer be undone."""
MOST_RESETS = 6
"""So many runs are kept that were reset, each with its history; nothing older is undone."""


@dataclass(frozen=True, eq=False)
class State:
    """A recipe, and where the lab stood when it held.

    Attributes:
        document: the recipe.
        trial: the run that was shown.
        cursor: the iteration that was looked at.
        goes_on: whether the run went on with other examples, from it or to it.
        is_reset: whether what came next is another run of the same recipe, from its start.
    """

    document: Document
    trial: Trial
    cursor: int
    goes_on: bool = False
    is_reset: bool = False


class Recipes:
    """One recipe after the other.

    Args:
        document: the first.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._done: list[State] = []
        self._undone: list[State] = []
        self._dragged = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return bool(self._undone)

    @property
    def last(self) -> State:
        """How it was before the last change."""
        return self._done[-1]

    def make(
        self,
        document: Document,
        trial: Trial,
        cursor: int,
        dragging: str,
        *,
        goes_on: bool = False,
        is_reset: bool = False,
    ) -> None:
        """Note a change: from the present recipe, with what was shown, to another one."""
        if not (dragging and dragging == self._dragged and self._done):
            self._done.append(State(self.document, trial, cursor, goes_on, is_reset))
            del self._done[:-MOST_KEPT]
            resets = [place for place, state in enumerate(self._done) if state.is_reset]
            if len(resets) > MOST_RESETS:
                del self._done[: resets[-MOST_RESETS]]
        self._dragged = dragging
        self._undone.clear()
        self.document = document

    def drop(self) -> None:
        """End a drag."""
        self._dragged = ""

    def undo(self, trial: Trial, cursor: int) -> State | None:
        """Go back to before the last change; return how it was then."""
        return self._move(self._done, self._undone, trial, cursor)

    def redo(self, trial: Trial, cursor: int) -> State | None:
        """Make the last change again; return how it was with it."""
        return self._move(self._undone, self._done, trial, cursor)

    def _move(
        self, source: list[State], target: list[State], trial: Trial, cursor: int
    ) -> State | None:
        self.drop()
        if not source:
            return None
        state = source.pop()
        target.append(State(self.document, trial, cursor, state.goes_on, state.is_reset))
        self.document = state.document
        return state


def effect_on(before: FileTable, after: FileTable) -> Effect:
    """Return what a run needs; without an optimizer there is nothing that could go on."""
    if before is after:
        return "none"
    if (before.optimizer is None) != (after.optimizer is None):
        return "restart"
    return effect(before, after)


def new_run(document: Document, training: Training) -> Run:
    """Return a run of a document that stands at its start."""
    return Run(training, stop=document.stop)


def is_about_stopping(before: Document, after: Document) -> bool:
    """Return whether two recipes differ at most in where training stops."""
    table = replace(before.table, training=after.table.training, iterations=after.table.iterations)
    return effect(table, after.table) == "none"


def own_recipe(document: Document) -> Document:
    """Return a document without what its file says of another network, or of other examples."""
    names = {language: document.title.in_language(language) for language in LANGUAGES}
    title, about = (
        LocalText(**{one: translate(Message(id, title=name), one) for one, name in names.items()})
        for id in ("lesson.own", "lesson.own.about")
    )
    return replaced(document, title=title, about=about, scenes=())
