"""How large a number looks: one fixed logarithmic scale, so that two runs can be compared."""

import math

import numpy as np

SMALLEST = 1e-3
"""What is this size or smaller looks as small as can be told from nothing."""

LARGEST = 10.0
"""What is this size or larger looks as large as can be."""


def magnitude(value: float | np.generic) -> float:
    """Return 0 for zero, and from 0.1 at `SMALLEST` to 1 at `LARGEST` by the logarithm."""
    size = abs(float(value))
    if not size > 0:
        return 0.0
    if math.isinf(size):
        return 1.0
    decades = math.log10(LARGEST / SMALLEST)
    part = math.log10(size / SMALLEST) / decades
    return 0.1 + 0.9 * min(max(part, 0.0), 1.0)
