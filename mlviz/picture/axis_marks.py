"""Numbers along the axes of a picture, at round places."""

from mlviz.numerals import format_number
from mlviz.picture.curve import Axes
from mlviz.picture.isolines import even_levels
from mlviz.picture.items import Curve, Item, Role, Text


def scale_marks(axes: Axes) -> list[Item]:
    """Return the numbers along two axes, with their marks."""
    items: list[Item] = []
    area = axes.area
    for value in even_levels(axes.x0, axes.x1, max(round(area.width / 80), 3)):
        x, _ = axes.point(value, axes.y0)
        items.append(Curve("", ((x, area.bottom), (x, area.bottom + 4)), Role.MUTED, 1))
        text = tick_text(value)
        items.append(Text(x, area.bottom + 16, text, Role.MUTED, 10, False, "center", "number"))
    for value in even_levels(axes.y0, axes.y1, max(round(area.height / 50), 3)):
        _, y = axes.point(axes.x0, value)
        items.append(Curve("", ((area.x - 4, y), (area.x, y)), Role.MUTED, 1))
        text = tick_text(value)
        items.append(Text(area.x - 7, y + 3.5, text, Role.MUTED, 10, False, "right", "number"))
    return items


def tick_text(value: float) -> str:
    """Return a number of an axis without zeros that say nothing."""
    text = format_number(0.0 if abs(value) < 1e-300 else value, 3)
    mantissa, mark, power = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + power
