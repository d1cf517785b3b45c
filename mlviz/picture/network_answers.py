"""What a mark of a network's picture is: a sentence for whatever lies at a point."""

from math import hypot

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET
from mlviz.picture.items import Box, Curve, Item, Picture, Polygon, Raster, Role, Text, Token
from mlviz.picture.marks import over
from mlviz.picture.network import NetworkPictures
from mlviz.picture.network_legend import LEGEND
from mlviz.picture.network_neurons import VEIL

_NEAR = 6.0
_PHASES = (Role.FORWARD, Role.BACKWARD, Role.UPDATE)
_SHARED = ("token", "diamond", "bubble", "not_yet", "gradient_sign", "gradient", "updated", "bad")
"""Marks that mean the same in the graph."""


def network_mark_at(pictures: NetworkPictures, picture: Picture, x: float, y: float) -> Message:
    """Return what the topmost mark at a point of a network's picture is."""
    place = pictures.hit(x, y, _NEAR)
    for item in reversed(picture.items):
        name = _mark(item, x, y)
        if name == "value" and place is not None and place.kind != "neuron":
            name = place.kind
        if name:
            return Message(f"whats.mark.{name}" if name in _SHARED else f"whats.net.{name}")
    if place is not None:
        kind = "input" if place.kind == "neuron" and not place.layer else place.kind
        return Message(f"whats.net.{kind}")
    return Message("whats.net.more" if pictures.gap_at(x, y) is not None else "whats.network")


def network_legend_mark_at(legend: Picture, x: float, y: float) -> Message:
    """Return what the part of the network's legend at a point explains."""
    for item in legend.items:
        if isinstance(item, Box) and item.key.startswith(LEGEND) and item.rect.contains(x, y):
            return Message(f"whats.net.{item.key.removeprefix(LEGEND)}")
    return Message("whats.legend")


def _mark(item: Item, x: float, y: float) -> str:
    match item:
        case Token(x=at_x, y=at_y, radius=radius) if hypot(x - at_x, y - at_y) <= radius + 2:
            return _token(item)
        case Raster(rect=rect) if rect.contains(x, y):
            return "plane"
        case Text() if over(item, x, y):
            return _text(item)
        case Box(rect=rect, key="") if rect.contains(x, y):
            return _box(item)
        case Polygon(points=points, fill=fill) if fill in _PHASES:
            across, down = zip(*points, strict=True)
            inside = min(across) <= x <= max(across) and min(down) <= y <= max(down)
            return "bubble" if inside else ""
        case Curve(dashed=True, points=(start, end), width=width):
            return "slope" if _distance(start, end, x, y) <= width / 2 + 2 else ""
    return ""


def _token(token: Token) -> str:
    if token.role is Role.TEXT:
        return "example"
    if token.hollow:
        return "strange"
    return "diamond" if token.shape == "diamond" else "token"


def _box(box: Box) -> str:
    if box.opacity == VEIL:
        return "dropped"
    if box.fill in _PHASES and box.opacity == 1:
        return "bubble"
    if box.fill is Role.STAGE and box.stroke is Role.NEGATIVE:
        return "minus"
    return "shade" if box.fill is Role.STAGE and box.stroke is Role.LINE else ""


def _text(text: Text) -> str:
    words = text.text
    if isinstance(words, Message):
        return "more" if words.id == "network.more" else ""
    if words in (NOT_YET, "z", "−"):
        return {NOT_YET: "not_yet", "z": "sum", "−": "minus"}[words]
    if words.startswith("∂L"):
        return "gradient_sign" if words == "∂L" else "gradient"
    if text.family != "number":
        return ""
    roles = {Role.BACKWARD: "gradient", Role.UPDATE: "updated", Role.BAD: "bad"}
    return "bubble" if text.role is Role.ON_COLOUR else roles.get(text.role, "value")


def _distance(start: tuple[float, float], end: tuple[float, float], x: float, y: float) -> float:
    """Return how far a point is from a line with two ends."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy or 1.0
    t = min(max(((x - start[0]) * dx + (y - start[1]) * dy) / length, 0.0), 1.0)
    return hypot(x - start[0] - t * dx, y - start[1] - t * dy)
