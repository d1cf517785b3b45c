r"""TeX made ready for mathra: what it leaves out is said in a way it understands.

* `\mathbf{0.48}`: it has no bold figures by that name, but draws the characters themselves.
* `\\[4pt]`: it does not widen rows; an invisible rule below what stands lowest does.
"""

import re
from collections.abc import Callable

_BOLD = re.compile(r"\\mathbf\{([^{}]*)\}")
_FIGURES = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
_ARRAY = re.compile(r"(\\begin\{array\}\{\w+\})(.*)(\\end\{array\})", re.DOTALL)
_ROW_END = re.compile(r"\\\\\[(\d+)pt\]")
_TALL = (r"\frac", r"\begin", r"\sum", r"\int")
_PT = 0.1
"""Em that one pt of a row's distance is."""

_USUAL = 0.22
"""Em that a row of letters and figures reaches down."""

Depth = Callable[[str], float]


def bold_figures(tex: str) -> str:
    r"""Return TeX in which figures inside `\mathbf{…}` are bold."""
    return _BOLD.sub(lambda found: rf"\mathbf{{{found[1].translate(_FIGURES)}}}", tex)


def cells(row: str) -> list[str]:
    """Return the cells of an array's row; what is inside a cell, such as a matrix, stays whole."""
    found, depth, start = [], 0, 0
    for token in re.finditer(r"\\begin\{|\\end\{|\\.|&", row):
        if token[0] == r"\begin{":
            depth += 1
        elif token[0] == r"\end{":
            depth -= 1
        elif token[0] == "&" and not depth:
            found.append(row[start : token.start()])
            start = token.end()
    return [*found, row[start:]]


def spaced_rows(tex: str, depth: Depth) -> str:
    r"""Return an array in which rows that reach far down keep the distance `\\[…pt]` asks for.

    Args:
        tex: any TeX; without such an array it is returned as it is.
        depth: returns how far a part reaches below its baseline, in em.
    """
    found = _ARRAY.fullmatch(tex.strip())
    if found is None:
        return tex
    start, body, end = found.groups()
    # Rows and distances by turns.
    parts = _ROW_END.split(body)
    rows = []
    for row, distance in zip(parts[::2], parts[1::2], strict=False):
        below = max((depth(cell) for cell in cells(row) if _is_tall(cell)), default=_USUAL)
        below += float(distance) * _PT
        rows.append(rf"{row}\rule[-{below:.3f}em]{{0pt}}{{{below:.3f}em}}")
    return start + r" \\ ".join([*rows, parts[-1]]) + end


def _is_tall(cell: str) -> bool:
    return any(name in cell for name in _TALL)
