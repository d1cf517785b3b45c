"""What is wrong with how a picture looks, found without looking: by its boxes and texts."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product

from mlviz.picture.items import Box, Curve, Item, Picture, Polygon, Rect, Role, Text, Token
from mlviz.picture.network_marks import PLATE

Width = Callable[[Text], float]
"""How wide a text is, px."""
Point = tuple[float, float]

_ASCENT, _DESCENT = 0.74, 0.2
"""How far letters reach above and below their line, in parts of their size."""
_TOUCH = 0.5
_COLUMN, _ROW = 120.0, 24.0
_GRAIN = 5.0
"""Px between the points of a line that are looked at."""
_BADGES = (
    Role.FORWARD,
    Role.BACKWARD,
    Role.UPDATE,
    Role.FORWARD_SOFT,
    Role.BACKWARD_SOFT,
    Role.UPDATE_SOFT,
)
_KEYS = ("node:", "neuron:", "bias:", "loss")


def ink(text: Text, width: float) -> Rect:
    """Return the rectangle that a text's letters fill."""
    left = text.x - {"left": 0.0, "center": width / 2, "right": width}[text.align]
    top = text.y - _ASCENT * text.size
    return Rect(left, top, width, (_ASCENT + _DESCENT) * text.size)


def meet(one: Rect, other: Rect, by: float = _TOUCH) -> bool:
    """Return whether two rectangles share more than a touch."""
    return (
        min(one.right, other.right) - max(one.x, other.x) > by
        and min(one.bottom, other.bottom) - max(one.y, other.y) > by
    )


def is_badge(box: Box) -> bool:
    """Return whether a box is a filled label, not a node, a cell or a shade."""
    return not box.key and box.fill in _BADGES and box.rect.height >= 15 and box.rect.width >= 20


def text_flaws(picture: Picture, width: Width) -> Iterator[str]:
    """Yield texts that lie over each other, reach out of their box, or have a mark on them."""
    seen: dict[tuple[int, int], list[tuple[Text, Rect]]] = defaultdict(list)
    boxes: list[Box] = []
    for item in picture.items:
        if isinstance(item, Box):
            boxes.append(item)
            if item.fill is not Role.CLEAR and item.opacity > 0.9:
                for cell in _cells(item.rect):
                    for text, rect in seen[cell]:
                        if meet(item.rect, rect) and not _within(rect, item.rect):
                            yield f"a box hides a part of {text.text}"
                    seen[cell] = [one for one in seen[cell] if not meet(item.rect, one[1], 0)]
        elif isinstance(item, Text):
            place = ink(item, width(item))
            for cell in _cells(place):
                for other, rect in seen[cell]:
                    if meet(place, rect):
                        yield f"{item.text} lies over {other.text}"
                seen[cell].append((item, place))
            holder = next((box for box in reversed(boxes) if _holds(box, place)), None)
            if holder is not None and not (
                holder.rect.x <= place.x + _TOUCH and place.right <= holder.rect.right + _TOUCH
            ):
                yield f"{item.text} reaches out of its box"
        elif seen:
            for x, y in _spots(item):
                cell = (math.floor(x / _COLUMN), math.floor(y / _ROW))
                for text, rect in seen.get(cell, ()):
                    if rect.contains(x, y):
                        yield f"a {type(item).__name__.lower()} lies over {text.text}"


def _within(inner: Rect, outer: Rect) -> bool:
    return (
        outer.x <= inner.x + _TOUCH
        and outer.y <= inner.y + _TOUCH
        and outer.right >= inner.right - _TOUCH
        and outer.bottom >= inner.bottom - _TOUCH
    )


def _spots(item: Item) -> Iterator[tuple[float, float]]:
    """Yield points of a mark that must lie on no letter."""
    match item:
        case Token(x=x, y=y, radius=radius):
            yield from ((x, y), (x - radius, y), (x + radius, y), (x, y - radius), (x, y + radius))
        case Polygon(points=points):  # tips are slender
            end = points[-1]
            for point in points[:-1]:
                yield from _line(point, end)
        case Curve(points=points, bezier=True):
            for k in range(0, len(points) - 1, 3):
                yield from _bezier(points[k : k + 4])
        case Curve(points=points):
            for start, end in pairwise(points):
                yield from _line(start, end)


def _line(start: Point, end: Point) -> Iterator[Point]:
    count = max(math.ceil(math.dist(start, end) / _GRAIN), 1)
    for k in range(1, count):
        part = k / count
        yield start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _bezier(points: Sequence[Point]) -> Iterator[Point]:
    count = max(math.ceil(math.dist(points[0], points[-1]) / _GRAIN), 2)
    for k in range(1, count):
        t = k / count
        shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        both = (sum(s * p[i] for s, p in zip(shares, points, strict=True)) for i in (0, 1))
        yield next(both), next(both)


def _cells(rect: Rect) -> Iterator[tuple[int, int]]:
    """Yield the cells of the picture that a rectangle lies in: only there can it meet others."""
    across = range(math.floor(rect.x / _COLUMN), math.floor(rect.right / _COLUMN) + 1)
    down = range(math.floor(rect.y / _ROW), math.floor(rect.bottom / _ROW) + 1)
    return product(across, down)


def _holds(box: Box, place: Rect) -> bool:
    x, y = place.center
    return box.rect.contains(x, y) and (
        bool(box.key) or is_badge(box) or (box.fill is Role.STAGE and box.stroke is Role.CLEAR)
    )


def badge_flaws(picture: Picture) -> Iterator[str]:
    """Yield filled labels that lie over a node, be it their own."""
    badges = [item.rect for item in picture.items if isinstance(item, Box) and is_badge(item)]
    if not badges:
        return
    for node in picture.items:
        if isinstance(node, Box) and node.key.startswith(_KEYS):
            for badge in badges:
                if meet(badge, node.rect):
                    yield f"a label lies over {node.key}"


def plate_flaws(picture: Picture) -> Iterator[str]:
    """Yield filled labels that lie over the number of a weight, or over each other."""
    badges = [item for item in picture.items if isinstance(item, Box) and is_badge(item)]
    for k, badge in enumerate(badges):
        for item in picture.items:
            if isinstance(item, Box) and item.opacity == PLATE and meet(badge.rect, item.rect):
                yield "a label lies over a weight's number"
        if any(meet(badge.rect, other.rect) for other in badges[:k]):
            yield "a label lies over another"


def places(picture: Picture) -> dict[str, Rect]:
    """Return where everything is that stands still."""
    return {item.key: item.rect for item in picture.items if isinstance(item, Box) and item.key}
