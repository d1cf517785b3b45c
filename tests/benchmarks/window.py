"""How long the window stands still, for each thing that a person does in it.

    python tests/benchmarks/window.py [--json FILE] [--only WORD] [--rounds N]

A block is what happens between two moments at which the window listens: one turn of its event
loop. Everything is done several times, each time in a process of its own, where it is the first
time; of these the best counts, because a machine does other things too. Beside the longest
block by the clock stands the processor's time of the longest one, which knows nothing of them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # read when NumPy is loaded
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["MLVIZ_SETTINGS_DIR"] = tempfile.mkdtemp()

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QEvent  # noqa: E402

from mlviz.document.document import Document, load  # noqa: E402
from mlviz.document.examples import examples, find  # noqa: E402
from mlviz.settings import Settings  # noqa: E402
from mlviz.trace.steps import Position  # noqa: E402
from mlviz.ui.app import application  # noqa: E402
from mlviz.ui.beforehand import load_later  # noqa: E402
from mlviz.ui.main_window import MainWindow  # noqa: E402
from mlviz.ui.session import Session  # noqa: E402

WANTED = 50.0  # ms
SIZE = (1440, 900)
CALM = 40
"""After so many turns of the loop in which nothing was under way, all is done."""
ROWS = 1_000_000
Block = tuple[str, float, float]
"""What was done, and the longest block: ms by the clock, and of the processor."""


class Stand:
    """A window of its own, and the blocks that were measured in it."""

    def __init__(self, document: Document | None = None) -> None:
        wishes = Settings(language="en", theme="light")
        self.session = Session(document or load(find("mazur")), wishes)
        self.window = MainWindow(self.session, wishes)
        self.window.resize(*SIZE)
        self.window.show()
        load_later()  # the program does that beside the window, a second after it is shown
        self._longest = (0.0, 0.0)
        self._wait()

    def measured(self, name: str, act: Callable[[], object]) -> Block:
        """Do something; wait until all that comes of it is there and painted."""
        self._longest = (0.0, 0.0)
        self._turn(act)
        self._wait()
        return (name, *self._longest)

    @property
    def is_busy(self) -> bool:
        session = self.session
        making = session.making is not None or session.graph is None
        return making or session.moving

    def _wait(self) -> None:
        calm = 0
        while calm < CALM:
            self._turn(application().processEvents)
            # What was put off until the loop comes round is done by the loop itself.
            self._turn(partial(application().sendPostedEvents, None, QEvent.Type.DeferredDelete))
            calm = 0 if self.is_busy else calm + 1
            time.sleep(0.001)  # as the event loop would, which waits for what comes

    def _turn(self, act: Callable[[], object]) -> None:
        start, busy = time.perf_counter(), time.thread_time()
        act()
        clock, processor = time.perf_counter() - start, time.thread_time() - busy
        self._longest = max(self._longest[0], 1e3 * clock), max(self._longest[1], 1e3 * processor)

    def do(self, name: str, action: str) -> Block:
        """Press the key of an action."""
        return self.measured(name, self.window.actions_table[action].trigger)


# --- What a person does ----------------------------------------------------------------------


def first_lab() -> Iterator[Block]:
    stand = Stand(load(find("xor")))
    yield stand.do("first opening of the lab", "face")
    yield stand.do("from the lab to the film", "face")
    yield stand.do("to the lab again", "face")


def opening_in_film() -> Iterator[Block]:
    stand = Stand()
    for example in examples():
        yield stand.measured(
            f"film: open {example.name}", partial(stand.session.open, example.path)
        )
        if stand.session.face != "film":
            stand.session.set_face("film")
            stand.measured("", int)


def opening_in_lab() -> Iterator[Block]:
    stand = Stand()
    stand.do("", "face")
    for example in examples():
        yield stand.measured(f"lab: open {example.name}", partial(stand.session.open, example.path))


def levels() -> Iterator[Block]:
    stand = Stand()
    for name in ("xor", "fruit", "digits", "likelihood", "houses"):
        stand.measured("", partial(stand.session.open, find(name)))
        stand.session.set_face("film")
        stand.measured("", int)
        first = stand.session.level
        order = [level for level in stand.session.levels if level != first]
        for level in (*order, first):
            act = partial(stand.session.set_level, level)
            yield stand.measured(f"{name}: to {level}", act)


def iterations() -> Iterator[Block]:
    stand = Stand(load(find("xor")))
    for name, level in (("xor", "scalars"), ("net", "scalars"), ("digits", "layers")):
        if name == "net":
            with tempfile.TemporaryDirectory() as folder:
                stand.measured("", partial(stand.session.open, _network(Path(folder), 28)))
            name = "2,000 scalars"
        else:
            stand.measured("", partial(stand.session.open, find(name)))
        stand.session.set_face("film")
        stand.measured("", partial(stand.session.set_level, level))
        stand.measured("", partial(stand.session.seek, Position(1, 30)))
        yield stand.do(f"{name}: next iteration", "next_iteration")
        yield stand.do(f"{name}: the iteration after", "next_iteration")
        yield stand.do(f"{name}: the iteration before", "previous_iteration")
        yield stand.do(f"{name}: to the end", "to_end")


def _network(folder: Path, hidden: int, level: str = "operations") -> Path:
    layer = '[[network.layers]]\nunits = {}\nactivation = "tanh"\ninit = "xavier_uniform"\n'
    path = folder / f"net{hidden}.toml"
    path.write_text(
        f'seed = 1\niterations = 20\n[view]\nlevel = "{level}"\n[network]\ninputs = 2\n'
        + "".join(layer.format(units) for units in (hidden, hidden, 1))
        + '[data]\ninputs = [[0.5, -1.0]]\ntargets = [[1.0]]\n[loss]\nname = "mse_loss"\n'
        + '[optimizer]\nname = "SGD"\nlr = 0.1\n',
        encoding="utf-8",
    )
    return path


def large() -> Iterator[Block]:
    import numpy as np

    layer = '[[network.layers]]\nunits = {}\nactivation = "tanh"\ninit = "xavier_uniform"\n'
    pixels = np.random.default_rng(1).uniform(size=(1, 784)).round(3).tolist()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.toml"
        path.write_text(
            "seed = 1\niterations = 20\n[network]\ninputs = 784\n"
            + layer.format(128)
            + layer.format(10)
            + f"[data]\ninputs = {pixels}\ntargets = [[{', '.join(['0.1'] * 10)}]]\n"
            + '[loss]\nname = "mse_loss"\n[optimizer]\nname = "SGD"\nlr = 0.1\n',
            encoding="utf-8",
        )
        stand = Stand()
        yield stand.measured("784-128-10: open", partial(stand.session.open, path))
        act = partial(stand.session.set_stage_mode, "network")
        yield stand.measured("784-128-10: as a network", act)
        yield stand.do("784-128-10: next iteration", "next_iteration")
        stand.measured("", partial(stand.session.set_stage_mode, "graph"))
        scalars = _network(Path(folder), 28, "scalars")
        yield stand.measured("2,000 scalars at first: open", partial(stand.session.open, scalars))


def dialogs() -> Iterator[Block]:
    stand = Stand(load(find("xor")))
    yield stand.do("gallery (Ctrl+G)", "gallery")
    _close_dialogs(stand)
    yield stand.do("gallery again", "gallery")
    _close_dialogs(stand)
    yield stand.do("code (Ctrl+E)", "code")
    _close_dialogs(stand)
    yield stand.do("keys (F1)", "keys")
    _close_dialogs(stand)
    stand.measured("", partial(stand.session.open, find("digits")))
    stand.session.set_face("film")
    stand.measured("", int)
    yield stand.do("digits: code (Ctrl+E)", "code")


def _close_dialogs(stand: Stand) -> None:
    from PySide6.QtWidgets import QDialog

    for dialog in stand.window.findChildren(QDialog):
        dialog.reject()
    stand.measured("", int)


def panels() -> Iterator[Block]:
    stand = Stand(load(find("xor")))
    session = stand.session
    for name, level in (("xor", "operations"), ("xor", "scalars"), ("digits", "operations")):
        stand.measured("", partial(session.open, find(name)))
        session.set_face("film")
        stand.measured("", partial(session.set_level, level))
        stand.measured("", partial(session.seek, Position(1, len(session.timeline))))
        target = session.timeline.steps[len(session.timeline) * 3 // 4].target
        yield stand.measured(f"{name}, {level}: select", partial(session.select, target))
        yield stand.do(f"{name}, {level}: why (W)", "why")
        yield stand.do(f"{name}, {level}: matrix (M)", "matrix")
        yield stand.do(f"{name}, {level}: lecture (F5)", "lecture")
        yield stand.do(f"{name}, {level}: lecture ends", "leave_lecture")
        stand.do("", "why")
        stand.do("", "matrix")


def look() -> Iterator[Block]:
    stand = Stand(load(find("xor")))
    session = stand.session
    for face in ("film", "lab"):
        session.set_face(face)
        stand.measured("", int)
        yield stand.measured(f"{face}: to 中文", partial(session.set_language, "zh_CN"))
        yield stand.measured(f"{face}: to English", partial(session.set_language, "en"))
        yield stand.measured(f"{face}: to dark", partial(session.set_theme, "dark"))
        yield stand.measured(f"{face}: to light", partial(session.set_theme, "light"))
        yield stand.do(f"{face}: larger (Ctrl +)", "larger")
        yield stand.do(f"{face}: usual size", "usual_size")


def lab_panels() -> Iterator[Block]:
    from mlviz.ui.lab_window import LAB_DOCKS

    stand = Stand(load(find("xor")))
    session = stand.session
    stand.measured("", partial(session.set_face, "lab"))
    stand.measured("", partial(session.lab.one_epoch))
    assert stand.window.faces.lab is not None
    for row in LAB_DOCKS:
        act = partial(stand.window.faces.lab.bring, row.name)
        yield stand.measured(f"lab: panel {row.name}, first time", act)
    for row in LAB_DOCKS:
        act = partial(stand.window.faces.lab.bring, row.name)
        yield stand.measured(f"lab: panel {row.name}, again", act)
    for name in ("k-fold", "bias-variance", "overfitting"):
        stand.measured("", partial(session.open, find(name)))
        stand.window.faces.lab.bring("studies")
        stand.measured("", int)
        view = stand.window.faces.lab.panel("studies").view()
        yield stand.measured(f"{name}: its study, from start to end", partial(_begin, view))


def _begin(view: Any) -> None:
    """Press the button that begins a study."""
    from PySide6.QtWidgets import QPushButton

    for button in view.findChildren(QPushButton):
        if button.property("kind") == "primary" and button.isVisible() and button.isEnabled():
            button.click()
            return
    raise AssertionError("no button begins a study")


def table() -> Iterator[Block]:
    from mlviz.ui.csv_dialog import open_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        lines = "0.125,7,-3.5,x\n1,2,3.5,y\n" * (ROWS // 2)
        path.write_text("a,b,c,kind\n" + lines, encoding="utf-8")
        stand = Stand(load(find("xor")))
        found = []
        yield stand.measured(
            f"{ROWS:,} rows: read and shown",
            lambda: found.append(open_table(stand.session, path, stand.window)),
        )
        for target in ("kind", "a"):
            act = partial(found[0].form.target.chosen.emit, "target", target)
            yield stand.measured(f"{ROWS:,} rows: another target, {target}", act)
        yield stand.measured(f"{ROWS:,} rows: opened in the lab", found[0].open_document)


GROUPS: dict[str, Callable[[], Iterator[Block]]] = {
    part.__name__: part
    for part in (
        first_lab,
        opening_in_film,
        opening_in_lab,
        levels,
        iterations,
        large,
        dialogs,
        panels,
        look,
        lab_panels,
        table,
    )
}


def one(group: str) -> int:
    """Measure a group in this process, and write what was found as a line each."""
    application()
    for name, clock, processor in GROUPS[group]():
        print(json.dumps([name, clock, processor]), flush=True)
    os._exit(0)  # what is still open needs no farewell


def rows(group: str, rounds: int, around: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the best of several processes for everything in a group."""
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds):
        command = [sys.executable, __file__, "--one", group]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=around)
        for line in done.stdout.splitlines():
            name, clock, processor = json.loads(line)
            found.setdefault(name, []).append((clock, processor))
    found.pop("", None)  # what only led to the next thing
    for name, times in found.items():
        clock, processor = (min(values) for values in zip(*times, strict=True))
        row = {"name": name, "value": clock, "unit": "ms", "processor": processor}
        yield row | {"wanted": WANTED, "holds": clock <= WANTED}


def main() -> int:
    """Print the figures; the exit code says whether all that is wanted holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file too")
    parser.add_argument("--only", default="", metavar="WORD", help="groups with this in the name")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=tuple(GROUPS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(options.one)
    found = []
    with tempfile.TemporaryDirectory() as compiled:
        # Python has compiled the program once, as it has when that is installed.
        around = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        around |= {"PYTHONPYCACHEPREFIX": compiled}
        for group in GROUPS:
            if options.only in group:
                for row in rows(group, options.rounds, around):
                    found.append(row)
                    verdict = "" if row["holds"] else "  MISSED"
                    title = f"{row['name']}, longest block"
                    print(f"{title:62}{row['value']:8.1f}{row['processor']:8.1f} ms{verdict}")
                sys.stdout.flush()
    if options.json:
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        options.json.write_text(text, encoding="utf-8")
    return 0 if all(row["holds"] for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
