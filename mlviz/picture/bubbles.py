"""Filled labels with a tip: what travels along an edge now, and what a parameter becomes."""

from mlviz.i18n import Message
from mlviz.picture.boxes import number_width
from mlviz.picture.items import Box, Curve, Item, Polygon, Rect, Role, Text

_BUBBLE_SIZE = 12.0
LONGEST_TIP, _LEADER = 160.0, 1.25
_CORNER, _LINE = 11.0, 17.0
_WORDS_WIDTH = 112.0
"""Room for a line of words, in every language."""

Line = str | Message
"""Numbers, or a few words."""


def callout(rect: Rect, lines: tuple[Line, ...], role: Role, x: float, y: float) -> list[Item]:
    """Return a filled label with what points from it at (x, y).

    Args:
        rect: where the label is.
        lines: the label's text.
        role: of its fill.
        x: of the tip.
        y: of the tip.
    """
    return [*label(rect, lines, role), *pointer(rect, role, x, y)]


def pointer(rect: Rect, role: Role, x: float, y: float) -> list[Item]:
    """Return the tip of a label, which points at (x, y); or a thin line to what is far off."""
    # The tip starts at the nearest side, beside the corners.
    corner_x, corner_y = min(_CORNER, rect.width / 2), min(_CORNER, rect.height / 2)
    edge_x = min(max(x, rect.x + corner_x), rect.right - corner_x)
    edge_y = min(max(y, rect.y + corner_y), rect.bottom - corner_y)
    across = max(rect.x - x, x - rect.right)
    down = max(rect.y - y, y - rect.bottom)
    if max(across, down) <= 0:
        return []
    if rect.distance(x, y) > LONGEST_TIP + 1:
        end_x, end_y = min(max(x, rect.x), rect.right), min(max(y, rect.y), rect.bottom)
        return [Curve("", ((end_x, end_y), (x, y)), role, _LEADER)]
    if down >= across:
        side = rect.y + 0.5 if y < rect.y else rect.bottom - 0.5
        return [Polygon(((edge_x - 5, side), (edge_x + 5, side), (x, y)), role)]
    side = rect.x + 0.5 if x < rect.x else rect.right - 0.5
    return [Polygon(((side, edge_y - 5), (side, edge_y + 5), (x, y)), role)]


def bubble_size(lines: tuple[Line, ...]) -> tuple[float, float]:
    """Return the width and height of a label with these lines."""
    widths = [
        number_width(line, _BUBBLE_SIZE) if isinstance(line, str) else _words_width(line)
        for line in lines
    ]
    return max(widths) + 18, _LINE * len(lines) + (1 if len(lines) == 1 else 7)


def _words_width(words: Message) -> float:
    digits = sum(len(str(value)) for value in words.values.values() if isinstance(value, int))
    return _WORDS_WIDTH + max(digits - 4, 0) * _BUBBLE_SIZE * 0.65


def label(rect: Rect, lines: tuple[Line, ...], role: Role) -> list[Item]:
    """Return a filled label without a tip."""
    items: list[Item] = [Box("", rect, role, Role.CLEAR, 0, 6)]
    x, _ = rect.center
    # The first line stands where it does when all of them are there.
    margin = rect.height % _LINE / 2
    for row, line in enumerate(lines):
        baseline = rect.y + margin + 12.7 + _LINE * row
        items.append(
            Text(
                x,
                baseline,
                line,
                Role.ON_COLOUR,
                _BUBBLE_SIZE,
                True,
                "center",
                "number" if isinstance(line, str) else "ui",
            )
        )
    return items
