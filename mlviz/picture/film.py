"""What the film shows beside the tokens: how full a gradient is, what is stopped, what is new."""

from collections.abc import Mapping

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.learn.rules import UpdateRule
from mlviz.learn.training import Update
from mlviz.numerals import format_number
from mlviz.picture.boxes import COUNT_SIZE, number_role, number_width
from mlviz.picture.equation import explainer
from mlviz.picture.items import Box, Curve, Item, Rect, Role, Text
from mlviz.picture.magnitude import LARGEST
from mlviz.picture.network_marks import line_width
from mlviz.trace.blocked import Blocked
from mlviz.trace.explain import rule_symbol
from mlviz.trace.steps import Step
from mlviz.trace.timeline import State, Timeline

_TAG, _TAG_SIZE, _CELL = 16.0, 10.5, 7.0
_TAG_WIDTH, _TAG_DIGIT, _TAG_PAD = 104.0, 7.4, 6.0
"""Room for `1 of 2 received` in both languages, and for each further digit."""
_MOST_CELLS = 8
_LOCK = 15.0
_MOST_BROAD, _NARROW, _AURA = 3, 1.75, 4.0


def tag_sizes(expected: int) -> list[tuple[float, float]]:
    """Return the sizes of the tag at a gradient that receives several terms.

    It has cells and words; where there are not too many, cells alone will do.
    """
    cells = expected if expected <= _MOST_CELLS else 0
    row = cells * (_CELL + 2) - 2 + 2 * _TAG_PAD
    words = _TAG_WIDTH + 2 * (len(str(expected)) - 1) * _TAG_DIGIT
    whole = words + (cells * (_CELL + 2) + 4 if cells else 0)
    return [(whole, _TAG), (row, _TAG)] if cells else [(whole, _TAG)]


def received_tag(
    timeline: Timeline, step: Step, state: State, plate: Rect, travel: float
) -> list[Item]:
    """Return the tag at a gradient that receives several terms: cells that fill one by one.

    Args:
        timeline: the timeline.
        step: the backward step that is under way.
        state: what has arrived.
        plate: where the tag is.
        travel: how far the term that comes now has come; its cell fills as it arrives.
    """
    expected = timeline.expected(step.target)
    got = state.received(step.target)
    cells = expected if expected <= _MOST_CELLS else 0
    top = plate.y
    items: list[Item] = [Box("", plate, Role.BACKWARD_SOFT, Role.BACKWARD, 1, 5)]
    left = plate.x + _TAG_PAD
    for number in range(cells):
        cell = Rect(left, top + (_TAG - _CELL) / 2, _CELL, _CELL)
        items.append(Box("", cell, Role.PANEL, Role.BACKWARD, 1, 1.5))
        part = 1.0 if number < got else max(travel - 0.6, 0) / 0.4 if number == got else 0.0
        if part > 0:
            full = Rect(cell.x, cell.bottom - cell.height * part, cell.width, cell.height * part)
            items.append(Box("", full, Role.BACKWARD, Role.CLEAR, 0, 1.5))
        left += _CELL + 2
    if plate.right - left < _TAG_WIDTH / 2:
        return items
    words = Message("film.received", count=got, expected=expected)
    middle = (left + plate.right) / 2
    items.append(Text(middle, top + 11.8, words, Role.BACKWARD, _TAG_SIZE, True, "center"))
    return items


def lock(x: float, y: float) -> list[Item]:
    """Return a padlock with its middle at a point: here a gradient is stopped."""
    half = _LOCK / 2
    shackle = ((x - 3.2, y - 1), (x - 3.2, y - 7), (x + 3.2, y - 7), (x + 3.2, y - 1))
    return [
        Box("", Rect(x - half, y - half, _LOCK, _LOCK), Role.STAGE, Role.BAD, 1.25, half),
        Curve("", shackle, Role.BAD, 1.6, bezier=True),
        Box("", Rect(x - 4.2, y - 1.4, 8.4, 6.2), Role.BAD, Role.CLEAR, 0, 1.2),
    ]


def blocked_words(found: Blocked) -> Message:
    """Return the slope that stops a gradient, or how many entries are stopped."""
    if found.slope is not None:
        return Message("film.slope", slope=format_number(found.slope))
    return Message("film.blocked", count=found.count, total=found.total)


def update_lines(update: Update, rule: UpdateRule | None, *, arrived: bool) -> tuple[str, ...]:
    """Return what happens to a single parameter: old, step, what the rule keeps, new."""
    before = format_number(update.before.item())
    plain = rule is not None and [line.target for line in rule.lines] == ["p"] and not rule.kept
    if rule is not None and plain and set(rule.settings) == {"lr"}:
        slope = format_number(update.gradient.item())
        slope = f"({slope})" if slope.startswith("−") else slope
        lines = [f"{before} − {rule.settings['lr']:g} × {slope}"]
    else:
        lines = [*_kept_lines(update.values), f"{before} {update_step(update)}"]
    if arrived:
        lines.append(f"= {format_number(update.after.item())}")
    return tuple(lines)


def update_step(update: Update) -> str:
    """Return by how much a single parameter changes."""
    change = update.change.item()
    return f"{'−' if change < 0 else '+'} {format_number(abs(change))}"


def update_rule_text(timeline: Timeline, step: Step) -> str:
    """Return the last line of the rule in symbols, for parameters that are arrays."""
    formulas = [line for line in explainer(timeline).step(step).lines if line.rows]
    row = " ".join(part.text for part in formulas[-1].rows[0] if part.text)
    return row.partition(" = ")[0]


def _kept_lines(values: Mapping[str, Array]) -> list[str]:
    """Return momentum, m, v and what is made of them, two on a line."""
    shown = [
        f"{rule_symbol(name, values).text} = {format_number(value.item())}"
        for name, value in values.items()
        if name != "t"
    ]
    return ["   ".join(shown[k : k + 2]) for k in range(0, len(shown), 2)]


def gliding_value(update: Update, rect: Rect, travel: float, uses: int) -> list[Item]:
    """Return the old value on its way to the corner, where it stays struck through.

    Args:
        update: what happens to the parameter.
        rect: its box.
        travel: how far it has come.
        uses: how many gradients it has received; that number is in the corner until then.
    """
    if travel <= 0:
        return []
    # From where the value stands in the box to where the old one is kept: see `boxes`.
    x, y = rect.right - 10, rect.y + 39 + (17 - 39) * travel
    size = 13 - 3 * min(2 * travel, 1)  # small before it comes beside the name
    old = format_number(update.before.item())
    small, large = number_width(old, 10), number_width(old, 13)
    if uses > 1:
        small = max(small, number_width(f"{uses}/{uses}", COUNT_SIZE))
    # The value that still stands in the box is hidden wholly, and so is the corner's mark.
    plates = (
        Rect(x - small - 1, rect.y + 5, small + 3, 20),
        Rect(x - large - 2, rect.y + 25, large + 4, 19),
    )
    return [
        *(Box("", plate, Role.PANEL, Role.CLEAR, 0, 2) for plate in plates),
        Text(x, y, old, Role.MUTED, size, align="right", family="number", struck=travel > 0.5),
    ]


def morphing_edge(
    update: Update, points: tuple[tuple[float, float], ...], travel: float, one_of: int = 1
) -> list[Item]:
    """Return the way a parameter goes into the run: as wide as it is large, from old to new.

    It has the width that weights have in the network, on the same scale; of an array its
    typical size (root mean square) counts.
    """
    before, after = _size(update.before), _size(update.after)
    width = line_width(before) + (line_width(after) - line_width(before)) * travel
    role = Role.UPDATE
    if not update.before.ndim:
        role = number_role(update.before.item() + update.change.item() * travel)
    if one_of > _MOST_BROAD:  # so many broad lines would hide everything
        return [Curve("", points, role, min(width, _NARROW), True, opacity=0.6)]
    return [
        Curve("", points, Role.UPDATE, width + _AURA, True, opacity=0.35),
        Curve("", points, role, width, True),
    ]


def _size(values: Array) -> float:
    """Return the root mean square; what is not finite counts as very large."""
    with np.errstate(all="ignore"):
        size = float(np.sqrt(np.mean(np.square(values)))) if values.size else 0.0
    return size if np.isfinite(size) else LARGEST
