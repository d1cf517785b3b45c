"""Reading the small formula language: from a text to a tree of a few kinds of parts.

What is done with a tree stands in `expression`. The text is parsed by `ast` against a short
list of allowed parts; it is never given to `eval` or `exec` as it came.
"""

import ast
import difflib
from collections.abc import Iterable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Word:
    """A word in quotes among the arguments of a function: a setting such as `"none"`."""

    text: str
    column: int = 0


Expression = Number | Name | Negative | Binary | Call | Word

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


def unknown_name(
    message_id: str, found: str, allowed: Iterable[str], text: str, column: int
) -> FormulaError:
    """Return the error for a name that is not among those allowed, with the nearest one."""
    names = sorted(allowed)
    # Of `max`, `maximum` is a longer form; `softmax` only has more letters in common.
    longer = [name for name in names if len(found) > 2 and name.startswith(found)]
    near = longer or difflib.get_close_matches(found, names, n=1)
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
            raise unknown_name(
                "error.formula.name", name, self._names, self._text, tree.col_offset + 1
            )
        return Name(name, tree.col_offset)

    def _call(
        self, tree: ast.expr, function: str, arguments: list[ast.expr], depth: int
    ) -> Expression:
        if self._functions and function not in self._functions:
            raise unknown_name(
                "error.formula.function",
                function,
                self._functions,
                self._text,
                tree.col_offset + 1,
            )
        if any(isinstance(argument, ast.Starred) for argument in arguments):
            raise self._refused(tree)
        parts = tuple(self._argument(argument, depth + 1) for argument in arguments)
        return Call(function, parts, tree.col_offset)

    def _argument(self, tree: ast.expr, depth: int) -> Expression:
        match tree:
            case ast.Constant(value=str() as text) if text.isidentifier():
                return Word(text, tree.col_offset)
        return self.expression(tree, depth)

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
