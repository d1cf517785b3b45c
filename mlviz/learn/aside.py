"""One example beside the training: run forward and back with its numbers, and learned from not.

A training asked about an example that is in no batch: what would the network say, and what
would the gradient be? Nothing of the training is altered, and nothing is updated.
"""

import copy
from collections.abc import Mapping
from dataclasses import replace

from mlviz.learn import measure
from mlviz.learn.history import Snapshot
from mlviz.learn.network import NetworkProgram
from mlviz.learn.records import Parameters, entry
from mlviz.learn.training import Training


def with_one_row(program: NetworkProgram, part: str, row: int) -> NetworkProgram:
    """Return a network with one example alone, which leaves nothing out.

    Args:
        program: the network with all its data.
        part: `train`, `validation` or `test`.
        row: which row of that part.
    """
    inputs, targets = measure.rows_of(program, part)
    layers = tuple(replace(layer, dropout=0.0) for layer in program.spec.layers)
    return NetworkProgram(
        replace(program.spec, layers=layers),
        inputs[row : row + 1],
        targets[row : row + 1],
        program.loss,
        seed=program.seed,
        classes=program.classes,
    )


class Aside(Training):
    """An example at every iteration of a training, without an update.

    Args:
        source: whose parameters are taken; it stays as it is.
        number: the iteration whose network and loss are meant.
        part: the part of the data that has the example.
        row: which row of that part.

    Attributes:
        source: whose parameters are taken.
        part: the part of the data that has the example.
        row: which row of that part.
    """

    def __init__(self, source: Training, number: int, part: str, row: int) -> None:
        program = source.program_of(number)
        assert isinstance(program, NetworkProgram)
        super().__init__(with_one_row(program, part, row), None)
        self.source = source
        self.part = part
        self.row = row
        self._reach = source.head
        self._changed: Mapping[int, Parameters] = {}

    @property
    def head(self) -> int:
        """The farthest iteration that the source had done when the example was taken."""
        return self._reach

    def loss(self, number: int) -> float:
        """Return the loss of the example with the parameters of an iteration."""
        return self.program.run(self.parameters(number), number).loss

    def changed(self, number: int, origin: str, index: tuple[int, ...], value: float) -> "Aside":
        """Return the same with one number changed; see `Training.changed`.

        A parameter is another one at this iteration only: nothing is learned from it.
        """
        other = copy.copy(self)
        parameters = self.parameters(number)
        if origin in parameters:
            changed = {**parameters, origin: entry(parameters[origin], index, value)}
            other._changed = {**self._changed, number: changed}
            return other
        assert isinstance(self.program, NetworkProgram)
        other.program = self.program.with_leaf(origin, index, value, number)
        other._segments = [replace(self._segments[0], program=other.program)]
        return other

    def _snapshot(self, number: int) -> Snapshot:
        parameters = self._changed.get(number)
        if parameters is None:
            # Looking on is no training: what lies farther is not computed.
            parameters = self.source.parameters(min(number, self._reach))
        return self._segments[0].layout.pack(parameters, {})
