"""The network as it is built: its layers one under the other, each with its settings."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlviz.document.document import Document
from mlviz.document.recipe import (
    with_activation,
    with_dropout,
    with_init,
    with_layer,
    with_units,
    without_layer,
)
from mlviz.document.schema import FileTable, LayerTable
from mlviz.i18n import Message
from mlviz.learn.changes import read_value
from mlviz.learn.init import INITIALIZERS
from mlviz.learn.network import ACTIVATIONS
from mlviz.picture.items import Role
from mlviz.picture.recipe_words import INIT_NAMES
from mlviz.ui.fields import ChoiceField, Field, NumberField
from mlviz.ui.icons import icon
from mlviz.ui.session import Session
from mlviz.ui.typed import whole
from mlviz.ui.widgets import Button, Panel

_MOST_DOTS = 24
_UNITS, _DROPOUT, _NUMBER = 38, 56, 50  # px of the labels, and of the numbers behind them
WRITTEN = "written"
"""Weights that are written out in the file."""
USUAL_INIT = "xavier_uniform"
"""What a layer starts with of which the file says nothing; see `document.network_file`."""


class UnitDots(Panel):
    """A row of units, drawn; many of them end in dots."""

    def __init__(self, session: Session, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.count = 0
        self._role = role
        self._restyle()

    def show_count(self, count: int) -> None:
        """Show so many units."""
        self.count = count
        self.update()

    def _restyle(self) -> None:
        self.setFixedHeight(self.px(14))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint a circle for each."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.session.theme.colour(self._role)
        step, radius, y = self.px(12), self.px(4), self.height() / 2
        room = max(min(int(self.width() / step), _MOST_DOTS), 1)
        shown = self.count if self.count <= room else room - 1
        painter.setPen(QPen(colour, max(1.4 * self.session.scale, 1.0)))
        painter.setBrush(self.session.theme.colour(Role.PANEL))
        for place in range(shown):
            painter.drawEllipse(QPointF(radius + 1 + place * step, y), radius, radius)
        if shown < self.count:
            painter.setPen(colour)
            painter.drawText(self.rect().adjusted(shown * step, 0, 0, 0), "…")


class LayerCard(Panel):
    """One layer with what can be set of it."""

    edited = Signal(object, object)
    """What makes another table, or raises; and the field that asks for it."""

    def __init__(self, session: Session, index: int, is_last: bool, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.setObjectName(f"layer{index + 1}")
        self.setProperty("kind", "layer")
        self._index = index
        self._is_last = is_last
        self.title = QLabel(self)
        self.title.setProperty("strong", True)
        self.dots = UnitDots(session, Role.FORWARD, self)
        self.remove_button = Button("quiet", parent=self)
        self.remove_button.clicked.connect(self._on_remove)
        self.remove_button.setVisible(not is_last)
        name = f"network.layers[{index}]"
        self.units = NumberField(session, f"{name}.units", Message("recipe.units"), parent=self)
        self.units.setVisible(not is_last)
        self.activation = ChoiceField(
            session,
            f"{name}.activation",
            Message("recipe.activation"),
            [(key, Message(f"recipe.act.{key}")) for key in ACTIVATIONS],
            parent=self,
        )
        inits: list[tuple[str, Message | str]] = [(WRITTEN, Message("recipe.init.written"))]
        inits += [(key, INIT_NAMES.get(key, key)) for key in INITIALIZERS]
        self.init = ChoiceField(session, f"{name}.init", Message("recipe.init"), inits, parent=self)
        self.dropout = NumberField(
            session,
            f"{name}.dropout",
            Message("recipe.dropout"),
            tip=Message("recipe.dropout.tip"),
            parent=self,
        )
        self.dropout.setVisible(not is_last)
        self.units.committed.connect(self._on_units)
        self.units.stepped.connect(self._on_units_stepped)
        self.activation.chosen.connect(self._on_activation)
        self.init.chosen.connect(self._on_init)
        self.dropout.committed.connect(self._on_dropout)
        self.dropout.stepped.connect(self._on_dropout_stepped)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title)
        self._head.addWidget(self.dots, 1)
        self._head.addWidget(self.remove_button)
        self._lines = QVBoxLayout(self)
        self._lines.addLayout(self._head)
        self._rows = [QHBoxLayout(), QHBoxLayout()]
        one: tuple[Field, ...]
        other: tuple[Field, ...]
        one, other = self.fields()[:2], self.fields()[2:]
        if is_last:  # what it has not got leaves room
            one, other = (self.activation, self.init), (self.units, self.dropout)
        self._in_rows = (one, other)
        for row, fields in zip(self._rows, self._in_rows, strict=True):
            for field in fields:
                wide = isinstance(field, ChoiceField)
                row.addWidget(field, 1 if wide else 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addLayout(row)
        for field in self.fields():
            field.tell_below(self._lines)
        self.units.set_widths(_UNITS, _NUMBER)
        self.dropout.set_widths(_DROPOUT, _NUMBER)
        self.activation.label.hide()
        self.init.label.hide()
        self._restyle()
        self._retranslate()

    def fields(self) -> tuple[Field, ...]:
        """Return what can be set."""
        return self.units, self.activation, self.init, self.dropout

    def _place(self) -> None:
        """Put what stands side by side one below the other where names would be cut."""
        margins = self._lines.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for row, fields in zip(self._rows, self._in_rows, strict=True):
            shown = [field for field in fields if not field.isHidden()]
            needed = row.spacing() * max(len(shown) - 1, 0)
            for field in shown:
                if isinstance(field, ChoiceField):
                    needed += field.room_for(field.combo.currentText())
                else:
                    needed += field.minimumSizeHint().width()
            way = QBoxLayout.Direction
            row.setDirection(way.LeftToRight if needed <= room else way.TopToBottom)

    # --- What a person does ----------------------------------------------------------------

    @property
    def _table(self) -> FileTable:
        return self.session.lab.table

    def _layer(self) -> LayerTable:
        assert self._table.network is not None
        return self._table.network.layers[self._index]

    def _on_units(self, _: str, text: str) -> None:
        self.edited.emit(partial(self._with_units, text), self.units)

    def _with_units(self, text: str) -> FileTable:
        return with_units(self._table, self._index, whole(text))

    def _on_units_stepped(self, _: str, step: int) -> None:
        units = max(self._layer().units + step, 1)
        self.edited.emit(partial(with_units, self._table, self._index, units), self.units)

    def _on_activation(self, _: str, name: str) -> None:
        made = partial(with_activation, self._table, self._index, name)
        self.edited.emit(made, self.activation)

    def _on_init(self, _: str, name: str) -> None:
        if name != WRITTEN:
            self.edited.emit(partial(with_init, self._table, self._index, name), self.init)

    def _on_dropout(self, _: str, text: str) -> None:
        self.edited.emit(partial(self._with_dropout, text), self.dropout)

    def _with_dropout(self, text: str) -> FileTable:
        return with_dropout(self._table, self._index, read_value(text) if text else 0.0)

    def _on_dropout_stepped(self, _: str, step: int) -> None:
        share = min(max(round(self._layer().dropout + 0.1 * step, 9), 0.0), 0.9)
        self.edited.emit(partial(with_dropout, self._table, self._index, share), self.dropout)

    def _on_remove(self) -> None:
        self.edited.emit(partial(without_layer, self._table, self._index), self.units)

    # --- What it shows ---------------------------------------------------------------------

    def show_layer(self, layer: LayerTable) -> None:
        """Show the settings of the layer."""
        self.dots.show_count(layer.units)
        self.units.show_text(str(layer.units))
        self.activation.show_value(layer.activation)
        self.init.show_value(layer.init or (USUAL_INIT if layer.weight is None else WRITTEN))
        self.dropout.show_text(f"{layer.dropout:g}")
        self._place()  # another name may need more room

    def _retranslate(self) -> None:
        tr = self.session.tr
        words = Message("recipe.layer.output") if self._is_last else None
        self.title.setText(tr(words or Message("recipe.layer", number=self._index + 1)))
        remove = tr(Message("recipe.layer.remove", number=self._index + 1))
        self.remove_button.setToolTip(remove)
        self.remove_button.setAccessibleName(remove)

    def _restyle(self) -> None:
        px = self.px
        self._lines.setContentsMargins(px(10), px(6), px(8), px(8))
        self._lines.setSpacing(px(4))
        self._head.setSpacing(px(10))
        for row in self._rows:
            row.setSpacing(px(8))
        self.remove_button.setIcon(icon("close", self.session.theme.colour(Role.MUTED)))
        self.remove_button.setIconSize(QSize(px(13), px(13)))
        self.remove_button.setFixedSize(px(22), px(22))


class LayersView(Panel):
    """All layers, from the inputs down to the output, with a place to add one between them."""

    edited = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.cards: list[LayerCard] = []
        self.add_buttons: list[Button] = []
        self.inputs = QLabel(self)
        self.inputs.setProperty("kind", "muted")
        self.inputs.setWordWrap(True)
        self.input_dots = UnitDots(session, Role.MUTED, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.inputs)
        self._column.addWidget(self.input_dots)
        self._inputs: tuple[int, str] = (0, "")
        self._restyle()

    def show_network(self, document: Document) -> None:
        """Show the network of a recipe."""
        network = document.table.network
        assert network is not None
        for _ in self.rebuilt(len(network.layers)):
            pass
        for card, layer in zip(self.cards, network.layers, strict=True):
            card.show_layer(layer)
        names = () if document.data is None else document.data.dataset.input_names
        said = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
        self._inputs = (network.inputs, said)
        self.input_dots.show_count(network.inputs)
        self._retranslate()

    def rebuilt(self, count: int) -> Iterator[None]:
        """Have as many cards as there are layers; stop for a moment after each that is made."""
        kept = min(count, len(self.cards)) - 1
        if count == len(self.cards):
            return
        for widget in (*self.cards[max(kept, 0) :], *self.add_buttons[max(kept, 0) :]):
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        del self.cards[max(kept, 0) :], self.add_buttons[max(kept, 0) :]
        for index in range(len(self.cards), count):
            button = Button("add", parent=self)
            button.setObjectName(str(index))
            button.clicked.connect(self._on_add)
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            card = LayerCard(self.session, index, index == count - 1, self)
            card.edited.connect(self.edited)
            self._column.addWidget(card)
            self.add_buttons.append(button)
            self.cards.append(card)
            yield
        self._retranslate()
        self._restyle()

    def _on_add(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            index = int(button.objectName())
            made = partial(with_layer, self.session.lab.table, index)
            self.edited.emit(made, self.cards[index].units)

    def _retranslate(self) -> None:
        count, names = self._inputs
        self.inputs.setText(self.session.tr(Message("recipe.inputs", count=count, names=names)))
        for button in self.add_buttons:
            words = self.session.tr(Message("recipe.layer.add"))
            button.setText("+")
            button.setToolTip(words)
            button.setAccessibleName(words)

    def _restyle(self) -> None:
        self._column.setSpacing(self.px(3))
        for button in self.add_buttons:
            button.setFixedSize(self.px(24), self.px(20))
