"""Training as records: each iteration is a tape and the updates that followed from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from mlviz.autograd import Array, Tape, backward
from mlviz.learn.rules import LineResult, UpdateRule

Parameters = Mapping[str, Array]
"""Parameter values by origin, such as `layer1.weight`."""


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


class Training:
    """A program trained with an update rule; any iteration can be asked for.

    Parameters of the iterations computed so far are kept, so going back is a look-up and
    going forward continues from the last one. The same number gives the same iteration,
    to the last bit.
    """

    def __init__(self, program: Program, rule: UpdateRule | None, iterations: int = 1) -> None:
        self.program = program
        self.rule = rule
        self.iterations = iterations if rule is not None else 1
        start = program.start()
        state = (
            {origin: rule.initial_state(value) for origin, value in start.items()} if rule else {}
        )
        self._history: list[tuple[Parameters, Mapping[str, Mapping[str, Array]]]] = [(start, state)]

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
        parameters, state = self._history[number - 1]
        recording = self.program.run(parameters, number)
        _, after, states = self._update(recording, parameters, state)
        self._history.append((after, states))

    def _update(
        self,
        recording: Recording,
        parameters: Parameters,
        state: Mapping[str, Mapping[str, Array]],
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
