"""Whose numbers are shown: one example of the batch, or the mean of all."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mlviz.i18n import Message
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button, Panel


class RowChooser(Panel):
    """Chooses a row of the batch; None stands for the mean of all rows."""

    row_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._row: int | None = 0
        self._last = 0
        self._rows = 1
        self._acting: int | None = None
        self.back = Button("plain", parent=self)
        self.back.setText("◂")
        self.back.clicked.connect(self.previous_row)
        self.label = QLabel(self)
        self.forward = Button("plain", parent=self)
        self.forward.setText("▸")
        self.forward.clicked.connect(self.next_row)
        self.mean = Button(parent=self)
        self.mean.setCheckable(True)
        self.mean.clicked.connect(self._on_mean_clicked)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        for part in (self.back, self.label, self.forward, self.mean):
            line.addWidget(part)
        self._retranslate()

    @property
    def row(self) -> int | None:
        """The row whose numbers are shown; None for the mean."""
        return self._row

    def set_rows(self, rows: int) -> None:
        """Say how many rows there are."""
        self._rows = rows
        self._last = min(self._last, rows - 1)
        if self._row is not None:
            self._row = self._last
        self.setVisible(rows > 1)
        self._say()

    def set_acting(self, row: int | None) -> None:
        """Say which row the present step is about; None for all of them."""
        if row != self._acting:
            self._acting = row
            self._say()

    def set_row(self, row: int | None) -> None:
        """Show another row, or the mean."""
        if row is not None:
            row %= self._rows
            self._last = row
        if row != self._row:
            self._row = row
            self._say()
            self.row_changed.emit()

    def next_row(self) -> None:
        """Show the next row; after the last the first."""
        self.set_row(self._last if self._row is None else self._row + 1)

    def previous_row(self) -> None:
        """Show the row before; before the first the last."""
        self.set_row(self._last if self._row is None else self._row - 1)

    def _on_mean_clicked(self) -> None:
        self.set_row(None if self._row is not None else self._last)

    def _say(self) -> None:
        tr = self.session.tr
        if self._row is None:
            text = tr(Message("network.row.mean_of", n=self._rows))
        else:
            text = tr(Message("network.row", number=self._row + 1, count=self._rows))
            if self._acting not in (None, self._row):
                text += tr(Message("network.row.acting", number=(self._acting or 0) + 1))
        self.label.setText(text)
        self.mean.setChecked(self._row is None)
        self.setAccessibleDescription(text)
        self.adjustSize()

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("network.rows")))
        for button, name in (
            (self.back, Message("network.row.previous")),
            (self.forward, Message("network.row.next")),
            (self.mean, Message("network.row.mean_tip")),
        ):
            button.setToolTip(tr(name))
            button.setAccessibleName(tr(name))
        self.mean.setText(tr(Message("network.row.mean")))
        self._say()

    def _restyle(self) -> None:
        self.adjustSize()
