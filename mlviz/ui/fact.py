"""Something that the bar on top tells and that is no button."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mlviz.i18n import Message
from mlviz.ui.session import Session
from mlviz.ui.widgets import ElidedLabel


class Fact(QWidget):
    """Something to know, with a name: `Loss  ½ Σ (y − t)²`. It is no button."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.caption = QLabel(self)
        self.caption.setProperty("kind", "muted")
        self.value = ElidedLabel("", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.caption)
        row.addWidget(self.value)

    def caption_width(self) -> int:
        """Return how much narrower it is without its name."""
        row = self.layout()
        assert row is not None
        return self.caption.sizeHint().width() + row.spacing()

    def say(self, caption: Message, value: Message, tip: Message) -> None:
        """Show something else."""
        tr = self._session.tr
        self.caption.setText(tr(caption))
        self.value.setText(tr(value))
        self.setToolTip(f"{tr(caption)}: {tr(value)}\n{tr(tip)}")
        self.setAccessibleName(f"{tr(caption)}: {tr(value)}")
