"""The shapes a formula's values will have, found before anything is computed or allocated."""

from collections.abc import Mapping
from math import prod

import numpy as np

from mlviz.autograd.expression import Assignment, Binary, Call, Expression, Name, Negative
from mlviz.errors import FormulaError
from mlviz.i18n import Message
from mlviz.learn.formula import line_error
from mlviz.numerals import format_shape

Shape = tuple[int, ...]

_TO_ONE_NUMBER = frozenset({"sum", "mean", "mse_loss", "half_squared_error"})
_ALONG_AN_AXIS = frozenset({"softmax", "log_softmax"})


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
            case Call(function=function, arguments=arguments):
                inside = [self._shape(argument, text) for argument in arguments]
                return self._counted(self._call(function, inside, text), text)
        return ()  # a number

    def _call(self, function: str, inside: list[Shape], text: str) -> Shape:
        if function == "matmul":
            return self._product(inside[0], inside[1], text, function)
        shape = inside[0]
        if len(inside) == 2:
            shape = _broadcast(shape, inside[1], text, function)
        if function in _ALONG_AN_AXIS and not shape:
            raise line_error(Message("error.formula.needs_list", name=function), text, function)
        if function in _TO_ONE_NUMBER:
            self._counted(shape, text)  # the entries of a loss come before their mean
            return ()
        return shape

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
