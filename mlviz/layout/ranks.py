"""Columns: which boxes stand above each other."""

from collections.abc import Sequence

from mlviz.layout.graph import FIRST_COLUMN, LayoutGraph, topological_order

Ends = Sequence[tuple[int, int]]

_TALL = 12  # boxes in a column from which on it is worth spreading them


def column_leaders(graph: LayoutGraph) -> list[int]:
    """Return for each box the first box it must share a column with (often itself).

    Wishes for a common column are met one after the other, as long as no edge then has to run
    within a column or backwards.
    """
    ends = graph.ends()
    wishes: dict[str | int, list[int]] = {}
    for i, node in enumerate(graph.nodes):
        if node.rank is not None:
            wishes.setdefault(node.rank, []).append(i)
    leaders = list(range(len(graph.nodes)))
    for members in wishes.values():
        if len(members) < 2:
            continue
        merged = list(leaders)
        for member in members:
            merged[member] = members[0]
        if _is_acyclic(merged, ends):
            leaders = merged
    return leaders


def first_column_leader(graph: LayoutGraph, leaders: Sequence[int]) -> int | None:
    """Return the leader of the boxes that are to stand in the first column, if they can."""
    members = [i for i, node in enumerate(graph.nodes) if node.rank == FIRST_COLUMN]
    if not members:
        return None
    leader = leaders[members[0]]
    if any(leaders[i] != leader for i in members):
        return None
    return None if any(leaders[b] == leader for _, b in graph.ends()) else leader


def _is_acyclic(leaders: Sequence[int], ends: Ends) -> bool:
    merged = [(leaders[a], leaders[b]) for a, b in ends]
    if any(a == b for a, b in merged):
        return False
    try:
        topological_order(len(leaders), merged)
    except ValueError:
        return False
    return True


def assign_columns(graph: LayoutGraph) -> list[int]:
    """Return the column of each box, counted from 0; each edge leads to a later column.

    Boxes stand as far left as they can, except for those that would only make edges longer there:
    a weight, or a whole side branch such as ``tanh(a * b)``, stands next to its first use.

    Raises:
        ValueError: if the edges form a cycle.
    """
    count = len(graph.nodes)
    leaders = column_leaders(graph)
    ends = {(leaders[a], leaders[b]) for a, b in graph.ends()}
    order = topological_order(count, sorted(ends))
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for a, b in sorted(ends):
        before[b].append(a)
        after[a].append(b)

    first = first_column_leader(graph, leaders)
    column = [0] * count
    loose = [False] * count  # nothing but the one use of this box hangs on its ancestors
    for node in order:
        column[node] = max((column[p] + 1 for p in before[node]), default=0)
        loose[node] = all(loose[p] and len(after[p]) == 1 for p in before[node])
    crowd = [0] * (max(column, default=0) + 1)
    for leader in leaders:
        crowd[column[leader]] += 1
    for node in reversed(order):
        if not after[node] or node == first:
            continue
        nearest = min(column[s] for s in after[node]) - 1
        # A loose ancestor comes along, so its edge does not get longer.
        held = sum(not (loose[p] and len(after[p]) == 1) for p in before[node])
        if nearest == column[node] or len(after[node]) < held:
            continue
        old = column[node]
        if len(after[node]) > held:
            column[node] = nearest
        elif crowd[old] > _TALL:  # no place makes edges shorter, so the emptiest one is taken
            column[node] = min(range(nearest, old - 1, -1), key=crowd.__getitem__)
        crowd[old] -= 1
        crowd[column[node]] += 1

    used = sorted({column[leader] for leader in leaders})
    place = {c: i for i, c in enumerate(used)}
    return [place[column[leader]] for leader in leaders]
