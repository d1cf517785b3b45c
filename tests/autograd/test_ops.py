"""Every row of the table against finite differences, the moment it exists."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from mlviz.autograd import OPS, Op, Tensor, apply, gradcheck
from mlviz.autograd import functional as F
from mlviz.autograd.expression import names_in
from mlviz.autograd.ops import unbroadcast

Shape = tuple[int, ...]
BINARY = [name for name, op in OPS.items() if op.elementwise and len(op.arguments) == 2]
POSITIVE = {"log", "sqrt", "pow", "div"}
SHAPES: list[tuple[Shape, Shape]] = [
    ((), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 1), (1, 3)),
    ((4, 2, 3), ()),
    ((), (2, 3)),
    ((1, 3), (3,)),
    ((0, 3), (3,)),
]


def numbers(shape: Shape, seed: int, positive: bool) -> Any:
    """Return numbers that stand clear of every kink, and of each other."""
    count = int(np.prod(shape))
    steps = np.random.default_rng(seed).permutation(count) + 0.35 + 0.1 * seed
    signs = 1.0 if positive else np.where(np.arange(count) % 2, 1.0, -1.0)
    return (0.4 * steps * signs).reshape(shape)


def assert_gradients(function: Callable[..., Tensor], arrays: Sequence[Any]) -> None:
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    for check in gradcheck(function, *tensors):
        assert check.agrees, (check.analytic, check.numeric)


@pytest.mark.parametrize(("first", "second"), SHAPES)
@pytest.mark.parametrize("name", BINARY)
def test_rows_with_two_inputs_agree_with_differences(
    name: str, first: Shape, second: Shape
) -> None:
    positive = name in POSITIVE
    arrays = numbers(first, 1, positive), numbers(second, 2, positive)
    assert_gradients(lambda x, y: apply(OPS[name], x, y), arrays)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,), (2, 1, 3)])
@pytest.mark.parametrize(
    "name",
    [n for n, op in OPS.items() if op.elementwise and len(op.arguments) == 1 and not op.variadic],
)
def test_rows_with_one_input_agree_with_differences(name: str, shape: Shape) -> None:
    array = numbers(shape, 1, name in POSITIVE)
    assert_gradients(lambda x: apply(OPS[name], x), [array])


STRUCTURED: dict[str, list[tuple[Callable[..., Tensor], list[Shape]]]] = {
    "total": [(F.total, [(2, 3)] * 3), (F.total, [()] * 2), (lambda x: F.total(x, x, x), [(3,)])],
    "matmul": [
        (F.matmul, [(2, 3), (3, 4)]),
        (F.matmul, [(3,), (3,)]),
        (F.matmul, [(2, 3), (3,)]),
        (F.matmul, [(3,), (3, 2)]),
        (F.matmul, [(5, 2, 3), (3, 4)]),
        (F.matmul, [(2, 3), (5, 3, 4)]),
        (F.matmul, [(5, 1, 2, 3), (4, 3, 2)]),
        (F.matmul, [(3,), (5, 3, 2)]),
        (F.matmul, [(5, 2, 3), (3,)]),
    ],
    "linear": [
        (F.linear, [(2, 3), (4, 3), (4,)]),
        (F.linear, [(3,), (4, 3), (4,)]),
        (F.linear, [(5, 2, 3), (4, 3), (4,)]),
        (F.linear, [(2, 3), (4, 3), ()]),
    ],
    "sum": [
        (F.sum, [(2, 3)]),
        (F.sum, [()]),
        (lambda x: F.sum(x, 0), [(2, 3)]),
        (lambda x: F.sum(x, -1, True), [(2, 3)]),
        (lambda x: F.sum(x, (0, 2)), [(2, 3, 4)]),
        (lambda x: F.sum(x, (0, -1), True), [(2, 3, 4)]),
    ],
    "mean": [
        (F.mean, [(2, 3)]),
        (lambda x: F.mean(x, 1), [(2, 3)]),
        (lambda x: F.mean(x, (0, 2), True), [(2, 3, 4)]),
    ],
    "permute": [
        (lambda x: x.T, [(2, 3)]),
        (lambda x: x.permute(2, 0, 1), [(2, 3, 4)]),
        (lambda x: x.permute(-1, 0, 1), [(2, 3, 4)]),
        (lambda x: x.transpose(0, -1), [(2, 3, 4)]),
    ],
    "reshape": [(lambda x: x.reshape(3, -1), [(2, 3)]), (lambda x: x.reshape(6), [(2, 3)])],
    "index": [
        (lambda x: x[1], [(2, 3)]),
        (lambda x: x[:, 1:], [(2, 3)]),
        (lambda x: x[::2, None, -1], [(3, 2)]),
        (lambda x: x[[0, 0, 1]], [(2, 3)]),
        (lambda x: x[np.array([[True, False, True], [False, True, False]])], [(2, 3)]),
        (lambda x: x[..., 0], [(2, 3, 4)]),
    ],
    "softmax": [(lambda x: x.softmax(-1), [(2, 3)]), (lambda x: x.softmax(0), [(2, 3)])],
    "log_softmax": [
        (lambda x: x.log_softmax(-1), [(2, 3)]),
        (lambda x: x.log_softmax(1), [(2, 3, 2)]),
    ],
    "cross_entropy": [
        (lambda x: F.cross_entropy(x, np.array([2, 0])), [(2, 3)]),
        (lambda x: F.cross_entropy(x, np.array([2, 0]), "none"), [(2, 3)]),
        (lambda x: F.cross_entropy(x, np.array([1, 1]), "sum"), [(2, 3)]),
    ],
}


@pytest.mark.parametrize(
    ("function", "shapes"),
    [case for cases in STRUCTURED.values() for case in cases],
    ids=[f"{name}-{k}" for name, cases in STRUCTURED.items() for k in range(len(cases))],
)
def test_structured_rows_agree_with_differences(
    function: Callable[..., Tensor], shapes: list[Shape]
) -> None:
    arrays = [numbers(shape, seed, False) for seed, shape in enumerate(shapes, 1)]
    assert_gradients(function, arrays)


def test_no_row_of_the_table_is_left_untested() -> None:
    by_name = {name for name, op in OPS.items() if op.elementwise and not op.variadic}
    assert set(OPS) == by_name | set(STRUCTURED)


def test_a_wrong_rule_is_found_by_finite_differences() -> None:
    right = OPS["tanh"]
    wrong = Op("wrong", ("x",), right.forward, (lambda g, out, x: g * (1 - out),), right.output, ())
    x = Tensor(np.array([0.3, -0.8]), requires_grad=True)
    assert not gradcheck(lambda x: apply(wrong, x), x)[0].agrees


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_a_row_shows_what_it_computes(op: Op) -> None:
    readable = {"x", "y", "z", "out", "g", "n"}
    for slot in range(len(op.arguments)):
        assert set(names_in(op.rule(slot))) <= readable
    assert set(names_in(op.output)) <= set(op.arguments)


@pytest.mark.parametrize(
    ("function", "at", "slopes"),
    [
        (F.relu, [0.0, -0.0], [0.0, 0.0]),
        (F.abs, [0.0], [0.0]),
        (lambda x: x**0, [0.0, 2.0], [0.0, 0.0]),
        (lambda x: x**1, [0.0], [1.0]),
        (lambda x: x**2, [0.0, -3.0], [0.0, -6.0]),
        (lambda x: F.maximum(x, 1.0), [1.0], [0.5]),
        (lambda x: F.minimum(x, 1.0), [1.0], [0.5]),
    ],
)
def test_slopes_at_a_kink_are_pytorchs(
    function: Callable[[Tensor], Tensor], at: list[float], slopes: list[float]
) -> None:
    x = Tensor(np.array(at), requires_grad=True)
    function(x).backward(np.ones(len(at)))
    assert x.grad is not None
    assert x.grad.data.tolist() == slopes


def test_functions_do_not_overflow_where_the_result_is_finite() -> None:
    x = Tensor(np.array([-800.0, 0.0, 800.0]), requires_grad=True)
    assert F.sigmoid(x).data.tolist() == [0.0, 0.5, 1.0]
    assert F.softmax(x, 0).data.tolist() == [0.0, 0.0, 1.0]
    F.log_softmax(x, 0).sum().backward()
    assert x.grad is not None
    assert np.isfinite(x.grad.data).all()


def test_a_gradient_is_summed_over_the_axes_that_were_stretched() -> None:
    gradient = np.arange(24.0).reshape(2, 3, 4)
    assert unbroadcast(gradient, (3, 1)).tolist() == [[60.0], [92.0], [124.0]]
    assert unbroadcast(gradient, ()).tolist() == 276.0
    assert unbroadcast(gradient, (2, 3, 4)) is gradient
