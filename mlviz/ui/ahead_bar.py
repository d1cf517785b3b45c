"""An iteration far ahead is being computed: how long that takes, and an end to it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from mlviz.i18n import Message
from mlviz.ui.lab_words import duration
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel


class AheadBar(Panel):
    """It is there as long as the film waits for an iteration."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "notice")
        self._from = 1
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.cancel_button = QPushButton(self)
        self.cancel_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel_button.clicked.connect(session.lab.pause)
        row = QHBoxLayout(self)
        row.addWidget(self.label)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        session.lab.changed.connect(self._on_changed)
        session.lab.progressed.connect(self._on_progressed)
        self.hide()
        self._restyle()
        self._retranslate()

    def _on_changed(self) -> None:
        lab = self.session.lab
        shown = lab.awaited is not None
        if shown and self.isHidden():
            self._from = lab.run.head
        self.setVisible(shown)
        self._on_progressed()

    def _on_progressed(self) -> None:
        lab = self.session.lab
        if lab.awaited is None:
            return
        self.progress.setRange(0, max(lab.awaited - self._from, 1))
        self.progress.setValue(lab.run.head - self._from)
        left = lab.seconds_left or 0.0
        words = Message("lab.ahead", number=f"{lab.awaited:,}", left=duration(left))
        self.label.setText(self.session.tr(words))

    def _retranslate(self) -> None:
        self.cancel_button.setText(self.session.tr(Message("lab.cancel")))
        self._on_progressed()

    def _restyle(self) -> None:
        row = self.layout()
        assert row is not None
        row.setContentsMargins(self.px(20), self.px(8), self.px(10), self.px(8))
        row.setSpacing(self.px(14))
