"""The gradient of one weight taken apart: what every example of the batch asks of it."""

from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.learn.network import NetworkProgram
from mlviz.learn.training import Training
from mlviz.numerals import format_number
from mlviz.picture.decades import Scale, scale_for
from mlviz.picture.insides import LayerInside
from mlviz.picture.items import Box, Curve, Item, Picture, Rect, Role, Swarm, Text
from mlviz.trace.symbols import text_name

_LEFT, _TOP, _BOTTOM = 52.0, 26.0, 20.0
_MEAN = 118.0
_NARROWEST = 3.0
_WIDEST = 34.0
_LABEL = 30.0
"""px from one mean's words to those of the other."""
_ROOM_FOR_THREE = 380.0


@dataclass(frozen=True, slots=True)
class WeightPlace:
    """Which weight.

    Attributes:
        layer: from 1.
        unit: the neuron to which it leads, from 0.
        source: the one from which it comes, from 0; None for the bias.
    """

    layer: int
    unit: int
    source: int | None

    @property
    def origin(self) -> str:
        """The parameter that it is an entry of."""
        return f"layer{self.layer}.{'bias' if self.source is None else 'weight'}"

    @property
    def index(self) -> tuple[int, ...]:
        """Which entry it is."""
        return (self.unit,) if self.source is None else (self.unit, self.source)

    @property
    def name(self) -> str:
        """What it is called: `W⁽¹⁾₃,₂`, counted from 1."""
        if self.source is None:
            return text_name(f"b^{self.layer}_{self.unit + 1}")
        return text_name(f"W^{self.layer}_{self.unit + 1},{self.source + 1}")


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """Per-example gradients of one weight.

    Attributes:
        place: of the weight.
        rows: which rows of the training data the batch has, (n).
        own: the gradient of each example's own loss, (n).
        delta: its dL/dz at the neuron, as in `own`, (n).
        given: what the neuron was given through the weight, (n); ones for a bias.
        gradient: what the optimizer sees: the mean of `own`, or their sum.
        is_mean: which of both.
        order: the places in the batch, from the smallest gradient to the largest, (n).
        value: the weight.
        update: what is added to it.
    """

    place: WeightPlace
    rows: Array
    own: Array
    delta: Array
    given: Array
    gradient: float
    is_mean: bool
    order: Array
    value: float
    update: float

    @property
    def up(self) -> int:
        """How many examples want the weight to be larger: against a negative gradient."""
        return int((self.own < 0).sum())

    @property
    def down(self) -> int:
        """How many examples want the weight to be smaller."""
        return int((self.own > 0).sum())

    @property
    def none(self) -> int:
        """How many examples ask nothing of it."""
        return int((self.own == 0).sum())

    @property
    def mean(self) -> float:
        """The mean of the examples' gradients."""
        return float(np.mean(self.own))


def fitting(layers: tuple[LayerInside, ...], place: WeightPlace) -> WeightPlace:
    """Return the nearest weight that the network has."""
    layer = min(max(place.layer, 1), len(layers))
    units, inputs = layers[layer - 1].weight.shape
    source = place.source
    if source is not None or layers[layer - 1].bias_gradient is None:
        source = min(max(source or 0, 0), inputs - 1)
    return WeightPlace(layer, min(max(place.unit, 0), units - 1), source)


def anatomy(
    training: Training, number: int, layers: tuple[LayerInside, ...], place: WeightPlace
) -> Anatomy:
    """Return the gradient of a weight, example by example.

    Args:
        training: of a network.
        number: the iteration, whose batch it is.
        layers: the network in that iteration.
        place: a weight that there is.
    """
    program = training.program_of(number)
    assert isinstance(program, NetworkProgram)
    layer, rows = layers[place.layer - 1], program.rows(number)
    is_mean = program.loss.reduction == "mean"
    delta = layer.dz[:, place.unit] * (len(rows) if is_mean else 1)
    given = np.ones(len(rows)) if place.source is None else layer.before[:, place.source]
    with np.errstate(all="ignore"):
        own = np.asarray(delta * given)
    value, update = _value(training, number, layer, place)
    return Anatomy(
        place,
        rows,
        own,
        delta,
        given,
        _seen(layer, place),
        is_mean,
        np.argsort(own, kind="stable"),
        value,
        update,
    )


def _seen(layer: LayerInside, place: WeightPlace) -> float:
    """Return the gradient as the tape has it."""
    if place.source is not None:
        return float(layer.gradient[place.unit, place.source])
    assert layer.bias_gradient is not None
    if layer.bias_gradient.ndim:
        return float(layer.bias_gradient[place.unit])
    return float(layer.dz[:, place.unit].sum())  # one bias for all units: this one's part


def _value(
    training: Training, number: int, layer: LayerInside, place: WeightPlace
) -> tuple[float, float]:
    if place.source is not None:
        at = place.unit, place.source
        return float(layer.weight[at]), float(layer.update[at])
    bias = training.parameters(number)[place.origin]
    rule, update = training.rule_of(number), np.zeros_like(bias)
    if rule is not None and layer.bias_gradient is not None:
        state = training.states(number)[place.origin]
        with np.errstate(all="ignore"):
            update = np.asarray(rule.step(bias, layer.bias_gradient, state)[0] - bias)
    index = (place.unit,) if bias.ndim else ()
    return float(bias[index]), float(update[index])


# --- The picture -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the bars are."""

    area: Rect
    scale: Scale
    count: int

    @property
    def step(self) -> float:
        """From one bar to the next, px."""
        return min(self.area.width / max(self.count, 1), _WIDEST)

    def x(self, place: int) -> float:
        """Return the left edge of a bar."""
        return self.area.x + place * self.step

    def y(self, value: float) -> float:
        """Return where a value lies."""
        return self.area.bottom - self.scale.part(value) * self.area.height

    def place_at(self, x: float) -> int | None:
        """Return which bar is at a place, counted from the left; None beside them."""
        place = int((x - self.area.x) // self.step)
        return place if 0 <= place < self.count else None


def frame_of(found: Anatomy, width: float, height: float) -> Frame:
    """Return where the bars are in a picture of some size."""
    area = Rect(_LEFT, _TOP, max(width - _LEFT - _MEAN, 40), max(height - _TOP - _BOTTOM, 40))
    known = found.own[np.isfinite(found.own)]
    low = min(float(known.min()), 0.0) if len(known) else -1.0
    high = max(float(known.max()), 0.0) if len(known) else 1.0
    return Frame(area, scale_for(low, high, log=False), len(found.own))


def anatomy_picture(
    found: Anatomy,
    width: float,
    height: float,
    *,
    chosen: int | None = None,
    other: float | None = None,
) -> Picture:
    """Return the bars, sorted, with their mean.

    Args:
        found: the gradients.
        width: px.
        height: px.
        chosen: the chosen example, its place in the batch.
        other: the mean in the run that is compared with.
    """
    frame = frame_of(found, width, height)
    items = _axis(frame)
    items += _bars(found, frame)
    items += _chosen(found, frame, chosen)
    items += _lines(found, frame, width, other)
    items += _sides(found, frame)
    summary = Message(
        "anatomy.summary",
        name=found.place.name,
        n=len(found.own),
        up=found.up,
        down=found.down,
        gradient=format_number(found.gradient),
    )
    return Picture(tuple(items), Rect(0, 0, width, height), None, summary)


def _axis(frame: Frame) -> list[Item]:
    area = frame.area
    # One box for the keyboard; which bar is meant is told by its place.
    items: list[Item] = [Box("bars", area, Role.CLEAR, Role.CLEAR, 0)]
    for value, text in frame.scale.marks(max(round(area.height / 44), 2)):
        y = frame.y(value)
        items.append(Curve("", ((area.x, y), (area.right, y)), Role.LINE, 1))
        items.append(Text(area.x - 6, y + 3.5, text, Role.MUTED, 10, False, "right", "number"))
    zero = frame.y(0.0)
    items.append(Curve("", ((area.x, zero), (area.right, zero)), Role.MUTED, 1.25))
    return items


def _bars(found: Anatomy, frame: Frame) -> list[Item]:
    values = found.own[found.order]
    zero = frame.y(0.0)
    tops = np.array([frame.y(float(value)) if np.isfinite(value) else zero for value in values])
    gap = 1.0 if frame.step >= _NARROWEST else 0.0
    shapes = np.empty((len(values), 4))
    shapes[:, 0] = frame.area.x + np.arange(len(values)) * frame.step + gap / 2
    shapes[:, 1] = np.minimum(tops, zero)
    shapes[:, 2] = frame.step - gap if gap else frame.step + 0.6
    shapes[:, 3] = np.abs(tops - zero)
    return [
        Swarm(shapes, np.flatnonzero(values < 0), fill=Role.NEGATIVE),
        Swarm(shapes, np.flatnonzero(values > 0), fill=Role.POSITIVE),
    ]


def _chosen(found: Anatomy, frame: Frame, chosen: int | None) -> list[Item]:
    if chosen is None:
        return []
    place = int(np.flatnonzero(found.order == chosen)[0])
    value, zero, width = float(found.own[chosen]), frame.y(0.0), max(frame.step, 4.0)
    y = frame.y(value) if np.isfinite(value) else zero
    x = frame.x(place) + frame.step / 2 - width / 2
    rect = Rect(x, min(y, zero) - 2, width, abs(y - zero) + 4)
    items: list[Item] = [Box("", rect, Role.CLEAR, Role.SELECTED, 2, 2)]
    area = frame.area
    number = Message("anatomy.number", n=int(found.rows[chosen]) + 1)
    items.append(Text(x + width / 2, area.bottom + 14, number, Role.SELECTED, 11, True, "center"))
    return items


def _lines(found: Anatomy, frame: Frame, width: float, other: float | None) -> list[Item]:
    """Return the line of the mean with its number, and that of the other run."""
    area = frame.area
    items: list[Item] = []
    marks = [(found.mean, Message("anatomy.mean"), Role.BACKWARD)]
    if other is not None and np.isfinite(other):
        marks.append((other, Message("anatomy.other"), Role.MUTED))
    marks = [mark for mark in marks if np.isfinite(mark[0])]
    labels = [min(max(frame.y(value), area.y + 8), area.bottom - 8) for value, *_ in marks]
    if len(labels) == 2 and abs(labels[0] - labels[1]) < _LABEL:
        # Below the other as far as there is room, so that both are whole.
        high, low = sorted((0, 1), key=labels.__getitem__)
        labels[low] = min(labels[high] + _LABEL, area.bottom - 8)
        labels[high] = labels[low] - _LABEL
    for (value, words, role), label in zip(marks, labels, strict=True):
        y = frame.y(value)
        items.append(Curve("", ((area.x, y), (area.right + 4, y)), role, 2, dashed=True))
        items.append(Text(area.right + 9, label - 3, words, role, 10.5))
        items.append(
            Text(area.right + 9, label + 11, format_number(value), role, 12, True, family="number")
        )
    return items


def _sides(found: Anatomy, frame: Frame) -> list[Item]:
    """Say on which side who pulls."""
    area = frame.area
    up, down = Message("anatomy.up", n=found.up), Message("anatomy.down", n=found.down)
    items: list[Item] = []
    if found.none and area.width > _ROOM_FOR_THREE:
        none = Message("anatomy.none", n=found.none)
        items.append(Text(area.center[0], area.y - 10, none, Role.MUTED, 11.5, align="center"))
    return [
        *items,
        Text(area.x, area.y - 10, up, Role.NEGATIVE, 11.5, bold=True),
        Text(area.right, area.y - 10, down, Role.POSITIVE, 11.5, bold=True, align="right"),
    ]
