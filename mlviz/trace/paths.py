"""Why a gradient has the value it has: every path to the loss, and what each one carries.

The gradient of a number is the sum over all paths from it to the loss of the product of the
local derivatives along the path. There can be more paths than atoms in the world, so they
are counted by adding up, from the loss backwards; the largest are found one after the other.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from mlviz.autograd import Contribution
from mlviz.trace.timeline import Timeline

MOST_PATHS = 200
"""No more paths than this are listed; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Link:
    """One edge of a path.

    Attributes:
        node: id of the operation.
        slot: which of its inputs the path goes through.
        target: id of that input.
        local: d(node)/d(input).
    """

    node: int
    slot: int
    target: int
    local: float


@dataclass(frozen=True, slots=True)
class GradientPath:
    """A way from the loss back to a number; without links, the number is the loss."""

    links: tuple[Link, ...]

    @property
    def product(self) -> float:
        """The product of the local derivatives, from the loss on."""
        product = 1.0
        for link in self.links:
            product *= link.local
        return product


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths from one number to the loss.

    Attributes:
        node: id of the number.
        gradient: dL/d(number), as the reverse pass computed it.
        count: how many paths there are, exactly.
        listed: the paths with the largest products, the largest first.
    """

    node: int
    gradient: float
    count: int
    listed: tuple[GradientPath, ...]

    @property
    def rest(self) -> float:
        """What the paths that are not listed contribute together."""
        return self.gradient - math.fsum(path.product for path in self.listed)


def has_paths(timeline: Timeline) -> bool:
    """Return whether every node that the reverse pass visits is a single number."""
    tape = timeline.tape
    return all(
        tape[contribution.node].value.size == tape[contribution.target].value.size == 1
        for contribution in timeline.contributions
    )


def path_counts(timeline: Timeline) -> dict[int, int]:
    """Return how many paths lead from each node to the loss; nodes without any are left out."""
    counts = {timeline.output: 1}
    # A node sends only after it has received everything, so its own count is final by then.
    for contribution in timeline.contributions:
        arriving = counts[contribution.node]
        counts[contribution.target] = counts.get(contribution.target, 0) + arriving
    return counts


def paths_to(timeline: Timeline, node: int, limit: int = MOST_PATHS) -> Paths | None:
    """Return the paths from `node` to the loss.

    None if the node has no gradient, or if there are nodes of more than one number.
    """
    paths = path_counts(timeline).get(node, 0)
    gradient = timeline.final_gradient(node)
    if not paths or gradient is None or not has_paths(timeline):
        return None
    largest = _largest_first(timeline, node)
    listed = [path for _, path in zip(range(min(limit, paths)), largest, strict=False)]
    # The search compares logarithms; of two that are equal there, rounding decides.
    listed.sort(key=lambda path: _size(path.product), reverse=True)
    return Paths(node, float(gradient.item()), paths, tuple(listed))


def local_derivative(timeline: Timeline, contribution: Contribution) -> float:
    """Return d(node)/d(input) of an edge between two single numbers."""
    if contribution.local is not None:
        return float(contribution.local.item())
    node = timeline.tape[contribution.node]
    assert node.op is not None  # what sends a gradient is an operation
    arrays = timeline.tape.arrays(node)
    with np.errstate(all="ignore"):
        sent = node.op.vjp(
            contribution.slot, np.ones_like(node.value), node.value, arrays, node.params
        )
    return float(np.asarray(sent).item())


def _size(number: float) -> float:
    return math.inf if math.isnan(number) else abs(number)


def _log_size(number: float) -> float:
    """Return ln|number|; what is not a number counts as the largest, so that it is seen."""
    size = _size(number)
    return math.log(size) if size else -math.inf


def _times(one: float, other: float) -> float:
    """Add two logarithms; with an infinite factor the product is infinite, or nan."""
    return math.inf if math.inf in (one, other) else one + other


def _largest_first(timeline: Timeline, start: int) -> Iterator[GradientPath]:
    """Yield the paths by falling |product|.

    Best-first search: what the best way from each node to the loss is worth is known
    beforehand, so only beginnings of paths that are asked for are ever extended.
    """
    onward: dict[int, list[Link]] = {}
    best = {timeline.output: 0.0}
    for contribution in timeline.contributions:
        link = Link(
            contribution.node,
            contribution.slot,
            contribution.target,
            local_derivative(timeline, contribution),
        )
        onward.setdefault(link.target, []).append(link)
        worth = _times(best[link.node], _log_size(link.local))
        best[link.target] = max(best.get(link.target, -math.inf), worth)
    tie = count()
    # Of equal worth the longest beginning is extended first: it arrives, the others wait.
    # A beginning is a chain of pairs, so that a longer one shares what it extends.
    waiting: list[tuple[float, int, int, int, float, _Chain]] = [
        (-best[start], 0, next(tie), start, 0.0, None)
    ]
    while waiting:
        _, depth, _, node, so_far, chain = heapq.heappop(waiting)
        if node == timeline.output:
            yield _path(chain)
            continue
        for link in onward[node]:
            behind = _times(so_far, _log_size(link.local))
            worth = _times(behind, best[link.node])
            entry = (-worth, depth - 1, next(tie), link.node, behind, (link, chain))
            heapq.heappush(waiting, entry)


_Chain = tuple[Link, "_Chain"] | None


def _path(chain: "_Chain") -> GradientPath:
    links = []
    while chain is not None:
        link, chain = chain
        links.append(link)
    return GradientPath(tuple(links))
