from pathlib import Path

import pytest

from mlviz.document import LocalText, load
from mlviz.document.document import short_name
from mlviz.document.examples import examples, find
from mlviz.errors import DocumentError
from tests.document.texts import NETWORK, error_of, read_text, written


def test_a_text_falls_back_to_the_other_language() -> None:
    both = LocalText("a", "甲")
    assert (both.in_language("en"), both.in_language("zh_CN")) == ("a", "甲")
    assert LocalText(en="a").in_language("zh_CN") == "a"
    assert LocalText(zh_CN="甲").in_language("en") == "甲"


def test_a_document_without_a_title_is_called_after_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, NETWORK.replace('title = "A net"', ""), "07_my-net.toml")
    document = load(path)
    assert (document.name, document.title.en, document.path) == ("my-net", "my-net", path)


@pytest.mark.parametrize(
    ("file", "name"),
    [("04_xor.toml", "xor"), ("xor.toml", "xor"), ("my_net.toml", "my_net"), ("4_.toml", "4_")],
)
def test_the_number_in_front_of_a_file_is_no_part_of_its_name(file: str, name: str) -> None:
    assert short_name(Path(file)) == name


def test_a_title_may_be_the_same_in_all_languages(tmp_path: Path) -> None:
    assert read_text(tmp_path, NETWORK).title == LocalText("A net", "A net")


def test_too_many_scalars_cannot_be_the_first_view(tmp_path: Path) -> None:
    text = NETWORK.replace("units = 3", "units = 900").replace("weight = [[0.5, -0.5, 0.25]]", "")
    text += '[view]\nlevel = "scalars"\n'
    assert error_of(tmp_path, text).startswith("net.toml: view.level: ")
    assert read_text(tmp_path, text.replace("900", "9")).level == "scalars"


def test_an_example_is_found_by_its_name() -> None:
    assert {"tanh-neuron", "twice", "mazur", "xor"} <= {example.name for example in examples()}
    for example in examples():
        assert find(example.name) == example.path


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = written(tmp_path, NETWORK)
    assert find(str(path)) == path


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("xro", 'xro: there is no such file or example; did you mean "xor"?'),
        ("Mazur", 'Mazur: there is no such file or example; did you mean "mazur"?'),
        (
            "lessons/mazr.toml",
            'lessons/mazr.toml: there is no such file or example; did you mean "',
        ),
        ("qqqq", "qqqq: there is no such file or example; the examples are slope, "),
        ("", ": there is no such file or example; the examples are "),
        ("a\0b", "a\0b: there is no such file or example; "),
        ("x" * 5000, "x"),
    ],
)
def test_a_name_that_is_not_found_is_told_with_the_nearest_example(name: str, error: str) -> None:
    with pytest.raises(DocumentError) as caught:
        find(name)
    assert str(caught.value).startswith(error)


def test_the_order_of_a_folder_does_not_matter_for_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("02_b.toml", "10_c.toml", "01_a.toml", "notes.toml"):
        written(tmp_path, NETWORK, name)
    monkeypatch.setattr("mlviz.document.examples.examples_folder", lambda: tmp_path)
    assert [example.name for example in examples()] == ["a", "b", "c"]
