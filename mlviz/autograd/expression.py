"""The small formula language: one text, parsed once, that is computed *and* shown.

`parse("1 - out**2")` gives a tree of a few kinds of parts (see `parsing`). The same tree is

* compiled to a NumPy function (`compile_row`) for rows of the operation table,
* evaluated over tensors (`evaluate`) for a formula that a person typed,
* typeset (`mlviz.trace.typeset`) for the screen.

So what a learner reads cannot disagree with what was computed.
"""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mlviz.autograd.parsing import (
    MAX_DEPTH,
    MAX_LENGTH,
    Assignment,
    Binary,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Word,
    names_in,
    parse,
    parse_assignment,
    unknown_name,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "ROW_FUNCTIONS",
    "SCALAR_FUNCTIONS",
    "Assignment",
    "Binary",
    "Call",
    "Expression",
    "Name",
    "Negative",
    "Number",
    "Word",
    "compile_row",
    "compile_rows",
    "erf",
    "evaluate",
    "names_in",
    "parse",
    "parse_assignment",
    "python_source",
    "stable_sigmoid",
]


def evaluate(
    expression: Expression,
    values: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
) -> Any:
    """Compute `expression` on any kind of value that has Python's operators.

    With arrays it gives arrays; with tensors every operation is recorded as it happens.

    Raises:
        FormulaError: a name or function is not among those given.
    """
    match expression:
        case Number(value=value):
            return value
        case Word(text=text):
            return text
        case Name(id=name, column=column):
            if name not in values:
                raise unknown_name("error.formula.name", name, values, name, column + 1)
            return values[name]
        case Negative(operand=operand):
            return -evaluate(operand, values, functions)
        case Binary(operator=operator, left=left, right=right):
            first = evaluate(left, values, functions)
            return _COMPUTE[operator](first, evaluate(right, values, functions))
        case Call(function=function, arguments=arguments, column=column):
            if function not in functions:
                raise unknown_name(
                    "error.formula.function", function, functions, function, column + 1
                )
            return functions[function](
                *(evaluate(argument, values, functions) for argument in arguments)
            )


_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "@": lambda a, b: a @ b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
}


def python_source(
    expression: Expression,
    rename: Mapping[str, str] | None = None,
    functions: Mapping[str, str] | None = None,
    *,
    as_written: bool = False,
) -> str:
    """Return `expression` as fully bracketed Python source.

    Args:
        expression: the tree.
        rename: source text to put in the place of a name.
        functions: source text to put in the place of a function's name.
        as_written: as the row says it, for a reader; otherwise as it is computed fastest.
    """
    names = rename or {}
    calls = functions or {}

    def source(part: Expression) -> str:
        match part:
            case Number(value=value):
                return repr(value)
            case Word(text=text):
                return repr(text)
            case Name(id=name):
                return names.get(name, name)
            case Negative(operand=operand):
                return f"(-{source(operand)})"
            case Binary(operator="**", left=Name() as left, right=Number(value=int() as power)) if (
                power in (2, 3) and not as_written
            ):
                # A product is several times faster than a power, and the same everywhere.
                return f"({' * '.join([source(left)] * power)})"
            case Binary(operator=operator, left=left, right=right):
                return f"({source(left)} {operator} {source(right)})"
            case Call(
                function="where", arguments=(Binary() as condition, Number(1), Number(0))
            ) if not as_written:
                # A comparison is 1 where it is true and 0 elsewhere, whatever the float type.
                return source(condition)
            case Call(function=function, arguments=arguments):
                inside = ", ".join(source(argument) for argument in arguments)
                return f"{calls.get(function, function)}({inside})"

    return source(expression)


def stable_sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)) without overflow: only the exponential of -|x| is taken."""
    tail = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, tail) / (1.0 + tail)


_erf = np.frompyfunc(math.erf, 1, 1)


def erf(x: Any) -> Any:
    """Return the error function, 2/√π times the integral of exp(-t²) from 0 to x."""
    return np.asarray(_erf(x), dtype=np.result_type(x, np.float16))[()]


ROW_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "tanh": np.tanh,
    "expm1": np.expm1,
    "erf": erf,
    "sigmoid": stable_sigmoid,
    "abs": np.abs,
    "sign": np.sign,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": np.where,
    # `guard(at the edge, there, everywhere else)`: a `where` shown as its last part.
    "guard": np.where,
}
"""What the rows of the operation table may call, and the NumPy function each one is."""


def _choose(condition: Any, first: Any, second: Any) -> Any:
    return first if condition else second


def _larger(x: Any, y: Any) -> Any:
    return x if x >= y or x != x else type(x)(y)


def _smaller(x: Any, y: Any) -> Any:
    return x if x <= y or x != x else type(x)(y)


def _scalar_sigmoid(x: Any) -> Any:
    tail = np.exp(-abs(x))
    return (1.0 if x >= 0 else tail) / (1.0 + tail)


SCALAR_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **ROW_FUNCTIONS,
    "abs": abs,
    "sigmoid": _scalar_sigmoid,
    "maximum": _larger,
    "minimum": _smaller,
    "where": _choose,
    "guard": _choose,
}
"""The same for NumPy scalars, to the last bit, where Python decides faster than NumPy."""


def compile_row(
    text: str,
    arguments: tuple[str, ...],
    settings: tuple[str, ...] = (),
    functions: Mapping[str, Callable[..., Any]] = ROW_FUNCTIONS,
) -> Callable[..., Any]:
    """Compile a row of MLViz's own tables to a NumPy function.

    This is for text that stands in this package. A person's formula goes through
    `evaluate`, which runs no generated code.

    Args:
        text: the row.
        arguments: names of the function's positional arguments.
        settings: names of its keyword arguments.
        functions: what the row may call.
    """
    (source,) = _sources((text,), arguments, settings, functions)
    return _function(source, arguments, settings, functions)


# The plainest rows are functions of Python itself, which are called faster than ours.
_PLAIN: dict[str, Callable[..., Any]] = {
    "(x + y)": operator.add,
    "(x - y)": operator.sub,
    "(x * y)": operator.mul,
    "(x / y)": operator.truediv,
}


def compile_rows(
    texts: tuple[str, ...],
    arguments: tuple[str, ...],
    settings: tuple[str, ...] = (),
    functions: Mapping[str, Callable[..., Any]] = ROW_FUNCTIONS,
) -> Callable[..., tuple[Any, ...]]:
    """Like `compile_row` for several rows: the function returns a tuple of their results."""
    sources = _sources(texts, arguments, settings, functions)
    return _function(f"({', '.join(sources)},)", arguments, settings, functions)


def _sources(
    texts: tuple[str, ...],
    arguments: tuple[str, ...],
    settings: tuple[str, ...],
    functions: Mapping[str, Callable[..., Any]],
) -> list[str]:
    names = (*arguments, *settings)
    return [python_source(parse(text, names=names, functions=functions)) for text in texts]


def _function(
    result: str,
    arguments: tuple[str, ...],
    settings: tuple[str, ...],
    functions: Mapping[str, Callable[..., Any]],
) -> Callable[..., Any]:
    if result in _PLAIN and arguments == ("x", "y"):
        return _PLAIN[result]
    keywords = f", *, {', '.join(settings)}" if settings else ""
    source = f"lambda {', '.join(arguments)}{keywords}: {result}"
    return eval(source, dict(functions))  # type: ignore[no-any-return]
