"""Make the pictures of the README anew that show what the lab can do. Run by hand.

    QT_QPA_PLATFORM=offscreen python tests/tools/make_lab_pictures.py

One picture for each thing that users of other tools ask for; see the table in the README.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "pictures"
MOST_BYTES = 120_000
SIZE = (1180, 740)

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["MLVIZ_SETTINGS_DIR"] = tempfile.mkdtemp()
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from msgspec.structs import replace  # noqa: E402
from PySide6.QtCore import QBuffer, QIODevice  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QWidget  # noqa: E402

from mlviz.document.document import built  # noqa: E402
from mlviz.document.recipe import with_activation, with_init, with_layer  # noqa: E402
from mlviz.document.schema import (  # noqa: E402
    DataTable,
    FileTable,
    LayerTable,
    LossTable,
    NetworkTable,
    OptimizerTable,
    TrainingTable,
)
from mlviz.settings import Settings  # noqa: E402
from mlviz.trace.steps import Position, StepKind  # noqa: E402
from mlviz.ui.app import application  # noqa: E402
from mlviz.ui.csv_dialog import open_table  # noqa: E402
from mlviz.ui.main_window import MainWindow  # noqa: E402
from mlviz.ui.pictures import quiet  # noqa: E402
from mlviz.ui.recipe_view import RecipeView  # noqa: E402
from mlviz.ui.session import Session  # noqa: E402


def spiral() -> FileTable:
    """Two classes in the plane, and a network of two hidden layers."""
    layers = [LayerTable(units=8, activation="tanh") for _ in range(2)]
    return FileTable(
        title="Spiral",
        seed=3,
        iterations=2000,
        network=NetworkTable(inputs=2, layers=[*layers, LayerTable(units=1)]),
        data=DataTable(set="spiral", count=200, noise=0.05, validation=0.2, batch_size=32),
        loss=LossTable(name="binary_cross_entropy_with_logits"),
        optimizer=OptimizerTable(name="Adam", lr=0.02),
    )


def settle(window: MainWindow) -> None:
    """Let everything be drawn, and long work come to its end."""
    lab = window.session.lab
    window.faces.finish_lab()
    for _ in range(4000):
        application().processEvents()
        if not (lab.work.busy or lab.refreshing.is_waiting):
            break
        lab.refreshing.tick()
        lab.work.advance()
    for _ in range(10):
        application().processEvents()
    if window.session.face == "film":
        window.check_badge.finish()


def train(window: MainWindow, iterations: int) -> None:
    """Train so far, however slow the machine is, or until a stop rule says so."""
    lab = window.session.lab
    lab.seek(iterations + 1)
    while lab.running:
        lab.advance(0.016)
    settle(window)


def edit(window: MainWindow, table: FileTable) -> None:
    """Change the recipe."""
    if not window.session.lab.edit(table):
        raise SystemExit(str(window.session.lab.problem))
    settle(window)


def mathematics(window: MainWindow) -> QWidget:
    """Every number of any iteration, with its rule: the film of an iteration of the run."""
    session = window.session
    train(window, 700)
    session.lab.seek(350)
    session.set_face("film")
    session.wait_for_layout()
    steps = session.timeline.steps
    step = [step.number for step in steps if step.kind is StepKind.BACKWARD][2]
    session.seek(Position(350, step, 0.6))
    return window


def own_data(window: MainWindow) -> QWidget:
    """A CSV file with gaps and words, before it is opened."""
    dialog = open_table(window.session, ROOT / "resources" / "data" / "penguins.csv", window)
    dialog.resize(*SIZE)
    return dialog


def initialisation(window: MainWindow) -> QWidget:
    """The same network from zeros and from Xavier's numbers, compared."""
    lab, table = window.session.lab, window.session.lab.table
    train(window, 600)
    lab.keep()
    for index in range(2):
        table = with_init(table, index, "zeros")
    edit(window, table)
    train(window, 600)
    return window


def dropout(window: MainWindow) -> QWidget:
    """Half of the hidden outputs left out: the mask is an operation like all others."""
    session, table = window.session, window.session.lab.table
    layers = [replace(layer, dropout=0.5) for layer in table.network.layers[:2]]
    network = replace(table.network, layers=[*layers, table.network.layers[2]])
    edit(window, replace(table, network=network, data=replace(table.data, batch_size=4)))
    train(window, 200)
    session.set_face("film")
    session.wait_for_layout()
    masked = next(n for n in session.timeline.tape if n.origin == "layer1.dropped")
    steps = [step.number for step in session.timeline.steps if step.node == masked.id]
    session.seek(Position(session.position.iteration, steps[0], 1.0))
    session.select(masked.id)
    return window


def activations(window: MainWindow) -> QWidget:
    """Another activation in each layer, and what each neuron has learned."""
    table = with_layer(window.session.lab.table, 2)
    for index, name in enumerate(("relu", "tanh", "gelu")):
        table = with_activation(table, index, name)
    edit(window, table)
    train(window, 1000)
    window.session.lab.panel_wanted.emit("neurons")
    return window


def rewind(window: MainWindow) -> QWidget:
    """Back in the run: the same weights, to the last bit."""
    train(window, 1500)
    window.session.lab.seek(260)
    return window


def stop(window: MainWindow) -> QWidget:
    """Training that ends by itself: after N iterations, or when validation gets no better."""
    table = window.session.lab.table
    edit(window, replace(table, training=TrainingTable(iterations=640, patience=200)))
    train(window, 2000)
    recipe = window.faces.lab_window().panel("recipe").view()
    assert isinstance(recipe, RecipeView)
    bar = recipe.page.verticalScrollBar()
    bar.setValue(bar.maximum())
    return window


def bad_numbers(window: MainWindow) -> QWidget:
    """A learning rate that is too large: the first bad number, named."""
    table = window.session.lab.table
    for index in range(2):
        table = with_activation(table, index, "relu")
    sgd = OptimizerTable(name="SGD", lr=5.0)
    edit(window, replace(table, optimizer=sgd, loss=LossTable(name="mse_loss")))
    train(window, 2000)
    return window


PICTURES: dict[str, Callable[[MainWindow], QWidget]] = {
    "mathematics": mathematics,
    "own-data": own_data,
    "initialisation": initialisation,
    "dropout": dropout,
    "activations": activations,
    "rewind": rewind,
    "stop": stop,
    "nan": bad_numbers,
}


def with_few_colours(image: QImage) -> QImage:
    """Return an image with the 256 colours that it has most of, so that its file is small."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    wide, high = image.width(), image.height()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(high, wide) & 0xFFFFFF
    colours, place, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-counts, kind="stable")[:256]]
    parts = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], 1).astype(np.float32)
    of_kept = np.stack([kept >> 16, kept >> 8 & 255, kept & 255], 1).astype(np.float32)
    nearest = np.empty(len(colours), np.uint8)
    for first in range(0, len(colours), 1000):
        away = parts[first : first + 1000, None] - of_kept[None]
        nearest[first : first + 1000] = np.argmin((away**2).sum(2), 1)
    made = QImage(wide, high, QImage.Format.Format_Indexed8)
    made.setColorTable([0xFF000000 | int(colour) for colour in kept])
    lines = np.frombuffer(made.bits(), np.uint8).reshape(high, made.bytesPerLine())
    lines[:, :wide] = nearest[place.reshape(high, wide)]
    return made


def make(name: str) -> Path:
    """Write one picture, with few colours so that the file is small."""
    wishes = Settings(language="en", theme="light")
    session = Session(built("spiral", None, "spiral", spiral()), wishes)
    window = MainWindow(session, wishes)
    window.saving.may_leave = lambda: True  # type: ignore[method-assign]
    window.resize(*SIZE)
    window.show()
    session.set_face("lab")
    settle(window)
    shown = PICTURES[name](window)
    settle(window)
    path, buffer = FOLDER / f"lab-{name}.png", QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    with_few_colours(shown.grab().toImage()).save(buffer, "PNG", 0)
    content = bytes(buffer.data().data())
    if len(content) > MOST_BYTES:
        raise SystemExit(f"{path.name} has {len(content):,} bytes, more than {MOST_BYTES:,}")
    path.write_bytes(content)
    if shown is not window:
        shown.close()
    session.close()
    window.close()
    _closed.append(window)
    return path


_closed: list[MainWindow] = []
"""Kept to the end: what Qt still says to a window may come late."""


if __name__ == "__main__":
    quiet()
    application()
    for each in sys.argv[1:] or PICTURES:
        print(make(each), flush=True)
