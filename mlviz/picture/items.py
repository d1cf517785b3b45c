"""What a picture is made of: plain data with roles, never colours or pixels.

Qt paints a picture, the exporters write the same one, and a golden test reads it as text.
Lengths are px at scale 1, x to the right and y down. Painters go through `Picture.items` in
order, so what stands later lies on top.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mlviz.i18n import Message


class Role(StrEnum):
    """What a mark means; a theme turns it into a colour."""

    TEXT = "text"
    MUTED = "muted"
    FAINT = "faint"
    """Not computed yet: `·`."""
    LINE = "line"
    PANEL = "panel"
    STAGE = "stage"
    CLEAR = "clear"
    """Nothing is painted."""
    STRONG = "strong"
    """The outline of parameters and of the loss."""
    FORWARD = "forward"
    BACKWARD = "backward"
    UPDATE = "update"
    FORWARD_SOFT = "forward-soft"
    BACKWARD_SOFT = "backward-soft"
    UPDATE_SOFT = "update-soft"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    BAD = "bad"
    """nan and inf."""
    ON_COLOUR = "on-colour"
    """Text on a filled phase colour."""
    SELECTED = "selected"
    HOVERED = "hovered"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its left upper corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def center(self) -> tuple[float, float]:
        """The middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def united(self, other: "Rect") -> "Rect":
        """Return the smallest rectangle that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Rect(x, y, right - x, bottom - y)

    def grown(self, by: float) -> "Rect":
        """Return the rectangle with a margin of `by` on every side."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def contains(self, x: float, y: float) -> bool:
        """Return whether the point lies inside or on the border."""
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def distance(self, x: float, y: float) -> float:
        """Return how far a point is away; 0 inside."""
        across = max(self.x - x, x - self.right, 0.0)
        return math.hypot(across, max(self.y - y, y - self.bottom, 0.0))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with rounded corners.

    Attributes:
        key: what it stands for, such as `node:7`; empty for decoration.
        rect: where it is.
        fill: role of the inside.
        stroke: role of the outline.
        width: of the outline, px.
        radius: of the corners, px.
        halo: role of a second outline around it, for the node that is active *now*.
        dashed: whether the outline is dashed.
        opacity: 0 to 1.
        reach: px between the box and its second outline.
    """

    key: str
    rect: Rect
    fill: Role = Role.PANEL
    stroke: Role = Role.LINE
    width: float = 1.25
    radius: float = 9
    halo: Role | None = None
    dashed: bool = False
    opacity: float = 1
    reach: float = 5.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text.

    Attributes:
        x: of the anchor (left end, middle or right end, as `align` says).
        y: of the baseline.
        text: plain text, or a message that is translated when it is painted.
        role: its colour's role.
        size: px.
        bold: heavier.
        align: `left`, `center` or `right`.
        family: `ui` for words, `number` for tabular figures.
        struck: struck through (a value that was replaced).
        opacity: 0 to 1.
    """

    x: float
    y: float
    text: str | Message
    role: Role = Role.TEXT
    size: float = 12
    bold: bool = False
    align: str = "left"
    family: str = "ui"
    struck: bool = False
    opacity: float = 1


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points, or a chain of cubic Béziers.

    Attributes:
        key: what it stands for, such as `edge:3:0`; empty for decoration.
        points: the points; for a Bézier chain 1 + 3k of them.
        role: its colour's role.
        width: px.
        bezier: whether `points` are Bézier control points.
        dashed: second cue of the gradient's flow.
        arrow: `end`, `start` or empty.
        opacity: 0 to 1.
        mixed: whether that part of its colour is mixed with the stage's, so that it hides what it
            crosses: painted in a tenth of the time.
    """

    key: str
    points: tuple[tuple[float, float], ...]
    role: Role = Role.LINE
    width: float = 1.5
    bezier: bool = False
    dashed: bool = False
    arrow: str = ""
    opacity: float = 1
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled shape without outline: the tip of a bubble, the area under a curve."""

    points: tuple[tuple[float, float], ...]
    fill: Role
    opacity: float = 1


@dataclass(frozen=True, slots=True)
class Token:
    """A mark that carries a number along an edge: round forward, a diamond backward."""

    x: float
    y: float
    shape: str
    role: Role
    radius: float = 8
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    r"""A typeset formula.

    Attributes:
        x: left end.
        y: top.
        tex: TeX with `\role{name}{…}` around a coloured part.
        size: px of the main letters.
        role: of everything that has no role of its own.
    """

    x: float
    y: float
    tex: str
    size: float = 18
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True, eq=False)
class Swarm:
    """Very many rectangles or lines of one look, each too small for more.

    Attributes:
        shapes: a row each, x, y, width and height of a rectangle, or both ends of a line; the
            same array at every position.
        rows: which of them there are.
        lines: whether they are lines.
        fill: role of the rectangles' insides.
        stroke: role of the lines, or of the rectangles' outlines, one px wide at every scale.
        opacity: 0 to 1.
    """

    shapes: NDArray[np.float64]
    rows: NDArray[np.intp]
    lines: bool = False
    fill: Role = Role.CLEAR
    stroke: Role = Role.CLEAR
    opacity: float = 1

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Swarm)
            and (self.lines, self.fill, self.stroke, self.opacity)
            == (other.lines, other.fill, other.stroke, other.opacity)
            and np.array_equal(self.shapes[self.rows], other.shapes[other.rows])
        )

    def __hash__(self) -> int:
        return hash((self.lines, self.fill, self.stroke, self.opacity, self.rows.size))


@dataclass(frozen=True, slots=True)
class Raster:
    """A small image of shades: what a function gives over a plane.

    Attributes:
        rect: where it is.
        columns: how many shades stand side by side.
        shades: row by row from the top, each −127 (wholly negative) to 127 as a signed byte.
        radius: of the corners, px.
    """

    rect: Rect
    columns: int
    shades: bytes
    radius: float = 4


Item = Box | Text | Curve | Polygon | Token | Formula | Swarm | Raster


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is visible in one view at one position.

    Attributes:
        items: what to paint, from back to front.
        bounds: what `fit` shows.
        focus: where the eye should be now, or None.
        summary: the picture in words, for people who cannot see it.
        kept: where items begin and end that belong together and stay the same objects from
            picture to picture: first their box, then what lies inside of it.
    """

    items: tuple[Item, ...]
    bounds: Rect
    focus: Rect | None = None
    summary: Message | None = None
    kept: tuple[tuple[int, int], ...] = ()

    def box(self, key: str) -> Box:
        """Return the box that stands for `key`.

        Raises:
            KeyError: there is none.
        """
        for item in self.items:
            if isinstance(item, Box) and item.key == key:
                return item
        raise KeyError(key)
