"""A typed formula as a program: assignments over tensors, each line recorded as it runs.

The text goes through the parser of `autograd.expression`; nothing of it is ever executed.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlviz.autograd import Array, Tensor, as_tensor, no_grad, record
from mlviz.autograd.expression import (
    Assignment,
    Binary,
    Call,
    Expression,
    Negative,
    Number,
    Word,
    evaluate,
    names_in,
    parse_assignment,
)
from mlviz.i18n import Message
from mlviz.learn.formula_functions import (
    FUNCTIONS,
    NO_GRAD,
    TWO_ARGUMENTS,
    check_arguments,
    line_error,
)
from mlviz.learn.records import Parameters, Recording, entry

__all__ = [
    "FUNCTIONS",
    "TWO_ARGUMENTS",
    "FormulaProgram",
    "Leaf",
    "is_alias",
    "line_error",
    "read_line",
    "without_no_grad",
]

_COMPARISONS = frozenset({"<", "<=", ">", ">=", "=="})


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A value that a formula starts from.

    Attributes:
        name: what the formula calls it.
        value: a number, or an array of them.
        trainable: whether its gradient is computed.
        role: `parameter`, `input`, `target` or `constant`.
    """

    name: str
    value: Array
    trainable: bool
    role: str


class FormulaProgram:
    """A formula with the values of its leaves; the last line is what is differentiated.

    Args:
        lines: the assignments in order, as `read_line` gives them.
        leaves: the values they start from, in the order in which they are shown.
    """

    def __init__(self, lines: Sequence[Assignment], leaves: Sequence[Leaf]) -> None:
        self.lines = tuple(lines)
        self.leaves = tuple(leaves)

    def start(self) -> Parameters:
        """Return the leaves whose gradients are computed, by name."""
        return {leaf.name: leaf.value for leaf in self.leaves if leaf.trainable}

    def data(self, iteration: int) -> Mapping[str, Array]:
        """Return nothing: every iteration starts from the same leaves."""
        return {}

    def run(self, parameters: Parameters, iteration: int) -> Recording:
        """Run the lines with these parameters, recording everything."""
        values: dict[str, Tensor] = {}
        # A number that overflows is shown as what it is, so NumPy need not warn too.
        with np.errstate(all="ignore"), record() as tape:
            for leaf in self.leaves:
                value = parameters.get(leaf.name, leaf.value)
                values[leaf.name] = Tensor(value, requires_grad=leaf.trainable)
                tape.label(values[leaf.name], leaf.name, origin=leaf.name, role=leaf.role)
            for index, line in enumerate(self.lines):
                tape.line = index
                inside = without_no_grad(line.expression)
                with nullcontext() if inside is line.expression else no_grad():
                    result = as_tensor(evaluate(inside, values, FUNCTIONS))
                tape.label(result, line.target, origin=line.target)
                values[line.target] = result
            output = tape.id_of(values[self.lines[-1].target])
        tape.close()
        return Recording(tape, output)

    def with_leaf(
        self, origin: str, index: tuple[int, ...], value: float, iteration: int
    ) -> "FormulaProgram":
        """Return the formula with one number of a leaf changed; see `Training.changed`."""
        if origin not in {leaf.name for leaf in self.leaves}:
            raise KeyError(origin)
        leaves = [
            replace(leaf, value=entry(leaf.value, index, value)) if leaf.name == origin else leaf
            for leaf in self.leaves
        ]
        return FormulaProgram(self.lines, leaves)


def read_line(text: str) -> Assignment:
    """Read one line `name = expression`, with arithmetic on plain numbers already done.

    Raises:
        FormulaError: the line is not of the language, calls what is not known or with a
            wrong number of arguments, compares, or computes a number that is not finite.
    """
    line = parse_assignment(text, functions=FUNCTIONS)
    inside = without_no_grad(line.expression)
    checked = _checked(inside, line.text)
    if inside is not line.expression:
        checked = Call(NO_GRAD, (checked,))
    return Assignment(line.target, checked, line.text)


def without_no_grad(expression: Expression) -> Expression:
    """Return what a line computes, without the `no_grad` around all of it."""
    match expression:
        case Call(function=function, arguments=(inside,)) if function == NO_GRAD:
            return inside
    return expression


def is_alias(line: Assignment) -> bool:
    """Whether a line only gives another name to a value."""
    inside = without_no_grad(line.expression)
    return bool(names_in(inside)) and not isinstance(inside, Binary | Call | Negative)


def _checked(expression: Expression, text: str) -> Expression:
    """Return `expression` with its constant parts computed, once all of it is allowed."""
    match expression:
        case Number(value=value):
            return _finite(value, text)
        case Negative(operand=operand):
            inside = _checked(operand, text)
            return Number(-inside.value) if isinstance(inside, Number) else Negative(inside)
        case Binary(operator=operator) if operator in _COMPARISONS:
            raise line_error(Message("error.formula.comparison"), text, operator)
        case Binary(operator=operator, left=left, right=right):
            first, second = _checked(left, text), _checked(right, text)
            if isinstance(first, Number) and isinstance(second, Number) and operator != "@":
                return _computed(operator, first, second, text)
            return Binary(operator, first, second)
        case Call(function=function) if function == NO_GRAD:
            raise line_error(Message("error.formula.no_grad"), text, function)
        case Call(function=function, arguments=arguments, column=column):
            parts = tuple(
                part if isinstance(part, Word) else _checked(part, text) for part in arguments
            )
            call = Call(function, parts, column)
            check_arguments(call, text)
            return call
    return expression


def _finite(value: float | int, text: str) -> Number:
    # As floats: whole numbers could grow without end, as in 9**9**9.
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not np.isfinite(number):
        raise line_error(Message("error.formula.not_finite"), text, text)
    return Number(number)


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}


def _computed(operator: str, first: Number, second: Number, text: str) -> Number:
    with np.errstate(all="ignore"):
        value = _ARITHMETIC[operator](np.float64(first.value), np.float64(second.value))
    return _finite(float(value), text)
