"""The trace as text."""

from mlviz.export.text import trace_text
from mlviz.trace.timeline import Timeline
from tests.runs import neuron, twice


def test_the_trace_of_the_neuron_reads_like_the_calculation_by_hand() -> None:
    lines = list(trace_text(Timeline(neuron())))
    text = "\n".join(lines)
    assert "y = tanh(z) = tanh(0.1200) = 0.1194" in text
    assert (
        "∂L/∂z = ∂L/∂y · ∂y/∂z = −1.761 × 0.9857 = −1.736     ∂y/∂z = 1 − y² = 1 − 0.1194² = 0.9857"
    ) in text
    assert "w₁ ← w₁ − η · ∂L/∂w₁ = 0.5000 − 0.1 × (−1.736) = 0.6736" in text
    assert lines[-1] == "Loss after the update: 0.265066980"


def test_a_formula_without_an_optimizer_ends_with_its_gradients() -> None:
    assert list(trace_text(Timeline(twice())))[-1] == "  ∂y/∂x = 114.000000"


def test_the_words_are_translated_and_the_formulas_are_not() -> None:
    english, chinese = (list(trace_text(Timeline(neuron()), code)) for code in ("en", "zh_CN"))
    assert len(english) == len(chinese)
    assert chinese[0] == "已知"
    same = [a == b for a, b in zip(english, chinese, strict=True)]
    assert sum(same) > len(same) // 2
