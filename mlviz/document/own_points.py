"""Points that are drawn by hand: examples written out in the recipe instead of a set's name."""

from collections.abc import Sequence

from msgspec.structs import replace

from mlviz.document.data_file import DataInfo
from mlviz.document.schema import DataTable, FileTable

Target = list[float] | float

DIGITS = 4
"""Digits that are kept behind the point of what was drawn."""


def points_of(
    table: FileTable, info: DataInfo, low: float = 0.0
) -> tuple[list[list[float]], list[Target]]:
    """Return all examples as they would be written out in the recipe.

    Args:
        table: the recipe.
        info: its examples.
        low: the answer that stands for no, where two classes share one output.
    """
    data = info.dataset
    inputs = [[float(number) for number in row] for row in data.inputs]
    if data.classes:
        return inputs, [target_of(table, int(kind), low) for kind in data.targets]
    return inputs, [[float(number) for number in row] for row in data.targets]


def target_of(table: FileTable, kind: int, low: float = 0.0) -> Target:
    """Return how a class is written for the network of a recipe: as its loss wants it."""
    assert table.network is not None
    outputs = table.network.layers[-1].units
    if table.loss is not None and table.loss.name == "cross_entropy":
        return kind
    if outputs == 1:
        return [1.0 if kind else low]
    return [float(number == kind) for number in range(outputs)]


def with_points(
    table: FileTable, inputs: Sequence[Sequence[float]], targets: Sequence[Target]
) -> FileTable:
    """Return the recipe that learns from these examples; how they are shared out stays.

    Args:
        table: the recipe.
        inputs: the features of each.
        targets: the answer to each; see `target_of`.
    """
    old = table.data or DataTable()
    data = DataTable(
        inputs=[list(row) for row in inputs],
        targets=list(targets),
        standardise=old.standardise,
        standardise_target=old.standardise_target,
        degree=old.degree,
        validation=old.validation,
        test=old.test,
        split_seed=old.split_seed,
        stratify=old.stratify,
        input_names=old.input_names,
        target_names=old.target_names,
        batch_size=old.batch_size,
    )
    return replace(table, data=data)


def drawn(places: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Return drawn numbers without digits that nobody could have meant."""
    return [[round(float(x), DIGITS), round(float(y), DIGITS)] for x, y in places]
