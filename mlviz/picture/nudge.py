"""The loss as a function of one number: the tangent that the gradient is, and a secant.

The curve, and what moving the number by ε really does, are measured by running forward again.
"""

import math

import numpy as np

from mlviz.i18n import Message
from mlviz.learn.changes import Place
from mlviz.learn.training import Training
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.curve import Axes
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Box, Curve, Item, Picture, Rect, Role, Text, Token
from mlviz.picture.pages import Page
from mlviz.trace.nudge import Nudge, data_gradient, loss_curve, nudge
from mlviz.trace.steps import Position
from mlviz.trace.symbols import part_name, text_name
from mlviz.trace.timeline import Timeline

HALF = 1.3
"""How far the curve goes to both sides: ε is 1 at most."""

_HEIGHT, _ROW, _SIDE = 128.0, 19.0, 8.0
_POINTS = ((61, 4_000), (21, 40_000), (7, math.inf))
"""How many runs make a curve, by how many numbers a run has at most."""


def nudge_page(
    timeline: Timeline,
    position: Position,
    training: Training,
    spot: tuple[int, tuple[int, ...], Place] | None,
    epsilon: float,
    width: float,
) -> Page:
    """Return the page at `position`.

    Args:
        timeline: what is shown.
        position: the moment; the gradient and what follows from it appear with it.
        training: what is run again.
        spot: the number: its node, its entry and its place in the program; None if the
            selected node is none that can be moved.
        epsilon: how far it is moved.
        width: of the picture, px.
    """
    if spot is None:
        return Page(Message("why.nudge.nothing"))
    node, index, place = spot
    leaf = timeline.tape[node]
    value = float(leaf.value.item() if leaf.value.size == 1 else leaf.value[index])
    gradient = _gradient(timeline, position, node, index)
    number = position.iteration
    name = text_name(part_name(leaf, index))
    intro = Message("why.nudge.intro", node=name)
    if timeline.final_gradient(node) is None:
        gradient = data_gradient(training, number, place)
        if gradient is None:
            return Page(Message("why.nudge.no_gradient", node=name))
        intro = Message("why.nudge.data", node=name)
    found = nudge(training, number, place, value, gradient or 0.0, epsilon)
    if not all(map(math.isfinite, (value, found.loss))):
        return Page(Message("why.nudge.not_finite"))
    numbers = sum(part.value.size for part in timeline.tape)
    points = next(points for points, most in _POINTS if numbers <= most)
    xs, ys = loss_curve(training, number, place, value, HALF, points)
    items = _drawn(xs, ys, value, found, gradient, name, width)
    rows = _rows(found, gradient, f"∂{timeline.symbols.text(timeline.output)}/∂{name}")
    items += _table(rows, width)
    height = _HEIGHT + 34 + _ROW * len(rows)
    return Page(intro, Picture(tuple(items), Rect(0, 0, width, height), None, intro))


def _gradient(
    timeline: Timeline, position: Position, node: int, index: tuple[int, ...]
) -> float | None:
    """Return the gradient once it is computed."""
    position = timeline.clamped(position)
    step = timeline.step(position.step)
    arrived = step is None or TIMINGS[step.kind].arrived(position.progress)
    state = timeline.state_at(position.step if arrived else position.step - 1)
    gradient = state.gradient(node)
    if gradient is None or not state.gradient_complete(node):
        return None
    return float(gradient.item() if gradient.size == 1 else gradient[index])


def _drawn(
    xs: tuple[float, ...],
    ys: tuple[float, ...],
    value: float,
    found: Nudge,
    gradient: float | None,
    name: str,
    width: float,
) -> list[Item]:
    area = Rect(_SIDE, 8, width - 2 * _SIDE, _HEIGHT - 8)
    heights = np.array([y for y in ys if math.isfinite(y)] + [found.loss])
    low, high = float(np.min(heights)), float(np.percentile(heights, 96))
    high = max(high, found.loss, found.moved if math.isfinite(found.moved) else found.loss)
    room = (high - low) * 0.12 or max(abs(high), 1.0) * 0.1
    axes = Axes(area, xs[0], xs[-1], low - room, high + room)
    items: list[Item] = [Box("", area, Role.STAGE, Role.LINE, 1, 6)]
    for piece in axes.line(np.array(xs), np.array(ys)):
        items.append(Curve("loss", piece, Role.FORWARD, 2.25))
    if gradient is not None and math.isfinite(gradient):
        items += _straight(axes, "tangent", value, found.loss, gradient, Role.BACKWARD)
    if math.isfinite(found.moved):
        items += _straight(axes, "secant", value, found.loss, found.secant, Role.UPDATE)
        items.append(
            Token(*axes.point(value + found.epsilon, found.moved), "round", Role.UPDATE, 5)
        )
    items.append(Token(*axes.point(value, found.loss), "round", Role.POSITIVE, 5.5, hollow=True))
    below = area.bottom + 15
    ends: tuple[tuple[float, str], ...] = ((xs[0], "left"), (value, "center"), (xs[-1], "right"))
    for x, align in ends:
        text = f"{name} = {format_number(x)}" if align == "center" else format_number(x, 3)
        at = axes.point(x, low)[0]
        items.append(Text(at, below, text, Role.MUTED, 10.5, align=align))
    return items


def _straight(axes: Axes, key: str, x: float, y: float, slope: float, role: Role) -> list[Curve]:
    xs = np.linspace(axes.x0, axes.x1, 201)
    pieces = axes.line(xs, y + slope * (xs - x))
    dashed = role is Role.BACKWARD
    return [Curve(key, (piece[0], piece[-1]), role, 1.75, dashed=dashed) for piece in pieces]


_Row = tuple[str | Message, str, Role, str]
"""What it is, its number, its role, and the line in the picture that it stands for."""


def _rows(found: Nudge, gradient: float | None, slope: str) -> list[_Row]:
    known = gradient is not None
    muted = Role.BACKWARD if known else Role.FAINT
    difference = found.measured - found.promised
    return [
        (Message("why.nudge.measured"), format_number(found.measured), Role.UPDATE, ""),
        (
            Message("why.nudge.promised", slope=slope),
            format_number(found.promised) if known else NOT_YET,
            muted,
            "",
        ),
        (
            Message("why.nudge.difference"),
            format_number(difference) if known else NOT_YET,
            Role.TEXT if known else Role.FAINT,
            "",
        ),
        (Message("why.nudge.secant"), format_number(found.secant), Role.UPDATE, "solid"),
        (
            Message("why.nudge.tangent", slope=slope),
            format_number(gradient) if gradient is not None else NOT_YET,
            muted,
            "dashed",
        ),
    ]


def _table(rows: list[_Row], width: float) -> list[Item]:
    items: list[Item] = []
    y = _HEIGHT + 38
    for text, number, role, line in rows:
        if line:
            points = ((_SIDE, y - 4), (_SIDE + 18, y - 4))
            items.append(Curve("", points, role, 2, dashed=line == "dashed"))
        items.append(Text(_SIDE + 24, y, text, Role.MUTED, 12))
        right = width - _SIDE
        items.append(Text(right, y, number, role, 12.5, True, "right", "number"))
        y += _ROW
    return items
