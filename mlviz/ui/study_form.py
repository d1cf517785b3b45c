"""Which study is done, and how: the chooser, what is tried, how long and how often."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mlviz.document.document import Document
from mlviz.document.limits import MAX_ITERATIONS
from mlviz.document.studies import STOPPING, STUDIES, Wishes, obstacle, usual
from mlviz.i18n import Message
from mlviz.picture.study_lines import setting_text
from mlviz.ui.fields import CalmCombo, NumberField
from mlviz.ui.inside_panel import Told
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel

MOST_REPEATS = 100
MOST_VALUES = 40
_PATIENCE = 20
_FIELDS: Mapping[str, Message] = {
    "values": Message("study.values"),
    "patience": Message("study.patience"),
    "epochs": Message("study.epochs"),
    "repeats": Message("study.repeats"),
}
_TIPS: Mapping[str, Message] = {
    "values": Message("study.values.tip"),
    "patience": Message("study.patience.tip"),
    "epochs": Message("study.epochs.tip"),
    "repeats": Message("study.repeats.tip"),
}


class StudyForm(Panel):
    """Offers the studies of a document."""

    chosen = Signal()
    """Another study is looked at."""
    started = Signal()
    cancelled = Signal()
    patience_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._for: Document | None = None
        self._wanted = ""
        self.chooser = CalmCombo(self)
        for name in STUDIES:
            self.chooser.addItem("", name)
        self.chooser.activated.connect(self._on_chosen)
        self.start_button = QPushButton(self)
        self.start_button.setProperty("kind", "primary")
        self.start_button.clicked.connect(self.started)
        self.cancel_button = QPushButton(self)
        self.cancel_button.clicked.connect(self.cancelled)
        for button in (self.start_button, self.cancel_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.about = Told("muted", self)
        self.about.set_lines(2)
        self.fields = {
            name: NumberField(session, name, words, tip=_TIPS[name], parent=self)
            for name, words in _FIELDS.items()
        }
        for field in self.fields.values():
            field.stepped.connect(self._on_stepped)
        self.fields["values"].edit.setMaxLength(200)
        self.fields["patience"].committed.connect(self._on_patience)
        self._head, self._row = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(self.chooser, 1)
        self._head.addWidget(self.cancel_button)
        self._head.addWidget(self.start_button)
        for name, field in self.fields.items():
            self._row.addWidget(field, 5 if name == "values" else 2, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._head)
        self._column.addWidget(self.about)
        self._column.addLayout(self._row)
        self.fields["patience"].accept(str(_PATIENCE))
        self._restyle()
        self._retranslate()

    # --- What is chosen --------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The study that is looked at."""
        return str(self.chooser.currentData())

    def choose(self, name: str) -> None:
        """Look at another study."""
        self.chooser.setCurrentIndex(self.chooser.findData(name))
        self._on_chosen()

    @property
    def patience(self) -> int:
        """After how many measurements without a lower loss training would stop."""
        text = self.fields["patience"].edit.text().strip()
        return max(int(text), 1) if text.isdecimal() else _PATIENCE

    def wishes(self) -> Wishes | None:
        """Return how the study is to be done; None if a field says what cannot be."""
        values = self._values()
        epochs = self._whole("epochs", MAX_ITERATIONS)
        repeats = self._whole("repeats", MOST_REPEATS) if self.name != STOPPING else 1
        if values is None or epochs is None or repeats is None:
            return None
        return Wishes(values, epochs, repeats)

    def _values(self) -> tuple[float, ...] | None:
        if self.name == STOPPING:
            return (0.0,)
        field, study = self.fields["values"], STUDIES[self.name]
        text = field.edit.text().replace("\N{MINUS SIGN}", "-").replace("，", ",")
        parts = [part for part in text.replace(";", ",").replace(" ", ",").split(",") if part]
        found = []
        for part in parts:
            try:
                value = float(part)
            except ValueError:
                field.show_problem(Message("csv.not_number", found=part[:20]))
                return None
            if not study.low <= value <= study.high or (study.whole and value % 1):
                low, high = f"{study.low:g}", f"{study.high:,g}"
                limits = {"found": f"{value:g}", "low": low, "high": high}
                field.show_problem(Message("error.document.range", **limits))
                return None
            found.append(value)
        if not 0 < len(found) <= MOST_VALUES:
            field.show_problem(Message("study.no.values"))
            return None
        field.show_problem(None)
        return tuple(found)

    def _whole(self, name: str, high: int) -> int | None:
        field = self.fields[name]
        text = field.edit.text().strip().replace(",", "")
        if text.isdecimal() and 1 <= int(text) <= high:
            field.show_problem(None)
            return int(text)
        limits = {"found": text or "—", "low": "1", "high": f"{high:,}"}
        field.show_problem(Message("error.document.range", **limits))
        return None

    # --- What it shows ---------------------------------------------------------------------

    def show_document(self, document: Document) -> None:
        """Offer what a document can be studied with, with the usual wishes."""
        if document is self._for:
            return
        is_first, before = self._for is None, self._wanted
        self._for = document
        possible = [name for name in STUDIES if obstacle(document, name) is None]
        for place in range(self.chooser.count()):
            can = self.chooser.itemData(place) in possible
            role = Qt.ItemDataRole.ForegroundRole
            colour = None if can else self.palette().placeholderText()
            self.chooser.setItemData(place, colour, role)
        wanted, self._wanted = document.table.view.study, document.table.view.study
        if wanted not in possible or (not is_first and wanted == before):
            wanted = possible[0] if is_first and possible and self.name not in possible else ""
        if wanted:
            with QSignalBlocker(self.chooser):
                self.chooser.setCurrentIndex(self.chooser.findData(wanted))
        self.fill()

    def fill(self) -> None:
        """Put the usual wishes into the fields, or say why there is nothing to wish for."""
        assert self._for is not None
        problem = obstacle(self._for, self.name)
        self.start_button.setEnabled(problem is None)
        is_stopping = self.name == STOPPING
        for name, field in self.fields.items():
            is_of_it = (name == "patience") == is_stopping or name == "epochs"
            field.setVisible(problem is None and is_of_it)
        self._retranslate()
        if problem is not None:
            return
        found = usual(self._for, self.name)
        texts = {
            "values": ", ".join(setting_text(value).replace(",", "") for value in found.values),
            "epochs": str(found.epochs),
            "repeats": str(found.repeats),
        }
        for name, text in texts.items():
            self.fields[name].accept(text)
        self.fields["values"].edit.setCursorPosition(0)

    def show_running(self, running: bool) -> None:
        """Let nothing be changed while a study is done."""
        self.start_button.setVisible(not running)
        self.cancel_button.setVisible(running)
        for name, field in self.fields.items():
            field.setEnabled(not running or name == "patience")

    # --- What a person does ----------------------------------------------------------------

    def _on_chosen(self) -> None:
        if self._for is not None:
            self.fill()
        self.chosen.emit()

    def _on_stepped(self, name: str, step: int) -> None:
        field = self.fields[name]
        text = field.edit.text().strip()
        if text.isdecimal():
            by = 10 if name == "epochs" else 1
            field.accept(str(max(int(text) + step * by, 1)))
            if name == "patience":
                self.patience_changed.emit()

    def _on_patience(self, _: str, text: str) -> None:
        self.fields["patience"].accept(str(self.patience) if text else str(_PATIENCE))
        self.patience_changed.emit()

    # --- How it looks ----------------------------------------------------------------------

    @property
    def is_possible(self) -> bool:
        """Whether the study can be done with this document."""
        return self._for is not None and obstacle(self._for, self.name) is None

    def told(self) -> Sequence[Message]:
        """Return what the study is about, or why it is not possible."""
        problem = None if self._for is None else obstacle(self._for, self.name)
        about = STUDIES[self.name].about
        return (about,) if problem is None else (about, problem)

    def _retranslate(self) -> None:
        tr = self.session.tr
        for place in range(self.chooser.count()):
            title = STUDIES[self.chooser.itemData(place)].title
            self.chooser.setItemText(place, tr(title))
        self.chooser.setAccessibleName(tr(Message("study.chooser")))
        self.start_button.setText(tr(Message("study.start")))
        self.cancel_button.setText(tr(Message("kfold.cancel")))
        about = " ".join(tr(message) for message in self.told())
        self.about.setText(about)
        self.about.setToolTip(about)
        self._fit_labels()

    def _restyle(self) -> None:
        self._column.setSpacing(self.px(6))
        self._head.setSpacing(self.px(8))
        self._row.setSpacing(self.px(12))
        self._fit_labels()

    def _fit_labels(self) -> None:
        """Let labels take what they need: the fields stand in one row."""
        for field in self.fields.values():
            field.label.setMinimumWidth(0)
            field.label.setMaximumWidth(16777215)
            field.label.setFixedWidth(field.label.sizeHint().width())
