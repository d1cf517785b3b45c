from mlviz.ui.tex import bold_figures, cells, spaced_rows


def test_figures_in_bold_are_the_bold_characters() -> None:
    assert bold_figures(r"1 + \mathbf{-0.5}") == r"1 + \mathbf{-𝟎.𝟓}"


def test_bold_letters_stay() -> None:
    assert bold_figures(r"\mathbf{W} x_{1}") == r"\mathbf{W} x_{1}"


def test_a_row_is_cut_into_its_cells() -> None:
    assert cells(r"a & = & b") == ["a ", " = ", " b"]


def test_a_matrix_in_a_cell_stays_whole() -> None:
    matrix = r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}"
    assert cells(rf"a & {matrix} & \&") == ["a ", f" {matrix} ", r" \&"]


def test_each_row_but_the_last_reaches_as_far_down_as_its_lowest_cell_and_the_distance() -> None:
    tex = r"\begin{array}{rl} a & \frac{1}{2} \\[4pt] b & c \\[4pt] d & e \end{array}"
    spaced = spaced_rows(tex, lambda cell: 0.7)
    assert r"\frac{1}{2} \rule[-1.100em]{0pt}{1.100em}" in spaced
    assert r"b & c \rule[-0.620em]{0pt}{0.620em}" in spaced
    assert spaced.endswith(r"d & e \end{array}")
    assert "pt]" not in spaced.replace("{0pt}", "")


def test_other_formulas_stay_as_they_are() -> None:
    for tex in ("a + b", r"\begin{bmatrix}1\\2\end{bmatrix}", r"x \\[4pt] y"):
        assert spaced_rows(tex, lambda cell: 1.0) == tex


def test_the_rows_of_a_matrix_inside_are_left_alone() -> None:
    matrix = r"\begin{bmatrix}1\\2\end{bmatrix}"
    tex = rf"\begin{{array}}{{rl}} a & {matrix} \\[4pt] b & c \end{{array}}"
    assert matrix in spaced_rows(tex, lambda cell: 0.7)
