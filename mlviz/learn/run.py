"""A run: a training with its curves, which stops when its rules say so."""

import time
from collections.abc import Callable, Mapping
from math import isfinite

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.learn.measure import measured, parts
from mlviz.learn.network import NetworkProgram
from mlviz.learn.rules import UpdateRule
from mlviz.learn.series import Series
from mlviz.learn.stop import Patience, Stopped, StopRules
from mlviz.learn.training import Program, Training, epoch_of

_SLICE = 1e-3  # seconds between two looks at the clock
_UNMEASURED = 2**60


class Curves:
    """What was measured in the course of a run.

    Args:
        training: whose losses they are.
    """

    def __init__(self, training: Training) -> None:
        self._training = training
        self._at = Series()
        self._losses: dict[str, Series] = {}
        self._metrics: dict[str, Series] = {}

    @property
    def loss(self) -> Array:
        """The loss of every iteration's batch, (head - 1)."""
        return self._training.losses

    @property
    def at(self) -> Array:
        """The iterations that were measured: with the parameters they start with, (m)."""
        return self._at.values.astype(np.intp)

    @property
    def last(self) -> int:
        """The iteration that was measured last; 1 if none was."""
        return int(self._at.values[-1]) if len(self._at) else 1

    @property
    def losses(self) -> Mapping[str, Array]:
        """The loss of all rows of each part, (m)."""
        return {part: series.values for part, series in self._losses.items()}

    @property
    def metrics(self) -> Mapping[str, Array]:
        """The metric of each part, (m)."""
        return {part: series.values for part, series in self._metrics.items()}

    def add(self, number: int, found: Mapping[str, tuple[float, float]]) -> None:
        """Add a measurement: loss and metric by part."""
        self._at.append(number)
        for part, (loss, metric) in found.items():
            missing = Series(np.full(len(self._at) - 1, np.nan))
            self._losses.setdefault(part, missing).append(loss)
            missing = Series(np.full(len(self._at) - 1, np.nan))
            self._metrics.setdefault(part, missing).append(metric)

    def until(self, number: int, training: Training) -> "Curves":
        """Return what was measured up to iteration `number`, for another training."""
        other = Curves(training)
        count = int(np.searchsorted(self.at, number, side="right"))
        other._at = self._at.until(count)
        other._losses = {part: s.until(count) for part, s in self._losses.items()}
        other._metrics = {part: s.until(count) for part, s in self._metrics.items()}
        return other


class Run:
    """A training with its curves.

    Args:
        training: what is run.
        name: what it is called.
        stop: when it stops by itself.
        measure_every: iterations between two measurements; an epoch if None.

    Attributes:
        training: what is run.
        name: what it is called.
        stop: when it stops by itself.
        curves: what was measured.
        stopped: why it stopped; None while it can go on.
        best: the iteration with the lowest validation loss; None without validation rows.
    """

    def __init__(
        self,
        training: Training,
        *,
        name: str = "",
        stop: StopRules | None = None,
        measure_every: int | None = None,
    ) -> None:
        self.training = training
        self.name = name
        self.stop = stop or StopRules()
        self.measure_every = measure_every
        self.stopped: Stopped | None = None
        self.best: int | None = None
        self._lowest = np.inf
        self._ignored: set[str] = set()
        self._patience = self._new_patience()
        self._pace = 0.0  # seconds that an iteration takes
        self.curves = Curves(training)
        self._measure()

    @property
    def head(self) -> int:
        """The farthest iteration whose starting parameters were computed."""
        return self.training.head

    def advance(self, count: int) -> int:
        """Compute up to `count` iterations; return how many were, fewer if it stopped."""
        start = self.head
        while self.stopped is None and self.head < start + count:
            until = min(start + count, self._next_measure(), self._limit())
            until = max(until, self.head + 1)  # the film may have gone further by itself
            if self.training.rule is None:
                break
            self.training.advance(until - self.head, while_finite="not_finite" not in self._ignored)
            self._after()
        return self.head - start

    def advance_for(self, seconds: float, clock: Callable[[], float] = time.perf_counter) -> int:
        """Compute iterations for about so long; return how many were computed."""
        begin = now = clock()
        done = 0
        while now - begin < seconds:
            left = min(_SLICE, seconds - (now - begin))
            count = max(1, min(64, int(left / self._pace))) if self._pace > 0 else 1
            advanced = self.advance(count)
            if not advanced:
                break
            done += advanced
            before, now = now, clock()
            pace = (now - before) / advanced
            self._pace = min(pace, 2 * self._pace) if self._pace > 0 else pace
        return done

    def resume(self) -> None:
        """Forget why it stopped and go on, past the rule that stopped it."""
        if self.stopped is None:
            return
        if self.stopped.rule == "patience":
            self._patience = self._new_patience()
        else:
            self._ignored.add(self.stopped.rule)
        self.stopped = None

    def branch(
        self,
        iteration: int,
        *,
        rule: UpdateRule | None = None,
        program: Program | None = None,
        stop: StopRules | None = None,
        name: str = "",
    ) -> "Run":
        """Return a run that goes on differently from an iteration; what came before is shared.

        Args:
            iteration: the first that is other.
            rule: how parameters are updated from there on; as before if None.
            program: what runs from there on; as before if None.
            stop: when it stops by itself; as this one if None.
            name: what it is called; as this one if empty.
        """
        other = Run.__new__(Run)
        other.training = self.training.branched(iteration, rule=rule, program=program)
        other.name = name or self.name
        other.stop = stop or self.stop
        other.measure_every = self.measure_every
        other.stopped = None
        other.best, other._lowest = None, np.inf
        other._ignored = set()
        other._pace = self._pace
        other._patience = other._new_patience()
        is_new = iteration in other.training.data_changes
        # What was measured of other examples says nothing about these.
        other.curves = self.curves.until(iteration - is_new, other.training)
        if is_new:
            other._measure_at(iteration)
            return other
        for number, loss in zip(other.curves.at, other._watched(), strict=True):
            other._watch(int(number), float(loss))
        return other

    def restored(self) -> int:
        """Return the iteration to go to in the end: with early stopping the best, or the head."""
        restores = self.stop.patience is not None and self.stop.restore_best
        return self.best if restores and self.best is not None else self.head

    # --- Measuring and stopping ------------------------------------------------------------

    @property
    def _program(self) -> Program:
        return self.training.program_of(self.head)

    def _every(self) -> int:
        assert isinstance(self._program, NetworkProgram)
        return self.measure_every or self._program.iterations_per_epoch

    def _next_measure(self) -> int:
        if isinstance(self._program, NetworkProgram):
            return self.curves.last + self._every()
        # Of a formula nothing is measured; rules about its loss are looked at every iteration.
        watched = self.stop.epochs is not None or self.stop.loss_below is not None
        return self.head + (1 if watched else _UNMEASURED)

    def _limit(self) -> int:
        """Return where the head will be when a rule about iterations or epochs stops the run."""
        limit = self.head + _UNMEASURED
        if self.stop.iterations is not None and "iterations" not in self._ignored:
            limit = max(self.stop.iterations, self.head) + 1
        if self.stop.epochs is not None and "epochs" not in self._ignored:
            limit = min(limit, self._end_of_epochs(self.stop.epochs))
        return limit

    def _end_of_epochs(self, epochs: int) -> int:
        """Return the first iteration after so many epochs, or the next one if they are over."""
        program, each = self._program, getattr(self._program, "iterations_per_epoch", 1)
        left = epochs - epoch_of(program, self.head)
        if left <= 0:
            return self.head + 1
        low, high = self.head + (left - 1) * each + 1, self.head + left * each
        while low < high:
            middle = (low + high) // 2
            if epoch_of(program, middle) >= epochs:
                high = middle
            else:
                low = middle + 1
        return int(low)

    def _after(self) -> None:
        """Look at where the training came to: is there a reason to stop?"""
        last = self.head - 1
        if "not_finite" not in self._ignored and not self._is_finite():
            bad = self.training.first_bad() or last
            is_loss = not isfinite(self.training.losses[bad - 1])
            named = "run.stopped.loss" if is_loss else "run.stopped.parameter"
            self._end("not_finite", Message(named, iteration=bad), bad)
            return
        over = self.head >= self._next_measure() and self._measure()
        stop = self.stop
        if stop.iterations is not None and last >= stop.iterations:
            self._end("iterations", Message("run.stopped.iterations", n=last), last)
        elif stop.epochs is not None and epoch_of(self._program, self.head) >= stop.epochs:
            self._end("epochs", Message("run.stopped.epochs", n=stop.epochs), last)
        elif over:
            message = Message(
                "run.stopped.patience", n=stop.patience or 0, best=self.best or self.head
            )
            self._end("patience", message, last)
        elif stop.loss_below is not None and self._is_below(stop.loss_below):
            limit = f"{stop.loss_below:g}"
            self._end("loss_below", Message("run.stopped.loss_below", limit=limit), last)

    def _end(self, rule: str, reason: Message, iteration: int) -> None:
        if rule not in self._ignored:
            self.stopped = Stopped(rule, reason, iteration)

    def _is_finite(self) -> bool:
        return isfinite(self.training.losses[-1]) and self.training.is_finite

    def _is_below(self, limit: float) -> bool:
        found = self.curves.losses.get("train", self.training.losses)
        return bool(found[-1] < limit)

    def _measure(self) -> bool:
        """Measure the parameters at the head; return whether patience is at its end."""
        return self._measure_at(self.head)

    def _measure_at(self, number: int) -> bool:
        program = self.training.program_of(number)
        if not isinstance(program, NetworkProgram):
            return False
        parameters = self.training.parameters(number)
        found = {part: measured(program, parameters, part) for part in parts(program)}
        self.curves.add(number, found)
        return self._watch(number, float(self._watched()[-1]))

    def _watched(self) -> Array:
        """Return the losses by which early stopping goes."""
        losses = self.curves.losses
        return losses.get("validation", losses.get("train", np.zeros(0)))

    def _watch(self, number: int, loss: float) -> bool:
        if "validation" in self.curves.losses and loss < self._lowest:
            self._lowest, self.best = loss, number
        return self._patience is not None and self._patience.is_over(loss)

    def _new_patience(self) -> Patience | None:
        if self.stop.patience is None:
            return None
        return Patience(self.stop.patience, self.stop.min_delta)
