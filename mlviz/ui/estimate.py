"""How long long work will still take, judged by how far it came lately."""

_FIRST_SECONDS, _FIRST_SHARE = 1.0, 0.01
"""Before that nobody can know."""
_BETWEEN_SECONDS, _MOST = 0.1, 400
_SETTLING_SECONDS = 3.0
"""An end that is expected elsewhere all at once is believed after so long."""


class Estimate:
    """Takes note of how much is done when, by any clock whose seconds go by as people's do.

    The later half of the time is what counts: the beginning is often quicker, or slower.
    """

    def __init__(self) -> None:
        self._marks: list[tuple[float, float]] = []
        self._end: float | None = None

    def note(self, now: float, share: float) -> None:
        """Take note that at a time so much is done, 0 … 1."""
        marks = self._marks
        if marks and now - marks[-1][0] < _BETWEEN_SECONDS:
            return
        elapsed = now - marks[-1][0] if marks else 0.0
        marks.append((now, share))
        if len(marks) > _MOST:
            del marks[1::2]
        found = self._found()
        if found is not None and self._end is not None:
            found = self._end + (found - self._end) * min(elapsed / _SETTLING_SECONDS, 1.0)
        self._end = found

    def _found(self) -> float | None:
        """Return when it will be done, going on as it did lately."""
        begun, (now, share) = self._marks[0][0], self._marks[-1]
        if now - begun < _FIRST_SECONDS or share < _FIRST_SHARE:
            return None
        middle = (begun + now) / 2
        then, before = max(mark for mark in self._marks if mark[0] <= middle)
        if share <= before:
            return self._end
        return now + (1 - share) * (now - then) / (share - before)

    def left(self) -> float | None:
        """Return how many seconds are left; None while nobody can know."""
        return None if self._end is None else max(self._end - self._marks[-1][0], 0.0)


def rounded(seconds: float) -> int:
    """Return a number of seconds as one says it who cannot know it exactly."""
    steps = ((10, 1), (30, 2), (60, 5), (300, 10))
    step = next((step for most, step in steps if seconds < most), 30)
    return max(round(seconds / step) * step, 1)
