"""The formula language, set for reading: as TeX for the screen and as plain text.

The trees are those that were computed (see `mlviz.autograd.expression`), so what is read is
what ran. Names are replaced by symbols (`z`) for the symbolic line and by numbers (`0.119`)
for the line below it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlviz.autograd.expression import (
    Assignment,
    Binary,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Word,
    evaluate,
    names_in,
)
from mlviz.autograd.ops import Array
from mlviz.numerals import format_number
from mlviz.trace.symbols import tex_name, text_name

# How tightly a part holds together; a looser part inside a tighter one needs brackets.
_COMPARE, _SUM, _PRODUCT, _POWER, _ATOM = range(5)

MATRIX_LIMIT = 4
"""Arrays with more rows or columns are shown by their symbol, not written out."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a formula, set in both ways.

    Attributes:
        tex: for the screen.
        text: for a terminal.
        hold: how tightly it holds together; decides about brackets.
        number: its value, where it is one known number.
    """

    tex: str
    text: str
    hold: int = _ATOM
    number: float | None = None

    def within(self, hold: int) -> "Part":
        """Return this part, in brackets if it is looser than `hold`."""
        if self.hold >= hold:
            return self
        return Part(rf"\left({self.tex}\right)", f"({self.text})", _ATOM, self.number)

    def role(self, role: str) -> "Part":
        """Return this part with the colour of `role`."""
        return Part(rf"\role{{{role}}}{{{self.tex}}}", self.text, self.hold, self.number)


def symbol(tex: str, text: str) -> Part:
    """Return a symbol; one with a superscript gets brackets before it is raised to a power."""
    return Part(tex, text, _POWER if "^" in tex else _ATOM)


def number(value: float | np.generic) -> Part:
    """Return a number, four significant digits."""
    text = format_number(value)
    mantissa, exponential, exponent = text.partition("e")
    tex = mantissa.replace("−", "-")
    if exponential:
        tex += rf"\mathrm{{e}}{{{exponent.replace('−', '-')}}}"
    if text in ("nan", "inf", "−inf"):
        tex = rf"\role{{bad}}{{\mathrm{{{tex}}}}}"
    loose = text.startswith("−")
    return Part(tex, text, _SUM if loose else _ATOM, float(value))


def literal(value: float) -> Part:
    """Return a number as it was written: 2, not 2.000."""
    # Twelve digits: 1 − 0.9 is written as 0.1, which it is but for rounding.
    text = f"{value:.12g}" if abs(value) < 1e6 or not float(value).is_integer() else repr(value)
    mantissa, mark, exponent = text.partition("e")
    tex = text
    if mark:
        text = f"{mantissa}e{int(exponent)}"
        tex = rf"{mantissa}\mathrm{{e}}{{{int(exponent)}}}"
    text = text.replace("-", "−")
    loose = text.startswith("−")
    return Part(tex, text, _SUM if loose else _ATOM, value)


def array(value: Array, entry: Callable[[float], Part] = number) -> Part | None:
    """Return a number, or a vector or matrix written out; None if it is too large for that.

    Args:
        value: what is written.
        entry: how each of its numbers is.
    """
    value = np.asarray(value)
    if value.ndim == 0:
        return entry(value.item())
    if value.ndim > 2 or max(value.shape) > MATRIX_LIMIT or value.size == 0:
        return None
    rows = value[None, :] if value.ndim == 1 else value
    cells = [[entry(cell) for cell in row] for row in rows]
    tex = r" \\ ".join(" & ".join(cell.tex for cell in row) for row in cells)
    text = "; ".join(" ".join(cell.text for cell in row) for row in cells)
    return Part(rf"\begin{{bmatrix}}{tex}\end{{bmatrix}}", f"[{text}]")


def typeset(
    expression: Expression,
    parts: Mapping[str, Part],
    *,
    times: str = r"\cdot",
    scalars: Collection[str] = (),
) -> Part:
    r"""Set `expression` with `parts` in the place of its names.

    Args:
        expression: the tree.
        parts: what to write for each name. Names whose part has a number take part in
            choosing the branch of a `where`.
        times: the multiplication sign, `\cdot` between symbols and `\times` between numbers;
            `\odot` where whatever is no literal is an array, multiplied entry by entry.
        scalars: names that stand for single numbers; one of them is not multiplied by `\odot`.
    """
    return _Setter(parts, times, scalars).part(_fold(expression, parts))


def line_text(line: Assignment) -> str:
    """Return a line of a formula as it is read: `L = (y − t)²`."""
    parts = {name: symbol(tex_name(name), text_name(name)) for name in names_in(line.expression)}
    return f"{text_name(line.target)} = {typeset(line.expression, parts).text}"


def _fold(expression: Expression, parts: Mapping[str, Part]) -> Expression:
    """Carry out what is only about literals, so that x**(2 - 1) is read as x."""
    match expression:
        case Binary(operator=operator, left=left, right=right):
            left, right = _fold(left, parts), _fold(right, parts)
            if operator == "**" and right == Number(1):
                return left
            a, b = _literal(left, parts), _literal(right, parts)
            if operator == "**" and b == 1:
                return left
            if operator in ("+", "-", "*") and a is not None and b is not None:
                return Number(evaluate(Binary(operator, Number(a), Number(b)), {}, {}))
            return Binary(operator, left, right)
        case Negative(operand=operand):
            return Negative(_fold(operand, parts))
        case Call(function="guard", arguments=(condition, edge, general)):
            known = _known(condition, parts)
            return _fold(edge if known else general, parts)
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(_fold(argument, parts) for argument in arguments))
        case _:
            return expression


def _literal(expression: Expression, parts: Mapping[str, Part]) -> float | None:
    """Return the value of a written number, or of a name that stands for one."""
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Name):
        part = parts.get(expression.id)
        if part is not None and part.number is not None and part == literal(part.number):
            return int(part.number) if float(part.number).is_integer() else part.number
    return None


def _known(condition: Expression, parts: Mapping[str, Part]) -> bool | None:
    """Return whether a condition holds, or None if its names are not all numbers."""
    values: dict[str, Any] = {}
    for name in names_in(condition):
        part = parts.get(name)
        if part is None or part.number is None:
            return None
        values[name] = part.number
    return bool(evaluate(condition, values, {}))


_FUNCTION_TEX = {
    "tanh": r"\tanh",
    "sin": r"\sin",
    "cos": r"\cos",
    "log": r"\ln",
    "sigmoid": r"\sigma",
    "maximum": r"\max",
    "minimum": r"\min",
    "sign": r"\operatorname{sgn}",
    "one_hot": r"\operatorname{onehot}",
    "softmax": r"\operatorname{softmax}",
    "log_softmax": r"\operatorname{logsoftmax}",
    "mean": r"\operatorname{mean}",
}
_FUNCTION_TEXT = {"log": "ln", "sigmoid": "σ", "maximum": "max", "minimum": "min", "sign": "sgn"}
_SIGNS = {"<": ("<", "<"), "<=": (r"\le", "≤"), ">": (">", ">"), ">=": (r"\ge", "≥")}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


_TIMES = {r"\cdot": "·", r"\times": "×", r"\odot": "⊙"}


class _Setter:
    def __init__(self, parts: Mapping[str, Part], times: str, scalars: Collection[str]) -> None:
        self._parts = parts
        self._times = times
        self._scalars = scalars

    def part(self, expression: Expression) -> Part:
        match expression:
            case Number(value=value):
                return literal(value)
            case Word(text=text):
                return Part(rf"\text{{{text}}}", text)
            case Name(id=name):
                return self._parts.get(name) or Part(rf"\mathrm{{{name}}}", name)
            case Negative(operand=operand):
                inner = self.part(operand).within(_PRODUCT)
                return Part(f"-{inner.tex}", f"−{inner.text}", _SUM)
            case Binary(operator=operator, left=left, right=right):
                return self._binary(operator, left, right)
            case Call(function=function, arguments=arguments):
                return self._call(function, arguments)

    def _binary(self, operator: str, left: Expression, right: Expression) -> Part:
        a, b = self.part(left), self.part(right)
        if operator == "+":
            b = b.within(_PRODUCT) if b.tex.startswith("-") else b
            return Part(f"{a.tex} + {b.tex}", f"{a.text} + {b.text}", _SUM)
        if operator == "-":
            b = b.within(_PRODUCT)
            return Part(f"{a.tex} - {b.tex}", f"{a.text} − {b.text}", _SUM)
        if operator == "*":
            a = a if a.number is not None else a.within(_PRODUCT)  # a leading minus is clear
            b = b.within(_PRODUCT)
            times = self._times if self._is_entrywise(left, right) else r"\cdot"
            return Part(f"{a.tex} {times} {b.tex}", f"{a.text} {_TIMES[times]} {b.text}", _PRODUCT)
        if operator == "/":
            low = b.within(_POWER)
            text = f"{a.within(_PRODUCT).text} / {low.text}"
            if r"\frac" in a.tex and r"\frac" not in b.tex:  # no fraction within a fraction
                tex = rf"\frac{{1}}{{{b.tex}}} \, {a.within(_PRODUCT).tex}"
                return Part(tex, text, _PRODUCT)
            return Part(rf"\frac{{{a.tex}}}{{{b.tex}}}", text, _PRODUCT)
        if operator == "**":
            base = a.within(_ATOM)
            text_exponent = _superscript(b.text)
            return Part(f"{base.tex}^{{{b.tex}}}", base.text + text_exponent, _POWER)
        if operator == "@":
            a, b = (
                # Side by side it would be read before the products of entries.
                part.within(_ATOM if self._is_product_of_entries(of) else _PRODUCT)
                for part, of in ((a, left), (b, right))
            )
            return Part(rf"{a.tex}\,{b.tex}", f"{a.text} @ {b.text}", _PRODUCT)
        tex, text = _SIGNS.get(operator, ("=", "="))
        return Part(f"{a.tex} {tex} {b.tex}", f"{a.text} {text} {b.text}", _COMPARE)

    def _is_entrywise(self, left: Expression, right: Expression) -> bool:
        """Return whether a product is written by the sign for arrays, if there is one."""
        return self._times != r"\odot" or not (self._is_single(left) or self._is_single(right))

    def _is_product_of_entries(self, expression: Expression) -> bool:
        match expression:
            case Binary(operator="*", left=left, right=right):
                return self._times == r"\odot" and self._is_entrywise(left, right)
        return False

    def _is_single(self, expression: Expression) -> bool:
        """Return whether an expression is one number, not an array."""
        match expression:
            case Number():
                return True
            case Name(id=name):
                part = self._parts.get(name)
                return name in self._scalars or (part is not None and part.number is not None)
            case Negative(operand=operand):
                return self._is_single(operand)
            case Binary(left=left, right=right):
                return self._is_single(left) and self._is_single(right)
            case Call(function="sum" | "mean", arguments=(_,)):
                return True
            case Call(arguments=arguments):
                return all(map(self._is_single, arguments))
        return False

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> Part:
        if function == "where":
            return self._where(*arguments)
        if function in ("sum", "mean") and len(arguments) > 1:
            return self._along(function, *arguments)
        parts = [self.part(argument) for argument in arguments]
        inner_tex = ", ".join(part.tex for part in parts)
        inner_text = ", ".join(part.text for part in parts)
        first = parts[0]
        match function:
            case "exp":
                return Part(f"e^{{{first.tex}}}", f"exp({inner_text})", _POWER)
            case "square":
                held = first.within(_ATOM)
                return Part(f"{held.tex}^{{2}}", f"{held.text}²", _POWER)
            case "sqrt":
                return Part(rf"\sqrt{{{first.tex}}}", f"√({inner_text})")
            case "abs":
                return Part(rf"\left|{first.tex}\right|", f"|{inner_text}|")
            case "transpose":
                held = first.within(_ATOM)
                return Part(rf"{held.tex}^{{\top}}", f"{held.text}ᵀ", _POWER)
            case "sum" | "sum_rows":
                index = "_{r}" if function == "sum_rows" else ""
                held = first.within(_PRODUCT)
                name = "Σ rows " if index else "Σ "
                return Part(rf"\sum{index} {held.tex}", name + held.text, _PRODUCT)
            case "expand" | "reshape" | "index" | "scatter":
                # Entries are copied or moved; the number itself does not change.
                return first
            case "log1p":  # as textbooks write it
                sign = "-" if first.tex.startswith("-") else "+"
                tex, text = first.tex.removeprefix("-"), first.text.removeprefix("−")
                shown = "−" if sign == "-" else "+"
                return Part(rf"\ln\left(1 {sign} {tex}\right)", f"ln(1 {shown} {text})")
            case "pick":
                held = first.within(_ATOM)
                return Part(f"{held.tex}_{{{parts[1].tex}}}", f"{held.text}[{parts[1].text}]")
        name_tex = _FUNCTION_TEX.get(function, rf"\operatorname{{{function}}}")
        name_text = _FUNCTION_TEXT.get(function, function)
        return Part(rf"{name_tex}\left({inner_tex}\right)", f"{name_text}({inner_text})")

    def _along(self, function: str, inside: Expression, axis: Expression) -> Part:
        """Set a sum or a mean along one axis."""
        held, index = self.part(inside).within(_PRODUCT), self.part(axis)
        if function == "sum":
            tex = rf"\sum\nolimits_{{{index.tex}}} {held.tex}"
            return Part(tex, f"Σ[{index.text}] {held.text}", _PRODUCT)
        tex = rf"\operatorname{{mean}}_{{{index.tex}}}\left({held.tex}\right)"
        return Part(tex, f"mean[{index.text}]({held.text})")

    def _where(self, condition: Expression, yes: Expression, no: Expression) -> Part:
        known = _known(condition, self._parts)
        if known is not None:
            return self.part(yes if known else no)
        test = self.part(condition)
        first, second = self.part(yes), self.part(no)
        other = ""
        if isinstance(condition, Binary) and condition.operator in _OPPOSITE:
            opposite = Binary(_OPPOSITE[condition.operator], condition.left, condition.right)
            other = self.part(opposite).tex
        tex = rf"\begin{{cases}} {first.tex} & {test.tex} \\ {second.tex} & {other} \end{{cases}}"
        return Part(tex, f"({first.text} if {test.text} else {second.text})", _SUM)


_RAISED = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _superscript(text: str) -> str:
    if all(character in "0123456789−" for character in text):
        return text.translate(_RAISED)
    return f"^({text})" if " " in text else f"^{text}"
