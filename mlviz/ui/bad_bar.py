"""The notice of the first bad number, above the stage, with the way to it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from mlviz.i18n import Message
from mlviz.picture.bad import bad_notice, bad_number
from mlviz.trace.bad import first_bad_iteration
from mlviz.trace.steps import Position
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel


class BadBar(Panel):
    """Qt view of `picture.bad`: it is there as long as the iteration has a bad number."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "alert")
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.jump_button = QPushButton(self)
        self.jump_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.jump_button.clicked.connect(self.jump)
        row = QHBoxLayout(self)
        row.addWidget(self.label, 1)
        row.addWidget(self.jump_button, 0, Qt.AlignmentFlag.AlignTop)
        session.timeline_changed.connect(self._on_timeline_changed)
        self._retranslate()
        self._restyle()

    def jump(self) -> None:
        """Go to the step that made the first bad number, wherever it is, and select it."""
        session = self.session
        bad = bad_number(session.timeline)
        if bad is not None and bad.step == 0:
            made = first_bad_iteration(session.training, session.position.iteration)
            session.seek(Position(made, 0))
            bad = bad_number(session.timeline)
        if bad is not None:
            session.seek(Position(session.position.iteration, bad.step))
            session.select(bad.node)

    def _on_timeline_changed(self) -> None:
        session = self.session
        said = bad_notice(session.timeline, session.training, session.position.iteration)
        self.label.setText(" ".join(session.tr(sentence) for sentence in said))
        self.setAccessibleName(self.label.text())
        self.setVisible(bool(said))

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.jump_button.setText(tr(Message("bad.jump")))
        self.jump_button.setToolTip(tr(Message("bad.jump_tip")))
        self.setWhatsThis(tr(Message("whats.bad")))
        self._on_timeline_changed()

    def _restyle(self) -> None:
        row = self.layout()
        assert row is not None
        row.setContentsMargins(self.px(20), self.px(8), self.px(10), self.px(8))
