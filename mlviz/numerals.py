"""The one way a number becomes text, on screen, in a terminal and in every export."""

import math
from collections.abc import Sequence

import numpy as np

MINUS = "\N{MINUS SIGN}"
NOT_YET = "\N{MIDDLE DOT}"
"""Stands for *not computed yet*; a zero is only ever a true zero."""

SIGNIFICANT_DIGITS = 4
WIDEST = f"{MINUS}8.888e{MINUS}88"
"""The widest text `format_number` gives for an everyday float; boxes are sized for it."""


def format_number(value: float | np.generic, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Return `value` with `digits` significant digits, a true minus and no padding.

    Whole numbers of integer type keep all their digits; infinities and NaN are words.
    Below 0.001 and from 10,000 on, the exponent is written behind an `e`.
    """
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value)).replace("-", MINUS)
    number = float(value)
    if math.isnan(number):
        return "nan"
    if math.isinf(number):
        return "inf" if number > 0 else f"{MINUS}inf"
    if number == 0:
        return "0"
    # Rounding first: 9999.7 has five digits once it is rounded to four.
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -3 <= power < max(4, digits):
        text = f"{number:.{max(digits - 1 - power, 0)}f}"
    else:
        text = f"{mantissa}e{power}"
    return text.replace("-", MINUS)


def format_full(value: float | np.generic) -> str:
    """Return `value` with every digit needed to read the same float back (shown on hover)."""
    if isinstance(value, int | np.integer | bool | np.bool_):
        return format_number(value)
    return repr(float(value)).replace("-", MINUS)


def format_shape(shape: Sequence[int]) -> str:
    """Return `2×3` for a shape; a scalar's shape is empty text."""
    return "×".join(str(size) for size in shape)
