"""Where the numbers and the signs of weights stand on their lines, clear of other lines."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from mlviz.picture.boxes import number_width
from mlviz.picture.items import Rect
from mlviz.picture.network_form import FEW_WEIGHTS, Point
from mlviz.picture.network_plan import NetworkPlan, along
from mlviz.trace.neurons import Place

NUMBERS = (12.0, 10), (11.0, 10), (10.0, 10), (11.0, 8), (10.0, 8)
"""How large weights are written, and in how many characters."""
_SHORTEST = 6
"""In how few characters one stands that is updated, if it has no room else."""
_PAD, _HIGH = 7.0, 18.0
"""Px beside their numbers, and how high those stand; …"""
_PLACES = (0.4, 0.36, 0.44, 0.32, 0.48, 0.28, 0.52, 0.24, 0.56, 0.2, 0.62, 0.68, 0.74, 0.16, 0.8)
"""… where on their lines they may be, …"""
_FREE = 3.0
"""… and how many px other lines keep off, so that nobody takes them for theirs."""
_MANY, _BEFORE = 4, 26.0
"""Of more weights than the first so many px are seen before their numbers."""
_LEAST = 0.5
"""If fewer of a layer's weights than this part can be written, there are signs instead."""
SIGN = 6.0
_SIGN_PLACES = (0.3, 0.36, 0.24, 0.42, 0.48, 0.18, 0.54, 0.6, 0.66, 0.72)
"""Half the width of a sign, px, and where on its line it may be; …"""
_APART, _EDGE = 2.0, 2.0
"""… px between two signs, and between a sign and a neuron; …"""
_CROWD = 0.5
"""… and beyond so many weights for each px between two columns there is no room for any."""

Line = tuple[Point, Point]
Plate = tuple[Point, float, int]
"""Where a number stands, how large it is, and in how many characters."""


class Plates:
    """Finds the places of the numbers and signs of a plan's weights."""

    def __init__(self, plan: NetworkPlan) -> None:
        self._plan = plan

    @cached_property
    def numbers(self) -> dict[int, dict[Place, Plate]]:
        """Where numbers stand at rest, by layer: those of which it is plain whose they are."""
        return {layer: self._numbers(layer) for layer in range(1, len(self._plan.shown))}

    @cached_property
    def acting(self) -> dict[int, dict[Place, Plate]]:
        """Where those stand that act: the same, and of the others those that have room."""
        return {
            layer: {**self._spread(layer, found), **found} for layer, found in self.numbers.items()
        }

    @cached_property
    def signs(self) -> dict[Place, Point]:
        """Where signs of weights without a number stand, whatever those are, clear of others."""
        return dict(
            found for layer in range(1, len(self._plan.shown)) for found in self._signs(layer)
        )

    def _lines(self, layer: int) -> dict[Place, Line]:
        lines = ((place, self._plan.line(place)) for place in self._plan.weights(layer))
        return {place: line for place, line in lines if line is not None}

    def _ends(self, layer: int) -> tuple[float, float]:
        """Return between which points there are no neurons."""
        plan = self._plan
        return plan.columns[layer - 1] + plan.form.width, plan.columns[layer]

    # --- Numbers ---------------------------------------------------------------------------

    def _numbers(self, layer: int) -> dict[Place, Plate]:
        lines = self._lines(layer)
        if len(lines) > FEW_WEIGHTS:
            return {}
        best: dict[Place, Plate] = {}
        for size, most in NUMBERS:
            found = self._fitted(lines, layer, {}, size, most)
            if len(found) == len(lines):
                return found
            if len(found) > len(best):
                best = found
        return best if len(best) >= _LEAST * len(lines) else {}

    def _spread(self, layer: int, taken: dict[Place, Plate]) -> dict[Place, Plate]:
        """Return places for those numbers of a layer that have none yet."""
        lines = self._lines(layer)
        if len(lines) > FEW_WEIGHTS:
            return {}
        sizes = {plate[1:] for plate in taken.values()} or set(NUMBERS[-1:])
        size, most = min(sizes)
        best: dict[Place, Plate] = {}
        for short in range(most, _SHORTEST - 1, -1):
            found = self._fitted(lines, layer, taken, size, short)
            if len(found) + len(taken) == len(lines):
                return found
            best = max(best, found, key=len)
        return best

    def _fitted(
        self,
        lines: dict[Place, Line],
        layer: int,
        taken: dict[Place, Plate],
        size: float,
        most: int,
    ) -> dict[Place, Plate]:
        """Find room for one number after the other, where no other line is near."""
        left, right = self._ends(layer)
        width = number_width("8" * most, size) + _PAD
        before = _BEFORE if len(lines) > _MANY else 1.0
        found: dict[Place, Plate] = {}
        for place, line in lines.items():
            if place in taken:
                continue
            others = [other for other in lines.values() if other != line]
            stand = [at for at, *_ in (*taken.values(), *found.values())]
            for part in _PLACES:
                x, y = along(line, part)
                if x - width / 2 < left + before or x + width / 2 > right - 1:
                    continue
                apart = all(abs(y - b) > _HIGH or abs(x - a) >= width for a, b in stand)
                if apart and not any(_meets(o, x, y, width / 2 + _FREE) for o in others):
                    found[place] = (x, y), size, most
                    break
        return found

    # --- Signs -----------------------------------------------------------------------------

    def _signs(self, layer: int) -> Iterator[tuple[Place, Point]]:
        left, right = self._ends(layer)
        lines, written = self._lines(layer), self.numbers[layer]
        if len(lines) > (right - left) * _CROWD:
            return
        taken = [_rect_of(plate) for plate in self.acting[layer].values()]
        by, edge = SIGN + _APART / 2, SIGN + _EDGE
        for place, line in lines.items():
            if place in written:
                continue
            first = _SIGN_PLACES[(place.unit or 0) % 2]  # so that few of them meet
            for part in (first, *_SIGN_PLACES):
                x, y = along(line, part)
                rect = Rect(x - by, y - by, 2 * by, 2 * by)
                if left + edge <= x <= right - edge and not _hits(rect, taken):
                    taken.append(rect)
                    yield place, (x, y)
                    break


def _rect_of(plate: Plate) -> Rect:
    """Return where a number is written."""
    (x, y), size, most = plate
    width = number_width("8" * most, size) + _PAD
    return Rect(x - width / 2, y - _HIGH / 2, width, _HIGH)


def _hits(rect: Rect, taken: Sequence[Rect]) -> bool:
    return any(
        rect.x < other.right
        and rect.right > other.x
        and rect.y < other.bottom
        and rect.bottom > other.y
        for other in taken
    )


def _meets(line: Line, x: float, y: float, half: float) -> bool:
    """Return whether a line passes through, or close by, a number."""
    (x0, y0), (x1, y1) = line
    ends = [y0 + (y1 - y0) * (at - x0) / (x1 - x0) for at in (x - half, x + half)]
    by = _HIGH / 2 + _FREE
    return min(ends) < y + by and max(ends) > y - by
