"""What a mark of a graph's picture is: a sentence for whatever lies at a point."""

import re

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET
from mlviz.picture.boxes import number_width
from mlviz.picture.items import Box, Curve, Item, Picture, Role, Text, Token
from mlviz.trace.timeline import Timeline

_NEAR = 7.0
_NODE = "node:"
_LEGEND = {
    "legend.round": "token",
    "legend.diamond": "diamond",
    "legend.solid": "edge",
    "legend.dashed": "edge_back",
    "legend.positive": "value",
    "legend.negative": "value",
    "legend.not_yet": "not_yet",
    "legend.gradient": "gradient_sign",
    "legend.flat": "shade",
    "legend.received": "received",
    "legend.parameter": "parameter",
    "legend.operation": "operation",
    "legend.active": "active",
    "legend.selected": "selected",
    "legend.update": "old",
}
"""What the lines of the legend are about, as marks."""


def mark_at(timeline: Timeline, picture: Picture, x: float, y: float) -> Message:
    """Return what the topmost mark at a point of the picture is."""
    for item in reversed(picture.items):
        name = _mark(timeline, item, x, y)
        if name:
            return Message(f"whats.mark.{name}")
    return Message("whats.stage")


def _mark(timeline: Timeline, item: Item, x: float, y: float) -> str:
    match item:
        case Token(x=at_x, y=at_y, radius=radius, shape=shape):
            if (x - at_x) ** 2 + (y - at_y) ** 2 <= (radius + 3) ** 2:
                return "diamond" if shape == "diamond" else "token"
        case Text():
            return _text(item) if over(item, x, y) else ""
        case Box(rect=rect, key=key) if rect.contains(x, y):
            return _box(timeline, item) if key else _plain_box(item)
        case Curve(key=key) if key and _beside(item, x, y):
            return "edge_back" if item.role is Role.BACKWARD else "edge"
    return ""


def _text(text: Text) -> str:
    words = text.text
    if isinstance(words, Message):
        return ""
    if text.role is Role.ON_COLOUR:
        return "bubble"
    if words == NOT_YET:
        return "not_yet"
    if text.struck:
        return "old"
    if re.fullmatch("∂.", words):
        return "gradient_sign"
    if words == "×" and text.align == "center":
        return "close"
    if words.endswith("θ"):
        return "theta"
    if re.fullmatch(r"\d+/\d+", words):
        return "received"
    if text.family == "number":
        return {
            Role.BACKWARD: "gradient",
            Role.UPDATE: "updated",
            Role.BAD: "bad",
        }.get(text.role, "value")
    if re.fullmatch(r"\d+(×\d+)*", words):
        return "shape"
    return "title" if text.bold else ""


def legend_mark_at(legend: Picture, y: float) -> Message:
    """Return what the line of the legend at a height explains."""
    for item in legend.items:
        if isinstance(item, Text) and isinstance(item.text, Message) and abs(item.y - 4 - y) <= 12:
            return Message(f"whats.mark.{_LEGEND[item.text.id]}")
    return Message("whats.legend")


def _box(timeline: Timeline, box: Box) -> str:
    if not box.key.startswith(_NODE):
        return "frame"
    node = timeline.tape[int(box.key.removeprefix(_NODE))]
    if node.id == timeline.output:
        return "loss"
    if node.role in ("parameter", "input", "target"):
        return node.role
    return "leaf" if node.is_leaf else "operation"


def _plain_box(box: Box) -> str:
    """Return what a box is that stands for no node."""
    if box.stroke is Role.CLEAR:
        if box.fill in (Role.FORWARD, Role.BACKWARD, Role.UPDATE):
            return "bubble" if box.opacity == 1 and box.radius > 2 else "shade"
        square = box.rect.width == box.rect.height
        return "lock" if box.fill is Role.BAD and not square else "shade"
    if box.stroke is Role.BAD:
        return "lock"
    if box.stroke is Role.BACKWARD:
        return "received"
    if box.fill is Role.CLEAR:
        return "frame" if box.dashed else "opened"
    return ""


def over(text: Text, x: float, y: float) -> bool:
    """Return whether a point lies on a line of text."""
    words = text.text if isinstance(text.text, str) else ""
    width = number_width(words, text.size)
    left = text.x - {"left": 0.0, "center": width / 2, "right": width}[text.align]
    return left <= x <= left + width and text.y - text.size <= y <= text.y + 3


def _beside(curve: Curve, x: float, y: float) -> bool:
    """Return whether a point lies near a line, its Béziers taken at a few places."""
    points = curve.points
    if not curve.bezier:
        return any(abs(px - x) + abs(py - y) <= _NEAR for px, py in points)
    for k in range(0, len(points) - 1, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[k : k + 4]
        for part in range(25):
            t = part / 24
            s = 1 - t
            at_x = ax * s**3 + 3 * bx * t * s * s + 3 * cx * t * t * s + dx * t**3
            at_y = ay * s**3 + 3 * by * t * s * s + 3 * cy * t * t * s + dy * t**3
            if (at_x - x) ** 2 + (at_y - y) ** 2 <= _NEAR**2:
                return True
    return False
