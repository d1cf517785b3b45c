"""Curves of a run, made ready to be drawn: as many points as there are columns of pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LARGEST = 1e30
"""What is larger is out of every picture; an axis up to there would show nothing else."""


def envelope(y: Floats, first: float, last: float, columns: int) -> tuple[Floats, Floats]:
    """Return the line of values at x = 1, 2, 3, …, with the lowest and highest of each column.

    Args:
        y: the values; one that is not finite leaves a gap.
        first: the least x that is seen.
        last: the greatest x that is seen.
        columns: how many columns of pixels there are.
    """
    start = max(int(np.floor(first)) - 1, 0)
    stop = min(int(np.ceil(last)) + 1, len(y))
    part = y[start:stop]
    each = len(part) // max(columns, 1)
    if each < 3:
        return np.arange(start + 1, start + len(part) + 1, dtype=np.float64), part
    # Columns begin at multiples of their width, so that a line that grows does not flicker.
    begin = -start % each
    places = np.arange(begin, len(part), each)
    if begin:
        places = np.concatenate(([0], places))
    known = np.isfinite(part)
    low = np.minimum.reduceat(np.where(known, part, np.inf), places)
    high = np.maximum.reduceat(np.where(known, part, -np.inf), places)
    low, high = (np.where(np.isfinite(edge), edge, np.nan) for edge in (low, high))
    x = np.repeat(places + start + 1.0, 2)
    return x, np.stack([low, high], axis=1).reshape(-1)


def smoothed(y: Floats, window: int) -> Floats:
    """Return the mean of each value and those before it, `window` in all; 1 changes nothing.

    Values that are not finite are left out of the means.
    """
    if window <= 1 or not len(y):
        return y
    known = np.isfinite(y) & (np.abs(y) < _LARGEST)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, y, 0.0))))
    count = np.concatenate(([0], np.cumsum(known)))
    end = np.arange(1, len(y) + 1)
    begin = np.maximum(end - window, 0)
    seen = count[end] - count[begin]
    means = (total[end] - total[begin]) / np.maximum(seen, 1)
    return np.where(seen > 0, means, np.nan)


def window_of(amount: float, length: int) -> int:
    """Return how many values are smoothed together, for an amount from 0 to 1."""
    if amount <= 0:
        return 1
    return max(round(float(2 ** (amount * np.log2(max(length / 4, 2))))), 2)


def logarithms(y: Floats) -> Floats:
    """Return powers of ten; what is not above 0 leaves a gap."""
    with np.errstate(all="ignore"):
        return np.where(y > 0, np.log10(np.where(y > 0, y, 1.0)), np.nan)


def drawable(y: Floats) -> Floats:
    """Return values with a gap where they are too large for any picture."""
    with np.errstate(all="ignore"):
        return np.where(np.abs(y) < _LARGEST, y, np.nan)


def bounds(curves: Sequence[Floats], *, log: bool, whole: bool = False) -> tuple[float, float]:
    """Return from where to where an axis goes that shows these curves.

    Args:
        curves: what is shown.
        log: whether the values are logarithms.
        whole: whether the axis begins at 0.
    """
    parts = [curve[np.isfinite(curve) & (np.abs(curve) < _LARGEST)] for curve in curves]
    values = np.concatenate([part for part in parts if len(part)] or [np.array([0.0, 1.0])])
    low, high = float(values.min()), float(values.max())
    if whole and not log:
        low = min(low, 0.0)
    margin = 0.06 * (high - low) or 0.1 * max(abs(high), 0.1)
    return (low if whole and low == 0 and not log else low - margin), high + margin


def roomy(last: float) -> float:
    """Return an end of the axis with room to grow: one of 1, 1.25, 1.6, 2, 2.5, … × 10ⁿ."""
    if last < 10:
        return 10.0
    step = np.ceil(np.log10(last) * 10 - 1e-9) / 10
    return float(np.ceil(10.0**step))


def steady(wanted: tuple[float, float], before: tuple[float, float] | None) -> tuple[float, float]:
    """Return the bounds that were shown before as long as they fit what is to be shown."""
    if before is None:
        return wanted
    fits = before[0] <= wanted[0] and wanted[1] <= before[1]
    is_full = (wanted[1] - wanted[0]) > 0.6 * (before[1] - before[0])
    return before if fits and is_full else wanted


def nearest(at: Floats, iteration: float) -> int | None:
    """Return which measurement is nearest to an iteration; None if there is none."""
    if not len(at):
        return None
    return int(np.argmin(np.abs(at - iteration)))
