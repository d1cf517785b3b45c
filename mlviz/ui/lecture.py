"""In front of a class: full screen, few panels, large letters, and the keys of a clicker."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAction, QCursor, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDockWidget, QToolBar, QToolButton, QWidget

from mlviz.document.document import Document
from mlviz.document.scenes import scene_steps
from mlviz.i18n import Message
from mlviz.learn.training import Training
from mlviz.picture import player
from mlviz.settings import SCALES, Settings
from mlviz.trace.steps import Position
from mlviz.ui.blank import Blank
from mlviz.ui.caption_view import CaptionView, letters_for
from mlviz.ui.lecture_bar import LectureBar

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow

CAPTION, NOTES, EQUATION = "caption", "notes", "equation"
CHOICES = (
    (CAPTION, Message("lecture.show.caption")),
    (NOTES, Message("lecture.show.notes")),
    (EQUATION, Message("ui.dock.equation")),
    ("curve", Message("ui.dock.curve")),
    ("parameters", Message("ui.dock.parameters")),
    ("time", Message("ui.dock.time")),
)
"""What may be shown beside the stage, in the order of the keys 1, 2, 3, …."""
_USUAL_HEIGHT = 760
"""A screen of this height is shown at scale 1, a higher one larger."""
_LOOK_MS, _IDLE_MS = 200, 2600
_COLUMN = 0.3
"""The right-hand column, in parts of the screen's width."""


@dataclass(frozen=True, slots=True)
class _Before:
    """The window as it was, and the moment to which Home leads back."""

    geometry: QRect
    window_state: Qt.WindowState
    panels: QByteArray
    floating: Mapping[str, QRect]
    scale: float
    focus: QWidget | None
    document: Document
    training: Training
    level: str
    iteration: int
    lab: QByteArray | None
    """Where the lab's panels were; None if the film is shown."""


class Lecture(QObject):
    """The window as a class sees it; afterwards it is exactly as it was.

    Args:
        window: the window; its stage, panels and actions are there already.
        wishes: what was shown the last time.
    """

    def __init__(self, window: "MainWindow", wishes: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._before: _Before | None = None
        self._restored: _Before | None = None
        self.scale = wishes.lecture_scale
        known = [name for name, _ in CHOICES]
        self.panels = tuple(name for name in wishes.lecture_panels if name in known)
        self.caption = CaptionView(self._session)
        self._strip = QToolBar(window)
        self._strip.setObjectName("lecture")
        self._strip.setMovable(False)
        self._strip.setFloatable(False)
        self._strip.addWidget(self.caption)
        self._strip.hide()
        self.blank = Blank(self._session, window)
        self.choices = {name: self._choice(name, key) for key, (name, _) in enumerate(CHOICES, 1)}
        self.bar = LectureBar(self._session, self.choices, window.actions_table, window)
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_MS)
        self._watch.timeout.connect(self.look)
        self._pointer = QPoint()
        self._idle = 0
        self._hidden = False
        window.installEventFilter(self)
        window.actions_table["leave_lecture"].setEnabled(False)
        self._session.language_changed.connect(self._on_language_changed)
        self._session.appearance_changed.connect(self._on_appearance_changed)
        self._on_language_changed()

    def _choice(self, name: str, key: int) -> QAction:
        action = QAction(self._window)
        action.setObjectName(name)
        action.setCheckable(True)
        action.setChecked(name in self.panels)
        action.setShortcut(QKeySequence(str(key)))
        action.setEnabled(False)
        action.toggled.connect(self._on_chosen)
        self._window.addAction(action)
        return action

    @property
    def active(self) -> bool:
        """Whether a lecture is given."""
        return self._before is not None

    # --- Beginning and end -----------------------------------------------------------------

    def toggle(self) -> None:
        """Begin, or leave."""
        if self.active:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Fill the screen; the film stands where it stood, and so does the lab."""
        if self.active:
            return
        window, session = self._window, self._session
        in_lab = session.face == "lab"
        window.faces.finish_lab()  # F5 may come before all of it is there
        session.pause()
        self._before = _Before(
            window.geometry(),
            window.windowState(),
            window.saveState(),
            {dock.objectName(): dock.geometry() for dock in self._docks() if dock.isFloating()},
            session.scale,
            window.focusWidget(),
            session.document,
            session.training,
            session.level,
            session.position.iteration,
            window.faces.lab.saveState() if in_lab and window.faces.lab is not None else None,
        )
        window.top_bar.hide()
        for name in self.choices:  # the lab has its own panels
            self.bar.buttons[name].setVisible(not in_lab)
        if in_lab:
            window.showFullScreen()
            session.set_scale(self.scale or self.usual_scale())
            window.actions_table["leave_lecture"].setEnabled(True)
            self._arrange()
            self._begin_watch()
            return
        self._tidy_stage(True)
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self._strip)
        window.showFullScreen()
        session.set_scale(self.scale or self.usual_scale())
        window.reset_layout()
        self._enable(True)
        self._show_chosen()
        self._arrange()
        window.stage.setFocus(Qt.FocusReason.OtherFocusReason)
        self._begin_watch()

    def _begin_watch(self) -> None:
        self._pointer, self._idle = QCursor.pos(), 0
        self._watch.start()

    def leave(self) -> None:
        """Put the window back as it was."""
        before, window = self._before, self._window
        if before is None:
            return
        self.blank.uncover()
        self._watch.stop()
        self._show_pointer(True)
        self.bar.hide()
        scale = self._session.scale
        self.scale = 0.0 if abs(scale - self.usual_scale()) < 1e-6 else scale
        self._before = None
        self._enable(False)
        if before.lab is None:
            window.removeToolBar(self._strip)
            self._tidy_stage(False)
        self._session.set_scale(before.scale)
        window.top_bar.show()
        window.setWindowState(before.window_state)
        if before.window_state == Qt.WindowState.WindowNoState:
            # Not by `restoreGeometry`: that keeps a window a little smaller than the screen.
            window.setGeometry(before.geometry)
        self._restore_panels(before)
        self._restored = before if window.size() != before.geometry.size() else None
        if before.focus is not None:
            before.focus.setFocus()

    def _tidy_stage(self, tidy: bool) -> None:
        """Leave only the graph on the stage: what is a tool of one person says nothing to many."""
        window = self._window
        window.stage.set_plain(tidy)
        wanted = window.actions_table["minimap"].isChecked()
        window.tools.minimap.set_wanted(wanted and not tidy)
        window.check_badge.setVisible(not tidy)
        window.stage_area.switch.setVisible(not tidy)

    def _restore_panels(self, before: _Before) -> None:
        if before.lab is not None:
            if self._window.faces.lab is not None:
                self._window.faces.lab.restoreState(before.lab)
            return
        self._window.restoreState(before.panels)
        for dock in self._docks():
            if dock.isFloating() and dock.objectName() in before.floating:
                # Qt moves them on the screen as it sees fit.
                dock.setGeometry(before.floating[dock.objectName()])

    def _enable(self, active: bool) -> None:
        for action in self.choices.values():
            action.setEnabled(active)
        self._window.actions_table["leave_lecture"].setEnabled(active)

    def _docks(self) -> list[QDockWidget]:
        own = Qt.FindChildOption.FindDirectChildrenOnly  # those of the lab are no concern of it
        return self._window.findChildren(QDockWidget, options=own)

    # --- The clicker's keys ----------------------------------------------------------------

    def forward(self) -> None:
        """Run to the next stop; pressed on the way, be there at once. Otherwise the next phase."""
        session = self._session
        if not self.active:
            session.next_phase()
        elif not session.arrive():
            session.run_to(player.next_stop(session.timeline, session.position, self._scenes()))

    def back(self) -> None:
        """Go back to the stop before; without a lecture to the phase before."""
        session = self._session
        if not self.active:
            session.previous_phase()
            return
        stop = player.previous_stop(session.timeline, session.position, self._scenes())
        session.seek(stop)

    def to_start(self) -> None:
        """Go back to the start; in a lecture to where it began, with the same numbers."""
        session, before = self._session, self._before
        session.to_start()
        if before is None:
            return
        if session.document is not before.document:
            session.open_document(before.document)
        # Values that were tried out in between go back to what they were.
        while session.training is not before.training and session.what_if.changes.can_undo:
            session.what_if.undo()
        while session.training is not before.training and session.what_if.changes.can_redo:
            session.what_if.redo()
        session.set_level(before.level)
        session.select(None)
        session.seek(Position(before.iteration, 0))
        self._window.stage.set_follow(True)

    def _scenes(self) -> list[int]:
        session = self._session
        return [step for step, _ in scene_steps(session.document, session.timeline)]

    # --- What is shown ---------------------------------------------------------------------

    def usual_scale(self) -> float:
        """Return how large everything is at first: a twentieth more for every 38 px of screen."""
        height = self._screen_height()
        return min(max(round(height / _USUAL_HEIGHT * 20) / 20, SCALES[0]), SCALES[1])

    def _screen_height(self) -> int:
        return self._window.screen().geometry().height()

    def _on_chosen(self) -> None:
        self.panels = tuple(name for name, action in self.choices.items() if action.isChecked())
        if self.active:
            self._show_chosen()
            self._arrange()

    def _show_chosen(self) -> None:
        for dock in self._docks():
            dock.setVisible(dock.objectName() in self.panels)
        self.caption.show_parts(
            caption=CAPTION in self.panels,
            notes=NOTES in self.panels,
            formula=EQUATION not in self.panels,
        )
        self._strip.setVisible(CAPTION in self.panels or NOTES in self.panels)

    def _arrange(self) -> None:
        """Give every part its size at the present size of the screen and of everything."""
        window, session = self._window, self._session
        self.bar.place()
        self.blank.setGeometry(window.rect())
        if self._before is not None and self._before.lab is not None:
            if window.faces.lab is not None:
                window.faces.lab.fit_bar()
            return
        self.caption.set_letters(
            letters_for(self._screen_height(), session.scale, self.usual_scale())
        )
        right = [dock for dock in window.right if not dock.isHidden()]
        if right:
            across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
            window.resizeDocks(right[:1], [round(window.width() * _COLUMN)], across)
            shares = {EQUATION: 50, "curve": 30, "parameters": 30}
            sizes = [shares.get(dock.objectName(), 30) for dock in right]
            window.resizeDocks(right, sizes, down)

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        for button in self._strip.findChildren(QToolButton):  # Qt's own, for what has no room
            button.setAccessibleName(tr(Message("lecture.caption")))
        for key, (name, words) in enumerate(CHOICES, 1):
            action = self.choices[name]
            action.setText(tr(words))
            action.setIconText(tr(words))
            action.setToolTip(tr(Message("ui.action.tip", text=tr(words), keys=str(key))))
        self.bar.place()

    def _on_appearance_changed(self) -> None:
        if self.active:
            self._arrange()

    # --- The pointer -----------------------------------------------------------------------

    def look(self) -> None:
        """Show pointer and bar while the pointer moves; hide both when nobody uses them."""
        here = QCursor.pos()
        used = self.bar.isVisible() and self.bar.is_used()
        self._idle = 0 if here != self._pointer or used else self._idle + _LOOK_MS
        moved, self._pointer = here != self._pointer, here
        if moved:
            self._show_pointer(True)
            self.bar.place()
            self.bar.show()
            self.bar.raise_()
        elif self._idle >= _IDLE_MS:
            self.bar.hide()
            self._show_pointer(False)

    def _show_pointer(self, shown: bool) -> None:
        if shown and self._hidden:
            QGuiApplication.restoreOverrideCursor()
        elif not shown and not self._hidden:
            QGuiApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)
        self._hidden = not shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size: a window manager may change it later than it was asked to."""
        if event.type() is QEvent.Type.Resize:
            if self.blank.isVisible():
                self.blank.setGeometry(self._window.rect())
            if self.active:
                self._arrange()
            elif (
                self._restored is not None and self._window.size() == self._restored.geometry.size()
            ):
                self._restore_panels(self._restored)
                self._restored = None
        return super().eventFilter(watched, event)
