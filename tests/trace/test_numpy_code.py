"""A step written out as NumPy computes what the tape computed, to the last bit."""

import ast
import keyword
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlviz.autograd import Tape, Tensor, backward, record, tensor
from mlviz.autograd import functional as F
from mlviz.errors import EngineError
from mlviz.learn import rules
from mlviz.learn.rules import UpdateRule
from mlviz.trace.numpy_code import compile_gradients, compile_step, to_numpy_code

RULES: dict[str, UpdateRule] = {
    "SGD": rules.sgd(0.1),
    "momentum": rules.sgd(0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    "dampening": rules.sgd(0.1, momentum=0.9, dampening=0.5),
    "Adam": rules.adam(0.01),
    "AdamW": rules.adamw(0.01),
    "RMSprop": rules.rmsprop(0.01),
    "Adagrad": rules.adagrad(0.01),
}
Program = Callable[[list[Tensor]], Tensor]


def perceptron(parameters: list[Tensor]) -> Tensor:
    x = tensor(np.linspace(-1, 1, 10).reshape(5, 2))
    hidden = F.tanh(F.linear(x, parameters[0], parameters[1]))
    return F.mse_loss(F.linear(hidden, parameters[2], parameters[3]), np.ones((5, 1)))


def classifier(parameters: list[Tensor]) -> Tensor:
    x = tensor(np.linspace(-1, 1, 10).reshape(5, 2))
    hidden = F.relu(F.linear(x, parameters[0], parameters[1]))
    return F.cross_entropy(
        F.linear(hidden, parameters[2], parameters[3]), np.array([0, 1, 2, 1, 0])
    )


def penalised(parameters: list[Tensor]) -> Tensor:
    w, b = parameters[0], parameters[1]
    shared = (w @ w.T + b).softmax(-1)
    return (shared * shared).sum(0).mean() + 0.1 * (w * w).sum() + b.exp().sum() * w[0, 1:].sum()


def of_scalars(parameters: list[Tensor]) -> Tensor:
    w, b = parameters
    return ((w * 2.0 + b).tanh() * w - 0.5) ** 2 + F.maximum(w, b) / (b * b + 1)


def stretched(parameters: list[Tensor]) -> Tensor:
    w, b = parameters
    return (F.gelu(w * b) + w.mean(0) - b.reshape(1, -1).sum() + F.leaky_relu(b, 0.2)).mean()


PROGRAMS: dict[str, tuple[Program, list[tuple[int, ...]]]] = {
    "perceptron": (perceptron, [(4, 2), (4,), (1, 4), (1,)]),
    "classifier": (classifier, [(4, 2), (4,), (3, 4), (3,)]),
    "penalised": (penalised, [(3, 3), (3,)]),
    "scalars": (of_scalars, [(), ()]),
    "stretched": (stretched, [(2, 3), (3,)]),
}


def tape_of(program: Program, arrays: list[Any]) -> tuple[Tape, int, list[int]]:
    parameters = [tensor(array, requires_grad=True) for array in arrays]
    with record() as tape:
        loss = program(parameters)
    return tape, tape.id_of(loss), [tape.id_of(parameter) for parameter in parameters]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize(("program", "shapes"), PROGRAMS.values(), ids=PROGRAMS)
def test_steps_equal_the_tapes_to_the_last_bit(
    program: Program, shapes: list[tuple[int, ...]], rule: UpdateRule
) -> None:
    rng = np.random.default_rng(1)
    arrays = [np.asarray(rng.normal(size=shape)) for shape in shapes]
    states = [rule.initial_state(array) for array in arrays]
    tape, output, ids = tape_of(program, arrays)
    run = compile_step(tape, output, rule)
    names = dict(zip(sorted(ids), run.parameters, strict=True))
    for _ in range(4):
        tape, output, ids = tape_of(program, arrays)
        totals = {step.target: step.total for step in backward(tape, output)}
        loss = run()
        assert loss == tape[output].value
        for k, id in enumerate(ids):
            result = rule.apply(arrays[k], totals[id], states[k])
            arrays[k], states[k] = result.after, result.state
            assert np.array_equal(run.parameters[names[id]], arrays[k])


def named(tape: Tape, ids: list[int]) -> None:
    tape.nodes[ids[0]].name = "evil'); import os #"
    tape.nodes[ids[0]].origin = "layer\nimport os"


def test_no_text_of_a_person_enters_the_source() -> None:
    tape, output, ids = tape_of(perceptron, [np.ones(s) for s in [(4, 2), (4,), (1, 4), (1,)]])
    clean = to_numpy_code(tape, output, RULES["Adam"])
    named(tape, ids)
    assert to_numpy_code(tape, output, RULES["Adam"]) == clean
    found = {node.id for node in ast.walk(ast.parse(clean)) if isinstance(node, ast.Name)}
    for name in found - {"np", "sigmoid", "erf", "OPS"}:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
        assert not keyword.iskeyword(name)


def test_the_source_reads_as_a_teacher_would_write_it() -> None:
    tape, output, _ = tape_of(perceptron, [np.ones(s) for s in [(4, 2), (4,), (1, 4), (1,)]])
    source = to_numpy_code(tape, output, RULES["SGD"])
    for line in (
        "def step(x1, x2, W1, b1, W2, b2, lr):",
        "linear_1 = x1 @ W1.T + b1",
        "tanh_1 = np.tanh(linear_1)",
        "d_linear_1 = d_tanh_1 * (1 - tanh_1 * tanh_1)",
        "# tanh: upstream × (1 - out ** 2)",
        "d_W1 = d_linear_1.T @ x1",
        "W1 -= lr * d_W1",
        "return loss",
    ):
        assert line in source


def test_other_inputs_can_be_given() -> None:
    arrays = [np.full(s, 0.3) for s in [(4, 2), (4,), (1, 4), (1,)]]
    tape, output, _ = tape_of(perceptron, arrays)
    run = compile_step(tape, output, RULES["SGD"])
    x, t = np.array([[0.1, 0.2], [0.3, -0.4]]), np.zeros((2, 1))
    loss = run(x1=x, x2=t)
    weights = [tensor(array, requires_grad=True) for array in arrays]
    hidden = F.tanh(F.linear(x, weights[0], weights[1]))
    expected = F.mse_loss(F.linear(hidden, weights[2], weights[3]), t)
    expected.backward()
    assert loss == expected.item()
    for found, weight in zip(run.parameters.values(), weights, strict=True):
        assert weight.grad is not None
        assert np.array_equal(found, weight.data - 0.1 * weight.grad.data)


def test_without_a_rule_nothing_is_updated() -> None:
    tape, output, _ = tape_of(of_scalars, [np.array(0.3), np.array(0.7)])
    run = compile_step(tape, output)
    assert run() == run() == tape[output].value
    assert "update" not in run.source


def test_indices_that_are_arrays_are_refused() -> None:
    w = tensor([1.0, 2.0, 3.0], requires_grad=True)
    with record() as tape:
        y = w[np.array([0, 0, 2])].sum()
    with pytest.raises(EngineError, match="ndarray"):
        to_numpy_code(tape, tape.id_of(y))


atoms = st.sampled_from(["w", "v", "m", "2.0"])
formulas = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(" ".join).map("({})".format),
        st.tuples(st.sampled_from(["F.tanh", "F.sigmoid", "F.relu", "F.silu"]), inner).map(
            lambda pair: f"{pair[0]}({pair[1]} * 1.0)"
        ),
        inner.map("F.sum({} * 1.0)".format),
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=60)
@given(formulas)
def test_random_formulas_equal_the_tapes_to_the_last_bit(text: str) -> None:
    assume("w" in text)
    rng = np.random.default_rng(2)
    values = {
        name: tensor(rng.normal(size=shape), requires_grad=True)
        for name, shape in {"w": (2, 3), "v": (3,), "m": ()}.items()
    }
    with record() as tape:
        # The text was made above, of nothing but these names.
        loss = eval(f"({text} * w).mean()", {"F": F, **values})
    totals = {step.target: step.total for step in backward(tape, tape.id_of(loss))}
    run = compile_step(tape, tape.id_of(loss), RULES["SGD"])
    assert run() == loss.item()
    reached = [node for node in tape if node.is_leaf and node.requires_grad and node.id in totals]
    after = [node.value - 0.1 * totals[node.id] for node in reached]
    for found, expected in zip(run.parameters.values(), after, strict=True):
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("weight", [None, 2.0])
def test_yes_or_no_from_any_score_is_what_the_tape_computes(weight: float | None) -> None:
    scores = np.array([0.0, -0.0, 1.5, -1.5, 40.0, -40.0, 800.0, -800.0, np.inf, -np.inf, np.nan])
    targets = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.5, 1.0, 0.0])
    with np.errstate(all="ignore"):
        with record() as tape:
            w = Tensor(scores, requires_grad=True)
            tape.label(w, "w", origin="w", role="parameter")
            F.binary_cross_entropy_with_logits(w, tensor(targets), pos_weight=weight)
        tape.close()
        output = len(tape) - 1
        compiled = compile_gradients(tape, output)
        given = [value for _, value in compiled.inputs]
        loss, gradient = compiled.function(*given, scores)
        totals = {each.target: each.total for each in backward(tape, output)}
    assert np.asarray(loss).tobytes() == np.asarray(tape[output].value).tobytes()
    assert gradient.tobytes() == totals[next(n.id for n in tape if n.origin == "w")].tobytes()
