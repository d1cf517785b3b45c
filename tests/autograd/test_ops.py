"""Every row of the table against finite differences, the moment it exists."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from mlviz.autograd import OPS, Op, Tensor, apply, gradcheck, record
from mlviz.autograd import functional as F
from mlviz.autograd.expression import names_in
from mlviz.autograd.ops import unbroadcast

Shape = tuple[int, ...]
ROWS = [op for op in OPS.values() if op.elementwise and not op.variadic]
POSITIVE = {"log", "log1p", "sqrt", "rsqrt", "pow", "div", "kl_divergence"}
BETWEEN_0_AND_1 = {"binary_cross_entropy"}
SETTINGS: dict[str, dict[str, float]] = {
    "leaky_relu": {"negative_slope": 0.2},
    "elu": {"alpha": 1.3},
    "gelu": {"sqrt2": 2**0.5, "sqrt2pi": (2 * np.pi) ** 0.5},
    "gelu_tanh": {"c": (2 / np.pi) ** 0.5},
    "softplus": {"beta": 1.5, "threshold": 2.0},
    "hardtanh": {"min_val": -0.8, "max_val": 0.7},
    "clamp": {"low": -0.8, "high": 0.7},
    "smooth_l1": {"beta": 0.75},
    "huber": {"delta": 0.75},
}
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


def numbers(shape: Shape, seed: int, name: str = "") -> Any:
    """Return numbers that stand clear of every kink, and of each other."""
    count = int(np.prod(shape))
    steps = np.random.default_rng(seed).permutation(count) + 0.35 + 0.1 * seed
    if name in BETWEEN_0_AND_1:
        return (steps / (count + 1)).reshape(shape)
    signs = 1.0 if name in POSITIVE else np.where(np.arange(count) % 2, 1.0, -1.0)
    return ((0.1 if name == "exp" else 0.4) * steps * signs).reshape(shape)


def assert_gradients(function: Callable[..., Tensor], arrays: Sequence[Any]) -> None:
    tensors = [Tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    for check in gradcheck(function, *tensors):
        assert check.agrees, (check.analytic, check.numeric)


@pytest.mark.parametrize(("first", "second"), SHAPES)
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_rows_agree_with_differences(op: Op, first: Shape, second: Shape) -> None:
    shapes = [first, second, (1,)][: len(op.arguments)]
    arrays = [numbers(shape, seed, op.name) for seed, shape in enumerate(shapes, 1)]
    if op.name == "where":
        arrays[0] = arrays[0] > 0
    if op.name == "clamp_between":
        arrays[1], arrays[2] = arrays[1] - 1, arrays[2] + 1
    assert_gradients(lambda *xs: apply(op, *xs, **SETTINGS.get(op.name, {})), arrays)


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
    "outer": [(F.outer, [(3,), (4,)])],
    "clone": [(lambda x: x.clone(), [(2, 3)]), (lambda x: x.clone(), [()])],
    "var": [
        (F.var, [(2, 3)]),
        (lambda x: F.var(x, 1, keepdim=True), [(2, 3)]),
        (lambda x: F.var(x, (0, 2), correction=0), [(2, 3, 4)]),
    ],
    "std": [(F.std, [(2, 3)]), (lambda x: F.std(x, -1, False), [(2, 3)])],
    "prod": [
        (F.prod, [(2, 3)]),
        (lambda x: F.prod(x, 0, True), [(2, 3)]),
        (lambda x: F.prod(x * np.array([1.0, 0.0, 2.0]), 1), [(2, 3)]),
        (F.prod, [()]),
    ],
    "amax": [(F.amax, [(2, 3)]), (lambda x: F.amax(x, (0, 2), True), [(2, 3, 4)])],
    "amin": [(F.amin, [(2, 3)]), (lambda x: F.amin(x, 1), [(2, 3)])],
    "pick": [(lambda x: F.max(x, 1)[0], [(2, 3)]), (lambda x: F.min(x, 0, True)[0], [(2, 3)])],
    "cumsum": [(lambda x: F.cumsum(x, 1), [(2, 3)]), (lambda x: F.cumsum(x, 0), [()])],
    "norm": [
        (F.norm, [(2, 3)]),
        (lambda x: F.norm(x, 1, 0), [(2, 3)]),
        (lambda x: F.norm(x, 3, (0, 1), True), [(2, 3)]),
        (lambda x: F.norm(x, np.inf, 1), [(2, 3)]),
    ],
    "logsumexp": [
        (lambda x: F.logsumexp(x, 1), [(2, 3)]),
        (lambda x: F.logsumexp(x, (0, 2), True), [(2, 3, 4)]),
    ],
    "expand": [
        (lambda x: x.expand(4, -1, 3), [(2, 1)]),
        (lambda x: F.broadcast_to(x, (2, 3)), [()]),
    ],
    "cat": [
        (lambda *xs: F.cat(xs, 1), [(2, 3), (2, 1), (2, 2)]),
        (lambda x: F.cat([x, x]), [(3,)]),
    ],
    "stack": [(lambda *xs: F.stack(xs, 1), [(2, 3)] * 3), (lambda x: F.stack([x, x], -1), [(3,)])],
    "gather": [
        (lambda x: F.gather(x, 1, np.array([[0, 0], [2, 1]])), [(2, 3)]),
        (lambda x: F.gather(x, 0, np.array([[1, 0, 1]])), [(2, 3)]),
    ],
    "embedding": [(lambda x: F.embedding(np.array([[0, 2], [2, 2]]), x), [(3, 2)])],
    "nll": [
        (lambda x: F.nll_loss(x, np.array([2, 0])), [(2, 3)]),
        (lambda x: F.nll_loss(x, np.array([2, -1]), np.arange(3.0), -1, "sum"), [(2, 3)]),
    ],
    "normalize": [
        (lambda x: F.layer_norm(x, (3,)), [(2, 3)]),
        (lambda x: F.batch_norm(x, None, None, training=True), [(4, 2, 3)]),
    ],
    "cross_entropy": [
        (lambda x: F.cross_entropy(x, np.array([2, 0])), [(2, 3)]),
        (lambda x: F.cross_entropy(x, np.array([2, 0]), reduction="none"), [(2, 3)]),
        (lambda x: F.cross_entropy(x, np.array([1, 1]), reduction="sum"), [(2, 3)]),
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
    arrays = [numbers(shape, seed) for seed, shape in enumerate(shapes, 1)]
    assert_gradients(function, arrays)


def test_no_row_of_the_table_is_left_untested() -> None:
    named = {op.name for op in ROWS} | set(STRUCTURED)
    assert {name for name, op in OPS.items() if op.differentiable} == named


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_scalars_are_computed_to_the_same_bits_as_arrays(op: Op) -> None:
    settings = SETTINGS.get(op.name, {})
    for point in numbers((12,), 1, op.name):
        xs = [np.float64(point * factor) for factor in (1.0, 0.7, -0.3)][: len(op.arguments)]
        if op.name == "kl_divergence":
            xs = [abs(x) for x in xs]
        many = [np.array([x]) for x in xs]
        out = op.forward(*many, **settings)
        single = op.scalar(*xs, **settings)
        assert isinstance(single, np.float64)
        assert single == out[0]
        for slot in range(len(xs)):
            whole = op.vjps[slot](np.array([1.7]), out, *many, **settings)
            part = op.scalar_vjps[slot](np.float64(1.7), single, *xs, **settings)
            assert part == whole[0]


STRUCTURED_BY_NAME = [op for op in OPS.values() if op.differentiable and not op.variadic]


@pytest.mark.parametrize("op", STRUCTURED_BY_NAME, ids=lambda op: op.name)
def test_a_rule_reads_only_what_its_text_says(op: Op) -> None:
    """Otherwise the memory that is shown, and the check for changes, would be wrong."""
    with record() as tape:
        if op in ROWS:
            xs = [Tensor(numbers((2, 3), k, op.name), requires_grad=True) for k in (1, 2, 3)]
            xs[0] = Tensor(xs[0].data > 0) if op.name == "where" else xs[0]
            apply(op, *xs[: len(op.arguments)], **SETTINGS.get(op.name, {}))
        else:
            for function, shapes in STRUCTURED[op.name]:
                function(
                    *(Tensor(numbers(s, k), requires_grad=True) for k, s in enumerate(shapes, 1))
                )
    for node in [node for node in tape if node.op is op]:
        arrays = tape.arrays(node)
        g = np.ones(node.value.shape)
        for slot, source in enumerate(node.inputs):
            if not tape[source].requires_grad:
                continue
            right = op.vjp(slot, g, node.value, arrays, node.params)
            reads = op.reads(slot)
            spoilt = tuple(
                array if name in reads else np.zeros_like(array) + 77 * (array.dtype.kind == "f")
                for name, array in zip(op.arguments, arrays, strict=True)
            )
            out = node.value if "out" in reads else np.full_like(node.value, 77)
            np.testing.assert_array_equal(op.vjp(slot, g, out, spoilt, node.params), right)


def test_a_wrong_rule_is_found_by_finite_differences() -> None:
    right = OPS["tanh"]
    wrong = Op(
        "wrong",
        ("x",),
        right.forward,
        (lambda g, out, x: g * (1 - out),),
        right.output,
        right.rules,
    )
    x = Tensor(np.array([0.3, -0.8]), requires_grad=True)
    assert not gradcheck(lambda x: apply(wrong, x), x)[0].agrees


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_a_row_shows_what_it_computes(op: Op) -> None:
    readable = {"x", "y", "z", "out", "g", "n", "eps", *SETTINGS.get(op.name, {})}
    for slot in range(len(op.arguments)):
        assert set(names_in(op.rule(slot))) <= readable
    assert set(names_in(op.output)) <= readable - {"out", "g", "n"}


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
