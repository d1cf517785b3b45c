"""The lab as pictures: the window at every size, and each panel that is shown."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from mlviz.ui.main_window import MainWindow

ITERATIONS = 200
"""How far a run is trained for its picture, if its file says nothing less."""
_PATIENCE = 2000  # slices that long work may take
_QUIET = 5  # frames in which nothing was to be done

Grab = Callable[[QWidget, Path], Path]


def lab_pictures(
    window: MainWindow, target: Path, which: str, sizes: Sequence[tuple[int, int]], grab: Grab
) -> Iterator[Path]:
    """Yield the lab at its start and after some training, and its panels.

    Args:
        window: the window.
        target: the folder for the pictures.
        which: theme and language, for the names of the files.
        sizes: of the window.
        grab: writes a picture of a widget.
    """
    session = window.session
    lab = session.lab
    session.set_face("lab")
    window.faces.finish_lab()
    for width, height in sizes:
        window.resize(width, height)
        window.reset_layout()
        if lab.can_train:
            lab.reset()
        _finish(window)
        yield grab(window, target / f"lab-{width}x{height}-{which}-0-start.png")
        if lab.can_train:
            _train(window)
            yield grab(window, target / f"lab-{width}x{height}-{which}-1-trained.png")
    panels = window.faces.lab_window().docks
    for name, dock in panels.items():
        if not dock.row.shown or dock.isHidden():  # some have nothing to say of this file
            continue
        dock.raise_()
        QApplication.processEvents()
        _finish(window)
        yield grab(dock.view(), target / f"lab-{name}-{which}.png")
    session.set_face("film")


def _train(window: MainWindow) -> None:
    """Train, however slow the machine is."""
    lab = window.session.lab
    lab.seek(ITERATIONS + 1)
    while lab.running:
        lab.advance(0.016)
    _finish(window)


def _finish(window: MainWindow) -> None:
    """Let long work come to its end, and panels to what they show."""
    lab = window.session.lab
    quiet = 0
    for _ in range(_PATIENCE):
        # What has ended may have given something else to do.
        quiet = 0 if lab.busy or lab.refreshing.is_waiting else quiet + 1
        if quiet > _QUIET:
            return
        lab.advance(0.016)
        lab.refreshing.tick()
        QApplication.processEvents()
