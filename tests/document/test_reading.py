import os
import time
from pathlib import Path

import pytest

from mlviz.document import load
from mlviz.document.limits import MAX_BYTES
from mlviz.document.reading import parse, shown_path
from mlviz.errors import DocumentError
from tests.document.texts import NETWORK, error_of, read_text, written


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    text = "\ufeff" + NETWORK.replace("\n", "\r\n")
    assert read_text(tmp_path, text).title.en == "A net"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"a = 1\nb = '\xff'\n", "net.toml: line 2: this is not UTF-8 text"),
        (b"x" * (MAX_BYTES + 1), "net.toml: the file is longer than 1,000,000 bytes"),
        (b"title = 'a'\ntitle = 'b'\n", "net.toml: line 2: this key already has a value"),
        (b"[network]\n[data]\n[network]\n", "net.toml: line 3: this key already has a value"),
        (b"\ntitle = yes\n", "net.toml: line 2: this value cannot be read; text needs quotes"),
        (b"title = 'a\n", "net.toml: line 1: a quote or bracket is not closed"),
        (b'title = "a\n', "net.toml: line 1: a quote or bracket is not closed"),
        (b'title = "a\x00"\n', "net.toml: line 1: a character stands here that is not allowed"),
        (b'title = """a\nb\n', "net.toml: line 2: a quote or bracket is not closed"),
        (b"a = [1, 2\nb = 3\n", "net.toml: line 2: a quote or bracket is not closed"),
        (b"a = 1\nb\n", "net.toml: line 2: an = is missing after the key"),
        ("[leaves]\n权重 = 1\n".encode(), "net.toml: line 2: TOML wants quotes around names"),
        (b"a = 1 b = 2\n", "net.toml: line 1: this is not TOML"),
        (b"a = " + b"[" * 100_000, "net.toml: tables or lists are nested too deeply"),
        (b"a = " + b"9" * 5000, "net.toml: the number is too large"),
        (b"seed = 99999999999999999999\n", "net.toml: seed: the number is too large"),
        (b"[leaves]\nw = [0.0, nan]\n", "net.toml: leaves.w[1]: inf and nan are not allowed"),
        (b"[[a]]\nb = -inf\n", "net.toml: a[0].b: inf and nan are not allowed"),
        (b"", "net.toml: there is nothing to run; the file needs [network] or [formula]"),
    ],
)
def test_a_file_that_is_no_document_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, error: str
) -> None:
    assert error_of(tmp_path, content).startswith(error)


def refused(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        load(path)
    return str(caught.value.message.values["problem"].id)  # type: ignore[union-attr]


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path) == "error.document.folder"
    assert refused(tmp_path / "missing.toml") == "error.document.not_found"
    assert refused(tmp_path / "missing" / "net.toml") == "error.document.not_found"
    assert refused(written(tmp_path, NETWORK) / "net.toml") == "error.document.read"
    assert refused(Path("nul\0byte")) == "error.document.read"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert refused(tmp_path / "pipe") == "error.document.not_a_file"


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: object) -> None:
    path = written(tmp_path, NETWORK)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert refused(path) == "error.document.permission"


def test_the_error_of_a_forbidden_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, NETWORK)
    monkeypatch.setattr(Path, "open", forbidden)
    assert refused(path) == "error.document.permission"


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 300_000) + " = 1",
        "[" + ".".join("a" * 300_000) + "]",
        " . ".join('"a b"' for _ in range(100_000)) + " = 1",
        "x = {" + ".".join("a" * 300_000) + " = 1}",
        '"""' + r"\"" "" * 100_000 + "\\",
        "'" * 500_000,
        '"' * 500_001,
    ],
)
def test_a_text_made_to_keep_the_parser_busy_is_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(DocumentError):
        parse("net.toml", text)
    assert time.perf_counter() - start < 2


def test_dots_in_texts_numbers_and_comments_are_no_keys() -> None:
    numbers = ", ".join(["0.5"] * 100)
    text = f'a = "{"." * 100}"\nb = [{numbers}] # {"." * 100}\nc = """\n{"x. " * 100}"""\n'
    assert parse("net.toml", text)["b"] == [0.5] * 100


def test_a_path_is_told_as_seen_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "examples" / "xor.toml") == "examples/xor.toml"
    assert shown_path(Path("xor.toml")) == "xor.toml"
    assert shown_path(tmp_path.parent / "xor.toml") == (tmp_path.parent / "xor.toml").as_posix()
