"""The small formula language: one text, parsed once, that is computed *and* shown.

`parse("1 - out**2")` gives a tree of five kinds of parts. The same tree is

* compiled to a NumPy function (`compile_row`) for rows of the operation table,
* evaluated over tensors (`evaluate`) for a formula that a person typed,
* typeset (`mlviz.trace.typeset`) for the screen.

So what a learner reads cannot disagree with what was computed. The text is parsed by `ast`
against a short list of allowed parts; it is never given to `eval` or `exec` as it came.
"""

import ast
import difflib
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlviz.errors import FormulaError
from mlviz.i18n import Message

MAX_LENGTH = 2_000
"""Longest text that is parsed; the parser recurses, so the length is bounded first."""

MAX_DEPTH = 100
"""Deepest nesting that is accepted."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the text."""

    value: float | int


@dataclass(frozen=True, slots=True)
class Name:
    """A name that stands for a value."""

    id: str
    column: int = 0


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus sign in front of a part."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two parts joined by `+ - * / ** @` or a comparison."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A named function of some parts."""

    function: str
    arguments: tuple["Expression", ...]
    column: int = 0


Expression = Number | Name | Negative | Binary | Call

_OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line of a formula, `target = expression`, with the text it came from."""

    target: str
    expression: Expression
    text: str


def parse(text: str, *, names: Iterable[str] = (), functions: Iterable[str] = ()) -> Expression:
    """Parse one expression.

    Args:
        text: the expression, at most `MAX_LENGTH` characters.
        names: if given, the only names allowed.
        functions: if given, the only functions allowed.

    Raises:
        FormulaError: the text is not of the language; the offending piece is quoted.
    """
    return _Parser(text, frozenset(names), frozenset(functions)).expression(_python_tree(text))


def parse_assignment(text: str, *, functions: Iterable[str] = ()) -> Assignment:
    """Parse one line `name = expression`.

    Raises:
        FormulaError: the line is not an assignment to one name, or its right side is not
            of the language.
    """
    stripped = text.strip()
    left, sign, right = stripped.partition("=")
    target = left.strip()
    if not sign or right.startswith("=") or not target.isidentifier():
        problem = Message("error.formula.assignment")
        raise FormulaError(problem, text=stripped, piece=stripped, column=1)
    offset = len(stripped) - len(right.lstrip())
    try:
        expression = parse(right.strip(), functions=functions)
    except FormulaError as error:
        raise FormulaError(
            error.problem, text=stripped, piece=error.piece, column=error.column + offset
        ) from None
    return Assignment(target, expression, stripped)


def _python_tree(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        problem = Message("error.formula.long", length=len(text), limit=MAX_LENGTH)
        raise FormulaError(problem, text=f"{text[:60]}…", piece=text[:20], column=1)
    # `^` is how most people type a power, and means something else in Python.
    if "^" in text:
        problem = Message("error.formula.caret")
        raise FormulaError(problem, text=text, piece="^", column=text.index("^") + 1)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        column = max(error.offset or 1, 1)
        piece = text.strip()[column - 1 : column + 11] or text.strip()[-12:]
        problem = Message("error.formula.syntax")
        raise FormulaError(problem, text=text.strip(), piece=piece, column=column) from None
    except (RecursionError, MemoryError, ValueError):
        raise _too_deep(text) from None


def _too_deep(text: str) -> FormulaError:
    problem = Message("error.formula.deep", limit=MAX_DEPTH)
    return FormulaError(problem, text=f"{text[:60]}…", piece=text[:20], column=1)


def _unknown(
    message_id: str, found: str, allowed: Iterable[str], text: str, column: int
) -> FormulaError:
    names = sorted(allowed)
    near = difflib.get_close_matches(found, names, n=1)
    hint: Message | str = Message("error.did_you_mean", name=near[0]) if near else ""
    problem = Message(message_id, name=found, allowed=", ".join(names), hint=hint)
    return FormulaError(problem, text=text, piece=found, column=column)


class _Parser:
    def __init__(self, text: str, names: frozenset[str], functions: frozenset[str]) -> None:
        self._text = text.strip()
        self._names = names
        self._functions = functions

    def expression(self, tree: ast.expr, depth: int = 0) -> Expression:
        if depth > MAX_DEPTH:
            raise _too_deep(self._text)
        match tree:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Number(value)
            case ast.Name(id=name):
                return self._name(tree, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.expression(operand, depth + 1))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.expression(operand, depth + 1)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                first = self.expression(left, depth + 1)
                return Binary(_OPERATORS[type(op)], first, self.expression(right, depth + 1))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
                first = self.expression(left, depth + 1)
                return Binary(_OPERATORS[type(op)], first, self.expression(right, depth + 1))
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                return self._call(tree, function, arguments, depth)
        raise self._refused(tree)

    def _name(self, tree: ast.expr, name: str) -> Name:
        if self._names and name not in self._names:
            raise _unknown("error.formula.name", name, self._names, self._text, tree.col_offset + 1)
        return Name(name, tree.col_offset)

    def _call(
        self, tree: ast.expr, function: str, arguments: list[ast.expr], depth: int
    ) -> Expression:
        if self._functions and function not in self._functions:
            raise _unknown(
                "error.formula.function",
                function,
                self._functions,
                self._text,
                tree.col_offset + 1,
            )
        if any(isinstance(argument, ast.Starred) for argument in arguments):
            raise self._refused(tree)
        parts = tuple(self.expression(argument, depth + 1) for argument in arguments)
        return Call(function, parts, tree.col_offset)

    def _refused(self, tree: ast.expr) -> FormulaError:
        piece = ast.get_source_segment(self._text, tree) or type(tree).__name__
        return FormulaError(
            Message("error.formula.piece"),
            text=self._text,
            piece=piece,
            column=tree.col_offset + 1,
        )


def names_in(expression: Expression) -> tuple[str, ...]:
    """Return the names that `expression` reads, in order of first appearance."""
    found: dict[str, None] = {}

    def visit(part: Expression) -> None:
        match part:
            case Name(id=name):
                found.setdefault(name)
            case Negative(operand=operand):
                visit(operand)
            case Binary(left=left, right=right):
                visit(left)
                visit(right)
            case Call(arguments=arguments):
                for argument in arguments:
                    visit(argument)

    visit(expression)
    return tuple(found)


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
        case Name(id=name, column=column):
            if name not in values:
                raise _unknown("error.formula.name", name, values, name, column + 1)
            return values[name]
        case Negative(operand=operand):
            return -evaluate(operand, values, functions)
        case Binary(operator=operator, left=left, right=right):
            first = evaluate(left, values, functions)
            return _COMPUTE[operator](first, evaluate(right, values, functions))
        case Call(function=function, arguments=arguments, column=column):
            if function not in functions:
                raise _unknown("error.formula.function", function, functions, function, column + 1)
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
