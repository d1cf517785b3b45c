"""Studies: trainings compared with loops by hand, early stopping, spreads and least squares."""

import math

import numpy as np
import pytest

from mlviz.autograd import Array
from mlviz.document import recipe
from mlviz.document.document import Document
from mlviz.errors import ArgumentError
from mlviz.learn.measure import loss_of
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.stop import StopRules
from mlviz.learn.studies import (
    Stopping,
    Trained,
    by_setting,
    each_trained,
    exact_losses,
    least_squares,
    lowest,
    stopping,
    weight_norms,
)
from tests.outcomes import curve, document
from tests.outcomes import recipe as network


def straight(degree: int = 1, **data: object) -> Document:
    """One affine layer on powers of x, from weights that are 0."""
    settings = {"set": "polynomial", "count": 30, "validation": 0.2, "degree": degree, **data}
    table = network(degree, [1], "mse_loss", settings)
    return document(recipe.with_init(table, 0, "zeros"))


def program_of(opened: Document) -> NetworkProgram:
    assert isinstance(opened.training.program, NetworkProgram)
    return opened.training.program


def trained(rates: list[float], updates: int) -> list[Trained[float]]:
    def run_of(rate: float) -> Run:
        table = recipe.with_optimizer(straight().table, lr=rate)
        return Run(document(table).training, stop=StopRules(iterations=updates))

    parts = list(each_trained(rates, run_of))
    shares = [part for part in parts if isinstance(part, float)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return [part for part in parts if isinstance(part, Trained)]


def test_every_case_is_trained_as_a_loop_by_hand_trains_it() -> None:
    program = program_of(straight())
    x, y = program.inputs, program.targets
    assert program.validation is not None
    for result in trained([0.02, 0.1, 0.3], 50):
        weight, bias = 0.0, 0.0
        for _ in range(50):
            rest = weight * x + bias - y
            weight, bias = (
                weight - result.case * float(2 * np.mean(rest * x)),
                bias - result.case * float(2 * np.mean(rest)),
            )
        assert result.iteration == 51
        found = float(np.mean((weight * x + bias - y) ** 2))
        assert result.scores["train"].loss == pytest.approx(found, rel=1e-12)
        held = float(np.mean((weight * program.validation[0] + bias - program.validation[1]) ** 2))
        assert result.scores["validation"].loss == pytest.approx(held, rel=1e-12)
        assert result.length == pytest.approx(abs(weight), rel=1e-12)


def test_a_case_is_told_before_the_next_one_begins() -> None:
    begun: list[float] = []

    def run_of(rate: float) -> Run:
        begun.append(rate)
        return Run(straight().training, stop=StopRules(iterations=3))

    steps = each_trained([0.1, 0.2], run_of)
    first = next(part for part in steps if isinstance(part, Trained))
    assert (first.case, begun) == (0.1, [0.1])


def test_a_training_without_an_end_is_refused() -> None:
    with pytest.raises(ArgumentError, match="epochs"):
        list(each_trained([1], lambda _: Run(straight().training)))


def test_norms_are_of_weights_and_not_of_biases() -> None:
    parameters = {
        "layer1.weight": np.array([[3.0, -4.0]]),
        "layer1.bias": np.array([100.0]),
        "layer2.weight": np.array([[12.0]]),
    }
    assert weight_norms(parameters) == (13.0, 19.0)


def test_means_and_deviations_are_told_by_setting() -> None:
    found = by_setting([(2.0, 1.0), (1.0, 5.0), (2.0, 4.0), (1.0, 5.0)])
    assert list(found) == [1.0, 2.0]
    assert found[2.0] == pytest.approx((2.5, np.std([1, 4], ddof=1)))
    assert lowest(found) == 2.0
    assert lowest(by_setting([(1.0, math.inf), (2.0, 3.0)])) == 2.0
    assert lowest(by_setting([(1.0, math.nan)])) is None


# --- Early stopping ------------------------------------------------------------------------


def overfitting(**rules: object) -> Run:
    table = recipe.with_optimizer(
        curve(count=24, validation=0.5, degree=9, noise=0.3), "Adam", lr=0.05
    )
    stop = StopRules(epochs=300, **rules)  # type: ignore[arg-type]
    return Run(document(recipe.with_inputs(table, 9)).training, stop=stop, measure_every=1)


@pytest.mark.parametrize("patience", [1, 4, 10])
def test_it_stops_and_restores_where_a_run_with_that_patience_does(patience: int) -> None:
    whole, stopped = overfitting(), overfitting(patience=patience)
    whole.advance(300)
    stopped.advance(300)
    assert stopped.stopped is not None
    assert stopped.stopped.rule == "patience"
    found = stopping(whole.curves.losses["validation"], patience)
    assert found.stop is not None
    assert whole.curves.at[found.stop] == stopped.head
    assert whole.curves.at[found.best] == stopped.restored()
    assert whole.head > stopped.head


def test_patience_that_never_runs_out_does_not_stop() -> None:
    falling: Array = np.linspace(1, 0, 30)
    assert stopping(falling, 3) == Stopping(29, None)
    assert stopping(np.array([1.0, 0.5, 0.6, 0.7, 0.1]), 2) == Stopping(1, 3)
    assert stopping(np.array([1.0, 0.5, 0.49, 0.48]), 2, min_delta=0.1) == Stopping(3, 3)


# --- Least squares -------------------------------------------------------------------------


@pytest.mark.parametrize("degree", [1, 3, 6])
def test_least_squares_are_those_of_a_polynomial_fit(degree: int) -> None:
    program = program_of(straight(degree))
    found = least_squares(program)
    assert found is not None
    fit = np.polynomial.Polynomial.fit(
        program.inputs[:, 0], program.targets[:, 0], degree, domain=[-1, 1]
    )
    mine = np.concatenate([found["layer1.bias"], found["layer1.weight"][0]])
    np.testing.assert_allclose(mine, fit.coef, rtol=1e-6, atol=1e-9)
    rest = float(np.mean((fit(program.inputs[:, 0]) - program.targets[:, 0]) ** 2))
    assert exact_losses(program)["train"] == pytest.approx(rest, rel=1e-9)


def test_training_comes_to_the_least_squares_and_never_below() -> None:
    program = program_of(straight(2))
    run = Run(straight(2).training, stop=StopRules(iterations=6000))
    run.advance(6000)
    exact = exact_losses(program)["train"]
    assert run.training.losses.min() >= exact * (1 - 1e-12)
    found = loss_of(program, run.training.parameters(run.head), "train")
    assert found == pytest.approx(exact, rel=1e-9)


def test_other_networks_have_no_least_squares() -> None:
    assert least_squares(program_of(document(curve()))) is None
    assert exact_losses(program_of(document(curve()))) == {}
