"""How the numbers of each layer are distributed: at the cursor, and in the course of the run.

One row a layer. On the left bands of quantiles over the iterations: all values, nine tenths
of them, and the middle half, with the median; on the right the histogram at the cursor, along
the same axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.decades import Scale, scale_for
from mlviz.picture.inside_samples import PARTS, magnitudes, quantiles
from mlviz.picture.items import Box, Curve, Item, Picture, Polygon, Rect, Role, Text

ROLES = {
    "z": Role.FORWARD,
    "a": Role.FORWARD,
    "dz": Role.BACKWARD,
    "weight": Role.STRONG,
    "update": Role.UPDATE,
}
_LEFT, _GAP, _HISTOGRAM, _RIGHT = 52.0, 10.0, 92.0, 4.0
_TITLE, _SPACE, _FOOT = 20.0, 8.0, 22.0
_LEAST_ROW, _MOST_ROW = 96.0, 220.0
_BINS = 30
_BANDS = ((0, 6, 0.14), (1, 5, 0.22), (2, 4, 0.42))
_MEDIAN = PARTS.index(0.5)
_WORDS_FROM = 470.0


@dataclass(frozen=True, slots=True, eq=False)
class LayerRow:
    """The numbers of one layer.

    Attributes:
        activation: of the layer.
        values: at the cursor, all of them.
        at: the iterations that were measured, (m).
        spread: quantiles there, (m, 7); of the magnitudes if the axis is logarithmic.
    """

    activation: str
    values: Array
    at: Array
    spread: Array

    def seen(self, *, log: bool) -> Array:
        """Return what is counted: finite values, or the magnitudes of those that are not 0."""
        flat = self.values.reshape(-1)
        flat = flat[np.isfinite(flat)]
        return magnitudes(flat) if log else flat


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is.

    Attributes:
        width: of the picture, px.
        rows: how many layers.
        row: the height of each, px.
        last: the iteration at the right end of the bands.
    """

    width: float
    rows: int
    row: float
    last: float

    @property
    def right(self) -> float:
        """The right end of the bands."""
        return max(self.width - _HISTOGRAM - _GAP - _RIGHT, _LEFT + 60)

    @property
    def height(self) -> float:
        """Of the picture."""
        return self.rows * self.row + _FOOT

    def area(self, row: int) -> Rect:
        """Return where the bands of a row are."""
        top = row * self.row + _TITLE
        return Rect(_LEFT, top, self.right - _LEFT, self.row - _TITLE - _SPACE)

    def x(self, iteration: float) -> float:
        """Return where an iteration is."""
        part = (iteration - 1) / max(self.last - 1, 1)
        return _LEFT + min(max(part, 0.0), 1.0) * (self.right - _LEFT)

    def xs(self, iterations: Array) -> Array:
        """Return where iterations are."""
        parts = (iterations - 1) / max(self.last - 1, 1)
        return _LEFT + np.clip(parts, 0.0, 1.0) * (self.right - _LEFT)

    def iteration_at(self, x: float) -> int | None:
        """Return the iteration at a place; None beside the bands."""
        if not _LEFT - 4 <= x <= self.right + 4:
            return None
        part = (x - _LEFT) / (self.right - _LEFT)
        return round(1 + min(max(part, 0.0), 1.0) * (self.last - 1))

    def row_at(self, y: float) -> int | None:
        """Return the row at a place; None below all of them."""
        row = int(y // self.row)
        return row if 0 <= row < self.rows else None


def layout_for(width: float, height: float, rows: int, last: float) -> Layout:
    """Return a layout that fills a height, as far as rows can be read."""
    row = min(max((height - _FOOT) / max(rows, 1), _LEAST_ROW), _MOST_ROW)
    return Layout(width, rows, row, max(last, 2.0))


def scales(rows: Sequence[LayerRow], others: Sequence[LayerRow], *, log: bool) -> list[Scale]:
    """Return the axis of each row: one for all if it is logarithmic, otherwise its own."""
    ends = []
    for place, row in enumerate(rows):
        low, high = [], []
        for one in (row, *others[place : place + 1]):
            now = quantiles(one.seen(log=log))[None]
            spread = np.concatenate([one.spread.reshape(-1, len(PARTS)), now])
            # The smallest magnitudes are outliers without a bound: nearly 0.
            low.append(spread[:, 1 if log else 0])
            high.append(spread[:, -1])
        ends.append((_least(np.concatenate(low)), -_least(-np.concatenate(high))))
    if log:
        least, most = np.array(ends).T
        both = scale_for(_least(least), -_least(-most), log=True)
        return [both] * len(rows)
    return [scale_for(*end, log=False) for end in ends]


def _least(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if len(known) else float("nan")


def distributions_picture(
    rows: Sequence[LayerRow],
    kind: str,
    layout: Layout,
    cursor: int,
    *,
    log: bool = False,
    chosen: str = "",
    others: Sequence[LayerRow] = (),
    seen: tuple[float, float] | None = None,
) -> Picture:
    """Return the distributions of all layers.

    Args:
        rows: one a layer.
        kind: which of their numbers, one of `KINDS`.
        layout: where everything is.
        cursor: the iteration of the histograms.
        log: show magnitudes on a logarithmic axis.
        chosen: the key of the row that is told about.
        others: the same of the run that is compared with; drawn dashed.
        seen: from where to where the picture is seen, px; elsewhere rows are left empty.
    """
    role = ROLES[kind]
    items: list[Item] = []
    for place, (row, scale) in enumerate(zip(rows, scales(rows, others, log=log), strict=True)):
        area = layout.area(place)
        items += _frame(row, area, scale, place, chosen, layout, log=log)
        if seen is not None and not (area.y < seen[1] and area.bottom > seen[0]):
            continue
        items += _bands(row, area, scale, layout, role)
        for other in others[place : place + 1]:
            line = _line(other.at, other.spread[:, _MEDIAN], area, scale, layout)
            items += [Curve("", points, Role.TEXT, 1.5, dashed=True) for points in line]
        items += _histogram(row, area, scale, layout, role, log=log)
        for other in others[place : place + 1]:
            items += _outline(other, area, scale, layout, log=log)
        x = layout.x(cursor)
        items.append(Curve("", ((x, area.y), (x, area.bottom)), Role.STRONG, 1.4))
    items += _foot(layout, cursor)
    summary = Message("distributions.summary", n=len(rows), iteration=cursor)
    return Picture(tuple(items), Rect(0, 0, layout.width, layout.height), None, summary)


def row_key(place: int) -> str:
    """Return the key of a row's box."""
    return f"layer:{place + 1}"


def row_of(key: str) -> int | None:
    """Return the row that a key stands for."""
    name, _, number = key.partition(":")
    return int(number) - 1 if name == "layer" else None


def _frame(
    row: LayerRow,
    area: Rect,
    scale: Scale,
    place: int,
    chosen: str,
    layout: Layout,
    *,
    log: bool,
) -> list[Item]:
    key = row_key(place)
    stroke, width = (Role.SELECTED, 2.0) if key == chosen else (Role.LINE, 1.0)
    side = Rect(layout.right + _GAP, area.y, _HISTOGRAM, area.height)
    items: list[Item] = [
        Box("", side, Role.STAGE, Role.LINE, 1, 3),
        Box(key, area, Role.STAGE, stroke, width, 3),
    ]
    title = Message("anatomy.layer", number=place + 1)
    if row.activation != "identity":
        function = Message(f"recipe.act.{row.activation}")
        title = Message("distributions.layer", number=place + 1, function=function)
    items.append(Text(area.x, area.y - 6, title, Role.TEXT, 11.5, bold=True))
    if layout.width >= _WORDS_FROM:
        items.append(
            Text(
                layout.width - _RIGHT,
                area.y - 6,
                _middle(row, log=log),
                Role.MUTED,
                11,
                align="right",
            )
        )
    for value, text in scale.marks(max(int(area.height / 24), 2)):
        y = area.bottom - scale.part(value) * area.height
        is_zero = value == 0
        items.append(Curve("", ((area.x, y), (area.right, y)), Role.LINE, 1.5 if is_zero else 1))
        items.append(Text(area.x - 5, y + 3.5, text, Role.MUTED, 10, False, "right", "number"))
    return items


def _middle(row: LayerRow, *, log: bool) -> Message:
    """Return the middle nine tenths and the median at the cursor."""
    seen = row.seen(log=log)
    low, median, high = (format_number(quantiles(seen)[place], 3) for place in (1, 3, 5))
    zeros = int((row.values == 0).sum())
    if not len(seen):
        return Message("distributions.nothing", zeros=zeros)
    if log and zeros:
        return Message("distributions.middle.zeros", low=low, median=median, high=high, zeros=zeros)
    return Message("distributions.middle", low=low, median=median, high=high)


def _pieces(values: Array) -> list[Array]:
    """Return the runs of places without a gap."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return []
    return list(np.split(known, np.flatnonzero(np.diff(known) > 1) + 1))


def _bands(row: LayerRow, area: Rect, scale: Scale, layout: Layout, role: Role) -> list[Item]:
    items: list[Item] = []
    for low, high, opacity in _BANDS:
        for piece in _pieces(row.spread[:, low]):
            there = piece if len(piece) > 1 else np.repeat(piece, 2)
            x = layout.xs(row.at[there])
            if len(piece) == 1:
                x[1] += 3
            below, above = (
                area.bottom - scale.parts(row.spread[there, end]) * area.height
                for end in (low, high)
            )
            points = np.column_stack([np.r_[x, x[::-1]], np.r_[below, above[::-1]]])
            items.append(Polygon(tuple(map(tuple, points.tolist())), role, opacity))
    lines = _line(row.at, row.spread[:, _MEDIAN], area, scale, layout)
    return items + [Curve("", points, role, 1.8) for points in lines]


def _line(
    at: Array, values: Array, area: Rect, scale: Scale, layout: Layout
) -> list[tuple[tuple[float, float], ...]]:
    x, y = layout.xs(at), area.bottom - scale.parts(values) * area.height
    points = [tuple(place) for place in np.column_stack([x, y]).tolist()]
    return [tuple(points[k] for k in piece.tolist()) for piece in _pieces(values) if len(piece) > 1]


def counts(seen: Array, scale: Scale) -> Array:
    """Return how many values lie in each bin of an axis, from its low end, (bins)."""
    if scale.log:
        seen = np.log10(seen[seen > 0])
    inside = np.clip(seen, scale.low, scale.high)
    return np.histogram(inside, _BINS, (scale.low, scale.high))[0]


def _histogram(
    row: LayerRow, area: Rect, scale: Scale, layout: Layout, role: Role, *, log: bool
) -> list[Item]:
    found = counts(row.seen(log=log), scale)
    most, x, each = max(int(found.max()), 1), layout.right + _GAP, area.height / _BINS
    return [
        Box(
            "",
            Rect(x + 1, area.bottom - (bin_ + 1) * each, (_HISTOGRAM - 8) * n / most, each),
            role,
            Role.CLEAR,
            0,
            0,
            opacity=0.7,
        )
        for bin_, n in enumerate(found.tolist())
        if n
    ]


def _outline(row: LayerRow, area: Rect, scale: Scale, layout: Layout, *, log: bool) -> list[Item]:
    """Return the other run's histogram as a line around it."""
    found = counts(row.seen(log=log), scale)
    most, x, each = max(int(found.max()), 1), layout.right + _GAP + 1, area.height / _BINS
    items: list[Item] = []
    for piece in _pieces(np.where(found > 0, found, np.nan)):
        points = [(x, area.bottom - float(piece[0]) * each)]
        for bin_ in piece.tolist():
            end = x + (_HISTOGRAM - 8) * int(found[bin_]) / most
            points += [(end, area.bottom - bin_ * each), (end, area.bottom - (bin_ + 1) * each)]
        points.append((x, area.bottom - (float(piece[-1]) + 1) * each))
        items.append(Curve("", tuple(points), Role.TEXT, 1.2, dashed=True))
    return items


def _foot(layout: Layout, cursor: int) -> list[Item]:
    y = layout.rows * layout.row + 10
    at = Message("distributions.at", iteration=f"{cursor:,}")
    return [
        Text(_LEFT, y, "1", Role.MUTED, 10, family="number"),
        Text(
            (_LEFT + layout.right) / 2,
            y,
            Message("lab.readout.iteration"),
            Role.MUTED,
            10.5,
            align="center",
        ),
        Text(layout.right, y, f"{layout.last:,.0f}", Role.MUTED, 10, False, "right", "number"),
        Text(layout.right + _GAP + _HISTOGRAM / 2, y, at, Role.MUTED, 10.5, align="center"),
    ]
