"""The window: a stage in the middle, panels around it, and what persists of their places."""

import base64
import binascii
import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray, QLibraryInfo, QSize, Qt, QTranslator, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMenu,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mlviz import settings
from mlviz.i18n import Message
from mlviz.settings import SCALES, Settings
from mlviz.ui.actions import Actions
from mlviz.ui.bad_bar import BadBar
from mlviz.ui.check_badge import CheckBadge
from mlviz.ui.chrome import chrome
from mlviz.ui.code_dialog import CodeDialog
from mlviz.ui.curve_view import CurveView
from mlviz.ui.dock import Dock
from mlviz.ui.equation_view import EquationView
from mlviz.ui.fonts import load_fonts
from mlviz.ui.keys_dialog import KeysDialog
from mlviz.ui.lecture import Lecture
from mlviz.ui.lesson_view import LessonView
from mlviz.ui.levels import LAYERS, SCALARS
from mlviz.ui.matrix_view import MatrixView
from mlviz.ui.message_bar import MessageBar
from mlviz.ui.parameter_view import ParameterView
from mlviz.ui.session import Session
from mlviz.ui.stage_area import StageArea
from mlviz.ui.stage_notes import StageNotes
from mlviz.ui.stage_tools import StageTools
from mlviz.ui.stage_view import StageView
from mlviz.ui.steps_view import StepsView
from mlviz.ui.theme import palette, stylesheet
from mlviz.ui.timeline_view import TimelineView
from mlviz.ui.toolbar import ChoiceMenu, TopBar, language_menu
from mlviz.ui.value_hand import ValueHand
from mlviz.ui.why_view import WhyView

USUAL_SIZE = QSize(1440, 900)
STAGE_WIDTH = 420
SCALE_STEPS = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_MATRIX_WIDTH = 440
_STATE_VERSION = 1
_WIDE = 1280
"""From this width on the panels have the widths of the design."""

_THEMES = (
    ("light", Message("ui.theme.light")),
    ("dark", Message("ui.theme.dark")),
    ("system", Message("ui.theme.system")),
)


class MainWindow(QMainWindow):
    """The one window.

    Args:
        session: what it shows; the window closes it when it is closed itself.
        wishes: where the window and its panels were; the usual places if left out.
    """

    def __init__(self, session: Session, wishes: Settings | None = None) -> None:
        super().__init__()
        self.session = session
        self._qt_words: QTranslator | None = None
        self._panel_scale = session.scale
        self._apply_appearance()
        self._load_qt_words()
        self.tools = StageTools(session, self)
        self.actions_table = Actions(session, self, self._slots())
        self._make_stage()
        self._make_docks()
        self.view_menu = self._make_view_menu()
        self.top_bar = TopBar(session, self.actions_table, self.view_menu)
        self.setMenuWidget(self.top_bar)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        session.document_changed.connect(self._on_document_changed)
        session.document_changed.connect(self._tell_what_is_left_out)
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._apply_appearance)
        self.stage.follow_changed.connect(self._on_follow_changed)
        self._on_language_changed()
        self._tell_what_is_left_out()
        self._place(wishes or Settings())
        self.lecture = Lecture(self, wishes or Settings())
        self.stage.setFocus(Qt.FocusReason.MouseFocusReason)

    # --- Parts -----------------------------------------------------------------------------

    def _make_stage(self) -> None:
        self.stage = StageView(self.session)
        self.tools.attach(self.stage)
        self.value_hand = ValueHand(self.stage)
        self.notes = StageNotes(self.session, self.actions_table, self.stage)
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
        column.addWidget(self.message_bar)
        column.addWidget(self.bad_bar)
        column.addWidget(self.stage_area, 1)
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

    def _make_view_menu(self) -> QMenu:
        menu = QMenu(self)
        for dock in self.docks:
            menu.addAction(dock.toggleViewAction())
        menu.addAction(self.actions_table["why"])
        menu.addAction(self.actions_table["matrix"])
        menu.addAction(self.actions_table["explain"])
        menu.addAction(self.actions_table["reset_layout"])
        menu.addSeparator()
        for name in ("find", "minimap", "legend", "memory"):
            menu.addAction(self.actions_table[name])
        self.actions_table["minimap"].setChecked(True)
        for name in ("stage_mode", "fit", "follow", "larger", "smaller", "usual_size"):
            menu.addAction(self.actions_table[name])
        menu.addSeparator()
        self.theme_menu = ChoiceMenu(self.session, menu, "theme", _THEMES)
        menu.addMenu(self.theme_menu)
        self.language_menu = language_menu(self.session, menu)
        menu.addMenu(self.language_menu)
        menu.addAction(self.actions_table["reduced_motion"])
        menu.addSeparator()
        menu.addAction(self.actions_table["whats_this"])
        menu.addAction(self.actions_table["code"])
        menu.addAction(self.actions_table["keys"])
        self.actions_table["follow"].setChecked(self.stage.follow)
        self.actions_table["reduced_motion"].setChecked(self.session.reduced_motion)
        return menu

    def _slots(self) -> dict[str, Callable[..., object]]:
        session = self.session
        return {
            "play": session.toggle_play,
            "step_forward": session.step_forward,
            "step_back": session.step_back,
            "next_group": session.next_group,
            "previous_group": session.previous_group,
            "smaller_step": session.use_smaller_steps,
            "larger_step": session.use_larger_steps,
            "next_phase": self.next_phase,
            "previous_phase": self.previous_phase,
            "to_start": self.to_start,
            "to_end": session.to_end,
            "next_iteration": session.next_iteration,
            "previous_iteration": session.previous_iteration,
            "level": self.switch_level,
            "explain": self.show_explanation,
            "why": self.show_why,
            "matrix": self.show_matrix,
            "stage_mode": self.stage_area_mode,
            "fit": self.fit,
            "follow": self.follow,
            "larger": self.make_larger,
            "smaller": self.make_smaller,
            "usual_size": self.make_usual,
            "reduced_motion": session.set_reduced_motion,
            "reset_layout": self.reset_layout,
            "lecture": self.toggle_lecture,
            "leave_lecture": self.leave_lecture,
            "blank": self.blank,
            "undo": session.what_if.undo,
            "redo": session.what_if.redo,
            "reset_values": session.what_if.reset,
            **self.tools.slots(),
            "memory": self.show_memory,
            "open": self.ask_for_file,
            "code": self.show_code,
            "keys": self.show_keys,
            "quit": self.close,
        }

    # --- Actions ---------------------------------------------------------------------------

    @Slot()
    def next_phase(self) -> None:
        """Go to the end of the phase; in a lecture to its next stop."""
        self.lecture.forward()

    @Slot()
    def previous_phase(self) -> None:
        """Go to the beginning of the phase; in a lecture to the stop before."""
        self.lecture.back()

    @Slot()
    def to_start(self) -> None:
        """Go to the start; in a lecture to where it began."""
        self.lecture.to_start()

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
                self.message_bar.show_message(reason)
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
        self.matrix.setVisible(shown)
        if shown:
            self.matrix.raise_()
            down, across = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
            self.resizeDocks([self.matrix, self.curve, self.parameters], [64, 16, 20], down)
            if self.width() >= _WIDE * self.session.scale:
                self.resizeDocks([self.matrix], [round(_MATRIX_WIDTH * self.session.scale)], across)

    @Slot(bool)
    def show_why(self, shown: bool) -> None:
        """Show where the selected number comes from, or hide that again."""
        down = Qt.Orientation.Vertical
        self.why.setVisible(shown)
        if shown:
            self.why.raise_()
            self.resizeDocks([self.why, self.curve, self.parameters], [64, 16, 20], down)

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
        steps = [step for step in SCALE_STEPS if step > self.session.scale + 1e-6]
        self.session.set_scale(steps[0] if steps else SCALES[1])

    @Slot()
    def make_smaller(self) -> None:
        """Shrink everything."""
        steps = [step for step in SCALE_STEPS if step < self.session.scale - 1e-6]
        self.session.set_scale(steps[-1] if steps else SCALES[0])

    @Slot()
    def make_usual(self) -> None:
        """Show everything in its usual size."""
        self.session.set_scale(1.0)

    @Slot()
    def ask_for_file(self) -> None:
        """Let the user choose a file; nothing is blocked meanwhile."""
        tr = self.session.tr
        dialog = QFileDialog(self, tr(Message("ui.open.title")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{tr(Message('ui.open.files'))} (*.toml)")
        path = self.session.document.path
        if path is not None:
            dialog.setDirectory(str(path.parent))
        dialog.fileSelected.connect(self.open_file)
        dialog.open()

    @Slot(str)
    def open_file(self, path: str) -> None:
        """Open a file, or tell why not."""
        self.session.open(Path(path))

    @Slot()
    def show_code(self) -> None:
        """Show the step of the open document as NumPy."""
        dialog = CodeDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def show_keys(self) -> None:
        """Show all keys."""
        dialog = KeysDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # --- What changes ----------------------------------------------------------------------

    def _on_document_changed(self) -> None:
        title = self.session.document.title.in_language(self.session.language)
        self.setWindowTitle(f"{title} – MLViz")

    def _tell_what_is_left_out(self) -> None:
        """Say why a large run begins with layers."""
        reason = self.session.level_reason(SCALARS)
        large = reason is not None and reason.id == "scalars.too_many"
        if reason is not None and large and self.session.level == LAYERS:
            count = f"{reason.values['count']:,}"
            self.message_bar.show_message(Message("ui.level.large", count=count))

    def _on_language_changed(self) -> None:
        tr = self.session.tr
        self._load_qt_words()
        self.theme_menu.setTitle(tr(Message("ui.theme")))
        self.language_menu.setTitle(tr(Message("ui.language")))
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
            self._rescale_panels(scale / self._panel_scale)
            self._panel_scale = scale

    def _rescale_panels(self, ratio: float) -> None:
        """Let the panels be wider or narrower with what is in them."""
        beside = [dock for dock in (*self.left, *self.right) if self._is_placed(dock)]
        widths = [round(dock.width() * ratio) for dock in beside]
        self.resizeDocks(beside, widths, Qt.Orientation.Horizontal)

    def _is_placed(self, dock: Dock) -> bool:
        return not dock.isHidden() and not dock.isFloating()

    def _load_qt_words(self) -> None:
        """Let Qt's own dialogs speak the language."""
        application = QApplication.instance()
        assert application is not None
        if self._qt_words is not None:
            application.removeTranslator(self._qt_words)
        self._qt_words = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._qt_words.load(f"qtbase_{self.session.language}", folder):
            application.installTranslator(self._qt_words)

    # --- Places ----------------------------------------------------------------------------

    def _place(self, wishes: Settings) -> None:
        screen = QGuiApplication.primaryScreen().availableGeometry().size()
        self.resize(USUAL_SIZE.boundedTo(screen))
        self._arrange()
        geometry, state = _decoded(wishes.geometry), _decoded(wishes.state)
        if geometry is not None:
            self.restoreGeometry(geometry)
        if state is not None:
            self.restoreState(state, _STATE_VERSION)

    @Slot()
    def reset_layout(self) -> None:
        """Put every panel back."""
        self._arrange()

    def _arrange(self) -> None:
        area = Qt.DockWidgetArea
        for dock in (*self.docks, *self.on_demand):
            dock.setFloating(False)
            self.removeDockWidget(dock)
        for docks, place in (
            (self.left, area.LeftDockWidgetArea),
            (self.right, area.RightDockWidgetArea),
            ((self.time,), area.BottomDockWidgetArea),
        ):
            for dock in docks:
                self.addDockWidget(place, dock)
                dock.show()
        self.tabifyDockWidget(self.equation, self.why)
        self.tabifyDockWidget(self.equation, self.matrix)
        self.why.hide()
        self.matrix.hide()
        wide = self.width() >= _WIDE * min(self.session.scale, 1)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        scale = self.session.scale
        widths = [272, 363] if wide else [228, 320]
        self.resizeDocks(
            [self.lesson, self.equation], [round(width * scale) for width in widths], across
        )
        self.resizeDocks([self.lesson, self.steps], [46, 54], down)
        self.resizeDocks(list(self.right), [40, 30, 30], down)
        self.resizeDocks([self.time], [self.time.sizeHint().height()], down)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where everything was."""
        self.lecture.leave()
        wishes = msgspec.structs.replace(
            self.session.wishes(
                geometry=_encoded(self.saveGeometry()),
                state=_encoded(self.saveState(_STATE_VERSION)),
            ),
            lecture_panels=self.lecture.panels,
            lecture_scale=self.lecture.scale,
        )
        # A folder that cannot be written to is no reason to keep the window open.
        with contextlib.suppress(OSError):
            settings.save(wishes)
        application = QApplication.instance()
        if self._qt_words is not None and application is not None:
            application.removeTranslator(self._qt_words)
        self.session.close()
        super().closeEvent(event)

    # --- Dropping a file -------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that was dropped."""
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_file(path)


def _dropped(event: QDropEvent) -> str | None:
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path.endswith(".toml") else None


def _encoded(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode()


def _decoded(text: str) -> QByteArray | None:
    try:
        return QByteArray(base64.b64decode(text, validate=True)) if text else None
    except (binascii.Error, ValueError):
        return None
