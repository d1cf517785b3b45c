"""The gradient on its way back: by what each φ′ and each Wᵀ multiplies its norm.

On the left the smallest, on the right the largest; every bar reaches from the norm before a
factor to the norm after it, so that the bars are a stair from the loss to the first layer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.decades import Scale, scale_for
from mlviz.picture.insides import LayerInside, norm, ratio
from mlviz.picture.items import Box, Curve, Item, Picture, Polygon, Rect, Role, Text
from mlviz.trace.symbols import text_name

_LEAST_ROW, _MOST_ROW, _HEAD, _FOOT = 17.0, 32.0, 24.0, 4.0
_LABEL, _WHAT, _FACTOR, _NORM, _OF_WEIGHT = 62.0, 64.0, 66.0, 74.0, 78.0
_BAR = 13.0
_NARROW = 460.0
_WIDE = 620.0
_VANISHED = 1e-3
"""A gradient that loses more than this on its way is said to vanish."""
START, SLOPE, WEIGHT, MASK = "start", "slope", "weight", "mask"


@dataclass(frozen=True, slots=True)
class Factor:
    """One step of the gradient's way back.

    Attributes:
        kind: `start` (the loss), `slope` (φ′), `weight` (Wᵀ) or `mask` (dropout).
        layer: whose φ′, W or mask it is, from 1.
        factor: by what the norm is multiplied; at the start 1.
        norm: after that, the product of all so far.
        of_weight: ‖dL/dW‖ of this layer if its dL/dz is known now, otherwise None.
    """

    kind: str
    layer: int
    factor: float
    norm: float
    of_weight: float | None = None

    @property
    def key(self) -> str:
        """By which its row is found."""
        return f"factor:{self.kind}:{self.layer}"

    @property
    def name(self) -> str:
        """What multiplies."""
        layer = text_name(f"z^{self.layer}")
        names = {SLOPE: f"φ′({layer})", WEIGHT: f"{text_name(f'W^{self.layer}')}ᵀ"}
        return names.get(self.kind, text_name(f"m^{self.layer}"))

    def gives(self) -> str:
        """Return what it gives: a gradient by pre-activations or by activations."""
        if self.kind == SLOPE:
            return f"∂L/∂{text_name(f'z^{self.layer}')}"
        if self.kind == START:
            return "∂L/∂ŷ"
        layer = self.layer - 1 if self.kind == WEIGHT else self.layer
        return f"∂L/∂{text_name(f'a^{layer}')}"


def factors(layers: Sequence[LayerInside]) -> tuple[Factor, ...]:
    """Return the way of the gradient from the loss to the first layer, factor by factor.

    Each factor is what the weights and the slopes themselves do to the gradient that reaches
    them, so that the product need not equal the tape's norms by definition; it does.
    """
    last = len(layers)
    found: list[Factor] = []
    product = norm(layers[-1].da)
    found.append(Factor(START, last, 1.0, product))
    with np.errstate(all="ignore"):
        for place in range(last, 0, -1):
            layer = layers[place - 1]
            by = ratio(norm(layer.da * layer.slope), norm(layer.da))
            product *= by
            found.append(Factor(SLOPE, place, by, product, norm(layer.gradient)))
            if place == 1:
                break
            below = layers[place - 2]
            back = layer.dz @ layer.weight
            by = ratio(norm(back), norm(layer.dz))
            product *= by
            found.append(Factor(WEIGHT, place, by, product))
            if below.mask is not None:
                by = ratio(norm(back * below.mask), norm(back))
                product *= by
                found.append(Factor(MASK, place - 1, by, product))
    return tuple(found)


def verdict(found: Sequence[Factor], layers: int) -> Message:
    """Return in words what becomes of the gradient on its way."""
    start, end = found[0].norm, found[-1].norm
    whole = ratio(end, start)
    if not math.isfinite(whole) or whole == 0:
        return Message("waterfall.none")
    each = whole ** (1 / max(layers, 1))
    by, mean = format_number(whole), format_number(each)
    if whole < _VANISHED:
        return Message("waterfall.vanishes", whole=by, each=mean, n=layers)
    if whole > 1 / _VANISHED:
        return Message("waterfall.explodes", whole=by, each=mean, n=layers)
    return Message("waterfall.steady", whole=by, each=mean, n=layers)


def scale_of(*several: Sequence[Factor]) -> Scale:
    """Return an axis on which all norms can be seen."""
    norms = [each.norm for found in several for each in found]
    norms += [each.of_weight for found in several for each in found if each.of_weight is not None]
    known = [value for value in norms if math.isfinite(value) and value > 0]
    if not known:
        return scale_for(0.1, 1.0, log=True)
    return scale_for(min(known), max(known), log=True)


def waterfall_picture(
    found: Sequence[Factor],
    layers: int,
    width: float,
    height: float,
    *,
    chosen: str = "",
    other: Sequence[Factor] = (),
) -> Picture:
    """Return the stair of factors, with its numbers.

    Args:
        found: the factors.
        layers: how many there are.
        width: of the picture, px.
        height: that there is room for; with many factors the picture is taller.
        chosen: the key of the row that is told about.
        other: the factors of another run, drawn as a dashed line if they are as many.
    """
    return _Stair(found, layers, (width, height), chosen, other).picture()


class _Stair:
    def __init__(
        self,
        found: Sequence[Factor],
        layers: int,
        size: tuple[float, float],
        chosen: str,
        other: Sequence[Factor],
    ) -> None:
        width, height = size
        room = (height - _HEAD - _FOOT) / len(found)
        self._row_height = min(max(room, _LEAST_ROW), _MOST_ROW)
        self._found, self._layers, self._chosen = found, layers, chosen
        self._other = other if len(other) == len(found) else ()
        self._width = width
        left = _LABEL + (_WHAT if width >= _NARROW else 0) + 6
        right = width - _FACTOR - _NORM - (_OF_WEIGHT if width >= _WIDE else 0)
        self._left, self._right = left, max(right, left + 40)
        self._scale = scale_of(found, self._other)

    def _x(self, value: float) -> float:
        return self._left + self._scale.part(value) * (self._right - self._left)

    def _y(self, row: int) -> float:
        return _HEAD + row * self._row_height

    def picture(self) -> Picture:
        """Return all of it."""
        bottom = self._y(len(self._found))
        items = self._columns(bottom)
        before = self._found[0].norm
        for row, each in enumerate(self._found):
            items += self._row(row, each, before)
            before = each.norm
        items += self._line_of_other()
        summary = verdict(self._found, self._layers)
        return Picture(tuple(items), Rect(0, 0, self._width, bottom + _FOOT), None, summary)

    def _columns(self, bottom: float) -> list[Item]:
        items: list[Item] = []
        for value, text in self._scale.marks(int((self._right - self._left) / 52)):
            x = self._x(value)
            items.append(Curve("", ((x, _HEAD), (x, bottom)), Role.LINE, 1))
            items.append(Text(x, _HEAD - 8, text, Role.MUTED, 10, False, "center", "number"))
        heads = [(self._right + _FACTOR, Message("waterfall.factor"))]
        heads.append((self._right + _FACTOR + _NORM, Message("waterfall.norm")))
        if self._width >= _WIDE:
            heads.append((self._width - 2, Message("waterfall.of_weight")))
        for x, words in heads:
            items.append(Text(x - 2, _HEAD - 8, words, Role.MUTED, 10.5, align="right"))
        return items

    def _row(self, row: int, each: Factor, before: float) -> list[Item]:
        y, middle = self._y(row), self._y(row) + self._row_height / 2
        is_chosen = each.key == self._chosen
        stroke = Role.SELECTED if is_chosen else Role.CLEAR
        rect = Rect(1, y + 1, self._width - 2, self._row_height - 2)
        items: list[Item] = [Box(each.key, rect, Role.CLEAR, stroke, 1.5, 4)]
        baseline = middle + 4
        role = Role.BACKWARD if each.kind == SLOPE else Role.TEXT
        name: str | Message = Message("waterfall.loss") if each.kind == START else each.name
        items.append(Text(6, baseline, name, role, 11.5, bold=True))
        if self._width >= _NARROW:
            gives = each.gives()
            items.append(Text(_LABEL + 4, baseline, gives, Role.MUTED, 11))
        items += self._bar(each, before, middle)
        right = self._right + _FACTOR - 2
        if each.kind != START:
            factor = f"× {format_number(each.factor)}"
            items.append(Text(right, baseline, factor, role, 11, align="right", family="number"))
        right += _NORM
        text = format_number(each.norm)
        items.append(Text(right, baseline, text, Role.TEXT, 11, align="right", family="number"))
        if each.of_weight is not None and self._width >= _WIDE:
            text = format_number(each.of_weight)
            items.append(
                Text(
                    self._width - 4, baseline, text, Role.MUTED, 11, align="right", family="number"
                )
            )
        return items

    def _bar(self, each: Factor, before: float, middle: float) -> list[Item]:
        items: list[Item] = []
        x0, x1 = self._x(before), self._x(each.norm)
        top = middle - _BAR / 2
        if each.kind == START or not math.isfinite(each.norm):
            return [Box("", Rect(x1 - 2, top, 4, _BAR), Role.STRONG, Role.CLEAR, 0, 2)]
        # A thin line leads down to the next row: what a factor leaves is what the next one gets.
        items.append(
            Curve("", ((x0, top - self._row_height + _BAR), (x0, top + _BAR)), Role.MUTED, 1)
        )
        role = Role.BACKWARD if each.kind == SLOPE else Role.UPDATE
        rect = Rect(min(x0, x1), top, max(abs(x1 - x0), 2.0), _BAR)
        items.append(Box("", rect, role, role, 1, 2, opacity=0.8))
        if abs(x1 - x0) > 9:
            way = -1 if x1 < x0 else 1
            tip = ((x1, middle), (x1 - 6 * way, top + 2), (x1 - 6 * way, top + _BAR - 2))
            items.append(Polygon(tip, Role.PANEL, 0.9))
        return items

    def _line_of_other(self) -> list[Item]:
        points = tuple(
            (self._x(each.norm), self._y(row) + self._row_height / 2)
            for row, each in enumerate(self._other)
            if math.isfinite(each.norm)
        )
        return [Curve("", points, Role.TEXT, 1.5, dashed=True)] if len(points) > 1 else []
