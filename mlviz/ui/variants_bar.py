"""The offer to train all variants of a file and to compare them."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.ui.session import Session
from mlviz.ui.variant_runs import VariantRuns
from mlviz.ui.widgets import Panel


class VariantsBar(Panel):
    """Says what can be compared, and does it. It is there only for files that have variants."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.runs = VariantRuns(session, self)
        self.runs.changed.connect(self.show_state)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.names = QLabel(self)
        self.names.setWordWrap(True)
        self.names.setProperty("kind", "muted")
        self.button = QPushButton(self)
        self.button.clicked.connect(self._on_clicked)
        self.status = QLabel(self)
        self.status.setProperty("kind", "muted")
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.status, 1)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.words)
        self._column.addWidget(self.names)
        self._column.addLayout(row)
        self._restyle()
        self._retranslate()

    def show_state(self) -> None:
        """Show what there is, and how far it is."""
        tr, runs = self.session.tr, self.runs
        variants = runs.variants
        self.setVisible(bool(variants))
        if not variants:
            return
        self.words.setText(tr(Message("variants.words", n=len(variants))))
        language = self.session.language
        self.names.setText(" · ".join(v.name.in_language(language) for v in variants))
        self.button.setText(tr(Message("variants.cancel" if runs.running else "variants.train")))
        tip = Message("variants.cancel_tip" if runs.running else "variants.train_tip")
        self.button.setToolTip(tr(tip))
        said = runs.problem.message if runs.problem is not None else runs.status
        self.status.setText("" if said is None else tr(said))

    def _on_clicked(self) -> None:
        if self.runs.running:
            self.runs.cancel()
        else:
            self.runs.begin()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("variants.name")))
        self.show_state()

    def _restyle(self) -> None:
        self._column.setContentsMargins(0, self.px(4), 0, self.px(8))
        self._column.setSpacing(self.px(4))
