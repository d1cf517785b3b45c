"""The order of the reverse pass, beside what recursion without an order would have done."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_number, format_shape
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Box, Item, Picture, Rect, Role, Text
from mlviz.picture.pages import Page, number_of, symbol_width
from mlviz.trace.order import Naive, backward_order, naive_recursion
from mlviz.trace.steps import Position
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import State, Timeline

MOST_SHOWN = 80
"""Longer orders are cut, and say so."""

_SIZE, _HEIGHT, _GAP, _SIDE = 12.0, 24.0, 7.0, 6.0


@lru_cache(maxsize=4)
def _naive(timeline: Timeline) -> Naive:
    return naive_recursion(timeline)


@lru_cache(maxsize=4)
def wrong_nodes(timeline: Timeline) -> tuple[int, ...]:
    """Return the nodes whose gradient naive recursion gets wrong."""
    found = []
    for node, gradient in _naive(timeline).gradients.items():
        right = timeline.final_gradient(node)
        assert right is not None  # recursion goes where the reverse pass goes
        if not np.allclose(gradient, right, rtol=1e-9, atol=1e-12, equal_nan=True):
            found.append(node)
    return tuple(found)


def compared_node(timeline: Timeline, selected: int | None) -> int:
    """Return the node whose two gradients are compared.

    That is the selected one if it has a gradient; otherwise a leaf that recursion gets wrong,
    or the first leaf.
    """
    if selected is not None and timeline.final_gradient(selected) is not None:
        return selected
    wrong = [node for node in wrong_nodes(timeline) if timeline.tape[node].is_leaf]
    leaves = [node.id for node in timeline.tape if node.is_leaf and timeline.expected(node.id)]
    return next(iter([*wrong, *leaves]), timeline.output)


def order_page(timeline: Timeline, position: Position, selected: int | None, width: float) -> Page:
    """Return the page at `position`; numbers appear once the gradient they belong to is there."""
    position = timeline.clamped(position)
    step = timeline.step(position.step)
    arrived = step is None or TIMINGS[step.kind].arrived(position.progress)
    state = timeline.state_at(position.step if arrived else position.step - 1)
    symbols = Symbols(timeline.tape)
    target = compared_node(timeline, selected)
    chips = _Chips(width)
    chips.heading(Message("why.order.used"))
    _used(chips, timeline, state, symbols)
    naive = _naive(timeline)
    if naive.calls:
        chips.heading(Message("why.order.naive"))
        _called(chips, naive, state, symbols, target)
    picture = Picture(tuple(chips.items), Rect(0, 0, width, chips.end()))
    return Page(Message("why.order.intro"), picture, _verdict(timeline, state, symbols, target))


def _used(chips: "_Chips", timeline: Timeline, state: State, symbols: Symbols) -> None:
    order = backward_order(timeline)
    sent = {step.node for step in timeline.steps[: state.step] if step.target != step.node}
    for place, node in enumerate(order[:MOST_SHOWN], 1):
        name = symbols.text(node)
        chips.add(f"node:{node}", str(place), name, "", Role.BACKWARD if node in sent else None)
    chips.more(len(order))


def _called(chips: "_Chips", naive: Naive, state: State, symbols: Symbols, target: int) -> None:
    complete = state.gradient_complete(target)
    for call in naive.calls[:MOST_SHOWN]:
        again = call.turn > 1
        text = _short(call.gradient) if complete else NOT_YET
        role = Role.BAD if again else None
        chips.add(f"node:{call.node}", f"{call.turn}×", symbols.text(call.node), text, role)
    chips.more(len(naive.calls))


def _verdict(timeline: Timeline, state: State, symbols: Symbols, target: int) -> Message:
    naive = _naive(timeline)
    name = symbols.text(target)
    if not naive.calls:
        return Message("why.order.too_many", count=number_of(naive.count))
    right = timeline.final_gradient(target)
    assert right is not None
    if not state.gradient_complete(target):
        return Message("why.order.later", node=name)
    if not wrong_nodes(timeline):
        return Message("why.order.same")
    if target not in wrong_nodes(timeline):
        return Message("why.order.same_here", node=name, right=_short(right))
    shown = naive.gradients[target], right
    if right.ndim:  # of an array, the entry that is most wrong
        with np.errstate(all="ignore"):
            worst = np.unravel_index(int(np.argmax(np.abs(shown[0] - shown[1]))), right.shape)
        shown = np.asarray(shown[0][worst]), np.asarray(right[worst])
    return Message("why.order.wrong", node=name, naive=_short(shown[0]), right=_short(shown[1]))


def _short(value: Array) -> str:
    return format_number(value.item()) if value.size == 1 else format_shape(value.shape)


class _Chips:
    """Lays chips in lines, each a small box with what stands in it."""

    def __init__(self, width: float) -> None:
        self._width = width
        self._x, self._y = _SIDE, 2.0
        self._filled = False
        self.items: list[Item] = []

    def heading(self, text: Message) -> None:
        """Begin a group."""
        if self._filled:
            self._y += _HEIGHT + 12
        self._x, self._filled = _SIDE, False
        self.items.append(Text(_SIDE, self._y + 13, text, Role.TEXT, 12.5, bold=True))
        self._y += 21

    def add(self, key: str, number: str, name: str, value: str, role: Role | None) -> None:
        """Add a chip: its number, a symbol, and what it holds."""
        parts = self._parts(number, name, value)
        wide = sum(width for _, width, _ in parts) + 7 * (len(parts) - 1) + 16
        if self._x + wide > self._width - _SIDE and self._filled:
            self._x, self._y = _SIDE, self._y + _HEIGHT + _GAP
        rect = Rect(self._x, self._y, wide, _HEIGHT)
        fill = Role.BACKWARD_SOFT if role is Role.BACKWARD else Role.STAGE
        stroke = role or Role.LINE
        self.items.append(Box(key, rect, fill, stroke, 1.75 if role is Role.BAD else 1, 6))
        x = self._x + 8
        for text, width, bold in parts:
            tone = Role.TEXT if bold else Role.MUTED
            if role is Role.BAD and not bold:
                tone = Role.BAD
            family = "ui" if bold else "number"
            self.items.append(Text(x, self._y + 16, text, tone, _SIZE, bold, family=family))
            x += width + 7
        self._x += wide + _GAP
        self._filled = True

    @staticmethod
    def _parts(number: str, name: str, value: str) -> list[tuple[str, float, bool]]:
        parts: Iterable[tuple[str, bool]] = ((number, False), (name, True), (value, False))
        return [(text, symbol_width(text, _SIZE), bold) for text, bold in parts if text]

    def more(self, count: int) -> None:
        """Say that the list was cut, if it was."""
        if count > MOST_SHOWN:
            self._x, self._y = _SIDE, self._y + _HEIGHT + _GAP
            text = Message("why.order.more", count=number_of(count - MOST_SHOWN))
            self.items.append(Text(_SIDE, self._y + 13, text, Role.MUTED, 12))

    def end(self) -> float:
        """Return how high everything is."""
        return self._y + _HEIGHT + 6
