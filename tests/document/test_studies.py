"""What studies vary, whether nothing else does, and what comes of them."""

import numpy as np
import pytest

from mlviz.document import recipe
from mlviz.document.differences import differences
from mlviz.document.document import Document, load
from mlviz.document.examples import find
from mlviz.document.schema import FileTable
from mlviz.document.studies import BIAS, SHIFTS, STUDIES, Wishes, obstacle, planned, usual
from mlviz.document.study_runs import Result, decompositions, each_result
from mlviz.errors import DocumentError
from mlviz.learn import forward
from mlviz.learn.data.shift import Shift
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.stop import StopRules
from tests.outcomes import curve, document, many_classes, two_classes
from tests.outcomes import recipe as network


def classes(**data: object) -> Document:
    return document(two_classes(validation=0.25, test=0.25, **data))


def results_of(
    opened: Document, name: str, values: tuple[float, ...], epochs: int = 5, repeats: int = 1
) -> list[Result]:
    plan = planned(opened, name, Wishes(values, epochs, repeats))
    return [part for part in each_result(opened, plan) if isinstance(part, Result)]


VARIED = {
    "weight_decay": {"optimizer.weight_decay"},
    "l1": {"optimizer.l1"},
    "dropout": {"network.layers[0].dropout"},
    "examples": {"data.train_rows"},
    "move": {"data.test_shift"},
    "scale": {"data.test_scale"},
    "rotate": {"data.test_rotate"},
    "noise": {"data.test_noise"},
    "degree": {"data.degree", "network.inputs"},
}


@pytest.mark.parametrize("name", VARIED)
def test_only_the_varied_key_differs_from_case_to_case(name: str) -> None:
    opened = classes()
    wishes = usual(opened, name)
    plan = planned(opened, name, wishes)
    assert [case.setting for case in plan.cases[: len(wishes.values)]] == list(wishes.values)
    first, last = plan.cases[0].table, plan.cases[len(wishes.values) - 1].table
    assert {found.key for found in differences(first, last)} == VARIED[name]
    beside = {found.key.split(".")[0] for found in differences(opened.table, last)}
    assert beside <= {key.split(".")[0] for key in VARIED[name]} | {"training"}


def test_repetitions_have_other_seeds_and_the_first_has_the_recipes_own() -> None:
    opened = classes()
    plan = planned(opened, "dropout", Wishes((0.0, 0.5), 2, 3))
    assert [(case.setting, case.number) for case in plan.cases] == [
        (value, number) for number in range(3) for value in (0.0, 0.5)
    ]
    seeds = [case.table.seed for case in plan.cases]
    assert seeds == [opened.table.seed + number for number in (0, 0, 1, 1, 2, 2)]


def test_every_case_does_equally_many_updates_however_few_rows_it_sees() -> None:
    opened = classes(batch_size=4)
    found = results_of(opened, "examples", (4, 20), epochs=3)
    assert [each.trained.run.head - 1 for each in found] == [15, 15]
    assert [len(each.trained.program.inputs) for each in found] == [4, 20]
    held = [each.trained.program.validation for each in found]
    assert held[0] is not None
    assert held[1] is not None
    np.testing.assert_array_equal(held[0][0], held[1][0])


def test_a_shift_changes_the_test_rows_alone_and_the_training_not_at_all() -> None:
    opened = classes()
    found = results_of(opened, "move", (0.0, 1.0))
    one, other = (each.trained for each in found)
    np.testing.assert_array_equal(one.run.training.losses, other.run.training.losses)
    assert one.scores["validation"] == other.scores["validation"]
    assert opened.data is not None
    train, test = opened.data.split.train, opened.data.split.test
    inputs = opened.data.dataset.inputs
    moved = Shift(move=1.0).applied(inputs[test], inputs[train], np.array([True, True]))
    outputs = forward.outputs(one.program, one.parameters, moved)
    assert one.program.test is not None
    loss = forward.loss(one.program, outputs, one.program.test[1])
    assert other.scores["test"].loss == pytest.approx(loss, rel=1e-12)
    assert other.scores["test"].loss != one.scores["test"].loss


def test_rows_that_are_missing_are_set_aside_and_that_is_said() -> None:
    opened = document(two_classes())
    plan = planned(opened, "l1", Wishes((0.1,), 1))
    assert [note.id for note in plan.notes] == ["study.note.validation"]
    data = plan.cases[0].table.data
    assert data is not None
    assert (data.validation, data.test) == (0.25, 0.0)
    shifted = planned(opened, "noise", Wishes((0.1,), 1))
    assert [note.id for note in shifted.notes] == ["study.note.test"]
    assert planned(classes(), "l1", Wishes((0.1,), 1)).notes == ()


def test_opening_a_case_gives_the_very_numbers_of_the_study() -> None:
    opened = classes(batch_size=8)
    result = results_of(opened, "dropout", (0.4,), epochs=6)[0]
    again = recipe.rebuilt(opened, result.case.table)
    run = Run(again.training, stop=again.stop)
    run.advance(10**6)
    np.testing.assert_array_equal(run.training.losses, result.trained.run.training.losses)
    assert result.document.table == result.case.table
    assert isinstance(result.document.training.program, NetworkProgram)


def test_nothing_stops_a_case_early() -> None:
    table = recipe.with_training(classes().table, patience=1, loss_below=10.0, epochs=4)
    result = results_of(document(table), "l1", (0.0,), epochs=7)[0]
    assert result.trained.run.head == 8
    assert result.document.stop == StopRules(iterations=7)


def test_bias_and_variance_come_from_training_sets_drawn_anew() -> None:
    table = network(1, [1], "mse_loss", {"set": "polynomial", "count": 12, "noise": 0.2})
    opened = document(recipe.with_optimizer(table, "Adam", lr=0.05))
    plan = planned(opened, BIAS, Wishes((1, 3), 150, 6))
    found = [part for part in each_result(opened, plan) if isinstance(part, Result)]
    starts = {each.trained.program.inputs[0, 0] for each in found}
    assert len(starts) == 6
    assert plan.points is not None
    assert plan.truth is not None
    x = plan.points[:, 0]
    np.testing.assert_allclose(plan.truth, 2 * x**3 - x, atol=1e-12)
    parts = decompositions(plan, found)
    for setting, each in parts.items():
        assert each.total == pytest.approx(each.error, rel=1e-12)
        answers = [result.answers for result in found if result.case.setting == setting]
        mean = np.mean(np.array(answers), axis=0)
        assert each.bias == pytest.approx(float(np.mean((mean - plan.truth) ** 2)))
        assert each.noise == pytest.approx(0.04, rel=0.1)
    assert parts[3].bias < parts[1].bias


def test_answers_are_in_units_of_their_own() -> None:
    data = {"set": "linear", "count": 20, "noise": 0.0, "standardise_target": True}
    opened = document(network(1, [1], "mse_loss", {**data, "standardise": True}))
    result = results_of(opened, BIAS, (1,), epochs=200)[0]
    plan = planned(opened, BIAS, Wishes((1,), 1))
    assert plan.truth is not None
    assert result.answers is not None
    np.testing.assert_allclose(result.answers, plan.truth, atol=1e-6)


IMPOSSIBLE = [
    (two_classes(), BIAS, "study.no.truth"),
    (network(2, [1], "binary_cross_entropy_with_logits", {"set": "moons"}), "dropout", "hidden"),
    (curve(), "rotate", "study.no.plane"),
    (two_classes(count=7), "l1", "study.no.rows"),
]


@pytest.mark.parametrize(("table", "name", "why"), IMPOSSIBLE)
def test_what_cannot_be_studied_is_told(table: FileTable, name: str, why: str) -> None:
    opened = document(table)
    problem = obstacle(opened, name)
    assert problem is not None
    assert problem.id.endswith(why)
    with pytest.raises(DocumentError):
        usual(opened, name)


def test_a_formula_has_no_studies_and_every_study_has_some_document() -> None:
    slope = load(find("slope"))
    assert all(obstacle(slope, name) is not None for name in STUDIES)
    able = [document(curve()), document(many_classes())]
    for name in STUDIES:
        assert any(obstacle(opened, name) is None for opened in able), name


@pytest.mark.parametrize("values", [(), (-1.0,), (float("nan"),), (2.5,)])
def test_values_out_of_range_are_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(DocumentError):
        planned(document(curve()), "degree", Wishes(values, 1))


def test_four_cases_become_many_points() -> None:
    xor = load(find("xor"))
    table = recipe.with_data_set(xor.table, "xor")
    opened = recipe.rebuilt(xor, table)
    for name in ("weight_decay", *SHIFTS, "examples"):
        found = results_of(opened, name, usual(opened, name).values[:1], epochs=1)
        assert found[0].document.data is not None
        assert len(found[0].document.data.dataset) == 200
