r"""A formula on more lines: broken at its operators where it is wider than its room.

TeX breaks no lines inside an array, so a formula of the explanation panel is broken here: at
sums first, then at products and commas, then inside of its brackets, as one would by hand.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from mlviz.trace.formula_rows import array_tex

Width = Callable[[str], float]
Row = tuple[str, ...]

_TOKEN = re.compile(
    r"(?P<opens>\\begin\{\w+\}|\\left|\{)|(?P<closes>\\end\{\w+\}|\\right|\})"
    r"|(?P<sign> (?:[+=-]|\\[a-z]+) |, )|\\?.",
    re.DOTALL,
)
_SUMS = (" + ", " - ")
_PRODUCTS = (r" \cdot ", r" \times ", r" \odot ")
_LEVELS = ((" = ",), _SUMS, _PRODUCTS, (", ",))
_ROLE = re.compile(r"\\role\{[^{}]*\}\{")
_BRACKETS = re.compile(r"\\left([(\[|])")
_SIGN = re.compile(r" ?([+=-]|\\cdot|\\times|\\odot) ")
_SURE = 0.75
"""Signs between parts take room of their own, but never so much."""
_INSET = r"\quad "
_OPENED, _CLOSED = r"\left. {} ", r"\right."
"""Brackets that are not seen, for those that stand on another line."""


def folded(rows: Sequence[Row], room: float, width: Width) -> tuple[Row, ...]:
    """Return rows of a formula that are no wider than `room`, as far as they can be broken.

    Args:
        rows: what stands on the left, a sign, and the rest, as TeX.
        room: px.
        width: returns the width of a piece of TeX, px.
    """
    found: list[Row] = []
    lead = _lead(rows, width)
    for row in rows:
        left, sign, *rest = (*row, "", "")[: max(len(row), 3)]
        first, *others = fitted(r"\;".join(rest), max(room - lead, 1.0), width)
        found.append((left, sign, first))
        found += (_continued(line) for line in others)
    return tuple(found)


def wide(rows: Sequence[Row], width: Width) -> float:
    """Return how wide rows of a formula are together, from what each of them is."""
    return _lead(rows, width) + max(width(row[2]) for row in rows)


def _lead(rows: Sequence[Row], width: Width) -> float:
    """Return how much stands before the third column."""
    mark = "1"
    heads = [(row[0], row[1], mark) for row in rows]
    return width(array_tex(heads)) - width(mark)


def _continued(line: str) -> Row:
    """Return a row that goes on; its sign stands under those of the others."""
    found = _SIGN.match(line)
    return ("", found[1], line[found.end() :]) if found else ("", "", line)


def fitted(tex: str, room: float, width: Width) -> list[str]:
    """Return the lines of one expression; a sign stands at the start of the line that it leads."""
    if width(tex) <= room:
        return [tex]
    for signs in _LEVELS:
        parts = _parts(tex, signs)
        if len(parts) > 1:
            return _filled(parts, room, width)
    sign = _SIGN.match(tex)
    start = sign.end() if sign else 0
    inside = _ROLE.match(tex, start)
    if inside and _closing(tex, inside.end()) == len(tex) - 1:
        left = max(room - (width(tex[:start]) if start else 0.0), 1.0)
        first, *others = fitted(tex[inside.end() : -1], left, width)
        # Nothing stands before a sign that leads a line, and it keeps its distance all the same.
        whole = [first, *("{}" + line for line in others)]
        whole = [f"{inside[0]}{line}}}" for line in whole]
        return [tex[:start] + whole[0], *whole[1:]]
    return _opened(tex, room, width)


def _filled(parts: Sequence[str], room: float, width: Width) -> list[str]:
    """Put as many parts as there is room for on each line."""
    lines: list[str] = []
    line, about = "", 0.0
    for part in parts:
        # A line is measured where it may be too long; before, its parts say enough.
        about += width(part)
        if line and (about < _SURE * room or (about < 2 * room and width(line + part) <= room)):
            line += part
            continue
        if line:
            lines.append(line)
        *whole, line = fitted(part, room, width) if width(part) > room else [part]
        about = width(line)
        lines += whole
    return [*lines, line]


def _opened(tex: str, room: float, width: Width) -> list[str]:
    """Break inside of the first large brackets, which stay as high as what is next to them."""
    found = _first_brackets(tex)
    if found is None:
        return [tex]
    end = _closing(tex, found.end())
    before, inside, after = tex[: found.end()], tex[found.end() : end], tex[end:]
    alone = width(inside)
    lines = [inside]
    for around in (before + inside + _CLOSED, tex):  # on the last line more stands behind it
        if len(lines) == 1:
            lines = fitted(inside, max(room - (width(around) - alone), 1.0), width)
    if len(lines) == 1:
        return [tex]
    first, *others = lines
    whole = [before + first + _CLOSED, *(_INSET + "{} " + line.strip() for line in others)]
    whole[-1] = _INSET + _OPENED + others[-1].strip() + after
    return whole


@lru_cache(maxsize=4096)
def _first_brackets(tex: str) -> re.Match[str] | None:
    """Return where brackets open that stand inside of nothing else, as in no fraction."""
    depth = 0
    for token in _TOKEN.finditer(tex):
        if not depth and token["opens"] == r"\left":
            found = _BRACKETS.match(tex, token.start())
            if found is not None:
                return found
        depth += (token["opens"] is not None) - (token["closes"] is not None)
    return None


def _parts(tex: str, signs: tuple[str, ...]) -> tuple[str, ...]:
    """Cut before the signs that stand outside of all brackets (after them, if they are commas)."""
    found = []
    depth = start = 0
    for token in _TOKEN.finditer(tex):
        depth += (token["opens"] is not None) - (token["closes"] is not None)
        if token["sign"] in signs and not depth and token.start() > start:
            at = token.end() if token["sign"] == ", " else token.start()
            if at < len(tex):
                found.append(tex[start:at])
                start = at
    return (*found, tex[start:])


def _closing(tex: str, start: int) -> int:
    """Return where the bracket that opened just before `start` is closed."""
    depth = 1
    for token in _TOKEN.finditer(tex, start):
        depth += (token["opens"] is not None) - (token["closes"] is not None)
        if not depth:
            return token.start()
    return len(tex)
