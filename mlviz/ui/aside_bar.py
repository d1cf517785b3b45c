"""An example is shown that training does not use: which one, and the ways back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from mlviz.i18n import Message
from mlviz.learn.aside import Aside
from mlviz.learn.network import NetworkProgram
from mlviz.picture.outcome import PART_NAMES
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel


class AsideBar(Panel):
    """It is there as long as the film shows an example alone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "notice")
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.batch_button, self.lab_button = QPushButton(self), QPushButton(self)
        self.batch_button.clicked.connect(self.show_batch)
        self.lab_button.clicked.connect(self.show_lab)
        row = QHBoxLayout(self)
        row.addWidget(self.label, 1)
        for button in (self.batch_button, self.lab_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        session.timeline_changed.connect(self._on_timeline_changed)
        self._retranslate()
        self._restyle()

    def show_batch(self) -> None:
        """Step through the iteration as it is in training."""
        lab, number = self.session.lab, self.session.position.iteration
        lab.aside = None
        lab.seek(min(number, lab.run.head))
        lab.show_film()

    def show_lab(self) -> None:
        """Go back to the lab, at the same iteration."""
        self.session.set_face("lab")

    def told(self) -> Message | None:
        """Return what is said; None if the film shows what is trained."""
        aside = self.session.training
        if not isinstance(aside, Aside):
            return None
        number = self.session.position.iteration
        program = aside.source.program_of(number)
        assert isinstance(program, NetworkProgram)
        drops = any(layer.dropout for layer in program.spec.layers[:-1])
        return Message(
            "aside.told_dropout" if drops else "aside.told",
            part=PART_NAMES[aside.part],
            number=aside.row + 1,
            iteration=f"{number:,}",
        )

    def _on_timeline_changed(self) -> None:
        told = self.told()
        self.label.setText("" if told is None else self.session.tr(told))
        self.setAccessibleName(self.label.text())
        self.setVisible(told is not None)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.batch_button.setText(tr(Message("aside.batch")))
        self.batch_button.setToolTip(tr(Message("aside.batch.tip")))
        self.lab_button.setText(tr(Message("aside.lab")))
        self._on_timeline_changed()

    def _restyle(self) -> None:
        row = self.layout()
        assert row is not None
        row.setContentsMargins(self.px(20), self.px(8), self.px(10), self.px(8))
        row.setSpacing(self.px(10))
