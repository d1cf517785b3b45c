"""Every example, view, theme and language as PNG files, made without a screen."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.settings import Settings
from mlviz.ui.app import application
from mlviz.ui.collector import sweep
from mlviz.ui.lab_pictures import lab_pictures
from mlviz.ui.main_window import MainWindow
from mlviz.ui.picture_tours import (
    answers,
    broken,
    dialogs,
    moments,
    panels,
    stages,
    window_parts,
)
from mlviz.ui.session import Session

__all__ = ["Choice", "make_pictures", "moments", "quiet"]


@dataclass(frozen=True)
class Choice:
    """Which pictures are made of an example."""

    themes: tuple[str, ...] = ("light", "dark")
    languages: tuple[str, ...] = ("en", "zh_CN")
    sizes: tuple[tuple[int, int], ...] = ((1440, 900), (1024, 768))
    sample: bool = False
    """Whether each example has one theme, language and size: all of them take turns."""

    def of(self, number: int) -> "Choice":
        """Return what is chosen for the example of this number, from 0."""
        if not self.sample:
            return self
        theme = self.themes[number % len(self.themes)]
        language = self.languages[number // len(self.themes) % len(self.languages)]
        turns = len(self.themes) * len(self.languages)
        size = self.sizes[(number + number // turns) % len(self.sizes)]
        return Choice((theme,), (language,), (size,))


def make_pictures(folder: Path, names: Sequence[str], choice: Choice = Choice()) -> Iterator[Path]:
    """Write the pictures of examples or files, and yield each path once it is written.

    Raises:
        DocumentError: an example cannot be opened.
        OSError: a file cannot be written.
    """
    quiet()
    application()
    for number, name in enumerate(names):
        mine = choice.of(number)
        for theme in mine.themes:
            for language in mine.languages:
                yield from _of_one(folder, name, theme, language, mine.sizes)


def quiet() -> None:
    """Leave out what Qt says about every window that is drawn into memory."""
    qInstallMessageHandler(_say)


def _say(_: QtMsgType, __: QMessageLogContext, text: str | None) -> None:
    if text and "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def _of_one(
    folder: Path, name: str, theme: str, language: str, sizes: Sequence[tuple[int, int]]
) -> Iterator[Path]:
    document = load(find(name))
    # Saved wishes stay out of it: pictures are the same for everybody.
    session = Session(document, _usual(theme, language))
    window = MainWindow(session)
    try:
        session.wait_for_layout()
        window.check_badge.finish()
        places = moments(session.timeline)
        target = folder / document.name
        target.mkdir(parents=True, exist_ok=True)
        for width, height in sizes:
            window.resize(width, height)
            window.reset_layout()
            window.show()
            QApplication.processEvents()
            session.wait_for_layout()
            for number, (moment, position) in enumerate(places.items()):
                session.seek(position)
                file = f"window-{width}x{height}-{theme}-{language}-{number}-{moment}.png"
                yield _grab(window, target / file)
            which = f"{width}x{height}-{theme}-{language}"
            for tour in (window_parts, stages):
                yield from _all(tour(window), target, which)
            window.lecture.enter()
            # Drawn into memory, the screen is not the size that was asked for.
            window.resize(width, height)
            for moment in ("backward", "end"):
                session.seek(places.get(moment, places["end"]))
                file = f"lecture-{width}x{height}-{theme}-{language}-{moment}.png"
                yield _grab(window, target / file)
            window.lecture.leave()
        session.seek(places.get("backward", places["end"]))
        yield from _all(panels(window), target, f"{theme}-{language}")
        for tour in (answers, dialogs, broken):
            yield from _all(tour(window), target, f"{theme}-{language}")
        session.open_document(document)  # the last tour was of one that breaks
        yield from lab_pictures(window, target, f"{theme}-{language}", sizes, _grab)
    finally:
        window.hide()
        session.close()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        sweep()


def _all(views: Iterator[tuple[str, QWidget]], target: Path, which: str) -> Iterator[Path]:
    """Write what a tour comes by."""
    for name, widget in views:
        yield _grab(widget, target / f"{name}-{which}.png")


def _usual(theme: str, language: str) -> Settings:
    """Return the usual settings in a theme and a language."""
    return msgspec.convert({"theme": theme, "language": language}, Settings)


def _grab(widget: QWidget, path: Path) -> Path:
    for _ in range(3):  # sizes, then places, then what follows from them
        QApplication.processEvents()
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written")
    return path
