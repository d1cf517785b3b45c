"""Letters that the font of formulas lacks, such as Chinese names: drawn from the fonts for words.

Where mathra has no shape for a character it draws one and the same box; the boxes stand in the
order of the characters, so each can take the shape that is meant.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtGui import QPainterPath

from mlviz.ui.fonts import ui_font

_LACKED = re.compile(r"the font has no '(.)' ")
_TEXT = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_USE = re.compile(r'<use href="#[^"]*-(?P<shape>g\d+)" (?P<place>[^>]*?)/>')
_AT = re.compile(r'x="([-\d.]+)" y="([-\d.]+)"')
_EM = 1000
_BOX = 932
"""How wide the box is, in thousandths of an em."""


def with_strange_letters(svg: str) -> str:
    """Return a drawing in which every box has become the character it stands for.

    Raises:
        ValueError: if it cannot be told which box is which character.
    """
    lacked = set(_LACKED.findall(svg))
    if not lacked:
        return svg
    text = _TEXT.search(svg)
    wanted = [letter for letter in (text[1] if text else "") if letter in lacked]
    box = _box_of(svg, len(wanted))
    letters = iter(wanted)
    return _USE.sub(lambda found: _drawn(found, box, letters), svg)


def _box_of(svg: str, count: int) -> str:
    """Return the shape that stands where a character is missing."""
    shapes = [found["shape"] for found in _USE.finditer(svg)]
    box = next((shape for shape in shapes if f'-{shape}" d="{_BOX_PATH}' in svg), "")
    if not box or shapes.count(box) != count:
        raise ValueError("it cannot be told which character is missing where")
    return box


_BOX_PATH = "M886 -162 L886 678 L46 678 L46 -162 Z"


def _drawn(found: re.Match[str], box: str, letters: Iterator[str]) -> str:
    if found["shape"] != box:
        return found[0]
    place = _AT.sub(r'transform="translate(\1 \2)"', found["place"])
    return f'<path d="{_shape(next(letters))}" {place}/>'


@lru_cache(maxsize=512)
def _shape(letter: str) -> str:
    """Return the outline of a character, upwards, as wide as the box at most."""
    path = QPainterPath()
    path.addText(0, 0, ui_font(_EM), letter)
    width = path.boundingRect().right() + path.boundingRect().left()
    scale = min(1.0, _BOX / width) if width > 0 else 1.0
    shift = (_BOX - width * scale) / 2
    parts: list[str] = []
    kinds = QPainterPath.ElementType
    for number in range(path.elementCount()):
        part = path.elementAt(number)
        name = {kinds.MoveToElement: "M", kinds.LineToElement: "L", kinds.CurveToElement: "C"}
        # What follows a curve's first point belongs to it and has no letter of its own.
        parts.append(f"{name.get(part.type, '')}{part.x * scale + shift:.0f} {-part.y * scale:.0f}")
    return " ".join(parts)
