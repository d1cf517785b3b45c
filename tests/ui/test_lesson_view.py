from mlviz.document.document import from_formula
from mlviz.document.formula_file import ZERO_WIDTH
from mlviz.ui.lesson_view import breakable


def test_a_long_line_of_source_may_be_broken_behind_its_signs_and_is_read_back_the_same() -> None:
    line = "prediction = learned_weight_of_x*measured_temperature**2"
    shown = breakable(line)
    assert f"*{ZERO_WIDTH}measured" in shown
    assert f"**{ZERO_WIDTH}" not in shown
    leaves = {"learned_weight_of_x": 2.0, "measured_temperature": 3.0}
    assert from_formula(shown, leaves).source == from_formula(line, leaves).source


def test_a_short_line_stays_as_it_is() -> None:
    assert breakable("L = (tanh(z) - t)**2") == "L = (tanh(z) - t)**2"
