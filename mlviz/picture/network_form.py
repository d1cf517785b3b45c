"""How a network is drawn in a room: the form of its neurons, and how far apart they stand.

Of the forms that can be read in a room the roomiest is taken; what is left of the room goes to
the gaps between columns and rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mlviz.picture.items import Rect

LEAST_LETTER = 8.6
"""Px on screen of the smallest letters that are written."""
MOST = 7
"""More neurons than this in a layer are left out in the middle; in a low room more than these:"""
_MOSTS = (MOST, 5, 4)
BREAK = 0.6
"""Height of a place where neurons are left out, in neurons."""
FEW_WEIGHTS = 9
"""Up to so many weights between two layers are written on their lines, if there is room."""
_LARGEST = 1.6
_COMFORT = 1.15
"""The largest scale at which a network is shown; and beyond which gaps come first."""
_TALLER, _WIDER = 2.0, 3.0
"""How much higher rows, and how much wider gaps may become to fill a room."""

Point = tuple[float, float]
Room = tuple[int, int]
"""Px at scale 1, across and down."""


@dataclass(frozen=True, slots=True)
class NeuronForm:
    """How a neuron is drawn; points and rectangles count from its left upper corner.

    Attributes:
        width: of a neuron, px.
        height: of a neuron.
        radius: of its corners.
        disc: where its shade is, or what it computes over the plane; without a size in a form
            that has no room for it.
        name: where its name begins.
        value: where its number ends.
        slope: where its gradient ends.
        sign: where the mark of the number and of the gradient begins.
        sizes: of the letters of name, number, pre-activation, gradient and bias.
        bias: where the bias is.
        slot: height of a row at least.
        loss: width of the loss.
        heading: height of the columns' headings.
        lines: in how many lines those stand.
        few: width of a gap with few weights, at least and as it should be.
        many: likewise, with many weights.
        last: likewise, of the gap before the loss.
        least: the least scale at which it is wanted.
    """

    width: float
    height: float
    radius: float
    disc: Rect
    name: Point
    value: Point
    slope: Point
    sign: float
    sizes: tuple[float, float, float, float, float]
    bias: Rect
    slot: float
    loss: float
    heading: float
    lines: int
    few: tuple[float, float]
    many: tuple[float, float]
    last: tuple[float, float]
    least: float

    @property
    def legible(self) -> float:
        """The least scale at which its letters can be read."""
        return LEAST_LETTER / min(self.sizes)


WIDE = NeuronForm(
    width=150,
    height=56,
    radius=28,
    disc=Rect(7, 7, 42, 42),
    name=(54, 17),
    value=(136, 34),
    slope=(136, 49),
    sign=54,
    sizes=(12, 13, 12, 11, 11),
    bias=Rect(18, -29, 90, 20),
    slot=92,
    loss=112,
    heading=34,
    lines=1,
    few=(84, 148),
    many=(64, 150),
    last=(48, 104),
    least=0.84,
)
TALL = NeuronForm(
    width=86,
    height=92,
    radius=12,
    disc=Rect(24, 21, 38, 38),
    name=(8, 16),
    value=(79, 71),
    slope=(79, 85),
    sign=7,
    sizes=(12, 11.5, 11, 10, 10),
    bias=Rect(5, -21, 76, 16),
    slot=120,
    loss=84,
    heading=42,
    lines=2,
    few=(70, 110),
    many=(44, 90),
    last=(22, 48),
    least=0.86,
)
SMALL = NeuronForm(
    width=84,
    height=52,
    radius=10,
    disc=Rect(59, 3, 18, 18),
    name=(8, 18),
    value=(79, 34),
    slope=(79, 46),
    sign=6,
    sizes=(11.5, 11.5, 11, 10, 10),
    bias=Rect(3, -20, 76, 15),
    slot=76,
    loss=80,
    heading=42,
    lines=2,
    few=(70, 110),
    many=(34, 76),
    last=(20, 44),
    least=0.86,
)
_PLAIN = replace(SMALL, few=(26, 76), many=(26, 76), least=0.84)
"""Without room for the numbers of weights."""
FLAT = NeuronForm(
    width=108,
    height=35,
    radius=9,
    disc=Rect(0, 0, 0, 0),
    name=(7, 15),
    value=(102, 15),
    slope=(102, 29),
    sign=7,
    sizes=(11, 11.5, 11, 10, 10),
    bias=Rect(29, -18, 76, 14),
    slot=57,
    loss=84,
    heading=24,
    lines=1,
    few=(26, 110),
    many=(26, 76),
    last=(20, 44),
    least=0.86,
)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a network is drawn.

    Attributes:
        form: of its neurons.
        most: how many neurons of a layer are drawn.
        pitch: from row to row, px.
        gaps: between the columns; the last is before the loss.
        page: of how many columns there is room for; 0 for all of them.
    """

    form: NeuronForm
    most: int
    pitch: float
    gaps: tuple[float, ...]
    page: int = 0


def shown_units(size: int, most: int = MOST, brought: int | None = None) -> tuple[int, ...]:
    """Return which neurons of a layer are drawn: the first ones and the last two.

    Args:
        size: how many there are.
        most: how many are drawn.
        brought: one that is drawn though it would be left out.
    """
    if size <= most:
        return tuple(range(size))
    usual = (*range(most - 3), *range(size - 2, size))
    if brought is None or brought in usual:
        return usual
    return (*range(most - 4), brought, *range(size - 2, size))


def slots_of(units: Sequence[int]) -> float:
    """Return how many rows a column of neurons needs."""
    return len(units) + BREAK * sum(after > before + 1 for before, after in pairwise(units))


def arrangement(sizes: Sequence[int], room: Room | None = None) -> Arrangement:
    """Return how a network of some sizes is drawn in a room; without one, as it likes."""
    if room is None:
        gaps = _gaps(WIDE, sizes, MOST, 1)
        return Arrangement(WIDE, MOST, 104, tuple(gaps))
    for most in _MOSTS[:2]:
        large = [form for form in (WIDE, TALL) if _fits(form, sizes, most, room)]
        if large:
            best = max(large, key=lambda form: _scale(form, sizes, most, room) / form.legible)
            return _filled(best, sizes, most, room)
        for form in (SMALL, _PLAIN):
            if _fits(form, sizes, most, room):
                return _filled(form, sizes, most, room)
    for most in _MOSTS:
        if _fits(FLAT, sizes, most, room):
            return _filled(FLAT, sizes, most, room)
    # Too many columns: those that are seen can be read.
    for form in (_PLAIN, FLAT):
        for most in _MOSTS:
            if _fit(form, sizes, most, room, 0)[1] >= form.legible:
                return _paged(form, sizes, most, room)
    return _paged(FLAT, sizes, _MOSTS[-1], room)


def _paged(form: NeuronForm, sizes: Sequence[int], most: int, room: Room) -> Arrangement:
    """Return a form of which some columns fill the room."""
    width, least = room[0] / form.legible, form.many[0]
    page = int(max(width // (form.width + least * 0.8), 1))
    found = _filled(form, sizes, most, room)
    if page > len(sizes):  # it is too high as well
        return found
    gap = max(width / page - form.width, 10.0)
    return replace(found, gaps=tuple(gap for _ in found.gaps), page=page)


def _fit(
    form: NeuronForm, sizes: Sequence[int], most: int, room: Room, part: float
) -> tuple[float, float]:
    """Return the scale at which a form just fits into a room, across and down."""
    width = form.width * len(sizes) + form.loss + sum(_gaps(form, sizes, most, part))
    return room[0] / width, room[1] / (_slots(sizes, most) * form.slot + form.heading)


def _fits(form: NeuronForm, sizes: Sequence[int], most: int, room: Room) -> bool:
    return min(_fit(form, sizes, most, room, 0)) >= form.least


def _scale(form: NeuronForm, sizes: Sequence[int], most: int, room: Room) -> float:
    """Return the best scale for a form in a room."""
    across, down = _fit(form, sizes, most, room, 1)
    if across < _COMFORT:  # larger letters rather than wider gaps
        across = min(_COMFORT, _fit(form, sizes, most, room, 0)[0])
    return max(min(across, down, _LARGEST), form.legible)


def _filled(form: NeuronForm, sizes: Sequence[int], most: int, room: Room) -> Arrangement:
    """Return a form at the best scale for a room, with gaps and rows that fill it."""
    scale = _scale(form, sizes, most, room)
    least, wide = _gaps(form, sizes, most, 0), _gaps(form, sizes, most, _WIDER)
    left = room[0] / scale - form.width * len(sizes) - form.loss - sum(least)
    part = min(max(left / (sum(wide) - sum(least)), 0.0), 1.0)
    gaps = [low + (high - low) * part for low, high in zip(least, wide, strict=True)]
    slots = _slots(sizes, most)
    pitch = (room[1] / scale - form.heading) / slots
    pitch = min(max(pitch, form.slot), _TALLER * form.slot)
    return Arrangement(form, most, pitch, tuple(gaps))


def _slots(sizes: Sequence[int], most: int) -> float:
    return max(slots_of(shown_units(size, most)) for size in sizes)


def _gaps(form: NeuronForm, sizes: Sequence[int], most: int, part: float) -> list[float]:
    """Return the gaps: at least (0), as they should be (1), or wider."""
    shown = [len(shown_units(size, most)) for size in sizes]
    pairs = [form.few if a * b <= FEW_WEIGHTS else form.many for a, b in pairwise(shown)]
    return [low + (high - low) * part for low, high in (*pairs, form.last)]
