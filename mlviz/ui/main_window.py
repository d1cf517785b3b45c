"""The window: a stage in the middle, panels around it, and what persists of their places."""

import contextlib
from functools import partial

import msgspec
from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mlviz import settings
from mlviz.i18n import Message
from mlviz.settings import Settings
from mlviz.ui.actions import Actions
from mlviz.ui.arrangement import arrange, decoded, encoded, rescale
from mlviz.ui.bad_bar import BadBar
from mlviz.ui.check_badge import CheckBadge
from mlviz.ui.chrome import chrome
from mlviz.ui.curve_view import CurveView
from mlviz.ui.dock import Dock
from mlviz.ui.equation_view import EquationView
from mlviz.ui.faces import Faces
from mlviz.ui.fonts import load_fonts
from mlviz.ui.lecture import Lecture
from mlviz.ui.left_share import LeftShare
from mlviz.ui.lesson_view import LessonView
from mlviz.ui.levels import LAYERS, SCALARS
from mlviz.ui.making_note import MakingNote
from mlviz.ui.matrix_view import MatrixView
from mlviz.ui.message_bar import MessageBar
from mlviz.ui.on_demand import OnDemand
from mlviz.ui.opening import Opening, dropped
from mlviz.ui.parameter_view import ParameterView
from mlviz.ui.qt_words import QtWords
from mlviz.ui.right_share import RightShare
from mlviz.ui.saving import Saving
from mlviz.ui.screen_room import ScreenRoom, smaller
from mlviz.ui.session import Session
from mlviz.ui.stage_area import StageArea
from mlviz.ui.stage_notes import StageNotes
from mlviz.ui.stage_tools import StageTools
from mlviz.ui.stage_view import StageView
from mlviz.ui.steps_view import StepsView
from mlviz.ui.theme import palette, stylesheet
from mlviz.ui.timeline_view import TimelineView
from mlviz.ui.toolbar import TopBar
from mlviz.ui.value_hand import ValueHand
from mlviz.ui.view_menu import ViewMenu
from mlviz.ui.why_view import WhyView
from mlviz.ui.window_slots import window_slots

USUAL_SIZE = QSize(1440, 900)
STAGE_WIDTH = 420
_MATRIX_WIDTH = 440
_STATE_VERSION = 1


class MainWindow(QMainWindow):
    """The one window.

    Args:
        session: what it shows; the window closes it when it is closed itself.
        wishes: where the window and its panels were; the usual places if left out.
    """

    def __init__(self, session: Session, wishes: Settings | None = None) -> None:
        super().__init__()
        self.session = session
        self._qt_words = QtWords(self)
        self._panel_scale = session.scale
        self.panel_widths: dict[tuple[Dock, int, float], int] = {}
        self._apply_appearance()
        self._qt_words.load(session.language)
        self.tools = StageTools(session, self)
        self.faces = Faces(self)
        self.opening = Opening(session, self)
        self.saving = Saving(session, self)
        self.actions_table = Actions(session, self, window_slots(self))
        self._make_stage()
        self._make_docks()
        self.left_share = LeftShare(self)
        session.timeline_changed.connect(self.left_share.share)
        self.right_share = RightShare(self)
        session.timeline_changed.connect(self.right_share.share)
        self.view_menu = ViewMenu(session, self.actions_table, self.docks, self.stage.follow, self)
        self.top_bar = TopBar(session, self.actions_table, self.view_menu)
        self.setMenuWidget(self.top_bar)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        session.document_changed.connect(self._on_document_changed)
        session.lab.changed.connect(self._mark_modified)
        self.saving.changed.connect(self._mark_modified)
        session.document_changed.connect(self._tell_soon)
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._apply_appearance)
        self.stage.follow_changed.connect(self._on_follow_changed)
        self._on_language_changed()
        self._tell_what_is_left_out()
        self._place(wishes or Settings())
        self.lecture = Lecture(self, wishes or Settings())
        self.screen_room = ScreenRoom(self)
        self.stage.setFocus(Qt.FocusReason.MouseFocusReason)

    # --- Parts -----------------------------------------------------------------------------

    def _make_stage(self) -> None:
        self.stage = StageView(self.session)
        self.tools.attach(self.stage)
        self.value_hand = ValueHand(self.stage)
        self.notes = StageNotes(self.session, self.actions_table, self.stage)
        self.notes.add(MakingNote(self.session))
        self.check_badge = CheckBadge(self.session)
        self.notes.add(self.check_badge)
        self.stage_area = StageArea(self.session, self.stage)
        self.message_bar = MessageBar(self.session)
        self.bad_bar = BadBar(self.session)
        centre = QWidget()
        centre.setMinimumWidth(STAGE_WIDTH)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.faces.show_film(self.bad_bar, self.stage_area)
        column.addWidget(self.message_bar)
        column.addWidget(self.faces.stack, 1)
        self.setCentralWidget(centre)

    def _make_docks(self) -> None:
        session = self.session
        self.lesson = Dock(session, "lesson", Message("ui.dock.lesson"))
        self.lesson.setWidget(LessonView(session))
        self.steps = Dock(session, "steps", Message("ui.dock.steps"))
        self.steps.setWidget(StepsView(session))
        self.equation = Dock(session, "equation", Message("ui.dock.equation"))
        self.equation.setWidget(EquationView(session))
        self.curve = Dock(session, "curve", Message("ui.dock.curve"))
        self.curve.setWidget(CurveView(session))
        self.parameters = Dock(session, "parameters", Message("ui.dock.parameters"))
        self.parameters.setWidget(ParameterView(session))
        self.time = Dock(session, "time", Message("ui.dock.time"), upright=True)
        self.time_view = TimelineView(session, self.actions_table)
        self.time.setWidget(self.time_view)
        self.left = (self.lesson, self.steps)
        self.right = (self.equation, self.curve, self.parameters)
        self.docks = (*self.left, *self.right, self.time)
        self.why = Dock(session, "why", Message("ui.dock.why"))
        self.why.setWidget(WhyView(session))
        self.why.hide()
        self.matrix = Dock(session, "matrix", Message("ui.dock.matrix"))
        self.matrix.setWidget(MatrixView(session))
        self.matrix.hide()
        self.on_demand = (self.why, self.matrix)
        self._demand = OnDemand(self)
        self.setTabPosition(Qt.DockWidgetArea.RightDockWidgetArea, QTabWidget.TabPosition.North)
        self.tools.explain(self.docks)
        corner, area = Qt.Corner, Qt.DockWidgetArea
        self.setCorner(corner.BottomLeftCorner, area.BottomDockWidgetArea)
        self.setCorner(corner.BottomRightCorner, area.BottomDockWidgetArea)
        for dock in (*self.docks, *self.on_demand):
            dock.visibilityChanged.connect(self._on_dock_visibility_changed)

    def views(self) -> dict[str, QWidget]:
        """Return the views by name: the stage, and what is in each panel."""
        docks = (*self.docks, *self.on_demand)
        stages: dict[str, QWidget] = {"stage": self.stage, "network": self.stage_area.network}
        return stages | {dock.objectName(): dock.widget() for dock in docks}

    # --- Actions ---------------------------------------------------------------------------

    @Slot()
    def toggle_lecture(self) -> None:
        """Stand in front of a class, or no longer."""
        self.lecture.toggle()

    @Slot()
    def leave_lecture(self) -> None:
        """Put the window back as it was before the lecture."""
        self.lecture.leave()

    @Slot()
    def blank(self) -> None:
        """Let the screen be black, or show everything again."""
        self.lecture.blank.toggle()

    @Slot()
    def switch_level(self) -> None:
        """Show the next magnification, from layers to scalars and around; if none, say why."""
        levels = self.session.levels
        if len(levels) == 1:
            reason = self.session.level_reason(SCALARS) or self.session.level_reason(LAYERS)
            if reason is not None:
                self.message_bar.show_note(reason)
        else:
            now = levels.index(self.session.level)
            self.session.set_level(levels[(now + 1) % len(levels)])

    @Slot(bool)
    def show_memory(self, shown: bool) -> None:
        """Show or hide the memory strip under the time bar."""
        self.time_view.show_memory(shown)
        down = Qt.Orientation.Vertical
        self.resizeDocks([self.time], [self.time.sizeHint().height()], down)

    @Slot(bool)
    def show_explanation(self, shown: bool) -> None:
        """Show or hide the right-hand column."""
        for dock in self.right:
            dock.setVisible(shown)

    @Slot(bool)
    def show_matrix(self, shown: bool) -> None:
        """Show the numbers of the selected node as a matrix, or hide that again."""
        self._demand.show(self.matrix, shown, _MATRIX_WIDTH)

    @Slot(bool)
    def show_why(self, shown: bool) -> None:
        """Show where the selected number comes from, or hide that again."""
        self._demand.show(self.why, shown)

    @Slot()
    def stage_area_mode(self) -> None:
        """Show the graph, the network or both, in turn."""
        self.stage_area.next_mode()

    @Slot()
    def fit(self) -> None:
        """Show the whole graph."""
        self.stage_area.fit()

    @Slot(bool)
    def follow(self, following: bool) -> None:
        """Keep what happens in view, or leave the stage where it is."""
        self.stage_area.set_follow(following)

    @Slot()
    def make_larger(self) -> None:
        """Enlarge everything."""
        self.screen_room.enlarge()

    @Slot()
    def make_smaller(self) -> None:
        """Shrink everything."""
        self.session.set_scale(smaller(self.session.scale))

    @Slot()
    def make_usual(self) -> None:
        """Show everything in its usual size."""
        self.session.set_scale(1.0)

    @Slot()
    def show_gallery(self) -> None:
        """Show all examples with their pictures."""
        from mlviz.ui.gallery import Gallery

        gallery = Gallery(self.session, self)
        gallery.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        gallery.open()

    @Slot(str)
    def open_file(self, path: str) -> None:
        """Open a file, or tell why not."""
        self.opening.open_file(path)

    @Slot()
    def show_code(self) -> None:
        """Show the step of the open document as NumPy."""
        from mlviz.ui.code_dialog import CodeDialog

        dialog = CodeDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def show_keys(self) -> None:
        """Show all keys."""
        from mlviz.ui.keys_dialog import KeysDialog

        dialog = KeysDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # --- What changes ----------------------------------------------------------------------

    def _on_document_changed(self) -> None:
        title = self.session.document.title.in_language(self.session.language)
        self.setWindowTitle(f"{title.replace('[*]', '')}[*] – MLViz")

    def _mark_modified(self) -> None:
        """Let the title tell whether the recipe is another one than on file."""
        self.setWindowModified(self.saving.is_modified)

    def _tell_soon(self) -> None:
        # A note goes when a person goes on, and opening goes on for a moment by itself.
        QTimer.singleShot(0, self, self._tell_what_is_left_out)

    def _tell_what_is_left_out(self) -> None:
        """Say why a large run begins with layers."""
        reason = self.session.level_reason(SCALARS)
        large = reason is not None and reason.id == "scalars.too_many"
        if self.session.face == "lab":
            return  # there nothing is shown as layers
        if reason is not None and large and self.session.level == LAYERS:
            count = f"{reason.values['count']:,}"
            self.message_bar.show_note(Message("ui.level.large", count=count))

    def _on_language_changed(self) -> None:
        self._qt_words.load(self.session.language)
        self._on_document_changed()

    def _on_follow_changed(self) -> None:
        self.actions_table["follow"].setChecked(self.stage.follow)

    def _on_dock_visibility_changed(self) -> None:
        shown = any(not dock.isHidden() for dock in self.right)
        self.actions_table["explain"].setChecked(shown)
        # Behind another panel's tab it is not seen, so the key brings it to the front.
        seen = self.why.isVisible() and not self.why.visibleRegion().isEmpty()
        self.actions_table["why"].setChecked(seen)
        seen = self.matrix.isVisible() and not self.matrix.visibleRegion().isEmpty()
        self.actions_table["matrix"].setChecked(seen)

    def _apply_appearance(self) -> None:
        theme, scale = self.session.theme, self.session.scale
        load_fonts(scale)
        QApplication.setPalette(palette(theme))
        self.setStyleSheet(stylesheet(theme, scale) + chrome(theme, scale))
        if scale != self._panel_scale:
            rescale(self, self._panel_scale, scale)
            self._panel_scale = scale

    # --- Places ----------------------------------------------------------------------------

    def _place(self, wishes: Settings) -> None:
        screen = QGuiApplication.primaryScreen().availableGeometry().size()
        self.resize(USUAL_SIZE.boundedTo(screen))
        arrange(self)
        geometry, state = decoded(wishes.geometry), decoded(wishes.state)
        if geometry is not None:
            self.restoreGeometry(geometry)
        if state is not None:
            self.restoreState(state, _STATE_VERSION)
        if wishes.left_moved:
            self.left_share.leave()
        self.faces.remember(wishes.lab_state)

    @Slot()
    def reset_layout(self) -> None:
        """Put every panel back."""
        (self.faces.arrange if self.faces.in_lab else partial(arrange, self))()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where everything was; what is not on file is asked about first."""
        if not self.saving.may_leave():
            event.ignore()
            return
        self.lecture.leave()
        self.faces.close()
        wishes = msgspec.structs.replace(
            self.session.wishes(
                geometry=encoded(self.saveGeometry()),
                state=encoded(self.saveState(_STATE_VERSION)),
            ),
            lab_state=self.faces.places(),
            left_moved=not self.left_share.is_ours,
            lecture_panels=self.lecture.panels,
            lecture_scale=self.lecture.scale,
        )
        # A folder that cannot be written to is no reason to keep the window open.
        with contextlib.suppress(OSError):
            settings.save(wishes)
        self._qt_words.unload()
        self.session.close()
        super().closeEvent(event)

    # --- Dropping a file -------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that was dropped."""
        path = dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_file(path)
