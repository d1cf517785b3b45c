"""What is needed later, loaded beside the window once that is shown, so that it opens sooner."""

import threading
from importlib import import_module

from mlviz.ui import collector
from mlviz.ui.lab_docks import LAB_DOCKS

LATER = (
    "pyqtgraph",
    *("numpy.ma", "numpy.polynomial"),  # NumPy loads them when a function first needs them
    *(row.view.partition(":")[0] for row in LAB_DOCKS),
    *(f"mlviz.ui.{name}" for name in ("gallery", "code_dialog", "keys_dialog", "csv_dialog")),
)
"""Modules that nothing on the first picture needs: together more than half a second."""


def load_beside(seconds: float = 1.0) -> threading.Timer:
    """Load them after a while, beside the window's own thread.

    Returns:
        What waits and loads; to be cancelled when the window is closed before.
    """
    timer = threading.Timer(seconds, load_later)
    timer.start()
    return timer


def load_later() -> None:
    """Load what is needed later; all of it is no garbage as long as the program runs."""
    for module in LATER:
        import_module(module)
    collector.settle()
