"""Training as records: each iteration is a tape and the updates that followed from it."""

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

    def iteration(self, number: int) -> Iteration:
        """Return iteration `number`, counted from 1, computing those before it if needed."""
        self._reach(number)
        parameters, state = self._history[number - 1]
        recording = self.program.run(parameters, number)
        if self.rule is None:
            return Iteration(number, recording.tape, recording.output)
        updates, after, _ = self._update(recording, parameters, state)
        loss_after = self.program.run(after, number).loss
        return Iteration(number, recording.tape, recording.output, self.rule, updates, loss_after)

    def loss(self, number: int) -> float:
        """Return the loss that iteration `number` starts with."""
        self._reach(number)
        return self.program.run(self._history[number - 1][0], number).loss

    def _reach(self, number: int) -> None:
        while len(self._history) < number:
            self._advance(len(self._history))

    def _advance(self, number: int) -> None:
        assert self.rule is not None
        parameters, states = self._history[number - 1]
        data = self.program.data(number)
        shapes = tuple(value.shape for value in data.values())
        quick = self._quick.get(shapes)
        if quick is not None:
            # Training that diverges goes on as it is, so NumPy need not warn.
            with np.errstate(all="ignore"):
                self._history.append(quick(parameters, states, data))
            return
        recording = self.program.run(parameters, number)
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
