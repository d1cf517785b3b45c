"""The window while it trains: how far it gets between two frames, and how long it is deaf.

Used by `training.py`; a program of its own, so that Qt is loaded only for this.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from mlviz.document.document import Document, load
from mlviz.document.examples import find
from mlviz.document.recipe import rebuilt
from mlviz.document.schema import DataTable, LayerTable, LossTable, NetworkTable, OptimizerTable
from mlviz.settings import Settings
from mlviz.ui.app import application
from mlviz.ui.beforehand import load_later
from mlviz.ui.main_window import MainWindow
from mlviz.ui.pictures import quiet
from mlviz.ui.region_view import RegionView
from mlviz.ui.session import Session

SETTLE = 1.0  # seconds before anything is counted: views are made, letters are loaded
SIZE = (1440, 900)


def spiral() -> Document:
    """Return 2-8-8-1 on the spiral in batches of 32, with validation rows."""
    document = load(find("xor"))
    hidden = LayerTable(units=8, activation="tanh", init="xavier_uniform")
    table = replace(
        document.table,
        iterations=1,
        scene=[],
        network=NetworkTable(
            inputs=2, layers=[hidden, hidden, replace(hidden, units=1, activation="identity")]
        ),
        data=DataTable(set="spiral", count=400, validation=0.2, batch_size=32),
        loss=LossTable(name="binary_cross_entropy_with_logits"),
        optimizer=OptimizerTable(name="SGD", lr=0.1),
    )
    return rebuilt(document, table)


class Listener(QObject):
    """Notes when the event loop comes round, and when a widget is painted."""

    def __init__(self, painted: QObject) -> None:
        super().__init__()
        self.rounds: list[float] = []
        self.worked: list[float] = []
        self.paints: list[float] = []
        painted.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._on_timeout)

    def begin(self) -> None:
        self.rounds, self.worked, self.paints = [], [], []
        self._timer.start()

    def end(self) -> None:
        self._timer.stop()

    def _on_timeout(self) -> None:
        self.rounds.append(time.perf_counter())
        self.worked.append(time.process_time())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.paints.append(time.perf_counter())
        return False


@contextmanager
def opened() -> Iterator[tuple[Session, MainWindow]]:
    """Open the lab in a window."""
    quiet()
    app = application()
    load_later()  # the program does that beside the window, a second after it is shown
    settings = Settings(language="en", theme="light")
    session = Session(spiral(), settings)
    window = MainWindow(session, settings)
    window.resize(*SIZE)
    window.show()
    session.set_face("lab")
    wait(SETTLE)
    try:
        yield session, window
    finally:
        session.lab.pause()
        window.hide()
        session.close()
        window.deleteLater()
        app.processEvents()


def wait(seconds: float) -> None:
    """Let the window live."""
    app, until = application(), time.perf_counter() + seconds
    while time.perf_counter() < until:
        app.processEvents()
        time.sleep(0.0002)


def frames(seconds: float = 6.0) -> dict[str, Any]:
    """Train in the window for a while; return what was counted."""
    with opened() as (session, window):
        lab, listener = session.lab, Listener(_canvas(window))
        lab.train()
        wait(SETTLE)
        listener.begin()
        begun, first, cpu = time.perf_counter(), lab.run.head, time.process_time()
        wait(seconds)
        listener.end()
        took, done = time.perf_counter() - begun, lab.run.head - first
        busy = time.process_time() - cpu
    gaps = np.diff(listener.rounds) * 1e3
    return {
        "iterations": done,
        "seconds": took,
        "share": busy / took,
        "frames": len(listener.paints) / took,
        "frames_busy": len(listener.paints) / busy,
        "per_frame": done / max(len(listener.paints), 1),
        "longest": float(gaps.max()),
        "longest_busy": float(np.diff(listener.worked).max() * 1e3),
        "late": float(np.percentile(gaps, 99)),
    }


def seeks(iterations: int = 100_000, count: int = 100) -> dict[str, float]:
    """Scrub over a long run; return how long it takes until all that is seen is drawn, in ms."""
    app, times = application(), []
    with opened() as (session, window):
        lab, listener = session.lab, Listener(_canvas(window))
        lab.run.measure_every = max(iterations // 200, 1)
        lab.run.advance(iterations)
        lab.seek(1)
        wait(SETTLE)
        for number in np.random.default_rng(0).integers(1, iterations, count).tolist():
            listener.paints.clear()
            begun = time.perf_counter()
            lab.seek(number)
            while not listener.paints:
                app.processEvents()
            times.append(time.perf_counter() - begun)
            wait(0.02)
    return {
        "seek_late": float(np.percentile(times, 95) * 1e3),
        "seek_usual": float(np.median(times) * 1e3),
    }


def _canvas(window: MainWindow) -> QObject:
    view = window.faces.lab_window().panel("region").view()
    assert isinstance(view, RegionView)
    return view.canvas


if __name__ == "__main__":
    for name, value in (frames() | seeks()).items():
        print(f"{name:14}{value:12,.2f}")
