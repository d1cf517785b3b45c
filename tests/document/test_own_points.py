import numpy as np
import pytest

from mlviz.document.own_points import drawn, points_of, target_of, with_points
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
    written = with_points(named, *points_of(named, made.data))
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
    written = with_points(named, *points_of(named, made.data))
    assert np.allclose(program(written).inputs, program(named).inputs)


def test_a_class_is_written_as_the_loss_wants_it() -> None:
    assert target_of(many_classes(), 2) == 2
    assert target_of(two_classes(), 1) == [1.0]
    assert target_of(two_classes(), 0, -1.0) == [-1.0]
    several = recipe(2, [3, 3], "mse_loss", {"set": "blobs", "kinds": 3})
    assert target_of(several, 1) == [0.0, 1.0, 0.0]


def test_even_points_of_one_class_only_can_be_learned() -> None:
    table = with_points(two_classes(), [[0.0, 1.0]], [[1.0]])
    assert program(table).targets.tolist() == [[1.0]]
    table = with_points(many_classes(), [[0.0, 1.0]], [2])
    assert program(table).targets.tolist() == [2]


def test_drawn_numbers_have_no_digits_that_nobody_meant() -> None:
    assert drawn([(0.123456789, 1 / 3)]) == [[0.1235, 0.3333]]
