"""The middle of the window: the graph, the network, or both, with the switch between them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QSplitter, QWidget

from mlviz.i18n import Message
from mlviz.trace.neurons import find_neurons
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.network_view import NetworkView
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from mlviz.ui.widgets import Panel, segments

GRAPH, NETWORK, SPLIT = "graph", "network", "split"
_MODES = (
    (GRAPH, Message("ui.stage.graph")),
    (NETWORK, Message("ui.stage.network")),
    (SPLIT, Message("ui.stage.split")),
)
NO_NETWORK = Message("network.none")
_WIDE = 1.6
"""From this ratio of width to height on, two views stand side by side."""


class StageArea(Panel):
    """Shows the graph, the network or both at the session's position.

    Args:
        session: the session.
        stage: the view of the graph.
        parent: the Qt parent.
    """

    def __init__(self, session: Session, stage: StageView, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.stage = stage
        self.network = NetworkView(session)
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(stage)
        self._splitter.addWidget(self.network)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        self._by_hand = False
        self.switch = StageSwitch(session, self)
        session.stage_changed.connect(self._on_mode_changed)
        session.document_changed.connect(self._on_document_changed)
        self._on_document_changed()

    @property
    def mode(self) -> str:
        """What is shown: what was asked for, as far as the document has it."""
        return self.session.stage_mode if self.switch.has_network else GRAPH

    def fit(self) -> None:
        """Show all of what is shown."""
        if self.mode != NETWORK:
            self.stage.fit()
        if self.mode != GRAPH:
            self.network.fit()

    def set_follow(self, following: bool) -> None:
        """Let both views go where something happens, or stay where they are."""
        self.stage.set_follow(following)
        self.network.set_follow(following)

    def next_mode(self) -> None:
        """Show the graph, then the network, then both, then the graph again; a formula has one."""
        if not self.switch.has_network:
            self.session.noted.emit(NO_NETWORK)
            return
        modes = [mode for mode, _ in _MODES]
        now = modes.index(self.session.stage_mode)
        self.session.set_stage_mode(modes[(now + 1) % len(modes)])

    def _on_document_changed(self) -> None:
        self.switch.set_network(find_neurons(self.session.recorded.tape) is not None)
        self._on_mode_changed()

    def _on_mode_changed(self) -> None:
        mode = self.mode
        focused = self.stage.hasFocus() or self.network.hasFocus()
        self.network.headline = mode == NETWORK
        self.stage.setVisible(mode != NETWORK)
        self.network.setVisible(mode != GRAPH)
        if focused:
            (self.network if mode == NETWORK else self.stage).setFocus()
        self._place()

    def _on_splitter_moved(self, _: int, __: int) -> None:
        self._by_hand = True

    def _restyle(self) -> None:
        self._place()

    def _retranslate(self) -> None:
        self._place()

    def _place(self) -> None:
        self._splitter.setGeometry(self.rect())
        wide = self.width() > _WIDE * self.height()
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        if self._splitter.orientation() != (across if wide else down):
            self._splitter.setOrientation(across if wide else down)
        if not self._by_hand and self.mode == SPLIT:
            self._splitter.setSizes(self._shares(wide))
        self.switch.adjustSize()
        margin = self.px(8)
        self.switch.move(self.width() - self.switch.width() - margin, margin)
        self.switch.raise_()
        room = self.switch.width() + margin
        alone = self.mode != SPLIT or not wide
        self.stage.inset = room if alone else 0
        self.network.inset = room

    def _shares(self, wide: bool) -> list[int]:
        """Return the sizes of the two views: below the graph, the network takes what it needs."""
        whole = max(self.width(), self.height())
        if wide:
            return [whole // 2, whole // 2]
        network = min(self.network.wanted_height(), self.height() // 2)
        return [self.height() - network, network]


class StageSwitch(Panel):
    """What the stage shows: one of a row of choices."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "well")
        self.has_network = True
        self._group, self.buttons = segments(self, [mode for mode, _ in _MODES])
        self._group.buttonClicked.connect(self._on_clicked)
        session.stage_changed.connect(self._on_mode_changed)
        self._restyle()
        self._retranslate()
        self._on_mode_changed()

    def set_network(self, has_network: bool) -> None:
        """Say whether the document has a network; without one there is only the graph."""
        self.has_network = has_network
        self._on_mode_changed()
        self._retranslate()

    def _on_clicked(self, button: QPushButton) -> None:
        self.session.set_stage_mode(button.objectName())

    def _on_mode_changed(self) -> None:
        self.buttons[self.session.stage_mode if self.has_network else GRAPH].setChecked(True)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("ui.stage.mode")))
        for mode, name in _MODES:
            button, possible = self.buttons[mode], self.has_network or mode == GRAPH
            button.setText(tr(name))
            button.setEnabled(possible)
            tip = Message("ui.action.tip", text=name, keys="G")
            button.setToolTip(tr(tip if possible else NO_NETWORK))
            button.setAccessibleDescription("" if possible else tr(NO_NETWORK))
        self._restyle()

    def _restyle(self) -> None:
        line = self.layout()
        assert line is not None
        margin = self.px(2)
        line.setContentsMargins(margin, margin, margin, margin)
        line.setSpacing(margin)
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        for button in self.buttons.values():
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + self.px(20))
        self.adjustSize()
