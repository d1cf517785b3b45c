"""Lines along which a function over a grid has one value, and the values worth a line."""

import math

import numpy as np

from mlviz.autograd import Array

_STEPS = (
    (1.0,),
    (1.0, 3.0),
    (1.0, 2.0, 5.0),
    (1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    (1.0, 1.2, 1.5, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0),
)
"""What a power of ten is multiplied by, from few levels to many."""
_LEAST = 1e-9
_FEWEST, _MOST = 5, 14


def isolines(values: Array, level: float) -> Array:
    """Return the line where a function crosses `level`, as pieces of straight lines.

    Shapes: values (rows, columns) → (pieces, 2, 2), the ends as (column, row), not whole
    numbers: between two points of the grid the function is taken to be straight. Cells with a
    corner that is not finite have no line.

    Args:
        values: the function on the grid.
        level: which value.
    """
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        above = values >= level
        # Where along each side of a cell the level lies; only read where the sides cross it.
        across = (level - values[:, :-1]) / (values[:, 1:] - values[:, :-1])
        down = (level - values[:-1]) / (values[1:] - values[:-1])
    fine = np.isfinite(values)
    whole = fine[:-1, :-1] & fine[:-1, 1:] & fine[1:, 1:] & fine[1:, :-1]
    flips_across = above[:, :-1] != above[:, 1:]
    flips_down = above[:-1] != above[1:]
    top, bottom = flips_across[:-1] & whole, flips_across[1:] & whole
    left, right = flips_down[:, :-1] & whole, flips_down[:, 1:] & whole
    row, column = np.nonzero(top | bottom | left | right)
    if not len(row):
        return np.empty((0, 2, 2))
    ends = np.empty((len(row), 4, 2))  # on the top, right, bottom and left side of each cell
    ends[:, 0] = np.column_stack([column + across[row, column], row])
    ends[:, 1] = np.column_stack([column + 1, row + down[row, column + 1]])
    ends[:, 2] = np.column_stack([column + across[row + 1, column], row + 1])
    ends[:, 3] = np.column_stack([column, row + down[row, column]])
    sides = np.column_stack([side[row, column] for side in (top, right, bottom, left)])
    crossed = sides.sum(axis=1)
    plain = crossed == 2
    order = np.argsort(~sides[plain], axis=1, kind="stable")[:, :2]
    pieces = [np.take_along_axis(ends[plain], order[:, :, None], axis=1)]
    saddle = crossed == 4
    if saddle.any():
        pieces += _saddles(values, level, row[saddle], column[saddle], ends[saddle])
    return np.concatenate(pieces)


def _saddles(
    values: Array, level: float, row: Array, column: Array, ends: Array
) -> tuple[Array, Array]:
    """Join the four crossings of a cell two by two, as the middle of the cell says."""
    corner = values[row, column]
    middle = (
        corner + values[row, column + 1] + values[row + 1, column] + values[row + 1, column + 1]
    ) / 4
    cut = (corner >= level) == (middle >= level)  # the other two corners are cut off
    first = np.where(cut[:, None, None], ends[:, [0, 1]], ends[:, [0, 3]])
    second = np.where(cut[:, None, None], ends[:, [2, 3]], ends[:, [1, 2]])
    return first, second


def log_levels(low: float, high: float) -> tuple[float, ...]:
    """Return round values between two positive numbers, each about as many times the last.

    Where they lie close together, the values are evenly spaced instead.
    """
    low = max(low, _LEAST * max(high, 1.0))
    if not (math.isfinite(high) and high > low):
        return ()
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    found: list[float] = []
    for steps in _STEPS:
        denser = [
            value
            for power in powers
            for step in steps
            if low < (value := step * 10.0**power) < high
        ]
        if len(denser) > _MOST and found:
            break
        found = denser
    if len(found) >= _FEWEST:
        return tuple(found[:: -(-len(found) // _MOST)])
    return even_levels(low, high)


def even_levels(low: float, high: float, count: int = 7) -> tuple[float, ...]:
    """Return about `count` evenly spaced round values between two numbers."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return ()
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [each * power for each in (1, 2, 2.5, 5, 10)]
    step = min(steps, key=lambda each: abs(math.log(each / rough)))
    first = math.floor(low / step) + 1
    levels: list[float] = []
    while first * step < high and len(levels) <= _MOST:
        levels.append(round(first * step, 12 - math.floor(math.log10(step))))
        first += 1
    return tuple(levels)
