"""How long the stage takes for a frame, and how soon a graph appears.

    python tests/benchmarks/stage.py [--json FILE] [--frames N]

Scalar graphs of growing networks are shown whole on a stage of 1440×900 on the offscreen raster
platform, so that every item is in view. A frame is everything from a change to pixels. Every
figure is taken from the program's own widgets, with nothing prepared for it. Beside the time by
the clock stands the processor's, which says the same on a machine that nobody else uses.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("MLVIZ_SETTINGS_DIR", tempfile.mkdtemp())

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

sys.path.insert(0, str(Path(__file__).parents[2]))

from mlviz.document.document import Document, load
from mlviz.picture.afar import DETAIL
from mlviz.settings import Settings
from mlviz.trace.steps import Position
from mlviz.ui.app import application
from mlviz.ui.beforehand import load_later
from mlviz.ui.levels import LAYERS, SCALARS
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView

ROOT = Path(__file__).parents[2]
SIZE = (1440, 900)
TICK = 1 / 60
PAUSE = 0.003
# Hidden units of a network 2-h-h-1 whose scalar graph has about so many nodes.
NETWORKS = {100: 4, 1000: 19, 2000: 28, 10_000: 67}
Row = dict[str, Any]


def network_file(folder: Path, hidden: int) -> Document:
    """Write a network 2-h-h-1 and open it."""
    layer = '[[network.layers]]\nunits = {}\nactivation = "tanh"\ninit = "xavier_uniform"\n'
    text = (
        "seed = 1\niterations = 20\n[network]\ninputs = 2\n"
        + "".join(layer.format(units) for units in (hidden, hidden, 1))
        + '[data]\ninputs = [[0.5, -1.0]]\ntargets = [[1.0]]\n[loss]\nname = "mse_loss"\n'
        + '[optimizer]\nname = "SGD"\nlr = 0.1\n'
    )
    path = folder / f"net{hidden}.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@contextmanager
def shown(document: Document) -> Iterator[tuple[Session, StageView]]:
    """Show a document's scalars on a stage of its own, all of them in view."""
    session = Session(document, Settings(language="en", theme="light"))
    if session.level != SCALARS:
        session.set_level(SCALARS)
    session.wait_for_layout()
    stage = StageView(session)
    stage.resize(*SIZE)
    stage.show()
    application().processEvents()
    stage.fit()
    if stage.follow:
        stage.fit()
    try:
        yield session, stage
    finally:
        session.close()
        stage.close()
        stage.deleteLater()


def timed(
    change: Callable[[int], object], paint: Callable[[], object], frames: int, pause: float = 0.0
) -> list[tuple[float, float]]:
    """Return the milliseconds of each frame, by the clock and of the processor.

    Args:
        change: what a person does, by the number of the frame.
        paint: lets it be seen.
        frames: how many there are.
        pause: seconds between two of them, in which nothing is done: a hand is not faster.
    """
    found = []
    for k in range(-3, frames):
        start, busy = time.perf_counter(), time.thread_time()
        change(k)
        paint()
        if k >= 0:
            clock, processor = time.perf_counter() - start, time.thread_time() - busy
            found.append((1000 * clock, 1000 * processor))
        time.sleep(pause)
    return found


class Motions:
    """What a person does at a stage."""

    def __init__(self, session: Session, stage: StageView) -> None:
        self.session, self.stage = session, stage
        self.steps = len(session.timeline)

    def play(self, k: int) -> None:
        """Let the film run, from the middle of the forward pass on."""
        if not self.session.playing:
            self.session.seek(Position(1, self.steps // 4))
            self.session.set_speed(8)
            self.session.play()
        self.session.advance(TICK)

    def pan(self, k: int) -> None:
        self.stage.pan(3 if k % 40 < 20 else -3, 2 if k % 40 < 20 else -2)

    def zoom(self, k: int) -> None:
        self.stage.zoom(1.02 if k % 40 < 20 else 1 / 1.02)

    def recolour(self, k: int) -> None:
        """Go from one end of the film to the other: every node and edge has another look."""
        self.session.seek(Position(1, self.steps if k % 2 else 0))

    def theme(self, k: int) -> None:
        self.session.set_theme("dark" if k % 2 else "light")

    def scrub(self, k: int) -> None:
        """Drag along the time bar, from one end to the other in 100 frames."""
        self.session.seek(Position(1, round(abs((k + 3) % 200 - 100) / 100 * self.steps)))


def frame_rows(name: str, times: list[tuple[float, float]], wanted: float) -> list[Row]:
    """Return the median and the 95th percentile."""
    middle, busy_middle = np.median(times, axis=0).tolist()
    tail, busy_tail = np.percentile(times, 95, axis=0).tolist()
    return [
        {"name": f"{name}, median", "value": middle, "unit": "ms", "processor": busy_middle},
        {
            "name": f"{name}, 95th percentile",
            "value": tail,
            "unit": "ms",
            "processor": busy_tail,
            "wanted": wanted,
            "holds": tail <= wanted,
        },
    ]


def frames(document: Document, count: int, number: int) -> Iterator[Row]:
    """Yield the frame times of one graph, seen whole, and seen as near as its texts are shown."""
    wanted = 16.0 if count <= 2000 else 33.0
    with shown(document) as (session, stage):
        assert session.graph is not None
        items = len(session.graph.rects)
        yield {"name": f"{count:,} items: nodes in view", "value": items, "unit": ""}
        motions = Motions(session, stage)
        for name in ("play", "pan", "zoom", "recolour", "theme", "scrub"):
            times = timed(getattr(motions, name), stage.repaint, number)
            session.pause()
            yield from frame_rows(f"{count:,} items: {name}", times, wanted)
        session.seek(Position(1, len(session.timeline) // 2))
        stage.zoom(max(DETAIL * 1.1 / stage.camera().scale, 1.0))
        for name in ("play", "pan", "zoom", "scrub"):
            times = timed(getattr(motions, name), stage.repaint, number)
            session.pause()
            yield from frame_rows(f"{count:,} items, read: {name}", times, wanted)


@contextmanager
def window_on(document: Document) -> Iterator[MainWindow]:
    """Show a document in the whole window, with all its usual panels."""
    wishes = Settings(language="en", theme="light")
    session = Session(document, wishes)
    window = MainWindow(session, wishes)
    window.resize(*SIZE)
    window.reset_layout()
    window.show()
    session.wait_for_layout()
    for _ in range(3):
        application().processEvents()
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()
        application().processEvents()


def played(session: Session, frames: int, speed: float) -> list[tuple[float, float]]:
    """Return the milliseconds of each frame of a film that its own clock moves.

    What is between two ticks belongs to a frame, but for the time in which nothing is to do.
    """
    session.seek(Position(1, len(session.timeline) // 4))
    session.set_speed(speed)
    session.play()
    found: list[tuple[float, float]] = []
    while len(found) < frames + 3:
        before, clock, processor = session.position, 0.0, 0.0
        while session.position == before:
            start, busy = time.perf_counter(), time.thread_time()
            application().processEvents()
            clock += time.perf_counter() - start
            processor += time.thread_time() - busy
            time.sleep(0.0005)
        found.append((1000 * clock, 1000 * processor))
    session.pause()
    return found[3:]


class Dragging(Motions):
    """What a person does in the whole window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window.stage)
        self._bar = window.time_view.bar

    def scrub(self, k: int) -> None:
        """Drag the cursor along the time bar, from one end to the other in 100 frames."""
        place = 0.1 + 0.8 * abs((k + 3) % 200 - 100) / 100
        self._send(
            QEvent.Type.MouseMove, QPointF(place * self._bar.width(), self._bar.height() / 2)
        )

    def let_go(self) -> None:
        self.session.pause()
        self._send(QEvent.Type.MouseButtonRelease, QPointF(0, 0))

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, at, self._bar.mapToGlobal(at), left, left, none)
        application().sendEvent(self._bar, event)


def window_rows(document: Document, count: int, number: int) -> Iterator[Row]:
    """Yield the times of whole frames of the window, with all its panels."""
    with window_on(document) as window:
        window.session.set_level(SCALARS)
        window.session.wait_for_layout()
        application().processEvents()
        motions = Dragging(window)
        for name in ("play", "play at 8×", "scrub"):
            if name != "scrub":
                # At its usual speed a step changes about once a second, at 8× every few frames.
                times = played(window.session, number, 1 if name == "play" else 8)
            else:
                times = timed(motions.scrub, application().processEvents, number, PAUSE)
            motions.let_go()
            title = f"{count:,} items, whole window: {name}"
            yield from frame_rows(title, times, 16.0)
            yield block_row(title, max(clock for clock, _ in times) / 1000)


def block_row(name: str, seconds: float) -> Row:
    """Return the longest time for which the window stood still."""
    block = 1000 * seconds
    row = {"name": f"{name}, longest block", "value": block, "unit": "ms"}
    return row | {"wanted": 50.0, "holds": block <= 50.0}


def awaited(
    name: str, wanted: float, ask: Callable[[], object], there: Callable[[], bool]
) -> Iterator[Row]:
    """Yield how long something takes to be there and painted, and the longest block meanwhile."""
    busy = time.process_time()
    start = last = time.perf_counter()
    longest = 0.0
    ask()
    done = False
    while not done:
        done = there()
        application().processEvents()
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        time.sleep(0.001)  # as the event loop would, which waits for what comes
    seconds, busy = last - start, time.process_time() - busy
    row = {"name": name, "value": seconds, "unit": "s", "processor": busy}
    yield row | {"wanted": wanted, "holds": seconds <= wanted}
    yield block_row(name, longest)


def appearing(document: Document, name: str, wanted: float) -> Iterator[Row]:
    """Yield how long it takes from asking for scalars to their picture, in the whole window."""
    with window_on(document) as window:
        session = window.session

        def there() -> bool:
            return session.level == SCALARS and session.graph is not None

        title = f"scalar graph of {name} appears"
        yield from awaited(title, wanted, partial(session.set_level, SCALARS), there)


def large(folder: Path, number: int) -> Iterator[Row]:
    """Yield how soon 784-128-10 is there, and its frames as a network."""
    layer = '[[network.layers]]\nunits = {}\nactivation = "{}"\ninit = "xavier_uniform"\n'
    pixels = np.random.default_rng(1).uniform(size=(1, 784)).round(3).tolist()
    path = folder / "large.toml"
    path.write_text(
        "seed = 1\niterations = 20\n[network]\ninputs = 784\n"
        + layer.format(128, "tanh")
        + layer.format(10, "tanh")
        + f"[data]\ninputs = {pixels}\ntargets = [[{', '.join(['0.1'] * 10)}]]\n"
        + '[loss]\nname = "mse_loss"\n[optimizer]\nname = "SGD"\nlr = 0.1\n',
        encoding="utf-8",
    )
    with window_on(network_file(folder, 4)) as window:
        session = window.session

        def there() -> bool:
            return session.level == LAYERS and session.graph is not None

        title = "784-128-10 opens and shows layers"
        yield from awaited(title, 1.0, partial(session.open, path), there)
        session.set_stage_mode("network")
        application().processEvents()
        motions = Motions(session, window.stage)
        for name in ("play", "scrub", "recolour"):
            times = timed(getattr(motions, name), window.stage_area.network.repaint, number)
            session.pause()
            yield from frame_rows(f"784-128-10 as a network: {name}", times, 16.0)


_COLD = """
import sys, time
from PySide6.QtWidgets import QApplication
import mlviz.cli
def painted(self):
    for _ in range(3):
        QApplication.processEvents()
    print("painted", time.time())
    return 0
QApplication.exec = painted
sys.argv = ["mlviz", "open", "xor"]
sys.exit(mlviz.cli.main())
"""


def cold_start() -> Row:
    """Return how long the program takes from nothing to its first painted example.

    It has been started once before: then Python has compiled it, as it does when it is installed.
    """
    with tempfile.TemporaryDirectory() as compiled:
        around = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return _started(around | {"PYTHONPYCACHEPREFIX": compiled})


def _started(around: dict[str, str]) -> Row:
    found = []
    for _ in range(4):
        start, before = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", _COLD]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=ROOT, env=around
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append((float(done.stdout.split()[-1]) - start, busy))
    seconds, busy = sorted(found[1:])[1]
    row = {"name": "cold start to the first painted example", "value": seconds, "unit": "s"}
    return row | {"processor": busy, "wanted": 1.5, "holds": seconds <= 1.5}


def measured(number: int) -> Iterator[Row]:
    """Yield all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield cold_start()
        yield from appearing(network_file(folder, 8), "2-8-8-1", 0.4)
        yield from appearing(network_file(folder, 28), "2,000 nodes", 2.0)
        yield from large(folder, number)
        for count in (100, 1000, 2000):
            yield from window_rows(network_file(folder, NETWORKS[count]), count, number)
        for count, hidden in NETWORKS.items():
            yield from frames(network_file(folder, hidden), count, number)


def main() -> int:
    """Print the figures; the exit code says whether all that is wanted holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args()
    application()
    load_later()  # the program does that beside the window, a second after it is shown
    rows = []
    for row in measured(options.frames):
        rows.append(row)
        wanted = f"≤ {row['wanted']:g}" if "wanted" in row else ""
        busy = f"{row['processor']:10.2f}" if "processor" in row else " " * 10
        verdict = "" if row.get("holds", True) else "  MISSED"
        print(
            f"{row['name']:54}{row['value']:10.2f}{busy} {row['unit']:3}{wanted:>8}{verdict}",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0 if all(row.get("holds", True) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
