"""The shapes a formula's values will have, found before anything is computed or allocated."""

from collections.abc import Mapping
from math import prod

import numpy as np

from mlviz.autograd.expression import Assignment, Binary, Call, Expression, Name, Negative
from mlviz.errors import FormulaError
from mlviz.i18n import Message
from mlviz.learn.formula_functions import (
    OF_A_REDUCTION,
    OF_AN_AXIS,
    line_error,
    values_and_setting,
)
from mlviz.numerals import format_shape

Shape = tuple[int, ...]

_REDUCTIONS = frozenset({"sum", "mean"}) | OF_A_REDUCTION


class ShapeReader:
    """Finds the shape of every value of a formula, line after line.

    Attributes:
        shapes: what is known so far, by name.
        entries: how many numbers have to be computed for the lines read so far.
    """

    def __init__(self, shapes: Mapping[str, Shape], limit: int) -> None:
        self.shapes: dict[str, Shape] = dict(shapes)
        self.entries = 0
        self._limit = limit

    def read(self, line: Assignment) -> Shape:
        """Return the shape of what a line computes, and remember it under its name.

        Raises:
            FormulaError: shapes do not fit together, or too many numbers would have to be
                computed.
        """
        shape = self._shape(line.expression, line.text)
        self.shapes[line.target] = shape
        return shape

    def _shape(self, expression: Expression, text: str) -> Shape:
        match expression:
            case Name(id=name):
                return self.shapes[name]
            case Negative(operand=operand):
                return self._counted(self._shape(operand, text), text)
            case Binary(operator="@", left=left, right=right):
                product = self._product(self._shape(left, text), self._shape(right, text), text)
                return self._counted(product, text)
            case Binary(operator=operator, left=left, right=right):
                first, second = self._shape(left, text), self._shape(right, text)
                return self._counted(_broadcast(first, second, text, operator), text)
            case Call(function=function):
                values, setting = values_and_setting(expression)
                inside = [self._shape(value, text) for value in values]
                return self._counted(self._call(function, inside, setting, text), text)
        return ()  # a number

    def _call(
        self, function: str, inside: list[Shape], setting: float | str | None, text: str
    ) -> Shape:
        if function == "matmul":
            return self._product(inside[0], inside[1], text, function)
        shape = inside[0]
        if len(inside) == 2:
            shape = _broadcast(shape, inside[1], text, function)
        if function in OF_AN_AXIS:
            self._check_axis(function, shape, setting, text)
        if function not in _REDUCTIONS or setting == "none":
            return shape
        self._counted(shape, text)  # the entries of a loss come before their mean
        if not isinstance(setting, float | int):
            return ()
        axis = int(setting) % len(shape)
        return shape[:axis] + shape[axis + 1 :]

    @staticmethod
    def _check_axis(function: str, shape: Shape, axis: float | str | None, text: str) -> None:
        if not shape and (axis is not None or function not in _REDUCTIONS):
            raise line_error(Message("error.formula.needs_list", name=function), text, function)
        if isinstance(axis, float | int) and not -len(shape) <= axis < len(shape):
            problem = Message("error.formula.no_axis", axis=f"{axis:g}", count=len(shape))
            raise line_error(problem, text, function)

    def _product(self, first: Shape, second: Shape, text: str, piece: str = "@") -> Shape:
        fits = first and second and first[-1] == second[-2 if len(second) > 1 else 0]
        if not fits:
            raise _misfit(first, second, text, piece)
        lead = _broadcast(first[:-2], second[:-2], text, piece)
        return lead + first[-2:-1] + (second[-1:] if len(second) > 1 else ())

    def _counted(self, shape: Shape, text: str) -> Shape:
        self.entries += prod(shape)
        if self.entries > self._limit:
            problem = Message("error.formula.large", limit=self._limit)
            raise line_error(problem, text, text)
        return shape


def _broadcast(first: Shape, second: Shape, text: str, piece: str) -> Shape:
    try:
        return np.broadcast_shapes(first, second)
    except ValueError:
        raise _misfit(first, second, text, piece) from None


def _misfit(first: Shape, second: Shape, text: str, piece: str) -> FormulaError:
    number = Message("kind.number")
    problem = Message(
        "error.formula.shapes",
        left=format_shape(first) or number,
        right=format_shape(second) or number,
    )
    return line_error(problem, text, piece)
