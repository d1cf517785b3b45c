"""The face of the window in which one trains: panels of its own, each movable and put back."""

from collections.abc import Iterator
from importlib import import_module

from PySide6.QtCore import QByteArray, QChildEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget, QWidget

from mlviz.ui.dock import Dock
from mlviz.ui.lab_docks import (
    BELOW,
    BESIDE,
    BOTTOM,
    CENTRE,
    LAB_DOCKS,
    LEFT,
    RIGHT,
    TOP,
    UNDER,
    LabDock,
)
from mlviz.ui.lab_lesson import LabLessonView
from mlviz.ui.lab_offer import Offer
from mlviz.ui.lab_view import LabView
from mlviz.ui.session import Session
from mlviz.ui.stale_veil import StaleVeil

_AREAS = (TOP, LEFT, CENTRE, BELOW, RIGHT, UNDER, BOTTOM, BESIDE)
_STATE_VERSION = 2
_NARROW = 260
_LESSON_SHARE = 0.34
"""So much of the left column the words of the open file take at most."""


class LazyDock(Dock):
    """A panel whose view is made when it is first seen."""

    def __init__(self, session: Session, row: LabDock) -> None:
        super().__init__(session, f"lab-{row.name}", row.title, upright=row.area == BOTTOM)
        self.row = row
        self.setWidget(QWidget())
        self._making: Iterator[None] | None = self._made()
        self._in_front = False
        self.visibilityChanged.connect(self._on_visibility_changed)

    def view(self) -> QWidget:
        """Return the view, made if it is not there yet."""
        while self.is_missing:
            self.make_a_part()
        return self.widget()

    @property
    def is_missing(self) -> bool:
        """Whether the view is not there yet."""
        return self._making is not None

    def make_a_part(self) -> None:
        """Go on with making the view for a moment."""
        if self._making is not None:
            next(self._making, None)

    def _made(self) -> Iterator[None]:
        """Make the view, stopping for a moment wherever the window may listen."""
        module, _, name = self.row.view.partition(":")
        kind = getattr(import_module(module), name)
        yield
        made = kind(self.session)
        yield
        present = self.widget()
        self.setWidget(made)
        present.deleteLater()
        if self.row.result:
            StaleVeil(self.session, made)
        self._making = None

    def ask(self) -> None:
        """Go on with making the view."""
        if self._making is None or self.session.lab.refreshing.go_on(self, self._making):
            view = self.widget()
            if isinstance(view, LabView):
                view.set_in_front(self._in_front)

    def _on_visibility_changed(self, in_front: bool) -> None:
        """Make the view when it is first seen; behind another tab it has nothing to do."""
        self._in_front = in_front
        if not self.is_missing:
            self.ask()
        elif in_front:
            self.session.lab.refreshing.begin(self)


class LabWindow(QMainWindow):
    """The panels of the lab inside of the one window."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.session = session
        self.setDockNestingEnabled(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        every = Qt.DockWidgetArea.AllDockWidgetAreas
        self.setTabPosition(every, QTabWidget.TabPosition.North)
        self.docks = {row.name: LazyDock(session, row) for row in LAB_DOCKS}
        self._offer = Offer(session.lab, self.docks)
        corner, area = Qt.Corner, Qt.DockWidgetArea
        self.setCorner(corner.BottomLeftCorner, area.BottomDockWidgetArea)
        self.setCorner(corner.BottomRightCorner, area.BottomDockWidgetArea)
        session.lab.changed.connect(self._on_changed)
        session.lab.panel_wanted.connect(self.bring)
        self._was_beside = False
        self._places: QByteArray | None = None
        self._is_placed = False
        self.arrange()

    def _on_changed(self) -> None:
        """Let those panels be there that have something to show."""
        came = self._offer.apply()
        if {"region", "formula"} & {*came}:  # others than before: they share the room anew
            self._resize()
        elif "lesson" in came:
            self._share_left()
        # The second outcome is there as long as two runs are shown side by side.
        beside, wanted = self.docks["beside"], self.session.lab.is_beside
        # Whoever shows the panel by hand keeps it until two runs were shown and are no longer.
        turned, self._was_beside = wanted != self._was_beside, wanted
        if turned and beside.isHidden() == wanted:
            beside.setVisible(wanted)
            if wanted:
                from mlviz.ui.beside import BesideView  # read in when it is first shown

                view = beside.view()
                assert isinstance(view, BesideView)
                bars = [bar.height() for bar in self.findChildren(QTabBar) if bar.isVisible()]
                view.set_top(max(bars, default=0))
            self._resize()

    def panel(self, name: str) -> LazyDock:
        """Return a panel by its name."""
        return self.docks[name]

    def bring(self, name: str) -> None:
        """Show a panel, in front of those that lie in the same place."""
        if name in self.docks and self._offer.has(name):
            self.docks[name].show()
            self.docks[name].raise_()

    def childEvent(self, event: QChildEvent) -> None:
        """Let tabs keep their names: where there is little room they are scrolled to."""
        super().childEvent(event)
        tabs = event.child()
        if event.polished() and isinstance(tabs, QTabBar):
            tabs.setElideMode(Qt.TextElideMode.ElideNone)
            tabs.setUsesScrollButtons(True)

    # --- Places ----------------------------------------------------------------------------

    def arrange(self) -> None:
        """Put every panel where it usually is."""
        for dock in self.docks.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        # A panel that is a tab cannot be split: so the first of each area come first.
        first = {area: docks[0] for area in _AREAS if (docks := self._of(area))}
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, first[BOTTOM])
        for area in (TOP, CENTRE, RIGHT):
            if area in first:
                self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first[area], across)
        for one, other, way in (
            (TOP, LEFT, down),
            (CENTRE, BELOW, down),
            (RIGHT, UNDER, down),
            (CENTRE, BESIDE, across),
        ):
            if one in first and other in first:
                self.splitDockWidget(first[one], first[other], way)
        for area, dock in first.items():
            for later in self._of(area)[1:]:
                self.tabifyDockWidget(dock, later)
        for dock in self.docks.values():
            dock.setVisible(dock.row.shown)
        for dock in first.values():
            dock.raise_()
        self._offer.forget()
        self._offer.apply()
        self._resize()

    def _seen_first(self, wanted: str) -> list[LazyDock]:
        """Return the panels that are seen at first, with the one that a file wants in front."""
        chosen = [self.docks[wanted]] if wanted in self.docks else []
        return [*self._in_front(), *chosen]

    def made_first(self, wanted: str) -> Iterator[None]:
        """Make these, stopping for a moment wherever the window may listen."""
        for dock in self._seen_first(wanted):
            while dock.is_missing:
                dock.make_a_part()
                yield
            view = dock.view()
            if isinstance(view, LabView):  # nobody is to see it empty
                view.refresh_now()
                yield

    def _in_front(self) -> list[LazyDock]:
        """Return the panels that are seen at first: the first of each area."""
        return [docks[0] for area in _AREAS if (docks := self._there(area)) and docks[0].row.shown]

    def _of(self, area: str) -> list[LazyDock]:
        return [dock for dock in self.docks.values() if dock.row.area == area]

    def _there(self, area: str) -> list[LazyDock]:
        return [dock for dock in self._of(area) if not dock.isHidden()]

    def _share_left(self) -> None:
        """Give the words of the open file the height that they need, if it is not too much."""
        lesson, below = self.docks["lesson"], self._there(LEFT)
        view = lesson.view()
        if lesson.isHidden() or not below or not isinstance(view, LabLessonView):
            return
        view.refresh()
        heading = lesson.height() - view.height() if lesson.isVisible() else 0
        wanted = view.needed_height(lesson.width()) + min(max(heading, 0), 40)
        whole = lesson.height() + below[0].height()
        most = round(_LESSON_SHARE * whole)
        sizes = [min(wanted, most), whole - min(wanted, most)]
        self.resizeDocks([lesson, below[0]], sizes, Qt.Orientation.Vertical)

    def _resize(self) -> None:
        scale = self.session.scale
        wide = self.width() >= 1280 * min(scale, 1)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        columns = [docks[0] for name in (LEFT, CENTRE, RIGHT) if (docks := self._there(name))]
        beside = self.docks.get("beside")
        widths = {LEFT: 300 if wide else 260, RIGHT: 380 if wide else 300}
        widths[CENTRE] = max(round(self.width() / scale) - sum(widths.values()), 300)
        if beside is not None and not beside.isHidden() and not beside.isFloating():
            # Two outcomes share what the other columns can do without.
            widths |= {LEFT: self._narrowest(TOP, LEFT), RIGHT: self._narrowest(RIGHT, UNDER)}
            rest = round(self.width() / scale) - widths[LEFT] - widths[RIGHT] - 3
            widths[CENTRE] = widths[BESIDE] = max(rest // 2, 180)
            columns.append(beside)
        self.resizeDocks(columns, [round(widths[d.row.area] * scale) for d in columns], across)
        for upper, lower in ((CENTRE, BELOW), (RIGHT, UNDER)):
            above, below = self._there(upper), self._there(lower)
            if above and below:
                self.resizeDocks([above[0], below[0]], [64, 36], down)
        self.fit_bar()
        self._share_left()

    def _narrowest(self, *areas: str) -> int:
        """Return how wide a column is that gives way, px at scale 1."""
        docks = [dock for area in areas for dock in self._there(area)]
        least = max((dock.minimumSizeHint().width() for dock in docks), default=0)
        return max(round(least / self.session.scale), _NARROW)

    def fit_bar(self) -> None:
        """Give the bar the height it needs, and no more."""
        for dock in self._there(BOTTOM):
            self.resizeDocks([dock], [dock.minimumSizeHint().height()], Qt.Orientation.Vertical)

    def places(self) -> QByteArray:
        """Return where everything is; what has only nothing to show counts as shown."""
        self._offer.show_all()
        places = self.saveState(_STATE_VERSION)
        self._offer.apply()
        return places

    def put(self, places: QByteArray | None) -> None:
        """Put everything where it was, as soon as the window has its size."""
        self._places = places

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panels their widths when there is something to be shared out."""
        super().resizeEvent(event)
        if self._is_placed or not self.isVisible():
            return
        self._is_placed = True
        for dock in self._in_front():
            dock.view()  # what is in them decides how narrow they can be
        self._resize()
        if self._places is not None:
            self.restoreState(self._places, _STATE_VERSION)
            self._offer.forget()
            self._offer.apply()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the panels their widths if the window had its size before it was seen."""
        super().showEvent(event)
        self.resizeEvent(QResizeEvent(self.size(), self.size()))
