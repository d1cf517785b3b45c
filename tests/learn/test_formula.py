import math

import numpy as np
import pytest

from mlviz.autograd import Tape, backward
from mlviz.errors import FormulaError
from mlviz.learn.formula import FUNCTIONS, TWO_ARGUMENTS, FormulaProgram, Leaf, is_alias, read_line
from mlviz.learn.shapes import ShapeReader


def run(*lines: str, **values: float | list[float]) -> tuple[Tape, int]:
    leaves = [Leaf(name, np.array(value), True, "parameter") for name, value in values.items()]
    program = FormulaProgram([read_line(line) for line in lines], leaves)
    recording = program.run(program.start(), 1)
    return recording.tape, recording.output


def test_each_line_is_recorded_with_its_name_and_its_number() -> None:
    tape, output = run("z = w*x + b", "y = tanh(z)", w=0.5, x=2.0, b=0.1)
    assert [(node.name, node.line) for node in tape] == [
        ("w", None),
        ("x", None),
        ("b", None),
        ("", 0),
        ("z", 0),
        ("y", 1),
    ]
    assert tape[output].value == pytest.approx(math.tanh(1.1))


def test_a_power_is_recorded_with_its_exponent_as_a_constant() -> None:
    tape, output = run("L = x**2", x=3.0)
    base, exponent = tape[output].inputs
    assert tape[exponent].role == "constant"
    assert (tape[base].name, tape[exponent].value) == ("x", 2.0)
    assert [float(c.downstream) for c in backward(tape, output)] == [6.0]


def test_arithmetic_on_plain_numbers_is_done_before_anything_is_recorded() -> None:
    tape, output = run("L = (1/2)*x + -2*(3 - 1)", x=4.0)
    assert [node.op.name for node in tape if node.op] == ["mul", "add"]
    assert tape[output].value == -2.0


def test_a_line_may_name_a_number() -> None:
    tape, output = run("c = 3", "d = 2**c", "L = d*x", x=1.0)
    assert tape[output].value == 8.0
    assert next(node for node in tape if node.name == "c").role == "constant"


def test_a_power_of_whole_numbers_cannot_grow_without_end() -> None:
    with pytest.raises(FormulaError, match="not finite"):
        read_line("y = 9**9**9**9")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("y = x < 2", "comparisons have no gradient"),
        ("y = tanh(x == x)", "comparisons have no gradient"),
        ("y = tanh(x, x)", "tanh takes 1 argument, not 2"),
        ("y = maximum(x)", "maximum takes 2 arguments, not 1"),
        ("y = tanh()", "tanh takes 1 argument, not 0"),
        ('y = tanh("x")', "not part of the formula language"),
        ('y = x + "none"', "not part of the formula language"),
        ("y = sum(x, 0.5)", "the number of an axis, such as 0"),
        ('y = sum(x, "mean")', "the number of an axis, such as 0"),
        ("y = sum(x, 0, 1)", "sum takes 1 argument, not 3"),
        ("y = mse_loss(x, x, 0)", 'takes one of "none", "mean", "sum"'),
        ('y = mse_loss(x, x, "median")', 'takes one of "none", "mean", "sum"'),
        ("y = 1 + no_grad(x*x)", "stands around a whole line"),
        ("y = no_grad(no_grad(x*x))", "stands around a whole line"),
        ("y = 1/0", "not finite"),
        ("y = x + 1e999", "not finite"),
        ("y = x * " + "9" * 400, "not finite"),
        ("y = (-8)**0.5", "not finite"),
        ("y = tnah(x)", "did you mean “tanh”"),
        ("y = x.data", "not part of the formula language"),
        ("y = __import__('os')", "there is no function “__import__”"),
        ("y = x[0]", "not part of the formula language"),
        ("y = x^2", r"a power is written \*\*"),
        ("x + 1", "name = expression"),
    ],
)
def test_what_is_not_of_the_language_is_refused(text: str, error: str) -> None:
    with pytest.raises(FormulaError, match=error):
        read_line(text)


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("y = x", True),
        ("y = 3", False),
        ("y = -x", False),
        ("y = x*1", False),
        ("y = no_grad(x)", True),
    ],
)
def test_another_name_for_a_value_is_recognized(text: str, alias: bool) -> None:
    assert is_alias(read_line(text)) is alias


SHAPES = {"s": (), "v": (3,), "u": (2,), "m": (2, 3), "n": (3, 2), "c": (2, 1)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("y = s + 1", "s"),
        ("y = -m", "m"),
        ("y = v*m", "vm"),
        ("y = c*v", "cv"),
        ("y = m @ n", "mn"),
        ("y = m @ v", "mv"),
        ("y = u @ m", "um"),
        ("y = v @ v", "v"),
        ("y = matmul(m, n)", "mn"),
        ("y = softmax(m) + log_softmax(v)", "mv"),
        ("y = maximum(m, 0)", "m"),
        ("y = sum(m) * mean(v)", "mv"),
        ("y = mse_loss(m, c)", "mc"),
        ("y = half_squared_error(v, v)", "v"),
        ("y = sum(m, 0)", "m"),
        ("y = mean(m, -1)", "m"),
        ("y = softmax(m, 0)", "m"),
        ('y = mse_loss(m, c, "none")', "mc"),
        ('y = l1_loss(m, v, "sum")', "mv"),
        ("y = detach(m)", "m"),
        ("y = no_grad(m*v)", "mv"),
        *((f"y = {name}(m)", "m") for name in FUNCTIONS if name not in TWO_ARGUMENTS),
    ],
)
def test_the_shape_foreseen_is_the_shape_computed(text: str, names: str) -> None:
    line = read_line(text)
    foreseen = ShapeReader(SHAPES, 1000).read(line)
    leaves = [Leaf(n, np.full(SHAPES[n], 0.5), True, "parameter") for n in names]
    recording = FormulaProgram([line], leaves).run({}, 1)
    assert recording.tape[recording.output].value.shape == foreseen


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("y = v + u", "3 and 2 do not fit together"),
        ("y = m @ m", "2×3 and 2×3 do not fit together"),
        ("y = s @ m", "a number and 2×3 do not fit together"),
        ("y = 2 @ m", "a number and 2×3 do not fit together"),
        ("y = matmul(v, m)", "3 and 2×3 do not fit together"),
        ("y = mse_loss(v, u)", "3 and 2 do not fit together"),
        ("y = softmax(s)", "softmax needs a list of numbers"),
        ("y = sum(s, 0)", "sum needs a list of numbers"),
        ("y = sum(m, 2)", "there is no axis 2; the number of axes is 2"),
        ("y = mean(v, -2)", "there is no axis -2; the number of axes is 1"),
        ("y = m + m + m + m", "more than 17 numbers"),
        ("y = mse_loss(m, m) + mse_loss(m, m) + mse_loss(m, m)", "more than 17 numbers"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_before_anything_is_computed(
    text: str, error: str
) -> None:
    with pytest.raises(FormulaError, match=error):
        ShapeReader(SHAPES, 17).read(read_line(text))


def test_an_axis_or_a_reduction_says_what_is_added_up() -> None:
    values = {"m": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "t": [[0.0, 0.0, 0.0], [4.0, 4.0, 4.0]]}

    def result(text: str) -> list[float]:
        tape, output = run(text, **values)
        return tape[output].value.tolist()

    assert result("y = sum(m, 0) + 0*sum(t)") == [5.0, 7.0, 9.0]
    assert result("y = mean(m, 1) + 0*sum(t)") == [2.0, 5.0]
    assert result('y = mse_loss(m, t, "none")') == [[1.0, 4.0, 9.0], [0.0, 1.0, 4.0]]
    assert result('y = mse_loss(m, t, "sum")') == 19.0
    assert result("y = mse_loss(m, t)") == pytest.approx(19 / 6)


def test_no_gradient_goes_through_detach_or_into_a_line_without_gradients() -> None:
    tape, output = run("c = no_grad(x*x)", "d = detach(x)", "L = c*d*x", x=3.0)
    assert tape[output].value == 81.0
    names = {node.id: node.name for node in tape}
    found = [(names[c.target], float(c.downstream)) for c in backward(tape, output)]
    assert found == [("x", 27.0)]  # as if c and d were plain numbers: 9 · 3
    assert [node.requires_grad for node in tape if node.name in "cd" and node.name] == [False] * 2
