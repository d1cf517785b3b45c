"""Where the panels of the window are: their usual places, their widths, and both as text."""

import base64
import binascii
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt

from mlviz.ui.dock import Dock

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow

WIDE = 1280
"""From this width on the panels have the widths of the design."""
USUAL, NARROW = (46, 27, 27), (48, 25, 27)
"""Shares of the chain rule, the function and the parameters, in a wide and a narrow window.

Where there is little room, the explanation needs more of it than the table.
"""


def is_wide(window: "MainWindow") -> bool:
    """Return whether there is room for the widths of the design."""
    return window.width() >= WIDE * min(window.session.scale, 1)


def arrange(window: "MainWindow") -> None:
    """Put every panel where it usually is."""
    area = Qt.DockWidgetArea
    for dock in (*window.docks, *window.on_demand):
        dock.setFloating(False)
        window.removeDockWidget(dock)
    for docks, place in (
        (window.left, area.LeftDockWidgetArea),
        (window.right, area.RightDockWidgetArea),
        ((window.time,), area.BottomDockWidgetArea),
    ):
        for dock in docks:
            window.addDockWidget(place, dock)
            dock.show()
    window.tabifyDockWidget(window.equation, window.why)
    window.tabifyDockWidget(window.equation, window.matrix)
    window.why.hide()
    window.matrix.hide()
    wide = is_wide(window)
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    scale = window.session.scale
    widths = [272, 363] if wide else [228, 320]
    window.resizeDocks(
        [window.lesson, window.equation], [round(width * scale) for width in widths], across
    )
    window.resizeDocks([window.lesson, window.steps], [46, 54], down)
    window.resizeDocks(list(window.right), USUAL if wide else NARROW, down)
    window.resizeDocks([window.time], [window.time.sizeHint().height()], down)
    window.left_share.begin()
    window.right_share.begin()


def rescale(window: "MainWindow", before: float, after: float) -> None:
    """Let the panels be wider or narrower with what is in them.

    Where there was no room for that they would come back narrower than they were; so the widths
    at each scale are kept, as long as the window has the same width.
    """
    beside = [dock for dock in (*window.left, *window.right) if _is_placed(dock)]
    known = window.panel_widths
    for dock in beside:
        known[dock, window.width(), before] = dock.width()
    ratio = after / before
    widths = [
        known.get((dock, window.width(), after), round(dock.width() * ratio)) for dock in beside
    ]
    window.resizeDocks(beside, widths, Qt.Orientation.Horizontal)


def _is_placed(dock: Dock) -> bool:
    return not dock.isHidden() and not dock.isFloating()


def encoded(data: QByteArray) -> str:
    """Return places as text for the settings."""
    return base64.b64encode(data.data()).decode()


def decoded(text: str) -> QByteArray | None:
    """Return what was `encoded`; None if it is nothing of the kind."""
    try:
        return QByteArray(base64.b64decode(text, validate=True)) if text else None
    except (binascii.Error, ValueError):
        return None
