"""By what each φ′ and each Wᵀ multiplies the gradient on its way back to the first layer."""

from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_full
from mlviz.picture.insides import norm
from mlviz.picture.items import Role
from mlviz.picture.waterfall import START, Factor, factors, verdict, waterfall_picture
from mlviz.ui.inside_panel import PagePanel
from mlviz.ui.line_legend import Entry, LineLegend
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.plots import DASHED
from mlviz.ui.session import Session

_THICK = 5.0


class WaterfallView(PagePanel):
    """Qt view of `picture.waterfall`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, PictureCanvas(session), parent)
        self.found: tuple[Factor, ...] = ()
        self._layers = 0
        self._reached = 0.0
        self._under = ""
        self.legend = LineLegend(session, self)
        self.head.addWidget(self.legend, 1)
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.chosen.connect(self._on_chosen)
        self._retranslate()
        self._restyle()

    def refresh(self) -> None:
        """Show the factors at the cursor."""
        layers = self.inside(self.lab.run)
        self.legend.setVisible(layers is not None)
        if layers is None:
            self.found = ()
            self.canvas.show_picture(None)
            self.tell(Message("inside.no_network"))
            return
        self.found, self._layers = factors(layers), len(layers)
        self._reached = norm(layers[0].dz)
        other = self.of_other(layers)
        picture = waterfall_picture(
            self.found,
            self._layers,
            *self.room,
            chosen=self.canvas.current,
            other=factors(other) if other is not None else (),
        )
        self.canvas.show_picture(picture)
        entries = [
            Entry(Message("waterfall.by_weight"), Role.UPDATE, width=_THICK),
            Entry(Message("waterfall.by_slope"), Role.BACKWARD, width=_THICK),
        ]
        if other is not None:
            entries.append(Entry(Message("inside.other"), Role.TEXT, DASHED))
        self.legend.show_entries(entries)
        if picture.summary is not None:
            self.setAccessibleDescription(self.session.tr(picture.summary))
        self._tell()

    def _on_pointed(self, key: str) -> None:
        self._under = key
        self._tell()

    def _on_chosen(self, key: str) -> None:
        self.refresh_now()
        self.reveal(key)

    def _tell(self) -> None:
        """Say what a factor does, with all digits; or what becomes of the gradient."""
        key = self._under or self.canvas.current
        each = next((one for one in self.found if one.key == key), None)
        if each is None:
            if self.found:
                self.tell(verdict(self.found, self._layers))
        elif each.kind == START:
            self.tell(Message("waterfall.told.start", norm=format_full(each.norm)))
        else:
            self.tell(
                Message(
                    "waterfall.told",
                    name=each.name,
                    factor=format_full(each.factor),
                    gives=each.gives(),
                    norm=format_full(each.norm),
                )
            )

    @property
    def reached(self) -> float:
        """The norm of the gradient that reaches the first layer, as the tape has it."""
        return self._reached

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.waterfall")))
        self.canvas.setAccessibleName(tr(Message("lab.dock.waterfall")))
