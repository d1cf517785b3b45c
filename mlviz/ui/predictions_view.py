"""The answers one by one, worst first; a regression also as a picture of answers and targets."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.picture.items import Picture, Role
from mlviz.picture.outcome import PART_NAMES, PARTS, outcome
from mlviz.picture.predictions import nearest, scatter_axes, scatter_picture, worst_first
from mlviz.ui.choices import Chooser
from mlviz.ui.lab_words import count_of, wrong_message
from mlviz.ui.outcome_panel import OutcomePanel
from mlviz.ui.painting import paint
from mlviz.ui.prediction_table import PredictionTable
from mlviz.ui.region_legend import RegionLegend, part_entries
from mlviz.ui.session import Session
from mlviz.ui.widgets import ElidedLabel, Panel

_PAD = 20
_LEAST = 232  # px of the table: all that it cannot do without
_HINT = (360.0, 300.0)


class ScatterView(Panel):
    """Shows answers against targets, or residuals."""

    chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self._shown: tuple[Array, Array, Array, tuple[str, str], int] | None = None
        self.residuals = False
        self.setMinimumHeight(self.px(110))

    def show_points(
        self, truth: Array, answers: Array, parts: Array, names: tuple[str, str], selected: int
    ) -> None:
        """Show other numbers."""
        self._shown = truth, answers, parts, names, selected
        self.update()

    def picture(self) -> Picture | None:
        """Return what is shown."""
        if self._shown is None:
            return None
        truth, answers, parts, names, selected = self._shown
        unit = self.session.scale
        return scatter_picture(
            truth,
            answers,
            parts,
            width=self.width() / unit,
            height=self.height() / unit,
            names=names,
            residuals=self.residuals,
            selected=selected,
        )

    def sizeHint(self) -> QSize:
        """Ask for the size of the design."""
        return QSize(self.px(_HINT[0]), self.px(_HINT[1]))

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("predictions.scatter")))
        self.update()

    def _restyle(self) -> None:
        self.setMinimumHeight(self.px(110))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the nearest example."""
        self.chosen.emit(self._at(event.position()))

    def _at(self, point: QPointF) -> int:
        if self._shown is None:
            return -1
        truth, answers, *_ = self._shown
        unit, residuals = self.session.scale, self.residuals
        across, up = (answers, answers - truth) if residuals else (truth, answers)
        width, height = self.width() / unit, self.height() / unit
        axes = scatter_axes(across, up, width, height, residuals=residuals)
        place = (point.x() / unit, point.y() / unit)
        return nearest(truth, answers, axes, place, residuals=residuals)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture."""
        session = self.session
        painter = QPainter(self)
        painter.fillRect(self.rect(), session.theme.colour(Role.PANEL))
        picture = self.picture()
        if picture is not None:
            paint(painter, picture, session.theme, session.tr, session.scale)
            if picture.summary is not None:
                self.setAccessibleDescription(session.tr(picture.summary))
        painter.end()


class PredictionsView(OutcomePanel):
    """Qt view of `picture.predictions`."""

    most_a_second = 4.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.parts = Chooser(session, Message("outcome.part"), self)
        self.wrong = QPushButton(self)
        self.wrong.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.wrong.setCheckable(True)
        self.wrong.toggled.connect(self._on_changed)
        self.residuals = QPushButton(self)
        self.residuals.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.residuals.setCheckable(True)
        self.residuals.toggled.connect(self._on_changed)
        self.scatter = ScatterView(session, self)
        self.scatter.chosen.connect(self.choose)
        self.legend = RegionLegend(session, self)
        self.table = PredictionTable(session, self)
        self.table.chosen.connect(self.choose)
        self.table.opened.connect(self.open_place)
        self.told = ElidedLabel("muted", self)
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note = QLabel(self)
        self.note.setProperty("kind", "muted")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.send = QPushButton(self)
        self.send.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.send.clicked.connect(self.send_chosen)
        self.parts.changed.connect(self._on_changed)
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(self.parts)
        above.addWidget(self.wrong)
        above.addWidget(self.residuals)
        above.addStretch()
        below.addWidget(self.told, 1)
        below.addWidget(self.send)
        self._column = QVBoxLayout(self)
        self._column.addLayout(above)
        self._column.addWidget(self.scatter, 3)
        self._column.addWidget(self.legend)
        self._column.addWidget(self.table, 4)
        self._column.addWidget(self.note, 4)
        self._column.addLayout(below)
        self.setFocusProxy(self.table)
        self.note.hide()
        self.send.hide()
        self._hide_choices()  # until it is known what is answered
        self._retranslate()
        self._restyle()

    def _hide_choices(self) -> None:
        for part in (self.parts, self.wrong, self.residuals, self.scatter, self.legend):
            part.hide()

    def _on_changed(self) -> None:
        self.refresh_now()

    def refresh(self) -> None:
        """Show the answers at the cursor."""
        program = self.program
        self.note.setVisible(program is None)
        for widget in (self.table, self.send, self.told):
            widget.setVisible(program is not None)
        if program is None:
            self._hide_choices()
            return
        reading = self.read(program)
        names = tuple(part for part in PARTS if part in reading.inputs)
        self.parts.offer({"": Message("outcome.all")} | {part: PART_NAMES[part] for part in names})
        self.found = found = outcome(program, self.lab.parameters)
        is_regression = not found.classes
        self.wrong.setVisible(not is_regression)
        self.residuals.setVisible(is_regression)
        self.scatter.setVisible(is_regression)
        part = PARTS.index(self.parts.value) if self.parts.value else None
        only_wrong = self.wrong.isChecked() and not is_regression
        order = worst_first(found, part=part, only_wrong=only_wrong)
        if self.lab.is_blank:  # what was learned from is not what will be
            order = order[:0]
        self.table.show_rows(found, reading, order)
        self.table.point_at(*self.chosen)
        # Where the parts are not named in words, their marks are.
        self.legend.setVisible(len(names) > 1 and (is_regression or self.table.has_part_marks))
        self.legend.show_entries(part_entries(found.parts))
        if is_regression:
            self.scatter.residuals = self.residuals.isChecked()
            truth = reading.from_network(found.truth)[:, 0]
            answers = reading.from_network(found.predicted)[:, 0]
            shown = found.parts == part if part is not None else found.parts >= 0
            # Others are kept in their place, so that a place means the same example everywhere.
            answers = answers.copy()
            answers[~shown] = float("nan")
            target = reading.names[-1]
            true = self.session.tr(Message("predictions.true_axis", name=target))
            labels = (true, self.session.tr(Message("predictions.answered", name=target)))
            self.scatter.show_points(truth, answers, found.parts, labels, self.chosen_place())
            text = count_of(len(order))
        else:
            among = found.parts == part if part is not None else found.parts >= 0
            text = wrong_message(found, among)
        if self.lab.is_blank:
            text = Message("lab.status.blank")
        self.told.setText(self.session.tr(text))
        self.send.setEnabled(self.can_send)
        self.send.setToolTip(self.session.tr(self.send_tip))

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("predictions.name")))
        self.table.setAccessibleName(tr(Message("predictions.name")))
        self.wrong.setText(tr(Message("predictions.wrong")))
        self.residuals.setText(tr(Message("region.residuals")))
        self.send.setText(tr(Message("region.send")))
        self.note.setText(tr(Message("region.no_network")))
        columns = max(self.table.shown.columnCount() - 1, 0)
        self.table.shown.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, columns)
        self.table.fit()

    def _restyle(self) -> None:
        pad = self.px(_PAD)
        self._column.setContentsMargins(pad, self.px(6), pad, self.px(8))
        self._column.setSpacing(self.px(6))
        self.table.setMinimumWidth(self.px(_LEAST))
        self.table.fit()
