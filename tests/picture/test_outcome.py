import numpy as np
import pytest
from msgspec.structs import replace

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.document.schema import LossTable
from mlviz.learn import forward, measure
from mlviz.picture.outcome import class_names, outcome, probabilities, ties
from tests.outcomes import BINARY, curve, linear, many_classes, program_of, rows, two_classes


def test_two_classes_have_the_probability_of_the_sigmoid() -> None:
    program = program_of(rows([[0.0], [1.0]], [[0.0], [1.0]], outputs=1, loss=BINARY))
    found = outcome(program, linear([[2.0]], [-3.0]))
    # z is −3 and −1, so both are called 0; the second wrongly.
    wanted = 1 / (1 + np.exp([3.0, 1.0]))
    assert found.probabilities[:, 1] == pytest.approx(wanted)
    assert found.probabilities.sum(axis=1) == pytest.approx([1, 1])
    assert found.predicted.tolist() == [0, 0]
    assert found.wrong.tolist() == [False, True]
    assert found.losses == pytest.approx([-np.log(1 - wanted[0]), -np.log(wanted[1])])


def test_probabilities_of_large_numbers_are_no_overflow() -> None:
    program = program_of(rows([[0.0], [1.0]], [[0.0], [1.0]], outputs=1, loss=BINARY))
    found = probabilities(program, np.array([[-1e4], [1e4]]))
    assert found.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    many = program_of(many_classes())
    assert np.isfinite(probabilities(many, np.array([[1e4, 0.0, -1e4, 1.0]]))).all()


def test_many_classes_have_the_probability_of_the_softmax() -> None:
    program = program_of(rows([[1.0], [2.0]], [0, 2], outputs=3, loss="cross_entropy"))
    found = outcome(program, linear([[1.0], [0.0], [2.0]], [0.0, 0.0, 0.0]))
    first = np.exp([1.0, 0.0, 2.0])
    assert found.probabilities[0] == pytest.approx(first / first.sum())
    assert found.losses[0] == pytest.approx(-np.log(first[0] / first.sum()))
    assert found.predicted.tolist() == [2, 2]
    assert found.wrong.tolist() == [True, False]


def test_minus_one_and_one_are_classes_around_zero() -> None:
    program = program_of(rows([[0.0], [1.0]], [[-1.0], [1.0]], outputs=1, loss="mse_loss"))
    found = outcome(program, linear([[1.0]], [-0.5]))
    assert found.classes == ("−1", "1")
    assert found.probabilities[:, 1] == pytest.approx([0.25, 0.75])
    assert not found.wrong.any()


def test_a_regression_has_no_classes_and_nothing_wrong() -> None:
    program = program_of(rows([[1.0], [2.0]], [[1.5], [7.0]], outputs=1, loss="mse_loss"))
    found = outcome(program, linear([[3.0]], [0.0]))
    assert class_names(program) == ()
    assert found.residuals().tolist() == [1.5, -1.0]
    assert found.losses.tolist() == [2.25, 1.0]
    assert not found.wrong.any()


@pytest.mark.parametrize("table", [two_classes, many_classes, curve])
def test_the_mean_of_the_single_losses_is_the_loss_of_the_part(table) -> None:  # type: ignore[no-untyped-def]
    program = program_of(table(validation=0.25, test=0.25))
    parameters = program.start()
    found = outcome(program, parameters)
    for place, part in enumerate(measure.parts(program)):
        mean = found.losses[found.parts == place].mean()
        assert mean == pytest.approx(measure.loss_of(program, parameters, part))
        assert found.rows[found.parts == place].tolist() == list(range(sum(found.parts == place)))
    inputs, _ = measure.rows_of(program, "validation")
    assert np.array_equal(
        found.outputs[found.parts == 1], forward.outputs(program, parameters, inputs)
    )


@pytest.mark.parametrize(("reduction", "wanted"), [("mean", 2.5), ("sum", 5.0)])
def test_with_several_outputs_the_loss_of_an_example_follows_the_reduction(
    reduction: str, wanted: float
) -> None:
    table = rows([[1.0]], [[2.0, 3.0]], outputs=2, loss="mse_loss")
    table = replace(table, loss=LossTable(name="mse_loss", reduction=reduction))
    # The answers are 1 and 1: off by 1 and 2.
    found = outcome(program_of(table), linear([[1.0], [1.0]], [0.0, 0.0]))
    assert found.losses.tolist() == [wanted]


def test_of_very_many_examples_some_are_taken_evenly() -> None:
    program = program_of(two_classes(validation=0.5))
    found = outcome(program, program.start(), most=5)
    assert found.parts.tolist() == [0] * 5 + [1] * 5
    assert found.rows[:5].tolist() == [0, 4, 8, 12, 16]
    assert np.array_equal(found.inputs[:5], program.inputs[found.rows[:5]])


def test_only_the_parts_that_are_asked_for_are_told() -> None:
    program = program_of(two_classes(validation=0.5))
    found = outcome(program, program.start(), ("validation",))
    assert set(found.parts.tolist()) == {1}


def test_an_answer_between_two_classes_is_neither_right_nor_wrong() -> None:
    chances = np.array([[0.5, 0.5], [0.5 - 1e-12, 0.5 + 1e-12], [0.4, 0.6], [np.nan, np.nan]])
    assert ties(chances).tolist() == [True, True, False, False]
    third = np.array([[0.2, 0.4, 0.4], [0.3, 0.3, 0.4], [1 / 3, 1 / 3, 1 / 3]])
    assert ties(third).tolist() == [True, False, True]
    training = load(find("linear-xor")).training
    found = outcome(training.program, training.parameters(20_000))
    assert found.undecided.all()
    assert not found.wrong.any()
