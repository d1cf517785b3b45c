import numpy as np
import pytest

from mlviz.autograd import Tensor, no_grad, record, tensor
from mlviz.autograd import functional as F
from mlviz.autograd.tape import backward
from mlviz.errors import EngineError


def grad_of(x: Tensor) -> object:
    assert x.grad is not None
    return x.grad.data.tolist()


def test_the_chain_of_the_book_gives_114() -> None:
    x = tensor(3.0, requires_grad=True)
    h = x * x
    (h + h * h).backward()
    assert grad_of(x) == 114.0


def test_the_tape_shows_both_contributions_to_114() -> None:
    with record() as tape:
        x = tensor(3.0, requires_grad=True)
        h = x * x
        y = h + h * h
    steps = list(backward(tape, tape.id_of(y)))
    into_h = [step for step in steps if step.target == tape.id_of(h)]
    into_x = [step for step in steps if step.target == tape.id_of(x)]
    assert [float(step.downstream) for step in into_h] == [1.0, 9.0, 9.0]
    assert [float(step.total) for step in into_h] == [1.0, 10.0, 19.0]
    assert [step.before is None for step in into_h] == [True, False, False]
    assert [float(step.downstream) for step in into_x] == [57.0, 57.0]
    assert float(into_x[-1].total) == 114.0


def test_a_value_used_twice_has_two_edges() -> None:
    with record() as tape:
        a = tensor([1.0, 2.0], requires_grad=True)
        y = a + a
    assert tape[tape.id_of(y)].inputs == (tape.id_of(a), tape.id_of(a))
    assert [step.slot for step in backward(tape, tape.id_of(y))] == [0, 1]
    y.backward([1.0, 1.0])
    assert grad_of(a) == [2.0, 2.0]


def test_a_chain_of_50_000_operations_is_walked_without_recursion() -> None:
    x = tensor(1.0, requires_grad=True)
    with record() as tape:
        y = x
        for _ in range(50_000):
            y = y + 0.5
    y.backward()
    assert grad_of(x) == 1.0
    *_, last = backward(tape, tape.id_of(y))
    assert (last.target, float(last.total)) == (tape.id_of(x), 1.0)


def test_tape_and_tensors_agree_to_the_last_bit() -> None:
    rng = np.random.default_rng(3)
    x = tensor(rng.normal(size=(5, 3)))
    weight = tensor(rng.normal(size=(4, 3)), requires_grad=True)
    bias = tensor(rng.normal(size=4), requires_grad=True)
    with record() as tape:
        hidden = F.tanh(F.linear(x, weight, bias))
        loss = F.cross_entropy(hidden, np.array([0, 3, 1, 1, 2])) + (weight * weight).sum() * 0.1
    loss.backward()
    totals = {step.target: step.total for step in backward(tape, tape.id_of(loss))}
    for leaf in (weight, bias):
        assert leaf.grad is not None
        assert np.array_equal(leaf.grad.data, totals[tape.id_of(leaf)])


def test_what_was_recorded_does_not_change_with_the_parameter() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    with record() as tape:
        y = (w * w).sum()
    w.data[...] = 0.0
    assert tape[tape.id_of(w)].value.tolist() == [1.0, 2.0]
    totals = {step.target: step.total for step in backward(tape, tape.id_of(y))}
    assert totals[tape.id_of(w)].tolist() == [2.0, 4.0]


def test_an_inner_recording_is_its_own() -> None:
    with record() as outer:
        tensor(1.0) + 1
        with record() as inner:
            tensor(2.0) + 1
        tensor(3.0) * 2
    assert [node.op.name for node in outer if node.op] == ["add", "mul"]
    assert [node.op.name for node in inner if node.op] == ["add"]


def test_gradients_accumulate_in_leaves_until_they_are_cleared() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    (w * 3).sum().backward()
    first = w.grad
    assert first is not None
    (w * 4).sum().backward()
    assert grad_of(w) == [7.0, 7.0]


def test_no_grad_leaves_no_history() -> None:
    w = tensor(2.0, requires_grad=True)
    with no_grad():
        y = w * 3
    assert not y.requires_grad
    assert y.is_leaf
    with pytest.raises(EngineError, match="nothing to differentiate"):
        y.backward()


def test_backward_of_several_numbers_needs_a_gradient() -> None:
    y = tensor([1.0, 2.0], requires_grad=True) * 2
    with pytest.raises(EngineError, match=r"shape \(2,\)"):
        y.backward()
    with pytest.raises(EngineError, match=r"shape \(3,\).*\(2,\)"):
        y.backward([1.0, 2.0, 3.0])


def test_whole_numbers_cannot_require_gradients() -> None:
    with pytest.raises(EngineError, match="int64"):
        tensor([1, 2], requires_grad=True)
    with pytest.raises(EngineError, match="bool"):
        tensor([True]).requires_grad_()
    with pytest.raises(EngineError, match="int64"):
        tensor(3).requires_grad_()


def test_only_leaves_keep_gradients_unless_asked() -> None:
    x = tensor(2.0, requires_grad=True)
    hidden, kept = x * 3, x * 4
    kept.retain_grad()
    (hidden * kept).backward()
    assert hidden.grad is None
    assert grad_of(kept) == 6.0


def test_a_detached_value_stops_the_gradient() -> None:
    x = tensor(3.0, requires_grad=True)
    (x * x.detach()).backward()
    assert grad_of(x) == 3.0


def test_an_array_on_the_left_leaves_the_operation_to_the_tensor() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    y = np.array([[10.0], [20.0]]) * x
    assert isinstance(y, Tensor)
    y.sum().backward()
    assert grad_of(x) == [30.0, 30.0]


def test_a_python_number_takes_the_type_of_what_it_meets() -> None:
    x = tensor([1.0, 2.0], dtype=np.float32)
    assert (x * 2.5).dtype == (2 / x).dtype == (x**2).dtype == np.float32
    assert tensor([1.0]).dtype == np.float64


def test_two_leaves_never_share_one_gradient() -> None:
    """PyTorch lets them where the gradients are views; a learner should not meet that."""
    a, b = tensor([[0.5, 2.0]], requires_grad=True), tensor([[0.5], [2.0]], requires_grad=True)
    (a.reshape(2) + b.reshape(2)).backward([1.0, 1.0])
    assert a.grad is not None
    a.grad.mul_(5)
    assert grad_of(b) == [[1.0], [1.0]]
