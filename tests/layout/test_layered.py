"""The steps of the built-in layout."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.layout import Edge, LayoutGraph, NodeBox, layout
from mlviz.layout.order import _swap_neighbours, count_crossings, make_columns, reduce_crossings
from mlviz.layout.place import _separate
from mlviz.layout.ranks import assign_columns
from tests.layout.graphs import boxes_run_through, graph, network, random_graphs, rectangle


@given(a_graph=random_graphs())
@settings(max_examples=60, deadline=None)
def test_no_edge_runs_through_a_box(a_graph: LayoutGraph) -> None:
    drawing = layout(a_graph, "layered")
    for i in range(len(a_graph.edges)):
        assert boxes_run_through(a_graph, drawing, i) == []


@given(a_graph=random_graphs())
@settings(max_examples=60, deadline=None)
def test_each_edge_leads_to_a_later_column(a_graph: LayoutGraph) -> None:
    column = assign_columns(a_graph)
    assert all(column[a] < column[b] for a, b in a_graph.ends())
    assert set(column) == set(range(max(column) + 1))


def test_a_side_branch_stands_next_to_its_use() -> None:
    # 0 → 1 → 2 → 3 → 4, and tanh(a * b) into the last: 10, 11 → 12 → 13 → 4
    a_graph = graph([(0, 1), (1, 2), (2, 3), (3, 4), (10, 12), (11, 12), (12, 13), (13, 4)])
    columns = dict(zip((n.key for n in a_graph.nodes), assign_columns(a_graph), strict=True))
    assert columns[13] == columns[4] - 1
    assert columns[12] == columns[4] - 2
    assert columns[10] == columns[11] == columns[4] - 3


def test_a_column_is_as_wide_as_its_widest_box() -> None:
    nodes = (NodeBox(0, 200, 20), NodeBox(1, 40, 20), NodeBox(2, 60, 20))
    a_graph = LayoutGraph(nodes, (Edge(0, 2, 0), Edge(1, 2, 1)))
    drawing = layout(a_graph, "layered")
    assert drawing.nodes[0].x == drawing.nodes[1].x == 100
    assert rectangle(nodes[2], drawing)[0] == pytest.approx(234)


def test_crossings_are_removed_where_that_is_possible() -> None:
    a_graph = graph([(0, 5), (1, 4), (2, 3), (3, 6), (4, 7), (5, 8)])
    columns = make_columns(assign_columns(a_graph), a_graph.ends())
    for column in columns.items:
        column.sort()
    assert count_crossings(columns) == 3
    reduce_crossings(columns)
    assert count_crossings(columns) == 0


def test_sweeps_sort_out_what_swaps_alone_could_not() -> None:
    a_graph = graph([(i, 999 - i) for i in range(400)])
    columns = make_columns(assign_columns(a_graph), a_graph.ends())
    for column in columns.items:
        column.sort()
    assert count_crossings(columns) == 400 * 399 / 2
    reduce_crossings(columns)
    assert count_crossings(columns) == 0


def test_two_neighbours_are_swapped_when_their_edges_cross() -> None:
    a_graph = graph([(0, 3), (1, 2)])
    columns = make_columns(assign_columns(a_graph), a_graph.ends())
    columns.items = [[0, 1], [2, 3]]
    assert _swap_neighbours(columns)
    assert count_crossings(columns) == 0
    assert not _swap_neighbours(columns)


def test_a_long_chain_that_uses_its_input_everywhere_does_not_explode() -> None:
    # x * (x * (x * …)): a place in each column for each edge would be two million
    a_graph = graph([(i, i + 1) for i in range(2000)] + [(0, i) for i in range(2, 2000)])
    columns = make_columns(assign_columns(a_graph), a_graph.ends())
    assert len(columns.before) < 40_000
    some = graph([(i, i + 1) for i in range(60)] + [(0, i) for i in range(2, 60)])
    columns = make_columns(assign_columns(some), some.ends())
    assert len(columns.before) == 61 + sum(range(1, 59))


def test_a_long_edge_without_anything_in_its_way_is_level_in_the_middle() -> None:
    drawing = layout(graph([(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)]), "layered")
    levels = {round(y, 6) for _, y in drawing.routes[4].points}
    assert len(levels) <= 3  # where it starts, where it runs, where it ends


@given(
    rows=st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.floats(0.1, 50), st.floats(1, 100)), min_size=1
    )
)
def test_separated_places_keep_their_distance(rows: list[tuple[float, float, float]]) -> None:
    offsets = [sum(gap for _, _, gap in rows[: i + 1]) for i in range(len(rows))]
    places = _separate([wish for wish, _, _ in rows], [weight for _, weight, _ in rows], offsets)
    for i in range(1, len(rows)):
        assert places[i] - places[i - 1] >= rows[i][2] - 1e-6


def test_places_that_are_far_enough_apart_are_what_was_wished() -> None:
    assert _separate([0, 50, 200], [1, 1, 1], [0, 10, 20]) == pytest.approx([0, 50, 200])
    assert _separate([10, 0], [3, 1], [0, 10]) == pytest.approx([5, 15])


def test_the_places_are_the_same_on_every_machine() -> None:
    drawing = layout(network([1, 1], (100, 50)), "layered")
    assert [(round(x, 6), round(y, 6)) for x, y in drawing.nodes.values()] == [
        (50, 96),  # the input
        (50, 25),  # its weight
        (184, 60.5),  # their product
        (184, 131.5),  # the bias
        (318, 78.5),  # the sum
        (452, 78.5),  # the neuron's output
        (452, 149.5),  # the target
        (586, 114),
        (720, 114),
        (854, 114),
    ]
    assert drawing.routes[0].points == ((100, 25), (117, 25), (117, 54.5), (134, 54.5))
