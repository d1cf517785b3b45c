"""What a program is, and what an iteration of its training leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from mlviz.autograd import Array, Tape
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
