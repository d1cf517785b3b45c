"""What the marks of the network diagram mean, and on which scale."""

from dataclasses import replace
from functools import lru_cache

from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.items import Box, Curve, Item, Picture, Raster, Rect, Role, Text
from mlviz.picture.magnitude import LARGEST, SMALLEST
from mlviz.picture.network_marks import line_width

_SAMPLES = (SMALLEST, 0.01, 0.1, 1.0, LARGEST)
_ROW = 56.0
_SHADES = 64


@lru_cache(maxsize=8)
def network_legend(width: float, *, planes: bool) -> Picture:
    """Return the legend, at most `width` px wide if it can be.

    Args:
        width: the room for it.
        planes: whether neurons show what they compute over the plane of the inputs.
    """
    parts = [(212.0, _widths()), (176.0, _signs()), (124.0, _gradients())]
    if planes:
        parts.append((136.0, _plane()))
    items: list[Item] = []
    x = y = widest = 0.0
    for room, part in parts:
        if x and x + room > width:
            x, y = 0.0, y + _ROW
        items += [_moved(item, x, y) for item in part]
        x += room
        widest = max(widest, x)
    return Picture(tuple(items), Rect(0, 0, widest, y + _ROW))


def _widths() -> list[Item]:
    items: list[Item] = [Text(0, 12, Message("network.legend.width"), Role.MUTED, 11)]
    for place, size in enumerate(_SAMPLES):
        x = 38.0 * place
        items.append(Curve("", ((x, 25), (x + 26, 25)), Role.MUTED, line_width(size)))
        number = format_number(size, 1)
        items.append(Text(x + 13, 43, number, Role.MUTED, 10, False, "center", "number"))
    return items


def _signs() -> list[Item]:
    return [
        Text(0, 12, Message("network.legend.sign"), Role.MUTED, 11),
        Curve("", ((0, 25), (40, 25)), Role.POSITIVE, 5),
        Text(20, 43, Message("network.legend.positive"), Role.MUTED, 10, align="center"),
        Curve("", ((66, 25), (120, 25)), Role.NEGATIVE, 5),
        Box("", Rect(87, 19, 12, 12), Role.STAGE, Role.NEGATIVE, 1, 6),
        Text(93, 29, "−", Role.NEGATIVE, 12, True, "center", "number"),
        Text(93, 43, Message("network.legend.negative"), Role.MUTED, 10, align="center"),
    ]


def _gradients() -> list[Item]:
    return [
        Text(0, 12, Message("network.legend.gradient"), Role.MUTED, 11),
        Curve("", ((0, 25), (80, 25)), Role.BACKWARD, 2.5, dashed=True),
        Text(40, 43, "|∂L/∂w|", Role.MUTED, 10, False, "center", "number"),
    ]


def _plane() -> list[Item]:
    shades = bytes(round(-127 + 254 * place / (_SHADES - 1)) & 0xFF for place in range(_SHADES))
    return [
        Text(0, 12, Message("network.legend.plane"), Role.MUTED, 11),
        Box("", Rect(-1, 18, 112, 14), Role.STAGE, Role.LINE, 1, 3),
        Raster(Rect(0, 19, 110, 12), _SHADES, shades, 2),
        Text(0, 43, "−1", Role.MUTED, 10, False, "left", "number"),
        Text(55, 43, "0", Role.MUTED, 10, False, "center", "number"),
        Text(110, 43, "1", Role.MUTED, 10, False, "right", "number"),
    ]


def _moved(item: Item, dx: float, dy: float) -> Item:
    """Return an item of the legend somewhere else."""
    match item:
        case Text():
            return replace(item, x=item.x + dx, y=item.y + dy)
        case Curve():
            return replace(item, points=tuple((x + dx, y + dy) for x, y in item.points))
        case Box() | Raster():
            rect = item.rect
            return replace(item, rect=Rect(rect.x + dx, rect.y + dy, rect.width, rect.height))
    return item
