"""A number with an even slider: to be dragged, or typed, also beyond the slider's ends."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.ui.fields import NumberField
from mlviz.ui.rate_field import CalmSlider
from mlviz.ui.session import Session


class SlideField(NumberField):
    """A number between two ends.

    Args:
        session: the session.
        name: what the field is called.
        label: its words.
        ends: what the slider reaches from and to.
        step: how far apart its places are.
        tip: more about it.
        parent: the Qt parent.
    """

    dragged = Signal(str, float)
    """The field's name, and where the slider is on its way."""
    dropped = Signal()
    """It was let go."""

    def __init__(
        self,
        session: Session,
        name: str,
        label: Message,
        ends: tuple[float, float],
        step: float,
        tip: Message | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, name, label, tip=tip, parent=parent)
        self.step = step
        self.slider = CalmSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(*(round(end / step) for end in ends))
        self.slider.setPageStep(10)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self.dropped)
        self._column.insertWidget(1, self.slider)
        self._retranslate()

    def show_number(self, number: float) -> None:
        """Show the number that holds."""
        self.show_text(f"{number:g}")
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(number / self.step))

    def _on_moved(self, place: int) -> None:
        self.show_problem(None)
        self.edit.setModified(False)
        self.dragged.emit(self.objectName(), round(place * self.step, 9))
        if not self.slider.isSliderDown():
            self.dropped.emit()

    def _retranslate(self) -> None:
        super()._retranslate()
        if hasattr(self, "slider"):
            self.slider.setAccessibleName(self.session.tr(self._words))
            self.slider.setToolTip("" if self._tip is None else self.session.tr(self._tip))
