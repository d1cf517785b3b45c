"""A formula of an explanation, row by row, and the pieces that rows are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mlviz.autograd.expression import Binary, Expression
from mlviz.i18n import Message
from mlviz.numerals import NOT_YET
from mlviz.trace.typeset import Part, literal, typeset

LineKind = Literal["heading", "formula", "note"]


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of an explanation.

    Attributes:
        kind: `heading`, `formula` or `note`.
        tex: a formula, with `\role{name}{…}` around coloured factors.
        text: the same formula as plain text.
        message: the words of a heading or note.
        role: what a note is about: `muted`, `upstream`, `local`, `bad`, ….
        rows: what a formula is made of, row by row.
    """

    kind: LineKind
    tex: str = ""
    text: str = ""
    message: Message | None = None
    role: str = ""
    rows: tuple[tuple[Part, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is to be said about one step or one node."""

    title: Message
    lines: tuple[Line, ...]


_LONGEST_LIST, _LONGEST_SUM = 6, 8

EMPTY = Part("", "")
EQUALS = Part("=", "=")
ADDS = Part(r"\mathrel{+}=", "+=")
BECOMES = Part(r"\leftarrow", "←")
TO = Part(r"\to", "→")
TIMES_SYMBOLS = Part(r"\cdot", "·")
TIMES_NUMBERS = Part(r"\times", "×")
ENTRYWISE = Part(r"\odot", "⊙")
DOT = Part(r"\role{faint}{\cdot}", NOT_YET)


def formula(rows: Sequence[Sequence[Part]]) -> Line:
    """Set rows under each other, numbers under their symbols."""
    tex = array_tex([[part.tex for part in row] for row in rows])
    text = " ".join(part.text for row in rows for part in row if part.text)
    return Line("formula", tex, text, rows=tuple(tuple(row) for row in rows))


def array_tex(rows: Sequence[Sequence[str]]) -> str:
    """Return the TeX of rows of cells: what is explained, a sign, and what it is equal to."""
    width = max(len(row) for row in rows)
    # Short rows are left as they are: the result stands under the first factor.
    lines = [" & ".join(rf"\displaystyle {cell}" if cell else "" for cell in row) for row in rows]
    columns = "rc" + ("l" if width == 3 else "c" * (width - 2))
    body = r" \\[4pt] ".join(lines)
    return rf"\begin{{array}}{{{columns}}} {body} \end{{array}}"


def sum_of(parts: Sequence[Part], now: int | None = None) -> Part:
    """Set a sum; negative terms stand in brackets.

    Args:
        parts: the terms; of very many the first, the last and the present one are written.
        now: the place of the present one.
    """
    if not parts:
        return literal(0)
    places = list(range(len(parts)))
    if len(parts) > _LONGEST_SUM:
        places = sorted({0, 1, len(parts) - 1} | ({now} if now is not None else set()))
    tex = text = ""
    for before, place in zip([-1, *places], places, strict=False):
        part = parts[place]
        if place:
            part = part.within(2) if part.text.startswith("−") else part
            gap = place > before + 1
            tex += r" + \cdots + " if gap else " + "
            text += " + … + " if gap else " + "
        tex += part.tex
        text += part.text
    return Part(tex, text, 1 if len(parts) > 1 else parts[0].hold)


def list_of(parts: Sequence[Part]) -> Part:
    """Set many entries side by side; of very many the first and the last."""
    shown = list(parts)
    if len(shown) > _LONGEST_LIST:
        shown = [*shown[:2], Part(r"\ldots", "…"), shown[-1]]
    tex, text = ", ".join(part.tex for part in shown), ", ".join(part.text for part in shown)
    return Part(rf"\left[{tex}\right]", f"[{text}]")


def bold(part: Part) -> Part:
    """Set a result so that it stands out."""
    return Part(rf"\mathbf{{{part.tex}}}", part.text, part.hold, part.number)


def equal(first: Part, second: Part) -> Part:
    """Set two parts on one line, with = between them; the number is that of the second."""
    return Part(f"{first.tex} = {second.tex}", f"{first.text} = {second.text}", 0, second.number)


def stacked(rule: Expression, parts: Mapping[str, Part]) -> list[list[Part]]:
    """Set the factors of a matrix product under each other; empty if it is none."""
    match rule:
        case Binary(operator="+", left=Binary(operator="@") as product, right=added):
            last = [[EMPTY, Part("+", "+"), typeset(added, parts)]]
            return stacked(product, parts) + last
        case Binary(operator="@", left=left, right=right):
            return [
                [EMPTY, EQUALS, typeset(left, parts).within(2)],
                [EMPTY, Part(r"\cdot", "@"), typeset(right, parts).within(2)],
            ]
    return []
