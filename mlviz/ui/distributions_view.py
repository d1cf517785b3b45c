"""Distributions of each layer's numbers: at the cursor, and in the course of the run."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.learn.run import Run
from mlviz.numerals import format_full, format_number
from mlviz.picture.distributions import (
    LayerRow,
    Layout,
    distributions_picture,
    layout_for,
    row_key,
    row_of,
)
from mlviz.picture.inside_samples import quantiles, values_of
from mlviz.picture.insides import LayerInside
from mlviz.picture.loss_curves import nearest
from mlviz.picture.run_bar import planned
from mlviz.ui.inside_panel import PagePanel, Symbols, switch
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.session import Session
from mlviz.ui.widgets import ElidedLabel

_SIGNS = {"z": "z", "a": "a", "dz": "∂L/∂z", "weight": "W", "update": "ΔW"}
_WORDS = {
    "z": Message("distributions.z"),
    "a": Message("distributions.a"),
    "dz": Message("distributions.dz"),
    "weight": Message("distributions.weight"),
    "update": Message("distributions.update"),
}


class DistributionCanvas(PictureCanvas):
    """The bands: where they are pressed or dragged, the cursor goes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.plan: Layout | None = None
        self.over: tuple[int, int | None] | None = None
        """Row and iteration under the pointer."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row, and go to the iteration."""
        super().mousePressEvent(event)
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer; dragged, go there."""
        self.over = None
        if self.plan is not None:
            x, y = event.position().x() / self.session.scale, event.position().y()
            row = self.plan.row_at(y / self.session.scale)
            self.over = None if row is None else (row, self.plan.iteration_at(x))
        super().mouseMoveEvent(event)
        self.pointed.emit(self._under)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell about nothing under the pointer any longer."""
        self.over = None
        super().leaveEvent(event)

    def _seek(self, event: QMouseEvent) -> None:
        lab = self.session.lab
        if self.plan is not None:
            number = self.plan.iteration_at(event.position().x() / self.session.scale)
            if number is not None:
                lab.seek(min(number, lab.run.head))


class DistributionsView(PagePanel):
    """Qt view of `picture.distributions`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, DistributionCanvas(session), parent)
        self.symbols = Symbols(session, _SIGNS, _WORDS, self)
        self.symbols.chosen.connect(self._on_kind)
        self.words = ElidedLabel("muted", self)
        self.log = switch(self)
        self.log.clicked.connect(self._on_log)
        self._logs = {"dz": True, "update": True}
        self._rows: list[LayerRow] = []
        self._has_other = False
        for part in (self.symbols, self.words):
            self.head.addWidget(part)
        self.head.addStretch(1)
        self.head.addWidget(self.log)
        self.canvas.pointed.connect(self._tell)
        self.canvas.chosen.connect(self._on_chosen)
        self._retranslate()
        self._restyle()

    @property
    def kind(self) -> str:
        """Which numbers are shown, one of `KINDS`."""
        return self.symbols.value

    @property
    def is_log(self) -> bool:
        """Whether magnitudes are shown, on a logarithmic axis."""
        return self._logs.get(self.kind, False)

    def refresh(self) -> None:
        """Show the distributions at the cursor."""
        lab, canvas = self.lab, self.canvas
        assert isinstance(canvas, DistributionCanvas)
        layers = self.inside(lab.run)
        self.log.setChecked(self.is_log)
        for part in (self.symbols, self.words, self.log):
            part.setVisible(layers is not None)
        if layers is None:
            canvas.plan = None
            canvas.show_picture(None)
            self.tell(Message("inside.no_network"))
            return
        self._rows = self._layer_rows(lab.run, layers)
        other = self.of_other(layers)
        others = self._layer_rows(lab.other, other) if lab.other and other else []
        self._has_other = bool(others)
        heads = [run.head for run in (lab.run, lab.other) if run is not None]
        last = max(heads) if max(heads) > 1 else max(planned(lab.run), 10)
        canvas.plan = layout_for(*self.room, len(layers), float(last))
        picture = distributions_picture(
            self._rows,
            self.kind,
            canvas.plan,
            lab.cursor,
            log=self.is_log,
            chosen=canvas.current,
            others=others,
            seen=self.seen,
        )
        canvas.show_picture(picture)
        if picture.summary is not None:
            self.setAccessibleDescription(self.session.tr(picture.summary))
        self._tell()

    def _layer_rows(self, run: Run, layers: tuple[LayerInside, ...]) -> list[LayerRow]:
        samples = self.measured.samples(run)
        rows = []
        for place, layer in enumerate(layers):
            spread = samples.spread(place, self.kind, sizes=self.is_log)
            rows.append(LayerRow(layer.activation, values_of(layer, self.kind), samples.at, spread))
        return rows

    def _on_kind(self) -> None:
        self._say_words()
        self.refresh_now()

    def _on_log(self, on: bool) -> None:
        self._logs[self.kind] = on
        self.refresh_now()

    def _on_chosen(self, key: str) -> None:
        self.refresh_now()
        self.reveal(key)

    # --- What is told ----------------------------------------------------------------------

    def _tell(self, _: str = "") -> None:
        """Say the exact quantiles under the pointer, of the chosen row, or what the bands are."""
        canvas = self.canvas
        assert isinstance(canvas, DistributionCanvas)
        place, at = canvas.over or (row_of(canvas.current), None)
        if place is None or place >= len(self._rows):
            words = [Message("distributions.legend")]
            words += [Message("inside.dashed")] if self._has_other else []
            self.tell(" ".join(self.session.tr(each) for each in words))
            return
        row = self._rows[place]
        measured = None if at is None else nearest(row.at, at)
        if measured is None:
            number, found = self.lab.cursor, quantiles(row.seen(log=self.is_log))
        else:
            number, found = int(row.at[measured]), row.spread[measured]
        write = format_full if self.width() > self.px(700) else format_number
        low, below, quarter, median, three, above, high = (write(float(each)) for each in found)
        self.tell(
            Message(
                "distributions.told",
                layer=place + 1,
                iteration=f"{number:,}",
                low=low,
                below=below,
                quarter=quarter,
                median=median,
                three=three,
                above=above,
                high=high,
            )
        )

    def choose(self, layer: int) -> None:
        """Tell about a layer, from 1."""
        self.canvas.current = row_key(layer - 1)
        self._on_chosen(self.canvas.current)

    def _say_words(self) -> None:
        self.words.setText(self.session.tr(_WORDS[self.kind]))

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.distributions")))
        self.canvas.setAccessibleName(tr(Message("lab.dock.distributions")))
        for part in (self.symbols, self.symbols.combo):
            part.setAccessibleName(tr(Message("distributions.kind")))
        self.log.setText(tr(Message("lab.log")))
        self.log.setToolTip(tr(Message("distributions.log.tip")))
        self._say_words()
