"""How good a network is on rows it learns from, and on rows it does not."""

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.learn import forward
from mlviz.learn.network import NetworkProgram
from mlviz.learn.records import Parameters

PARTS = ("train", "validation", "test")
"""The parts that a program's data can have."""

Task = Literal["classes", "two", "labels", "values"]
"""What is answered: one of several classes, yes or no, several of them, or numbers."""


def parts(program: NetworkProgram) -> tuple[str, ...]:
    """Return which parts the data has."""
    has = (True, program.validation is not None, program.test is not None)
    return tuple(part for part, there in zip(PARTS, has, strict=True) if there)


def rows_of(program: NetworkProgram, part: str) -> tuple[Array, Array]:
    """Return inputs and targets of a part.

    Raises:
        KeyError: the data has no such part.
    """
    found = {
        "train": (program.inputs, program.targets),
        "validation": program.validation,
        "test": program.test,
    }[part]
    if found is None:
        raise KeyError(part)
    return found


@lru_cache(maxsize=32)
def task(program: NetworkProgram) -> Task:
    """Return what the network answers, as its loss and its targets say."""
    if program.loss.of_classes:
        return "classes"
    several = program.spec.layers[-1].units > 1
    if several and _is_one_hot(program.targets):
        return "classes"
    if program.loss.of_two_classes or _low(program) is not None:
        return "labels" if several else "two"
    return "values"


def _is_one_hot(targets: Array) -> bool:
    return bool(np.isin(targets, (0.0, 1.0)).all() and (targets.sum(axis=1) == 1).all())


@lru_cache(maxsize=32)
def _low(program: NetworkProgram) -> float | None:
    """Return the target that stands for no, where targets are two: 0 and 1, or −1 and 1."""
    for low in (0.0, -1.0):
        if np.isin(program.targets, (low, 1.0)).all():
            return low
    return None


def classes(program: NetworkProgram) -> tuple[str, ...]:
    """Return the names of the classes; none if the answers are numbers."""
    kind = task(program)
    if kind == "values":
        return ()
    if program.classes:
        return program.classes
    if kind == "classes":
        return tuple(str(number) for number in range(program.spec.layers[-1].units))
    return ("\N{MINUS SIGN}1", "1") if _low(program) == -1.0 else ("0", "1")


def decided(program: NetworkProgram, outputs: Array) -> Array:
    """Return what outputs stand for: class numbers, (rows), or numbers as they are."""
    kind = task(program)
    if kind == "values":
        return outputs
    if kind == "classes":
        return np.asarray(np.argmax(outputs, axis=1))
    is_logit = program.loss.of_logits
    middle = 0.0 if is_logit or _low(program) == -1.0 else 0.5
    yes: Array = (outputs > middle).astype(np.intp)
    return yes[:, 0] if kind == "two" else yes


def answers(program: NetworkProgram, targets: Array) -> Array:
    """Return targets in the form of `decided`."""
    kind = task(program)
    if kind == "values" or program.loss.of_classes:
        return targets
    if kind == "classes":
        return np.asarray(np.argmax(targets, axis=1))
    yes: Array = (targets > 0.5).astype(np.intp)
    return yes[:, 0] if kind == "two" else yes


def predicted(program: NetworkProgram, parameters: Parameters, inputs: ArrayLike) -> Array:
    """Return class numbers, (rows), or values, (rows, outputs)."""
    return decided(program, forward.outputs(program, parameters, inputs))


def loss_of(program: NetworkProgram, parameters: Parameters, part: str) -> float:
    """Return the loss of all rows of a part, with nothing left out by dropout."""
    inputs, targets = rows_of(program, part)
    return forward.loss(program, forward.outputs(program, parameters, inputs), targets)


def metric_of(program: NetworkProgram, parameters: Parameters, part: str) -> float:
    """Return the share of right answers, or R² for numbers."""
    inputs, targets = rows_of(program, part)
    return _metric(program, forward.outputs(program, parameters, inputs), targets)


def measured(program: NetworkProgram, parameters: Parameters, part: str) -> tuple[float, float]:
    """Return loss and metric of a part, with one run forward."""
    inputs, targets = rows_of(program, part)
    outputs = forward.outputs(program, parameters, inputs)
    return forward.loss(program, outputs, targets), _metric(program, outputs, targets)


def _metric(program: NetworkProgram, outputs: Array, targets: Array) -> float:
    with np.errstate(all="ignore"):
        found, wanted = decided(program, outputs), answers(program, targets)
        if task(program) != "values":
            return float(np.mean(found == wanted))
        rest = np.sum((wanted - found) ** 2, axis=0)
        spread = np.sum((wanted - wanted.mean(axis=0)) ** 2, axis=0)
        # Targets that are all alike cannot be explained: right is 1, anything else 0.
        each = np.where(spread > 0, 1 - rest / np.where(spread > 0, spread, 1), rest == 0)
        return float(np.mean(each))


def metric_name(program: NetworkProgram) -> Message:
    """Return what `metric_of` is called."""
    return Message("metric.r2" if task(program) == "values" else "metric.accuracy")


def confusion(program: NetworkProgram, parameters: Parameters, part: str) -> Array:
    """Return how often each class (row) was taken for each class (column), whole numbers.

    Raises:
        ValueError: the answers are numbers.
    """
    count = len(classes(program))
    if not count:
        raise ValueError("no classes")
    inputs, targets = rows_of(program, part)
    found = predicted(program, parameters, inputs).reshape(-1)
    wanted = answers(program, targets).reshape(-1)
    return np.bincount(wanted * count + found, minlength=count * count).reshape(count, count)
