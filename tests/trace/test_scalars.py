"""The scalar magnification equals the tensor run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.autograd import Tensor, functional, record
from mlviz.learn.training import Iteration
from mlviz.trace.scalars import MAX_NODES, NoScalarForm, scalarize, scalars_reason
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, timelines


def check(iteration: Iteration) -> None:
    """Compare every value and every gradient of both magnifications."""
    tensors = Timeline(iteration)
    found = scalarize(iteration)
    scalars = Timeline(found.iteration)
    for node in tensors.tape:
        ids = found.ids[node.id]
        values = [scalars.tape[int(id)].value for id in ids.reshape(-1)]
        np.testing.assert_allclose(
            np.array(values).reshape(node.value.shape), node.value, rtol=1e-12, atol=1e-12
        )
        whole = tensors.final_gradient(node.id)
        moved = any(tensors.tape[c.node].op.moves for c in tensors.contributions_to(node.id))
        if whole is None or moved:  # a moved scalar is the same node, with the sum of both
            continue
        parts = [scalars.final_gradient(int(id)) for id in ids.reshape(-1)]
        again = np.array([0.0 if part is None else part for part in parts])
        np.testing.assert_allclose(again.reshape(whole.shape), whole, rtol=1e-12, atol=1e-12)
    assert len(scalars.updates) == sum(update.after.size for update in tensors.updates)


@given(timelines())
@settings(max_examples=40, deadline=None)
def test_scalars_put_together_equal_the_tensors(timeline: Timeline) -> None:
    check(timeline.iteration)


def test_every_structured_operation_falls_apart() -> None:
    x = [[0.3, -1.2, 0.8], [1.1, 0.4, -0.5]]
    w, v = [[1.0, 2.0, 3.0]], [0.5, -0.3, 0.2]
    check(formula("y = sum(softmax(x) * w)", x=x, w=w).iteration(1))
    check(formula("y = sum(log_softmax(x) * w)", x=x, w=w).iteration(1))
    check(formula("y = mean(x * w)", x=x, w=w).iteration(1))
    check(formula("y = sum(matmul(x, v))", x=x, v=v).iteration(1))


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_matrix_products_of_all_ranks_fall_apart(n: int, k: int, m: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    for left, right in (((n, k), (k, m)), ((k,), (k, m)), ((n, k), (k,)), ((k,), (k,))):
        check(
            formula(
                "y = sum(matmul(a, b))", a=random.normal(size=left), b=random.normal(size=right)
            ).iteration(1)
        )


def test_cross_entropy_falls_apart() -> None:
    with record() as tape:
        logits = Tensor(np.array([[2.0, -1.0, 0.5], [0.1, 0.2, 0.3]]), requires_grad=True)
        tape.label(logits, "z", origin="z", role="parameter")
        loss = functional.cross_entropy(logits, np.array([0, 2]))
        output = tape.id_of(loss)
    tape.close()
    check(Iteration(1, tape, output))


def test_a_value_that_overflows_exp_is_shifted_first() -> None:
    found = scalarize(formula("y = sum(softmax(x))", x=[900.0, 1.0]).iteration(1))
    assert float(found.iteration.tape[found.iteration.output].value) == 1.0


def test_parts_have_names_and_origins() -> None:
    found = scalarize(network(2, 2, 1)).iteration.tape
    origins = {node.origin: node.name for node in found if node.role == "parameter"}
    assert origins["layer1.weight[0,1]"] == "w^1_12"
    assert origins["layer2.bias[0]"] == "b^2"


def test_too_many_scalars_are_refused_before_they_are_made() -> None:
    iteration = network(100, 100, 10, rows=4)
    with pytest.raises(NoScalarForm, match=str(MAX_NODES)):
        scalarize(iteration)


def test_whether_there_are_scalars_is_known_without_making_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small, large = network(2, 2, 1), network(100, 100, 10, rows=4)
    monkeypatch.setattr("mlviz.trace.scalars.expand", lambda *_: pytest.fail("made"))
    assert scalars_reason(small.tape) is None
    reason = scalars_reason(large.tape)
    assert reason is not None
    assert reason.id == "scalars.too_many"
