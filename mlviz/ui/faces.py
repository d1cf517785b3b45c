"""The two faces of the window: the film of one iteration, and the lab in which one trains."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mlviz.ui.ahead_bar import AheadBar
from mlviz.ui.arrangement import decoded, encoded
from mlviz.ui.aside_bar import AsideBar
from mlviz.ui.beforehand import load_beside, load_modules
from mlviz.ui.lab_notice import LabNotice
from mlviz.ui.lab_window import LabWindow

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow

FILM_ONLY = (
    "level",
    "explain",
    "why",
    "matrix",
    "stage_mode",
    "fit",
    "follow",
    "find",
    "find_next",
    "find_previous",
    "minimap",
    "memory",
    "legend",
    "smaller_step",
    "larger_step",
    "code",
)
"""What the lab has nothing of."""
LAB_ONLY = ("before_bad", "branch", "to_film")
_WAIT_SECONDS = 0.006
"""How long a slice of the clock waits for what is loaded beside the window."""


class Faces(QObject):
    """Shows one of them; the other one's panels come back as they were.

    Args:
        window: the window; its bars and its stage are there already.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._film_places: QByteArray | None = None
        self._lab_places: QByteArray | None = None
        self._is_closing = False
        self.lab: LabWindow | None = None
        self._making: Iterator[None] | None = None
        self.stack = QStackedWidget()
        self.ahead_bar = AheadBar(window.session)
        self.aside_bar = AsideBar(window.session)
        self._is_new = True
        self._session.document_changed.connect(self._on_document_changed)
        self._session.face_changed.connect(self._on_face_changed)
        self._session.lab.changed.connect(self._enable_undo)

    def show_film(self, bar: QWidget, stage: QWidget) -> None:
        """Take the parts of the film: the bar above the stage, and the stage."""
        film = QWidget()
        column = QVBoxLayout(film)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.ahead_bar)
        column.addWidget(self.aside_bar)
        column.addWidget(stage, 1)
        self.stack.addWidget(film)
        self._enable()

    @property
    def in_lab(self) -> bool:
        """Whether the lab is shown."""
        return self._session.face == "lab"

    def lab_window(self) -> LabWindow:
        """Return the lab, made when it is first asked for."""
        if self.lab is None:
            self.lab = LabWindow(self._session)
            self.lab.put(self._lab_places)
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(LabNotice(self._session))
            column.addWidget(self.lab, 1)
            self.stack.addWidget(page)
            self._window.view_menu.add_lab(list(self.lab.docks.values()))
        return self.lab

    def _parts(self) -> Iterator[None]:
        """Make the lab part by part, as far as it is seen at first."""
        loading = load_beside(0, load_modules)
        while loading.is_alive():
            loading.join(_WAIT_SECONDS)
            yield
        lab = self.lab_window()
        yield
        yield from lab.made_first(self._session.document.table.view.panel)

    def ask(self) -> None:
        """Go on with making the lab, and show it when it is there."""
        making = self._making
        if making is not None and self._session.lab.refreshing.go_on(self, making):
            self.finish_lab()

    def finish_lab(self) -> None:
        """Show the lab now if it is being made."""
        if self._making is not None:
            for _ in self._making:
                pass
            self._stop_making()
            self._show_lab()

    def _stop_making(self) -> None:
        if self._making is not None:
            self._making = None
            self._window.unsetCursor()

    def _on_document_changed(self) -> None:
        """Show a file that was opened in the lab, if it says so itself.

        From the lab nobody is sent away; and what the lab lets the film show is nothing opened.
        """
        document = self._session.document
        if self._session.lab.opened is document:
            self._is_new = True
            if self.in_lab and self._making is None:
                self._bring_panel()
            if document.face == "lab":
                self._session.set_face("lab")

    def _on_face_changed(self) -> None:
        (self._enter_lab if self.in_lab else self._leave_lab)()
        self._enable()

    def _enable(self) -> None:
        actions = self._window.actions_table
        for name in FILM_ONLY:
            actions[name].setEnabled(not self.in_lab)
        for name in LAB_ONLY:
            actions[name].setEnabled(self.in_lab)
        self._enable_undo()

    def _enable_undo(self) -> None:
        if self.in_lab:
            actions, lab = self._window.actions_table, self._session.lab
            actions["undo"].setEnabled(lab.can_undo)
            actions["redo"].setEnabled(lab.can_redo)

    def _enter_lab(self) -> None:
        window, session = self._window, self._session
        session.pause()
        window.lecture.leave()
        window.message_bar.hide()  # what it says is about the film
        session.lab.follow_film()
        if not window.isVisible():
            self._show_lab()
            return
        # The first time it is made frame by frame; until all of it is there the film stays.
        self._making = self._parts() if self.lab is None else iter(())
        if self.lab is None:
            window.setCursor(Qt.CursorShape.BusyCursor)
        session.lab.refreshing.begin(self)

    def _show_lab(self) -> None:
        window = self._window
        self._film_places = window.saveState()
        lab = self.lab_window()
        for dock in (*window.docks, *window.on_demand):
            dock.hide()
        self.stack.setCurrentIndex(1)
        self._bring_panel()
        lab.setFocus()

    def _bring_panel(self) -> None:
        """Let the panel be in front that the file wants there, the first time."""
        lab, panel = self._session.lab, self._session.lab.opened.table.view.panel
        if self._is_new and panel:
            lab.panel_wanted.emit(panel)
        self._is_new = False

    def _leave_lab(self) -> None:
        window = self._window
        window.lecture.leave()
        self._stop_making()
        self._session.lab.pause()
        if not self._is_closing:
            self._session.lab.show_film()
        self.stack.setCurrentIndex(0)
        if self._film_places is not None:
            window.restoreState(self._film_places)
            self._film_places = None
        window.stage.setFocus()

    # --- Places ----------------------------------------------------------------------------

    def places(self) -> str:
        """Return where the panels of the lab are, for the settings."""
        known = self._lab_places if self.lab is None else self.lab.places()
        return "" if known is None else encoded(known)

    def remember(self, places: str) -> None:
        """Take what `places` gave, the last time."""
        self._lab_places = decoded(places)

    def arrange(self) -> None:
        """Put the panels of the lab back."""
        self.lab_window().arrange()

    # --- Keys that mean the same in both ----------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Show the other face."""
        self._session.set_face("film" if self.in_lab else "lab")

    @Slot()
    def play(self) -> None:
        """Play the film; in the lab, train."""
        session = self._session
        (session.lab.toggle if self.in_lab else session.toggle_play)()

    @Slot()
    def step_forward(self) -> None:
        """Go one step on; in the lab, an iteration."""
        lab = self._session.lab
        if not self.in_lab:
            self._session.step_forward()
        elif lab.cursor < lab.run.head:
            lab.seek(lab.cursor + 1)
        else:
            lab.one_iteration()

    @Slot()
    def step_back(self) -> None:
        """Go one step back; in the lab, look at the iteration before."""
        session = self._session
        if self.in_lab:
            session.lab.seek(session.lab.cursor - 1)
        else:
            session.step_back()

    @Slot()
    def next_group(self) -> None:
        """Go on over an operation; in the lab, to the next epoch."""
        lab = self._session.lab
        if not self.in_lab:
            self._session.next_group()
            return
        each = lab.iterations_per_epoch
        there = ((lab.cursor - 1) // each + 1) * each + 1
        if there <= lab.run.head:
            lab.seek(there)
        else:
            lab.one_epoch()

    @Slot()
    def previous_group(self) -> None:
        """Go back over an operation; in the lab, to the epoch before."""
        lab = self._session.lab
        if self.in_lab:
            each = lab.iterations_per_epoch
            lab.seek((max(lab.cursor - 2, 0) // each) * each + 1)
        else:
            self._session.previous_group()

    @Slot()
    def next_phase(self) -> None:
        """Go to the end of the phase; in the lab, a tenth of the run on."""
        lab = self._session.lab
        if self.in_lab:
            lab.seek(min(lab.cursor + max(lab.run.head // 10, 1), lab.run.head))
        else:
            self._window.lecture.forward()

    @Slot()
    def previous_phase(self) -> None:
        """Go to the beginning of the phase; in the lab, a tenth of the run back."""
        lab = self._session.lab
        if self.in_lab:
            lab.seek(lab.cursor - max(lab.run.head // 10, 1))
        else:
            self._window.lecture.back()

    @Slot()
    def to_start(self) -> None:
        """Go to the start; in a lecture to where it began."""
        if self.in_lab:
            self._session.lab.seek(1)
        else:
            self._window.lecture.to_start()

    @Slot()
    def to_end(self) -> None:
        """Go to the end; in the lab, as far as training came."""
        lab = self._session.lab
        if self.in_lab:
            lab.seek(lab.run.head)
        else:
            self._session.to_end()

    @Slot()
    def next_iteration(self) -> None:
        """Go to the next iteration."""
        (self.step_forward if self.in_lab else self._session.next_iteration)()

    @Slot()
    def previous_iteration(self) -> None:
        """Go to the iteration before."""
        (self.step_back if self.in_lab else self._session.previous_iteration)()

    @Slot()
    def undo(self) -> None:
        """Take the last change back: of a value, or of the recipe."""
        session = self._session
        (session.lab.undo if self.in_lab else session.what_if.undo)()

    @Slot()
    def redo(self) -> None:
        """Make the change again."""
        session = self._session
        (session.lab.redo if self.in_lab else session.what_if.redo)()

    @Slot()
    def branch(self) -> None:
        """Go another way from the cursor on."""
        self._session.lab.branch()

    @Slot()
    def before_bad(self) -> None:
        """Go to the iteration before the first bad number."""
        self._session.lab.go_before_bad()

    @Slot()
    def to_film(self) -> None:
        """Step through the iteration at the cursor, with its batch."""
        self._session.set_face("film")

    def close(self) -> None:
        """Put the panels of the film back, for the settings; nothing is shown any more."""
        self._is_closing = True
        self._session.set_face("film")
