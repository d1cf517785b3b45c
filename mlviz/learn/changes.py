"""What if this value were another? Changes of leaves, undone and redone.

A change holds from its iteration on: what was computed before stays, what comes after is run
again. Nothing that was recorded is altered; a change gives another training.
"""

import unicodedata
from dataclasses import dataclass

import numpy as np

from mlviz.autograd.expression import ROW_FUNCTIONS, evaluate
from mlviz.errors import FormulaError, MLVizError
from mlviz.i18n import Message
from mlviz.learn.formula import read_line
from mlviz.learn.training import Training

MOST_KEPT = 500
"""Older changes than this many can no longer be undone."""

_SIGNS = str.maketrans(
    {"−": "-", "×": "*", "·": "*", "÷": "/", "。": ".", "，": ",", "（": "(", "）": ")"}
)


class ChangeError(MLVizError):
    """A value cannot be changed, or not to this."""


@dataclass(frozen=True, slots=True)
class Place:
    """One number of a program: the leaf by its origin, and which entry of it."""

    origin: str
    index: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """From iteration `iteration` on, the number at `place` is `value`."""

    iteration: int
    place: Place
    value: float


def place_of(origin: str) -> Place:
    """Return the place that an origin names: `layer1.weight[0,2]` is an entry."""
    name, bracket, entries = origin.partition("[")
    if not bracket:
        return Place(origin)
    return Place(name, tuple(int(entry) for entry in entries.rstrip("]").split(",")))


def read_value(text: str) -> float:
    """Return the number that was typed: `0.5`, `-2e3`, `1/3`, `sqrt(2)`.

    Raises:
        ChangeError: it is no number, with what is wrong with it.
    """
    # A Chinese keyboard may write wide figures, and its full stop.
    plain = unicodedata.normalize("NFKC", text.strip().translate(_SIGNS))
    try:
        line = read_line(f"x = {plain}")
        with np.errstate(all="ignore"):
            value = float(np.asarray(evaluate(line.expression, {}, ROW_FUNCTIONS)).item())
    except FormulaError as error:
        found = text.strip()
        if error.problem.id == "error.formula.function":
            raise ChangeError(
                Message("change.no_number", found=found, problem=error.problem)
            ) from None
        raise ChangeError(
            Message("change.decimal_comma" if "," in plain else "change.not_number", found=found)
        ) from None
    except (TypeError, ValueError, OverflowError):
        problem = Message("error.formula.not_finite")
        raise ChangeError(
            Message("change.no_number", found=text.strip(), problem=problem)
        ) from None
    if not np.isfinite(value):
        problem = Message("error.formula.not_finite")
        raise ChangeError(Message("change.no_number", found=text.strip(), problem=problem))
    return value


def changed_training(training: Training, change: Change) -> Training:
    """Return a training with one number changed; the one given stays as it is.

    Raises:
        ChangeError: the number cannot be changed, or not to this.
    """
    place = change.place
    try:
        return training.changed(change.iteration, place.origin, place.index, change.value)
    except (KeyError, IndexError):
        raise ChangeError(Message("change.fixed", name=place.origin)) from None
    except ValueError:
        raise ChangeError(
            Message("change.refused", name=place.origin, value=f"{change.value:g}")
        ) from None


class Changes:
    """The changes made to one training, in order.

    Args:
        training: as the document has it.
    """

    def __init__(self, training: Training) -> None:
        self._original = training
        self._oldest = training  # what is left when nothing more can be undone
        self._done: list[tuple[Change | None, Training]] = []
        self._undone: list[tuple[Change | None, Training]] = []

    @property
    def training(self) -> Training:
        """The training with all changes."""
        return self._done[-1][1] if self._done else self._oldest

    @property
    def is_changed(self) -> bool:
        """Whether anything is other than in the document."""
        return self.training is not self._original

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return bool(self._undone)

    @property
    def held(self) -> tuple[Change, ...]:
        """The changes that hold now; of several at one place the last."""
        found: dict[tuple[int, Place], Change] = {}
        for change, _ in self._done:
            if change is None:
                found.clear()
                continue
            # A change at an earlier iteration lets everything after it follow anew.
            found = {key: held for key, held in found.items() if key[0] <= change.iteration}
            found.pop((change.iteration, change.place), None)
            found[change.iteration, change.place] = change
        return tuple(found.values())

    def make(self, change: Change, *, merge: bool = False) -> None:
        """Make a change.

        Args:
            change: the change.
            merge: whether it goes on with the last one: a value that is being dragged is one
                change, however often it moves.

        Raises:
            ChangeError: it cannot be made; everything is as it was.
        """
        before = self._done
        last = before[-1][0] if before else None
        same = last is not None and (last.iteration, last.place) == (change.iteration, change.place)
        if merge and same:
            before = before[:-1]
        base = before[-1][1] if before else self._oldest
        made = changed_training(base, change)
        self._done = [*before, (change, made)]
        if len(self._done) > MOST_KEPT:
            self._oldest = self._done.pop(0)[1]
        self._undone = []

    def reset(self) -> None:
        """Go back to the document's values; this can be undone as well."""
        if self.is_changed:
            self._done.append((None, self._original))
            self._undone = []

    def undo(self) -> bool:
        """Take the last change back; return whether there was one."""
        if self._done:
            self._undone.append(self._done.pop())
            return True
        return False

    def redo(self) -> bool:
        """Make the change again that was taken back last; return whether there was one."""
        if self._undone:
            self._done.append(self._undone.pop())
            return True
        return False
