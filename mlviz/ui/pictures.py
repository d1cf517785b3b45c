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
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.trace.timeline import Timeline
from mlviz.ui.app import application
from mlviz.ui.lab_pictures import lab_pictures
from mlviz.ui.levels import OPERATIONS
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session
from mlviz.ui.why_view import WhyView

_UNDER_WAY = 0.5


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


def moments(timeline: Timeline) -> dict[str, Position]:
    """Return the moments that are worth a picture, by name and in order."""
    found = {"start": Position()}
    segments = {segment.phase: segment for segment in timeline.segments}
    if Phase.FORWARD in segments:
        segment = segments[Phase.FORWARD]
        found["forward"] = Position(1, (segment.first + segment.last + 1) // 2, _UNDER_WAY)
    received: set[int] = set()
    backward = []
    for step in timeline.steps:
        if step.kind is StepKind.SEED:
            found["seed"] = Position(1, step.number)
        elif step.kind is StepKind.BACKWARD:
            backward.append(step.number)
            if step.target in received:
                found.setdefault("accumulate", Position(1, step.number, 0.9))
            received.add(step.target)
        elif step.kind is StepKind.UPDATE:
            found.setdefault("update", Position(1, step.number, _UNDER_WAY))
    if backward:
        found["backward"] = Position(1, backward[len(backward) // 2], _UNDER_WAY)
    found["end"] = Position(1, len(timeline))
    return dict(sorted(found.items(), key=lambda entry: (entry[1], entry[0])))


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
            for number, (moment, position) in enumerate(places.items()):
                session.seek(position)
                file = f"window-{width}x{height}-{theme}-{language}-{number}-{moment}.png"
                yield _grab(window, target / file)
            window.lecture.enter()
            # Drawn into memory, the screen is not the size that was asked for.
            window.resize(width, height)
            for moment in ("backward", "end"):
                session.seek(places.get(moment, places["end"]))
                file = f"lecture-{width}x{height}-{theme}-{language}-{moment}.png"
                yield _grab(window, target / file)
            window.lecture.leave()
        session.seek(places.get("backward", places["end"]))
        for view, widget in window.views().items():
            if widget.isVisible():  # panels that open on demand have pictures of their own
                yield _grab(widget, target / f"{view}-{theme}-{language}.png")
        session.set_reduced_motion(True)  # a passage between two levels is no picture
        for level in session.levels:
            session.set_level(level)
            session.wait_for_layout()
            yield _grab(window.stage, target / f"stage-{level}-{theme}-{language}.png")
        yield from _stage_modes(window, target, f"{theme}-{language}")
        yield from _why(window, target, f"{theme}-{language}")
        yield from lab_pictures(window, target, f"{theme}-{language}", sizes, _grab)
    finally:
        window.hide()
        session.close()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _stage_modes(window: MainWindow, target: Path, which: str) -> Iterator[Path]:
    """Yield the network, both views of the stage, and a parameter as a matrix."""
    session = window.session
    session.set_level(OPERATIONS)
    session.wait_for_layout()
    session.seek(moments(session.timeline).get("backward", Position()))
    for mode in ("network", "split"):
        session.set_stage_mode(mode)
        yield _grab(window.stage_area, target / f"stage-{mode}-{which}.png")
    session.set_stage_mode("graph")
    session.to_end()
    leaves = [node for node in session.timeline.tape if node.role == "parameter"]
    session.select(leaves[0].id if leaves else None)
    window.show_matrix(True)
    yield _grab(window.matrix.widget(), target / f"matrix-of-parameter-{which}.png")
    window.show_matrix(False)
    session.select(None)


def _why(window: MainWindow, target: Path, which: str) -> Iterator[Path]:
    """Yield the pages of the panel "Why?" for a parameter, at the finest level there is."""
    session, view = window.session, window.why.widget()
    if not isinstance(view, WhyView):
        return
    session.to_end()
    leaves = [node for node in session.timeline.tape if node.role == "parameter"]
    session.select(leaves[0].id if leaves else None)
    window.show_why(True)
    for page in view.tabs():
        view.show_tab(page)
        yield _grab(view, target / f"why-{page}-{which}.png")
    window.show_why(False)


def _usual(theme: str, language: str) -> Settings:
    """Return the usual settings in a theme and a language."""
    return msgspec.convert({"theme": theme, "language": language}, Settings)


def _grab(widget: QWidget, path: Path) -> Path:
    for _ in range(3):  # sizes, then places, then what follows from them
        QApplication.processEvents()
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written")
    return path
