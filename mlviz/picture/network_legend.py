"""What the marks of the network diagram mean, and on which scale."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.items import Box, Curve, Item, Picture, Raster, Rect, Role, Text
from mlviz.picture.magnitude import LARGEST, SMALLEST, magnitude
from mlviz.picture.network_marks import line_width

ONE_ROW, _SHORT_ROW = 56.0, 24.0
"""Heights of a row of the legend, and of the short one."""
_SAMPLES = (SMALLEST, 0.01, 0.1, 1.0, LARGEST)
_SHADES = 64
_ENDS = "≤ −1", "≥ 1"
"""Beyond these the plane's shades are full."""

LEGEND = "legend:"
"""How the keys of the boxes begin that say which part of the legend is where."""

Part = tuple[str, float, list[Item]]


@lru_cache(maxsize=16)
def network_legend(width: float, planes: bool, signs: bool, *, short: bool = False) -> Picture:
    """Return the legend, at most `width` px wide if it can be.

    Args:
        width: the room for it.
        planes: whether neurons show what they compute over the plane of the inputs.
        signs: whether there are weights that carry a sign and no number.
        short: whether it is to be as low as possible.
    """
    items: list[Item] = []
    x = y = widest = 0.0
    row = _SHORT_ROW if short else ONE_ROW
    for name, room, part in _short(planes, signs) if short else _parts(planes, signs):
        if x and x + room > width:
            x, y = 0.0, y + row
        items.append(Box(LEGEND + name, Rect(x, y, room, row), Role.CLEAR, Role.CLEAR, 0))
        items += [_moved(item, x, y) for item in part]
        x += room
        widest = max(widest, x)
    return Picture(tuple(items), Rect(0, 0, widest, y + row))


# --- With a heading for each part ----------------------------------------------------------


def _parts(planes: bool, signs: bool) -> Iterator[Part]:
    yield "legend_width", 212.0, _widths()
    yield "legend_sign", 176.0, _signs(signs)
    yield "slope", 124.0, _gradients()
    yield ("plane", 142.0, _plane()) if planes else ("legend_value", 150.0, _values())


def _widths() -> list[Item]:
    items: list[Item] = [Text(0, 12, Message("network.legend.width"), Role.MUTED, 11)]
    for place, size in enumerate(_SAMPLES):
        x = 38.0 * place
        items.append(Curve("", ((x, 25), (x + 26, 25)), Role.MUTED, line_width(size)))
        number = format_number(size, 1)
        items.append(Text(x + 13, 43, number, Role.MUTED, 10, False, "center", "number"))
    return items


def _signs(marked: bool) -> list[Item]:
    items: list[Item] = [
        Text(0, 12, Message("network.legend.sign"), Role.MUTED, 11),
        Curve("", ((0, 25), (40, 25)), Role.POSITIVE, 5),
        Text(20, 43, Message("network.legend.positive"), Role.MUTED, 10, align="center"),
        Curve("", ((66, 25), (120, 25)), Role.NEGATIVE, 5),
        Text(93, 43, Message("network.legend.negative"), Role.MUTED, 10, align="center"),
    ]
    return [*items, *(_minus(93, 25) if marked else ())]


def _minus(x: float, y: float) -> list[Item]:
    return [
        Box("", Rect(x - 6, y - 6, 12, 12), Role.STAGE, Role.NEGATIVE, 1, 6),
        Text(x, y + 4, "−", Role.NEGATIVE, 12, True, "center", "number"),
    ]


def _gradients() -> list[Item]:
    return [
        Text(0, 12, Message("network.legend.gradient"), Role.MUTED, 11),
        Curve("", ((0, 25), (80, 25)), Role.BACKWARD, 2.5, dashed=True),
        _slope(40, 43, "center"),
    ]


def _plane() -> list[Item]:
    return [
        Text(0, 12, Message("network.legend.plane"), Role.MUTED, 11),
        *_bar(0, 19, 110),
        Text(0, 43, _ENDS[0], Role.MUTED, 10, False, "left", "number"),
        Text(55, 43, "0", Role.MUTED, 10, False, "center", "number"),
        Text(110, 43, _ENDS[1], Role.MUTED, 10, False, "right", "number"),
    ]


def _bar(x: float, y: float, width: float) -> list[Item]:
    shades = bytes(round(-127 + 254 * place / (_SHADES - 1)) & 0xFF for place in range(_SHADES))
    return [
        Box("", Rect(x - 1, y - 1, width + 2, 14), Role.STAGE, Role.LINE, 1, 3),
        Raster(Rect(x, y, width, 12), _SHADES, shades, 2),
    ]


def _values() -> list[Item]:
    items: list[Item] = [Text(0, 12, Message("network.legend.value"), Role.MUTED, 11)]
    for place, size in enumerate((-LARGEST, -0.1, 0.1, LARGEST)):
        x = 12 + 34.0 * place
        items += _disc(x, 25, size)
        number = format_number(size, 1)
        items.append(Text(x, 43, number, Role.MUTED, 10, False, "center", "number"))
    return items


def _disc(x: float, y: float, value: float) -> list[Item]:
    rect = Rect(x - 7, y - 7, 14, 14)
    role = Role.NEGATIVE if value < 0 else Role.POSITIVE
    return [
        Box("", rect, Role.STAGE, Role.LINE, 1, 7),
        Box("", rect, role, Role.CLEAR, 0, 7, opacity=magnitude(value)),
    ]


# --- In one line each ----------------------------------------------------------------------


def _short(planes: bool, signs: bool) -> Iterator[Part]:
    scale: list[Item] = [Text(0, 16, Message("network.legend.size"), Role.MUTED, 10.5)]
    scale.append(_number(58, format_number(_SAMPLES[0], 1), "right"))
    for place, size in enumerate(_SAMPLES):
        x = 62.0 + 13 * place
        scale.append(Curve("", ((x, 12), (x + 10, 12)), Role.MUTED, line_width(size)))
    yield "legend_width", 154.0, [*scale, _number(128, format_number(LARGEST, 1))]
    yield (
        "legend_sign",
        82.0,
        [
            Curve("", ((0, 12), (22, 12)), Role.NEGATIVE, 5),
            *(_minus(11, 12) if signs else ()),
            Text(26, 16, "−", Role.NEGATIVE, 11, True, "left", "number"),
            Curve("", ((40, 12), (62, 12)), Role.POSITIVE, 5),
            Text(66, 16, "+", Role.POSITIVE, 11, True, "left", "number"),
        ],
    )
    line = Curve("", ((0, 12), (26, 12)), Role.BACKWARD, 2.5, dashed=True)
    yield "slope", 82.0, [line, _slope(31, 16)]
    if planes:
        yield "plane", 112.0, [_number(0, _ENDS[0]), *_bar(28, 6, 52), _number(85, _ENDS[1])]
    else:
        discs = [*_disc(7, 12, -LARGEST), _number(17, format_number(-LARGEST, 1))]
        discs += [*_disc(50, 12, LARGEST), _number(60, format_number(LARGEST, 1))]
        yield "legend_value", 96.0, discs


def _slope(x: float, y: float, align: str = "left") -> Text:
    return Text(x, y, "|∂L/∂w|", Role.MUTED, 10, False, align, "number")


def _number(x: float, text: str, align: str = "left") -> Text:
    return Text(x, 16, text, Role.MUTED, 10, False, align, "number")


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
