"""Recipes: edits that keep everything fitting, differences, and what they cost a run."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from mlviz.document import Document, recipe
from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.document.schema import FileTable
from mlviz.errors import DocumentError
from mlviz.learn import measure
from mlviz.learn.datasets import SETS
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.schedules import SCHEDULES
from tests.document.texts import NETWORK, read_text


def shapes(document: Document) -> list[tuple[int, ...]]:
    program = document.training.program
    assert isinstance(program, NetworkProgram)
    return [layer.weight.shape for layer in program.spec.layers]


def test_a_document_built_again_from_its_own_table_is_the_same() -> None:
    document = load(find("xor"))
    again = recipe.rebuilt(document, document.table)
    assert (again.name, again.path, again.title) == (document.name, document.path, document.title)
    for first, second in zip(
        document.training.iteration(3).updates, again.training.iteration(3).updates, strict=True
    ):
        np.testing.assert_array_equal(first.after, second.after)


def test_a_layer_put_in_and_taken_out_leaves_a_network_that_fits(tmp_path: Path) -> None:
    document = read_text(tmp_path, NETWORK)
    more = recipe.rebuilt(document, recipe.with_layer(document.table, 0))
    assert shapes(more) == [(3, 2), (3, 3), (1, 3)]
    more = recipe.rebuilt(document, recipe.with_layer(document.table, 1))
    assert shapes(more) == [(3, 2), (3, 3), (1, 3)]
    assert more.table.network is not None
    assert more.table.network.layers[1].activation == "tanh"
    fewer = recipe.rebuilt(document, recipe.without_layer(document.table, 0))
    assert shapes(fewer) == [(1, 2)]
    assert recipe.without_layer(fewer.table, 0) == fewer.table


def test_other_units_drop_what_was_written_for_the_old_ones() -> None:
    document = load(find("mazur"))
    wider = recipe.rebuilt(document, recipe.with_units(document.table, 0, 5))
    assert shapes(wider) == [(5, 2), (2, 5)]
    assert document.table.network is not None
    assert document.table.network.layers[0].units == 2
    assert shapes(document) == [(2, 2), (2, 2)]


def test_a_recipe_that_is_not_possible_is_refused_with_its_key(tmp_path: Path) -> None:
    document = read_text(tmp_path, NETWORK)
    with pytest.raises(DocumentError, match=r"network\.layers\[0\]\.units"):
        recipe.rebuilt(document, recipe.with_units(document.table, 0, 0))
    with pytest.raises(DocumentError, match=r'network\.layers\[0\]\.activation: "rlu" .* "relu"'):
        recipe.rebuilt(document, recipe.with_activation(document.table, 0, "rlu"))


def test_scenes_that_a_changed_network_has_no_place_for_come_back_with_it() -> None:
    document = load(find("xor"))
    other = recipe.rebuilt(document, recipe.without_layer(document.table, 0))
    assert "backward:->W2" not in [scene.at for scene in other.scenes]
    assert "forward:L" in [scene.at for scene in other.scenes]
    assert recipe.rebuilt(other, document.table).scenes == document.scenes


def test_scenes_of_an_update_go_with_the_optimizer() -> None:
    document = load(find("xor"))
    other = recipe.rebuilt(document, replace(document.table, optimizer=None, iterations=1))
    assert "update" not in [scene.at for scene in other.scenes]


def edited(table: FileTable) -> dict[str, FileTable]:
    assert table.optimizer is not None
    assert table.loss is not None
    return {
        "network.layers[0].units": recipe.with_units(table, 0, 4),
        "network.layers[0].activation": recipe.with_activation(table, 0, "relu"),
        "network.layers[0].init": recipe.with_init(table, 0, "kaiming_normal"),
        "network.layers[0].bias": recipe.with_bias(table, 0, False),
        "network.layers[0].dropout": recipe.with_dropout(table, 0, 0.5),
        "seed": recipe.with_seed(table, 7),
        "data.batch_size": recipe.with_batch_size(table, 2),
        "optimizer.lr": replace(table, optimizer=replace(table.optimizer, lr=0.3)),
        "optimizer.momentum": replace(table, optimizer=replace(table.optimizer, momentum=0.9)),
        "training.epochs": recipe.with_training(
            recipe.with_training(table), epochs=20, patience=None
        ),
        "loss.reduction": replace(table, loss=replace(table.loss, reduction="sum")),
    }


LIVE = {
    "network.layers[0].dropout",
    "data.batch_size",
    "optimizer.lr",
    "optimizer.momentum",
    "training.epochs",
}


def test_every_edit_is_told_by_its_key_and_by_what_a_run_needs() -> None:
    table = recipe.with_training(load(find("xor")).table)
    for key, other in edited(table).items():
        assert [difference.key for difference in recipe.differences(table, other)] == [key]
        assert recipe.effect(table, other) == ("live" if key in LIVE else "restart"), key


def test_differences_say_both_sides() -> None:
    table = load(find("xor")).table
    assert recipe.differences(table, table) == ()
    assert recipe.effect(table, replace(table, title="another")) == "none"
    wider = recipe.with_layer(recipe.with_units(table, 0, 4), 1)
    told = [(d.key, d.before, d.after) for d in recipe.differences(table, wider)]
    assert told == [
        ("network.layers[0].units", "2", "4"),
        ("network.layers[1].units", "1", "4"),
        ("network.layers[1].activation", "sigmoid", "tanh"),
        ("network.layers[1].init", "xavier_uniform", ""),
        (
            "network.layers[2]",
            "",
            "units = 1, activation = sigmoid, init = xavier_uniform",
        ),
    ]


@pytest.mark.parametrize("name", SETS)
def test_every_set_makes_a_recipe_that_trains(tmp_path: Path, name: str) -> None:
    document = read_text(tmp_path, NETWORK)
    chosen = recipe.rebuilt(document, recipe.with_data_set(document.table, name))
    assert chosen.data is not None
    assert chosen.data.name == name
    run = Run(chosen.training)
    assert run.advance(3) == 3
    assert np.isfinite(run.curves.loss).all()
    of_classes = name not in ("linear", "polynomial", "houses")
    assert bool(chosen.data.classes) == of_classes
    assert (measure.task(program_of(chosen)) == "values") != of_classes


def program_of(document: Document) -> NetworkProgram:
    program = document.training.program
    assert isinstance(program, NetworkProgram)
    return program


@pytest.mark.parametrize("name", ["moons", "iris", "linear"])
def test_every_loss_for_some_data_makes_a_recipe_that_trains(tmp_path: Path, name: str) -> None:
    document = read_text(tmp_path, NETWORK)
    table = recipe.with_data_set(document.table, name)
    data = recipe.rebuilt(document, table).data
    assert data is not None
    for loss in recipe.losses_for(data.dataset):
        chosen = recipe.rebuilt(document, recipe.with_loss(table, loss))
        assert program_of(chosen).loss.name == loss
        assert len(measure.classes(program_of(chosen))) == len(data.classes)
        assert np.isfinite(chosen.training.loss(3))


def test_a_loss_that_can_stay_stays() -> None:
    xor = load(find("xor")).table
    moons = recipe.with_data_set(xor, "moons")
    assert moons.loss == xor.loss
    assert moons.network == xor.network
    numbers = recipe.with_data_set(moons, "linear")
    assert numbers.network is not None
    assert (numbers.network.inputs, numbers.network.layers[-1].activation) == (1, "identity")
    back = recipe.with_data_set(numbers, "moons")
    assert back.loss is not None
    assert back.loss.name == "binary_cross_entropy_with_logits"


def test_another_optimizer_keeps_the_rate_and_drops_what_it_does_not_have(tmp_path: Path) -> None:
    document = read_text(tmp_path, NETWORK)
    momentum = recipe.with_optimizer(document.table, momentum=0.9, lr=0.2)
    adam = recipe.with_optimizer(momentum, "Adam")
    rule = recipe.rebuilt(document, adam).training.rule
    assert rule is not None
    assert (rule.name, rule.settings["lr"]) == ("Adam", 0.2)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_reaches_the_rule(tmp_path: Path, name: str) -> None:
    document = read_text(tmp_path, NETWORK)
    table = recipe.with_schedule(document.table, name)
    rule = recipe.rebuilt(document, table).training.rule
    assert rule is not None
    assert rule.at(20).settings["lr"] < 0.1
    assert recipe.with_schedule(table, None) == document.table
    assert recipe.effect(document.table, table) == "live"
