"""The order within the columns: few crossings.

An edge that passes over columns holds a place in each of them. Boxes and these places together
are *items*, by number: the boxes first, in the order of the graph.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mlviz.layout.graph import walk_back

_MOST_PLACES = 30_000


@dataclass(slots=True)
class Columns:
    """Items in columns.

    Attributes:
        items: the items of each column, from top to bottom.
        before: for each item those in the column to the left that an edge connects it to.
        after: the same to the right.
        chains: for each edge its items, from the source to the target. Where there would be too
            many, the longest edges have no places and run straight over everything.
    """

    items: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]
    chains: list[list[int]]


def make_columns(column: Sequence[int], ends: Sequence[tuple[int, int]]) -> Columns:
    """Return the columns in an order that keeps the ancestors of a box together."""
    count = len(column)
    where = list(column)
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    longest = _longest_with_places([column[b] - column[a] for a, b in ends])
    chains = []
    for source, target in ends:
        if column[target] - column[source] > longest:
            chains.append([source, target])
            continue
        chain = [source]
        for c in range(column[source] + 1, column[target]):
            chain.append(len(where))
            where.append(c)
            before.append([])
            after.append([])
        chain.append(target)
        for left, right in pairwise(chain):
            after[left].append(right)
            before[right].append(left)
        chains.append(chain)

    items: list[list[int]] = [[] for _ in range(max(column, default=-1) + 1)]
    for item in walk_back(before, after):
        items[where[item]].append(item)
    return Columns(items, before, after, chains)


def _longest_with_places(lengths: Sequence[int]) -> int:
    """Return how long an edge may be to hold places, so that there are not too many of them.

    In ``x * (x * (x * …))`` their number grows with the square of the length.
    """
    total = longest = 0
    for length in sorted(lengths):
        total += length - 1
        if total > _MOST_PLACES:
            return longest
        longest = length
    return longest


def count_crossings(columns: Columns) -> int:
    """Return how often two edges cross between neighbouring columns."""
    position = _positions(columns)
    crossings = 0
    for column in columns.items:
        ends: list[int] = []
        for item in column:
            mine = sorted(position[other] for other in columns.after[item])
            crossings += sum(len(ends) - bisect_right(ends, end) for end in mine)
            for end in mine:
                insort(ends, end)
    return crossings


def reduce_crossings(columns: Columns) -> None:
    """Reorder the columns in place: sweeps by mean neighbour, then swaps of neighbours."""
    size = len(columns.before)
    sweeps, swaps = (24, 8) if size < 800 else (12, 2) if size < 4000 else (6, 0)
    best = count_crossings(columns)
    best_items = [list(column) for column in columns.items]
    idle = 0
    for sweep in range(sweeps):
        if not best or idle == 4:
            break
        _sweep(columns, to_the_right=sweep % 2 == 0)
        for _ in range(swaps):
            if not _swap_neighbours(columns):
                break
        crossings = count_crossings(columns)
        idle += 1
        if crossings < best:
            best, idle = crossings, 0
            best_items = [list(column) for column in columns.items]
    columns.items = best_items


def _positions(columns: Columns) -> list[int]:
    position = [0] * len(columns.before)
    for column in columns.items:
        for i, item in enumerate(column):
            position[item] = i
    return position


def _sweep(columns: Columns, *, to_the_right: bool) -> None:
    position = _positions(columns)
    neighbours = columns.before if to_the_right else columns.after
    for column in columns.items if to_the_right else reversed(columns.items):
        wish = {
            item: sum(position[other] for other in neighbours[item]) / len(neighbours[item])
            if neighbours[item]
            else float(position[item])
            for item in column
        }
        column.sort(key=wish.__getitem__)
        for i, item in enumerate(column):
            position[item] = i


def _swap_neighbours(columns: Columns) -> bool:
    """Swap two items above each other wherever that removes crossings; tell if any did."""
    position = _positions(columns)
    swapped = False
    for column in columns.items:
        for i in range(len(column) - 1):
            upper, lower = column[i], column[i + 1]
            gain = 0
            for side in (columns.before, columns.after):
                ups = [position[other] for other in side[upper]]
                lows = [position[other] for other in side[lower]]
                gain += sum((u > v) - (u < v) for u in ups for v in lows)
            if gain > 0:
                column[i], column[i + 1] = lower, upper
                position[upper], position[lower] = i + 1, i
                swapped = True
    return swapped
