"""The layout of big networks."""

from itertools import pairwise

import pytest

from mlviz.layout import NodeBox, layout
from mlviz.layout import blocks as blocks_module
from mlviz.layout.blocks import lay_out_blocks
from mlviz.layout.graph import DEFAULT_SPACING, Layout, LayoutGraph, Spacing
from tests.layout.graphs import boxes_run_through, check, graph, network, rectangle


def test_each_kind_of_block_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def counted(graph: LayoutGraph, spacing: Spacing) -> Layout:
        sizes.append(len(graph.nodes))
        return real(graph, spacing)

    real = blocks_module.lay_out_layered
    monkeypatch.setattr(blocks_module, "lay_out_layered", counted)
    lay_out_blocks(network([3, 5, 4, 2]), DEFAULT_SPACING)
    # one input, a neuron of each layer, the loss
    assert len(sizes) == 5


def test_neurons_of_a_layer_look_alike() -> None:
    a_graph = network([3, 4, 1])
    drawing = layout(a_graph, "blocks")
    shapes = []
    for neuron in range(4):
        keys = [n.key for n in a_graph.nodes if n.group == f"layer1/neuron{neuron}"]
        x, y = drawing.nodes[keys[0]]
        shapes.append(
            [
                (round(drawing.nodes[key].x - x, 6), round(drawing.nodes[key].y - y, 6))
                for key in keys
            ]
        )
    assert shapes[0] == shapes[1] == shapes[2] == shapes[3]


def test_layers_follow_each_other_and_inputs_come_first() -> None:
    a_graph = network([3, 4, 4, 2])
    drawing = layout(a_graph, "blocks")
    parts = ["", "layer1", "layer2", "layer3", "loss"]
    spans = []
    for part in parts:
        boxes = [
            rectangle(node, drawing) for node in a_graph.nodes if node.group.split("/")[0] == part
        ]
        spans.append((min(box[0] for box in boxes), max(box[2] for box in boxes)))
    for (_, right), (left, _) in pairwise(spans):
        assert right < left


def test_an_edge_from_outside_finds_its_way_past_the_first_boxes_of_a_block() -> None:
    a_graph = network([2, 2, 1])
    drawing = layout(a_graph, "blocks")
    for i in range(len(a_graph.edges)):
        assert boxes_run_through(a_graph, drawing, i) == []


def test_an_edge_to_the_last_box_of_a_block_runs_around_the_others() -> None:
    plain = graph([(1, 5), (2, 5), (3, 5), (4, 5), (5, 6), (6, 7), (0, 7)])
    nodes = tuple(NodeBox(n.key, 104, 66, "b" if n.key else "a") for n in plain.nodes)
    a_graph = LayoutGraph(nodes, plain.edges)
    drawing = layout(a_graph, "blocks")
    assert boxes_run_through(a_graph, drawing, 6) == []


def test_tall_layers_are_wrapped_into_a_drawing_that_is_no_ribbon() -> None:
    drawing = layout(network([2, 60, 1]), "blocks")
    assert 0.5 < drawing.width / drawing.height < 3


def test_a_network_of_several_thousand_boxes_is_laid_out() -> None:
    a_graph = network([8, 30, 30, 1], (60, 40))
    assert len(a_graph.nodes) > 2500
    drawing = layout(a_graph)
    assert drawing.engine == "blocks"
    check(LayoutGraph(a_graph.nodes[:800], ()), _only(drawing, 800))


def _only(drawing: Layout, count: int) -> Layout:
    """The drawing of the first boxes: comparing all pairs of them all would take long."""
    nodes = {key: place for key, place in drawing.nodes.items() if key < count}
    return Layout(drawing.width, drawing.height, nodes, (), drawing.engine)
