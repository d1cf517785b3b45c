"""What tests of the insides share: networks of many kinds, trained a little."""

import numpy as np
from msgspec.structs import replace

from mlviz.autograd import Array, backward
from mlviz.document.recipe import with_activation
from mlviz.document.schema import FileTable, OptimizerTable
from mlviz.learn.network import NetworkProgram
from mlviz.learn.training import Training
from tests.outcomes import document, many_classes, recipe, two_classes


def deep(units: int = 6, layers: int = 10, **data: object) -> FileTable:
    """A deep network of sigmoids, in which gradients vanish."""
    made = recipe(
        2,
        [units] * (layers - 1) + [1],
        "mse_loss",
        {"set": "moons", "count": 40, **data},
        activation="sigmoid",
    )
    return with_activation(made, layers - 1, "sigmoid")


def large(table: FileTable, by: float) -> FileTable:
    """The recipe with all hidden weights `by`, so that gradients grow on their way back."""
    assert table.network is not None
    inputs, layers = table.network.inputs, []
    for layer in table.network.layers:
        weight = [[by * (-1) ** column for column in range(inputs)] for _ in range(layer.units)]
        layers.append(replace(layer, weight=weight, activation="identity"))
        inputs = layer.units
    return replace(table, network=replace(table.network, layers=layers))


def with_dropout(table: FileTable) -> FileTable:
    """A recipe whose first layer leaves out some of its outputs, in batches."""
    assert table.network is not None
    first, *rest = table.network.layers
    layers = [replace(first, dropout=0.4), *rest]
    assert table.data is not None
    return replace(
        table,
        network=replace(table.network, layers=layers),
        data=replace(table.data, batch_size=16),
    )


def with_adam(table: FileTable) -> FileTable:
    return replace(table, optimizer=OptimizerTable(name="Adam", lr=0.02))


def digits() -> FileTable:
    return recipe(
        64,
        [32, 10],
        "cross_entropy",
        {"set": "digits", "batch_size": 32, "standardise": True},
        activation="relu",
    )


def one_bias(table: FileTable) -> FileTable:
    """A recipe whose first layer has a single bias for all its units."""
    assert table.network is not None
    first, *rest = table.network.layers
    return replace(table, network=replace(table.network, layers=[replace(first, bias=0.1), *rest]))


def summed(table: FileTable) -> FileTable:
    """A recipe whose loss is the sum over the batch."""
    assert table.loss is not None
    return replace(table, loss=replace(table.loss, reduction="sum"))


RECIPES = {
    "two classes": two_classes(),
    "batches": two_classes(batch_size=8),
    "many classes": many_classes(batch_size=16),
    "dropout and Adam": with_adam(with_dropout(many_classes())),
    "summed": summed(two_classes(batch_size=16)),
    "one bias": one_bias(two_classes()),
    "deep": deep(),
    "digits": digits(),
}


def trained(table: FileTable, iterations: int = 12) -> Training:
    training = document(table).training
    training.advance(iterations)
    return training


def program_of(training: Training) -> NetworkProgram:
    assert isinstance(training.program, NetworkProgram)
    return training.program


def on_tape(training: Training, number: int) -> dict[str, Array]:
    """The gradients of an iteration by origin, as its tape has them."""
    iteration = training.iteration(number)
    with np.errstate(all="ignore"):
        found = backward(iteration.tape, iteration.output)
        totals = {contribution.target: contribution.total for contribution in found}
    return {
        node.origin: totals[node.id] for node in iteration.tape if node.origin and node.id in totals
    }
