"""The box of a node: its size, and the marks inside it for what is known so far.

Sizes depend on shapes only and fit the widest number, so nothing twitches while values change.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from mlviz.autograd import Array, Node, Tape
from mlviz.numerals import NOT_YET, WIDEST, format_number, format_shape
from mlviz.picture.glyphs import label, slope_sign
from mlviz.picture.items import Box, Item, Rect, Role, Text
from mlviz.picture.magnitude import magnitude
from mlviz.trace.steps import StepKind
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import State
from mlviz.trace.typeset import MATRIX_LIMIT

NUMBER_WIDTH = 0.602
"""Width of one tabular figure, in parts of the font size."""

_PAD = 10.0
_TITLE = 24.0
_VALUE_SIZE, _VALUE_ROW = 13.0, 20.0
_GRADIENT_SIZE, _GRADIENT_ROW = 12.0, 18.0
_CELL_SIZE, _CELL_ROW = 11.0, 15.0
_HEAT, _HEAT_LIMIT, _WIDEST_HEAT = 9.0, 12, 27.0
_FAINTEST, _FLAT = 0.22, 0.4
"""Opacity of the least shade, which must not look like a 0."""
_OLD_SIZE = 10
COUNT_SIZE = 10.5
_THETA = 32.0
"""Room for `→` and `θ` beside a shape."""
_ROLES = {"gradient": Role.BACKWARD, "new": Role.UPDATE}
_LIVELY, _AGED = (Role.POSITIVE, Role.NEGATIVE, Role.BACKWARD), 0.35
"""The colours of present numbers, and how much of a shade is left when it is an old one."""
_COUNT = 22.0
"""Room for `1/2`: how many contributions have arrived."""

_MARK = 22.0
"""Room for `∂L` in front of a gradient."""

_OUTLINE = 2.5
"""Px at a box's edge that are no place for words."""


def number_width(text: str, size: float) -> float:
    """Return how wide `text` is in tabular figures of `size` px."""
    return len(text) * NUMBER_WIDTH * size


def place_of(text: Text, box: Rect) -> Rect:
    """Return where a text stands in a box: at least all of its letters, and not the outline."""
    words = text.text if isinstance(text.text, str) else None
    width = box.width if words is None else number_width(words, text.size) + 4
    left = text.x - {"left": 2.0, "center": width / 2, "right": width - 2.0}[text.align]
    low, high = max(left, box.x + _OUTLINE), min(left + width, box.right - _OUTLINE)
    top, bottom = text.y - text.size, min(text.y + 0.35 * text.size, box.bottom - _OUTLINE)
    return Rect(low, top, max(high - low, 0.0), max(bottom - top, 0.0))


def number_role(value: float | np.generic) -> Role:
    """Return the role of a number: by its sign, or bad for nan and inf."""
    if not math.isfinite(value):
        return Role.BAD
    return Role.NEGATIVE if float(value) < 0 else Role.POSITIVE


@dataclass(frozen=True, slots=True)
class NodeForm:
    """How a node's box is divided.

    Attributes:
        width: of the box, px.
        height: of the box, px.
        kind: `scalar`, `table` (every number is written) or `heat` (shades).
        rows: how many rows of numbers or shades.
        columns: how many columns.
        gradient: whether there is room for a gradient.
    """

    width: float
    height: float
    kind: str
    rows: int
    columns: int
    gradient: bool


def node_form(tape: Tape, symbols: Symbols, node: Node, uses: int = 1) -> NodeForm:
    """Return the form of a node's box; `uses` says how many operations read it."""
    title = len(label(tape, symbols, node.id)) * 8.0 + 2 * _PAD
    gradient = node.requires_grad
    if gradient and uses > 1:
        title += _COUNT
    if node.value.ndim == 0:
        numbers = number_width(WIDEST, _VALUE_SIZE) + 2 * _PAD + (12 if gradient else 0)
        width = max(numbers, title)
        if node.role == "parameter":  # its old value is kept beside its name
            old = number_width(WIDEST, _OLD_SIZE) + 2 * _PAD + 4
            width = max(width, title + 14, len(label(tape, symbols, node.id)) * 5.5 + old)
        elif not uses and not node.is_leaf:  # the loss, which is computed again
            width = max(width, title + number_width(WIDEST, _OLD_SIZE) - _PAD)
        height = _TITLE + _VALUE_ROW + (_GRADIENT_ROW if gradient else 0) + 6
        return NodeForm(width, height, "scalar", 1, 1, gradient)
    rows, columns = _matrix(node.value).shape
    title += len(format_shape(node.value.shape)) * 7.0 + 8
    if node.role == "parameter":
        title += _THETA
    if node.value.ndim <= 2 and 0 < max(rows, columns) <= MATRIX_LIMIT:
        width = columns * (number_width(WIDEST, _CELL_SIZE) + 4) + 2 * _PAD + _MARK
        height = _TITLE + rows * _CELL_ROW + 10
        if gradient:
            height += rows * _CELL_ROW + 7
        return NodeForm(max(width, title), height, "table", rows, columns, gradient)
    rows, columns = min(rows, _HEAT_LIMIT), min(columns, _HEAT_LIMIT)
    width = columns * _HEAT + 2 * _PAD + _MARK
    height = _TITLE + rows * _HEAT + 12 + (rows * _HEAT + 8 if gradient else 0)
    return NodeForm(max(width, title), height, "heat", rows, columns, gradient)


def _matrix(value: Array) -> Array:
    """View an array as rows and columns."""
    if value.ndim <= 1:
        return value.reshape(1, -1)
    return value.reshape(-1, value.shape[-1])


@dataclass(frozen=True, slots=True)
class Outline:
    """How the outline of a box is drawn."""

    stroke: Role
    width: float
    halo: Role | None = None
    fill: Role = Role.PANEL


def node_items(
    tape: Tape,
    symbols: Symbols,
    node: Node,
    form: NodeForm,
    rect: Rect,
    state: State,
    outline: Outline,
) -> list[Item]:
    """Return everything inside and around one box."""
    parameter = node.role == "parameter"
    sign = slope_sign(symbols, state.timeline.output)
    items: list[Item] = [
        Box(
            f"node:{node.id}",
            rect,
            outline.fill,
            outline.stroke,
            outline.width,
            radius=18 if parameter else 9,
            halo=outline.halo,
        ),
        Text(rect.x + _PAD, rect.y + 18, label(tape, symbols, node.id), size=13, bold=True),
    ]
    items += _corner(node, form, rect, state)
    value, renewed = state.value(node.id), _renewed(node, state)
    gradient = state.gradient(node.id)
    shown = value if renewed is None else renewed
    if form.kind == "scalar":
        items.append(_scalar_value(rect, shown, updated=renewed is not None))
        if form.gradient:
            items += _scalar_gradient(rect, gradient, sign)
        return [_aged(item) for item in items] if _is_old(node, state) else items
    top = rect.y + _TITLE
    items += _left_out(node, form, rect, top)
    items += _cells(node, form, rect, top, shown, "value" if renewed is None else "new")
    if form.gradient:
        block = form.rows * (_CELL_ROW if form.kind == "table" else _HEAT)
        line_y = top + block + 5
        items.append(_mark(rect, line_y + 13, sign))
        items += _cells(node, form, rect, line_y + 2, gradient, "gradient")
    return [_aged(item) for item in items] if _is_old(node, state) else items


def _is_told(state: State) -> bool:
    """Return whether the loss was computed again with the new parameters."""
    steps = state.timeline.steps
    last = steps[-1] if steps else None
    return last is not None and last.kind is StepKind.RESULT and state.step == last.number


def _is_old(node: Node, state: State) -> bool:
    """Return whether a result is still that of the old parameters, though the loss is new."""
    return not node.is_leaf and node.id != state.timeline.output and _is_told(state)


def _aged(item: Item) -> Item:
    """Return a number or a shade as what was once."""
    if isinstance(item, Text) and item.role in _LIVELY:
        return replace(item, role=Role.MUTED)
    if isinstance(item, Box) and item.fill in _LIVELY:
        return replace(item, opacity=item.opacity * _AGED)
    return item


def _renewed(node: Node, state: State) -> Array | None:
    """Return what a node has instead of its value once the parameters are new."""
    update, timeline = state.update(node.id), state.timeline
    if update is not None:
        return update.after
    after = timeline.iteration.loss_after
    told = node.id == timeline.output and after is not None and _is_told(state)
    return np.asarray(after) if told else None


def _corner(node: Node, form: NodeForm, rect: Rect, state: State) -> list[Item]:
    """What stands at the right of the heading: θ, a shape, an old value, a count."""
    x, y = rect.right - _PAD, rect.y + 17
    value, renewed = state.value(node.id), _renewed(node, state)
    if renewed is not None and value is not None and form.kind == "scalar":
        old = format_number(value.item())
        return [Text(x, y, old, Role.MUTED, _OLD_SIZE, align="right", family="number", struck=True)]
    expected = state.timeline.expected(node.id)
    received = state.received(node.id)
    if expected > 1 and received > 0 and renewed is None:
        text = f"{received}/{expected}"
        return [Text(x, y, text, Role.BACKWARD, COUNT_SIZE, align="right", family="number")]
    if node.role == "parameter":
        shape = format_shape(node.value.shape)
        text = f"{shape}  θ" if shape else "θ"
        if renewed is not None:
            return [Text(x, y, text, Role.UPDATE, 11, True, align="right")]
        return [Text(x, y, text, Role.MUTED, 11, align="right")]
    if node.value.ndim:
        return [Text(x, y, format_shape(node.value.shape), Role.MUTED, 11, align="right")]
    return []


def _scalar_value(rect: Rect, value: Array | None, *, updated: bool) -> Text:
    x, y = rect.right - _PAD, rect.y + _TITLE + 15
    if value is None:
        return Text(x, y, NOT_YET, Role.FAINT, _VALUE_SIZE, align="right", family="number")
    text = format_number(value.item())
    role = Role.UPDATE if updated else number_role(value.item())
    arrow = "→ " if updated else ""
    return Text(x, y, arrow + text, role, _VALUE_SIZE, True, "right", "number")


def _mark(rect: Rect, y: float, sign: str) -> Text:
    return Text(rect.x + _PAD, y, sign, Role.MUTED, 10)


def _scalar_gradient(rect: Rect, gradient: Array | None, sign: str) -> list[Item]:
    x, y = rect.right - _PAD, rect.y + _TITLE + _VALUE_ROW + 13
    text = NOT_YET if gradient is None else format_number(gradient.item())
    role = Role.FAINT if gradient is None else Role.BACKWARD
    if gradient is not None and not np.isfinite(gradient):
        role = Role.BAD
    number = Text(x, y, text, role, _GRADIENT_SIZE, align="right", family="number")
    return [_mark(rect, y, sign), number]


def _cells(
    node: Node, form: NodeForm, rect: Rect, top: float, value: Array | None, kind: str
) -> list[Item]:
    matrix = None if value is None else _matrix(value)
    if form.kind == "heat":
        return _heat(form, rect, top, matrix, kind)
    items: list[Item] = []
    pitch = (rect.width - 2 * _PAD - _MARK) / form.columns
    for row in range(form.rows):
        for column in range(form.columns):
            x = rect.right - _PAD - (form.columns - 1 - column) * pitch
            y = top + row * _CELL_ROW + 12
            if matrix is None:
                text, role = NOT_YET, Role.FAINT
            else:
                entry = matrix[row, column]
                text = format_number(entry)
                role = _ROLES.get(kind) or number_role(entry)
                role = role if np.isfinite(entry) else Role.BAD
            items.append(Text(x, y, text, role, _CELL_SIZE, align="right", family="number"))
    return items


def _heat(form: NodeForm, rect: Rect, top: float, matrix: Array | None, kind: str) -> list[Item]:
    """Shades for arrays too large to be written: the fill's strength is the magnitude.

    What is not computed yet is a dot, as it is among numbers; a 0 is an empty cell.
    """
    frames, dots = _heat_frames(form.rows, form.columns, rect, top)
    if matrix is None:
        return list(dots)
    items: list[Item] = []
    numbers = np.asarray(matrix, dtype=float)[: form.rows, : form.columns].reshape(-1).tolist()
    for frame, number in zip(frames, numbers, strict=True):
        role = Role.BACKWARD if kind == "gradient" else number_role(number)
        strength = max(magnitude(number), _FAINTEST) if number else 0.0
        items.append(frame)
        # A gradient's colour does not tell its sign, so a negative one is flat, like a minus.
        shade = flat(frame.rect) if kind == "gradient" and number < 0 else frame.rect
        items.append(Box("", shade, role, Role.CLEAR, 0, 1, opacity=strength))
    return items


def flat(cell: Rect) -> Rect:
    """Return the part of a cell that is filled for a negative gradient."""
    height = _FLAT * cell.height
    return Rect(cell.x, cell.center[1] - height / 2, cell.width, height)


@lru_cache(maxsize=256)
def _heat_frames(
    rows: int, columns: int, rect: Rect, top: float
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Return the frames of the shades, and the dots in place of them: the same at every step."""
    left = rect.x + _PAD + _MARK
    # Shades fill a box that is wide for its name.
    pitch = min((rect.right - _PAD - left) / columns, _WIDEST_HEAT)
    cells = [
        Rect(left + column * pitch, top + row * _HEAT + 2, pitch - 1, _HEAT - 1)
        for row in range(rows)
        for column in range(columns)
    ]
    frames = tuple(Box("", cell, Role.PANEL, Role.LINE, 0.5, 1) for cell in cells)
    middles = [cell.center for cell in cells]
    dots = tuple(
        Box("", Rect(x - 1, y - 1, 2, 2), Role.FAINT, Role.CLEAR, 0, 1) for x, y in middles
    )
    return frames, dots


def _left_out(node: Node, form: NodeForm, rect: Rect, top: float) -> list[Item]:
    """Return marks at the left of the shades for rows and columns that have no room."""
    if form.kind != "heat":
        return []
    rows, columns = _matrix(node.value).shape
    x, y = rect.x + _PAD + 5, top + form.rows * _HEAT
    items: list[Item] = []
    if columns > form.columns:
        items.append(Text(x, top + 8, "⋯", Role.MUTED, 12, True, "center"))
    if rows > form.rows:
        items.append(Text(x, y, "⋮", Role.MUTED, 12, True, "center"))
    return items


def entry_rect(form: NodeForm, rect: Rect, row: int, column: int) -> Rect | None:
    """Return where an entry of a node's value is written; None if it is only a shade."""
    if form.kind == "scalar":
        return Rect(rect.x + 4, rect.y + _TITLE, rect.width - 8, _VALUE_ROW)
    if form.kind != "table":
        return None
    pitch = (rect.width - 2 * _PAD - _MARK) / form.columns
    right = rect.right - _PAD - (form.columns - 1 - column) * pitch
    return Rect(right - pitch + 2, rect.y + _TITLE + row * _CELL_ROW, pitch, _CELL_ROW)
