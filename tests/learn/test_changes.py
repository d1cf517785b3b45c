"""What if a value were another: changed trainings, undone and redone."""

import numpy as np
import pytest

from mlviz.autograd import Array
from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.learn.changes import (
    Change,
    ChangeError,
    Changes,
    Place,
    changed_training,
    place_of,
    read_value,
)
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import sgd
from mlviz.learn.training import Training
from mlviz.trace.scalars import scalarize
from tests.runs import formula


def trained() -> Training:
    return formula("L = (w*x - t)**2", rate=0.1, inputs=("x", "t"), w=2.0, x=3.0, t=1.0)


def values(training: Training, number: int) -> dict[str, Array]:
    tape = training.iteration(number).tape
    return {node.origin: node.value for node in tape if node.is_leaf and node.origin}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (" -2e3 ", -2000.0),
        ("1/3", 1 / 3),
        ("−0.25", -0.25),
        ("sqrt(2)", 2**0.5),
        ("2 × 3", 6.0),
        ("exp(-1)", np.exp(-1.0)),
        ("－２．５", -2.5),
        ("3。5", 3.5),
    ],
)
def test_what_is_typed_is_read_as_a_number(text: str, value: float) -> None:
    assert read_value(text) == pytest.approx(value, rel=1e-15)


def test_of_a_decimal_comma_it_is_said_what_to_write_instead() -> None:
    with pytest.raises(ChangeError, match="after a point"):
        read_value("2,5")


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1/0", "1e999", "2,5", "__import__('os')", "w", "log(0)", "1 2", "nan", "(" * 300],
)
def test_what_is_no_number_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(ChangeError) as caught:
        read_value(text)
    assert caught.value.message.values["found"] == text
    assert "known: ." not in str(caught.value)  # no names are known here
    assert str(caught.value)


def test_a_changed_training_is_the_training_of_the_changed_file() -> None:
    changed = changed_training(trained(), Change(1, Place("w"), -1.5))
    fresh = formula("L = (w*x - t)**2", rate=0.1, inputs=("x", "t"), w=-1.5, x=3.0, t=1.0)
    for number in (1, 2, 5):
        assert values(changed, number) == values(fresh, number)
        assert changed.loss(number) == fresh.loss(number)


@pytest.mark.parametrize("name", ["x", "t"])
def test_leaves_that_are_not_trained_can_be_changed_too(name: str) -> None:
    changed = changed_training(trained(), Change(1, Place(name), 0.25))
    given = {"w": 2.0, "x": 3.0, "t": 1.0} | {name: 0.25}
    fresh = formula("L = (w*x - t)**2", rate=0.1, inputs=("x", "t"), **given)
    assert changed.loss(4) == fresh.loss(4)


def test_what_was_before_a_change_stays() -> None:
    before = trained()
    losses = [before.loss(number) for number in range(1, 8)]
    changed = changed_training(before, Change(4, Place("w"), 7.0))
    data = changed_training(before, Change(4, Place("x"), 7.0))
    assert [changed.loss(number) for number in range(1, 4)] == losses[:3]
    assert [data.loss(number) for number in range(1, 4)] == losses[:3]
    assert float(values(changed, 4)["w"]) == 7.0
    assert float(values(data, 3)["x"]) == 3.0
    assert float(values(data, 4)["x"]) == 7.0
    assert float(values(changed, 5)["w"]) != 7.0
    assert [before.loss(number) for number in range(1, 8)] == losses


@pytest.mark.parametrize("origin", ["layer1.weight", "layer1.bias", "inputs", "targets"])
def test_every_leaf_of_a_network_can_be_changed(origin: str) -> None:
    training = load(find("xor")).training
    before = values(training, 2)
    index = (0,) if origin == "layer1.bias" else (1, 0)
    changed = changed_training(training, Change(2, Place(origin, index), 0.125))
    after = values(changed, 2)
    for name in before:
        differs = before[name] != after[name]
        assert differs.sum() == (name == origin)
        if name == origin:
            assert differs[index]
            assert after[name][index] == 0.125


def test_a_scalar_is_an_entry_of_its_tensor() -> None:
    training = load(find("xor")).training
    scalar = next(
        node
        for node in scalarize(training.iteration(1)).iteration.tape
        if node.origin == "layer1.weight[1,0]"
    )
    place = place_of(scalar.origin)
    assert place == Place("layer1.weight", (1, 0))
    changed = changed_training(training, Change(1, place, 0.5))
    assert values(changed, 1)["layer1.weight"][1, 0] == 0.5
    assert place_of("w") == Place("w")


@pytest.mark.parametrize("place", [Place("nobody"), Place("w", (3,)), Place("loss")])
def test_what_is_no_leaf_cannot_be_changed(place: Place) -> None:
    changes = Changes(trained())
    before = changes.training
    with pytest.raises(ChangeError):
        changes.make(Change(1, place, 1.0))
    assert changes.training is before
    assert not changes.can_undo


# --- Undo ------------------------------------------------------------------------------------


def weight(changes: Changes) -> float:
    return float(values(changes.training, 1)["w"])


def test_changes_are_undone_and_redone_one_by_one() -> None:
    changes = Changes(trained())
    for value in (3.0, 4.0):
        changes.make(Change(1, Place("w"), value))
    assert weight(changes) == 4.0
    assert changes.undo()
    assert weight(changes) == 3.0
    assert changes.undo()
    assert weight(changes) == 2.0
    assert not changes.is_changed
    assert not changes.undo()
    assert changes.redo()
    assert changes.redo()
    assert not changes.redo()
    assert weight(changes) == 4.0


def test_a_drag_is_one_change() -> None:
    changes = Changes(trained())
    changes.make(Change(1, Place("w"), 9.0))
    changes.make(Change(1, Place("x"), 3.5))
    for value in (3.6, 3.7, 3.8):
        changes.make(Change(1, Place("x"), value), merge=True)
    assert float(values(changes.training, 1)["x"]) == 3.8
    changes.undo()
    assert float(values(changes.training, 1)["x"]) == 3.0
    assert weight(changes) == 9.0


def test_back_to_the_file_can_be_undone() -> None:
    changes = Changes(trained())
    changes.make(Change(1, Place("w"), 9.0))
    changes.reset()
    assert not changes.is_changed
    assert changes.held == ()
    changes.undo()
    assert weight(changes) == 9.0
    changes.undo()
    changes.reset()
    assert not changes.can_undo


def test_the_changes_that_hold_are_told() -> None:
    changes = Changes(trained())
    changes.make(Change(1, Place("w"), 9.0))
    changes.make(Change(5, Place("x"), 1.0))
    changes.make(Change(5, Place("x"), 2.0))
    assert [change.value for change in changes.held] == [9.0, 2.0]
    changes.make(Change(1, Place("t"), 0.0))  # iteration 5 follows anew
    assert [change.value for change in changes.held] == [9.0, 0.0]
    assert float(values(changes.training, 5)["x"]) == 3.0


def test_a_change_of_a_parameter_lets_later_data_follow_anew() -> None:
    changes = Changes(trained())
    changes.make(Change(5, Place("x"), 1.0))
    changes.make(Change(2, Place("w"), 9.0))
    assert float(values(changes.training, 5)["x"]) == 3.0


def test_an_entry_of_a_batch_is_the_row_that_the_iteration_sees() -> None:
    layer = LayerSpec(1, "identity", np.ones((1, 1)))
    data = np.arange(6.0).reshape(6, 1)
    program = NetworkProgram(
        NetworkSpec(1, (layer,)), data, data, LossSpec("mse_loss"), batch_size=2, seed=1
    )
    training = Training(program, sgd(0.01), 9)
    row = int(program.rows(2)[0])
    assert row != 0
    changed = changed_training(training, Change(2, Place("inputs", (0, 0)), -7.0))
    assert values(changed, 2)["inputs"][0, 0] == -7.0
    later = changed.program_of(9)
    assert isinstance(later, NetworkProgram)
    assert np.flatnonzero(later.inputs != data).tolist() == [row]
    assert program.inputs.tolist() == data.tolist()
