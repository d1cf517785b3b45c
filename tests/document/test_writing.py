import os
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from mlviz.document.document import Document, built, load
from mlviz.document.examples import examples, find
from mlviz.document.reading import parse
from mlviz.document.recipe import rebuilt, with_activation, with_layer, with_seed
from mlviz.document.schema import DataTable, FileTable, checked_table
from mlviz.document.writing import save, text_of
from mlviz.errors import DocumentError

HERE = "a.toml"


def back(text: str) -> FileTable:
    return checked_table(HERE, parse(HERE, text))


@pytest.mark.parametrize("example", examples(), ids=[example.name for example in examples()])
def test_every_example_is_written_as_what_it_says(example) -> None:
    table = load(example.path).table
    assert back(text_of(table)) == table


@pytest.mark.parametrize("example", examples(), ids=[example.name for example in examples()])
def test_a_file_in_which_nothing_changed_stays_as_it_was_written(example) -> None:
    text = example.path.read_text("utf-8")
    assert text_of(load(example.path).table, text) == text


def test_only_what_changed_is_written_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = find("xor").read_text("utf-8") + "\n# a note of my own\n"
    path.write_text(text, "utf-8")
    document = load(path)
    save(rebuilt(document, with_seed(document.table, 12)), path)
    assert path.read_text("utf-8") == text.replace("seed = 8", "seed = 12")


def test_an_edited_recipe_loads_back_to_the_same_training(tmp_path: Path) -> None:
    document = load(find("xor"))
    table = with_activation(with_layer(document.table, 1), 1, "relu")
    edited = rebuilt(document, replace(table, seed=5))
    save(edited, tmp_path / "own.toml")
    again = load(tmp_path / "own.toml")
    for run in (edited.training, again.training):
        run.advance(20)
    np.testing.assert_array_equal(again.training.losses, edited.training.losses)
    assert len(edited.training.losses) == 20


def test_scenes_that_no_longer_fit_are_left_out_of_the_file(tmp_path: Path) -> None:
    document = load(find("xor"))
    edited = rebuilt(document, with_activation(document.table, 0, "identity"))
    assert "forward:a1" in {scene.at for scene in document.scenes}
    assert "forward:a1" not in {scene.at for scene in edited.scenes}
    assert "forward:z1" in {scene.at for scene in edited.scenes}
    save(edited, tmp_path / "own.toml")
    assert [s.at for s in load(tmp_path / "own.toml").scenes] == [s.at for s in edited.scenes]


def test_scenes_come_back_when_the_network_does() -> None:
    document = load(find("xor"))
    edited = rebuilt(document, with_activation(document.table, 0, "identity"))
    again = rebuilt(edited, with_activation(edited.table, 0, "tanh"))
    assert again.scenes == document.scenes


def of_rows(rows: list[list[float]]) -> Document:
    table = load(find("xor")).table
    answers: list[list[float] | float] = [[float(row[0] > 0)] for row in rows]
    own = DataTable(inputs=rows, targets=answers)
    return built(HERE, None, "own", replace(table, data=own, scene=[]))


def test_every_digit_of_drawn_points_is_kept(tmp_path: Path) -> None:
    document = of_rows([[0.1, 1e-17], [-1 / 3, 12345.678901234567], [5.0, -0.0]] * 20)
    save(document, tmp_path / "own.toml")
    again = load(tmp_path / "own.toml")
    assert again.table == document.table
    assert "\n    [-0.3333333333333333, 12345.678901234567],\n" in (
        tmp_path / "own.toml"
    ).read_text("utf-8")


def test_ten_thousand_points_are_written_in_a_moment(tmp_path: Path) -> None:
    """The library's own arrays took twelve seconds."""
    document = of_rows([[index / 7, 1.0] for index in range(10_000)])
    text = text_of(document.table)
    assert text.count("\n") > 10_000
    assert back(text) == document.table


def test_a_table_of_ones_own_is_named_as_seen_from_the_new_file(tmp_path: Path) -> None:
    document = load(find("fruit"))
    save(document, tmp_path / "own.toml")
    again = load(tmp_path / "own.toml")
    assert again.data is not None
    np.testing.assert_array_equal(again.training.program.inputs, document.training.program.inputs)
    (tmp_path / "fruit.csv").write_bytes((find("fruit").parent / "fruit.csv").read_bytes())
    near = rebuilt(again, replace(again.table, data=replace(again.table.data, csv="fruit.csv")))
    save(near, tmp_path / "near.toml")
    assert 'csv = "fruit.csv"' in (tmp_path / "near.toml").read_text("utf-8")


def test_no_bias_is_not_a_bias_of_zero(tmp_path: Path) -> None:
    document = load(find("xor"))
    layers = document.table.network.layers
    without = [replace(layers[0], bias=False), replace(layers[1], bias=0.0)]
    table = replace(document.table, network=replace(document.table.network, layers=without))
    read = back(text_of(table))
    assert [layer.bias for layer in read.network.layers] == [False, 0.0]
    assert read.network.layers[0].bias is False
    assert read.network.layers[1].bias is not False


def test_a_crash_while_writing_leaves_the_old_file_whole(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "own.toml"
    path.write_text("kept", "utf-8")

    def crash(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(DocumentError, match="No space left"):
        save(load(find("xor")), path)
    assert path.read_text("utf-8") == "kept"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"own\.toml: it cannot be written"):
        save(load(find("xor")), tmp_path / "nowhere" / "own.toml")


def test_a_table_nearby_is_named_by_the_way_to_it(tmp_path: Path) -> None:
    table = tmp_path / "data" / "fruit.csv"
    table.parent.mkdir()
    table.write_bytes((find("fruit").parent / "fruit.csv").read_bytes())
    document = load(find("fruit"))
    data = replace(document.table.data, csv=str(table))
    near = rebuilt(document, replace(document.table, data=data))
    for folder, named in (
        (tmp_path / "data", "fruit.csv"),
        (tmp_path, "data/fruit.csv"),
        (tmp_path / "lessons", "../data/fruit.csv"),
        (tmp_path / "lessons" / "one", "../../data/fruit.csv"),
        (tmp_path / "lessons" / "one" / "more", table.resolve().as_posix()),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        save(near, folder / "own.toml")
        again = load(folder / "own.toml")
        assert again.table.data is not None
        assert again.table.data.csv == named
