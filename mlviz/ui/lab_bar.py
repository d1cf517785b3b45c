"""The bar at the bottom of the lab: train and pause, the whole history, and where one stands."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.numerals import WIDEST, format_full, format_number
from mlviz.picture.items import Role
from mlviz.picture.run_bar import epoch_text, loss_at, loss_now, rate_at
from mlviz.ui.fonts import BASE_PX, number_font
from mlviz.ui.icons import icon
from mlviz.ui.lab_scrubber import LabScrubber
from mlviz.ui.lab_training import PACES
from mlviz.ui.lab_view import LabView
from mlviz.ui.lab_words import duration
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button, ElidedLabel, MenuButton, choice_menu

_BUTTON = 40
_HEIGHT = 104
_PACE_NAMES = (
    Message("lab.pace.slow"),
    Message("lab.pace.frame", n=1),
    Message("lab.pace.frame", n=10),
    Message("lab.pace.frame", n=100),
    Message("lab.pace.fast"),
)
_READOUTS = ("iteration", "epoch", "loss", "rate")
_WIDEST = {"iteration": "888,888", "epoch": "8,888.88", "loss": WIDEST, "rate": "0.0008888"}


class LabBar(LabView):
    """Train, pause, go anywhere."""

    most_a_second = 15.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        lab = self.lab
        self.reset_button = self._button("reset", lab.reset)
        self.train_button = self._button("play", lab.toggle, "round")
        self.iteration_button = self._button("step-forward", lab.one_iteration)
        self.epoch_button = self._button("phase-forward", lab.one_epoch)
        self.scrubber = LabScrubber(session, self)
        self.status = ElidedLabel("muted", self)
        self.pace_button = MenuButton("plain", self)
        paces = choice_menu(self.pace_button, PACES)
        paces.triggered.connect(self._on_pace_chosen)
        self._pace_actions = paces.actions()
        self.cancel_button = Button("plain", parent=self)
        self.cancel_button.clicked.connect(lab.pause)
        self.branch_button = Button("", parent=self)
        self.branch_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.branch_button.clicked.connect(lab.branch)
        self.film_button = Button("", parent=self)
        self.film_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.film_button.clicked.connect(self._on_film)
        self.names = {name: QLabel(self) for name in _READOUTS}
        self.numbers = {name: QLabel(self) for name in _READOUTS}
        self._lay_out()
        self._restyle()
        self._retranslate()

    def _button(self, picture: str, slot: object, kind: str = "") -> Button:
        button = Button(kind, parent=self)
        button.setObjectName(picture)
        button.clicked.connect(slot)
        return button

    def _buttons(self) -> tuple[Button, ...]:
        return self.reset_button, self.train_button, self.iteration_button, self.epoch_button

    def _lay_out(self) -> None:
        self._transport = QHBoxLayout()
        for button in self._buttons():
            self._transport.addWidget(button)
        self._readouts = QGridLayout()
        for column, name in enumerate(_READOUTS):
            self.names[name].setProperty("kind", "muted")
            self.numbers[name].setAlignment(Qt.AlignmentFlag.AlignRight)
            self.names[name].setAlignment(Qt.AlignmentFlag.AlignRight)
            self._readouts.addWidget(self.names[name], 0, column)
            self._readouts.addWidget(self.numbers[name], 1, column)
        below = QHBoxLayout()
        below.addWidget(self.status)
        below.addWidget(self.cancel_button)
        below.addStretch(1)
        self._deeds = QHBoxLayout()
        self._deeds.addStretch(1)
        self._deeds.addWidget(self.branch_button)
        self._deeds.addWidget(self.film_button)
        self._grid = QGridLayout()
        self._grid.addLayout(self._transport, 0, 0)
        self._grid.addWidget(self.scrubber, 0, 1)
        self._grid.addLayout(self._readouts, 0, 2)
        self._grid.addWidget(self.pace_button, 1, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addLayout(below, 1, 1)
        self._grid.addLayout(self._deeds, 1, 2)
        self._grid.setColumnStretch(1, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addLayout(self._grid)

    # --- What a person does ----------------------------------------------------------------

    def _on_pace_chosen(self, action: QAction) -> None:
        self.lab.set_pace(action.data())

    def _on_film(self) -> None:
        self.session.set_face("film")

    # --- What there is to show -------------------------------------------------------------

    def refresh(self) -> None:
        """Show where the run and the cursor are."""
        lab = self.lab
        self.scrubber.show_run()
        self._show_numbers()
        self._show_status()
        can = lab.can_train and not lab.is_blank
        for button in self._buttons():
            button.setEnabled(can)
        self.branch_button.setEnabled(can and not lab.is_stale)
        self._name_train_button()
        for action, pace in zip(self._pace_actions, PACES, strict=True):
            action.setChecked(pace == lab.pace)
        self._name_pace()

    def _show_numbers(self) -> None:
        lab, run, cursor = self.lab, self.lab.run, self.lab.cursor
        # What is being trained has no loss yet at its head: it is the last one that counts.
        loss = loss_at(run, cursor)
        if loss is None:
            loss = loss_at(run, cursor - 1) if lab.running else loss_now(run, cursor)
        rate = rate_at(run, cursor)
        texts = {
            "iteration": f"{cursor:,}",
            "epoch": epoch_text(run, cursor),
            "loss": "·" if loss is None else format_number(loss),
            "rate": "·" if rate is None else format_number(rate),
        }
        for name, text in texts.items():
            self.numbers[name].setText(text)
        self.numbers["loss"].setToolTip("" if loss is None else format_full(loss))
        self.numbers["rate"].setToolTip("" if rate is None else format_full(rate))

    def _show_status(self) -> None:
        words = self.session.tr(self.status_words())
        self.status.setText(words[:1].upper() + words[1:])
        self.status.setToolTip(words)
        self.cancel_button.setVisible(self.lab.running and self.lab.goal is not None)

    def status_words(self) -> Message:
        """Return what is going on."""
        lab = self.lab
        if lab.reason is not None:
            return Message("lab.status.nothing")
        if lab.is_blank:
            return Message("lab.status.blank")
        if lab.running:
            left, speed = lab.seconds_left, f"{float(f'{lab.speed:.2g}'):,.0f}"
            if left is None:
                return Message("lab.status.training", speed=speed)
            return Message("lab.status.left", speed=speed, left=duration(left))
        stopped = lab.run.stopped
        if lab.is_stale:
            return Message("lab.status.stale")
        if stopped is not None:
            return stopped.reason
        if lab.run.head == 1:
            return Message("lab.status.start")
        if lab.cursor < lab.run.head:
            return Message("lab.status.back", head=f"{lab.run.head:,}")
        return Message("lab.status.paused")

    def _name_train_button(self) -> None:
        running = self.lab.running
        words = Message("lab.pause") if running else Message("lab.train")
        self._say(self.train_button, Message("ui.action.tip", text=words, keys="Space"))
        self.train_button.setAccessibleName(self.session.tr(words))
        colour = self.session.theme.colour(Role.PANEL)
        self.train_button.setIcon(icon("pause" if running else "play", colour))

    def _say(self, button: Button, words: Message) -> None:
        button.setToolTip(self.session.tr(words))
        button.setAccessibleName(self.session.tr(words))

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.bar")))
        self._say(self.reset_button, Message("lab.reset"))
        tip = Message("ui.action.tip", text=Message("lab.one_iteration"), keys="→")
        self._say(self.iteration_button, tip)
        self._say(
            self.epoch_button, Message("ui.action.tip", text=Message("lab.one_epoch"), keys="⇧ →")
        )
        self.branch_button.setText(tr(Message("ui.action.branch")))
        self._say(self.branch_button, Message("lab.branch_tip"))
        self.film_button.setText(tr(Message("ui.action.to_film")))
        self._say(self.film_button, Message("lab.film_tip"))
        self.cancel_button.setText(tr(Message("lab.cancel")))
        self.cancel_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for name, words in (
            ("iteration", Message("lab.readout.iteration")),
            ("epoch", Message("lab.readout.epoch")),
            ("loss", Message("lab.readout.loss")),
            ("rate", Message("lab.readout.rate")),
        ):
            self.names[name].setText(tr(words))
        for action, words in zip(self._pace_actions, _PACE_NAMES, strict=True):
            action.setText(tr(words))
        self._name_pace()
        self._name_train_button()
        self.request_refresh()

    def _name_pace(self) -> None:
        name = _PACE_NAMES[PACES.index(self.lab.pace)]
        self.pace_button.set_text(self.session.tr(name))
        self.pace_button.setToolTip(self.session.tr(Message("lab.pace.tip")))

    # --- How it looks ----------------------------------------------------------------------

    def _restyle(self) -> None:
        self.setFixedHeight(self.px(_HEIGHT))
        text = self.session.theme.colour(Role.TEXT)
        for button in self._buttons():
            button.setFixedSize(self.px(_BUTTON), self.px(_BUTTON))
            button.setIconSize(QSize(self.px(20), self.px(20)))
            if button is not self.train_button:
                button.setIcon(icon(button.objectName(), text))
        self.branch_button.setIcon(icon("branch", text))
        self.branch_button.setIconSize(QSize(self.px(16), self.px(16)))
        self._transport.setSpacing(self.px(6))
        self._deeds.setSpacing(self.px(6))
        self._grid.setContentsMargins(self.px(4), self.px(8), self.px(14), self.px(8))
        self._grid.setHorizontalSpacing(self.px(14))
        self._grid.setVerticalSpacing(self.px(2))
        self._readouts.setHorizontalSpacing(self.px(10))
        self._readouts.setVerticalSpacing(0)
        font = number_font(BASE_PX * self.session.scale, bold=True)
        for name, label in self.numbers.items():
            label.setProperty("kind", "number")
            label.setFont(font)
            label.ensurePolished()
            width = label.fontMetrics().horizontalAdvance(_WIDEST[name])
            label.setMinimumWidth(width + self.px(2))
        self._name_train_button()
        self.request_refresh()
