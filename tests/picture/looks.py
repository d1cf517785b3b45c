"""What is wrong with how a picture looks, found without looking: by its boxes and texts."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from itertools import product

from mlviz.picture.items import Box, Picture, Rect, Role, Text
from mlviz.picture.network_marks import PLATE

Width = Callable[[Text], float]
"""How wide a text is, px."""

_ASCENT, _DESCENT = 0.74, 0.2
"""How far letters reach above and below their line, in parts of their size."""
_TOUCH = 0.5
_COLUMN, _ROW = 120.0, 24.0
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
    """Yield texts that lie over each other, or reach out of the box they stand in."""
    seen: dict[tuple[int, int], list[tuple[Text, Rect]]] = defaultdict(list)
    boxes: list[Box] = []
    for item in picture.items:
        if isinstance(item, Box):
            boxes.append(item)
            if item.fill is not Role.CLEAR and item.opacity > 0.9:
                for cell in _cells(item.rect):  # what it covers even in part is not read
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


def badge_flaws(picture: Picture, own: Collection[str], by: float = _TOUCH) -> Iterator[str]:
    """Yield filled labels that lie over nodes other than their own, by the nodes' keys.

    Args:
        picture: what is looked at.
        own: keys of the nodes that a label may lie over.
        by: px that a label may reach over a node.
    """
    nodes = [item for item in picture.items if isinstance(item, Box) and item.key.startswith(_KEYS)]
    for badge in picture.items:
        if isinstance(badge, Box) and is_badge(badge):
            for node in nodes:
                if node.key not in own and meet(badge.rect, node.rect, by):
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
