"""What forward keeps for the reverse pass beside inputs and outputs."""

import weakref

import numpy as np
import pytest

from mlviz.autograd import OPS, Tensor, backward, no_grad, record, tensor
from mlviz.autograd import functional as F
from mlviz.errors import EngineError

ROWS, CLASSES = 7, 5


def logits() -> Tensor:
    values = np.random.default_rng(3).normal(size=(ROWS, CLASSES)) * 4
    return tensor(values, requires_grad=True)


def classes() -> Tensor:
    return tensor(np.arange(ROWS) % CLASSES)


def slopes(x: Tensor) -> bytes:
    assert x.grad is not None
    return bytes(x.grad.numpy().tobytes())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_mean_cross_entropy_has_the_same_bits_in_one_step_and_in_two(dtype: type) -> None:
    numbers = logits().numpy().astype(dtype)
    one, two = Tensor(numbers, requires_grad=True), Tensor(numbers, requires_grad=True)
    short = F.cross_entropy(one, classes())
    long = F.cross_entropy(two, classes(), reduction="none").mean()
    short.backward()
    long.backward()
    assert short.dtype == long.dtype == dtype
    assert short.item() == long.item()
    assert slopes(one) == slopes(two)


def test_a_recorded_cross_entropy_shows_its_entries_and_has_the_bits_of_the_unrecorded() -> None:
    x = logits()
    quiet = F.cross_entropy(x, classes())
    quiet.backward()
    with record() as tape:
        loss = F.cross_entropy(x, classes())
    assert [node.op.name for node in tape if node.op] == ["cross_entropy", "mean"]
    totals = {part.target: part.total for part in backward(tape, tape.id_of(loss))}
    assert loss.item() == quiet.item()
    assert totals[tape.id_of(x)].tobytes() == slopes(x)


def test_what_is_kept_gives_the_gradient_that_is_worked_out_without_it() -> None:
    op, x, y = OPS["cross_entropy"], logits().numpy(), classes().numpy()
    assert op.keeping is not None
    out, kept = op.keeping(x, y)
    g = np.linspace(-1, 1, ROWS)
    assert (op.forward(x, y) == out).all()
    worked_out = op.vjp(0, g, out, (x, y), {})
    assert op.vjp(0, g, out, (x, y), {"kept": kept}).tobytes() == worked_out.tobytes()


def test_a_graph_that_is_retained_gives_the_same_gradient_again() -> None:
    x = logits()
    loss = F.cross_entropy(x, classes())
    loss.backward(retain_graph=True)
    first = slopes(x)
    x.grad = None
    loss.backward()
    assert slopes(x) == first


def test_a_graph_that_is_freed_lets_go_of_what_was_kept() -> None:
    loss = F.cross_entropy(logits(), classes())
    kept = [weakref.ref(array) for array in loss._params["kept"]]
    loss.backward()
    assert [reference() for reference in kept] == [None] * len(kept)


def test_what_is_kept_counts_as_memory_until_the_reverse_pass_is_done_with_it() -> None:
    with record() as tape:
        loss = F.cross_entropy(logits(), classes(), reduction="sum")
    powers, sums, rows = ROWS * CLASSES * 8, ROWS * 8, ROWS * 8
    kept = powers + sums + rows
    steps = tape.saved_bytes(tape.id_of(loss))
    assert [step.bytes for step in steps] == [kept, kept, kept, 0]


def test_nothing_is_kept_where_nothing_requires_a_gradient() -> None:
    with record() as tape, no_grad():
        F.cross_entropy(logits(), classes())
    assert all(node.kept is None for node in tape)


def test_targets_that_change_before_the_reverse_pass_are_still_noticed() -> None:
    target = classes()
    loss = F.cross_entropy(logits(), target)
    target.fill_(0)
    with pytest.raises(EngineError, match="cross_entropy"):
        loss.backward()


@pytest.mark.parametrize("count", [1, 3, 16, 17, 40])
def test_a_cross_entropy_has_the_bits_of_its_formula_however_many_the_classes(count: int) -> None:
    rng = np.random.default_rng(count)
    x, y = rng.normal(size=(ROWS, count)) * 4, rng.integers(0, count, ROWS)
    shifted = x - x.max(axis=-1, keepdims=True)
    wanted = np.log(np.exp(shifted).sum(axis=-1)) - shifted[np.arange(ROWS), y]
    assert OPS["cross_entropy"].forward(x, y).tobytes() == wanted.tobytes()


def test_logits_that_lie_in_memory_column_by_column_have_the_same_gradient() -> None:
    by_rows, by_columns = logits(), Tensor(np.asfortranarray(logits().numpy()), requires_grad=True)
    F.cross_entropy(by_rows, classes()).backward()
    F.cross_entropy(by_columns, classes()).backward()
    assert by_rows.grad is not None
    assert by_columns.grad is not None
    np.testing.assert_allclose(by_columns.grad.numpy(), by_rows.grad.numpy(), rtol=1e-14)


def test_a_linear_layer_has_the_bits_of_the_matrix_product_with_gaps_in_memory_or_without() -> None:
    rng = np.random.default_rng(5)
    whole, weight, bias = rng.normal(size=(64, 34)), rng.normal(size=(9, 34)), rng.normal(size=9)
    for x in (whole, np.repeat(whole, 2, axis=0)[::2], np.asfortranarray(whole)):
        for w in (weight, np.repeat(weight, 2, axis=0)[::2], np.asfortranarray(weight)):
            out = OPS["linear"].forward(x, w, bias)
            assert out.tobytes() == (x @ w.T + bias).tobytes()
