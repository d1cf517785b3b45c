"""The legend: every kind of mark on the stage beside what it means."""

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET
from mlviz.picture.boxes import flat
from mlviz.picture.items import Box, Curve, Item, Picture, Rect, Role, Text, Token

_ROW = 24.0
_LEFT, _TEXT = 14.0, 74.0
WIDTH = 300.0


def legend_picture() -> Picture:
    """Return the legend; its texts are messages, so it speaks the reader's language."""
    items: list[Item] = []
    rows: list[tuple[list[Item], str]] = []

    def middle(row: int) -> float:
        return 12 + _ROW * row + _ROW / 2

    def number(row: int, text: str, role: Role, *, struck: bool = False) -> Text:
        y = middle(row) + 4
        return Text(_LEFT + 24, y, text, role, 12, False, "center", "number", struck)

    def line(row: int, role: Role, *, dashed: bool) -> Curve:
        y, arrow = middle(row), "start" if dashed else "end"
        return Curve("", ((_LEFT, y), (_LEFT + 48, y)), role, 1.75, dashed=dashed, arrow=arrow)

    def box(row: int, radius: float, stroke: Role, width: float, halo: Role | None = None) -> Box:
        rect = Rect(_LEFT + 8, middle(row) - 7, 32, 14)
        return Box("", rect, Role.PANEL, stroke, width, radius, halo)

    def shades(row: int) -> list[Item]:
        cells = [Rect(_LEFT + 14 + 11 * k, middle(row) - 4, 10, 8) for k in range(2)]
        fills = cells[0], flat(cells[1])
        frames = [Box("", cell, Role.PANEL, Role.LINE, 0.5, 1) for cell in cells]
        return [*frames, *(Box("", fill, Role.BACKWARD, Role.CLEAR, 0, 1) for fill in fills)]

    rows.append(([Token(_LEFT + 24, middle(0), "round", Role.FORWARD, 6)], "legend.round"))
    rows.append(([Token(_LEFT + 24, middle(1), "diamond", Role.BACKWARD, 8)], "legend.diamond"))
    rows.append(([line(2, Role.FORWARD, dashed=False)], "legend.solid"))
    rows.append(([line(3, Role.BACKWARD, dashed=True)], "legend.dashed"))
    rows.append(([number(4, "0.5", Role.POSITIVE)], "legend.positive"))
    rows.append(([number(5, "−0.5", Role.NEGATIVE)], "legend.negative"))
    rows.append(([number(6, NOT_YET, Role.FAINT)], "legend.not_yet"))
    rows.append(([number(7, "∂L", Role.MUTED)], "legend.gradient"))
    rows.append((shades(8), "legend.flat"))
    rows.append(([number(9, "1/2", Role.BACKWARD)], "legend.received"))
    rows.append(([box(10, 7, Role.STRONG, 1.75), number(10, "θ", Role.MUTED)], "legend.parameter"))
    rows.append(([box(11, 3, Role.LINE, 1.25)], "legend.operation"))
    rows.append(([box(12, 3, Role.BACKWARD, 2)], "legend.active"))
    rows.append(([box(13, 3, Role.SELECTED, 3)], "legend.selected"))
    rows.append(([number(14, "0.5", Role.MUTED, struck=True)], "legend.update"))
    for row, (samples, text) in enumerate(rows):
        items += samples
        items.append(Text(_TEXT, middle(row) + 4, Message(text), Role.TEXT, 12))
    return Picture(tuple(items), Rect(0, 0, WIDTH, 24 + _ROW * len(rows)))
