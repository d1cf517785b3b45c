"""The half of the lab that lets time pass: the cursor, and training in slices of the one clock."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.training import Parameters, Program
from mlviz.ui.frame_share import FrameShare
from mlviz.ui.kept_folds import KeptFolds
from mlviz.ui.refreshing import Refreshing
from mlviz.ui.work import Work

if TYPE_CHECKING:
    from mlviz.ui.session import Session

FIRST_SECONDS = 0.03
"""What is sooner there than this is waited for."""
PACES: tuple[float | None, ...] = (1 / 12, 1.0, 10.0, 100.0, None)
"""Iterations a frame; None for as many as there is time for."""
_FRAMES = 60  # a second
_CHUNK_SECONDS = 0.004
_SELDOM, _SHARE = 10, 200


def measure_every(run: Run) -> int | None:
    """Return how often all rows are measured: once an epoch, but not too often in a long run.

    That is at most every ten iterations, and at most after every 200th part of what was done;
    a curve shows no more. Early stopping counts epochs, so there each of them is measured.
    """
    if run.stop.patience is not None:
        return None
    each = int(getattr(run.training.program_of(run.head), "iterations_per_epoch", 1))
    return each * -(-max(_SELDOM, run.head // _SHARE) // each)


class LabTraining(QObject):
    """Where the run stands and what is looked at.

    Args:
        session: whose clock lets time pass.
    """

    changed = Signal()
    """The run, the recipe, or whether it runs: anything but the cursor."""
    progressed = Signal()
    """The run has come farther."""
    cursor_changed = Signal()
    point_selected = Signal()
    arrived = Signal(int)
    """An iteration that was asked for from outside is there."""
    panel_wanted = Signal(str)
    """There is something to see in the panel of this name."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self.work = Work(self)
        """What else takes long, such as reading a large file."""
        self.work.changed.connect(self.changed)
        self.refreshing = Refreshing(self)
        self.fold_tables: list[KeptFolds] = []
        """What k-fold validations came to; they stay as long as the window."""
        self._cost = 1e-4  # seconds an iteration takes
        self._share = FrameShare()
        self._stand_still()

    def _stand_still(self) -> None:
        """Stand at the start, without a word to anybody."""
        self._cursor = 1
        self._running = False
        self._goal: int | None = None
        self._wanted: int | None = None
        self._pace: float | None = None
        self._due = 0.0
        self._rate = 0.0
        self._row: int | None = None
        self._part = "train"
        self._is_turn_taken = False
        self._is_blank = False
        self._known: tuple[Run, int, Parameters] | None = None

    # What the other half knows.
    @property
    def run(self) -> Run:
        """The run that is shown."""
        raise NotImplementedError

    @property
    def can_train(self) -> bool:
        """Whether there is an optimizer that changes anything."""
        raise NotImplementedError

    def _prepare(self) -> bool:
        raise NotImplementedError

    @property
    def is_blank(self) -> bool:
        """Whether the next stroke begins with no other examples: until then nothing is trained."""
        return self._is_blank

    def set_blank(self, blank: bool) -> None:
        """Let the examples be those that are drawn next, or those of the recipe again."""
        if blank != self._is_blank:
            self.pause()
            self._is_blank = blank
            self.changed.emit()

    # --- The cursor ------------------------------------------------------------------------

    @property
    def cursor(self) -> int:
        """The iteration that is looked at."""
        return self._cursor

    @property
    def program(self) -> Program:
        """What is trained, at the cursor."""
        return self.run.training.program_of(self._cursor)

    @property
    def parameters(self) -> Parameters:
        """What the iteration at the cursor starts with."""
        known = self._known
        if known is None or known[0] is not self.run or known[1] != self._cursor:
            known = (self.run, self._cursor, self.run.training.parameters(self._cursor))
            self._known = known
        return known[2]

    @property
    def iterations_per_epoch(self) -> int:
        """How many iterations one pass over the data takes."""
        program = self.program
        return program.iterations_per_epoch if isinstance(program, NetworkProgram) else 1

    @property
    def selected(self) -> tuple[str, int] | None:
        """The data point that is looked at: its part of the data, and its row there."""
        return None if self._row is None else (self._part, self._row)

    @property
    def selected_row(self) -> int | None:
        """The data point that is looked at, if it is a row of the training part."""
        return self._row if self._part == "train" else None

    def select_row(self, row: int | None, part: str = "train") -> None:
        """Look at a data point, or at none."""
        if (part, row) != (self._part, self._row):
            self._part, self._row = part, row
            self.point_selected.emit()

    def seek(self, iteration: int) -> None:
        """Look at an iteration; one that is farther than the run is trained to first."""
        iteration = max(iteration, 1)
        if iteration > self.run.head:
            if self._prepare():
                self._go_to(iteration)
            return
        self.pause()
        self._move_to(iteration)

    def _move_to(self, iteration: int) -> None:
        if iteration != self._cursor:
            self._cursor = iteration
            self.cursor_changed.emit()

    # --- Training --------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether training goes on by itself."""
        return self._running

    @property
    def busy(self) -> bool:
        """Whether there is anything that needs the clock."""
        return self._running or self.work.busy or self.refreshing.is_waiting

    @property
    def goal(self) -> int | None:
        """The iteration at which it pauses, if one was asked for."""
        return self._goal

    @property
    def awaited(self) -> int | None:
        """The iteration that somebody outside waits for."""
        return self._wanted

    def toggle(self) -> None:
        """Train, or pause."""
        (self.pause if self._running else self.train)()

    def train(self) -> None:
        """Go on from the head until somebody pauses or a stop rule says so."""
        if self._prepare():
            self._goal = None
            self._set_running(True)

    def pause(self) -> None:
        """Stop where it is."""
        self._goal = self._wanted = None
        self._set_running(False)

    def one_iteration(self) -> None:
        """Do one update."""
        if self._prepare():
            self._go_to(self.run.head + 1)

    def one_epoch(self) -> None:
        """Go on to the end of the pass over the data."""
        if self._prepare():
            each = self.iterations_per_epoch
            self._go_to(((self.run.head - 1) // each + 1) * each + 1)

    def _go_to(self, iteration: int) -> None:
        """Train as far as an iteration: at once if that is soon done, otherwise by the clock."""
        self._goal = iteration
        self._work(FIRST_SECONDS)
        if self._goal is not None:
            self._set_running(True)

    def _set_running(self, running: bool) -> None:
        if running != self._running:
            self._running = running
            self._rate = 0.0
            self._share.rest()
            self.changed.emit()

    @property
    def pace(self) -> float | None:
        """Iterations a frame; None for as many as there is time for."""
        return self._pace

    def set_pace(self, pace: float | None) -> None:
        """Train faster or slower."""
        if pace != self._pace:
            self._pace, self._due = pace, 0.0
            self.changed.emit()

    @property
    def iterations_left(self) -> int | None:
        """How many iterations are left of those asked for; None if no end is known."""
        end = self._goal
        if end is None:
            stop = self.run.stop
            ends = [] if stop.iterations is None else [stop.iterations + 1]
            if stop.epochs is not None:
                ends.append(stop.epochs * self.iterations_per_epoch + 1)
            end = min(ends, default=None)
        return None if end is None or end <= self.run.head else end - self.run.head

    @property
    def seconds_left(self) -> float | None:
        """About how long these will take."""
        left = self.iterations_left
        if left is None:
            return None
        return left / max(self.speed, 1e-9)

    @property
    def speed(self) -> float:
        """About how many iterations a second are done while it runs."""
        if self._pace is not None and self._goal is None:
            return self._pace * _FRAMES
        return self._rate or self._share.seconds * _FRAMES / self._cost

    def advance(self, seconds: float) -> None:
        """Let time pass: the session's clock calls this, and so does a test."""
        self._is_turn_taken = False
        self.refreshing.tick()
        self.work.advance()
        if not self._running:
            return
        if self._pace is None or self._goal is not None:
            before = self.run.head
            self._work_a_frame()
            rate = (self.run.head - before) / max(seconds, 1e-3)
            self._rate += (rate - self._rate) * (0.05 if self._rate else 1.0)
            return
        self._due += self._pace * seconds * _FRAMES
        count = int(self._due)
        self._due -= count
        if count:
            self._work_a_frame(count)

    def take_turn(self) -> bool:
        """Let one panel be drawn in this frame; return whether none was yet."""
        is_free, self._is_turn_taken = not self._is_turn_taken, True
        return is_free

    def _work_a_frame(self, count: int | None = None) -> None:
        """Train for as long as drawing leaves of a frame."""
        self._work(self._share.begin(), count)
        self._share.end()

    def _work(self, seconds: float, count: int | None = None) -> None:
        """Train for a while, no farther than `count` iterations and the goal."""
        run, begun = self.run, time.perf_counter()
        run.measure_every = measure_every(run)
        first, end = run.head, self._goal
        if count is not None:
            end = first + count if end is None else min(end, first + count)
        stuck = False
        while not stuck and (end is None or run.head < end):
            left = seconds - (time.perf_counter() - begun)
            if left <= 0:
                break
            # In small portions: nobody knows beforehand how long an iteration takes.
            portion = max(int(min(left, _CHUNK_SECONDS) / self._cost), 1)
            before, since = run.head, time.perf_counter()
            run.advance(portion if end is None else min(portion, end - before))
            done = run.head - before
            stuck = run.stopped is not None or done == 0
            if done:
                # Once in a while the machine does something else; that is no iteration's cost.
                spent = max((time.perf_counter() - since) / done, 1e-7)
                self._cost = min(spent, 2 * self._cost)
        self._after(first, stuck)

    def _after(self, first: int, stopped: bool) -> None:
        """Tell how far it has come, and rest if there is no more to do."""
        run, wanted = self.run, self._wanted
        at_goal = self._goal is not None and run.head >= self._goal
        self._cursor = run.head
        if run.stopped is not None:
            self._cursor = run.restored()
        if run.head != first:
            self.progressed.emit()
            self.cursor_changed.emit()
        if not stopped and not at_goal:
            return
        was_running = self._running
        self.pause()
        if not was_running or run.stopped is not None:
            self.changed.emit()
        if wanted is not None and at_goal:
            self.arrived.emit(wanted)

    def _fetch(self, iteration: int) -> bool:
        if iteration <= self.run.head:
            return True
        self.run.resume()
        self._goal = iteration
        self._work(FIRST_SECONDS)
        if self._goal is not None:
            self._wanted = iteration
            self._set_running(True)
        return self.run.head >= iteration
