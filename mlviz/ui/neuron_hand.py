"""One neuron of the network: opened in the graph, or chosen by its number."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPoint, Qt

from mlviz.picture.network_form import MOST
from mlviz.trace.neurons import Place
from mlviz.ui.neuron_popup import NeuronPopup

if TYPE_CHECKING:
    from mlviz.ui.network_view import NetworkView


class NeuronHand(QObject):
    """Opens neurons of a network's view, and brings those that are left out."""

    def __init__(self, view: "NetworkView") -> None:
        super().__init__(view)

    @property
    def _view(self) -> "NetworkView":
        """The view; held by Qt alone, or neither of the two would ever go."""
        return cast("NetworkView", self.parent())

    def selected(self) -> Place | None:
        """Return the neuron that is selected: by its value, its sum or its bias."""
        session, pictures = self._view.session, self._view.pictures
        if session.selected is None or pictures is None:
            return None
        return pictures.neurons.place(session.selected, session.selected_entry)

    def open(self, place: Place | None = None) -> bool:
        """Show in the graph what a neuron computes; tell whether there was anything.

        Args:
            place: the neuron, or its bias; the selected one if left out.
        """
        place, session = place or self.selected(), self._view.session
        if place is None or place.unit is None or place.kind not in ("neuron", "sum", "bias"):
            return False
        row = self._view.rows.row if place.row is None else place.row
        if not session.open_neuron(replace(place, kind="neuron", row=row or 0)):
            return False
        if session.stage_mode == "network":
            session.set_stage_mode("split")
        return True

    def choose_any(self) -> NeuronPopup | None:
        """Let a neuron be chosen: of the selected layer, or where the most are left out."""
        view, chosen = self._view, self.selected()
        hidden = [] if view.pictures is None else view.pictures.plan.hidden
        layer = max(range(len(hidden)), key=hidden.__getitem__, default=0)
        if chosen is not None and chosen.kind in ("neuron", "sum", "bias"):
            layer = chosen.layer
        return self.choose(layer, view.rect().center())

    def choose(self, layer: int, at: QPoint) -> NeuronPopup | None:
        """Let a neuron of a layer be chosen by its number; None if it has only one."""
        view, chosen = self._view, self.selected()
        if view.pictures is None or view.pictures.neurons.sizes[layer] < 2:
            return None
        size, unit = view.pictures.neurons.sizes[layer], MOST - 3
        if chosen is not None and chosen.layer == layer and chosen.unit is not None:
            unit = chosen.unit
        for other in view.findChildren(NeuronPopup):
            other.leave()
        popup = NeuronPopup(view.session, layer, size, min(unit, size - 1), view)
        popup.chooser.chosen.connect(self._on_chosen)
        popup.chooser.accepted.connect(self._on_accepted)
        popup.place_at(at)
        popup.show()
        popup.chooser.fields[0].setFocus(Qt.FocusReason.PopupFocusReason)
        popup.chooser.fields[0].selectAll()
        return popup

    def _popup(self) -> NeuronPopup | None:
        found = self._view.findChildren(NeuronPopup)
        return next((popup for popup in found if not popup.isHidden()), None)

    def _on_chosen(self, entry: tuple[int, ...]) -> None:
        popup = self._popup()
        if popup is not None:
            self._view.bring(popup.layer_number, entry[0])

    def _on_accepted(self) -> None:
        popup = self._popup()
        if popup is not None:
            layer, (unit,) = popup.layer_number, popup.chooser.entry
            popup.leave()
            self._view.bring(layer, unit)
            if layer:
                self.open(Place("neuron", layer, unit))
