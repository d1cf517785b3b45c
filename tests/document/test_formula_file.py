import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from mlviz.autograd import backward
from mlviz.document import Document, from_formula
from mlviz.errors import DocumentError
from mlviz.i18n import translate
from tests.document.texts import FORMULA, error_of, read_text


def roles(document: Document) -> dict[str, str]:
    tape = document.training.iteration(1).tape
    return {node.name: node.role for node in tape if node.is_leaf and node.name}


def slopes(document: Document) -> dict[str, float]:
    iteration = document.training.iteration(1)
    totals = {c.target: c.total for c in backward(iteration.tape, iteration.output)}
    return {
        node.name: float(totals[node.id])
        for node in iteration.tape
        if node.is_leaf and node.id in totals
    }


def test_a_file_says_lines_leaves_and_which_of_them_are_trained(tmp_path: Path) -> None:
    document = read_text(tmp_path, FORMULA)
    assert document.source == ("z = w*x + b", "L = (tanh(z) - t)**2")
    assert roles(document) == {"w": "parameter", "x": "input", "b": "parameter", "t": "target"}
    updates = document.training.iteration(1).updates
    assert [update.origin for update in updates] == ["w", "b"]
    assert translate(document.loss, "zh_CN") == "L = (tanh(z) − t)²"


def test_without_an_optimizer_every_leaf_takes_its_gradient(tmp_path: Path) -> None:
    bare = FORMULA[: FORMULA.index("[optimizer]")].replace('parameters = ["w", "b"]\n', "")
    assert slopes(read_text(tmp_path, bare)).keys() == {"w", "x", "b"}
    free = bare.replace('targets = ["t"]', "")
    assert slopes(read_text(tmp_path, free)).keys() == {"w", "x", "b", "t"}
    held = bare.replace('targets = ["t"]', 'constants = ["t", "x"]')
    document = read_text(tmp_path, held)
    assert slopes(document).keys() == {"w", "b"}
    assert roles(document)["x"] == "constant"


def test_a_leaf_may_say_itself_whether_it_is_trained(tmp_path: Path) -> None:
    text = FORMULA.replace("x = 2.0", "x = { value = 2.0, trainable = true }").replace(
        "w = 0.5", "w = { value = 0.5, trainable = false }"
    )
    assert slopes(read_text(tmp_path, text)).keys() == {"x", "b"}


def test_leaves_may_be_lists_of_numbers(tmp_path: Path) -> None:
    text = """
    [formula]
    source = "L = mse_loss(x @ W, t)"
    targets = ["t"]
    constants = ["x"]
    [leaves]
    x = [[1, 2], [3, 4]]
    W = [[0.5], [0.25]]
    t = [[0.0], [1.0]]
    """
    document = read_text(tmp_path, text)
    iteration = document.training.iteration(1)
    weight = next(node for node in iteration.tape if node.name == "W")
    totals = {c.target: c.total for c in backward(iteration.tape, iteration.output)}
    # By hand: errors (1, 1.5) are averaged over 2 entries, so W receives Xᵀ·(1, 1.5).
    np.testing.assert_allclose(totals[weight.id], [[5.5], [8.0]])


def test_empty_lines_and_remarks_are_skipped_but_counted(tmp_path: Path) -> None:
    text = FORMULA.replace("z = w*x + b", "# the sum\n\nz = w*x + b  # all of it")
    assert read_text(tmp_path, text).source[0].startswith("z = w*x + b")
    wrong = text.replace("tanh(z)", "tahn(z)")
    assert error_of(tmp_path, wrong).startswith("net.toml: formula.source: line 4: there is no fu")


def test_a_typed_formula_is_a_document() -> None:
    values = {"w": 0.5, "x": 2, "b": 0, "t": 1}
    document = from_formula("L = (tanh(w*x + b) - t)**2", values)
    assert document.path is None
    assert document.title.en == "L = (tanh(w*x + b) - t)**2"
    assert document.training.loss(1) == pytest.approx((np.tanh(1.0) - 1) ** 2)
    assert slopes(document).keys() == {"w", "x", "b", "t"}


def test_a_typed_formula_may_have_several_lines() -> None:
    document = from_formula("h = x*x; y = h + h*h", {"x": 3})
    assert document.source == ("h = x*x", "y = h + h*h")
    assert slopes(document) == {"x": 114.0}


@pytest.mark.parametrize(
    ("text", "values", "error"),
    [
        ("L = w*x", {"w": 1.0}, "line 1: “x” has no value"),
        ("L = weight*2", {"weigth": 1.0}, 'line 1: "weight" is not known; did you mean "weigth"?'),
        ("L = w*2", {"w": float("nan")}, "leaves.w: inf and nan are not allowed"),
        ("L = w*2", {"w": [1.0, float("inf")]}, "leaves.w: inf and nan are not allowed"),
        ("L = w*2", {"w": 10**400}, "leaves.w: the number is too large"),
        ("L = w*2", {"w": "one"}, "leaves.w: only numbers may stand here"),
        ("", {}, "formula.source: at least one entry is needed"),
    ],
)
def test_what_is_wrong_with_a_typed_formula_is_told(
    text: str, values: dict[str, object], error: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        from_formula(text, values)
    assert error in str(caught.value)


SOURCE = "formula.source: line"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("tanh(z)", "tahn(z)", f"{SOURCE} 2: there is no function “tahn”"),
        ("tanh(z)", "tanh(zz)", f'{SOURCE} 2: "zz" is not known; did you mean "z"?'),
        ("tanh(z)", "tanh(q)", f"{SOURCE} 2: “q” has no value"),
        (
            "w*x + b",
            "w*x + L",
            f"{SOURCE} 1: L is used here but computed in line 2; swap the lines",
        ),
        ("w*x + b", "w*x + z", f"{SOURCE} 1: z is used here but computed in line 1"),
        ("L = (tanh", "z = (tanh", f"{SOURCE} 2: z was assigned in line 1 already"),
        ("L = (tanh", "w = (tanh", f"{SOURCE} 2: w is a leaf and has a value already"),
        ("z = w*x + b", "z = w", f"{SOURCE} 1: z is only another name for a value"),
        ("z = w*x + b", "z == w*x + b", f"{SOURCE} 1: each line must look like name = expression"),
        ("z = w*x + b", "z = w x", f"{SOURCE} 1: this cannot be read as a formula"),
        ("z = w*x + b", "ﬁ = w*x + b", f"{SOURCE} 1: “ﬁ” cannot be a name"),
        (
            "z = w*x + b",
            f"{'a' * 30} = w*x + b",
            f"{SOURCE} 1: “{'a' * 24}…” is too long for a name: it has 30 characters, at most 24",
        ),
        ("tanh(z)", "max(z, t)", f"{SOURCE} 2: there is no function “max”"),
        ("z = w*x + b", f"z = {'+'.join(['w'] * 200)}", f"{SOURCE} 1: more than 100 brackets"),
        ("z = w*x + b", f"z = {'w+' * 1500}w", f"{SOURCE} 1: the formula has 3001 characters"),
        (
            "z = w*x + b",
            "z = w*x + b\n" * 1000,
            "formula.source: 12,022 is too much; the limit is 1",
        ),
        ("z = w*x + b", "".join(f"a{i} = w*x\n" for i in range(250)), "formula.source: 251 is too"),
        ("(tanh(z) - t)**2", "t - t*1", f"{SOURCE} 2: L does not depend on any leaf"),
        ("x = 2.0", "x = [2.0, 3.0]", f"{SOURCE} 2: L has the shape 2, but the last line must gi"),
        ("x = 2.0", "x = [[2.0], [3.0, 4.0]]", "leaves.x: the lists are of different lengths"),
        ("x = 2.0", "x = [[2.0], 3.0]", "leaves.x: the lists are of different lengths"),
        ("x = 2.0", "x = [2.0, [3.0]]", "leaves.x: the lists are of different lengths"),
        ("x = 2.0", "x = [[[[[2.0]]]]]", "leaves.x: at most 4 lists may stand inside each other"),
        ("x = 2.0", "x = []", "leaves.x: at least one entry is needed"),
        ("x = 2.0", "x = [[], []]", "leaves.x: at least one entry is needed"),
        ("x = 2.0", 'x = "2"', "leaves.x: only numbers may stand here"),
        ("x = 2.0", "x = true", "leaves.x: only numbers may stand here"),
        ("x = 2.0", "x = { valu = 2.0 }", 'leaves.x: "valu" is not known; did you mean "value"?'),
        ("x = 2.0", "x = { trainable = true }", "leaves.x: value is missing"),
        (
            "x = 2.0",
            "x = { value = 1, trainable = 1 }",
            "leaves.x.trainable: true or false is want",
        ),
        ("x = 2.0", "x = 2.0\n'a b' = 1", "leaves.a b: “a b” cannot be a name"),
        ("x = 2.0", "x = 2.0\nq = 1", "leaves.q: q is not used in the formula"),
        (
            '["w", "b"]',
            '["w", "bb"]',
            'formula.parameters[1]: "bb" is not known; did you mean "b"?',
        ),
        ('["w", "b"]', '["w", "w"]', "formula.parameters[1]: the name w is used twice"),
        ('["w", "b"]', '["w", "t"]', "formula.targets[0]: the name t is used twice"),
        ('parameters = ["w", "b"]\n', "", "formula: the optimizer has nothing to change"),
        (
            "[leaves]",
            "[network]\ninputs = 1\nlayers = []\n[leaves]",
            "network: formula and network",
        ),
        ("[formula]", "[formul]", '"formul" is not known; did you mean "formula"?'),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, error: str
) -> None:
    assert old in FORMULA
    found = error_of(tmp_path, FORMULA.replace(old, new, 1))
    assert found.startswith(f"net.toml: {error}")


def test_a_formula_that_computes_too_much_is_refused_before_it_is_allocated(
    tmp_path: Path,
) -> None:
    side = [0.5] * 3000
    text = FORMULA.replace("x = 2.0", f"x = {[[value] for value in side]}").replace(
        "w = 0.5", f"w = {side}"
    )
    tracemalloc.start()
    found = error_of(tmp_path, text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.startswith("net.toml: formula.source: line 1: more than 4000000 numbers")
    assert peak < 8_000_000


def test_the_longer_form_of_a_function_is_meant_and_not_one_that_contains_it() -> None:
    with pytest.raises(DocumentError, match="did you mean “maximum”"):
        from_formula("L = max(x, w)", {"x": 1.0, "w": 2.0})


@pytest.mark.parametrize("line", ["L = −x·w", "L ＝ −（x×w）", "L = -x\u200b*w"])
def test_signs_as_they_stand_on_paper_are_understood(line: str) -> None:
    document = from_formula(line, {"x": 3.0, "w": 2.0})
    assert document.source == tuple(from_formula(document.source[0], {"x": 3.0, "w": 2.0}).source)
    assert "*" in document.source[0]
