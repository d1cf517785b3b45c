"""Time: the transport buttons, the bar of steps, the iterations, and the speed."""

from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from mlviz.i18n import Message
from mlviz.picture.timeline import timeline_bar
from mlviz.trace.steps import Position
from mlviz.ui.actions import Actions
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.memory_view import HEIGHT as MEMORY_HEIGHT
from mlviz.ui.memory_view import MemoryView
from mlviz.ui.session import Session
from mlviz.ui.step_bar import StepBar
from mlviz.ui.widgets import Button, MenuButton, Panel, choice_menu

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SIZES = (
    ("term", Message("ui.step_size.term")),
    ("operation", Message("ui.step_size.operation")),
    ("neuron", Message("ui.step_size.neuron")),
    ("layer", Message("ui.step_size.layer")),
    ("phase", Message("ui.step_size.phase")),
    ("iteration", Message("ui.step_size.iteration")),
)
"""How far one step may go, with its name."""
TRANSPORT = ("to_start", "step_back", "play", "step_forward", "to_end")

# Places in px of the design at scale 1.
_HEIGHT = 116
_BUTTON = 40
_GAP = 6
_LEFT = 4
_CENTRE = 53  # of the bar and the buttons
_ITERATION_CENTRE = 92
_BAR_CENTRE = 37  # inside the step bar
_RIGHT = 190  # the column of words, at least
_EDGE = 10
_BAR_GAP = 20
_KNOB = 10  # the bar's own margin for its knob


def speed_text(speed: float) -> str:
    """Return `0.25×` or `2×`."""
    return f"{speed:g}×"


class TimelineView(Panel):
    """Where the film stands, and how it is moved."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.buttons = [self._button(actions[name]) for name in TRANSPORT]
        self.bar = StepBar(session, self)
        self.memory = MemoryView(session, self)
        self.iteration_label = QLabel(self)
        self.iteration_label.setProperty("kind", "muted")
        self.iteration_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.iteration_slider.setMinimum(1)
        self.iteration_slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.iteration_slider.valueChanged.connect(session.set_iteration)
        self.step_label = QLabel(self)
        self.step_label.setProperty("strong", True)
        self.speed_button = MenuButton("plain", self)
        speeds = choice_menu(self.speed_button, SPEEDS)
        speeds.triggered.connect(self._on_speed_chosen)
        self._speed_actions = speeds.actions()
        for action in self._speed_actions:
            action.setText(speed_text(action.data()))
        self.size_button = MenuButton("plain", self)
        sizes = choice_menu(self.size_button, [size for size, _ in SIZES])
        sizes.triggered.connect(self._on_size_chosen)
        self._size_actions = sizes.actions()
        self._order_of_tab()

        session.timeline_changed.connect(self._on_timeline_changed)
        session.document_changed.connect(self._on_timeline_changed)
        session.position_changed.connect(self._on_position_changed)
        session.speed_changed.connect(self._on_speed_changed)
        session.step_size_changed.connect(self._on_step_size_changed)
        self._restyle()
        self._retranslate()

    def _button(self, action: QAction) -> Button:
        button = Button("round" if action.objectName() == "play" else "", action, self)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        return button

    def _order_of_tab(self) -> None:
        order: list[QWidget] = [
            *self.buttons,
            self.size_button,
            self.bar,
            self.speed_button,
            self.iteration_slider,
        ]
        for one, other in pairwise(order):
            self.setTabOrder(one, other)

    # --- What the session says -------------------------------------------------------------

    def _on_timeline_changed(self) -> None:
        iterations, position = self.session.iterations, self.session.position
        slider = self.iteration_slider
        slider.blockSignals(True)
        slider.setMaximum(iterations)
        slider.setPageStep(max(iterations // 10, 1))
        slider.setValue(position.iteration)
        slider.blockSignals(False)
        for widget in (slider, self.iteration_label):
            widget.setVisible(iterations > 1)
        self._place()
        self.iteration_label.setText(self._iteration_text(position.iteration))
        self._on_position_changed()

    def _iteration_text(self, number: int) -> str:
        count = self.session.iterations
        words = Message("ui.time.iteration", number=f"{number:,}", count=f"{count:,}")
        return self.session.tr(words)

    def _on_position_changed(self) -> None:
        self.step_label.setText(self._step_text(self.session.position.step))

    def _step_text(self, step: int) -> str:
        bar = timeline_bar(self.session.timeline, Position(1, step))
        return self.session.tr(bar.label)

    def _on_speed_changed(self) -> None:
        speed = self.session.speed
        self.speed_button.set_text(speed_text(speed))
        name = Message("ui.time.speed", speed=speed_text(speed))
        self.speed_button.setAccessibleName(self.session.tr(name))
        for action in self._speed_actions:
            action.setChecked(action.data() == speed)

    def _on_speed_chosen(self, action: QAction) -> None:
        self.session.set_speed(action.data())

    def _on_step_size_changed(self) -> None:
        tr, present = self.session.tr, self.session.step_size
        for action, (size, name) in zip(self._size_actions, SIZES, strict=True):
            action.setText(tr(name))
            action.setChecked(size == present)
            if size == present:
                self.size_button.set_text(tr(Message("ui.step_size", size=name)))
        self.size_button.setToolTip(tr(Message("ui.step_size.tip")))

    def _on_size_chosen(self, action: QAction) -> None:
        self.session.set_step_size(action.data())

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("ui.dock.time")))
        self.iteration_slider.setAccessibleName(tr(Message("ui.time.iteration_slider")))
        self.speed_button.setToolTip(tr(Message("ui.time.speed_tip")))
        self._on_timeline_changed()
        self._on_speed_changed()
        self._on_step_size_changed()
        self._place()

    # --- How it looks ----------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Take the height of the design."""
        return QSize(self.px(900), self.px(self._height()))

    def minimumSizeHint(self) -> QSize:
        """Never hide a button."""
        buttons = len(TRANSPORT) * (_BUTTON + _GAP)
        return QSize(self.px(_LEFT + buttons + _BAR_GAP + 160 + _RIGHT), self.px(self._height()))

    def _height(self) -> int:
        return _HEIGHT if self.memory.isHidden() else _HEIGHT + MEMORY_HEIGHT

    def show_memory(self, shown: bool) -> None:
        """Show or hide the memory strip."""
        self.memory.setVisible(shown)
        self.updateGeometry()
        self._place()

    def _restyle(self) -> None:
        for button in self.buttons:
            button.setIconSize(QSize(self.px(20), self.px(20)))
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        px = self.px
        top = px(_CENTRE) - px(_BUTTON) // 2
        for place, button in enumerate(self.buttons):
            x = px(_LEFT) + place * px(_BUTTON + _GAP)
            button.setGeometry(x, top, px(_BUTTON), px(_BUTTON))
        left = px(_LEFT + len(TRANSPORT) * (_BUTTON + _GAP) + _BAR_GAP)
        speed = QSize(px(62), px(28))
        # Wide enough for the last step, so that nothing moves while it plays.
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        step = metrics.horizontalAdvance(self._step_text(len(self.session.timeline))) + px(6)
        right = self.width() - px(_EDGE) - speed.width() - px(_GAP) - step - px(_BAR_GAP)
        height = self.bar.sizeHint().height()
        self.bar.setGeometry(left, px(_CENTRE - _BAR_CENTRE), max(right - left, 1), height)

        words = right + px(_BAR_GAP)
        line = px(26)
        self.step_label.setGeometry(words, px(_CENTRE) - line // 2, step, line)
        self.speed_button.setGeometry(
            self.width() - px(_EDGE) - speed.width(),
            px(_CENTRE) - speed.height() // 2,
            speed.width(),
            speed.height(),
        )
        strip = QRect(left, px(_HEIGHT - 4), max(right - left, 1), px(MEMORY_HEIGHT))
        self.memory.setGeometry(strip.adjusted(px(_KNOB), 0, -px(_KNOB), 0))
        row = px(_ITERATION_CENTRE) - line // 2
        left, right = left + px(_KNOB), right - px(_KNOB)
        # Wide enough for the last one, as above.
        letters = QFontMetrics(self.iteration_label.font())
        label = letters.horizontalAdvance(self._iteration_text(self.session.iterations)) + px(16)
        self.iteration_label.setGeometry(left, row, label, line)
        buttons = px(len(TRANSPORT) * (_BUTTON + _GAP) - _GAP)
        self.size_button.setGeometry(px(_LEFT), px(_ITERATION_CENTRE) - line // 2, buttons, line)
        slider = left + label
        self.iteration_slider.setGeometry(slider, row, max(right - slider, 1), line)
