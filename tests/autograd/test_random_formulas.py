"""Random formulas: what they give, and their gradients, as HIPS autograd has them."""

import autograd.numpy as anp
import numpy as np
from autograd import grad
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlviz.autograd import functional as F
from mlviz.autograd import tensor
from mlviz.autograd.expression import evaluate, names_in, parse

NAMES = ("a", "b", "c", "d")
FUNCTIONS = ("tanh", "sigmoid", "exp", "sin", "cos", "abs", "relu")
SHAPES = {"a": (), "b": (3,), "c": (2, 1), "d": (2, 3)}

HIPS = {
    "tanh": anp.tanh,
    "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
    "exp": anp.exp,
    "sin": anp.sin,
    "cos": anp.cos,
    "abs": anp.abs,
    "relu": lambda x: anp.where(x > 0, x, 0.0),
}
OURS = {name: getattr(F, name) for name in FUNCTIONS}

leaves = st.one_of(st.sampled_from(NAMES), st.sampled_from(["2", "0.5", "3.25"]))
formulas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda left, sign, right: f"({left} {sign} {right})",
            inner,
            st.sampled_from("+-*"),
            inner,
        ),
        st.builds(lambda top, below: f"({top} / (1.5 + {below} ** 2))", inner, inner),
        st.builds(lambda base: f"({base} ** 3)", inner),
        st.builds(lambda part: f"-{part}", inner),
        st.builds(lambda name, part: f"{name}({part})", st.sampled_from(FUNCTIONS), inner),
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150)
@given(formulas, st.integers(0, 2**31))
def test_a_random_formula_agrees_with_hips_autograd(text: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrays = {name: rng.uniform(-1.2, 1.2, shape) for name, shape in SHAPES.items()}
    tree = parse(text)
    assume(names_in(tree))

    def theirs(values: tuple[object, ...]) -> object:
        out = evaluate(tree, dict(zip(NAMES, values, strict=True)), HIPS)
        return anp.sum(out * np.ones(anp.shape(out)))

    with np.errstate(over="ignore", invalid="ignore"):
        expected = float(theirs(tuple(arrays.values())))
        assume(abs(expected) < 1e6)
        slopes = grad(theirs)(tuple(arrays.values()))
    assume(all(np.abs(slope).max() < 1e6 for slope in slopes))

    tensors = {name: tensor(array, requires_grad=True) for name, array in arrays.items()}
    out = evaluate(tree, tensors, OURS)
    out.backward(np.ones(out.shape))
    np.testing.assert_allclose(out.data.sum(), expected, rtol=1e-9, atol=1e-9)
    for name, slope in zip(NAMES, slopes, strict=True):
        found = tensors[name].grad
        ours = np.zeros(SHAPES[name]) if found is None else found.data
        np.testing.assert_allclose(ours, slope, rtol=1e-9, atol=1e-9)
