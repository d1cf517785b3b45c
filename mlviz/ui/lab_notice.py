"""What must be known before one goes on in the lab, above its panels, with the way out."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from mlviz.i18n import Message
from mlviz.learn.run import Run
from mlviz.picture.bad import bad_notice, bad_number
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.lab_view import LabView
from mlviz.ui.session import Session


class LabNotice(LabView):
    """One thing at a time: a bad number, a recipe that was changed, or nothing to train."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.kind = ""
        self._bad: tuple[Run, int, tuple[Message, ...], int] | None = None
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.first_button = QPushButton(self)
        self.first_button.setProperty("kind", "primary")
        self.second_button = QPushButton(self)
        for button in (self.first_button, self.second_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.first_button.clicked.connect(self._on_first)
        self.second_button.clicked.connect(self._on_second)
        row = QHBoxLayout(self)
        row.addWidget(self.label, 1)
        row.addWidget(self.first_button)
        row.addWidget(self.second_button)
        # It is not seen while there is nothing to say, so it cannot wait until it is.
        self.lab.changed.connect(self.refresh_now)
        self._restyle()
        self.refresh_now()

    # --- What it says ----------------------------------------------------------------------

    def refresh(self) -> None:
        """Say what there is to say, or nothing."""
        lab = self.lab
        if lab.reason is not None:
            self._tell("notice", "reason", [lab.reason])
        elif lab.is_stale and lab.run.head > 1:
            words = [Message("lab.stale")]
            self._tell("notice", "stale", words, Message("lab.stale.anew"), Message("change.undo"))
        elif lab.bad_iteration is not None:
            before, show = Message("lab.bad.before"), Message("lab.bad.show")
            self._tell("alert", "bad", self._bad_words(), before, show)
        else:
            self._tell("notice", "", [])

    def _tell(
        self,
        look: str,
        kind: str,
        words: list[Message],
        first: Message | None = None,
        second: Message | None = None,
    ) -> None:
        if self.property("kind") != look:
            self.setProperty("kind", look)
            self.style().unpolish(self)
            self.style().polish(self)
        tr = self.session.tr
        self.kind = kind
        self.label.setText(" ".join(tr(sentence) for sentence in words))
        self.setAccessibleName(self.label.text())
        for button, text in ((self.first_button, first), (self.second_button, second)):
            button.setVisible(text is not None)
            button.setText("" if text is None else tr(text))
        self.setVisible(bool(words))

    def _bad_words(self) -> list[Message]:
        """Return what the first bad number is; looked for once."""
        run, number = self.lab.run, self.lab.bad_iteration
        assert number is not None
        if self._bad is None or self._bad[:2] != (run, number):
            timeline = Timeline(run.training.iteration(number))
            said = bad_notice(timeline, run.training, number)
            bad = bad_number(timeline)
            self._bad = (run, number, said, 0 if bad is None else bad.step)
        return [Message("lab.bad", iteration=f"{number:,}"), *self._bad[2]]

    # --- What a person does ----------------------------------------------------------------

    def _on_first(self) -> None:
        if self.kind == "stale":
            self.lab.reset()
        elif self.kind == "bad":
            self.lab.go_before_bad()

    def _on_second(self) -> None:
        if self.kind == "stale":
            self.lab.undo()
        elif self.kind == "bad" and self._bad is not None:
            self.lab.go_before_bad()
            self.session.set_face("film")
            self.session.seek(Position(self._bad[1], self._bad[3]))

    def _restyle(self) -> None:
        row = self.layout()
        assert row is not None
        row.setContentsMargins(self.px(20), self.px(8), self.px(10), self.px(8))
        row.setSpacing(self.px(8))
