"""A wide drawing in two rows."""

import pytest
from hypothesis import given, settings

from mlviz.layout import LayoutGraph, NodeBox, folded, layout
from tests.layout.graphs import boxes_run_through, check, graph, random_graphs

CHAIN = graph([(k, k + 1) for k in range(9)])
ASPECT = 1.2


def test_a_long_chain_becomes_two_rows_of_which_the_second_goes_on_where_the_first_ends() -> None:
    drawing = layout(CHAIN)
    rows = folded(drawing, CHAIN, ASPECT)
    assert rows is not None
    assert rows.width < 0.65 * drawing.width
    check(CHAIN, rows)
    heights = sorted({place.y for place in rows.nodes.values()})
    assert len(heights) == 2
    assert [rows.nodes[k].y for k in range(10)] == sorted(rows.nodes[k].y for k in range(10))
    assert not any(boxes_run_through(CHAIN, rows, k) for k in range(len(CHAIN.edges)))


@settings(max_examples=40, deadline=None)
@given(random_graphs())
def test_whatever_is_folded_stays_a_good_layout(any_graph: LayoutGraph) -> None:
    drawing = layout(any_graph, "layered")
    rows = folded(drawing, any_graph, ASPECT)
    if rows is not None:
        check(any_graph, rows)
        assert rows.engine == drawing.engine


def test_a_frame_is_not_torn_apart() -> None:
    nodes = tuple(NodeBox(k, 104, 66, frame="0" if 2 <= k <= 6 else "") for k in range(10))
    framed = LayoutGraph(nodes, CHAIN.edges)
    rows = folded(layout(framed), framed, ASPECT)
    assert rows is not None
    assert len({rows.nodes[k].y for k in range(2, 7)}) == 1


@pytest.mark.parametrize("pairs", [[(0, 1)], [(k, 9) for k in range(9)]])
def test_what_has_no_place_to_be_folded_is_left_as_it_is(pairs: list[tuple[int, int]]) -> None:
    small = graph(pairs)
    assert folded(layout(small), small, ASPECT) is None


def test_what_runs_downwards_is_not_folded() -> None:
    assert folded(layout(CHAIN, rankdir="TB"), CHAIN, ASPECT) is None


def test_many_edges_are_not_sent_back_together() -> None:
    pairs = [(k, 10 + k) for k in range(5)] + [(10 + k, 20) for k in range(5)]
    wide = graph(pairs)
    assert folded(layout(wide), wide, ASPECT) is None


def test_it_is_not_folded_where_an_edge_would_not_go_back_but_in_a_loop() -> None:
    sizes = [(110, 68), (98, 50), (110, 68), (100, 50), (98, 50), (174, 68)]
    pairs = [(0, 2), (1, 2), (2, 4), (0, 3), (2, 5), (3, 5), (4, 5)]
    boxes = tuple(NodeBox(key, *size) for key, size in enumerate(sizes))
    crossing = LayoutGraph(boxes, graph(pairs).edges)
    assert folded(layout(crossing), crossing, ASPECT) is None
