"""Filled labels with a tip: what travels along an edge now, and what a parameter becomes."""

from mlviz.i18n import Message
from mlviz.picture.boxes import number_width
from mlviz.picture.items import Box, Item, Polygon, Rect, Role, Text

_BUBBLE_SIZE = 12.0
_LONGEST_TIP = 70.0
_WORDS_WIDTH = 112.0
"""Room for a line of words, in every language."""

Line = str | Message
"""Numbers, or a few words."""


def bubble(
    x: float,
    y: float,
    lines: tuple[Line, ...],
    role: Role,
    above: float | None = None,
    within: tuple[float, float] | None = None,
) -> list[Item]:
    """Return a filled label with its tip at (x, y).

    Args:
        x: of the tip.
        y: of the tip.
        lines: the label's text.
        role: of its fill.
        above: where the label has to end so that it hides nothing of what it is about; kept
            only if it is near enough for the tip to reach.
        within: the ends, left and right, between which it is seen whole; at the edge it moves
            sideways, as far as it still stands on its tip.
    """
    width, height = bubble_size(lines)
    bottom = y - 7
    if above is not None and bottom - _LONGEST_TIP < above < bottom:
        bottom = above
    left = x - width / 2
    if within is not None:
        most = width / 2 - 12
        inside = max(min(left, within[1] - width), within[0])
        left = min(max(inside, left - most), left + most)
    rect = Rect(left, bottom - height, width, height)
    tip = ((x - 5, bottom - 0.5), (x + 5, bottom - 0.5), (x, y))
    return [*label(rect, lines, role), Polygon(tip, role)]


def bubble_beside(
    x: float, y: float, lines: tuple[Line, ...], role: Role, beyond: float
) -> list[Item]:
    """Return a filled label to the right of its tip at (x, y), from `beyond` on if that is near."""
    width, height = bubble_size(lines)
    left = beyond if x + 7 < beyond < x + _LONGEST_TIP + 7 else x + 7
    rect = Rect(left, y - height / 2, width, height)
    tip = ((left + 0.5, y - 5), (left + 0.5, y + 5), (x, y))
    return [*label(rect, lines, role), Polygon(tip, role)]


def bubble_size(lines: tuple[Line, ...]) -> tuple[float, float]:
    """Return the width and height of a label with these lines."""
    widths = [
        number_width(line, _BUBBLE_SIZE) if isinstance(line, str) else _WORDS_WIDTH
        for line in lines
    ]
    return max(widths) + 18, 17 * len(lines) + 9


def label(rect: Rect, lines: tuple[Line, ...], role: Role) -> list[Item]:
    """Return a filled label without a tip."""
    items: list[Item] = [Box("", rect, role, Role.CLEAR, 0, 6)]
    x, _ = rect.center
    for row, line in enumerate(lines):
        baseline = rect.y + 17 + 17 * row
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
