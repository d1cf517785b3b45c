"""What is refused, and that the refusal says what, why, and what to do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mlviz import nn
from mlviz.autograd import OPS, apply, no_grad, tensor
from mlviz.autograd import functional as F
from mlviz.errors import EngineError
from mlviz.i18n import translate

X = tensor(np.ones((2, 3)), requires_grad=True)
WHOLE = tensor([2, 3])
REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: F.cross_entropy(X, np.array([0, 3])), "class 3 does not exist; there are 3"),
    (lambda: F.cross_entropy(X, np.array([0, -1])), "class -1 does not exist"),
    (lambda: F.cross_entropy(X, np.array([0])), r"shapes \(2, 3\) and \(1,\)"),
    (lambda: F.cross_entropy(X, np.array([0, 1]), label_smoothing=2.0), "between 0 and 1"),
    (lambda: F.cross_entropy(X, np.array([0, 1]), reduction="avg"), 'allowed: "none", "mean"'),
    (lambda: F.nll_loss(X, np.array([0.0, 1.0])), "needs int, found float64"),
    (lambda: F.one_hot(np.array([0, 4]), 3), "class 4"),
    (lambda: F.embedding(np.array([2]), X), "class 2"),
    (lambda: F.embedding(np.array([1]), X, max_norm=1.0), "max_norm=1.0 is not offered"),
    (lambda: X + np.ones((4, 3)), r"shapes \(2, 3\) and \(4, 3\).*sizes have to be equal"),
    (lambda: X @ X, r"shapes \(2, 3\) and \(2, 3\)"),
    (lambda: F.mm(X, np.ones(3)), "expected 2 axes"),
    (lambda: F.linear(X, np.ones((4, 2))), r"weight \(out, in\)"),
    (lambda: X.sum(2), "axis 2 does not exist"),
    (lambda: X.sum((0, 0)), "twice"),
    (lambda: X.reshape(4), "reshape"),
    (lambda: X.permute(0, 0), "exactly once"),
    (lambda: X.T.view(6), "Use reshape"),
    (lambda: X[5], "index"),
    (lambda: F.div(X, 2, rounding_mode="floor"), "rounding_mode=floor is not offered"),
    (lambda: F.dropout(X, 1.5), "between 0 and 1"),
    (lambda: F.gelu(X, approximate="fast"), '"none", "tanh"'),
    (lambda: F.clamp(X), "min=…"),
    (lambda: F.where(X, X, X), "bool"),
    (lambda: X.backward(create_graph=True), "create_graph=True is not offered"),
    (lambda: F.amax(tensor(np.ones((0, 3)))), "empty"),
    (lambda: F.binary_cross_entropy(X * 2, X), "between 0 and 1"),
    (lambda: bool(X), "neither true nor false"),
    (lambda: F.cat([X, np.ones((3, 2))], 1), "Only the axis"),
    (lambda: F.cat([]), "no tensors to join"),
    (lambda: F.stack([]), "no tensors to join"),
    (lambda: X.flatten(1, 0), "start_dim 1 comes after end_dim 0"),
    (lambda: WHOLE**-1, "give the exponent as one: -1.0"),
    (lambda: 2**-WHOLE, "give the exponent as one"),
    (lambda: tensor(2) ** -1, "give the exponent as one"),
    (lambda: WHOLE ** tensor([1, 2, 3]), r"shapes \(2,\) and \(3,\) do not fit"),
    (lambda: tensor([1.0, 2.0]).add_(np.ones(3)), r"add_ cannot put shape \(3,\) into"),
    (
        lambda: tensor([1.0, 2.0]).mul_(np.ones((2, 3))),
        r"mul_ cannot put shape \(2, 3\) into shape \(2,\)",
    ),
    (lambda: tensor([1.0, 2.0]).copy_(np.ones(3)), "copy_ cannot put"),
    (lambda: tensor([1.0, 2.0]).fill_(np.ones(2)), "fill_.* 0 axes"),
    (lambda: tensor([1, 2]).add_(0.5), "keep its result in a tensor of int64"),
    (lambda: tensor([1, 2]).div_(2), "keep its result in a tensor of int64"),
    (lambda: tensor([True]).sub_(True), "keep its result in a tensor of bool"),
    (lambda: tensor([1.0, 2.0]).__setitem__(slice(0, 1), np.ones(3)), "cannot put"),
    (lambda: tensor([1.0, 2.0]).__setitem__(7, 1.0), "out of bounds"),
    (lambda: nn.init.uniform_(tensor([1, 2])), "uniform_: needs float, found int64"),
    (lambda: nn.init.kaiming_normal_(tensor([[1, 2]])), "needs float, found int64"),
    (lambda: nn.Flatten()(tensor(1.0)), "axis 1 does not exist"),
    (lambda: nn.Flatten()(tensor([1.0])), "axis 1 does not exist"),
    (lambda: X.item(), r"shape \(2, 3\) is not one number"),
    (lambda: float(X), "is not one number"),
    (lambda: setattr(X, "grad", tensor([1.0])), r"shape \(2, 3\) of its own.*found \(1,\)"),
    (lambda: setattr(X, "grad", 5), "found int"),
    (lambda: X.sum().backward(inputs=[]), "no inputs"),
]


@pytest.mark.parametrize(("call", "says"), REFUSED)
def test_it_is_refused_in_words_that_teach(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(EngineError, match=says) as caught:
        call()
    assert translate(caught.value.message, "zh_CN")


@pytest.mark.parametrize("wrong", [-1, 3])
def test_a_class_that_is_not_there_never_reads_another_row(wrong: int) -> None:
    x, y = tensor(np.zeros((2, 3))), tensor([0, wrong])
    with pytest.raises(EngineError, match="classes 0 to 2"):
        apply(OPS["cross_entropy"], x, y)
    with pytest.raises(EngineError, match="classes 0 to 2"):
        apply(OPS["nll"], x, y, tensor(np.ones(3)), ignore_index=-100)


def test_a_change_that_was_refused_did_not_happen() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    loss = (y * y).sum()
    with no_grad(), pytest.raises(EngineError, match="add_"):
        y.add_(np.ones(3))
    loss.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 4.0]
