import numpy as np
import pytest

from mlviz.document.own_points import Point, drawn, points_of, target_of, with_points
from mlviz.errors import DocumentError
from mlviz.learn.network import NetworkProgram
from mlviz.picture.outcome import class_names
from tests.outcomes import curve, document, many_classes, recipe, two_classes


def program(table):  # type: ignore[no-untyped-def]
    found = document(table).training.program
    assert isinstance(found, NetworkProgram)
    return found


def everything(found: NetworkProgram) -> object:
    """All inputs beside their targets, in an order of their own."""
    assert found.validation is not None
    inputs = np.concatenate([found.inputs, found.validation[0]])
    targets = np.concatenate([found.targets, found.validation[1]]).reshape(len(inputs), -1)
    table = np.column_stack([inputs, targets])
    return table[np.lexsort(table.T)]


@pytest.mark.parametrize("table", [two_classes, many_classes, curve])
def test_a_set_that_is_written_out_teaches_the_same(table) -> None:  # type: ignore[no-untyped-def]
    named = table(validation=0.25, batch_size=8)
    made = document(named)
    assert made.data is not None
    written = with_points(named, [*points_of(named, made.data).values()])
    assert written.data is not None
    assert written.data.set is None
    before, after = program(named), program(written)
    assert np.array_equal(everything(before), everything(after))
    assert len(class_names(after)) == len(class_names(before))
    assert after.batch_size == 8
    assert after.validation is not None


def test_scaling_stays_and_the_numbers_are_those_before_it() -> None:
    named = two_classes(standardise=True)
    made = document(named)
    assert made.data is not None
    written = with_points(named, [*points_of(named, made.data).values()])
    assert np.allclose(program(written).inputs, program(named).inputs)


def test_a_class_is_written_as_the_loss_wants_it() -> None:
    assert target_of(many_classes(), 2) == 2
    assert target_of(two_classes(), 1) == [1.0]
    assert target_of(two_classes(), 0, -1.0) == [-1.0]
    several = recipe(2, [3, 3], "mse_loss", {"set": "blobs", "kinds": 3})
    assert target_of(several, 1) == [0.0, 1.0, 0.0]


def test_even_points_of_one_class_only_can_be_learned() -> None:
    table = with_points(two_classes(), [Point([0.0, 1.0], [1.0])])
    assert program(table).targets.tolist() == [[1.0]]
    table = with_points(many_classes(), [Point([0.0, 1.0], 2)])
    assert program(table).targets.tolist() == [2]


def test_drawn_numbers_have_no_digits_that_nobody_meant() -> None:
    assert drawn([(0.123456789, 1 / 3)]) == [[0.1235, 0.3333]]


def test_every_example_stays_in_its_part_and_a_new_one_is_learned_from() -> None:
    named = two_classes(validation=0.2, test=0.3, train_rows=11)
    made, before = document(named), program(named)
    assert made.data is not None
    points = [*points_of(named, made.data).values(), Point([9.0, 9.0], [1.0])]
    assert len(points) == 11 + 8 + 12 + 1  # rows that are not used are not written out
    after = program(with_points(named, points))
    assert before.validation is not None
    assert after.validation is not None
    assert before.test is not None
    assert after.test is not None
    for one, other in ((before.validation, after.validation), (before.test, after.test)):
        both = [np.column_stack(part) for part in (one, other)]
        np.testing.assert_array_equal(*(rows[np.lexsort(rows.T)] for rows in both))
    assert len(after.inputs) == 12
    assert after.inputs[-1].tolist() == [9.0, 9.0]


@pytest.mark.parametrize(
    ("wishes", "key", "id"),
    [
        ({"test_rows": [5]}, "data.test_rows[0]", "error.document.range"),
        ({"test_rows": [-1]}, "data.test_rows[0]", "error.document.range"),
        ({"test_rows": [1, 1]}, "data.test_rows[1]", "error.data.row_twice"),
        (
            {"validation_rows": [2], "test_rows": [0, 2]},
            "data.test_rows[1]",
            "error.data.row_twice",
        ),
        ({"validation_rows": [0, 1], "test_rows": [2]}, "data", "error.data.empty"),
    ],
)
def test_rows_that_cannot_be_kept_apart_are_named(
    wishes: dict[str, list[int]], key: str, id: str
) -> None:
    data = {"inputs": [[0.0], [1.0], [2.0]], "targets": [[0.0], [1.0], [2.0]]}
    with pytest.raises(DocumentError) as error:
        program(recipe(1, [1], "mse_loss", data | wishes))
    assert (error.value.key, error.value.problem.id) == (key, id)


def test_only_rows_that_are_written_out_are_named() -> None:
    with pytest.raises(DocumentError):
        program(two_classes(test_rows=[1]))
