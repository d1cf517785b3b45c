import pytest

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.trace.explain import Explainer
from mlviz.trace.magnify import magnified
from mlviz.trace.timeline import Timeline
from mlviz.ui import formulas
from mlviz.ui.line_breaks import fitted, folded
from mlviz.ui.session import Session


def width(tex: str) -> float:
    """Measure a letter as 1, and signs and brackets as what they look like."""
    unseen = ((r"\left. {} ", ""), (r"\right.", ""), (r"\left", ""), (r"\right", ""))
    for long, short in (*unseen, (r"\cdot", "."), (r"\quad", "  ")):
        tex = tex.replace(long, short)
    return len(tex)


def test_what_fits_is_left_as_it_is() -> None:
    assert fitted("a + b", 5, width) == ["a + b"]


def test_a_sum_is_broken_before_its_signs_and_lines_are_filled() -> None:
    assert fitted("aa + bb - cc + dd", 8, width) == ["aa + bb", " - cc", " + dd"]
    assert fitted("aa + bb - cc + dd", 12, width) == ["aa + bb - cc", " + dd"]


def test_sums_are_broken_before_products_and_equals_before_both() -> None:
    assert fitted(r"a \cdot b + c \cdot d", 8, width) == [r"a \cdot b", r" + c \cdot d"]
    assert fitted(r"a + b = c + d", 8, width) == ["a + b", " = c + d"]


def test_what_stands_in_brackets_is_broken_last() -> None:
    assert fitted(r"\exp\left(a + b\right) - c", 14, width) == [r"\exp\left(a + b\right)", " - c"]
    assert fitted(r"mean\left(aaaa + bbbb + cccc\right)", 16, width) == [
        r"mean\left(aaaa + bbbb\right.",
        r"\quad \left. {} + cccc\right)",
    ]


def test_brackets_that_are_broken_are_as_high_as_what_they_enclose(session: Session) -> None:
    matrix = r"\begin{bmatrix}1 \\ 2 \\ 3 \\ 4\end{bmatrix}"
    tex = rf"\operatorname{{mean}}\left(\left({matrix} - {matrix}\right)^{{2}}\right)"

    def real(part: str) -> float:
        return formulas.width(part, 20, session.theme)

    lines = fitted(tex, real(tex) - 1, real)
    assert len(lines) == 2
    for line in lines:
        assert formulas.typeset(line, 20, session.theme).drawing is not None
        plain = line.replace(r"\left(", "(").replace(r"\right)", ")")
        for unseen in (r"\left. {} ", r"\right."):
            plain = plain.replace(unseen, "")
        assert real(line) > real(plain) + 4  # high brackets are wider, too


def test_matrices_fractions_and_signs_before_a_number_are_never_broken() -> None:
    whole = r"\begin{bmatrix}1 & 2 \\ 3 & 4\end{bmatrix}"
    assert fitted(f"{whole} + {whole}", 10, width) == [whole, f" + {whole}"]
    assert fitted(r"\frac{a + b}{c}", 3, width) == [r"\frac{a + b}{c}"]
    assert fitted("-aaaa", 3, width) == ["-aaaa"]


def test_brackets_within_a_fraction_are_left_alone() -> None:
    tex = r"\frac{\left(aaaa + bbbb\right)}{2}"
    assert fitted(tex, 5, width) == [tex]
    assert fitted(r"\role{x}{\sqrt{\left(aaaa + bbbb\right)}}", 5, width) == [
        r"\role{x}{\sqrt{\left(aaaa + bbbb\right)}}"
    ]


def test_every_line_keeps_the_colour_of_its_part() -> None:
    assert fitted(r"\role{local}{aaaa + bbbb}", 10, width) == [
        r"\role{local}{aaaa}",
        r"\role{local}{{} + bbbb}",
    ]
    assert fitted(r"g \odot \role{local}{aaaa \odot bbbb}", 20, width) == [
        "g",
        r" \odot \role{local}{aaaa}",
        r"\role{local}{{} \odot bbbb}",
    ]


def test_a_list_is_broken_after_its_commas() -> None:
    assert fitted("aaa, bbb, ccc", 10, width) == ["aaa, bbb, ", "ccc"]


def test_a_list_that_ends_with_a_comma_comes_to_an_end() -> None:
    assert fitted("aaaaaaaa, ", 3, width) == ["aaaaaaaa, "]


def test_the_sign_of_a_line_that_goes_on_stands_under_those_of_the_others() -> None:
    def wide(tex: str) -> float:
        return 20.0 if tex == "aa + bb" else 5.0

    assert folded([("y", "=", "aa + bb"), ("", "=", "1")], 10, wide) == (
        ("y", "=", "aa"),
        ("", "+", "bb"),
        ("", "=", "1"),
    )


@pytest.mark.parametrize("name", ["mazur", "symmetry", "dropout", "fruit", "likelihood"])
@pytest.mark.parametrize("room", [120, 200, 284])
def test_no_line_of_an_example_is_broken_within_what_belongs_together(name: str, room: int) -> None:
    iteration = load(find(name)).training.iteration(1)
    for level in ("layers", "operations"):
        timeline = Timeline(magnified(iteration, level).iteration)
        explainer = Explainer(timeline)
        for step in timeline.steps:
            for line in explainer.step(step).lines:
                rows = [tuple(part.tex for part in row) for row in line.rows]
                for row in folded(rows, room, width) if rows else ():
                    for cell in row:
                        assert cell.count("{") == cell.count("}"), cell
                        plain = cell.replace(r"\leftarrow", "")
                        assert plain.count(r"\left") == plain.count(r"\right"), cell
                        assert cell.count(r"\begin") == cell.count(r"\end"), cell
