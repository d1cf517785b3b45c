"""One column of a table while it is being read: numbers as long as all entries are numbers."""

import math
from array import array
from collections.abc import Sequence

import numpy as np

from mlviz.autograd import Array

MISSING = frozenset({"", "na", "n/a", "nan", "null", "?", "-"})
"""What stands for a missing value, in small letters."""

MAX_WORDS = 100_000
"""Most words of a column that are kept; others are read as `OTHER_WORD`."""

OTHER_WORD = "…"

Kinds = tuple[Array, tuple[str, ...]]
"""The number of each row's word, -1 where it is missing, and the words by their number."""


class Column:
    """Collects the entries of a column.

    A column of words keeps every word once, with its number for each row, so a million rows of
    ten words are small.

    Args:
        decimal: what stands before the decimals of its numbers.
        of_words: take the entries as words even if they are numbers.

    Attributes:
        broken: whether a word was met after many numbers: their texts are not kept, so the
            column has to be read again as one of words.
    """

    def __init__(self, decimal: str = ".", *, of_words: bool = False) -> None:
        self._decimal = decimal
        self._numbers = array("d")
        self._words: dict[str, int] | None = {} if of_words else None
        self._codes = array("q")
        self.broken = False

    def __len__(self) -> int:
        return len(self._numbers if self._words is None else self._codes)

    def add(self, entries: Sequence[str]) -> None:
        """Add entries, as they stand in the file."""
        if self._words is None:
            try:
                self._numbers.extend(self._read(entries))
                return
            except ValueError:
                if len(self._numbers):
                    self.broken = True
                    self._numbers.extend([math.nan] * len(entries))
                    return
                self._words = {}
        words, codes = self._words, self._codes
        for entry in entries:
            code = words.get(entry)
            if code is None:
                word = entry if len(words) < MAX_WORDS else OTHER_WORD
                code = words.setdefault(word, len(words))
            codes.append(code)

    def finished(self) -> tuple[Array, Kinds | None]:
        """Return floats (nan where missing), or texts (empty where missing) with their kinds."""
        if self._words is None:
            numbers = np.array(self._numbers, dtype=np.float64)
            if not np.isnan(numbers).all():
                return numbers, None
            nothing = np.full(len(numbers), -1)
            return np.full(len(numbers), "", dtype=object), (nothing, ())
        texts = [text.strip() for text in self._words]
        words = sorted({text for text in texts if not _is_gap(text)})
        place = {word: index for index, word in enumerate(words)}
        kinds = np.array([place.get(text, -1) for text in texts], dtype=np.intp)
        codes = kinds[np.array(self._codes, dtype=np.intp)]
        # Rows with the same word share it: so a million of them are there at once.
        return np.array([*words, ""], dtype=object)[codes], (codes, tuple(words))

    def _read(self, entries: Sequence[str]) -> list[float]:
        """Return the entries as numbers.

        Raises:
            ValueError: one of them is none.
        """
        try:
            numbers = [float(entry) for entry in entries]
            # Python reads more than a spreadsheet writes: 1_000, inf and nan.
            if all(map(math.isfinite, numbers)) and "_" not in "".join(entries):
                return numbers
        except ValueError:
            pass
        return [self._number(entry.strip()) for entry in entries]

    def _number(self, text: str) -> float:
        if _is_gap(text):
            return math.nan
        number = float(text.replace(self._decimal, ".") if self._decimal != "." else text)
        if not math.isfinite(number) or "_" in text:
            raise ValueError(text)
        return number


def _is_gap(text: str) -> bool:
    return text.lower() in MISSING


def is_number(entry: str) -> bool:
    """Return whether an entry is a number, with a point or a comma before its decimals."""
    try:
        return math.isfinite(float(entry.replace(",", ".")))
    except ValueError:
        return False


def all_numbers(entries: Sequence[str]) -> bool:
    """Return whether entries are numbers and nothing else, as names of columns are not."""
    return all(map(is_number, entries))
