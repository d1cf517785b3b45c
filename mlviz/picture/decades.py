"""An axis of powers of ten, or of plain numbers, in a picture."""

import math
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.numerals import MINUS
from mlviz.picture.axis_marks import tick_text
from mlviz.picture.isolines import even_levels

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_MOST_DECADES = 16


@dataclass(frozen=True, slots=True)
class Scale:
    """From where to where an axis goes.

    Attributes:
        low: the least value; of a logarithmic axis its logarithm.
        high: the greatest.
        log: whether places are logarithms of magnitudes.
    """

    low: float
    high: float
    log: bool = False

    def part(self, value: float) -> float:
        """Return where a value lies, 0 … 1 from the low end; at an end what is beyond it."""
        place = value
        if self.log:
            place = math.log10(value) if value > 0 else self.low
        if math.isnan(place):
            return 0.0
        return min(max((place - self.low) / (self.high - self.low), 0.0), 1.0)

    def parts(self, values: Array) -> Array:
        """Return where values lie, as `part` does, of the same shape."""
        places = values
        if self.log:
            with np.errstate(all="ignore"):
                places = np.where(values > 0, np.log10(np.where(values > 0, values, 1.0)), self.low)
        found = (places - self.low) / (self.high - self.low)
        return np.nan_to_num(np.clip(found, 0.0, 1.0), nan=0.0)

    def marks(self, most: int) -> list[tuple[float, str]]:
        """Return values to mark, at most about so many, and how they are written."""
        if not self.log:
            levels = even_levels(self.low, self.high, max(most, 2))
            return [(value, _short(value)) for value in levels]
        first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
        if last - first < 2 and most > 1:
            values = [s * 10.0**p for p in range(first - 1, last + 1) for s in (1, 2, 5)]
            seen = [v for v in values if self.low <= math.log10(v) <= self.high]
            if len(seen) < 2:
                seen = list(even_levels(10**self.low, 10**self.high, most))
            seen = seen[:: -(-len(seen) // most)]
            return [(value, _short(value)) for value in seen]
        each = max(-(-(last - first + 1) // max(most, 1)), 1)
        first += -first % each
        return [(10.0**power, power_text(power)) for power in range(first, last + 1, each)]


def _short(value: float) -> str:
    """Return a number of an axis without zeros that say nothing: `5e−8`."""
    text = tick_text(value)
    mantissa, e, power = text.partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{power}" if e and "." in mantissa else text


def power_text(power: int) -> str:
    """Return a power of ten: `10⁻³`; those near 1 as they are."""
    if -2 <= power <= 2:
        return f"{10.0**power:g}"
    return "10" + str(power).replace(MINUS, "-").translate(_RAISED)


def scale_for(low: float, high: float, *, log: bool) -> Scale:
    """Return an axis that shows values between two; of a logarithmic one both are above 0."""
    if not (math.isfinite(low) and math.isfinite(high)) or (log and not high > 0):
        return Scale(-1.0, 1.0, log)
    if not log:
        margin = 0.04 * (high - low) or 0.1 * max(abs(high), 0.1)
        return Scale(low - margin, high + margin)
    top = math.log10(high)
    bottom = max(math.log10(low) if low > 0 else top - 3, top - _MOST_DECADES)
    # At least one decade, so that there is a number on the axis.
    margin = max(0.04 * (top - bottom), (1.1 - (top - bottom)) / 2)
    return Scale(bottom - margin, top + margin, True)
