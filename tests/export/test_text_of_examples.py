"""What is said about operations that have a setting of their own."""

from mlviz.document import load
from mlviz.document.examples import find
from mlviz.export.text import trace_text
from mlviz.trace.timeline import Timeline


def said(name: str) -> str:
    timeline = Timeline(load(find(name)).training.iteration(1))
    return "\n".join(trace_text(timeline, "en"))


def test_a_mean_along_an_axis_says_which() -> None:
    text = said("broadcasting")
    assert "m = mean[0](Y) = " in text
    assert "L = Σ Q = " in text


def test_a_value_without_its_past_is_told_as_such() -> None:
    text = said("detach")
    assert "c = detach(h) = detach(6.000) = 6.000" in text
    assert "∂L/∂w = ∂L/∂h · ∂h/∂w = 6.000 × 2.000 = 12.00" in text
    assert "∂L/∂c" not in text
    assert "∂L/∂k" not in text
