"""The learning rate: a logarithmic slider, and the number itself to be typed."""

import math

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from mlviz.i18n import Message
from mlviz.ui.fields import NumberField
from mlviz.ui.session import Session

LOWEST, HIGHEST = 1e-5, 10.0
_PLACES = 360  # of the slider: 60 for each power of ten


def place_of(rate: float) -> int:
    """Return where a learning rate is on the slider."""
    rate = min(max(rate, LOWEST), HIGHEST)
    span = math.log10(HIGHEST / LOWEST)
    return round(math.log10(rate / LOWEST) / span * _PLACES)


def rate_of(place: int) -> float:
    """Return the learning rate at a place of the slider, with two digits."""
    span = math.log10(HIGHEST / LOWEST)
    return float(f"{LOWEST * 10 ** (place / _PLACES * span):.1e}")


class CalmSlider(QSlider):
    """A slider that keeps the arrow keys, and leaves the wheel to the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page be scrolled."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Take the arrow keys before the window does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
            pages = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
            if event.key() in (*keys, *pages):
                event.accept()
                return True
        return super().event(event)


class RateField(NumberField):
    """A learning rate."""

    dragged = Signal(str, float)
    """The field's name, and where the slider is on its way."""
    dropped = Signal()
    """It was let go."""

    def __init__(
        self,
        session: Session,
        name: str,
        label: Message | str,
        tip: Message | None,
        parent: QWidget,
    ) -> None:
        super().__init__(session, name, label, tip=tip, parent=parent)
        self.slider = CalmSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _PLACES)
        self.slider.setPageStep(_PLACES // 6)
        self.slider.setSingleStep(6)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self.dropped)
        self._column.insertWidget(1, self.slider)
        self._restyle()
        self._retranslate()

    def show_rate(self, rate: float) -> None:
        """Show the rate that holds."""
        self.show_text(f"{rate:.6g}")
        if place_of(rate) != self.slider.value():
            with QSignalBlocker(self.slider):
                self.slider.setValue(place_of(rate))

    def _restyle(self) -> None:
        super()._restyle()
        if hasattr(self, "slider"):
            self.slider.setFixedHeight(self.px(22))

    def _on_moved(self, place: int) -> None:
        self.show_problem(None)
        self.edit.setModified(False)
        self.dragged.emit(self.objectName(), rate_of(place))
        if not self.slider.isSliderDown():  # a key: each press is a change of its own
            self.dropped.emit()

    def _retranslate(self) -> None:
        super()._retranslate()
        if hasattr(self, "slider"):
            self.slider.setAccessibleName(self.session.tr(self._words))
            self.slider.setToolTip("" if self._tip is None else self.session.tr(self._tip))
