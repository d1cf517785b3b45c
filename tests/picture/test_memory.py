"""The memory strip."""

from mlviz.picture.memory import byte_text, memory_strip
from mlviz.picture.timeline import timeline_bar
from mlviz.trace.steps import Phase, Position
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron


def test_the_line_stands_under_the_steps_of_the_time_bar() -> None:
    timeline = Timeline(network(2, 3, 1, rows=4))
    strip = memory_strip(timeline, Position())
    assert [x for x, _ in strip.points[1:]] == list(timeline_bar(timeline, Position()).ticks)
    assert max(strip.doubled, *(y for _, y in strip.points)) == 1


def test_what_is_kept_now_is_most_when_backward_begins_and_nothing_after_it() -> None:
    timeline = Timeline(network(2, 3, 1, rows=4))
    last = {part.phase: part.last for part in timeline.segments}
    most = memory_strip(timeline, Position(1, last[Phase.FORWARD])).now.values
    none = memory_strip(timeline, Position(1, last[Phase.BACKWARD])).now.values
    assert most["now"] == most["peak"] != "0 B"
    assert none["now"] == "0 B"


def test_without_a_batch_there_is_no_other_one() -> None:
    strip = memory_strip(Timeline(neuron()), Position())
    assert strip.doubled == 0
    assert strip.compared.id == "memory.compared_inference"


def test_bytes_are_written_with_their_unit() -> None:
    assert [byte_text(640), byte_text(1280), byte_text(3 << 20)] == ["640 B", "1.25 KB", "3 MB"]
