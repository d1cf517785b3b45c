"""Numbers that become more: a row of them that can be read as an array at any time."""

import numpy as np

from mlviz.autograd import Array


class Series:
    """Numbers in the order in which they came.

    Args:
        values: those there are already.
    """

    def __init__(self, values: Array | None = None) -> None:
        found = np.zeros(0) if values is None else np.asarray(values, np.float64)
        self._count = len(found)
        self._room = np.empty(max(64, 2 * self._count))
        self._room[: self._count] = found

    def append(self, value: float) -> None:
        """Add one number at the end."""
        if self._count == len(self._room):
            self._room = np.concatenate([self._room, np.empty(max(self._count, 64))])
        self._room[self._count] = value
        self._count += 1

    def until(self, count: int) -> "Series":
        """Return the first `count` of them; memory is shared until more are added."""
        other = Series.__new__(Series)
        other._room = self._room[: min(count, self._count)]
        other._count = len(other._room)
        return other

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> Array:
        """All of them, (n); what is added later is not in it."""
        found = self._room[: self._count]
        found.flags.writeable = False
        return found
