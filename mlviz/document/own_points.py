"""Points that are drawn by hand: examples written out in the recipe instead of a set's name."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from mlviz.document.data_file import DataInfo
from mlviz.document.schema import DataTable, FileTable
from mlviz.learn.measure import PARTS

Target = list[float] | float

DIGITS = 4
"""Digits that are kept behind the point of what was drawn."""


class Point(NamedTuple):
    """One example, and what it is for.

    Attributes:
        inputs: its features.
        target: the answer to it; see `target_of`.
        part: `train`, `validation` or `test`.
    """

    inputs: list[float]
    target: Target
    part: str = "train"


def points_of(table: FileTable, info: DataInfo, low: float = 0.0) -> dict[int, Point]:
    """Return the examples that are used, as they would be written out, by their rows.

    Args:
        table: the recipe.
        info: its examples.
        low: the answer that stands for no, where two classes share one output.
    """
    data, found = info.dataset, {}
    for part, rows in zip(PARTS, info.split, strict=True):
        for row in rows.tolist():
            target: Target = (
                target_of(table, int(data.targets[row]), low)
                if data.classes
                else [float(number) for number in data.targets[row]]
            )
            found[row] = Point([float(number) for number in data.inputs[row]], target, part)
    return dict(sorted(found.items()))


def target_of(table: FileTable, kind: int, low: float = 0.0) -> Target:
    """Return how a class is written for the network of a recipe: as its loss wants it."""
    assert table.network is not None
    outputs = table.network.layers[-1].units
    if table.loss is not None and table.loss.name == "cross_entropy":
        return kind
    if outputs == 1:
        return [1.0 if kind else low]
    return [float(number == kind) for number in range(outputs)]


def with_points(table: FileTable, points: Sequence[Point]) -> FileTable:
    """Return the recipe that learns from these examples; each stays in its part.

    Where all are learned from, the recipe's shares hold: of points that nobody has drawn before
    nothing was kept apart.

    Args:
        table: the recipe.
        points: the examples.
    """
    old = table.data or DataTable()
    rows = {part: [i for i, point in enumerate(points) if point.part == part] for part in PARTS}
    apart = bool(rows["validation"] or rows["test"])
    data = DataTable(
        inputs=[list(point.inputs) for point in points],
        targets=[point.target for point in points],
        validation_rows=rows["validation"] if apart else None,
        test_rows=rows["test"] if apart else None,
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
