"""Small runs that many tests look at, built without a file."""

import itertools

import numpy as np
from hypothesis import strategies as st

from mlviz.learn.formula import FormulaProgram, Leaf, read_line
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import sgd
from mlviz.learn.training import Iteration, Training
from mlviz.trace.timeline import Timeline


def formula(
    *lines: str, rate: float | None = None, inputs: tuple[str, ...] = (), **leaves: object
) -> Training:
    """A formula; leaves named in `inputs` are not trained."""
    made = [
        Leaf(name, np.asarray(value, dtype=float), name not in inputs, "input")
        if name in inputs
        else Leaf(name, np.asarray(value, dtype=float), True, "parameter")
        for name, value in leaves.items()
    ]
    program = FormulaProgram([read_line(line) for line in lines], made)
    return Training(program, None if rate is None else sgd(rate), iterations=100)


def twice() -> Iteration:
    """h = x·x, y = h + h·h at x = 3: the gradient is 2x + 4x³ = 114."""
    return formula("h = x*x", "y = h + h*h", x=3.0).iteration(1)


def neuron_training() -> Training:
    """One tanh neuron with squared error."""
    return formula(
        "z = w1*x1 + w2*x2 + b",
        "y = tanh(z)",
        "L = (y - t)**2",
        rate=0.1,
        inputs=("x1", "x2", "t"),
        w1=0.5,
        x1=1.0,
        w2=-0.8,
        x2=0.6,
        b=0.1,
        t=1.0,
    )


def neuron() -> Iteration:
    """The neuron's first iteration."""
    return neuron_training().iteration(1)


def network(
    *widths: int, rows: int = 1, activation: str = "tanh", seed: int = 0, loss: str = "mse_loss"
) -> Iteration:
    """A network with random weights on random data."""
    random = np.random.default_rng(seed)
    layers = tuple(
        LayerSpec(units, activation, random.normal(size=(units, inputs)), random.normal(size=units))
        for inputs, units in itertools.pairwise(widths)
    )
    program = NetworkProgram(
        NetworkSpec(widths[0], layers),
        random.normal(size=(rows, widths[0])),
        random.normal(size=(rows, widths[-1])),
        LossSpec(loss),
    )
    return Training(program, sgd(0.1)).iteration(1)


def timelines() -> st.SearchStrategy[Timeline]:
    """Timelines of random networks, small enough to look at every step."""
    return st.builds(
        lambda widths, rows, activation, seed: Timeline(
            network(*widths, rows=rows, activation=activation, seed=seed)
        ),
        st.lists(st.integers(1, 3), min_size=2, max_size=4),
        st.integers(1, 3),
        st.sampled_from(["tanh", "sigmoid", "relu"]),
        st.integers(0, 10_000),
    )
