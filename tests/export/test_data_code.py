"""The pandas script gives the same arrays as the program."""

import ast
import contextlib
import io
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlviz.document import recipe
from mlviz.document.data_file import DataInfo, read_data
from mlviz.document.schema import DataTable
from mlviz.export.data_code import pandas_code
from mlviz.learn.data.tables import Table

NASTY = 'it\'s "odd"\nname # x'


def rows(count: int = 60) -> str:
    lines = ['size;kind ;year;"it\'s ""odd""\nname # x";price;']
    for row in range(count):
        size = "" if row % 7 == 0 else f"{row * 0.37:.2f}".replace(".", ",")
        kind = ("a", " b", "NA", "quoted; c")[row % 4]
        kind = f'"{kind}"' if ";" in kind else kind
        year = "?" if row % 11 == 5 else str(2000 + row % 3)
        lines.append(f"{size};{kind};{year};{row % 5};{row * row};x")
    return "\n".join(lines)


CASES: dict[str, dict[str, Any]] = {
    "plain": {"features": ["year"], "target": "price"},
    "everything": {
        "features": ["size", "kind", "year", NASTY],
        "target": "price",
        "one_hot": ["year"],
        "missing": {"size": "median", "kind": "mean", "year": 0.0},
        "standardise": True,
        "standardise_target": True,
        "degree": 3,
        "validation": 0.2,
        "test": 0.15,
        "split_seed": 3,
    },
    "classes": {
        "features": ["size", NASTY],
        "target": "kind",
        "missing": {"size": "mean"},
        "standardise": True,
        "validation": 0.25,
        "test": 0.1,
    },
    "classes of numbers": {
        "features": ["size"],
        "target": "year",
        "task": "classes",
        "missing": {"size": -2.5},
        "stratify": False,
        "validation": 0.3,
        "rows": 40,
    },
    "shifted test rows": {
        "features": ["size", "kind", NASTY],
        "target": "price",
        "missing": {"size": "median", "kind": "mean"},
        "standardise": True,
        "validation": 0.2,
        "test": 0.3,
        "train_rows": 11,
        "degree": 2,
        "test_shift": 0.5,
        "test_scale": 1.5,
        "test_rotate": 30.0,
        "test_noise": 0.25,
    },
}


def prepared(folder: Path, settings: dict[str, Any]) -> tuple[DataInfo, DataTable]:
    path = folder / "odd 'file'.csv"
    path.write_text(rows(), encoding="utf-8")
    data = DataTable(csv=str(path), decimal=",", **settings)
    return read_data("data", data), data


def run(script: str, folder: Path) -> dict[str, Any]:
    path = folder / "data.py"
    path.write_text(script, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        return runpy.run_path(str(path))


@pytest.mark.parametrize("case", CASES)
def test_pandas_gives_the_same_arrays(tmp_path: Path, case: str) -> None:
    pytest.importorskip("pandas")
    info, data = prepared(tmp_path, CASES[case])
    found = run(pandas_code(info, data), tmp_path)
    for part, chosen in zip(("train", "validation", "test"), info.split, strict=True):
        inputs = info.prepared.network_inputs(info.dataset.inputs[chosen])
        np.testing.assert_allclose(found[f"x_{part}"], inputs, rtol=1e-12, atol=1e-12)
        targets = info.prepared.network_targets(chosen)
        np.testing.assert_allclose(found[f"y_{part}"], targets, rtol=1e-12, atol=1e-12)
    assert found["x_train"].shape[1] == info.inputs


def test_pandas_reads_a_file_without_names_alike(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    path = tmp_path / "plain.csv"
    path.write_text("\n".join(f"{row},{row * row}" for row in range(9)), encoding="utf-8")
    data = DataTable(csv=str(path), header=False, target="column 2")
    info = read_data("data", data)
    found = run(pandas_code(info, data), tmp_path)
    assert found["x_train"][:, 0].tolist() == list(range(9))
    assert len(info.dataset) == 9


@pytest.mark.parametrize("case", CASES)
def test_texts_of_the_file_stand_in_quotes_only(tmp_path: Path, case: str) -> None:
    info, data = prepared(tmp_path, CASES[case])
    script = pandas_code(info, data)
    tree = ast.parse(script)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    own = {"np", "pd", "data", "missing", "name", "texts", "words", "parts", "switches"}
    own |= {"inputs", "targets", "classes", "train", "validation", "test", "order", "part"}
    own |= {"counts", "number", "first", "second", "_", "rows", "gaps", "numbers", "power"}
    own |= {"known", "scaled", "spread", "x", "drawn", "print", "float", "len", "range", "str"}
    own |= {"int", "enumerate", "x_train", "y_train", "x_validation", "y_validation"}
    own |= {"x_test", "y_test", "mean", "away", "chance", "angle", "cos", "sin"}
    assert names <= own
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert data.csv in strings


def test_points_that_come_from_no_table_have_no_script() -> None:
    data = DataTable(set="moons")
    assert pandas_code(read_data("data", data), data) == ""


def test_a_shipped_table_has_one_too() -> None:
    table = recipe.starting_table(DataTable(set="penguins", missing="drop"))
    assert table.data is not None
    info = read_data("data", table.data)
    assert isinstance(info.table, Table)
    assert "penguins.csv" in pandas_code(info, table.data)
