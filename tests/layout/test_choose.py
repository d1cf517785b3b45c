"""Which engine, which direction, which spacing; and the cache."""

import threading

import pytest

from mlviz.layout import (
    MOST_NODES_FOR_DOT,
    Edge,
    Layout,
    LayoutCancelled,
    LayoutError,
    LayoutGraph,
    NodeBox,
    Spacing,
    choose,
    clear_cache,
    layout,
)
from tests.layout.graphs import check, graph, network


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    clear_cache()


def test_dot_is_taken_up_to_its_limit_and_blocks_above() -> None:
    def row(count: int) -> LayoutGraph:
        return LayoutGraph(tuple(NodeBox(i, 10, 10) for i in range(count)), ())

    assert layout(row(10)).engine == "dot"
    assert layout(row(MOST_NODES_FOR_DOT + 1)).engine == "blocks"


def test_what_would_keep_dot_too_long_is_not_given_to_it() -> None:
    # x * (x * (x * …))
    a_graph = graph([(i, i + 1) for i in range(200)] + [(0, i) for i in range(2, 200)])
    assert layout(a_graph).engine == "layered"


def test_the_same_shape_is_laid_out_once() -> None:
    assert layout(network([2, 2, 1])) is layout(network([2, 2, 1]))


@pytest.mark.parametrize(
    "other",
    [
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 8)), (Edge(0, 1, 0),)),
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(2, 9, 9)), (Edge(0, 2, 0),)),
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 9, "g")), (Edge(0, 1, 0),)),
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 9, rank=1)), (Edge(0, 1, 0),)),
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 9, rank="1")), (Edge(0, 1, 0),)),
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 9)), (Edge(0, 1, 1),)),
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 9)), (Edge(1, 0, 0),)),
        LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 9)), ()),
    ],
)
def test_everything_that_matters_is_part_of_the_shape(other: LayoutGraph) -> None:
    plain = LayoutGraph((NodeBox(0, 9, 9), NodeBox(1, 9, 9)), (Edge(0, 1, 0),))
    assert plain.shape_key() == LayoutGraph(plain.nodes, plain.edges).shape_key()
    assert plain.shape_key() != other.shape_key()


def test_each_option_has_its_own_place_in_the_cache() -> None:
    a_graph = network([2, 2, 1])
    drawings = [
        layout(a_graph, "layered"),
        layout(a_graph, "layered", rankdir="TB"),
        layout(a_graph, "layered", spacing=Spacing(30, 60)),
        layout(a_graph, "layered", aspect=1.0),
        layout(a_graph, "dot"),
    ]
    assert len({(d.width, d.height, d.engine) for d in drawings}) == 5


def test_the_cache_forgets_what_was_not_used_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "_CACHE_SIZE", 2)
    a, b, c = (graph([(0, 1)], (10, 10 + i)) for i in range(3))
    first, second = layout(a, "layered"), layout(b, "layered")
    assert layout(a, "layered") is first
    layout(c, "layered")
    assert layout(a, "layered") is first
    assert layout(b, "layered") is not second


def test_spacing_is_the_room_between_boxes() -> None:
    two_rows = graph([(0, 2), (1, 2)], (100, 50))
    drawing = layout(two_rows, "layered", spacing=Spacing(20, 40))
    assert (drawing.width, drawing.height) == pytest.approx((240, 120))
    drawing = layout(two_rows, "dot", spacing=Spacing(20, 40))
    assert (drawing.width, drawing.height) == pytest.approx((240, 120), abs=0.5)


@pytest.mark.parametrize("engine", ["dot", "layered"])
@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.parametrize("aspect", [0.4, 1.2, 4.0])
def test_a_layout_for_a_stage_is_drawn_larger_on_it(
    engine: choose.Engine, rankdir: str, aspect: float
) -> None:
    a_graph = network([2, 2, 2])
    plain = layout(a_graph, engine, rankdir=rankdir)
    fitted = layout(a_graph, engine, rankdir=rankdir, aspect=aspect)
    check(a_graph, fitted)
    across = plain.width > plain.height * aspect
    if across == (rankdir == "LR"):  # columns come nearer to each other
        assert _scale(fitted, aspect) > 1.03 * _scale(plain, aspect)
    else:  # boxes of a column do not, or no label would have room, but columns take their room
        assert _scale(fitted, aspect) == pytest.approx(_scale(plain, aspect))
        sides = (fitted.width, plain.width) if rankdir == "LR" else (fitted.height, plain.height)
        assert sides[0] > 1.03 * sides[1]


def test_the_direction_can_be_left_to_the_stage() -> None:
    chain = graph([(i, i + 1) for i in range(6)])
    assert layout(chain, "layered", rankdir="auto", aspect=4.0).direction == "LR"
    assert layout(chain, "layered", rankdir="auto", aspect=0.3).direction == "TB"


def test_top_to_bottom_keeps_the_boxes_upright() -> None:
    a_graph = network([2, 2, 1])
    check(a_graph, layout(a_graph, "layered", rankdir="TB"))


def test_nothing_is_begun_when_it_was_cancelled_before() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(LayoutCancelled):
        layout(graph([(0, 1)]), "layered", cancel=cancel)


def test_a_graph_with_a_double_key_or_a_loose_edge_is_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        LayoutGraph((NodeBox(0, 1, 1), NodeBox(0, 1, 1)), ())
    with pytest.raises(ValueError, match="not among"):
        LayoutGraph((NodeBox(0, 1, 1),), (Edge(0, 1, 0),))


def _scale(drawing: choose.Layout, aspect: float) -> float:
    return min(aspect / drawing.width, 1 / drawing.height)


def test_spacing_that_dot_fails_with_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = choose.lay_out_dot, []

    def once(graph: LayoutGraph, spacing: Spacing, cancel: threading.Event | None) -> Layout:
        asked.append(spacing)
        if len(asked) > 1:
            raise LayoutError("lost an edge")
        return run(graph, spacing, cancel)

    monkeypatch.setattr(choose, "lay_out_dot", once)
    found = layout(network([3, 4, 2]), aspect=1.2)
    assert len(asked) == 2
    assert found == run(network([3, 4, 2]), Spacing(), None)
