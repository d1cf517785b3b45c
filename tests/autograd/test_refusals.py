"""What is refused, and that the refusal says what, why, and what to do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mlviz.autograd import functional as F
from mlviz.autograd import tensor
from mlviz.errors import EngineError
from mlviz.i18n import translate

X = tensor(np.ones((2, 3)), requires_grad=True)
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
]


@pytest.mark.parametrize(("call", "says"), REFUSED)
def test_it_is_refused_in_words_that_teach(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(EngineError, match=says) as caught:
        call()
    assert translate(caught.value.message, "zh_CN")
