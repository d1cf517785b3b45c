"""Every operation of the table falls apart into scalars, or says that it does not."""

from collections.abc import Callable

import numpy as np
import pytest

from mlviz.autograd import Tensor, ops, record
from mlviz.autograd import functional as F
from mlviz.i18n import Message
from mlviz.learn.training import Iteration
from mlviz.trace.scalar_forms import _CHOICES, _FORMS, _WITHOUT_GRADIENT
from mlviz.trace.scalars import NoScalarForm, scalarize, scalars_reason
from mlviz.trace.timeline import Timeline

Function = Callable[[Tensor], Tensor]
X = np.array([[0.3, -1.2, 0.8], [1.1, 0.4, -0.5]])
W = np.array([[1.0, 2.0, -3.0], [0.5, -0.3, 0.7]])
FUNCTIONS: dict[str, Function] = {
    "outer": lambda x: F.outer(x[0], x[1]),
    "prod": lambda x: F.prod(x, 1),
    "prod of all, with a zero": lambda x: F.prod(x * Tensor([[1.0, 0.0, 1.0]])),
    "amax": lambda x: F.amax(x, 0),
    "amin": lambda x: F.amin(x, 1, keepdim=True),
    "amax of equal ones with different slopes": lambda x: F.amax(
        F.stack([x[0], x[0] * 2.0 - Tensor(X[0]), x[0] * 0.5 + Tensor(X[0] / 2)]), 0
    ),
    "max with its place": lambda x: F.max(x, 1)[0],
    "var": lambda x: F.var(x, 1),
    "var, biased": lambda x: F.var(x, 0, correction=0),
    "std": lambda x: F.std(x, 1),
    "norm": lambda x: F.norm(x, dim=1),
    "norm 1": lambda x: F.norm(x, 1, 1),
    "norm 3": lambda x: F.norm(x, 3, 1),
    "norm inf": lambda x: F.norm(x, float("inf"), 1),
    "logsumexp": lambda x: F.logsumexp(x, 1),
    "logsumexp of large ones": lambda x: F.logsumexp(x + 800.0, 1),
    "logsumexp of small ones": lambda x: F.logsumexp(x - 800.0, 1),
    "cumsum": lambda x: F.cumsum(x, 1),
    "cumsum down": lambda x: F.cumsum(x, 0),
    "softmax down": lambda x: F.softmax(x, 0),
    "log_softmax far apart": lambda x: F.log_softmax(x * 900.0, 1),
    "nll": lambda x: F.nll_loss(x, Tensor(np.array([2, 0])), reduction="none"),
    "nll with weights": lambda x: F.nll_loss(
        x, Tensor(np.array([2, 0])), weight=Tensor([0.5, 1.0, 2.0]), reduction="none"
    ),
    "nll that ignores": lambda x: F.nll_loss(
        x, Tensor(np.array([2, 0])), ignore_index=0, reduction="none"
    ),
    "cross entropy far apart": lambda x: F.cross_entropy(
        x * 900.0, Tensor(np.array([2, 0])), reduction="none"
    ),
    "layer norm": lambda x: F.layer_norm(x, (3,)),
    "gather": lambda x: F.gather(x, 1, Tensor(np.array([[0, 0], [2, 1]]))),
    "embedding": lambda x: F.embedding(Tensor(np.array([1, 0, 1])), x),
    "embedding with padding": lambda x: F.embedding(Tensor(np.array([1, 0])), x, padding_idx=1),
    "leaky relu": lambda x: F.leaky_relu(x, 0.2),
    "where": lambda x: F.where(x > 0.0, x * 2.0, x * 3.0),
    "one hot": lambda x: x * F.one_hot(Tensor(np.array([0, 2])), 3),
    "argmax": lambda x: x[0] * F.argmax(x, 1).sum(),
    "stack and transpose": lambda x: F.stack([x.T, x.T * 2.0]),
    "cat": lambda x: F.cat([x, x * 2.0], 1),
    "flat linear": lambda x: F.linear(x, x[0] * 2.0),
}


def recorded(function: Function) -> Iteration:
    with record() as tape:
        x = Tensor(X, requires_grad=True)
        tape.label(x, "x", origin="x", role="parameter")
        y = function(x)
        weights = np.resize(W, y.shape)
        output = tape.id_of((y * Tensor(weights)).sum())
    tape.close()
    return Iteration(1, tape, output)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_form_has_the_value_and_the_gradient_of_the_operation(name: str) -> None:
    iteration = recorded(FUNCTIONS[name])
    found = scalarize(iteration)
    scalars = Timeline(found.iteration)
    assert all(
        node.value.ndim == 0 for node in scalars.tape if node.requires_grad or node.op is None
    )
    for node in iteration.tape:
        values = [scalars.tape[int(id)].value for id in found.ids[node.id].reshape(-1)]
        np.testing.assert_allclose(np.array(values), node.value.reshape(-1), rtol=1e-12, atol=1e-12)
    whole = Timeline(iteration).final_gradient(0)
    parts = [scalars.final_gradient(int(id)) for id in found.ids[0].reshape(-1)]
    again = [0.0 if part is None else float(part) for part in parts]
    assert whole is not None
    np.testing.assert_allclose(again, whole.reshape(-1), rtol=1e-12, atol=1e-12)


def test_no_operation_of_the_table_is_forgotten() -> None:
    known = {*_FORMS, *_CHOICES, *_WITHOUT_GRADIENT}
    forgotten = {
        name for name, op in ops.OPS.items() if not (op.elementwise or op.moves or name in known)
    }
    assert forgotten == set()


def test_a_norm_that_only_counts_has_no_form_and_says_so() -> None:
    iteration = recorded(lambda x: F.norm(x, 0, 1) * x[0, 0])
    with pytest.raises(NoScalarForm, match="norm"):
        scalarize(iteration)
    assert scalars_reason(iteration.tape) == Message("scalars.no_form", op="norm")
    assert scalars_reason(recorded(lambda x: F.norm(x, 2, 1) * x[0, 0]).tape) is None


def test_each_scalar_knows_the_tensor_it_belongs_to() -> None:
    iteration = recorded(FUNCTIONS["softmax down"])
    found = scalarize(iteration)
    assert len(found.owners) == len(found.iteration.tape)
    for id, scalars in found.ids.items():
        assert {found.owners[int(one)] for one in scalars.reshape(-1)} == {id}
