import numpy as np
import pytest

from mlviz.autograd.expression import (
    MAX_LENGTH,
    ROW_FUNCTIONS,
    Expression,
    compile_row,
    evaluate,
    names_in,
    parse,
    parse_assignment,
    python_source,
)
from mlviz.errors import FormulaError

REFUSED = [
    ("x.real", "x.real"),
    ("x[0]", "x[0]"),
    ("lambda x: x", "lambda x: x"),
    ("(1).__class__", "(1).__class__"),
    ("'text'", "'text'"),
    ("True", "True"),
    ("1j", "1j"),
    ("x if y else z", "x if y else z"),
    ("x and y", "x and y"),
    ("[x for x in y]", "[x for x in y]"),
    ("f(x)(y)", "f(x)(y)"),
    ("f(a=1)", "f(a=1)"),
    ("f(*x)", "f(*x)"),
    ("x % 2", "x % 2"),
    ("x // 2", "x // 2"),
    ("not x", "not x"),
    ("1 < x < 2", "1 < x < 2"),
    ("(y := 2)", "y := 2"),
]


@pytest.mark.parametrize(("text", "piece"), REFUSED)
def test_what_is_not_of_the_language_is_refused_and_quoted(text: str, piece: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.piece == piece


@pytest.mark.parametrize("text", ["", "x +", "(x", "x = 1", "1 2", "\0", "import os"])
def test_text_that_is_not_an_expression_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


def test_import_can_be_spelt_but_never_run() -> None:
    tree = parse("__import__(os)")
    with pytest.raises(FormulaError):
        parse("__import__(os)", functions=ROW_FUNCTIONS)
    with pytest.raises(FormulaError):
        evaluate(tree, {}, ROW_FUNCTIONS)


def test_a_power_written_with_a_caret_is_explained() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("x^2")
    assert (caught.value.problem.id, caught.value.column) == ("error.formula.caret", 2)


def test_a_misspelt_function_is_answered_with_the_likely_one() -> None:
    with pytest.raises(FormulaError, match="did you mean “sigmoid”") as caught:
        parse("1 + sigmod(x)", functions=ROW_FUNCTIONS)
    assert (caught.value.piece, caught.value.column) == ("sigmod", 5)


def test_an_unknown_name_is_refused_when_it_is_parsed_or_computed() -> None:
    with pytest.raises(FormulaError, match="“w2” has no value"):
        parse("x * w2", names=("x", "w1"))
    with pytest.raises(FormulaError, match="did you mean “w1”"):
        evaluate(parse("x * w11"), {"x": 1.0, "w1": 1.0}, {})


def test_an_unknown_function_is_refused_when_it_is_computed() -> None:
    with pytest.raises(FormulaError, match=r"no function “sigmod”.*did you mean “sigmoid”"):
        evaluate(parse("sigmod(x)"), {"x": 1.0}, ROW_FUNCTIONS)


def test_long_and_deep_text_is_refused_before_it_can_hurt() -> None:
    with pytest.raises(FormulaError):
        parse("x + " * MAX_LENGTH + "x")
    with pytest.raises(FormulaError):
        parse("(-" * 300 + "x" + ")" * 300)
    with pytest.raises(FormulaError):
        parse("-" * 1500 + "x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2 ** 2", -4.0),
        ("2 ** 3 ** 2", 512.0),
        ("(2 - 3) - 4", -5.0),
        ("2 - (3 - 4)", 3.0),
        ("8 / 4 / 2", 1.0),
        ("-(3) ** 2 * 2", -18.0),
        ("(-3) ** 2", 9.0),
        ("+5", 5.0),
        ("(x + 1) ** 2", 9.0),
        ("x ** 2", 4.0),
    ],
)
def test_precedence_is_pythons_however_it_is_computed(text: str, value: float) -> None:
    assert evaluate(parse(text), {"x": 2.0}, {}) == value
    assert compile_row(text, ("x",))(2.0) == value


def test_source_and_tree_say_the_same() -> None:
    def tree(text: str) -> Expression:
        return parse(text.replace("(x * x)", "x ** 2"))

    for text in ("x - (y - 1)", "x ** y ** 2", "-x * y", "maximum(x, 0) @ y", "1 - x ** 2"):
        assert evaluate_at(tree(python_source(tree(text)))) == evaluate_at(tree(text))


def evaluate_at(tree: Expression) -> object:
    values = {"x": np.array([[2.0]]), "y": np.array([[3.0]])}
    return evaluate(tree, values, ROW_FUNCTIONS).item()


def test_names_are_listed_in_order_of_appearance() -> None:
    assert names_in(parse("b * tanh(a + b) - c")) == ("b", "a", "c")


def test_an_assignment_keeps_target_and_text() -> None:
    line = parse_assignment("  y = w * x + b ")
    assert (line.target, line.text) == ("y", "y = w * x + b")
    assert names_in(line.expression) == ("w", "x", "b")


@pytest.mark.parametrize("text", ["w * x", "y == 3", "2 = x", "a.b = 3", "= 3"])
def test_a_line_without_an_assignment_is_refused(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_assignment(text)
    assert caught.value.problem.id == "error.formula.assignment"


def test_the_column_of_a_mistake_counts_from_the_start_of_the_line() -> None:
    with pytest.raises(FormulaError) as caught:
        parse_assignment("y = 1 + x.real")
    assert (caught.value.column, caught.value.piece) == (9, "x.real")
