"""Looking at images, fast enough for many of them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage


def pixels(image: QImage) -> NDArray[np.uint32]:
    """Return the colour of every pixel, row by row."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    stride = plain.bytesPerLine() // 4
    rows = np.frombuffer(plain.constBits(), dtype=np.uint32).reshape(plain.height(), stride)
    return rows[:, : plain.width()] & 0xFFFFFF


def _number(colour: QColor) -> int:
    return colour.rgb() & 0xFFFFFF


def count(image: QImage, colour: QColor) -> int:
    """Return how many pixels are exactly of a colour."""
    return int(np.count_nonzero(pixels(image) == _number(colour)))


def has(image: QImage, colour: QColor) -> bool:
    """Return whether a pixel is exactly of a colour."""
    return count(image, colour) > 0


def ink(image: QImage, background: QColor) -> list[tuple[int, int]]:
    """Return the places of the pixels that are not of the background's colour."""
    rows, columns = np.nonzero(pixels(image) != _number(background))
    return list(zip(columns.tolist(), rows.tolist(), strict=True))


def near(one: QColor, other: QColor, by: int = 3) -> bool:
    """Return whether two colours differ by at most so much in every part."""
    return (
        abs(one.red() - other.red()) <= by
        and abs(one.green() - other.green()) <= by
        and abs(one.blue() - other.blue()) <= by
    )
