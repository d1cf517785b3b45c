"""Training as records: each iteration is a tape and the updates that followed from it."""

import copy
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from mlviz.autograd import Array
from mlviz.learn.history import BUDGET, History, Layout, Snapshot
from mlviz.learn.records import (
    Iteration,
    Parameters,
    Program,
    Recording,
    States,
    Update,
    entry,
)
from mlviz.learn.rules import UpdateRule
from mlviz.learn.series import Series
from mlviz.learn.walker import (
    Compiler,
    QuickStep,
    Segment,
    Walker,
    epoch_of,
    keeps_alike,
    updated,
)

__all__ = [
    "Compiler",
    "Iteration",
    "Parameters",
    "Program",
    "QuickStep",
    "Recording",
    "States",
    "Training",
    "Update",
    "entry",
    "epoch_of",
]


class Training:
    """A program trained with an update rule; any iteration can be asked for.

    Some iterations computed so far are kept as checkpoints; going back starts from the
    nearest one and runs again what follows. The same number gives the same iteration, to the
    last bit.

    Args:
        program: what is trained.
        rule: how parameters are updated; without one there is a single iteration.
        iterations: how many there are to look at.
        compiler: makes the quick form of a step, for the iterations that nobody looks at.
        budget: how many bytes the checkpoints may take.

    Attributes:
        program: what is trained, as it was at the start.
        rule: how parameters are updated, as it is at the end.
    """

    def __init__(
        self,
        program: Program,
        rule: UpdateRule | None,
        iterations: int = 1,
        compiler: Compiler | None = None,
        *,
        budget: int = BUDGET,
    ) -> None:
        self.program = program
        self.rule = rule
        self.compiler = compiler
        self._planned = iterations if rule is not None else 1
        # Another program or a batch of another size is another quick step.
        self._quick: dict[Any, QuickStep | None] = {}
        self._history = History(budget)
        self._losses = Series()
        self._segments: list[Segment] = []
        self._begin(1, program, rule, program.start(), None)

    def _begin(
        self,
        number: int,
        program: Program,
        rule: UpdateRule | None,
        parameters: Parameters,
        states: States | None,
    ) -> None:
        """Let a program and a rule take over at an iteration."""
        if states is None:
            states = {o: rule.initial_state(v) if rule else {} for o, v in parameters.items()}
        layout = Layout(parameters, rule)
        self._segments.append(Segment(number, program, rule, layout))
        snapshot = layout.pack(parameters, states)
        self._history.keep(number, snapshot, fixed=True)
        self._walker = Walker(number, layout, snapshot)

    @property
    def head(self) -> int:
        """The farthest iteration whose starting parameters were computed; 1 at first."""
        return self._walker.number

    @property
    def iterations(self) -> int:
        """How many there are to look at."""
        return max(self._planned, self.head)

    @property
    def losses(self) -> Array:
        """The loss of every iteration that was done, (head - 1)."""
        return self._losses.values

    @property
    def is_finite(self) -> bool:
        """Whether all parameters at the head are finite."""
        with np.errstate(all="ignore"):
            return self._walker.is_finite()

    def first_bad(self) -> int | None:
        """Return the iteration that made the first number that is not finite, or None.

        Its loss was not finite, or a parameter after it; it started with finite parameters.
        """
        bad = np.flatnonzero(~np.isfinite(self.losses))
        if not len(bad) and self.is_finite:
            return None
        low, high = 1, int(bad[0]) + 1 if len(bad) else self.head - 1
        if self._starts_finite(high):
            return high
        while low < high:  # once a parameter is bad, it stays so
            middle = (low + high) // 2
            if self._starts_finite(middle + 1):
                low = middle + 1
            else:
                high = middle
        return low

    def _starts_finite(self, number: int) -> bool:
        return bool(np.isfinite(self._snapshot(number).flat).all())

    @property
    def size(self) -> int:
        """How many bytes the checkpoints take."""
        return self._history.size

    @property
    def spacing(self) -> int:
        """How many iterations lie between checkpoints: 1, 1 + spacing, … need not be run again."""
        return self._history.spacing

    def _segment(self, number: int) -> Segment:
        return next(segment for segment in reversed(self._segments) if segment.first <= number)

    @property
    def data_changes(self) -> tuple[int, ...]:
        """The iterations from which on it learns from, or is measured with, other examples."""
        found = []
        for before, after in pairwise(self._segments):
            same = getattr(after.program, "has_data_of", None)
            if before.program is not after.program and same and not same(before.program):
                found.append(after.first)
        return tuple(found)

    def program_of(self, number: int) -> Program:
        """Return the program that iteration `number` runs."""
        return self._segment(number).program

    def rule_of(self, number: int) -> UpdateRule | None:
        """Return the rule of iteration `number`, with the learning rate that it has there."""
        segment = self._segment(number)
        if segment.rule is None or segment.rule.schedule is None:
            return segment.rule
        return segment.rule.at(epoch_of(segment.program, number))

    def parameters(self, number: int) -> Parameters:
        """Return the parameters that iteration `number` starts with."""
        snapshot = self._snapshot(number)
        return self._segment(number).layout.parameters(snapshot.flat)

    def states(self, number: int) -> States:
        """Return what the rule keeps of each parameter when iteration `number` starts."""
        snapshot = self._snapshot(number)
        return self._segment(number).layout.states(snapshot.kept)

    def changed(self, number: int, origin: str, index: tuple[int, ...], value: float) -> "Training":
        """Return a training in which one number is another from iteration `number` on.

        Args:
            number: the iteration.
            origin: of the leaf, such as `layer1.weight`.
            index: which entry of it; empty for the only one.
            value: what it is to be.

        Raises:
            KeyError: there is no such leaf, or it cannot be changed.
            IndexError: there is no such entry.
            ValueError: it cannot have this value.
        """
        parameters, states = self.parameters(number), self.states(number)
        segment = self._segment(number)
        program = segment.program
        if origin in parameters:
            parameters = {**parameters, origin: entry(parameters[origin], index, value)}
        else:
            with_leaf = getattr(program, "with_leaf", None)
            if with_leaf is None:
                raise KeyError(origin)
            program = with_leaf(origin, index, value, number)
        return self._from(number, program, segment.rule, parameters, states)

    def branched(
        self, number: int, *, rule: UpdateRule | None = None, program: Program | None = None
    ) -> "Training":
        """Return a training that goes on differently from iteration `number` on.

        What came before is shared. A rule that keeps the same of each parameter goes on with
        it, another one starts afresh.

        Args:
            number: the first iteration that is other.
            rule: how parameters are updated from there on; as before if None.
            program: what runs from there on; as before if None.
        """
        parameters, segment = self.parameters(number), self._segment(number)
        states: States | None = self.states(number)
        if rule is not None and (segment.rule is None or not keeps_alike(rule, segment.rule)):
            states = None
        if program is None:
            program = segment.program
        elif hasattr(program, "continuing") and isinstance(segment.program, type(program)):
            program = program.continuing(segment.program, number)
        return self._from(number, program, rule or segment.rule, parameters, states)

    def _from(
        self,
        number: int,
        program: Program,
        rule: UpdateRule | None,
        parameters: Parameters,
        states: States | None,
    ) -> "Training":
        other = copy.copy(self)
        other._quick = dict(self._quick)
        other._history = self._history.until(number)
        other._losses = self._losses.until(number - 1)
        other._segments = [segment for segment in self._segments if segment.first < number]
        other.rule = rule
        other._begin(number, program, rule, parameters, states)
        return other

    def iteration(self, number: int) -> Iteration:
        """Return iteration `number`, counted from 1, computing those before it if needed."""
        snapshot, segment = self._snapshot(number), self._segment(number)
        parameters = segment.layout.parameters(snapshot.flat)
        recording = segment.program.run(parameters, number)
        rule = self.rule_of(number)
        if rule is None:
            return Iteration(number, recording.tape, recording.output)
        states = segment.layout.states(snapshot.kept)
        updates, after, _ = updated(recording, rule, parameters, states)
        loss_after = segment.program.run(after, number).loss
        return Iteration(number, recording.tape, recording.output, rule, updates, loss_after)

    def loss(self, number: int) -> float:
        """Return the loss that iteration `number` starts with."""
        if number < self.head:
            return float(self.losses[number - 1])
        return self.program_of(number).run(self.parameters(number), number).loss

    def advance(self, count: int, *, while_finite: bool = False) -> int:
        """Compute further iterations.

        Args:
            count: how many.
            while_finite: whether to stop after one whose loss or new parameters are not finite.

        Returns:
            How many were computed.
        """
        start = self.head
        if self.rule is not None:
            self._walk(self._walker, start + count, while_finite=while_finite)
        return self.head - start

    # --- Computing -------------------------------------------------------------------------

    def _snapshot(self, number: int) -> Snapshot:
        if number > self.head:
            self.advance(number - self.head)
        found = self._history.find(number)
        if found is not None:
            return found
        if number == self.head:
            return self._walker.snapshot()
        start, snapshot = self._history.before(number)
        self._walk(Walker(start, self._segment(start).layout, snapshot), number)
        found = self._history.find(number)
        assert found is not None
        return found

    def _walk(self, walker: Walker, until: int, *, while_finite: bool = False) -> None:
        """Compute iterations until a walker stands at another; the head leaves checkpoints."""
        is_head = walker is self._walker
        segment = self._segment(walker.number)
        rule, program = segment.rule, segment.program
        assert rule is not None  # without one there is a single iteration
        following = [each.first for each in self._segments if each.first > walker.number]
        assert not following or until < following[0]
        bound, now, epoch = walker.bound, rule, None
        # Training that diverges goes on as it is, so NumPy need not warn.
        with np.errstate(all="ignore"):
            while walker.number < until:
                number = walker.number
                if rule.schedule is not None and epoch != epoch_of(program, number):
                    epoch = epoch_of(program, number)
                    now = rule.at(epoch)
                data = program.data(number)
                shapes = tuple([value.shape for value in data.values()])
                step = bound.get(shapes)
                if step is not None:
                    loss = step(data, now)
                else:
                    loss = self._first(walker, segment, shapes)
                    step = walker.bind(self._quick[program, shapes])
                    if step is not None:
                        bound[shapes] = step
                walker.number = number = number + 1
                if not is_head:
                    self._history.remember(number, walker.snapshot())
                    continue
                self._losses.append(loss)
                if self._history.is_due(number):
                    self._history.keep(number, walker.snapshot())
                if while_finite and not (isfinite(loss) and walker.is_finite()):
                    return

    def _first(self, walker: Walker, segment: Segment, shapes: Any) -> float:
        """Compute one iteration on a tape, and make its quick form unless there is one."""
        number, layout = walker.number, segment.layout
        rule = self.rule_of(number)
        assert rule is not None
        recording = segment.program.run(walker.parameters, number)
        if (segment.program, shapes) not in self._quick:
            quick = None
            if self.compiler is not None and layout.is_even:
                quick = self.compiler(recording)
            self._quick[segment.program, shapes] = quick
        states = layout.states(tuple(walker.state.values()))
        _, after, kept = updated(recording, rule, walker.parameters, states)
        walker.load(layout.pack(after, kept))
        return recording.loss
