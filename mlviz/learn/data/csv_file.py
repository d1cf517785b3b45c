"""CSV files: found out how they are written, and read part by part.

CSV is read by Python's own `csv` module, loaded when a file is opened. It was compared with
pyarrow, polars and pandas: they need 84 to 181 MB and 30 to 250 ms to load (`csv`: under 1 ms);
for the files that are opened here (20,000 rows: 30 ms) their speed makes no difference, and
with a row that is too short two of them fill it up without a word, where a learner needs the
line number. A large file is read a few thousand rows at a time, so that a window can go on
living beside it.
"""

import codecs
import stat
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO

from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.data.columns import Column, all_numbers
from mlviz.learn.data.tables import Style, Table

MAX_BYTES = 256 * 1024 * 1024
"""Largest file that is read."""

MAX_COLUMNS = 2_000
"""Most columns that are read."""

MAX_NUMBERS = 20_000_000
"""Most entries that are read: a million rows of twenty."""

SEPARATORS = ",;\t|"
"""What may stand between entries, the usual one first."""

ENCODINGS = ("utf-8", "utf-16", "cp1252", "gb18030")
"""How the letters of a file may be written."""

PREVIEW_BYTES = 64 * 1024
_PART_BYTES = 2**20
_PART_ROWS = 500


def read_csv(
    source: str | Path | IO[str],
    separator: str = "",
    decimal: str = ".",
    encoding: str = "",
    header: bool = True,
) -> Table:
    """Read a CSV file.

    A column whose entries are all numbers or missing is a column of numbers; see `MISSING`.

    Args:
        source: the file's path, or an open text file.
        separator: what stands between entries; found out from the first lines if empty: a
            comma, semicolon, tab or bar.
        decimal: what stands before the decimals, a point or a comma.
        encoding: how its letters are written; found out if empty. UTF-8 is tried first.
        header: whether the first line names the columns; otherwise it is data like the others,
            and the columns are called after their places.

    Raises:
        DocumentError: the file cannot be read, is too large, or a line has another number of
            entries than the first; the error names the line.
    """
    reading = parts(source, separator, decimal, encoding, header)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            table: Table = end.value
            return table


def parts(
    source: str | Path | IO[str],
    separator: str = "",
    decimal: str = ".",
    encoding: str = "",
    header: bool = True,
) -> Generator[float, None, Table]:
    """Read a CSV file part by part; see `read_csv`.

    Yields:
        How much of it is done, 0 … 1.

    Returns:
        The table.

    Raises:
        DocumentError: see `read_csv`.
    """
    if not isinstance(source, str | Path):
        style = Style(separator, decimal, header=header)
        return (yield from _read(source, str(getattr(source, "name", "csv")), style))
    path = Path(source)
    try:
        size = _checked_size(path)
        if not encoding:
            encoding = yield from _found_encoding(path)
        with path.open(encoding=_codec(encoding), newline="") as file:
            style = Style(separator, decimal, encoding, header)
            return (yield from _read(file, path.name, style, size))
    except UnicodeError:
        problem = Message("error.csv.encoding", encoding=encoding.upper())
        raise DocumentError(path.name, "", problem) from None
    except (OSError, ValueError) as error:  # also a name that no file can have
        raise _not_opened(path, error) from None


def _not_opened(path: Path, error: Exception) -> DocumentError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return DocumentError(path.name, "", Message("error.csv.open", reason=reason))


def style_of(path: Path, encoding: str = "") -> Style:
    """Return how a file is probably written, from its first lines.

    Raises:
        DocumentError: the file cannot be opened, or is no text.
    """
    try:
        _checked_size(path)
        with path.open("rb") as file:
            start = file.read(PREVIEW_BYTES)
    except (OSError, ValueError) as error:
        raise _not_opened(path, error) from None
    encoding = encoding or _encoding(start)
    text = start.decode(_codec(encoding), errors="ignore")
    _check_text(path.name, text)
    # What was cut off in the middle says nothing about the others.
    whole = text if len(start) < PREVIEW_BYTES else text[: text.rfind("\n") + 1]
    separator = _separator(whole)
    return Style(separator, _decimal(whole, separator), encoding, _has_header(whole, separator))


# --- How it is written ---------------------------------------------------------------------


def _checked_size(path: Path) -> int:
    """Return how long a file is; asked before it is opened: a pipe would be waited for."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        is_folder = stat.S_ISDIR(found.st_mode)
        id = "error.document.folder" if is_folder else "error.document.not_a_file"
        raise DocumentError(path.name, "", Message(id))
    size = found.st_size
    if size > MAX_BYTES:
        sizes = {"size": f"{size // 2**20} MB", "limit": f"{MAX_BYTES // 2**20} MB"}
        raise DocumentError(path.name, "", Message("error.csv.large", **sizes))
    return size


def _codec(encoding: str) -> str:
    # A byte-order mark, as spreadsheets write it, is not part of the first name.
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _found_encoding(path: Path) -> Generator[float, None, str]:
    """Find out how a file's letters are written, from all of it; that is quickly done."""
    checker = codecs.getincrementaldecoder("utf-8")()
    start = b""
    with path.open("rb") as file:
        while part := file.read(_PART_BYTES):
            start = start or part
            if _encoding(start) != "utf-8":
                return _encoding(start)
            try:
                checker.decode(part)
            except UnicodeDecodeError:
                return _encoding(part, is_utf8=False)
            yield 0.0
    return "utf-8"


def _encoding(start: bytes, *, is_utf8: bool = True) -> str:
    """Return how letters are probably written: UTF-8 unless something speaks against it."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        if is_utf8:
            codecs.getincrementaldecoder("utf-8")().decode(start)
            return "utf-8"
    except UnicodeDecodeError:
        pass
    # Common Chinese characters are pairs of high bytes; letters with accents stand alone.
    chinese = others = 0
    index = 0
    while index < len(start):
        byte, following = start[index], start[index + 1 : index + 2]
        pair = 0xA1 <= byte <= 0xF7 and following and following[0] >= 0xA1
        chinese += bool(pair)
        others += byte >= 0x80 and not pair
        index += 2 if pair else 1
    return "gb18030" if chinese > 4 * others else "cp1252"


def _check_text(name: str, text: str) -> None:
    """Refuse what is no text, such as a spreadsheet's own format."""
    if "\0" in text or text.startswith("PK\x03\x04"):
        raise DocumentError(name, "", Message("error.csv.binary"))


def _separator(text: str) -> str:
    """Return what separates entries: what gives the first lines the same number of entries."""
    import csv  # loaded only when used

    lines = text.splitlines()[:20]
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            continue
        if not counts or counts[0] < 2:
            continue
        agreeing = sum(count == counts[0] for count in counts)
        if (agreeing * 100 // len(counts), counts[0]) > most:
            best, most = separator, (agreeing * 100 // len(counts), counts[0])
    return best


def _decimal(text: str, separator: str) -> str:
    """Return a comma if numbers are written with one, as where a semicolon separates them."""
    if separator == ",":
        return "."
    import re

    entries = [
        entry.strip().strip('"')
        for line in text.splitlines()[1:20]
        for entry in line.split(separator)
    ]
    commas = sum(bool(re.fullmatch(r"[-+]?\d+,\d+", entry)) for entry in entries)
    points = sum(bool(re.fullmatch(r"[-+]?\d+\.\d+", entry)) for entry in entries)
    return "," if commas > points else "."


def _has_header(text: str, separator: str) -> bool:
    """Return whether the first line probably names the columns: numbers alone are data."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return not all_numbers([entry.strip().strip('"') for entry in first.split(separator)])


# --- Reading -------------------------------------------------------------------------------


def _read(file: IO[str], name: str, style: Style, size: int = 0) -> Generator[float, None, Table]:
    """Read an open file; a column that turns out to be words after many numbers, once more."""
    lines = _Lines(file)
    if not style.separator:
        start = lines.peek(20)
        _check_text(name, start)
        style = replace(style, separator=_separator(start))
    columns = yield from _columns(lines, name, style, size, frozenset())
    of_words = frozenset(label for label, column in columns.items() if column.broken)
    if of_words:
        file.seek(0)
        columns = yield from _columns(_Lines(file), name, style, size, of_words)
    finished = {}
    for label, column in columns.items():
        finished[label] = column.finished()
        yield 1.0
    return Table.finished(finished, style)


def _columns(
    lines: "_Lines", name: str, style: Style, size: int, of_words: frozenset[str]
) -> Generator[float, None, dict[str, Column]]:
    import csv

    reader = csv.reader(lines, delimiter=style.separator, strict=True)
    part: list[list[str]] = []
    try:
        first = [entry.strip() for entry in next(reader, [])]
        if not any(first):
            raise DocumentError(name, "", Message("error.csv.empty"))
        header = _header(first if style.header else [""] * len(first), name)
        columns = {label: Column(style.decimal, of_words=label in of_words) for label in header}
        for row in reader if style.header else chain([first], reader):
            if len(row) != len(header):
                if not row:  # an empty line
                    continue
                problem = Message("error.csv.entries", found=len(row), wanted=len(header))
                raise DocumentError(name, f"line {reader.line_num}", problem)
            part.append(row)
            if len(part) >= _PART_ROWS:
                _take(columns, part, name)
                yield min(lines.read / size, 1.0) if size else 0.0
    except csv.Error as error:
        id = "error.csv.field" if "limit" in str(error) else "error.csv.syntax"
        raise DocumentError(name, f"line {reader.line_num}", Message(id)) from None
    if part:
        _take(columns, part, name)
    if not len(columns[header[0]]):
        raise DocumentError(name, "", Message("error.csv.empty"))
    return columns


def _take(columns: Mapping[str, Column], part: list[list[str]], name: str) -> None:
    """Add some rows to the columns, and empty the list."""
    found = (len(next(iter(columns.values()))) + len(part)) * len(columns)
    if found > MAX_NUMBERS:
        raise DocumentError(name, "", Message("error.csv.many", limit=f"{MAX_NUMBERS:,}"))
    for column, entries in zip(columns.values(), zip(*part, strict=True), strict=True):
        column.add(entries)
    part.clear()


def _header(header: list[str], name: str) -> list[str]:
    """Return the columns' names; a column without one is called after its place."""
    if len(header) > MAX_COLUMNS:
        problem = Message("error.csv.columns", found=len(header), limit=MAX_COLUMNS)
        raise DocumentError(name, "line 1", problem)
    labels = [label or f"column {place}" for place, label in enumerate(header, 1)]
    seen: set[str] = set()
    for label in labels:
        if label in seen:
            raise DocumentError(name, "line 1", Message("error.csv.twice", name=label))
        seen.add(label)
    return labels


class _Lines:
    """Lines of a file, of which the first may be looked at before they are taken.

    Attributes:
        read: how many characters were taken.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._waiting: list[str] = []
        self.read = 0

    def peek(self, count: int) -> str:
        self._waiting = [line for _, line in zip(range(count), self._file, strict=False)]
        return "".join(self._waiting)

    def __iter__(self) -> Iterator[str]:
        for line in self._waiting:
            self.read += len(line)
            yield line
        for line in self._file:
            self.read += len(line)
            yield line
