"""What if? Values that are typed or dragged, with everything computed anew at once."""

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from mlviz.errors import MLVizError
from mlviz.learn.changes import Change, Changes, Place, place_of, read_value
from mlviz.learn.training import Training

if TYPE_CHECKING:
    from mlviz.ui.session import Session


class WhatIf(QObject):
    """The changes made to what is open.

    Args:
        session: whose training is changed, and run again.
    """

    changed = Signal()
    """Values were changed, or changed back."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._changes: Changes | None = None
        self._dragging = False

    def begin(self, training: Training) -> None:
        """Start with a document, as it is in its file."""
        self._changes = Changes(training)
        self._dragging = False

    @property
    def changes(self) -> Changes:
        """What was changed so far."""
        assert self._changes is not None  # a session always has a document
        return self._changes

    @property
    def training(self) -> Training:
        """The training with all changes."""
        return self.changes.training

    # --- One number ------------------------------------------------------------------------

    def place(self, node: int, index: tuple[int, ...] = ()) -> Place | None:
        """Return which number of the program an entry of a node is; None if it is none.

        Only leaves can be changed: everything else follows from them.
        """
        tape = self._session.timeline.tape
        if not 0 <= node < len(tape):
            return None
        leaf = tape[node]
        if not leaf.is_leaf or not leaf.origin:
            return None
        if leaf.value.size == 1 and "[" in leaf.origin:
            return place_of(leaf.origin)
        if leaf.value.size == 1:
            return Place(leaf.origin, (0,) * leaf.value.ndim)
        whole = len(index) == leaf.value.ndim
        return Place(leaf.origin, index) if whole else None

    def value(self, node: int, index: tuple[int, ...] = ()) -> float:
        """Return the number itself, as this iteration starts with it."""
        value = self._session.timeline.tape[node].value
        return float(value.item() if value.size == 1 else value[index])

    def set(
        self, node: int, value: float, index: tuple[int, ...] = (), *, dragging: bool = False
    ) -> bool:
        """Give a number another value, and run everything again.

        Args:
            node: a leaf.
            value: its new value.
            index: which entry of the leaf.
            dragging: the value is on its way: until `drop`, all of it is one change.

        Returns:
            Whether it worked; if not, the session tells why, and everything is as it was.
        """
        place = self.place(node, index)
        if place is None:
            return False
        change = Change(self._session.position.iteration, place, value)
        try:
            self.changes.make(change, merge=dragging and self._dragging)
        except MLVizError as error:
            self._session.failed.emit(error.message)
            return False
        self._dragging = dragging
        return self._rerun()

    def type(self, node: int, text: str, index: tuple[int, ...] = ()) -> bool:
        """Give a number the value that was typed; see `set`."""
        try:
            value = read_value(text)
        except MLVizError as error:
            self._session.failed.emit(error.message)
            return False
        if value == self.value(node, index):
            return True
        return self.set(node, value, index)

    def drop(self) -> None:
        """End a drag: the next one is another change."""
        self._dragging = False

    # --- Taking back -----------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last change back."""
        self.drop()
        if self.changes.undo():
            self._rerun()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self.drop()
        if self.changes.redo():
            self._rerun()

    def reset(self) -> None:
        """Go back to the values of the file."""
        self.drop()
        if self.changes.is_changed:
            self.changes.reset()
            self._rerun()

    def _rerun(self) -> bool:
        try:
            self._session.rerun(self.training)
        except MLVizError as error:
            # It cannot be shown: the change is taken back, as if it had not been made.
            self.changes.undo()
            self._session.rerun(self.training)
            self._session.failed.emit(error.message)
            return False
        self.changed.emit()
        return True


def step_of(value: float) -> float:
    """Return a step that is felt and not too much: 0.01 for numbers like 0.5 and 3."""
    size = max(abs(value), 0.1) if np.isfinite(value) else 1.0
    return float(10.0 ** (math.floor(math.log10(size)) - (1 if size < 1 else 2)))


def stepped(value: float, steps: float, step: float) -> float:
    """Return a value moved by some steps, without the dust of binary fractions."""
    digits = max(-math.floor(math.log10(step)), 0) + 1
    return round(value + steps * step, digits)
