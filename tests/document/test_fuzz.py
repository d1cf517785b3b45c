"""Whatever a file says, it becomes a document or an error that can be told; never anything else."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mlviz.document import from_formula, load
from mlviz.document.examples import examples
from mlviz.errors import DocumentError
from mlviz.i18n import LANGUAGES, translate
from tests.document.texts import CLASSES, DATA, FORMULA, NETWORK, written

TEXTS = [NETWORK, CLASSES, DATA, DATA, FORMULA, *(e.path.read_text("utf-8") for e in examples())]

PIECES = st.sampled_from(
    [
        *("[", "]", "{", "}", "[[", "]]", '"', "'", '"""', "=", ",", ".", "#", "\n", "\\", "\0"),
        *("nan", "inf", "-inf", "1e999", "1e308", "-0.0", "0", "-1", "2", "1024", "100000"),
        *("99999999999999999999999", "9" * 5000, "0x" + "f" * 400, "1_0", "true", "false"),
        *("1979-05-27", "07:32:00", "[[0.5]]", "[1, 2, 3]", "[]", "{}", "{ value = 1 }"),
        *("tanh", "relu", "scalars", "cross_entropy", "xor", "mse_loss", "sum", "x.y", "a.b.c = 1"),
        *("x ** x", "**", "9**9**9", " @ x", "(" * 150, "lambda", "x[0]", "x if x else x", "=="),
        *(
            "\n[leaves]\n",
            "\n[network]\n",
            "\n[[network.layers]]\n",
            "\n[[scene]]\n",
            "ﬁ",
            "𝑥",
            "￾",
        ),
        *(
            "moons",
            "digits",
            "iris",
            "mean",
            "drop",
            "csv = 'x.csv'",
            "csv = '/dev/zero'",
            "count = 3",
        ),
        *("year", "degree = 30", "noise = 1e300", "kinds = 9", "separator = ';'", "count = 3"),
        *("backward:", "->", "#2", "update", "units = 1024\n", "weight = [[1.0]]\n", "é", "重"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good text with a few pieces cut out, doubled, moved or put in."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        match draw(st.sampled_from(["cut", "double", "put", "replace", "swap"])):
            case "cut":
                text = text[:start] + text[end:]
            case "double":
                text = text[:end] + text[start:end] + text[end:]
            case "put":
                text = text[:start] + draw(PIECES) + text[start:]
            case "replace":
                text = text[:start] + draw(PIECES) + text[end:]
            case _:
                text = text[:start] + text[end:] + text[start:end]
    return text


@st.composite
def with_another_value(draw: st.DrawFn) -> str:
    """A good text in which the values of a few keys are something else."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    keys = [index for index, line in enumerate(lines) if " = " in line]
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.sampled_from(keys))
        lines[index] = lines[index].split(" = ")[0] + " = " + draw(PIECES)
    return "\n".join(lines)


def told_or_opened(path: Path) -> None:
    """Open a file; what it says must be a document that runs, or an error in both languages."""
    try:
        document = load(path)
        document.training.iteration(1)
    except DocumentError as error:
        for language in LANGUAGES:
            translate(error.message, language)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=150, deadline=4000, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(mutated(), with_another_value()))
@example(text=FORMULA.replace("x = 2.0", "x = 1e308").replace("tanh(z)", "z"))
@example(text=NETWORK.replace("1.0, 2.0", "1e308, 1e308"))
@example(text=FORMULA.replace("tanh(z)", "z**-9999999.5"))
def test_a_damaged_file_is_opened_or_refused_and_nothing_else(folder: Path, text: str) -> None:
    told_or_opened(written(folder, text.encode("utf-8", "surrogatepass")))


@settings(max_examples=50, deadline=4000)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_opened_or_refused_and_nothing_else(folder: Path, content: bytes) -> None:
    told_or_opened(written(folder, content))


@settings(max_examples=100, deadline=4000)
@given(
    text=st.text(alphabet="wxL=+-*/@().,0123456789eE \n;'\"tanhsum<>[]{}_²#", max_size=40),
    value=st.one_of(
        st.floats(), st.integers(), st.lists(st.floats(), max_size=3), st.text(max_size=3)
    ),
)
@example(text="L = w**w**w", value=1e300)
@example(text="L = 2**w", value=-5)
@example(text="L = (0-w)**0.5", value=2.0)
def test_any_typed_formula_is_a_document_or_refused(text: str, value: object) -> None:
    for line in (text, f"L = {text}"):
        try:
            document = from_formula(line, {"w": value})
            document.training.iteration(1)
        except DocumentError as error:
            translate(error.message, "zh_CN")


def test_opening_the_widest_network_keeps_within_bounds(folder: Path) -> None:
    layers = "[[network.layers]]\nunits = 1024\n" * 3
    start, end = NETWORK.index("[[network"), NETWORK.index("[data]")
    text = NETWORK[:start] + layers + NETWORK[end:].replace("backward:tanh", "update")
    text = text.replace("[[1.0], [0.0]]", f"[{[0.0] * 1024}, {[0.0] * 1024}]")
    path = written(folder, text)
    tracemalloc.start()
    load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000_000
