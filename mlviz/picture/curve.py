"""A function of one variable, its derivative, and where the run stands on them.

The curve is the operation's own row evaluated over a range, so it is the function that ran.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from mlviz.autograd import Array, Node, Tape
from mlviz.autograd.ops import Op
from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Box, Curve, Item, Picture, Rect, Role, Text, Token
from mlviz.trace.notation import Notation, settings_of
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from mlviz.trace.typeset import typeset

_POINTS = 161
_RANGES = (2.0, 4.0, 6.0, 10.0, 20.0, 50.0, 100.0, 1e3, 1e4, 1e6)
"""Half widths of the x axis; only these, so that the axis stands still while values move."""

_LONGEST_SLOPE = 14
_SLOPE_AT, _SAMPLE = 0.6, 23
"""Where the derivative stands in the legend, in parts of the width; px of a line's sample."""
_NARROW = 6.2
"""Px of a letter of the legend, on average."""
_LETTER, _WORDS = 6.9, 16
"""Px of a letter of a caption, and the letters of one that is words alone."""
_FIRING = (StepKind.FORWARD, StepKind.BACKWARD)
_MARK_WEIGHT = 40
"""Points of a line that a mark counts for when a caption looks for its place."""

Caption = tuple[str | Message, Role]


def variable(tape: Tape, node: Node) -> int | None:
    """Return which input a node is a function of; None where no curve is worth a look.

    All other inputs are single numbers of the formula, as the exponent in `x**2`; and the slope
    depends on the input: a straight line shows nothing.
    """
    op = node.op
    if op is None or not op.elementwise or not op.differentiable or op.variadic:
        return None
    free = [slot for slot, source in enumerate(node.inputs) if not _is_fixed(tape[source])]
    if len(free) != 1:
        return None
    bends = {op.arguments[free[0]], "out"}.intersection(op.reads(free[0]))
    return free[0] if bends else None


def _is_fixed(node: Node) -> bool:
    return node.op is None and node.role == "constant" and node.value.size == 1


def curve_node(timeline: Timeline, position: Position, selected: int | None) -> Node | None:
    """Return the node whose function is shown.

    That is the selected one if it is a function of one variable, otherwise the one acting
    now, otherwise the last one that acted, otherwise the first there is.
    """
    known, tape = _functions(timeline), timeline.tape
    if selected in known.first:
        return tape[selected]
    place = bisect_right(known.steps, position.step)
    if place:
        return tape[timeline.steps[known.steps[place - 1] - 1].node]
    return tape[next(iter(known.first))] if known.first else None


@dataclass(frozen=True, slots=True)
class _Functions:
    """The functions of one variable in a timeline.

    Attributes:
        first: for each node of that kind the first step of its reverse pass; 0 if it has none.
        steps: the steps in which one of them acts.
    """

    first: dict[int, int]
    steps: list[int]


@lru_cache(maxsize=4)
def _functions(timeline: Timeline) -> _Functions:
    tape = timeline.tape
    first = {node.id: 0 for node in tape if variable(tape, node) is not None}
    steps = []
    for step in timeline.steps:
        if step.node in first and step.kind in _FIRING:
            steps.append(step.number)
            if step.kind is StepKind.BACKWARD and not first[step.node]:
                first[step.node] = step.number
    return _Functions(first, steps)


@dataclass(frozen=True, slots=True)
class Axes:
    """Where numbers lie: a rectangle, and what its sides stand for."""

    area: Rect
    x0: float
    x1: float
    y0: float
    y1: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a pair of numbers lies, px."""
        return (
            self.area.x + (x - self.x0) / (self.x1 - self.x0) * self.area.width,
            self.area.bottom - (y - self.y0) / (self.y1 - self.y0) * self.area.height,
        )

    def line(self, xs: Array, ys: Array) -> list[tuple[tuple[float, float], ...]]:
        """Return the pieces of a curve that lie inside, in px."""
        pieces: list[tuple[tuple[float, float], ...]] = []
        current: list[tuple[float, float]] = []
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            if math.isfinite(y) and self.y0 <= y <= self.y1:
                current.append(self.point(x, y))
            elif current:
                pieces.append(tuple(current))
                current = []
        if current:
            pieces.append(tuple(current))
        return [piece for piece in pieces if len(piece) > 1]


def curve_picture(
    timeline: Timeline,
    position: Position,
    selected: int | None,
    width: float,
    height: float,
) -> Picture | None:
    """Return the activation panel's picture, `width` × `height` px.

    None if no operation of the run is a function of one variable.
    """
    node = curve_node(timeline, position, selected)
    slot = None if node is None else variable(timeline.tape, node)
    if node is None or node.op is None or slot is None:
        return None
    op, tape = node.op, timeline.tape
    function = Function(op, slot, tuple(tape[source].value for source in node.inputs), node.params)
    step = timeline.step(position.step)
    settled = step is None or TIMINGS[step.kind].arrived(position.progress)
    state = timeline.state_at(position.step if settled else position.step - 1)
    inputs = state.value(node.inputs[slot])
    outputs = state.value(node.id)

    xs, ys, slopes = _sample(function, inputs)
    axes = _axes(xs, ys, slopes, node.value, Rect(28, 30, width - 40, height - 50))
    lines = axes.line(xs, slopes), axes.line(xs, ys)
    items: list[Item] = [Box("", axes.area, Role.STAGE, Role.LINE, 1, 6)]
    items += _frame(axes)
    curves = [Curve("slope", piece, Role.BACKWARD, 1.5, dashed=True) for piece in lines[0]]
    curves += [Curve("function", piece, Role.FORWARD, 2.25) for piece in lines[1]]
    # exp is its own derivative: dashes on the line.
    items += curves[::-1] if np.allclose(ys, slopes, equal_nan=True) else curves
    symbols, notation = timeline.symbols, Notation(timeline)
    source, target = symbols.text(node.inputs[slot]), symbols.text(node.id)
    parts = dict(zip(op.arguments, map(notation.symbol, node.inputs), strict=True))
    rule = typeset(op.output, {**settings_of(node), **parts}).text
    slope = f"d{target}/d{source}"
    short = len(slope) <= _LONGEST_SLOPE
    whole = f"{target} = {rule}"
    fits = _NARROW * len(whole) <= axes.area.width * _SLOPE_AT - 2 * _SAMPLE
    name = whole if fits else Message(f"op.{op.name}")
    items += _names(name, slope if short else Message("curve.derivative"), axes)
    marks: list[Item] = []
    captions: list[Caption] = []
    if inputs is not None:
        # The reverse pass uses the slope from the moment on at which it comes by.
        known = 0 < _functions(timeline).first[node.id] <= position.step
        slope_there = function.slope if known else None
        marks, captions = _operating_points(inputs, outputs, slope_there, axes, source)
    acts = step is not None and step.node == node.id and step.kind in _FIRING
    if selected != node.id and step is not None and not acts:
        acted = bool(bisect_right(_functions(timeline).steps, position.step))
        when = Message("curve.earlier" if acted else "curve.later")
        captions.insert(0, (when, Role.MUTED))
    items += [*marks, *_captions(captions, axes, [*lines[0], *lines[1], *_places(marks)])]
    summary = Message("curve.summary", op=Message(f"op.{op.name}"), symbol=target)
    return Picture(tuple(items), Rect(0, 0, width, height), None, summary)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """An operation with all of its inputs held but one.

    Attributes:
        op: the operation.
        slot: the input that varies.
        inputs: the values of all inputs.
        params: what the operation was set to.
    """

    op: Op
    slot: int
    inputs: tuple[Array, ...]
    params: Mapping[str, Any]

    def value(self, x: Array) -> Array:
        """Return the function at every entry of `x`."""
        return np.asarray(self.op.forward(*self._given(x), **self.params))

    def slope(self, x: Array, y: Array) -> Array:
        """Return the derivative at every entry of `x`, where the function is `y`."""
        return np.asarray(self.op.local(self.slot, y, self._given(x), self.params), dtype=float)

    def _given(self, x: Array) -> tuple[Array, ...]:
        # Those that are held are single numbers, of whatever shape.
        held = (np.reshape(value, ()) if value.size == 1 else value for value in self.inputs)
        return tuple(x if slot == self.slot else value for slot, value in enumerate(held))


def _sample(function: Function, inputs: Array | None) -> tuple[Array, Array, Array]:
    finite = np.abs(inputs[np.isfinite(inputs)]) if inputs is not None else np.array([])
    reach = float(np.max(finite, initial=0.0)) * 1.15
    half = next((r for r in _RANGES[1:] if r >= reach), _RANGES[-1])
    xs = np.linspace(-half, half, _POINTS)
    with np.errstate(all="ignore"):
        if not np.isfinite(function.value(xs[xs < 0])).any():  # ln x has nothing to show there
            xs = np.linspace(-half / 8, half, _POINTS)
        ys = function.value(xs)
        slopes = function.slope(xs, ys)
    if function.op.kink:
        # A gap, not a ramp, where the slope jumps.
        known = slopes[np.isfinite(slopes)]
        height = np.ptp(known) if known.size else 0.0
        slopes = np.where(np.abs(np.diff(slopes, append=slopes[-1])) > 0.3 * height, np.nan, slopes)
    slopes = np.where(np.isfinite(ys), slopes, np.nan)  # 1/x is no slope of ln x below 0
    return xs, ys, slopes


def _axes(xs: Array, ys: Array, slopes: Array, outputs: Array, area: Rect) -> Axes:
    both = np.concatenate([ys, slopes])
    both = both[np.isfinite(both)]
    low, high = float(np.percentile(both, 2)), float(np.percentile(both, 98))
    low, high = min(low, 0.0), max(high, 0.0)
    # Where the run stands is to be seen, unless everything else became flat by that.
    reach = low - (high - low), high + (high - low)
    shown = outputs[(outputs >= reach[0]) & (outputs <= reach[1])]
    low, high = float(np.min(shown, initial=low)), float(np.max(shown, initial=high))
    room = (high - low) * 0.14 or 1.0
    return Axes(area, float(xs[0]), float(xs[-1]), low - room, high + room)


def _frame(axes: Axes) -> list[Item]:
    items: list[Item] = []
    x, y = axes.point(0, 0)
    items.append(Curve("", ((axes.area.x, y), (axes.area.right, y)), Role.LINE, 1))
    items.append(Curve("", ((x, axes.area.y), (x, axes.area.bottom)), Role.LINE, 1))
    below = axes.area.bottom + 14
    for value, align in ((axes.x0, "left"), (0.0, "center"), (axes.x1, "right")):
        at = axes.point(value, 0)[0]
        if value == axes.x0 and x - at < 50:  # there is room for one number
            continue
        items.append(Text(at, below, _tick(value), Role.MUTED, 10, align=align, family="number"))
    top = 10 ** math.floor(math.log10(max(axes.y1, -axes.y0)))
    for value in (top, -top):
        if axes.y0 < value < axes.y1:
            # Outside of the frame: beside the axis it would stand on a curve that peaks there.
            px, py = axes.area.x, axes.point(0, value)[1]
            label = _tick(value)
            items.append(Curve("", ((px - 3, py), (px, py)), Role.MUTED, 1))
            items.append(
                Text(px - 6, py + 4, label, Role.MUTED, 10, align="right", family="number")
            )
    return items


def _tick(value: float) -> str:
    return format_number(int(value)) if float(value).is_integer() else format_number(value, 1)


def _names(function: str | Message, slope: str | Message, axes: Axes) -> list[Item]:
    """The legend above the curve: which line is the function, which its derivative."""
    y = axes.area.y - 10
    items: list[Item] = []
    lines: tuple[tuple[float, str | Message, Role, bool], ...] = (
        (axes.area.x, function, Role.FORWARD, False),
        (axes.area.x + axes.area.width * _SLOPE_AT, slope, Role.BACKWARD, True),
    )
    for x, text, role, dashed in lines:
        items.append(Curve("", ((x, y - 4), (x + 18, y - 4)), role, 2, dashed=dashed))
        items.append(Text(x + _SAMPLE, y, text, role, 11.5, bold=True))
    return items


def _operating_points(
    inputs: Array,
    outputs: Array | None,
    slope: Callable[[Array, Array], Array] | None,
    axes: Axes,
    source: str,
) -> tuple[list[Item], list[Caption]]:
    """Where the run stands: on the axis before the output is known, on the curve after.

    `slope` gives the derivative once the reverse pass has used it.
    """
    items: list[Item] = []
    heights = np.zeros_like(inputs) if outputs is None else outputs
    role = Role.MUTED if outputs is None else Role.POSITIVE
    if inputs.ndim:
        for x, y in zip(inputs.reshape(-1)[:200], heights.reshape(-1)[:200], strict=True):
            if axes.x0 <= x <= axes.x1 and axes.y0 <= y <= axes.y1:
                items.append(Token(*axes.point(x, y), "round", role, 4, hollow=True))
        return items, []
    x, y = float(inputs), float(heights)
    if not (axes.x0 <= x <= axes.x1 and axes.y0 <= y <= axes.y1):
        return items, []
    captions: list[Caption] = [(f"{source} = {format_number(inputs.item())}", Role.POSITIVE)]
    if outputs is not None and slope is not None:
        steepness = float(slope(inputs, outputs))
        items += _tangent(axes, x, y, steepness)
        said = Message("curve.slope", slope=format_number(steepness))
        captions.insert(0, (said, Role.POSITIVE))
    items.append(Token(*axes.point(x, y), "round", role, 5.5, hollow=True))
    return items, captions


def _places(items: Sequence[Item]) -> Iterator[Sequence[tuple[float, float]]]:
    """Return the points of marks and lines, px."""
    for item in items:
        if isinstance(item, Token):
            yield [(item.x, item.y)] * _MARK_WEIGHT
        elif isinstance(item, Curve):
            (x0, y0), (x1, y1) = item.points[0], item.points[-1]
            yield [(x0 + (x1 - x0) * t / 40, y0 + (y1 - y0) * t / 40) for t in range(41)]


def _captions(
    captions: Sequence[Caption], axes: Axes, lines: Sequence[Sequence[tuple[float, float]]]
) -> list[Item]:
    """Set captions into the corner in which they cover least of the lines.

    In a small plot fewer are told rather than that one lies on what it is about; but that it is
    about another step is never left out, for its numbers would pass for those of this one.
    """
    if not captions:
        return []
    points = [point for line in lines for point in line]
    known = [caption for caption in captions if caption[1] is not Role.MUTED]
    note = [caption for caption in captions if caption[1] is Role.MUTED]
    for told in (captions, [*note, *known[:1]], note or known[:1]):
        rect, align = min(_corners(told, axes.area), key=lambda corner: _covered(corner[0], points))
        if not _covered(rect, points):
            break
    items: list[Item] = []
    if _covered(rect, points):  # a pale ground keeps the words readable all the same
        items.append(Box("", rect, Role.STAGE, Role.CLEAR, 0, 3, opacity=0.85))
    for row, (caption, role) in enumerate(told):
        x = rect.right - 4 if align == "right" else rect.x + 4
        y = rect.y + 13 + 16 * row
        items.append(Text(x, y, caption, role, 11.5, role is not Role.MUTED, align))
    return items


def _corners(captions: Sequence[Caption], area: Rect) -> list[tuple[Rect, str]]:
    """Return where captions may stand, and how they are aligned there."""
    wide = _LETTER * max(_letters(caption) for caption, _ in captions) + 8
    high = 16.0 * len(captions) + 2
    return [
        (Rect(x, y, wide, high), align)
        for y in (area.bottom - 6 - high, area.y + 6)
        for x, align in ((area.right - 6 - wide, "right"), (area.x + 6, "left"))
    ]


def _covered(rect: Rect, points: Sequence[tuple[float, float]]) -> int:
    return sum(rect.x <= x <= rect.right and rect.y <= y <= rect.bottom for x, y in points)


def _letters(caption: str | Message) -> int:
    """Return about how long a caption is; of words it is a guess for all languages."""
    if isinstance(caption, str):
        return len(caption)
    return 6 + len(str(caption.values["slope"])) if "slope" in caption.values else _WORDS


def _tangent(axes: Axes, x: float, y: float, slope: float) -> list[Item]:
    half = (axes.x1 - axes.x0) * 0.22
    if slope:
        half = min(half, (axes.y1 - axes.y0) * 0.42 / abs(slope))
    xs = np.linspace(x - half, x + half, 41)
    xs = xs[(xs >= axes.x0) & (xs <= axes.x1)]
    pieces = axes.line(xs, y + slope * (xs - x))
    return [Curve("tangent", (piece[0], piece[-1]), Role.POSITIVE, 2) for piece in pieces]
