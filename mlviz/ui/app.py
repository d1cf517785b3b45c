"""The program with its window, from the first look at the machine to the last event."""

import signal
import sys

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from mlviz import settings
from mlviz.document.document import load
from mlviz.document.examples import FIRST, find
from mlviz.document.large_table import large_table
from mlviz.document.table_file import TABLE_ENDINGS
from mlviz.i18n import Message
from mlviz.paths import resource
from mlviz.trace.steps import Position
from mlviz.ui import collector
from mlviz.ui.beforehand import load_beside
from mlviz.ui.fonts import load_fonts
from mlviz.ui.guard import Guard
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session


def application() -> QApplication:
    """Return the one application, made if there is none yet."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    made = QApplication(sys.argv[:1])
    made.setApplicationName("MLViz")
    made.setDesktopFileName("mlviz")
    made.setStyle("Fusion")
    made.setWindowIcon(QIcon(str(resource("icons/mlviz.svg"))))
    load_fonts()
    # Before any other thread is there: none but this one may sweep away what Qt made.
    collector.settle()
    return made


def run(name_or_path: str, step: int = 0) -> int:
    """Open the window and stay until it is closed.

    Args:
        name_or_path: what to open.
        step: where to stand at first.

    Returns:
        The exit code.

    Raises:
        DocumentError: if it cannot be opened.
    """
    path = find(name_or_path)
    # A table is looked at before it is a document, and reading a large one takes a while: both
    # happen in the window, which opens with the first example meanwhile.
    later = path.suffix.lower() in TABLE_ENDINGS or large_table(path) is not None
    document = load(find(FIRST) if later else path)
    app = application()
    wishes, warning = _wishes()
    session = Session(document, wishes)
    window = MainWindow(session, wishes)
    if step and not later:
        session.seek(Position(1, step))
    guard = Guard(window.message_bar)
    guard.install()
    if warning is not None:
        window.message_bar.show_message(warning)
    window.show()
    if later:
        window.opening.open_file(str(path))
    elif not step:
        session.set_face(document.face)
    # Ctrl+C in the terminal ends the program as it ends any other.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    plots = load_beside()
    try:
        return app.exec()
    finally:
        plots.cancel()
        signal.signal(signal.SIGINT, before)
        guard.remove()
        session.close()


def _wishes() -> tuple[settings.Settings, Message | None]:
    """Return what was saved; settings that cannot be read never keep the window shut."""
    try:
        return settings.load()
    except OSError:
        return settings.Settings(), None
