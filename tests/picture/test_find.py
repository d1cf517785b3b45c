"""Finding nodes by name, origin and operation."""

from mlviz.picture.find import find_nodes
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron


def names(text: str) -> list[str]:
    timeline = Timeline(neuron())
    return [timeline.symbols.name(id) for id in find_nodes(timeline, text)]


def test_a_node_is_found_by_its_name_however_it_is_written() -> None:
    assert names("w1")[0] == "w1"
    assert names("w₁") == names("W 1") == names("w1")


def test_the_node_that_is_called_exactly_so_comes_first() -> None:
    assert names("w")[:2] == ["w1", "w2"]
    assert names("y")[0] == "y"


def test_a_node_is_found_by_its_operation_in_words_and_as_a_sign() -> None:
    assert names("tanh") == ["y"]
    assert names("×") == names("mul")
    assert len(names("mul")) == 2


def test_a_node_is_found_by_where_it_comes_from() -> None:
    timeline = Timeline(network(2, 3, 1))
    origins = [timeline.tape[id].origin for id in find_nodes(timeline, "layer2.weight")]
    assert "layer2.weight" in origins


def test_nothing_finds_nothing() -> None:
    assert names("") == names("  ") == names("nonsense") == []
