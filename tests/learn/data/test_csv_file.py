"""CSV files as they come: each is read, or refused with a clear word."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mlviz.errors import DocumentError
from mlviz.learn.data import columns, csv_file
from mlviz.learn.data.csv_file import Style, parts, read_csv, style_of
from mlviz.learn.data.tables import Table


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, **settings: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_csv(path, **settings)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("a,b\n1,2\n", Style(",")),
        ("a;b\n1,5;2,5\n3,0;4,1\n", Style(";", ",")),
        ("a;b\n1.5;2.5\n", Style(";")),
        ('"a, b";c\n1;2\n', Style(";")),
        ("name\tnote\nx\tone, two, three\ny\tfour\n", Style("\t")),
        ("a|b\n1|2\n", Style("|")),
        ("only\n1\n2\n", Style(",")),
        ("", Style(",")),
        ("1;2.5\n3;4.5\n", Style(";", header=False)),
        ("1,x\n3,y\n", Style(",")),
    ],
)
def test_how_a_file_is_written_is_found_out(tmp_path: Path, text: str, style: Style) -> None:
    assert style_of(written(tmp_path, text)) == style


def test_a_first_line_can_be_data_like_the_others(tmp_path: Path) -> None:
    path = written(tmp_path, "1,2\n3,4\n")
    table = read_csv(path, header=False)
    assert table.names == ("column 1", "column 2")
    assert table["column 1"].tolist() == [1, 3]
    assert len(read_csv(written(tmp_path, "5,5,6\n"), header=False)) == 1
    with pytest.raises(DocumentError, match="line 2"):
        read_csv(written(tmp_path, "1,2\n3\n"), header=False)


def test_a_wrong_separator_gives_one_column_that_can_be_seen(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, "a;b\n1;2\n"), separator=",")
    assert table.names == ("a;b",)
    assert table["a;b"].tolist() == ["1;2"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "größe,名\n1,é\n"),
        ("utf-8-sig", "größe,b\n1,é\n"),
        ("utf-16", "größe\t名\n1\té\n"),
        ("cp1252", "größe,b\n1,“café”\n"),
        ("gb18030", "城市,人口\n北京,2189\n上海,2487\n"),
    ],
)
def test_letters_are_read_as_they_were_written(tmp_path: Path, encoding: str, text: str) -> None:
    path = written(tmp_path, text.encode(encoding))
    table = read_csv(path)
    separator = "\t" if "\t" in text else ","
    assert table.names == tuple(text.split("\n")[0].split(separator))
    assert str(table[table.names[-1]][0]) == text.split("\n")[1].split(separator)[-1] or (
        table.names[-1] == "人口" and table["城市"].tolist() == ["北京", "上海"]
    )
    assert table.style is not None
    assert table.style.encoding == encoding.removesuffix("-sig")
    assert style_of(path).encoding == table.style.encoding


def test_a_letter_that_is_no_utf_8_is_found_far_behind_the_start(tmp_path: Path) -> None:
    text = "a,b\n" + "1,x\n" * 300_000 + "2,é\n"
    table = read_csv(written(tmp_path, text.encode("cp1252")))
    assert table["b"][-1] == "é"
    assert table.style == Style(",", ".", "cp1252")


def test_letters_that_the_chosen_encoding_does_not_have_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a\né\n".encode("cp1252"))
    assert "cannot be read as UTF-8" in refusal(path, encoding="utf-8")


@pytest.mark.parametrize("content", [b"PK\x03\x04abc", b"\x89PNG\r\n\x1a\n\0\0\0,"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content)).startswith("table.csv: this is not a text file")
    with pytest.raises(DocumentError, match="this is not a text file"):
        style_of(tmp_path / "table.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no data"),
        ("\n\n", "there is no data"),
        ("a,b\n", "there is no data"),
        ("a,a\n1,2\n", "line 1: two columns are called “a”"),
        ("a,b\n1,2\n3,4,5\n", "line 3: there are 3 entries"),
        ("a,b\n1,2\n3\n", "line 3: there are 1 entries"),
        ('a,b\n"1,2\n', "a quotation mark is not closed"),
        ('a,b\n"' + "x" * 140_000 + '",2\n', "an entry is longer than 131,072"),
    ],
)
def test_what_cannot_be_a_table_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(written(tmp_path, text))


def test_one_row_is_a_table(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, "a,b\n1,x"))
    assert (len(table), table["a"].tolist(), table["b"].tolist()) == (1, [1.0], ["x"])


def test_a_column_without_a_name_is_called_after_its_place(tmp_path: Path) -> None:
    assert read_csv(written(tmp_path, ",b\n0,1\n")).names == ("column 1", "b")


def test_quoted_entries_keep_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, 'a,b\n"x, ""y""\nz",1\n'))
    assert table["a"].tolist() == ['x, "y"\nz']


@pytest.mark.parametrize("word", ["1_000", "inf", "-Infinity", "0x10"])
def test_what_a_spreadsheet_would_not_call_a_number_is_a_word(tmp_path: Path, word: str) -> None:
    assert read_csv(written(tmp_path, f"a\n1\n{word}\n"))["a"].tolist() == ["1", word]


def test_a_word_after_thousands_of_numbers_makes_a_column_of_words(tmp_path: Path) -> None:
    lines = [f"{number:04},{number}" for number in range(5000)]
    table = read_csv(written(tmp_path, "a,b\n" + "\n".join([*lines, "x,1"])))
    assert table["a"][[0, 4999, 5000]].tolist() == ["0000", "4999", "x"]
    assert table.numeric == ("b",)


def test_a_column_of_gaps_alone_has_no_numbers_and_no_words(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, "a,b\n,1\nNA,2\n"))
    assert table.missing("a").tolist() == [True, True]
    assert table.kinds("a")[1] == ()


def test_kinds_number_words_by_the_alphabet_and_numbers_by_size(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, "w,n\nb,10\n?,2\na,2\n b ,NA\n"))
    assert (table.kinds("w")[0].tolist(), table.kinds("w")[1]) == ([1, -1, 0, 1], ("a", "b"))
    assert (table.kinds("n")[0].tolist(), table.kinds("n")[1]) == ([1, 0, 0, -1], ("2", "10"))


def test_words_beyond_the_limit_are_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "MAX_WORDS", 2)
    table = read_csv(written(tmp_path, "a\nx\ny\nz\nx\nw\n"))
    assert table["a"].tolist() == ["x", "y", "…", "x", "…"]


def all_parts(path: Path) -> Iterator[float]:
    table = yield from parts(path)
    assert isinstance(table, Table)
    assert len(table) == 30_000


def test_a_long_file_is_read_part_by_part(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n" + "1.5,word\n" * 30_000)
    shares = list(all_parts(path))
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert any(0.4 < share < 0.6 for share in shares)


def test_too_many_entries_or_bytes_are_refused_in_good_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "a,b\n" + "1,2\n" * 5000)
    monkeypatch.setattr(csv_file, "MAX_NUMBERS", 6000)
    assert "the table has more than 6,000 entries" in refusal(path)
    monkeypatch.setattr(csv_file, "MAX_BYTES", 1000)
    assert "the file has 0 MB" in refusal(path)


@pytest.mark.slow
def test_a_million_rows_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c,d\n" + "0.125,7,-3.5,word\n" * 1_000_000)
    table = read_csv(path)
    assert len(table) == 1_000_000
    assert np.all(table["c"] == -3.5)


def test_what_is_no_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "this is not an ordinary file" in refusal(pipe)
    assert "this is a folder" in refusal(tmp_path)
    assert "cannot be read" in refusal(tmp_path / "a\0b.csv")
    with pytest.raises(DocumentError, match="this is not an ordinary file"):
        style_of(pipe)
