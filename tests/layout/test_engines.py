"""What is true of every engine."""

from itertools import pairwise

import pytest
from hypothesis import given, settings

from mlviz.layout import Engine, LayoutGraph, NodeBox, RankDirection, clear_cache, layout
from tests.layout.graphs import (
    boxes_run_through,
    check,
    graph,
    network,
    random_graphs,
    rectangle,
    sample,
)

engines = pytest.mark.parametrize("engine", ["dot", "layered", "blocks"])
directions = pytest.mark.parametrize("direction", ["LR", "TB"])


@engines
@directions
@given(a_graph=random_graphs())
@settings(max_examples=40, deadline=None)
def test_boxes_stay_apart_and_routes_lead_from_border_to_border(
    engine: Engine, direction: RankDirection, a_graph: LayoutGraph
) -> None:
    drawing = layout(a_graph, engine, rankdir=direction)
    assert drawing.engine == engine
    assert drawing.direction == direction
    check(a_graph, drawing)


@engines
def test_the_same_graph_gets_the_same_layout(engine: Engine) -> None:
    a_graph = network([2, 3, 2])
    first = layout(a_graph, engine)
    clear_cache()
    again = layout(a_graph, engine)
    assert again is not first
    assert again == first


@engines
def test_values_flow_to_the_right(engine: Engine) -> None:
    a_graph = network([2, 2, 2])
    drawing = layout(a_graph, engine)
    for edge in a_graph.edges:
        assert drawing.nodes[edge.source].x < drawing.nodes[edge.target].x


@engines
def test_values_flow_downwards_when_asked(engine: Engine) -> None:
    a_graph = network([2, 2, 2])
    drawing = layout(a_graph, engine, rankdir="TB")
    for edge in a_graph.edges:
        assert drawing.nodes[edge.source].y < drawing.nodes[edge.target].y


@engines
def test_an_input_used_twice_has_two_edges_apart_the_first_slot_on_top(engine: Engine) -> None:
    drawing = layout(graph([(0, 1), (0, 1)]), engine)
    upper, lower = (sample(route) for route in drawing.routes)
    gaps = [b[1] - a[1] for a, b in zip(upper, lower, strict=True)]
    assert min(gaps) > 5


@engines
def test_edges_used_twice_stay_apart_beside_a_longer_one(engine: Engine) -> None:
    # h = x * x; y = h + h * h
    drawing = layout(graph([(0, 1), (0, 1), (1, 2), (1, 2), (1, 3), (2, 3)]), engine)
    for a, b in [(0, 1), (2, 3)]:
        upper, lower = (sample(drawing.routes[i]) for i in (a, b))
        nearest = min(abs(p[0] - q[0]) + abs(p[1] - q[1]) for p in upper for q in lower)
        assert nearest > 5


@engines
def test_edges_of_a_small_network_run_around_the_boxes(engine: Engine) -> None:
    a_graph = network([2, 2, 2])
    drawing = layout(a_graph, engine)
    for i in range(len(a_graph.edges)):
        assert boxes_run_through(a_graph, drawing, i) == []


@engines
def test_an_edge_that_skips_columns_runs_around_the_boxes(engine: Engine) -> None:
    a_graph = graph([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2), (1, 3)])
    drawing = layout(a_graph, engine)
    for i in range(len(a_graph.edges)):
        assert boxes_run_through(a_graph, drawing, i) == []


@engines
def test_edges_enter_a_box_in_the_order_they_come_from(engine: Engine) -> None:
    a_graph = graph([(0, 9), (1, 9), (2, 9), (3, 9)])
    drawing = layout(a_graph, engine)
    ends = sorted(
        (drawing.nodes[e.source].y, r.points[-1][1])
        for e, r in zip(a_graph.edges, drawing.routes, strict=True)
    )
    entries = [y for _, y in ends]
    assert entries == sorted(entries)
    assert len(set(entries)) == 4


@engines
def test_weights_stand_next_to_their_first_use(engine: Engine) -> None:
    a_graph = network([2, 2, 2])
    drawing = layout(a_graph, engine)
    columns = sorted({round(place.x) for place in drawing.nodes.values()})
    fed = {edge.target for edge in a_graph.edges}
    for node in a_graph.nodes:
        if node.key in fed or not node.group:
            continue
        own = columns.index(round(drawing.nodes[node.key].x))
        uses = [e.target for e in a_graph.edges if e.source == node.key]
        assert min(columns.index(round(drawing.nodes[u].x)) for u in uses) == own + 1


@engines
@pytest.mark.parametrize("sizes", [[2, 2, 2], [2, 3, 1]])
def test_neurons_are_drawn_in_their_order(engine: Engine, sizes: list[int]) -> None:
    a_graph = network(sizes)
    drawing = layout(a_graph, engine)
    inputs: dict[int, int] = {}
    for edge in a_graph.edges:
        inputs[edge.target] = inputs.get(edge.target, 0) + 1
    sums = [n.key for n in a_graph.nodes if inputs.get(n.key) == 3 and "layer1" in n.group]
    heights = [drawing.nodes[key].y for key in sums]
    assert len(heights) == sizes[1]
    assert heights == sorted(heights)


@engines
def test_short_and_long_edges_end_beside_each_other(engine: Engine) -> None:
    drawing = layout(graph([(0, 1), (1, 2), (2, 3), (0, 3)]), engine)
    short, long = (drawing.routes[i].points[-1] for i in (2, 3))
    assert abs(short[1] - long[1]) > 5


@engines
def test_nothing_is_laid_out_as_nothing(engine: Engine) -> None:
    drawing = layout(LayoutGraph((), ()), engine)
    assert (drawing.width, drawing.height) == (0, 0)
    assert not drawing.nodes
    assert not drawing.routes


@engines
def test_one_box_fills_the_drawing(engine: Engine) -> None:
    drawing = layout(LayoutGraph((NodeBox(7, 104, 66),), ()), engine)
    assert (drawing.width, drawing.height) == pytest.approx((104, 66), abs=0.1)
    assert drawing.nodes[7] == pytest.approx((52, 33), abs=0.1)


@engines
def test_parts_without_a_connection_are_all_drawn(engine: Engine) -> None:
    a_graph = graph([(0, 1), (2, 3), (4, 5), (5, 6)])
    check(a_graph, layout(a_graph, engine))


@engines
@pytest.mark.parametrize("rank", ["same", 3])
def test_boxes_with_the_same_rank_share_a_column(engine: Engine, rank: str | int) -> None:
    plain = graph([(0, 1), (1, 2), (3, 4), (5, 2)])
    wished = LayoutGraph(
        tuple(
            NodeBox(n.key, n.width, n.height, rank=rank if n.key in (2, 4) else None)
            for n in plain.nodes
        ),
        plain.edges,
    )
    drawing = layout(wished, engine)
    assert drawing.nodes[2].x == pytest.approx(drawing.nodes[4].x, abs=0.1)
    free = layout(plain, engine)
    assert free.nodes[2].x != pytest.approx(free.nodes[4].x, abs=0.1)


@engines
def test_a_wish_that_would_turn_an_edge_round_is_passed_over(engine: Engine) -> None:
    nodes = tuple(NodeBox(key, 50, 30, rank="same") for key in (0, 1))
    a_graph = LayoutGraph(nodes, graph([(0, 1)]).edges)
    drawing = layout(a_graph, engine)
    assert drawing.nodes[0].x < drawing.nodes[1].x


@engines
def test_the_first_column_can_be_asked_for(engine: Engine) -> None:
    plain = graph([(0, 1), (1, 2), (2, 3), (9, 3)])
    wished = LayoutGraph(
        tuple(
            NodeBox(n.key, n.width, n.height, rank="first" if n.key == 9 else None)
            for n in plain.nodes
        ),
        plain.edges,
    )
    assert layout(plain, engine).nodes[9].x > 100
    drawing = layout(wished, engine)
    assert drawing.nodes[9].x == pytest.approx(drawing.nodes[0].x, abs=0.1)


@engines
def test_a_cycle_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="cycle"):
        layout(graph([(0, 1), (1, 2), (2, 0)]), engine)


@pytest.mark.parametrize("engine", ["layered", "blocks", "auto"])
def test_a_chain_of_five_thousand_boxes_is_laid_out_without_recursion(engine: Engine) -> None:
    a_graph = graph([(i, i + 1) for i in range(4999)])
    drawing = layout(a_graph, engine)
    assert drawing.width == pytest.approx(5000 * 104 + 4999 * 34)
    assert drawing.height == pytest.approx(66)


@engines
def test_a_long_chain_keeps_its_boxes_apart(engine: Engine) -> None:
    # dot prints five digits only
    a_graph = graph([(i, i + 1) for i in range(699)])
    drawing = layout(a_graph, engine)
    for left, right in pairwise(a_graph.nodes):
        assert rectangle(right, drawing)[0] - rectangle(left, drawing)[2] > 25
