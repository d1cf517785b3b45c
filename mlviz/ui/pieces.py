"""Curves on a raster as short straight pieces, worked out once and painted where they are seen.

Qt would cut the whole of a curve into dashes for every frame, also what lies beyond the view;
and it paints straight lines with flat ends in a third of the time that a path takes.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlviz.ui.strokes import Point, dash_lengths

THIN = 3.0
"""Px; in a wider line the joints between the pieces could be seen."""
_FINE = 6.0
"""Px of a curve that one straight piece stands for, about."""
_FEWEST, _MOST = 16, 256
_KEPT = 8192
_SHOWN = 64

Ends = NDArray[np.float64]
"""A row for each line: an x and a y, twice."""
Places = NDArray[np.float64]
Counts = NDArray[np.intp]

_NOTHING: Ends = np.empty((0, 4))

View = tuple[float, float, float, float]


class Chain(NamedTuple):
    """One curve as a chain of straight pieces.

    Attributes:
        places: where the pieces meet.
        gone: px along the curve up to each of them.
    """

    places: Places
    gone: NDArray[np.float64]


_known: dict[tuple[Point, ...], Chain] = {}


def chains(routes: Sequence[tuple[Point, ...]]) -> list[Chain]:
    """Return chains of cubic Béziers as pieces; those that are new are worked out together."""
    missing = [route for route in dict.fromkeys(routes) if route not in _known]
    if missing:
        if len(_known) + len(missing) > _KEPT:
            _known.clear()
            missing = list(dict.fromkeys(routes))
        places, starts = _corners(missing)
        steps = places[1:] - places[:-1]
        gone = np.zeros(len(places))
        np.cumsum(np.hypot(steps[:, 0], steps[:, 1]), out=gone[1:])
        for route, first, end in zip(missing, starts[:-1], starts[1:], strict=True):
            _known[route] = Chain(places[first:end], gone[first:end] - gone[first])
    return [_known[route] for route in routes]


_shown: dict[tuple[object, ...], tuple[tuple[Chain, ...], Ends]] = {}


def seen(curves: Sequence[Chain], width: float, view: View, around: float) -> Ends:
    """Return both ends of what is painted of some curves in a part of the picture.

    Args:
        curves: whose.
        width: how wide they are if they are dashed, px; otherwise 0.
        view: its left, top, right and bottom; a little more is returned, so that it is the same
            for several frames while the view moves.
        around: how far beyond their ends lines may be seen.
    """
    if not curves:
        return _NOTHING
    view = _widened(view)
    key = (*map(id, curves), width, view, around)
    known = _shown.get(key)
    if known is None:
        found = dashes(curves, width, view, around) if width else solid(curves, view, around)
        if len(_shown) >= _SHOWN:
            _shown.clear()
        known = _shown[key] = tuple(curves), found
    return known[1]


def _widened(view: View) -> View:
    """Return a view with its sides on a grid of about a quarter of its size."""
    left, top, right, bottom = view
    grid = 2.0 ** math.floor(math.log2(max(right - left, bottom - top, 4.0) / 4))
    return (
        math.floor(left / grid) * grid,
        math.floor(top / grid) * grid,
        math.ceil(right / grid) * grid,
        math.ceil(bottom / grid) * grid,
    )


def solid(curves: Sequence[Chain], view: View, around: float) -> Ends:
    """Return both ends of the pieces in a part of the picture; see `seen`."""
    places, pieces = _pieces(curves, view, around)
    return np.concatenate([places[pieces], places[pieces + 1]], axis=1)


def dashes(curves: Sequence[Chain], width: float, view: View, around: float) -> Ends:
    """Return both ends of the dashes in a part of the picture; see `seen`."""
    dash, gap = dash_lengths(width)
    places, pieces = _pieces(curves, view, around + dash)
    gone = np.concatenate([curve.gone for curve in curves])
    # Which dashes begin in each piece, and where.
    first = np.ceil(gone[pieces] / (dash + gap)).astype(np.intp)
    counts = np.ceil(gone[pieces + 1] / (dash + gap)).astype(np.intp) - first
    before = np.cumsum(counts) - counts
    number = np.arange(counts.sum()) + np.repeat(first - before, counts)
    piece = np.repeat(pieces, counts)
    begin = number * (dash + gap)
    # One curve after the other, so that all are searched at once.
    sizes = [len(curve.gone) for curve in curves]
    totals = np.array([curve.gone[-1] for curve in curves])
    offsets = np.cumsum(totals) - totals
    chain = np.searchsorted(np.cumsum(sizes), piece, side="right")
    last = np.cumsum(sizes) - 2
    end = np.minimum(begin + dash, totals[chain])
    along = gone + np.repeat(offsets, sizes)
    stop = np.searchsorted(along, end + offsets[chain], side="right") - 1
    stop = np.clip(stop, piece, last[chain])
    return np.concatenate([_at(places, gone, piece, begin), _at(places, gone, stop, end)], axis=1)


def _at(places: Places, gone: Places, piece: Counts, at: Places) -> Places:
    """Return where one is after so many px, on known pieces."""
    long = gone[piece + 1] - gone[piece]
    part = (at - gone[piece]) / np.where(long > 0, long, 1.0)
    found: Places = places[piece] + part[:, None] * (places[piece + 1] - places[piece])
    return found


def _pieces(curves: Sequence[Chain], view: View, around: float) -> tuple[Places, Counts]:
    """Return all places of some curves, and at which of them pieces begin that are seen."""
    places = np.concatenate([curve.places for curve in curves])
    steps = np.abs(places[1:] - places[:-1])
    between = np.cumsum([len(curve.places) for curve in curves])[:-1] - 1
    steps[between] = 0.0
    reach = float(steps.max(initial=0.0)) / 2 + around
    left, top, right, bottom = view
    x, y = ((places[1:] + places[:-1]) / 2).T
    inside = (x > left - reach) & (x < right + reach) & (y > top - reach) & (y < bottom + reach)
    inside[between] = False
    return places, np.flatnonzero(inside)


def _corners(routes: Sequence[tuple[Point, ...]]) -> tuple[Places, Counts]:
    """Return places along chains of cubic Béziers, close enough for straight lines between.

    Returns:
        All places, and where those of each chain begin, and at last where all end.
    """
    controls = np.array(
        [route[at : at + 4] for route in routes for at in range(0, len(route) - 3, 3)]
    ).reshape(-1, 4, 2)
    chain = np.repeat(np.arange(len(routes)), [(len(route) - 1) // 3 for route in routes])
    steps = controls[:, 1:] - controls[:, :-1]
    lengths = np.hypot(steps[..., 0], steps[..., 1]).sum(axis=1)
    # Powers of two, so that few bases are needed.
    counts = np.exp2(np.ceil(np.log2(np.clip(lengths / _FINE, _FEWEST, _MOST)))).astype(np.intp)
    sizes = np.bincount(chain, counts, len(routes)).astype(np.intp) + 1
    starts = np.concatenate([[0], np.cumsum(sizes)])
    # Every chain begins with a place of its own, before those of its Béziers.
    places = np.empty((starts[-1], 2))
    places[starts[:-1]] = [route[0] for route in routes]
    begins = np.concatenate([[0], np.cumsum(counts)])[:-1] + chain + 1
    for count in np.unique(counts).tolist():
        rows = np.flatnonzero(counts == count)
        places[begins[rows][:, None] + np.arange(count)] = _basis(count) @ controls[rows]
    return places, starts


@lru_cache(maxsize=16)
def _basis(count: int) -> NDArray[np.float64]:
    """Return how much each control point counts at `count` places along a cubic Bézier."""
    t = np.linspace(0.0, 1.0, count + 1)[1:]
    u = 1 - t
    return np.stack([u**3, 3 * u * u * t, 3 * u * t * t, t**3], axis=1)
