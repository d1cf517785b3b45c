"""Cells of a large array on a painter: shades over a grid, all of one look by one call to Qt.

An array of hundreds of entries is two boxes for each: a frame, and its shade.
"""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from mlviz.picture.items import Box, Role
from mlviz.ui.strokes import pen
from mlviz.ui.theme import Theme

_SQUARE = 1.0
"""A corner of so few px is painted as a right angle."""
_MANY = 40


def runs(boxes: Sequence[Box]) -> Iterator[tuple[bool, Sequence[Box]]]:
    """Yield boxes in their order, in runs that are cells or are not."""
    if len(boxes) < _MANY:
        yield False, boxes
        return
    start = index = 0
    while index < len(boxes):
        end = index
        while end + 1 < len(boxes) and _is_cell(boxes[end], boxes[end + 1]):
            end += 2
        if end - index >= _MANY:
            if start < index:
                yield False, boxes[start:index]
            yield True, boxes[index:end]
            start = end
        index = max(end, index + 1)
    if start < len(boxes):
        yield False, boxes[start:]


def _is_cell(frame: Box, shade: Box) -> bool:
    if shade.stroke is not Role.CLEAR or frame.radius > _SQUARE or frame.stroke is Role.CLEAR:
        return False
    one, other = frame.rect, shade.rect
    return one is other or one == other


def paint_cells(painter: QPainter, boxes: Sequence[Box], theme: Theme) -> None:
    """Paint a run of cells, frame and shade in turn; they do not lie over each other."""
    rects = [QRectF(r.x, r.y, r.width, r.height) for r in (box.rect for box in boxes[::2])]
    looks: dict[tuple[Role, Role, float, float], list[QRectF]] = {}
    for box, rect in zip(boxes[::2], rects, strict=True):
        looks.setdefault((box.fill, box.stroke, box.width, box.opacity), []).append(rect)
    for (fill, stroke, width, opacity), alike in looks.items():
        painter.setOpacity(opacity)
        painter.setPen(pen(theme.colour(stroke), width) if width > 0 else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(fill))
        painter.drawRects(alike)
    painter.setOpacity(1)
    colours: dict[Role, QColor] = {}
    for box, rect in zip(boxes[1::2], rects, strict=True):
        if box.opacity > 0:
            colour = colours.get(box.fill)
            if colour is None:
                colour = colours[box.fill] = QColor(theme.colour(box.fill))
            colour.setAlphaF(box.opacity)
            painter.fillRect(rect, colour)
