"""The confusion matrix: which class was taken for which, and the rates that follow from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.items import Box, Item, Picture, Rect, Role, Text

_PAD = 2.0
_HEAD = 56.0
_TIGHT, _LOWEST, _TALLEST = 16.0, 20.0, 34.0
_NARROWEST, _WIDEST = 26.0, 72.0
_RATE = 58.0
_DASH = "–"
_STRONGEST = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How often each class was taken for each.

    Attributes:
        counts: (classes, classes): a row for each true class, a column for each predicted one.
        classes: what the classes are called.
    """

    counts: Array
    classes: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many examples there are."""
        return int(self.counts.sum())

    @property
    def right(self) -> int:
        """How many were predicted rightly."""
        return int(np.trace(self.counts))

    @property
    def accuracy(self) -> float:
        """The part that was predicted rightly; nan without examples."""
        return _ratio(self.right, self.total)

    def precision(self, kind: int) -> float:
        """Return which part of those called `kind` are of it; nan if none was called so."""
        return _ratio(self.counts[kind, kind], self.counts[:, kind].sum())

    def recall(self, kind: int) -> float:
        """Return which part of those of class `kind` was called so; nan if there are none."""
        return _ratio(self.counts[kind, kind], self.counts[kind].sum())

    def f1(self, kind: int) -> float:
        """Return the harmonic mean of precision and recall: 2·hits / (called so + truly so)."""
        both = self.counts[kind].sum() + self.counts[:, kind].sum()
        return _ratio(2 * self.counts[kind, kind], both)

    def rate(self, true: int, predicted: int) -> float:
        """Return which part of a true class was called `predicted`; nan if there are none."""
        return _ratio(self.counts[true, predicted], self.counts[true].sum())


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


def rate_text(rate: float) -> str:
    """Return a rate to three digits behind the point; a dash where it is 0 of 0."""
    return _DASH if np.isnan(rate) else f"{rate:.3f}"


def cell_of(key: str) -> tuple[int, int] | None:
    """Return the true and the predicted class that a box of the picture stands for."""
    name, _, place = key.partition(":")
    if name != "cell":
        return None
    true, _, predicted = place.partition(":")
    return int(true), int(predicted)


def confusion_picture(
    confusion: Confusion,
    width: float,
    *,
    rates: bool = False,
    chosen: tuple[int, int] | None = None,
    changed: Array | None = None,
    height: float = math.inf,
) -> Picture:
    """Return the matrix with precision, recall and F1 beside it.

    Args:
        confusion: the numbers.
        width: of the picture, px.
        rates: show parts of the true class instead of counts.
        chosen: the cell whose examples are shown.
        changed: (classes, classes), counts of another run to be told apart from, or None.
        height: that is seen at once, px; rows are tighter if all of them can be seen then.
    """
    return _Table(confusion, width, rates, chosen, changed, height).picture()


class _Table:
    def __init__(
        self,
        confusion: Confusion,
        width: float,
        rates: bool,
        chosen: tuple[int, int] | None,
        changed: Array | None,
        height: float,
    ) -> None:
        self._confusion = confusion
        self._rates = rates
        self._chosen = chosen
        self._changed = changed
        self._count = len(confusion.classes)
        longest = max((len(name) for name in confusion.classes), default=1)
        self._names = min(max(7.0 * longest + 14, 34.0), 110.0)
        # The rates stand beside the matrix where there is room, and below where there is not.
        room = width - 2 * _PAD - self._names
        self._beside = (room - 3 * _RATE) / self._count >= _NARROWEST + 4
        if self._beside:
            room -= 3 * _RATE + 10
        self._cell = min(max(room / self._count, _NARROWEST), _WIDEST)
        self._tall = min(max(self._cell * 0.62, _LOWEST), _TALLEST)
        if _HEAD + self._tall * self._count > height:
            self._tall = min(max((height - _HEAD - 2) / self._count, _TIGHT), self._tall)
        self._width = max(width, 2 * _PAD + self._names + self._cell * self._count)
        self._left = _PAD + self._names
        self._items: list[Item] = []

    def picture(self) -> Picture:
        self._headings()
        for true in range(self._count):
            for predicted in range(self._count):
                self._entry(true, predicted)
        bottom = _HEAD + self._tall * self._count + 6
        bottom = self._measures(bottom)
        summary = Message(
            "confusion.summary",
            right=self._confusion.right,
            total=self._confusion.total,
            accuracy=rate_text(self._confusion.accuracy),
        )
        bounds = Rect(0, 0, self._width, bottom + 8)
        return Picture(tuple(self._items), bounds, None, summary)

    def _text(
        self,
        x: float,
        y: float,
        text: str | Message,
        role: Role = Role.TEXT,
        size: float = 11.5,
        *,
        bold: bool = False,
        align: str = "left",
        family: str = "ui",
    ) -> None:
        self._items.append(Text(x, y, text, role, size, bold, align, family))

    def _headings(self) -> None:
        middle = self._left + self._cell * self._count / 2
        predicted = Message("confusion.predicted")
        self._text(middle, 18, predicted, Role.MUTED, align="center")
        self._text(_PAD, _HEAD - 22, Message("confusion.true"), Role.MUTED)
        for kind, name in enumerate(self._confusion.classes):
            x = self._left + self._cell * (kind + 0.5)
            short = _fitted(name, self._cell)
            self._text(x, _HEAD - 8, short, bold=True, align="center")
            y = _HEAD + self._tall * (kind + 0.5) + 4
            self._text(_PAD, y, _fitted(name, self._names - 4), bold=True)

    def _entry(self, true: int, predicted: int) -> None:
        confusion = self._confusion
        x, y = self._left + self._cell * predicted, _HEAD + self._tall * true
        rect = Rect(x + 1, y + 1, self._cell - 2, self._tall - 2)
        count = int(confusion.counts[true, predicted])
        rate = confusion.rate(true, predicted)
        hit = true == predicted
        strength = 0.0 if np.isnan(rate) else rate * _STRONGEST
        fill = Role.POSITIVE if hit else Role.NEGATIVE
        if count:
            shade = 0.08 + strength * (1 - 0.08)
            self._items.append(Box("", rect, fill, Role.CLEAR, 0, 4, opacity=shade))
        chosen = self._chosen == (true, predicted)
        self._items.append(
            Box(
                f"cell:{true}:{predicted}",
                rect,
                Role.CLEAR,
                Role.SELECTED if chosen else Role.STRONG if hit else Role.LINE,
                2.5 if chosen else 1.25 if hit else 1,
                4,
            )
        )
        text = rate_text(rate) if self._rates else format_number(count)
        if self._rates and self._cell < 40:
            text = text.removeprefix("0") if rate < 1 else "1"
        role = Role.TEXT if count else Role.FAINT
        size = 11.5 if self._cell >= 34 else 10.5
        align, family = "center", "number"
        middle = y + self._tall / 2 + 4
        if self._changed is not None and not self._rates:
            text += self._against(true, predicted, count)
        self._text(
            x + self._cell / 2, middle, text, role, size, bold=hit, align=align, family=family
        )

    def _against(self, true: int, predicted: int, count: int) -> str:
        """Return how many more there are than in the other run."""
        assert self._changed is not None
        more = count - int(self._changed[true, predicted])
        if not more or self._cell < 52:
            return ""
        return f" ({'+' if more > 0 else ''}{format_number(more)})"

    def _measures(self, bottom: float) -> float:
        """Put precision, recall and F1 of each class beside the matrix, or below it."""
        confusion = self._confusion
        names = (
            Message("confusion.precision"),
            Message("confusion.recall"),
            Message("confusion.f1"),
        )
        kinds = range(self._count)
        rates = (confusion.precision, confusion.recall, confusion.f1)
        rows = [[rate_text(rate(kind)) for rate in rates] for kind in kinds]
        if self._beside:
            x = self._left + self._cell * self._count + 10
            for place, name in enumerate(names):
                right = x + _RATE * (place + 1) - 4
                self._text(right, _HEAD - 8, name, Role.MUTED, 10.5, align="right")
                for kind in kinds:
                    y = _HEAD + self._tall * (kind + 0.5) + 4
                    self._text(right, y, rows[kind][place], align="right", family="number")
            top = bottom
        else:
            top = bottom + 14
            each = min(_RATE, (self._width - self._left - _PAD) / len(names))
            for place, name in enumerate(names):
                right = self._left + each * (place + 1)
                self._text(right, top + 4, name, Role.MUTED, 10.5, align="right")
                for kind in kinds:
                    y = top + 22 + 18 * kind
                    self._text(right, y, rows[kind][place], align="right", family="number")
            for kind, called in enumerate(confusion.classes):
                y = top + 22 + 18 * kind
                self._text(_PAD, y, _fitted(called, self._names - 4), bold=True)
            top += 22 + 18 * self._count
        words = Message(
            "confusion.accuracy",
            right=format_number(confusion.right),
            total=format_number(confusion.total),
            accuracy=rate_text(confusion.accuracy),
        )
        self._text(_PAD, top + 14, words)
        return top + 20


def _fitted(name: str, width: float) -> str:
    most = max(int(width / 7), 1)
    return name if len(name) <= most else name[: max(most - 1, 1)] + "…"


def examples_in(
    truth: Array, predicted: Array, cell: tuple[int, int], rows: Sequence[int] | Array
) -> Array:
    """Return the numbers of the examples that a cell counts.

    Shapes: truth (n), predicted (n), rows (n) → (examples).
    """
    counted = (truth == cell[0]) & (predicted == cell[1])
    return np.asarray(np.asarray(rows)[counted])
