"""One neuron of a large layer, by its number: brought into the drawing, and opened."""

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.ui.entry_chooser import EntryChooser
from mlviz.ui.session import Session
from mlviz.ui.widgets import Button, Panel


class NeuronPopup(Panel):
    """Chooses a neuron of one layer, over the network.

    Its chooser says which; Return, or the button, opens that neuron.

    Args:
        session: the session.
        layer: the layer's number; 0 are the inputs.
        size: how many neurons it has.
        unit: the one that is shown first.
        view: the network's view.
    """

    def __init__(self, session: Session, layer: int, size: int, unit: int, view: QWidget) -> None:
        super().__init__(session, view)
        self._view = view
        self.layer_number = layer
        self.setProperty("kind", "popup")
        self.title = QLabel(self)
        self.title.setProperty("strong", True)
        self.chooser = EntryChooser(session, self, Message("neuron.number"))
        self.chooser.show_entry((size,), (unit,))
        self.chooser.left.connect(self.leave)
        self.open = Button(parent=self)
        self.open.setVisible(layer > 0)
        self.open.clicked.connect(self.chooser.accepted)
        row = QHBoxLayout()
        row.addWidget(self.chooser)
        row.addStretch()
        row.addWidget(self.open)
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addLayout(row)
        session.document_changed.connect(self.leave)
        view.installEventFilter(self)
        self._retranslate()
        self._restyle()

    def place_at(self, point: QPoint) -> None:
        """Stand below a point of the view, wholly in view."""
        self.adjustSize()
        gap, view = self.px(6), self._view.rect()
        x = min(max(point.x() - self.width() // 2, gap), view.width() - self.width() - gap)
        y = min(point.y() + 2 * gap, view.height() - self.height() - gap)
        self.move(max(x, 0), max(y, 0))

    def leave(self) -> None:
        """Be gone; the keyboard goes back to the network."""
        if not self.isHidden():
            self.hide()
            self._view.removeEventFilter(self)
            self._view.setFocus()
            self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be gone when the network is pressed beside it."""
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonPress:
            self.leave()
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        tr, layer = self.session.tr, self.layer_number
        words = Message("neuron.of_layer", number=layer) if layer else Message("neuron.of_inputs")
        self.title.setText(tr(words))
        self.setAccessibleName(tr(words))
        self.open.setText(tr(Message("inside.step")))

    def _restyle(self) -> None:
        line = self.layout()
        assert line is not None
        side = self.px(12)
        line.setContentsMargins(side, self.px(9), side, side)
        line.setSpacing(self.px(8))
