"""What is chosen at first of somebody's table."""

import io
from pathlib import Path

import pytest

from mlviz.document.schema import DataTable
from mlviz.document.table_start import first_choice, task_of
from mlviz.learn.data import shipped
from mlviz.learn.data.csv_file import read_csv
from mlviz.learn.data.tables import Table


def chosen(table: Table) -> DataTable:
    return first_choice(Path("t.csv"), table)


def csv(*columns: tuple[str, list[object]]) -> Table:
    rows = zip(*(values for _, values in columns), strict=True)
    lines = [",".join(name for name, _ in columns)]
    return read_csv(io.StringIO("\n".join([*lines, *(",".join(map(str, row)) for row in rows)])))


@pytest.mark.parametrize(
    ("name", "target", "task"),
    [
        ("iris", "species", "classes"),
        ("penguins", "species", "classes"),
        ("houses", "price_1000_usd", "regression"),
    ],
)
def test_tables_that_everybody_knows(name: str, target: str, task: str) -> None:
    table = shipped.table(name)
    data = chosen(table)
    assert (data.target, data.task) == (target, task)
    assert data.standardise_target == (task == "regression")
    assert set(data.features) == {*table.names} - {target}


def test_names_columns_without_change_and_columns_of_gaps_are_left_out() -> None:
    count = range(40)
    table = csv(
        ("name", [f"person {row}" for row in count]),
        ("same", [1 for _ in count]),
        ("word", ["x" for _ in count]),
        ("holes", ["" if row % 3 else row for row in count]),
        ("kind", ["ab"[row % 2] for row in count]),
        ("size", [row * 0.5 for row in count]),
        ("weight", [row * row * 0.1 for row in count]),
    )
    data = chosen(table)
    assert (data.features, data.target) == (["kind", "size"], "weight")


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([row % 2 for row in range(40)], "classes"),
        ([row % 10 for row in range(60)], "classes"),
        ([row % 10 for row in range(40)], "regression"),
        ([row % 11 for row in range(200)], "regression"),
        ([row % 2 + 0.5 for row in range(40)], "regression"),
        (["no" if row % 2 else "yes" for row in range(6)], "classes"),
    ],
)
def test_a_few_whole_numbers_that_come_again_are_classes(values: list[object], task: str) -> None:
    assert task_of(csv(("y", values)), "y") == task


def test_of_a_large_table_some_rows_are_drawn_and_of_a_small_one_none_is_held_out() -> None:
    large = csv(("x", list(range(60_000))), ("y", [0.5 * row for row in range(60_000)]))
    assert (chosen(large).rows, chosen(large).validation) == (20_000, 0.2)
    small = csv(("x", [1, 2, 3]), ("y", [1.5, 2, 3]))
    assert (chosen(small).rows, chosen(small).validation) == (None, 0.0)
