import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mlviz.errors import ArgumentError, DocumentError
from mlviz.learn.data import csv_file, shipped
from mlviz.learn.data.csv_file import read_csv
from mlviz.learn.data.tables import Table
from mlviz.paths import resource


def csv(text: str, **settings: str) -> Table:
    return read_csv(io.StringIO(text), **settings)


def test_columns_are_numbers_or_words() -> None:
    table = csv('name, size ,"a, b"\n x ,1.5,-2e3\n"y ""z""",NA,4\n')
    assert table.names == ("name", "size", "a, b")
    assert table.numeric == ("size", "a, b")
    assert table["name"].tolist() == ["x", 'y "z"']
    np.testing.assert_array_equal(table["size"], [1.5, np.nan])
    assert table["a, b"].tolist() == [-2000.0, 4.0]
    assert len(table) == 2


def test_one_word_makes_a_column_of_words() -> None:
    assert csv("a\n1\nx\n?\n")["a"].tolist() == ["1", "x", ""]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(separator: str) -> None:
    table = csv(separator.join("abc") + "\n" + separator.join("123") + "\n")
    assert table.names == ("a", "b", "c")


def test_a_decimal_comma_is_read_when_it_is_announced() -> None:
    assert csv("a;b\n1,5;2\n", decimal=",")["a"].tolist() == [1.5]
    assert csv("a;b\n1,5;2\n")["a"].tolist() == ["1,5"]


def test_empty_lines_and_other_line_ends_do_no_harm() -> None:
    assert csv("a,b\r\n1,2\r\n\r\n3,4").numbers()[0].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3\n", r"csv: line 3: there are 1 entries here, .* names 2 columns"),
        ("a,b\n1,2,3\n", r"line 2: there are 3 entries"),
        ('a,b\n"x,1\n', r"line 2: a quotation mark"),
        ("a,a\n1,2\n", r"line 1: two columns are called “a”"),
        ("", r"csv: there is no data"),
        ("a,b\n", r"csv: there is no data"),
        (",".join(f"c{i}" for i in range(2001)) + "\n", r"there are 2001 columns; at most 2000"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        csv(text)


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DocumentError, match=r"none\.csv: the file cannot be read"):
        read_csv(tmp_path / "none.csv")
    path = tmp_path / "old.csv"
    path.write_bytes("grün\n1\n".encode("latin-1"))
    with pytest.raises(DocumentError, match=r"old\.csv: the text cannot be read as UTF-8"):
        read_csv(path, encoding="utf-8")
    monkeypatch.setattr(csv_file, "MAX_BYTES", 3)
    with pytest.raises(DocumentError, match=r"old\.csv: the file has .* at most"):
        read_csv(str(path))


def test_the_mark_that_spreadsheets_write_is_not_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8-sig")
    assert read_csv(path).names == ("a", "b")


def test_words_become_switches() -> None:
    numbers, names = csv("size,sex\n1,male\n2,female\n3,NA\n").numbers()
    assert names == ("size", "sex=female", "sex=male")
    nan = np.nan
    np.testing.assert_array_equal(numbers, [[1, 0, 1], [2, 1, 0], [3, nan, nan]])


def test_a_table_becomes_examples() -> None:
    table = csv("x,kind,y\n1,b,5\n2,a,NA\n3,,7\n")
    kinds = table.dataset("kind", ["x"])
    assert (kinds.classes, kinds.targets.tolist()) == (("a", "b"), [1, 0])
    assert kinds.inputs.tolist() == [[1], [2]]
    prices = table.dataset("y", ["x"])
    assert prices.classes == ()
    assert prices.targets.tolist() == [[5], [7]]
    with pytest.raises(ArgumentError, match="column is z, but must be x, kind, y"):
        table.dataset("z")


def test_columns_of_different_length_are_no_table() -> None:
    with pytest.raises(ArgumentError, match="a 2, b 1"):
        Table({"a": np.zeros(2), "b": np.zeros(1)})


def test_iris_is_fishers() -> None:
    iris = shipped.iris()
    assert iris.inputs.shape == (150, 4)
    assert iris.classes == ("setosa", "versicolor", "virginica")
    assert np.bincount(iris.targets).tolist() == [50, 50, 50]
    np.testing.assert_allclose(iris.inputs.mean(axis=0), [5.8433, 3.0573, 3.758, 1.1993], atol=1e-4)


def test_penguins_have_gaps_that_can_be_left_out() -> None:
    assert shipped.penguins(missing=True).inputs.shape == (344, 4)
    birds = shipped.penguins()
    assert birds.inputs.shape == (342, 4)
    assert not np.isnan(birds.inputs).any()
    assert birds.classes == ("Adelie", "Chinstrap", "Gentoo")
    assert np.bincount(birds.targets).tolist() == [151, 68, 123]
    sexes = shipped.table("penguins")["sex"]
    assert {str(word): int((sexes == word).sum()) for word in np.unique(sexes)} == {
        "": 11,
        "female": 165,
        "male": 168,
    }


def test_houses_have_prices() -> None:
    houses = shipped.houses()
    assert houses.inputs.shape == (211, 13)
    assert houses.targets.shape == (211, 1)
    assert houses.target_name == "price_1000_usd"
    assert houses.input_names[-1] == "area_100_sqft"
    area_and_price = np.corrcoef(houses.inputs[:, -1], houses.targets[:, 0])[0, 1]
    assert 0.4 < area_and_price < 0.6


def test_digits_are_pictures() -> None:
    digits = shipped.digits()
    assert digits.inputs.shape == (1797, 64)
    assert (digits.inputs.min(), digits.inputs.max()) == (0, 16)
    assert np.bincount(digits.targets).tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]
    # The middle of a nought is empty, that of an eight is not.
    means = digits.inputs.reshape(-1, 8, 8)[:, 3:5, 3:5].mean(axis=(1, 2))
    assert means[digits.targets == 0].mean() < 3 < means[digits.targets == 8].mean()


def test_every_shipped_file_has_its_source_and_its_licence() -> None:
    folder = resource("data")
    sources = (folder / "SOURCES.md").read_text(encoding="utf-8")
    rows = [line for line in sources.splitlines() if line.startswith("| `")]
    named = {line.split("`")[1]: line for line in rows}
    licences = {path.name for path in folder.glob("LICENSE-*.txt")}
    assert named.keys() | licences | {"SOURCES.md"} == {path.name for path in folder.iterdir()}
    used = {name for line in rows for name in re.findall(r"LICENSE-[\w.-]+\.txt", line)}
    assert used == licences
    assert all("LICENSE-" in line for line in rows)


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_shipped_sets_are_those_of_scikit_learn(name: str) -> None:
    sklearn = pytest.importorskip("sklearn.datasets")
    theirs = getattr(sklearn, f"load_{name}")()
    ours = getattr(shipped, name)()
    np.testing.assert_array_equal(ours.inputs, theirs.data)
    np.testing.assert_array_equal(ours.targets, theirs.target)


def test_no_reader_of_csv_is_loaded_before_a_file_is_read() -> None:
    program = (
        "import sys; import mlviz.learn.data.shipped as s; before = set(sys.modules);"
        "s.digits(); assert '_csv' not in sys.modules;"
        "s.iris(); assert '_csv' in sys.modules;"
        "assert not {'pandas', 'polars', 'pyarrow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
