"""The pages of paths and of order: what they show, and when."""

import pytest

from mlviz.layout import layout
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Box, Curve, Picture, Role, Text
from mlviz.picture.lit import lit_network, lit_picture
from mlviz.picture.network import network_pictures
from mlviz.picture.order import compared_node, order_page
from mlviz.picture.pages import Page, number_of
from mlviz.picture.paths import path_edges, paths_page
from mlviz.trace.neurons import Place
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, neuron, twice

X = 0


def written(page: Page) -> list[str]:
    assert page.picture is not None
    return [str(item.text) for item in page.picture.items if isinstance(item, Text)]


def rows(picture: Picture | None) -> list[Box]:
    assert picture is not None
    return [item for item in picture.items if isinstance(item, Box) and item.key.startswith("path")]


def end(timeline: Timeline) -> Position:
    return Position(1, len(timeline))


def test_a_lit_path_runs_along_the_lines_of_the_network() -> None:
    scalars = scalarize(network(2, 2, 1))
    timeline = Timeline(scalars.iteration)
    pictures = network_pictures(timeline)
    assert pictures is not None
    weight = Place("weight", 1, 1, 0)
    entry = pictures.neurons.entry(weight)
    assert entry is not None
    edges = path_edges(timeline, entry[0], 0)
    light = lit_network(pictures, edges)
    lines = [item.points for item in light.items if isinstance(item, Curve)]
    plan = pictures.plan
    wanted = [weight, Place("weight", 2, 0, 1), Place("loss", 2, 0)]
    assert set(lines) == {plan.line(place) for place in wanted}
    assert len(lines) == len(wanted)
    rims = [item.rect for item in light.items if isinstance(item, Box)]
    bodies = [Place("neuron", 1, 1), Place("neuron", 2, 0), Place("loss")]
    for place in bodies:
        rect = pictures.rect(place)
        assert rect is not None
        assert any(rim.center == rect.center for rim in rims)
    assert len(rims) == len(bodies)
    assert not lit_network(pictures, ()).items


def test_each_path_is_written_out_with_symbols_numbers_and_the_product() -> None:
    timeline = Timeline(twice())
    page = paths_page(timeline, end(timeline), X, None, 340)
    assert len(rows(page.picture)) == 6
    texts = written(page)
    assert texts[:3] == ["∂y/∂v₁", "1.000", "×"]
    assert texts[-4:] == ["∂h/∂x", "3.000", "=", "3.000"]
    assert page.intro.values["n"] == 6
    assert page.outro is not None
    assert page.outro.values["gradient"] == "114.0"


def test_no_number_is_shown_before_its_edge_has_sent() -> None:
    timeline = Timeline(twice())
    page = paths_page(timeline, Position(1, 4), X, None, 340)  # only the seed is known
    assert set(written(page)) <= {"∂y/∂v₁", "∂v₁/∂h", "∂h/∂x", "∂y/∂h", "×", "=", "·"}
    assert page.outro is not None
    assert page.outro.values["gradient"] == "·"


def test_a_product_appears_with_its_last_factor() -> None:
    timeline = Timeline(twice())
    for number in range(len(timeline) + 1):
        page = paths_page(timeline, Position(1, number), X, None, 340)
        edges = [path_edges(timeline, X, row) for row in range(6)]
        sent = {(step.node, step.slot) for step in timeline.steps[:number] if step.number > 4}
        whole = sum(edge <= sent for edge in edges)
        assert (
            written(page).count("27.00")
            + sum(
                text == "3.000" and before == "="
                for before, text in zip(written(page), written(page)[1:], strict=False)
            )
            == whole
        )


def test_a_row_wider_than_the_panel_goes_on_in_the_next_line() -> None:
    timeline = Timeline(neuron())
    narrow = paths_page(timeline, end(timeline), 0, None, 160)
    wide = paths_page(timeline, end(timeline), 0, None, 700)
    assert rows(narrow.picture)[0].rect.height > rows(wide.picture)[0].rect.height
    assert narrow.picture is not None
    for item in narrow.picture.items:
        if isinstance(item, Text):
            assert 0 < item.x < 160


def test_the_path_pointed_at_is_marked() -> None:
    timeline = Timeline(twice())
    marked = rows(paths_page(timeline, end(timeline), X, 2, 340).picture)
    assert [row.stroke is Role.SELECTED for row in marked] == [number == 2 for number in range(6)]


def test_the_lit_path_goes_from_the_loss_to_the_number() -> None:
    timeline = Timeline(twice())
    graph = GraphPictures(timeline, layout(graph_shape(timeline), "layered"))
    edges = path_edges(timeline, X, 0)
    picture = lit_picture(graph, edges)
    curves = [item for item in picture.items if isinstance(item, Curve)]
    assert {curve.key for curve in curves} == {f"lit:{node}:{slot}" for node, slot in edges}
    assert len([item for item in picture.items if isinstance(item, Box)]) == len(edges) + 1
    assert lit_picture(graph, ()).items == ()


@pytest.mark.parametrize(
    ("node", "id"),
    [(None, "why.paths.nothing"), (1, "why.paths.no_gradient")],
)
def test_where_there_are_no_paths_it_is_said_why(node: int | None, id: str) -> None:
    timeline = Timeline(neuron())
    assert timeline.tape[1].name == "x1"
    page = paths_page(timeline, end(timeline), node, None, 340)
    assert (page.intro.id, page.picture) == (id, None)


def test_arrays_point_to_the_level_of_scalars() -> None:
    timeline = Timeline(network(2, 2, 1))
    assert paths_page(timeline, end(timeline), 1, None, 340).intro.id == "why.paths.tensors"
    scalars = Timeline(scalarize(timeline.iteration).iteration)
    weight = next(node.id for node in scalars.tape if node.origin == "layer1.weight[0,1]")
    assert rows(paths_page(scalars, end(scalars), weight, None, 340).picture)


def test_paths_that_are_not_listed_are_added_up() -> None:
    lines = ["h1 = x + x*0.5", *(f"h{k + 1} = h{k} + h{k}*0.5" for k in range(1, 30))]
    timeline = Timeline(formula(*lines, x=1.0).iteration(1))
    page = paths_page(timeline, end(timeline), X, None, 340)
    assert page.outro is not None
    assert page.outro.id == "why.paths.sum_more"
    assert page.outro.values["hidden"] == number_of(2**30 - 200)


def test_counts_are_grouped_and_huge_ones_rounded() -> None:
    assert number_of(1234567) == "1\u202f234\u202f567"
    assert number_of(2**80) == "1.208e24"


# --- Order -----------------------------------------------------------------------------------


def test_the_order_page_compares_120_with_114() -> None:
    timeline = Timeline(twice())
    page = order_page(timeline, end(timeline), None, 340)
    assert page.outro is not None
    values = page.outro.values
    assert (page.outro.id, values["naive"], values["right"]) == (
        "why.order.wrong",
        "120.0",
        "114.0",
    )
    assert page.picture is not None
    again = [box for box in page.picture.items if isinstance(box, Box) and box.stroke is Role.BAD]
    assert [box.key for box in again] == ["node:1", "node:0"]


def test_the_order_page_tells_no_gradient_before_it_is_computed() -> None:
    timeline = Timeline(twice())
    page = order_page(timeline, Position(1, 5), None, 340)
    assert page.outro is not None
    assert page.outro.id == "why.order.later"
    assert not {"120.0", "114.0", "19.00"} & set(written(page))


def test_without_anything_used_twice_both_agree() -> None:
    timeline = Timeline(neuron())
    page = order_page(timeline, end(timeline), None, 340)
    assert page.outro is not None
    assert page.outro.id == "why.order.same"
    assert compared_node(timeline, None) == 0
