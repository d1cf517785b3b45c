"""Edits after which network, loss and data fit each other again.

Another data set has other inputs and other answers; the first layer, the last one and the loss
follow. What can stay, stays.
"""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from mlviz.document.data_file import DataInfo, read_data
from mlviz.document.edits import with_activation, with_inputs, with_units
from mlviz.document.schema import (
    DataTable,
    FileTable,
    LayerTable,
    LossTable,
    NetworkTable,
    OptimizerTable,
    ScheduleTable,
)
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.datasets import GENERATED, TABLES

NUMBERS = ("mse_loss", "half_squared_error", "l1_loss", "huber_loss")
"""Losses of any numbers."""

TWO_CLASSES = ("binary_cross_entropy_with_logits", "binary_cross_entropy")
CLASSES = ("cross_entropy",)

_SPLIT = ("validation", "test", "split_seed", "stratify", "batch_size")


def losses_for(data: Dataset) -> tuple[str, ...]:
    """Return the losses that can learn from some examples, the usual one first."""
    if not data.classes:
        # Points that are drawn for one output are written as numbers: 0 and 1 are two classes.
        of_two = np.isin(data.targets, (0.0, 1.0)).all()
        return NUMBERS + TWO_CLASSES if of_two else NUMBERS
    if len(data.classes) == 2:
        return TWO_CLASSES + CLASSES + NUMBERS
    return CLASSES + TWO_CLASSES + NUMBERS


def with_data_set(table: FileTable, name: str, folder: Path | None = None) -> FileTable:
    """Return the recipe that learns from a built-in set.

    How it is shared out stays, and between generated sets the number of points and the seed.

    Raises:
        DocumentError: there is no such set.
    """
    old = table.data or DataTable()
    kept = {key: getattr(old, key) for key in _SPLIT}
    if name in GENERATED and old.set in GENERATED:
        kept |= {"count": old.count, "seed": old.seed}
    # Measures of real things are of very different size; without a scale little is learned.
    real = name in TABLES or name == "digits"
    data = DataTable(set=name, standardise=real, standardise_target=name == "houses", **kept)
    if name == "xor" and data.count is None and (data.validation or data.test):
        data = replace(data, count=200)  # four cases cannot be shared out
    return with_data(table, data, folder)


def with_data(table: FileTable, data: DataTable, folder: Path | None = None) -> FileTable:
    """Return the recipe that learns from other examples, with a network and a loss that fit.

    Args:
        table: the recipe.
        data: the new examples.
        folder: where files are that it names.

    Raises:
        DocumentError: the examples cannot be read.
    """
    found = read_data("data", data, folder)
    was_of_classes = True
    if table.data is not None and table.data != data:
        was_of_classes = bool(read_data("data", table.data, folder).classes)
    made = with_inputs(replace(table, data=data), found.inputs)
    return _fitted(made, found, was_of_classes)


def with_loss(table: FileTable, name: str, folder: Path | None = None) -> FileTable:
    """Return the recipe with another loss, and the outputs and activation that it wants.

    Raises:
        DocumentError: the examples cannot be read.
    """
    made = replace(table, loss=LossTable(name=name))
    if made.data is None or made.network is None:
        return made
    return _fitted(made, read_data("data", made.data, folder), True)


def with_optimizer(table: FileTable, name: str | None = None, **settings: Any) -> FileTable:
    """Return the recipe with other settings of the optimizer, or another one.

    Another optimizer keeps the learning rate and the penalties; what else it can be told
    begins as usual.
    """
    old = table.optimizer or OptimizerTable(name="SGD", lr=0.1)
    if name is not None and name != old.name:
        old = OptimizerTable(name=name, lr=old.lr, weight_decay=old.weight_decay, l1=old.l1)
    return replace(table, optimizer=replace(old, **settings))


def with_schedule(table: FileTable, name: str | None, **settings: Any) -> FileTable:
    """Return the recipe whose learning rate follows a schedule; None for none."""
    if name is None:
        return replace(table, schedule=None)
    usual: dict[str, dict[str, Any]] = {
        "step": {"step_size": 10, "gamma": 0.5},
        "exponential": {"gamma": 0.95},
        "cosine": {"T_max": 50},
    }
    old = table.schedule
    if old is not None and old.name == name:
        return replace(table, schedule=replace(old, **settings))
    return replace(table, schedule=ScheduleTable(name=name, **{**usual.get(name, {}), **settings}))


def starting_table(data: DataTable, folder: Path | None = None, title: str = "") -> FileTable:
    """Return a recipe to begin with for some examples: a small network, its loss, Adam.

    Raises:
        DocumentError: the examples cannot be read.
    """
    info = read_data("data", data, folder)
    rows = len(info.split.train)
    units = 8 if info.inputs <= 16 else 32
    hidden = [LayerTable(units=units, activation="tanh") for _ in range(2)]
    table = FileTable(
        title=title,
        network=NetworkTable(inputs=info.inputs, layers=[*hidden, LayerTable(units=1)]),
        data=data if data.batch_size or rows <= 32 else replace(data, batch_size=32),
        loss=LossTable(name=losses_for(info.dataset)[0]),
        optimizer=OptimizerTable(name="Adam", lr=0.01),
    )
    return _fitted(table, info, True)


def _fitted(table: FileTable, info: DataInfo, keeps_loss: bool) -> FileTable:
    """Return the recipe with a loss that can learn these answers, and a last layer that fits."""
    possible = losses_for(info.dataset)
    name = table.loss.name if table.loss is not None else ""
    is_of_numbers = name in NUMBERS
    keeps = name in possible and (keeps_loss or not info.classes or not is_of_numbers)
    if not keeps:
        name = possible[0]
        table = replace(table, loss=LossTable(name=name))
    network = table.network
    assert network is not None
    layers = network.layers
    last = len(layers) - 1
    outputs = len(info.classes) if info.classes else info.dataset.targets.shape[1]
    if len(info.classes) == 2 and name not in CLASSES:
        outputs = 1
    if layers[last].units != outputs:
        table = with_units(table, last, outputs)
    found = layers[last].activation
    wanted = _last_activation(name, info, found)
    return table if wanted == found else with_activation(table, last, wanted)


def _last_activation(loss: str, info: DataInfo, found: str) -> str:
    if loss in CLASSES or loss == "binary_cross_entropy_with_logits":
        return "identity"
    if loss == "binary_cross_entropy":
        return "sigmoid"
    if info.classes:
        return found if found in ("sigmoid", "tanh") else "sigmoid"
    low, high = info.dataset.targets.min(), info.dataset.targets.max()
    reaches = found == "sigmoid" and low >= 0 and high <= 1
    return found if reaches else "identity"
