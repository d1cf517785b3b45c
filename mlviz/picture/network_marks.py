"""What the drawing of a network is made of: widths of lines, outlines and plates."""

from dataclasses import dataclass

from mlviz.picture.boxes import number_width
from mlviz.picture.items import Box, Item, Rect, Role, Text
from mlviz.picture.magnitude import magnitude
from mlviz.trace.neurons import Place
from mlviz.trace.steps import Step
from mlviz.trace.timeline import State

PLATE = 0.92
"""Opacity of what a weight's number stands on."""
_CHIP = 10.5
"""Size of a label's letters."""
LEAST_WIDTH, MORE_WIDTH = 0.6, 7.4


def line_width(value: float) -> float:
    """Return how wide the line of a weight is, px."""
    return LEAST_WIDTH + MORE_WIDTH * magnitude(value)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a picture depends on.

    Attributes:
        state: what is known.
        step: the step that is under way or has just ended.
        travel: how far its tokens are, 0 to 1.
        arrived: whether its result is on screen.
        row: the example whose numbers are shown; None for the mean of all.
        selected: the mark that is selected.
        hovered: the mark that is pointed at.
    """

    state: State
    step: Step | None
    travel: float
    arrived: bool
    row: int | None
    selected: Place | None
    hovered: Place | None


def outline(place: Place, now: Moment, stroke: Role, width: float) -> tuple[Role, float]:
    """Return how a mark is outlined: selected, pointed at, or as it is given."""
    if now.selected is not None and now.selected.covers(place):
        return Role.SELECTED, 3.0
    if now.hovered is not None and now.hovered.covers(place):
        return Role.HOVERED, 2.5
    return stroke, width


def plate(x: float, y: float, text: str, role: Role, size: float) -> tuple[Box, Text]:
    """Return a number on a plate, with its middle at a point."""
    width = number_width(text, size) + 6
    return (
        Box("", Rect(x - width / 2, y - 9, width, 18), Role.STAGE, Role.CLEAR, 0, 4, opacity=PLATE),
        Text(x, y + size * 0.36, text, role, size, True, "center", "number"),
    )


def chip_size(text: str) -> tuple[float, float]:
    """Return the width and height of the label of a number that is on its way."""
    return number_width(text, _CHIP) + 10, 16.0


def chip(rect: Rect, text: str, role: Role) -> tuple[Item, Item]:
    """Return the label of a number that is on its way."""
    x, y = rect.center
    return (
        Box("", rect, role, Role.CLEAR, 0, 5),
        Text(x, y + 0.36 * _CHIP, text, Role.ON_COLOUR, _CHIP, True, "center", "number"),
    )
