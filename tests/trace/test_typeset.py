"""Typesetting: the same tree, for reading."""

import numpy as np
import pytest

from mlviz.autograd.expression import parse
from mlviz.autograd.ops import OPS
from mlviz.learn.formula import read_line
from mlviz.trace.typeset import array, line_text, literal, number, symbol, typeset


@pytest.mark.parametrize(
    ("text", "tex", "plain"),
    [
        ("1 - out**2", "1 - y^{2}", "1 − y²"),
        ("(x + y) * x", r"\left(a + b\right) \cdot a", "(a + b) · a"),
        ("x - (y - x)", r"a - \left(b - a\right)", "a − (b − a)"),
        ("-x / y**2", r"\frac{-a}{b^{2}}", "(−a) / b²"),
        ("exp(x)", "e^{a}", "exp(a)"),
        ("log(x)", r"\ln\left(a\right)", "ln(a)"),
        ("x ** (y + 1)", "a^{b + 1}", "a^(b + 1)"),
        ("x @ transpose(y)", r"a\,b^{\top}", "a @ bᵀ"),
        ("log1p(-x)", r"\ln\left(1 - a\right)", "ln(1 − a)"),
        ("log1p(x)", r"\ln\left(1 + a\right)", "ln(1 + a)"),
        ("guard(y == 0, 0, y * x)", r"b \cdot a", "b · a"),
    ],
)
def test_brackets_stand_where_they_are_needed(text: str, tex: str, plain: str) -> None:
    parts = {"x": symbol("a", "a"), "y": symbol("b", "b"), "out": symbol("y", "y")}
    part = typeset(parse(text), parts)
    assert (part.tex, part.text) == (tex, plain)


def test_negative_numbers_get_brackets_inside_but_not_in_front() -> None:
    parts = {"x": number(-1.5), "y": number(-0.25)}
    assert typeset(parse("x * y"), parts, times=r"\times").text == "−1.500 × (−0.2500)"
    assert typeset(parse("x + y"), parts).text == "−1.500 + (−0.2500)"
    assert typeset(parse("x**2"), parts).text == "(−1.500)²"


def test_a_known_condition_shows_the_branch_that_was_taken() -> None:
    rule = OPS["relu"].rules[0]
    assert "cases" in typeset(rule, {"x": symbol("z", "z")}).tex
    assert typeset(rule, {"x": number(2.0)}).text == "1"
    assert typeset(rule, {"x": number(-2.0)}).text == "0"
    assert typeset(rule, {"x": number(0.0)}).text == "0"


def test_the_slope_of_a_square_is_read_as_two_times_x() -> None:
    rule = OPS["pow"].rules[0]
    assert typeset(rule, {"x": symbol("a", "a"), "y": literal(2)}).text == "2 · a"
    assert typeset(rule, {"x": symbol("a", "a"), "y": literal(3)}).text == "3 · a²"


def test_a_symbol_with_a_layer_number_is_bracketed_before_it_is_squared() -> None:
    assert typeset(parse("x**2"), {"x": symbol("a^{(2)}", "a⁽²⁾")}).text == "(a⁽²⁾)²"


def test_small_matrices_are_written_out_and_large_ones_are_not() -> None:
    small = array(np.array([[1.0, -2.0], [0.0, 0.5]]))
    assert small is not None
    assert small.text == "[1.000 −2.000; 0 0.5000]"
    assert small.tex.startswith(r"\begin{bmatrix}")
    assert array(np.zeros((5, 2))) is None


def test_bad_numbers_are_words_in_their_own_role() -> None:
    for value, text in ((float("nan"), "nan"), (float("inf"), "inf"), (float("-inf"), "−inf")):
        part = number(value)
        assert part.text == text
        assert part.tex.startswith(r"\role{bad}")


def test_every_rule_of_the_table_can_be_read() -> None:
    for op in OPS.values():
        parts = {name: symbol(name, name) for name in ("g", "out", "n", *op.arguments)}
        for rule in (op.output, *op.rules):
            part = typeset(rule, parts)
            assert part.tex.count("{") == part.tex.count("}")
            assert part.text


def test_a_square_that_is_called_by_its_name_is_read_like_any_other() -> None:
    assert line_text(read_line("y = square(x)")) == "y = x²"
    assert line_text(read_line("y = square(x + 1)")) == "y = (x + 1)²"
    assert line_text(read_line("m = mean(Y, 0)")) == "m = mean[0](Y)"
    assert line_text(read_line('M = mse_loss(y, t, "none")')) == "M = mse_loss(y, t, none)"
