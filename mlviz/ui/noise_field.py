"""How much points are scattered: a slider, and the number itself to be typed."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.ui.fields import NumberField
from mlviz.ui.rate_field import CalmSlider
from mlviz.ui.session import Session

_NOISE_PLACES = 100  # of the slider: 0 … 1


class NoiseField(NumberField):
    """The noise of a generated set."""

    dragged = Signal(str, float)
    dropped = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, "noise", Message("data.noise"), parent=parent)
        self.slider = CalmSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _NOISE_PLACES)
        self.slider.setPageStep(10)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self.dropped)
        self._column.insertWidget(1, self.slider)
        self._retranslate()

    def show_noise(self, noise: float) -> None:
        """Show the noise that holds."""
        self.show_text(f"{noise:g}")
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(noise * _NOISE_PLACES))

    def _on_moved(self, place: int) -> None:
        self.show_problem(None)
        self.edit.setModified(False)
        self.dragged.emit("noise", place / _NOISE_PLACES)
        if not self.slider.isSliderDown():
            self.dropped.emit()

    def _retranslate(self) -> None:
        super()._retranslate()
        if hasattr(self, "slider"):
            self.slider.setAccessibleName(self.session.tr(self._words))
