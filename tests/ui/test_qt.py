"""What is asked of the Qt that is installed."""

import sys

import pytest
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QLabel

CALLS = 2_000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None cannot be freed any more")
def test_a_call_that_returns_nothing_keeps_none_alive(qapp: object) -> None:
    label, path, pixmap = QLabel(), QPainterPath(), QPixmap(4, 4)
    painter = QPainter(pixmap)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        label.setText("")
        label.parent()
        path.moveTo(0, 0)
        painter.drawRect(0, 0, 1, 1)
    after = sys.getrefcount(None)
    painter.end()
    # A Qt that loses one with every call would have lost thousands (PYSIDE-3474).
    assert abs(after - before) < CALLS / 10
