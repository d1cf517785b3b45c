"""One training after the other as long work: a generator that tells how far it is.

`ui.work` runs it in slices of the one clock; here nothing knows of time but the length of a
slice.
"""

import time
from collections.abc import Callable, Generator, Hashable, Sequence

from mlviz.errors import ArgumentError
from mlviz.learn.run import Run
from mlviz.learn.stop import StopRules

SLICE_SECONDS = 0.004
"""Training between two reports of how far it is."""
_KNOWN = 0.05
"""When so much of a training is done, one knows how long it takes."""


def trained(run: Run) -> Generator[float, None, None]:
    """Train a run until its rules stop it; yield how much of it is done, 0 … 1."""
    last = _last(run, run.stop)
    while run.stopped is None:
        run.advance_for(SLICE_SECONDS)
        yield min((run.head - 1) / last, 1.0)


class Shares:
    """How much of the time of several trainings is over, one after the other.

    They are not equally long: one has more rows, another stops early. What is still to be done
    is expected to take as long as what was done of the same kind; where nothing of it was done
    yet, as long as the others for their weight.

    Args:
        kinds: of each training; those of one kind take about equally long.
        weights: about how long each takes, in any unit; all alike if empty.
        clock: the time in seconds.
    """

    def __init__(
        self,
        kinds: Sequence[Hashable],
        weights: Sequence[float] = (),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._each = list(zip(kinds, list(weights) or [1.0] * len(kinds), strict=True))
        self._clock = clock
        self._left: dict[Hashable, tuple[int, float]] = {}
        """How many of a kind are not begun yet, and their weights together."""
        for kind, weight in self._each:
            self._add(self._left, kind, 1, weight)
        self._known: dict[Hashable, tuple[int, float]] = {}
        """How many of a kind are done, and their seconds together."""
        self._place = -1
        self._own = self._done = self._weight = self._share = 0.0
        self._resumed: float | None = None

    @staticmethod
    def _add(
        sums: dict[Hashable, tuple[int, float]], kind: Hashable, count: int, amount: float
    ) -> None:
        before = sums.get(kind, (0, 0.0))
        sums[kind] = before[0] + count, before[1] + amount

    def begin(self) -> None:
        """The next training begins; the one before is done."""
        if self._place >= 0:
            kind, weight = self._each[self._place]
            self._add(self._known, kind, 1, self._own)
            self._done += self._own
            self._weight += weight
        self._place += 1
        kind, weight = self._each[self._place]
        self._add(self._left, kind, -1, -weight)
        self._own = 0.0
        self.go_on()

    def go_on(self) -> None:
        """Something is done again."""
        self._resumed = self._clock()

    def rested(self, part: float) -> float:
        """Nothing is done for a while; return how much of all the time is over, 0 … 1.

        It never becomes less.

        Args:
            part: how much of the training that was begun last is done, 0 … 1.
        """
        if self._resumed is not None:
            self._own += self._clock() - self._resumed
            self._resumed = None
        kind, weight = self._each[self._place]
        if self._place == 0 and part <= _KNOWN:  # nothing is known but what was guessed
            return part * weight / sum(weight for _, weight in self._each)
        whole = self._whole(part, kind, weight)
        rate = (self._done + whole) / (self._weight + weight)
        ahead = whole - self._own
        for other, (count, weights) in self._left.items():
            done, seconds = self._known.get(other, (0, 0.0))
            if other == kind:
                done, seconds = done + 1, seconds + whole
            ahead += count * seconds / done if done and other is not None else weights * rate
        spent = self._done + self._own
        if spent > 0:
            self._share = max(self._share, spent / (spent + ahead))
        return self._share

    def _whole(self, part: float, kind: Hashable, weight: float) -> float:
        """Return about how many seconds the present training takes in all."""
        if part > _KNOWN:
            return self._own / min(part, 1.0)
        done, seconds = self._known.get(kind, (0, 0.0))
        same = seconds / done if done and kind is not None else 0.0
        return max(self._own, same or weight * self._done / self._weight)


def check_ends(stop: StopRules) -> None:
    """Refuse rules that might never stop a training.

    Raises:
        ArgumentError: there is neither a number of epochs nor one of iterations.
    """
    if stop.iterations is None and stop.epochs is None:
        raise ArgumentError.out_of_range("stop.epochs", None, "≥ 1")


def _last(run: Run, stop: StopRules) -> int:
    """Return the last iteration that can be done."""
    ends = [] if stop.iterations is None else [stop.iterations]
    if stop.epochs is not None:
        each = getattr(run.training.program, "iterations_per_epoch", 1)
        ends.append(stop.epochs * each)
    return max(min(ends), 1)
