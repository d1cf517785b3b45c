"""The panel "Why?": where a gradient comes from, and whether it is right."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from mlviz.i18n import Message
from mlviz.learn.changes import Place
from mlviz.numerals import format_number
from mlviz.picture.items import Text
from mlviz.picture.matrix import matrix_node
from mlviz.picture.nudge import nudge_page
from mlviz.picture.order import order_page
from mlviz.picture.pages import Page
from mlviz.picture.paths import ONLY_SCALARS, path_edges, paths_page
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.levels import SCALARS
from mlviz.ui.moment import moment
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel, segments

PATHS, ORDER, NUDGE = "paths", "order", "nudge"
_TABS = {
    PATHS: (Message("why.tab.paths"), Message("why.paths.tip")),
    ORDER: (Message("why.tab.order"), Message("why.order.tip")),
    NUDGE: (Message("why.tab.nudge"), Message("why.nudge.tip")),
}
_PER_DECADE = 12
"""Steps of the slider in which ε becomes ten times smaller."""


class WhyView(Panel):
    """Qt view of `picture.paths`, `picture.order` and `picture.nudge`.

    It is about the selected node, or the one that something happens to.

    Attributes:
        buttons: the pages' buttons by name.
        intro: what the page shows.
        outro: what follows from it.
        canvas: the page's picture.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self._tab = PATHS
        self._pointed: int | None = None
        self._chosen: int | None = None
        self._explained: int | None = None
        self._shown: tuple[object, ...] | None = None
        self._well = self._make_tabs()
        self.intro = self._label("muted")
        self.outro = self._label("body")
        self.canvas = PictureCanvas(session)
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.chosen.connect(self._on_chosen)
        self.area = ScrollPage(self)
        self._page = self.area.column
        self.epsilon_label = self._label("number")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(-6 * _PER_DECADE, 0)
        self.slider.setPageStep(_PER_DECADE)
        self.slider.setValue(-_PER_DECADE // 3)
        self.slider.valueChanged.connect(self._on_epsilon_changed)
        self.epsilon_label.setWordWrap(False)
        self.epsilon_label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._page.addWidget(self.intro)
        self._page.addWidget(self.outro)
        move = QHBoxLayout()
        move.addWidget(self.epsilon_label)
        move.addWidget(self.slider, 1)
        self._page.addLayout(move)
        self._page.addWidget(self.canvas)
        self._page.addStretch()
        self.area.viewport().installEventFilter(self)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._well, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.area, 1)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.position_changed.connect(self._on_changed)
        session.selection_changed.connect(self._on_selection_changed)
        self._retranslate()
        self._restyle()

    def _make_tabs(self) -> QWidget:
        well = QWidget(self)
        well.setProperty("kind", "well")
        well.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        group, self.buttons = segments(well, self.tabs())
        self.buttons[self._tab].setChecked(True)
        group.buttonClicked.connect(self._on_tab_clicked)
        return well

    def _label(self, kind: str) -> QLabel:
        label = QLabel()
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    # --- What is shown ---------------------------------------------------------------------

    @staticmethod
    def tabs() -> tuple[str, ...]:
        """Return the names of the pages."""
        return tuple(_TABS)

    @property
    def tab(self) -> str:
        """Which page is shown."""
        return self._tab

    def show_tab(self, name: str) -> None:
        """Show another page."""
        self._tab = name
        self.buttons[name].setChecked(True)
        self._forget()
        self._refresh()

    def page(self) -> Page:
        """Return what is shown."""
        session = self.session
        margins = self._page.contentsMargins()
        room = self.area.viewport().width() - margins.left() - margins.right()
        width = max(room / session.scale, 120.0)
        place = session.timeline, session.position
        if self._tab == ORDER:
            return order_page(*place, session.selected, width)
        if self._tab == NUDGE:
            return nudge_page(*place, session.training, self._spot(), self.epsilon, width)
        page = paths_page(*place, self.node, self._lit, width)
        reason = session.level_reason(SCALARS)
        if page.intro == ONLY_SCALARS and reason is not None:
            return Page(reason)
        return page

    @property
    def node(self) -> int | None:
        """What is explained: the selected node, or the one something happens to."""
        session = self.session
        if session.selected is None and not session.position.step:
            return None
        return matrix_node(session.timeline, session.position, session.selected)

    def _spot(self) -> tuple[int, tuple[int, ...], Place] | None:
        """Return the number that is moved: the leaf it is about, or the selected entry of it."""
        session, node = self.session, self.node
        if node is None:
            return None
        shape = session.timeline.tape[node].value.shape
        index = session.selected_entry or (0,) * len(shape)
        place = session.what_if.place(node, index)
        return None if place is None else (node, index, place)

    @property
    def epsilon(self) -> float:
        """How far the number is moved."""
        return float(10.0 ** (self.slider.value() / _PER_DECADE))

    def _on_epsilon_changed(self) -> None:
        self._refresh()

    @property
    def _lit(self) -> int | None:
        return self._chosen if self._pointed is None else self._pointed

    def _refresh(self) -> None:
        """Show what has changed, if the panel can be seen."""
        session = self.session
        if not self.isVisible():
            self._shown = None
            session.spotlight.light(frozenset())
            return
        now: tuple[object, ...] = (
            moment(session.timeline, session.position),
            (self._tab, self.node, session.selected_entry, self._lit, self.epsilon),
            (session.language, session.scale, self.area.viewport().width()),
        )
        if self._shown == now:
            return
        self._shown = now
        page = self.page()
        self.intro.setText(session.tr(page.intro))
        nudging = self._tab == NUDGE and page.picture is not None
        self.slider.setVisible(nudging)
        self.epsilon_label.setVisible(nudging)
        value = format_number(self.epsilon, 2)
        self.epsilon_label.setText(session.tr(Message("why.nudge.epsilon", value=value)))
        # As wide as the longest, so that the slider does not move under the hand.
        metrics = self.epsilon_label.fontMetrics()
        self.epsilon_label.setFixedWidth(metrics.horizontalAdvance("ε = 0.00010 "))
        self.outro.setVisible(page.outro is not None)
        self.outro.setText(session.tr(page.outro) if page.outro else "")
        self.canvas.setVisible(page.picture is not None)
        self.canvas.show_picture(page.picture)
        self._light()
        self._describe()

    def _describe(self) -> None:
        """Tell the chosen path to people who cannot see it."""
        rect, picture = self.canvas.rect_of(self.canvas.current), self.canvas.picture
        words = self.session.tr(Message("why.canvas"))
        if rect is not None and picture is not None:
            inside = [
                self.session.tr(item.text)
                for item in picture.items
                if isinstance(item, Text) and rect.contains(item.x, item.y)
            ]
            words = " ".join(inside)
        self.canvas.setAccessibleDescription(words)

    def _light(self) -> None:
        session = self.session
        edges: frozenset[tuple[int, int]] = frozenset()
        if self._tab == PATHS and self.node is not None:
            edges = path_edges(session.timeline, self.node, self._lit)
        session.spotlight.light(edges)

    # --- What happens ----------------------------------------------------------------------

    def _on_tab_clicked(self, button: QPushButton) -> None:
        self.show_tab(button.objectName())

    def _on_changed(self) -> None:
        if self.node != self._explained:
            self._explained = self.node
            self._forget()
        self._refresh()

    def _on_timeline_changed(self) -> None:
        self._refresh()

    def _on_selection_changed(self) -> None:
        self._forget()
        self._refresh()

    def _forget(self) -> None:
        self._pointed = self._chosen = None
        self.canvas.current = ""

    def _on_pointed(self, key: str) -> None:
        if key.startswith("node:"):
            self.session.hover(int(key.removeprefix("node:")))
        else:
            self.session.hover(None)
        self._pointed = _number(key)
        self._refresh()

    def _on_chosen(self, key: str) -> None:
        if key.startswith("node:"):
            self.session.select(int(key.removeprefix("node:")))
            return
        self._chosen = _number(key)
        self._refresh()
        rect = self.canvas.rect_of(key)
        if rect is not None:
            top = self.canvas.y() + self.px(rect.y)
            self.area.ensureVisible(0, top + self.px(rect.height), 0, self.px(rect.height))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the page out anew when its width changes."""
        if event.type() == QEvent.Type.Resize:
            self._refresh()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Begin when the panel is shown, put the light out when it is hidden."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._refresh()
        return done

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("why.name")))
        self.setWhatsThis(tr(Message("whats.why")))
        self.canvas.setAccessibleName(tr(Message("why.name")))
        self.slider.setAccessibleName(tr(Message("why.nudge.slider")))
        self.slider.setToolTip(tr(Message("why.nudge.slider")))
        for name, (title, tip) in _TABS.items():
            self.buttons[name].setText(tr(title))
            self.buttons[name].setToolTip(tr(tip))
        self._widen()
        self._refresh()

    def _restyle(self) -> None:
        self.slider.setMinimumHeight(self.px(24))
        side = self.px(14)
        self._column.setContentsMargins(side, self.px(2), self.px(4), self.px(8))
        self._column.setSpacing(self.px(8))
        self._page.setContentsMargins(0, 0, self.px(8), 0)
        self._page.setSpacing(self.px(8))
        row = self._well.layout()
        assert row is not None
        row.setContentsMargins(*[self.px(2)] * 4)
        row.setSpacing(self.px(2))
        self._widen()
        self._refresh()

    def _widen(self) -> None:
        """Leave room for the letters of the chosen page, which are bold."""
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        for button in self.buttons.values():
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + self.px(22))

    def sizeHint(self) -> QSize:
        """Ask for the room of a few paths."""
        return QSize(self.px(340), self.px(280))

    def minimumSizeHint(self) -> QSize:
        """Stay large enough for one path."""
        return QSize(self.px(220), self.px(130))


def _number(key: str) -> int | None:
    return int(key.removeprefix("path:")) if key.startswith("path:") else None
