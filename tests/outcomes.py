"""What tests of outcomes share: small networks on known data, with parameters of one's own."""

from typing import Any

import numpy as np

from mlviz.autograd import Array
from mlviz.document.document import Document, load
from mlviz.document.examples import find
from mlviz.document.recipe import rebuilt
from mlviz.document.schema import (
    DataTable,
    FileTable,
    LayerTable,
    LossTable,
    NetworkTable,
    OptimizerTable,
)
from mlviz.learn.network import NetworkProgram

BINARY = "binary_cross_entropy_with_logits"


def recipe(
    inputs: int, sizes: list[int], loss: str, data: dict[str, Any], *, activation: str = "tanh"
) -> FileTable:
    """A network with hidden layers of `activation`, trained with SGD."""
    layers = [LayerTable(units=units, activation=activation) for units in sizes[:-1]]
    return FileTable(
        title="test",
        seed=1,
        iterations=10,
        network=NetworkTable(inputs=inputs, layers=[*layers, LayerTable(units=sizes[-1])]),
        data=DataTable(**data),
        loss=LossTable(name=loss),
        optimizer=OptimizerTable(name="SGD", lr=0.1),
    )


def document(table: FileTable) -> Document:
    return rebuilt(load(find("xor")), table)


def program_of(table: FileTable) -> NetworkProgram:
    program = document(table).training.program
    assert isinstance(program, NetworkProgram)
    return program


def two_classes(**data: Any) -> FileTable:
    return recipe(2, [4, 1], BINARY, {"set": "moons", "count": 40, **data})


def many_classes(**data: Any) -> FileTable:
    return recipe(2, [6, 4], "cross_entropy", {"set": "blobs", "kinds": 4, "count": 60, **data})


def curve(**data: Any) -> FileTable:
    return recipe(1, [5, 1], "mse_loss", {"set": "polynomial", "count": 30, **data})


def rows(inputs: list[list[float]], targets: list[Any], *, outputs: int, loss: str) -> FileTable:
    """A network without hidden layers on examples that are written out."""
    return recipe(len(inputs[0]), [outputs], loss, {"inputs": inputs, "targets": targets})


def linear(weight: list[list[float]], bias: list[float]) -> dict[str, Array]:
    """The parameters of a network without hidden layers."""
    return {"layer1.weight": np.array(weight), "layer1.bias": np.array(bias)}
