"""Where a training was: checkpoints in bounded memory, from which the rest is run again."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np

from mlviz.autograd import Array
from mlviz.learn.rules import State, UpdateRule

BUDGET = 64 * 2**20
"""Bytes that the history of one training may take, with what the optimizer keeps."""

MOST_KEPT = 4096
"""More checkpoints than this are thinned out: that suffices for any seek to be quick."""

_RECENT = 8  # of the budget, one part in so many for what was run again last
_OVERHEAD = 128  # bytes of an array beside its numbers


class Snapshot:
    """All parameters of one iteration in one array, and what the rule keeps.

    Attributes:
        flat: the parameters, in the order of a `Layout`.
        kept: what the rule keeps, in the order of a `Layout`.
        size: how many bytes it takes.
    """

    __slots__ = ("flat", "kept", "size")

    def __init__(self, flat: Array, kept: tuple[Array, ...]) -> None:
        self.flat = flat
        self.kept = kept
        self.size = flat.nbytes + sum([part.nbytes for part in kept])
        self.size += _OVERHEAD * (1 + len(kept))


class Layout:
    """Which number of a snapshot is which.

    A rule works entry by entry, so what it keeps can lie in one array for all parameters too.
    Of a counter there is a single number while it is the same for all of them.

    Args:
        parameters: by origin, as the first iteration starts with them.
        rule: how they are updated, or None.

    Attributes:
        kept: the names of what the rule keeps.
        is_even: whether all parameters are of the type in which they are kept together.
    """

    def __init__(self, parameters: Mapping[str, Array], rule: UpdateRule | None) -> None:
        self._places: dict[str, tuple[slice, tuple[int, ...], np.dtype]] = {}
        end = 0
        for origin, value in parameters.items():
            array = np.asarray(value)
            start, end = end, end + array.size
            self._places[origin] = (slice(start, end), array.shape, array.dtype)
        self._size = end
        types = [dtype for _, _, dtype in self._places.values()]
        self._dtype = np.result_type(*types, np.float16)
        self._counters = rule.counters if rule else ()
        self.kept = rule.kept if rule else ()
        self.is_even = all(dtype == self._dtype for dtype in types)

    @property
    def origins(self) -> tuple[str, ...]:
        """The parameters, in their order."""
        return tuple(self._places)

    def pack(self, parameters: Mapping[str, Array], states: Mapping[str, State]) -> Snapshot:
        """Return parameters and states as a snapshot."""
        kept = []
        for name in self.kept:
            values = {origin: states[origin][name] for origin in self._places}
            if name not in self._counters:
                kept.append(self._joined(values))
                continue
            counts = np.array([float(value) for value in values.values()])
            alike = bool((counts == counts[:1]).all()) and len(counts) > 0
            kept.append(np.asarray(counts[0], self._dtype) if alike else counts)
        return Snapshot(self._joined(parameters), tuple(kept))

    def _joined(self, values: Mapping[str, Array]) -> Array:
        flat = np.empty(self._size, self._dtype)
        for origin, (where, _, _) in self._places.items():
            flat[where] = np.reshape(values[origin], -1)
        flat.flags.writeable = False
        return flat

    def parameters(self, flat: Array) -> dict[str, Array]:
        """Return the parameters of a snapshot by origin; of the same type, as views."""
        return {
            origin: flat[where].reshape(shape).astype(dtype, copy=False)
            for origin, (where, shape, dtype) in self._places.items()
        }

    def states(self, kept: Sequence[Array]) -> dict[str, dict[str, Array]]:
        """Return what a rule keeps of each parameter."""
        states: dict[str, dict[str, Array]] = {origin: {} for origin in self._places}
        for name, values in zip(self.kept, kept, strict=True):
            each = self.parameters(values) if name not in self._counters else {}
            for index, (origin, (_, _, dtype)) in enumerate(self._places.items()):
                count = values if values.ndim == 0 else values[index]
                states[origin][name] = each[origin] if each else np.array(count, dtype)
        return states


class History:
    """Snapshots of a training: many while it is short, further and further apart as it grows.

    Args:
        budget: how many bytes it may take; the newest and those that must stay are kept anyway.

    Attributes:
        spacing: how many iterations lie between two snapshots.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.spacing = 1
        self._kept: dict[int, Snapshot] = {}
        self._numbers: list[int] = []  # of those kept, rising
        self._fixed: set[int] = set()
        self._recent: dict[int, Snapshot] = {}
        self._sizes = [0, 0]  # of those kept, and of the recent ones

    @property
    def size(self) -> int:
        """How many bytes all snapshots take."""
        return sum(self._sizes)

    def is_due(self, number: int) -> bool:
        """Return whether iteration `number` is one to keep."""
        return (number - 1) % self.spacing == 0

    def keep(self, number: int, snapshot: Snapshot, *, fixed: bool = False) -> None:
        """Keep the snapshot of an iteration that is later than all others.

        Args:
            number: the iteration that starts with it.
            snapshot: its parameters and states.
            fixed: whether it must stay, because it does not follow from those before it.
        """
        self._kept[number] = snapshot
        self._numbers.append(number)
        self._sizes[0] += snapshot.size
        if fixed:
            self._fixed.add(number)
        room = self.budget - self.budget // _RECENT
        while (self._sizes[0] > room or len(self._kept) > MOST_KEPT) and self.spacing < number:
            self.spacing *= 2
            self._thin()

    def _thin(self) -> None:
        self._numbers = [n for n in self._numbers if self.is_due(n) or n in self._fixed]
        self._kept = {n: self._kept[n] for n in self._numbers}
        self._sizes[0] = sum(snapshot.size for snapshot in self._kept.values())

    def find(self, number: int) -> Snapshot | None:
        """Return the snapshot of an iteration, if it is at hand."""
        return self._kept.get(number) or self._recent.get(number)

    def before(self, number: int) -> tuple[int, Snapshot]:
        """Return the nearest snapshot from which iteration `number` follows, and its number."""
        nearest = self._numbers[bisect_right(self._numbers, number) - 1]
        for other in range(number, nearest, -1):
            if other in self._recent:
                return other, self._recent[other]
        return nearest, self._kept[nearest]

    def remember(self, number: int, snapshot: Snapshot) -> None:
        """Keep a snapshot for a while: its neighbours will be asked for next."""
        old = self._recent.pop(number, None)
        self._sizes[1] += snapshot.size - (old.size if old else 0)
        self._recent[number] = snapshot
        while self._sizes[1] > self.budget // _RECENT and len(self._recent) > 1:
            self._sizes[1] -= self._recent.pop(next(iter(self._recent))).size

    def until(self, number: int) -> "History":
        """Return a history of what comes before iteration `number`; snapshots are shared."""
        other = History(self.budget)
        other.spacing = self.spacing
        other._numbers = [n for n in self._numbers if n < number]
        other._kept = {n: self._kept[n] for n in other._numbers}
        other._fixed = {n for n in self._fixed if n < number}
        other._sizes = [sum(snapshot.size for snapshot in other._kept.values()), 0]
        return other
