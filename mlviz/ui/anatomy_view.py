"""The gradient of one weight taken apart: what every example of the batch asks of it."""

import re
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QPushButton, QWidget

from mlviz.i18n import Message
from mlviz.learn import measure
from mlviz.learn.network import NetworkProgram
from mlviz.numerals import format_full, format_number
from mlviz.picture.anatomy import (
    Anatomy,
    Frame,
    WeightPlace,
    anatomy,
    anatomy_picture,
    fitting,
    frame_of,
)
from mlviz.picture.insides import LayerInside
from mlviz.picture.items import Picture
from mlviz.trace.symbols import text_name
from mlviz.ui.choices import Chooser
from mlviz.ui.inside_panel import PAD, InsidePanel
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.send_example import send_example
from mlviz.ui.session import Session
from mlviz.ui.widgets import ElidedLabel

_BIAS = "bias"
_ANY_HEIGHT = 2**24 - 1
_NARROWEST = 72
_ORIGIN = re.compile(r"layer(\d+)\.(weight|bias)(?:\[([\d,]+)\])?")


class AnatomyCanvas(PictureCanvas):
    """The bars: pointed at, clicked, or gone through with the arrow keys, by their places."""

    frame: Frame | None = None
    """Where the bars are."""

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture; unlike others it takes the height that there is."""
        super().show_picture(picture)
        self.setMinimumHeight(self.px(90))
        self.setMaximumHeight(_ANY_HEIGHT)

    def key_at(self, point: QPointF) -> str:
        """Return which bar is at a point, counted from the left; empty for none."""
        place = None if self.frame is None else self.frame.place_at(point.x() / self.session.scale)
        return "" if place is None else str(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the neighbouring bar; to the first and the last one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if self.frame is None:
            super().keyPressEvent(event)
        elif step is not None:
            place = int(self.current) + step if self.current else 0
            self._choose(str(min(max(place, 0), self.frame.count - 1)))
        elif event.key() == Qt.Key.Key_Escape and self.current:
            self._choose("")
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Ask for bars that can be compared."""
        return QSize(self.px(420), self.px(220))


class AnatomyView(InsidePanel):
    """Qt view of `picture.anatomy`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.layer = Chooser(session, Message("anatomy.layer.name"), self)
        self.unit = Chooser(session, Message("anatomy.unit.name"), self)
        self.source = Chooser(session, Message("anatomy.source.name"), self)
        self.title = ElidedLabel("", self)
        for chooser in (self.layer, self.unit, self.source):
            chooser.changed.connect(self._on_chosen_weight)
            chooser.setMinimumContentsLength(5)
            self.head.addWidget(chooser)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.canvas = AnatomyCanvas(session, self)
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.chosen.connect(self._on_chosen)
        self.canvas.installEventFilter(self)
        self.put(self.canvas)
        self.send = QPushButton(self)
        self.send.clicked.connect(self.send_chosen)
        self.foot.addWidget(self.send)
        self.place = WeightPlace(1, 0, 0)
        self.found: Anatomy | None = None
        self._under = ""
        self._numbers = Message("inside.no_network")
        session.selection_changed.connect(self._on_selection_changed)
        self.setFocusProxy(self.canvas)
        self._retranslate()
        self._restyle()

    # --- What is shown ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the gradients at the cursor."""
        lab = self.lab
        layers = self.inside(lab.run)
        for part in (self.layer, self.unit, self.source, self.title, self.send):
            part.setVisible(layers is not None)
        if layers is None:
            self.found = self.canvas.frame = None
            self.canvas.show_picture(None)
            self.tell(Message("inside.no_network"))
            return
        self.place = place = fitting(layers, self.place)
        self._offer(layers)
        number = min(lab.cursor, lab.run.head)
        self.found = found = anatomy(lab.run.training, number, layers, place)
        unit = self.session.scale
        size = self.canvas.width() / unit, self.canvas.height() / unit
        chosen = self._chosen_place()
        self.canvas.frame = frame_of(found, *size)
        self.canvas.current = "" if chosen is None else str(_from_left(found, chosen))
        picture = anatomy_picture(found, *size, chosen=chosen, other=self._mean_of_other(layers))
        self.canvas.show_picture(picture)
        self._numbers = Message(
            "anatomy.title",
            value=format_number(found.value),
            gradient=format_number(found.gradient),
            update=format_number(found.update),
        )
        self.title.setText(self.session.tr(self._numbers))
        self.title.setVisible(self._has_room_for_title())
        if picture.summary is not None:
            self.canvas.setAccessibleDescription(self.session.tr(picture.summary))
        self._tell()

    def _has_room_for_title(self) -> bool:
        taken = sum(each.sizeHint().width() for each in (self.layer, self.unit, self.source))
        room = self.width() - 2 * self.px(PAD) - taken - 3 * self.head.spacing()
        return self.title.sizeHint().width() <= room

    def _mean_of_other(self, layers: Sequence[LayerInside]) -> float | None:
        other, run = self.of_other(layers), self.lab.other
        if run is None or other is None or fitting(other, self.place) != self.place:
            return None
        number = min(self.lab.cursor, run.head)
        return anatomy(run.training, number, other, self.place).mean

    def _offer(self, layers: Sequence[LayerInside]) -> None:
        place = self.place
        layer = layers[place.layer - 1]
        units, inputs = layer.weight.shape
        numbers = range(1, len(layers) + 1)
        self.layer.offer({str(k): Message("anatomy.layer", number=k) for k in numbers})
        letter = "yhat" if place.layer == len(layers) else f"a^{place.layer}"
        self.unit.offer(
            {str(k): Message("anatomy.unit", name=_called(letter, k, units)) for k in range(units)}
        )
        before = "x" if place.layer == 1 else f"a^{place.layer - 1}"
        names = {
            str(k): Message("anatomy.source", name=_called(before, k, inputs))
            for k in range(inputs)
        }
        if layer.bias_gradient is not None:
            names[_BIAS] = Message("anatomy.bias")
        self.source.offer(names)
        wanted = (str(place.layer), str(place.unit), _BIAS)
        if place.source is not None:
            wanted = (*wanted[:2], str(place.source))
        for chooser, key in zip((self.layer, self.unit, self.source), wanted, strict=True):
            if chooser.value != key:
                chooser.setCurrentIndex(chooser.findData(key))

    # --- The weight ------------------------------------------------------------------------

    def choose_weight(self, place: WeightPlace) -> None:
        """Take another weight apart, and select it in the film."""
        self.place = place
        self.refresh_now()
        place, session = self.place, self.session
        for node in session.timeline.tape:
            if node.origin == place.origin:
                shape, index = node.value.shape, place.index
                if not shape:  # one bias for all units
                    session.select(node.id)
                elif all(at < size for at, size in zip(index, shape, strict=True)):
                    session.select(node.id, index)  # the film may show another network
                return
            if node.origin == f"{place.origin}[{','.join(map(str, place.index))}]":
                session.select(node.id)
                return

    def _on_chosen_weight(self) -> None:
        source = self.source.value
        self.choose_weight(
            WeightPlace(
                int(self.layer.value or 1),
                int(self.unit.value or 0),
                None if source == _BIAS else int(source or 0),
            )
        )

    def _on_selection_changed(self) -> None:
        """Take the weight apart that is selected in the film."""
        session = self.session
        if session.selected is None:
            return
        found = _ORIGIN.fullmatch(session.timeline.tape[session.selected].origin)
        if found is None:
            return
        entry = session.selected_entry
        if found[3]:
            entry = tuple(int(number) for number in found[3].split(","))
        if entry is None or len(entry) != (1 if found[2] == _BIAS else 2):
            return
        source = None if found[2] == _BIAS else entry[1]
        place = WeightPlace(int(found[1]), entry[0], source)
        if place != self.place:
            self.place = place
            self.request_refresh()

    # --- The example -----------------------------------------------------------------------

    def _chosen_place(self) -> int | None:
        """Return where the chosen example stands in the batch; None if it is not there."""
        row = self.lab.selected_row
        if self.found is None or row is None:
            return None
        places = (self.found.rows == row).nonzero()[0]
        return int(places[0]) if len(places) else None

    def _on_chosen(self, key: str) -> None:
        if self.found is not None:
            at = self.found.order[int(key)] if key else None
            self.lab.select_row(None if at is None else int(self.found.rows[at]))
        self.refresh_now()

    def send_chosen(self) -> None:
        """Follow the chosen example through the network."""
        row = self.lab.selected_row
        if row is not None and self._chosen_place() is not None:
            send_example(self.session, row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow an example that is clicked twice; lay the bars out anew for other room."""
        if event.type() == QEvent.Type.Resize:
            self.request_refresh()
        is_double = event.type() == QEvent.Type.MouseButtonDblClick
        if is_double and isinstance(event, QMouseEvent) and self.canvas.key_at(event.position()):
            self.send_chosen()
            return True
        return super().eventFilter(watched, event)

    # --- What is told ----------------------------------------------------------------------

    def _on_pointed(self, key: str) -> None:
        self._under = key
        self._tell()

    def _tell(self) -> None:
        """Say the numbers of the example that is pointed at or chosen, or what the bars are."""
        found = self.found
        self.send.setEnabled(self._chosen_place() is not None)
        if found is None:
            return
        key = self._under or self.canvas.current
        if not key or int(key) >= len(found.order):
            legend = Message("anatomy.legend.mean" if found.is_mean else "anatomy.legend.sum")
            self.tell(legend if self._has_room_for_title() else self._numbers)
            self.canvas.setToolTip(self.session.tr(legend))
            return
        at = int(found.order[int(key)])
        write = format_full if self.width() > self.px(800) else format_number
        self.tell(
            Message(
                "anatomy.told",
                number=int(found.rows[at]) + 1,
                truth=self._truth(int(found.rows[at])),
                own=write(float(found.own[at])),
                delta=format_number(float(found.delta[at])),
                given=format_number(float(found.given[at])),
            )
        )

    def _truth(self, row: int) -> str:
        """Return the right answer to an example."""
        program = self.lab.program
        assert isinstance(program, NetworkProgram)
        answer = measure.answers(program, program.targets[row : row + 1])
        names = measure.classes(program)
        if names and answer.size == 1:
            return names[int(answer.item())]
        return ", ".join(format_number(value) for value in np.ravel(answer))

    def _restyle(self) -> None:
        super()._restyle()
        for chooser in (self.layer, self.unit, self.source):
            chooser.setMinimumWidth(self.px(_NARROWEST))

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.anatomy")))
        self.canvas.setAccessibleName(tr(Message("lab.dock.anatomy")))
        self.send.setText(tr(Message("region.send")))
        self.send.setToolTip(tr(Message("region.send.tip")))


def _called(letter: str, place: int, count: int) -> str:
    """Return what a value is called: `a⁽¹⁾₃`; the only one of a layer without a number."""
    return text_name(letter if count == 1 and letter != "x" else f"{letter}_{place + 1}")


def _from_left(found: Anatomy, at: int) -> int:
    return int((found.order == at).nonzero()[0][0])
