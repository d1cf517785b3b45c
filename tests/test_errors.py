import re

import pytest

from mlviz import errors
from mlviz.errors import (
    DocumentError,
    EngineError,
    FormulaError,
    MLVizError,
    NotAvailableError,
)
from mlviz.i18n import Message, translate

PROBLEM = Message("error.not_available", what="dot", package="graphviz-pure")


def test_an_unknown_name_in_a_file_is_told_with_what_was_probably_meant() -> None:
    error = DocumentError(
        "examples/xor.toml",
        "network.layers[1].activation",
        found="rlu",
        allowed=("tanh", "relu", "sigmoid"),
    )
    assert str(error) == (
        'examples/xor.toml: network.layers[1].activation: "rlu" is not known; did you mean "relu"?'
    )
    assert error.suggestion == "relu"


def test_an_unknown_name_that_resembles_nothing_is_told_with_what_is_allowed() -> None:
    error = DocumentError("a.toml", "loss", found="zzz", allowed=("mse", "cross_entropy"))
    assert str(error) == 'a.toml: loss: "zzz" is not known; allowed: "mse", "cross_entropy"'


def test_a_problem_of_a_whole_file_names_no_key() -> None:
    assert str(DocumentError("a.toml", problem=PROBLEM)).startswith("a.toml: dot is not")


def test_a_formula_error_points_at_the_piece() -> None:
    error = FormulaError(PROBLEM, text="x + [1]", piece="[1]", column=5)
    assert "“[1]”, column 5 of “x + [1]”" in str(error)
    assert (error.text, error.piece, error.column) == ("x + [1]", "[1]", 5)


def test_an_error_can_be_told_in_every_language() -> None:
    error = NotAvailableError("dot", "graphviz-pure")
    assert str(error) == translate(error.message, "en")
    assert translate(error.message, "zh_CN") == "尚未安装 dot；可由软件包 graphviz-pure 提供"


def test_an_engine_error_is_caught_as_a_runtime_error() -> None:
    with pytest.raises(RuntimeError) as caught:
        raise EngineError(PROBLEM)
    assert isinstance(caught.value, MLVizError)


def test_the_tree_in_the_docstring_shows_every_error() -> None:
    shown = re.findall(r"\w+Error\b(?=\s{2,}|\n)", errors.__doc__ or "")
    defined = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, MLVizError)
    ]
    assert sorted(shown) == sorted(defined)
