"""Lines and rectangles of Qt that lie in arrays: making them takes longer than painting them."""

import threading
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from shiboken6 import wrapInstance

_TOGETHER = 1024

Shape = TypeVar("Shape", QLineF, QRectF)


class Shapes(Generic[Shape]):
    """As many shapes of one kind as have ever been painted at once.

    Args:
        kind: four numbers of double precision: both ends of a line, or a corner and a size.
    """

    def __init__(self, kind: type[Shape]) -> None:
        self._kind: type[Shape] = kind
        self._parts: list[NDArray[np.float64]] = []
        self._shapes: list[Shape] = []
        self._lock = threading.Lock()

    def filled(self, rows: NDArray[np.float64]) -> list[Shape]:
        """Return shapes with these numbers, until the next call; rows × 4."""
        self.prepare(len(rows))
        for at, part in zip(range(0, len(rows), _TOGETHER), self._parts, strict=False):
            some = rows[at : at + _TOGETHER]
            part[: len(some)] = some
        return self._shapes[: len(rows)]

    def prepare(self, count: int) -> None:
        """Make so many shapes, if there are not; in whatever thread."""
        if len(self._shapes) >= count:
            return
        with self._lock:
            while len(self._shapes) < count:
                part = np.zeros((_TOGETHER, 4))
                first, step = part.ctypes.data, part.strides[0]
                self._parts.append(part)
                for row in range(_TOGETHER):
                    shape: Any = wrapInstance(first + row * step, self._kind)
                    self._shapes.append(shape)


lines, rectangles = Shapes(QLineF), Shapes(QRectF)
