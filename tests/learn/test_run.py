import numpy as np
import pytest

from mlviz.autograd import Array
from mlviz.learn.formula import FormulaProgram, Leaf, read_line
from mlviz.learn.measure import loss_of, metric_of
from mlviz.learn.network import NetworkProgram
from mlviz.learn.rules import UpdateRule, adam, sgd
from mlviz.learn.run import Run
from mlviz.learn.stop import Patience, StopRules
from mlviz.learn.training import Training
from mlviz.trace.quick import quick_step
from tests.learn.programs import network


def rows(seed: int, count: int = 12) -> tuple[Array, Array]:
    """Return rows whose answers are noise, so that a network learns the wrong thing."""
    random = np.random.default_rng(seed)
    return random.normal(size=(count, 2)), random.integers(0, 2, (count, 1)).astype(float)


def run(
    stop: StopRules | None = None,
    rule: UpdateRule | None = None,
    program: NetworkProgram | None = None,
    measure_every: int | None = None,
) -> Run:
    program = program or network(validation=rows(1), test=rows(2))  # 3 iterations an epoch
    training = Training(program, rule or adam(0.05), compiler=quick_step)
    return Run(training, stop=stop, measure_every=measure_every)


def test_curves_are_measured_once_an_epoch_with_the_parameters_an_iteration_starts_with() -> None:
    made = run()
    assert made.advance(8) == 8
    assert made.curves.at.tolist() == [1, 4, 7]
    program = made.training.program
    assert isinstance(program, NetworkProgram)
    for index, number in enumerate((1, 4, 7)):
        parameters = made.training.parameters(number)
        for part in ("train", "validation", "test"):
            assert made.curves.losses[part][index] == loss_of(program, parameters, part)
            assert made.curves.metrics[part][index] == metric_of(program, parameters, part)
    assert len(made.curves.loss) == 8


def test_curves_are_measured_as_often_as_is_asked_for() -> None:
    made = run(measure_every=2)
    made.advance(3)
    made.advance(3)
    assert made.curves.at.tolist() == [1, 3, 5, 7]


def test_a_run_stops_after_its_iterations_and_goes_on_when_it_is_told_to() -> None:
    made = run(StopRules(iterations=5))
    assert made.advance(100) == 5
    assert made.stopped is not None
    assert (made.stopped.rule, made.stopped.iteration, made.head) == ("iterations", 5, 6)
    assert made.advance(100) == 0
    made.resume()
    assert made.advance(20) == 20
    assert made.stopped is None


@pytest.mark.parametrize("epochs", [1, 4, 5])
def test_a_run_stops_at_the_very_end_of_its_epochs_however_seldom_it_is_measured(
    epochs: int,
) -> None:
    made = run(StopRules(epochs=epochs), measure_every=30)
    made.advance(1)
    made.advance(100)
    assert made.head == 3 * epochs + 1
    assert made.stopped is not None
    assert made.stopped.rule == "epochs"
    made.resume()
    assert made.advance(10) == 10


def test_a_run_stops_after_its_epochs() -> None:
    made = run(StopRules(epochs=4))
    assert made.advance(100) == 12
    assert made.stopped is not None
    assert made.stopped.rule == "epochs"


def test_a_run_stops_when_its_training_loss_is_low() -> None:
    made = run(StopRules(loss_below=0.5))
    made.advance(10_000)
    assert made.stopped is not None
    assert made.stopped.rule == "loss_below"
    losses = made.curves.losses["train"]
    assert losses[-1] < 0.5 <= losses[:-1].min()


@pytest.mark.parametrize("min_delta", [0.0, 0.01])
def test_early_stopping_stops_where_a_loop_by_hand_does(min_delta: float) -> None:
    patience = 4
    made = run(StopRules(patience=patience, min_delta=min_delta))
    made.advance(3000)

    training = Training(network(), adam(0.05))
    program = network(validation=rows(1))
    best, best_number, counted, waited, number = np.inf, 0, np.inf, 0, 1
    while True:
        loss = loss_of(program, training.parameters(number), "validation")
        if loss < best:
            best, best_number = loss, number
        if loss < counted - min_delta:
            counted, waited = loss, 0
        else:
            waited += 1
            if waited == patience:
                break
        number += 3
    assert made.stopped is not None
    assert made.stopped.rule == "patience"
    assert (made.head, made.best, made.restored()) == (number, best_number, best_number)
    assert made.best is not None
    assert made.best < made.head
    parameters = made.training.parameters(made.restored())
    assert loss_of(program, parameters, "validation") == made.curves.losses["validation"].min()


def test_without_restoring_a_run_ends_at_its_head() -> None:
    made = run(StopRules(patience=2, restore_best=False))
    made.advance(3000)
    assert made.restored() == made.head


def test_without_validation_rows_there_is_no_best() -> None:
    made = run(StopRules(patience=2), program=network())
    made.advance(30)
    assert (made.best, made.restored()) == (None, made.head)


def diverging() -> FormulaProgram:
    return FormulaProgram([read_line("L = w**4")], [Leaf("w", np.array(3.0), True, "parameter")])


def test_the_first_loss_that_is_not_finite_stops_the_run_at_its_iteration() -> None:
    made = Run(Training(diverging(), sgd(1.0), compiler=quick_step))
    made.advance(1000)
    assert made.stopped is not None
    number = made.stopped.iteration
    assert (made.stopped.rule, made.head) == ("not_finite", number + 1)
    assert not np.isfinite(made.training.loss(number))
    assert made.stopped.reason.id == "run.stopped.loss"
    assert np.isfinite(made.curves.loss[: number - 1]).all()
    assert np.isfinite(made.training.parameters(number)["w"])
    made.resume()
    assert made.advance(5) == 5


def test_the_first_parameter_that_is_not_finite_stops_the_run_too() -> None:
    leaves = [Leaf("w", np.array(3.0), True, "parameter")]
    program = FormulaProgram([read_line("L = w**2")], leaves)
    # A step of 6 · 1e308 is too long for a float, though the loss is 9.
    made = Run(Training(program, sgd(1e308), compiler=quick_step))
    made.advance(100)
    assert made.stopped is not None
    number = made.stopped.iteration
    assert made.head == number + 1
    assert made.stopped.reason.id == "run.stopped.parameter"
    assert np.isfinite(made.curves.loss).all()
    assert np.isfinite(made.training.parameters(number)["w"])
    assert not np.isfinite(made.training.parameters(number + 1)["w"])


def test_a_bad_number_is_named_though_others_let_the_training_run_past_it() -> None:
    wanted = Run(Training(diverging(), sgd(1.0), compiler=quick_step))
    wanted.advance(1000)
    training = Training(diverging(), sgd(1.0), compiler=quick_step)
    training.advance(300)
    made = Run(training)
    made.advance(10)
    assert made.stopped is not None
    assert wanted.stopped is not None
    assert made.stopped.iteration == wanted.stopped.iteration == training.first_bad()


def test_a_parameter_that_went_bad_without_a_bad_loss_is_found() -> None:
    leaves = [Leaf("w", np.array(0.5), True, "parameter")]
    program = FormulaProgram([read_line("L = 5*tanh(w)")], leaves)
    training = Training(program, sgd(1e-3), compiler=quick_step)
    assert training.first_bad() is None
    training = training.branched(21, rule=sgd(1.7e308))
    training.advance(40)
    assert np.isfinite(training.losses).all()
    assert training.first_bad() == 21


def test_a_loss_counts_as_lower_only_by_more_than_the_least_difference() -> None:
    losses = (1.0, 0.95, 0.92, 0.8, 0.75)
    strict, plain = Patience(2, 0.1), Patience(2)
    assert [strict.is_over(loss) for loss in losses] == [False, False, True, False, False]
    assert not any(plain.is_over(loss) for loss in losses)


def test_a_branch_shares_curves_up_to_its_iteration() -> None:
    first = run(StopRules(patience=500))
    first.advance(90)
    second = first.branch(40, rule=adam(0.5), name="other")
    assert (second.name, second.head, second.stopped) == ("other", 40, None)
    assert second.curves.at.tolist() == list(range(1, 41, 3))
    second.advance(50)
    count = 14
    for part in ("train", "validation", "test"):
        mine, theirs = second.curves.losses[part], first.curves.losses[part]
        np.testing.assert_array_equal(mine[:count], theirs[:count])
        assert mine[count] != theirs[count]
    np.testing.assert_array_equal(second.curves.loss[:39], first.curves.loss[:39])
    again = first.branch(40)
    again.advance(50)
    np.testing.assert_array_equal(
        again.curves.losses["validation"], first.curves.losses["validation"][:30]
    )
    assert again.best == int(again.curves.at[np.argmin(again.curves.losses["validation"])])


def test_a_slice_of_time_is_kept_and_used() -> None:
    made = run()
    made.advance(10)
    ticks = iter(np.arange(0, 100, 0.0005).tolist())
    done = made.advance_for(0.008, clock=lambda: next(ticks))
    # Every look at the clock takes half a millisecond here.
    assert 16 <= done <= 64 * 16
    made.stop = StopRules(iterations=made.head + 2)
    assert made.advance_for(1.0) == 3
    assert made.stopped is not None


def test_a_formula_runs_without_measurements() -> None:
    leaves = [Leaf("w", np.array(3.0), True, "parameter")]
    program = FormulaProgram([read_line("L = w**2")], leaves)
    made = Run(Training(program, sgd(0.1)), stop=StopRules(loss_below=0.01))
    made.advance(1000)
    assert made.stopped is not None
    assert made.stopped.rule == "loss_below"
    assert made.curves.loss[-1] < 0.01 <= made.curves.loss[-2]
    assert (len(made.curves.at), dict(made.curves.losses)) == (0, {})
