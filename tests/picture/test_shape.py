"""The graph that is laid out, and its blocks."""

from collections import Counter

from mlviz.picture.glyphs import is_hidden
from mlviz.picture.shape import LARGE, blocks_of, edges_of, graph_shape
from mlviz.trace.scalars import scalarize
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron


def blocks(*widths: int) -> dict[int, str]:
    tape = scalarize(network(*widths)).iteration.tape
    visible = [node for node in tape if not is_hidden(node)]
    return dict(blocks_of(tape, visible, edges_of(tape, visible)))


def test_the_neurons_of_a_network_are_its_blocks() -> None:
    found = blocks(2, 5, 4, 1)
    layers = Counter(block.partition("/")[0] for block in set(found.values()))
    # Two inputs, then the layers, then the loss.
    assert [layers[f"layer{depth}"] for depth in range(5)] == [2, 5, 4, 1, 1]


def test_a_small_graph_has_no_blocks() -> None:
    shape = graph_shape(Timeline(neuron()))
    assert not any(node.group for node in shape.nodes)


def test_a_large_graph_is_made_of_blocks() -> None:
    shape = graph_shape(Timeline(scalarize(network(2, 8, 8, 1)).iteration))
    assert len(shape.nodes) > LARGE
    assert all(node.group for node in shape.nodes)
