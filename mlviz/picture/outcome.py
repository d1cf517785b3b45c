"""What a network says of the examples it is given: answers, probabilities and losses, each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from mlviz.autograd import Array, Tensor, no_grad
from mlviz.i18n import Message
from mlviz.learn import forward, measure
from mlviz.learn.network import NetworkProgram
from mlviz.learn.training import Parameters

PARTS = measure.PARTS
"""The parts of the data, in order."""

PART_NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "train": Message("outcome.train"),
        "validation": Message("outcome.validation"),
        "test": Message("outcome.test"),
    }
)
"""What the parts are called."""

_TIE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Examples with their answers, one each.

    Attributes:
        classes: what the classes are called; empty for a regression.
        parts: to which part each example belongs, as its place in `PARTS`, (n).
        rows: which row of its part it is, (n).
        inputs: (n, features).
        outputs: what the last layer gives, (n, outputs).
        truth: class numbers, (n), or targets, (n, outputs).
        predicted: likewise.
        probabilities: of each class, (n, classes); (n, 0) for a regression.
        losses: of each example alone, (n).
        undecided: which examples lie between two classes, each as probable as the other, (n).
    """

    classes: tuple[str, ...]
    parts: Array
    rows: Array
    inputs: Array
    outputs: Array
    truth: Array
    predicted: Array
    probabilities: Array
    losses: Array
    undecided: Array

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def wrong(self) -> Array:
        """Which examples were put into another class than theirs, (n); none in a regression."""
        if not self.classes:
            return np.zeros(len(self), dtype=bool)
        return np.asarray((self.truth != self.predicted) & ~self.undecided)

    def residuals(self, output: int = 0) -> Array:
        """Return predicted − true of one output, (n)."""
        return np.asarray(self.predicted[:, output] - self.truth[:, output])


def outcome(
    program: NetworkProgram,
    parameters: Parameters,
    parts: tuple[str, ...] = PARTS,
    most: int | None = None,
) -> Outcome:
    """Return what a network says of examples, in order.

    Args:
        program: the network with its data.
        parameters: its numbers.
        parts: which parts of the data.
        most: of each part no more than this many, evenly chosen.
    """
    chosen = [part for part in measure.parts(program) if part in parts]
    pairs = [measure.rows_of(program, part) for part in chosen]
    rows = [chosen_rows(len(pair[0]), most) for pair in pairs]
    inputs = np.concatenate([pair[0][row] for pair, row in zip(pairs, rows, strict=True)])
    targets = np.concatenate([pair[1][row] for pair, row in zip(pairs, rows, strict=True)])
    outputs = forward.outputs(program, parameters, inputs)
    classes = class_names(program)
    with np.errstate(all="ignore"):
        chances = probabilities(program, outputs) if classes else outputs[:, :0]
        return Outcome(
            classes,
            np.repeat([PARTS.index(part) for part in chosen], [len(row) for row in rows]),
            np.concatenate(rows),
            inputs,
            outputs,
            measure.answers(program, targets) if classes else targets,
            measure.decided(program, outputs) if classes else outputs,
            chances,
            losses(program, outputs, targets),
            ties(chances),
        )


def chosen_rows(count: int, most: int | None) -> Array:
    """Return the numbers of all rows, or of so many that lie evenly among them."""
    if most is None or count <= most:
        return np.arange(count)
    return np.asarray(np.arange(most) * count // most)


def class_names(program: NetworkProgram) -> tuple[str, ...]:
    """Return the classes of which each example has one; none if the answers are numbers.

    Several yes-or-no answers to one example are told as the numbers they are.
    """
    return measure.classes(program) if measure.task(program) in ("classes", "two") else ()


def probabilities(program: NetworkProgram, outputs: Array) -> Array:
    """Return the probability of each class that outputs stand for.

    Where the loss knows no probabilities, as a squared error does, it is the output itself,
    held between 0 and 1.

    Shapes: outputs (n, outputs) → (n, classes).
    """
    if program.loss.of_classes:
        shifted = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
    score = outputs
    if program.loss.of_logits:
        # Either form overflows for one sign of the score, so each sign has its own.
        small = np.exp(-np.abs(score))
        score = np.where(score >= 0, 1 / (1 + small), small / (1 + small))
    elif not program.loss.of_two_classes:
        if program.targets.min() < 0:  # no is −1
            score = (score + 1) / 2
        score = np.clip(score, 0, 1)
    if score.shape[1] > 1:
        return np.asarray(score)
    return np.column_stack([1 - score[:, 0], score[:, 0]])


def ties(chances: Array) -> Array:
    """Return where the two most probable classes are equally probable, but for rounding.

    Shapes: chances (n, classes) → (n).
    """
    if chances.shape[1] < 2:
        return np.zeros(len(chances), dtype=bool)
    two = chances if chances.shape[1] == 2 else np.partition(chances, -2, axis=1)[:, -2:]
    return np.asarray(np.abs(two[:, 0] - two[:, 1]) < _TIE)


def losses(program: NetworkProgram, outputs: Array, targets: Array) -> Array:
    """Return the loss of each example alone, as the network's loss counts it.

    Shapes: outputs (n, outputs), targets (n) or (n, outputs) → (n).
    """
    with np.errstate(all="ignore"), no_grad():
        entries = program.loss.entries(Tensor(outputs), Tensor(targets)).numpy()
    if entries.ndim == 1:
        return entries
    return np.asarray(
        entries.mean(axis=1) if program.loss.reduction == "mean" else entries.sum(axis=1)
    )
