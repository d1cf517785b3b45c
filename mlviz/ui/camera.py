"""What part of a picture is seen, and how large.

A camera is a function of what is shown, the room for it and what a person chose, and of nothing
that was shown before; so stepping back gives the view that was there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QRect

from mlviz.picture.items import Rect

TOP, _BOTTOM, _SIDE, _PLAIN = 48.0, 40.0, 6.0, 16.0
"""Room for the headline and the keys, and where there are none of these, px at scale 1."""
_LEAST_PART = 0.3


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a picture lies on a widget.

    Attributes:
        scale: px on screen for one px of the picture.
        x: where the picture's origin lies on the widget.
        y: likewise.
    """

    scale: float
    x: float
    y: float

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the picture that is seen at a point of the widget."""
        return (x - self.x) / self.scale, (y - self.y) / self.scale

    def to_widget(self, rect: Rect) -> Rect:
        """Return where a part of the picture is seen."""
        return Rect(
            self.x + rect.x * self.scale,
            self.y + rect.y * self.scale,
            rect.width * self.scale,
            rect.height * self.scale,
        )

    def seen(self, width: float, height: float) -> Rect:
        """Return the part of the picture that is seen on a widget of some size."""
        x, y = self.to_picture(0, 0)
        return Rect(x, y, width / self.scale, height / self.scale)


@dataclass(frozen=True, slots=True)
class Hand:
    """A view that a person chose: a zoom, and the point of the picture in the middle."""

    zoom: float
    x: float
    y: float


def fitting_scale(bounds: Rect, area: Rect) -> float:
    """Return the scale at which the whole picture just fits into an area of the widget."""
    return min(
        area.width / max(bounds.width, 1.0),
        area.height / max(bounds.height, 1.0),
    )


def looking_at(x: float, y: float, scale: float, area: Rect) -> Camera:
    """Return the camera that shows a point of the picture in the middle of an area."""
    middle_x, middle_y = area.center
    return Camera(scale, middle_x - x * scale, middle_y - y * scale)


def whole(bounds: Rect, area: Rect, largest: float) -> Camera:
    """Return the camera that shows everything, in the middle, at most at scale `largest`."""
    scale = min(fitting_scale(bounds, area), largest)
    return looking_at(*bounds.center, scale, area)


def following(
    bounds: Rect, focus: Rect | None, area: Rect, legible: float, largest: float
) -> Camera:
    """Return the camera that shows everything if that can be read, or else what matters now.

    Args:
        bounds: of the picture.
        focus: the part of it where the eye should be.
        area: of the widget, in which the picture is to be seen.
        legible: the least scale at which it can be read.
        largest: the scale beyond which a small picture is not enlarged.
    """
    scale = fitting_scale(bounds, area)
    if scale >= legible or focus is None:
        return whole(bounds, area, largest)
    return inside(bounds, *focus.center, legible, area)


def inside(bounds: Rect, x: float, y: float, scale: float, area: Rect) -> Camera:
    """Return the camera that shows a point near the middle, and no empty margin if it can."""
    return looking_at(
        _within(x, bounds.x, bounds.right, area.width / scale),
        _within(y, bounds.y, bounds.bottom, area.height / scale),
        scale,
        area,
    )


def _within(middle: float, low: float, high: float, length: float) -> float:
    """Return the middle of a window of some length, moved so that it shows no empty margin."""
    if high - low <= length:
        return (low + high) / 2
    return min(max(middle, low + length / 2), high - length / 2)


class Lens:
    """What a person chose of a picture: to follow what happens, all of it, or a place in it.

    Attributes:
        hand: the chosen place, if there is one.
        overview: whether all is shown, however small.
    """

    WHOLE, LEGIBLE = 0.62, 0.7
    """The least zoom at which a graph is shown as a whole while it is followed, and the zoom at
    which a part of it is shown; a little less if much more of its steps are seen whole so."""
    LARGEST = 1.35
    """A small graph is not enlarged beyond this."""
    ZOOMS = (0.05, 8.0)

    def __init__(self) -> None:
        self.hand: Hand | None = None
        self.overview = False

    @property
    def follows(self) -> bool:
        """Whether the view goes where something happens."""
        return self.hand is None and not self.overview

    def look(self, hand: Hand | None = None, *, overview: bool = False) -> None:
        """Choose a place, or all of it; without either, follow what happens."""
        self.hand, self.overview = hand, overview

    def camera(self, bounds: Rect, focus: Rect | None, area: Rect, unit: float) -> Camera:
        """Return the camera.

        Args:
            bounds: of the picture.
            focus: the part of it where the eye should be.
            area: of the widget, in which the picture is to be seen.
            unit: the scale that a zoom of 1 means.
        """
        if self.hand is not None:
            # Some of the picture stays in view.
            x = min(max(self.hand.x, bounds.x), bounds.right)
            y = min(max(self.hand.y, bounds.y), bounds.bottom)
            return looking_at(x, y, self.hand.zoom * unit, area)
        if self.overview:
            return whole(bounds, area, self.LARGEST * unit)
        if self.fits(bounds, area, unit):
            return whole(bounds, area, self.LARGEST * unit)
        return following(bounds, focus, area, self.LEGIBLE * unit, self.LARGEST * unit)

    def fits(self, bounds: Rect, area: Rect, unit: float) -> bool:
        """Return whether all of a picture can be read at once."""
        return fitting_scale(bounds, area) >= self.WHOLE * unit

    def stay(self, camera: Camera, area: Rect, unit: float) -> None:
        """Choose the place that a camera shows."""
        self.look(Hand(camera.scale / unit, *camera.to_picture(*area.center)))

    def zoomed(self, camera: Camera, factor: float, at: tuple[float, float], unit: float) -> Camera:
        """Return a nearer or farther camera; what is at a point of the widget stays there."""
        least, most = (bound * unit for bound in self.ZOOMS)
        scale = min(max(camera.scale * factor, least), most)
        x, y = camera.to_picture(*at)
        return Camera(scale, at[0] - x * scale, at[1] - y * scale)


def panned(camera: Camera, dx: float, dy: float) -> Camera:
    """Return the camera with the picture moved by some px of the widget."""
    return replace(camera, x=camera.x + dx, y=camera.y + dy)


def stage_area(width: float, height: float, unit: float, *, plain: bool) -> Rect:
    """Return where a graph is shown on a stage: between the headline and the keys, if not plain."""
    top, bottom = (_PLAIN, _PLAIN) if plain else (TOP, _BOTTOM)
    width, height = width - 2 * _SIDE * unit, height - (top + bottom) * unit
    return Rect(_SIDE * unit, top * unit, max(width, 1.0), max(height, 1.0))


def as_rect(geometry: QRect) -> Rect:
    """Return where a widget is."""
    return Rect(geometry.x(), geometry.y(), geometry.width(), geometry.height())


def beside(area: Rect, over: Iterable[Rect]) -> Rect:
    """Return the part of an area beside, above or below some rectangles in which most is seen.

    A part that is too small to show anything is not worth it.
    """
    for rect in over:
        left, top = max(rect.x, area.x), max(rect.y, area.y)
        right, bottom = min(rect.right, area.right), min(rect.bottom, area.bottom)
        if left >= right or top >= bottom:
            continue
        parts = (
            Rect(area.x, area.y, left - area.x, area.height),
            Rect(right, area.y, area.right - right, area.height),
            Rect(area.x, area.y, area.width, top - area.y),
            Rect(area.x, bottom, area.width, area.bottom - bottom),
        )
        best = max(parts, key=_sight)
        if _sight(best) >= _LEAST_PART * _sight(area):
            area = best
    return area


def _sight(part: Rect) -> float:
    """Return how large what happens can be shown in a part: two boxes side by side, and a label."""
    return min(part.width / 16, part.height / 9)
