"""The confusion matrix of a part of the data, and the examples that a cell counts."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.learn import measure
from mlviz.learn.network import NetworkProgram
from mlviz.learn.training import Parameters
from mlviz.picture.confusion import Confusion, cell_of, confusion_picture
from mlviz.picture.outcome import PART_NAMES, PARTS, class_names, outcome
from mlviz.picture.predictions import worst_first
from mlviz.ui.choices import Choices, Chooser
from mlviz.ui.outcome_panel import OutcomePanel
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.prediction_table import PredictionTable
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session

_PAD = 20


class MatrixCanvas(PictureCanvas):
    """The matrix: the arrow keys go from cell to cell in all four directions."""

    classes = 0
    """How many classes there are."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the neighbouring cell."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step, cell = steps.get(Qt.Key(event.key())), cell_of(self.current)
        if step is None or not self.classes:
            super().keyPressEvent(event)
            return
        true, predicted = (0, 0) if cell is None else (cell[0] + step[0], cell[1] + step[1])
        last = self.classes - 1
        self._choose(f"cell:{min(max(true, 0), last)}:{min(max(predicted, 0), last)}")


class ConfusionView(OutcomePanel):
    """Qt view of `picture.confusion`."""

    most_a_second = 4.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.parts = Chooser(session, Message("outcome.part"), self)
        self.parts.changed.connect(self._on_changed)
        self.kind = Choices(session, Message("confusion.kind"), self)
        self.kind.changed.connect(self._on_changed)
        self.canvas = MatrixCanvas(session)
        self.canvas.chosen.connect(self._on_cell)
        self.page = ScrollPage(self)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.page.column.setContentsMargins(0, 0, 0, 0)
        self.page.column.addWidget(self.canvas)
        self.page.column.addStretch()
        self.page.viewport().installEventFilter(self)
        self.table = PredictionTable(session, self)
        self.table.chosen.connect(self.choose)
        self.table.opened.connect(self.open_place)
        self.note = QLabel(self)
        self.note.setProperty("kind", "muted")
        self.note.setWordWrap(True)
        self._cell: tuple[int, int] | None = None
        above = QHBoxLayout()
        above.addWidget(self.parts)
        above.addWidget(self.kind)
        above.addStretch()
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.page)
        self.split.addWidget(self.table)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self._column = QVBoxLayout(self)
        self._column.addLayout(above)
        self._column.addWidget(self.split, 1)
        self._column.addWidget(self.note)
        self.setFocusProxy(self.canvas)
        self.table.hide()
        self._retranslate()
        self._restyle()

    def _on_changed(self) -> None:
        self.refresh_now()

    def _on_cell(self, key: str) -> None:
        self._cell = cell_of(key)
        self.refresh_now()

    def forget_reading(self) -> None:
        """Forget the cell: there are other classes now."""
        self._cell = None
        self.canvas.current = ""

    def refresh(self) -> None:
        """Show the matrix at the cursor."""
        program = self.program
        names = class_names(program) if program is not None else ()
        self.split.setVisible(bool(names))
        if program is None or not names:
            self.parts.hide()
            self.kind.hide()
            self.note.setText(self.session.tr(Message("confusion.no_classes")))
            return
        reading = self.read(program)
        present = [part for part in PARTS if part in reading.inputs]
        self.parts.offer({part: PART_NAMES[part] for part in present})
        self.kind.offer(
            {"counts": Message("confusion.counts"), "rates": Message("confusion.rates")}
        )
        part = self.parts.value
        counts = measure.confusion(program, self.lab.parameters, part)
        picture = confusion_picture(
            Confusion(counts, names),
            self.page.viewport().width() / self.session.scale,
            rates=self.kind.value == "rates",
            chosen=self._cell,
            changed=self._of_other(program, part),
            height=self.page.viewport().height() / self.session.scale,
        )
        self.canvas.classes = len(names)
        self.canvas.show_picture(picture)
        # Only a matrix that has no room asks for it; it is scrolled to.
        wide = self.px(picture.bounds.width) - 2
        self.canvas.setMinimumWidth(wide if wide > self.page.viewport().width() else 0)
        if picture.summary is not None:
            self.setAccessibleDescription(self.session.tr(picture.summary))
        self._list(program, part)

    def _of_other(self, program: NetworkProgram, part: str) -> Array | None:
        other: tuple[NetworkProgram, Parameters] | None = self.other(program)
        if other is None or part not in measure.parts(other[0]):
            return None
        if class_names(other[0]) != class_names(program):
            return None
        return measure.confusion(*other, part)

    def _list(self, program: NetworkProgram, part: str) -> None:
        """List the examples of the chosen cell."""
        if self.table.isHidden() and self._cell is not None:
            self.table.show()
            self.split.setSizes([round(self.split.height() * part) for part in (0.62, 0.38)])
        if self._cell is None:
            self.table.hide()
            self.note.setText(self.session.tr(Message("confusion.hint")))
            return
        self.found = outcome(program, self.lab.parameters, (part,))
        order = worst_first(self.found, cell=self._cell)
        self.table.show_rows(self.found, self.read(program), order)
        self.table.point_at(*self.chosen)
        true, predicted = (self.found.classes[kind] for kind in self._cell)
        self.note.setText(
            self.session.tr(Message("confusion.cell", n=len(order), true=true, predicted=predicted))
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the matrix out anew when there is another width for it."""
        if event.type() == QEvent.Type.Resize:
            self.request_refresh()
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("confusion.name")))
        self.canvas.setAccessibleName(tr(Message("confusion.name")))
        self.table.setAccessibleName(tr(Message("predictions.name")))

    def _restyle(self) -> None:
        pad = self.px(_PAD)
        self._column.setContentsMargins(pad, self.px(6), pad, self.px(8))
        self._column.setSpacing(self.px(6))
        self.table.fit()
