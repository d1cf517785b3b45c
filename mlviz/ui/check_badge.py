"""A badge that says whether finite differences agree with every gradient on the stage."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.learn.training import Training
from mlviz.numerals import format_number
from mlviz.picture.items import Role
from mlviz.trace.nudge import Check, check_steps
from mlviz.trace.symbols import text_name
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button

_PAUSE = 250
"""Ms that values must stand still before they are checked."""
_SLICE = 0.006
"""S that the check works before the window has its turn again."""


class CheckBadge(Button):
    """Checks the current iteration whenever its values change; a click checks again.

    Attributes:
        result: what was found; None while it is being computed.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("note", parent=parent)
        self.session = session
        self.result: Check | None = None
        self._what: tuple[Training, int] | None = None
        self._steps: Iterator[Check] | None = None
        self._found: Check | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)
        self.clicked.connect(self.check_again)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.language_changed.connect(self._say)
        session.appearance_changed.connect(self._say)
        self._on_timeline_changed()

    def _on_timeline_changed(self) -> None:
        what = (self.session.training, self.session.position.iteration)
        if what != self._what:
            self._what = what
            self._start(_PAUSE)

    def check_again(self) -> None:
        """Check once more."""
        self._start(0)

    def _start(self, pause: int) -> None:
        self.result = self._steps = self._found = None
        self._timer.start(pause)
        self._say()

    def finish(self) -> Check:
        """Finish the check now and return what was found."""
        self._timer.stop()
        while self.result is None:
            self._advance(float("inf"))
        return self.result

    def _work(self) -> None:
        self._advance(_SLICE)
        if self.result is None:
            self._timer.start(0)

    def _advance(self, seconds: float) -> None:
        """Compare until the time is up, or everything is compared."""
        if self._steps is None:
            assert self._what is not None
            self._steps = check_steps(*self._what)
        end = time.perf_counter() + seconds
        for found in self._steps:
            self._found = found
            if time.perf_counter() >= end:
                return
        self.result = self._found or Check(True, 0.0, "", 0, finite=False)
        self._say()

    # --- What it says ----------------------------------------------------------------------

    def _say(self) -> None:
        tr, theme = self.session.tr, self.session.theme
        text, tip, role = self._words()
        self.setText(tr(text))
        self.setToolTip(tr(tip))
        self.setWhatsThis(tr(Message("whats.check")))
        self.setAccessibleName(tr(text))
        self.setAccessibleDescription(tr(tip))
        colour = theme.colour(role).name()
        self.setStyleSheet(f"color: {colour}; font-weight: 600;")
        self.adjustSize()

    def _words(self) -> tuple[Message, Message, Role]:
        found = self.result
        if found is None:
            return Message("check.running"), Message("check.running_tip"), Role.MUTED
        if found.cut:
            return Message("check.cut"), Message("check.cut_tip"), Role.MUTED
        if not found.finite:
            return Message("check.none"), Message("check.none_tip"), Role.MUTED
        largest = format_number(found.largest, 2)
        if not found.agrees:
            name = text_name(found.where)
            where = Message("check.where", name=name) if found.where else ""
            tip = Message("check.bad_tip", largest=largest, where=where)
            return Message("check.bad"), tip, Role.BAD
        count = found.compared
        if found.kinks:
            tip = Message("check.kink_tip", n=count, kinks=found.kinks)
            return Message("check.kink"), tip, Role.MUTED
        if found.directions:
            tip = Message("check.good_directions", n=count, largest=largest)
        else:
            tip = Message("check.good_tip", n=count, largest=largest)
        return Message("check.good"), tip, Role.FORWARD
