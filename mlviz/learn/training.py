"""Training as records: each iteration is a tape and the updates that followed from it."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from mlviz.autograd import Array, Tape, backward
from mlviz.learn.rules import LineResult, State, UpdateRule

Parameters = Mapping[str, Array]
"""Parameter values by origin, such as `layer1.weight`."""

States = Mapping[str, State]
"""What the rule keeps of each parameter, by the parameter's origin."""


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """How one parameter changed.

    Attributes:
        node: id of the parameter on the tape.
        origin: the parameter, such as `layer1.weight[0,2]`.
        before: its value in this iteration.
        gradient: dL/d(parameter).
        after: its value in the next iteration.
        values: everything else the rule computed, by the names the rule uses.
        lines: the rule line by line, with the numbers that each line read.
    """

    node: int
    origin: str
    before: Array
    gradient: Array
    after: Array
    values: Mapping[str, Array] = field(default_factory=dict)
    lines: tuple[LineResult, ...] = ()

    @property
    def change(self) -> Array:
        """What was added to the value."""
        return np.asarray(self.after - self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Iteration:
    """One iteration: forward, backward, update.

    Attributes:
        number: counted from 1.
        tape: the recorded forward pass.
        output: id of the node that is differentiated.
        rule: how parameters are updated, or None when nothing is.
        updates: one for each parameter, in the order of the tape.
        loss_after: the loss of the same data with the updated parameters, or None.
    """

    number: int
    tape: Tape
    output: int
    rule: UpdateRule | None = None
    updates: tuple[Update, ...] = ()
    loss_after: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A finished forward pass."""

    tape: Tape
    output: int

    @property
    def loss(self) -> float:
        """The value that is differentiated; entries are summed, as `backward()` would do."""
        return float(np.sum(self.tape[self.output].value))


def entry(values: Array, index: tuple[int, ...], value: float) -> Array:
    """Return a copy of `values` with one entry changed; without an index the only one.

    Raises:
        IndexError: there is no such entry.
    """
    changed = np.array(values)
    changed[index or (0,) * changed.ndim] = value
    return changed


class Program(Protocol):
    """What can be trained: a network with its data, or a formula with its leaves."""

    def start(self) -> Parameters:
        """Return the parameters that the first iteration starts from."""
        ...

    def run(self, parameters: Parameters, iteration: int) -> Recording:
        """Run forward with these parameters, recording everything."""
        ...

    def data(self, iteration: int) -> Mapping[str, Array]:
        """Return the leaves that are others in every iteration, by origin: its batch."""
        ...


class QuickStep(Protocol):
    """One iteration without a tape, with the same numbers to the last bit."""

    def __call__(
        self, parameters: Parameters, states: States, data: Mapping[str, Array]
    ) -> tuple[Parameters, States]:
        """Return the parameters after the update, and what the rule keeps."""
        ...


Compiler = Callable[[Recording, UpdateRule], QuickStep | None]
"""Makes the quick form of a recorded step; None where there is none."""


class Training:
    """A program trained with an update rule; any iteration can be asked for.

    Parameters of the iterations computed so far are kept, so going back is a look-up and
    going forward continues from the last one. The same number gives the same iteration,
    to the last bit.

    Args:
        program: what is trained.
        rule: how parameters are updated; without one there is a single iteration.
        iterations: how many there are to look at.
        compiler: makes the quick form of a step, for the iterations that nobody looks at.
    """

    def __init__(
        self,
        program: Program,
        rule: UpdateRule | None,
        iterations: int = 1,
        compiler: Compiler | None = None,
    ) -> None:
        self.program = program
        self.rule = rule
        self.compiler = compiler
        # A batch of another size is another quick step.
        self._quick: dict[tuple[tuple[int, ...], ...], QuickStep | None] = {}
        self.iterations = iterations if rule is not None else 1
        start = program.start()
        state = (
            {origin: rule.initial_state(value) for origin, value in start.items()} if rule else {}
        )
        self._history: list[tuple[Parameters, States]] = [(start, state)]
        # A program whose leaves were changed takes over from an iteration on.
        self._programs: list[tuple[int, Program]] = [(1, program)]

    def program_of(self, number: int) -> Program:
        """Return the program that iteration `number` runs."""
        return next(program for first, program in reversed(self._programs) if first <= number)

    def parameters(self, number: int) -> Parameters:
        """Return the parameters that iteration `number` starts with."""
        self._reach(number)
        return self._history[number - 1][0]

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
        self._reach(number)
        other = copy.copy(self)
        other._quick = {}  # a quick step has the old values in it
        other._history = self._history[:number]
        other._programs = [entry for entry in self._programs if entry[0] <= number]
        parameters, state = other._history[-1]
        if origin in parameters:
            changed = entry(parameters[origin], index, value)
            other._history[-1] = ({**parameters, origin: changed}, state)
            return other
        with_leaf = getattr(self.program_of(number), "with_leaf", None)
        if with_leaf is None:
            raise KeyError(origin)
        other._programs.append((number, with_leaf(origin, index, value, number)))
        return other

    def iteration(self, number: int) -> Iteration:
        """Return iteration `number`, counted from 1, computing those before it if needed."""
        self._reach(number)
        parameters, state = self._history[number - 1]
        recording = self.program_of(number).run(parameters, number)
        if self.rule is None:
            return Iteration(number, recording.tape, recording.output)
        updates, after, _ = self._update(recording, parameters, state)
        loss_after = self.program_of(number).run(after, number).loss
        return Iteration(number, recording.tape, recording.output, self.rule, updates, loss_after)

    def loss(self, number: int) -> float:
        """Return the loss that iteration `number` starts with."""
        self._reach(number)
        return self.program_of(number).run(self._history[number - 1][0], number).loss

    def _reach(self, number: int) -> None:
        while len(self._history) < number:
            self._advance(len(self._history))

    def _advance(self, number: int) -> None:
        assert self.rule is not None
        parameters, states = self._history[number - 1]
        data = self.program_of(number).data(number)
        shapes = tuple(value.shape for value in data.values())
        quick = self._quick.get(shapes)
        if quick is not None:
            # Training that diverges goes on as it is, so NumPy need not warn.
            with np.errstate(all="ignore"):
                self._history.append(quick(parameters, states, data))
            return
        recording = self.program_of(number).run(parameters, number)
        _, after, states = self._update(recording, parameters, states)
        self._history.append((after, states))
        if self.compiler is not None and shapes not in self._quick:
            self._quick[shapes] = self.compiler(recording, self.rule)

    def _update(
        self,
        recording: Recording,
        parameters: Parameters,
        state: States,
    ) -> tuple[tuple[Update, ...], dict[str, Array], dict[str, Mapping[str, Array]]]:
        assert self.rule is not None
        after = dict(parameters)
        states = dict(state)
        updates = []
        # Training that diverges is shown as it is, so NumPy need not warn too.
        with np.errstate(all="ignore"):
            totals = {c.target: c.total for c in backward(recording.tape, recording.output)}
            for node in recording.tape:
                if node.role != "parameter" or node.id not in totals:
                    continue
                result = self.rule.apply(node.value, totals[node.id], state[node.origin])
                after[node.origin] = result.after
                states[node.origin] = result.state
                updates.append(
                    Update(
                        node.id,
                        node.origin,
                        node.value,
                        totals[node.id],
                        result.after,
                        result.values,
                        result.lines,
                    )
                )
        return tuple(updates), after, states
