"""Each neuron's own map over the data's plane; the same neuron is selected in the film."""

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.picture.neuron_maps import Examples, LayerMaps, neuron_key, neuron_maps, neuron_of
from mlviz.picture.outcome import outcome
from mlviz.picture.reading import Reading
from mlviz.picture.region import Plane, hidden_maps, plane_of
from mlviz.picture.region_scene import own_inputs
from mlviz.ui.outcome_panel import OutcomePanel
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session

_PAD = 20
_SIDE, _SIDE_AT_REST = 24, 40
_MOST_EXAMPLES = 250


class NeuronsView(OutcomePanel):
    """Qt view of `picture.neuron_maps`."""

    most_a_second = 10.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.canvas = PictureCanvas(session)
        self.canvas.chosen.connect(self._on_chosen)
        self.page = ScrollPage(self)
        self.page.column.setContentsMargins(0, 0, 0, 0)
        self.page.column.addWidget(self.canvas)
        self.page.column.addStretch()
        self.page.viewport().installEventFilter(self)
        self.note = QLabel(self)
        self.note.setProperty("kind", "muted")
        self.note.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.page, 1)
        self._column.addWidget(self.note)
        self._chosen: tuple[int, int] | None = None
        self._plane: Plane | None = None
        session.selection_changed.connect(self._on_selection_changed)
        self.setFocusProxy(self.canvas)
        self._retranslate()
        self._restyle()

    def forget_reading(self) -> None:
        """Forget where the examples were."""
        self._plane = None

    def refresh(self) -> None:
        """Show the maps at the cursor."""
        program = self.program
        reading = None if program is None else self.read(program)
        can_show = reading is not None and reading.features == 2
        self.page.setVisible(can_show)
        self.note.setText(
            self.session.tr(Message("neurons.legend" if can_show else "neurons.two_inputs"))
        )
        if program is None or reading is None or not can_show:
            return
        parameters = self.lab.parameters
        if self._plane is None:
            self.found = outcome(program, parameters, most=_MOST_EXAMPLES)
            self._plane = plane_of(own_inputs(self.found, reading), (0, 1), reading.to_network)
        side = _SIDE if self.lab.running else _SIDE_AT_REST
        maps = [
            LayerMaps(layer.activation, outputs, lines)
            for layer, (outputs, lines) in zip(
                program.spec.layers,
                hidden_maps(program, parameters, self._plane, side),
                strict=True,
            )
        ]
        width = self.page.viewport().width() / self.session.scale
        height = self.page.viewport().height() / self.session.scale
        picture = neuron_maps(maps, width, self._chosen, self._examples(reading), height)
        self.canvas.show_picture(picture)
        if self._chosen is not None:
            self.canvas.current = neuron_key(self._chosen)
        if picture.summary is not None:
            self.setAccessibleDescription(self.session.tr(picture.summary))

    def _examples(self, reading: Reading) -> Examples | None:
        found, plane = self.found, self._plane
        if found is None or plane is None:
            return None
        kinds = found.truth if found.classes else np.ones(len(found), np.intp)
        return plane.places(own_inputs(found, reading)), kinds

    def _on_chosen(self, key: str) -> None:
        """Enlarge a neuron, or no longer, and select it in the film."""
        place = neuron_of(key)
        self._chosen = None if place == self._chosen else place
        self._select()
        self.request_refresh()

    def _select(self) -> None:
        if self._chosen is None:
            return
        layer, unit = self._chosen
        names = (f"layer{layer}.a", f"layer{layer}.z")
        nodes = {node.origin: node for node in self.session.timeline.tape if node.origin in names}
        for name in names:
            node = nodes.get(name)
            if node is not None and node.value.ndim == 2 and unit < node.value.shape[1]:
                self.session.select(node.id, (0, unit))
                return

    def _on_selection_changed(self) -> None:
        """Enlarge the neuron that is selected in the film."""
        session = self.session
        entry = session.selected_entry
        if session.selected is None or entry is None or len(entry) != 2:
            return
        origin = session.timeline.tape[session.selected].origin
        layer, _, part = origin.removeprefix("layer").partition(".")
        if part in ("a", "z") and layer.isdecimal():
            place = (int(layer), entry[1])
            if place != self._chosen:
                self._chosen = place
                self.request_refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the maps out anew when there is another width for them."""
        if event.type() == QEvent.Type.Resize:
            self.request_refresh()
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("neurons.name")))
        self.canvas.setAccessibleName(tr(Message("neurons.name")))

    def _restyle(self) -> None:
        pad = self.px(_PAD)
        self._column.setContentsMargins(pad, self.px(6), pad, self.px(8))
        self._column.setSpacing(self.px(6))
