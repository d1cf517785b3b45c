"""The tools of the region view: what the mouse does, and which features are shown."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from mlviz.i18n import Message
from mlviz.learn.changes import ChangeError, read_value
from mlviz.numerals import format_number
from mlviz.ui.class_marks import class_colour, mark
from mlviz.ui.fields import CalmCombo, NumberEdit
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.session import Session
from mlviz.ui.theme import Theme
from mlviz.ui.widgets import Panel, segments

TOOLS = {
    "point": (Message("region.point"), Message("region.point.tip")),
    "pencil": (Message("region.pencil"), Message("region.pencil.tip")),
    "eraser": (Message("region.eraser"), Message("region.eraser.tip")),
}
"""What the mouse can do: what it is called, and what that means."""

_MARK = 14
_LONGEST = 8  # letters of a name that has all its room


class TargetEdit(NumberEdit):
    """The target that is drawn; the arrow keys change its first digit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0.0
        self.editingFinished.connect(self._on_finished)
        self.stepped.connect(self._on_stepped)

    @property
    def number(self) -> float:
        """What was typed last that is a number."""
        return self._number

    def set_number(self, number: float) -> None:
        """Offer another number."""
        self._number = number
        self.setText(format_number(number))

    def _on_finished(self) -> None:
        try:
            self.set_number(read_value(self.text()))
        except ChangeError:
            self.set_number(self._number)

    def _on_stepped(self, steps: int) -> None:
        self._on_finished()
        size = 10.0 ** math.floor(math.log10(abs(self._number))) if self._number else 0.1
        self.set_number(self._number + steps * size)


class RegionTools(Panel):
    """A row of choices above the plane.

    Attributes:
        tool: one of `TOOLS`.
    """

    changed = Signal()
    """Another tool, class, feature or output."""
    cleared = Signal()
    """All points are to go."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.well = QWidget(self)
        self.well.setProperty("kind", "well")
        self.well.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._group, self.buttons = segments(self.well, TOOLS)
        self.buttons["point"].setChecked(True)
        self._group.buttonClicked.connect(self._on_tool)
        self.ink = CalmCombo(self)
        self.ink.currentIndexChanged.connect(self._on_changed)
        self.value = TargetEdit(self)
        self.value_label = QLabel(self)
        self.clear = QPushButton(self)
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear.setProperty("kind", "plain")
        self.clear.clicked.connect(self.cleared)
        self.across, self.up, self.output = (CalmCombo(self) for _ in range(3))
        for chooser in (self.across, self.up, self.output):
            chooser.currentIndexChanged.connect(self._on_changed)
            chooser.setMinimumContentsLength(3)
            chooser.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        self.across_label, self.up_label, self.output_label = (QLabel(self) for _ in range(3))
        self.residuals = QPushButton(self)
        self.residuals.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.residuals.setCheckable(True)
        self.residuals.toggled.connect(self._on_changed)
        self._inks: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (
            self.well, self.ink, self.value_label, self.value, self.clear,
            self.across_label, self.across, self.up_label, self.up,
            self.output_label, self.output, self.residuals,
        ):  # fmt: skip
            row.addWidget(part)
            part.hide()  # until it is known what there is to choose from
        row.addStretch()
        self._retranslate()
        self._restyle()

    @property
    def tool(self) -> str:
        """What the mouse does."""
        return next(name for name, button in self.buttons.items() if button.isChecked())

    @property
    def features(self) -> tuple[int, int]:
        """Which feature goes to the right, and which goes up."""
        return max(self.across.currentIndex(), 0), max(self.up.currentIndex(), 0)

    def set_tool(self, tool: str) -> None:
        """Let the mouse do something else."""
        self.buttons[tool].setChecked(True)
        self._on_tool()

    def show_choices(
        self,
        names: tuple[str, ...],
        classes: tuple[str, ...],
        outputs: int,
        *,
        can_draw: bool,
        is_curve: bool,
        first: tuple[int, int] = (0, 1),
        usual: float = 0.0,
    ) -> None:
        """Offer what there is to choose from.

        Args:
            names: of the features.
            classes: of the classes; empty for a regression.
            outputs: how many numbers a regression answers.
            can_draw: whether points can be drawn here.
            is_curve: whether there is one feature only.
            first: which features to begin with.
            usual: the target that is drawn at first.
        """
        if names != self._names:
            self._names = names
            self._fill(self.across, names, first[0])
            self._fill(self.up, names, first[1])
            self.value.set_number(usual)
        several = len(names) > 2
        for part in (self.across_label, self.across, self.up_label, self.up):
            part.setVisible(several)
        if classes != self._inks:
            self._inks = classes
            self._fill(self.ink, classes, 1 if len(classes) > 1 else 0)
            self._dress()
        self.well.setVisible(can_draw)
        if not can_draw and self.tool != "point":
            self.set_tool("point")
        drawing = can_draw and self.tool == "pencil"
        self.ink.setVisible(drawing and bool(classes))
        valued = drawing and not classes and not is_curve
        self.value.setVisible(valued)
        self.value_label.setVisible(valued)
        self.clear.setVisible(can_draw and self.tool != "point")
        many = not classes and outputs > 1
        if many and self.output.count() != outputs:
            self._fill(self.output, [f"y{number + 1}" for number in range(outputs)], 0)
        self.output.setVisible(many)
        self.output_label.setVisible(many)
        self.residuals.setVisible(is_curve and not classes)

    def _fill(self, chooser: QComboBox, names: Sequence[str], index: int) -> None:
        chooser.blockSignals(True)
        chooser.clear()
        chooser.addItems(list(names))
        longest = max((len(name) for name in names), default=0)
        chooser.setMinimumContentsLength(min(max(longest, 3), _LONGEST))
        chooser.setCurrentIndex(min(index, len(names) - 1))
        chooser.blockSignals(False)

    def _dress(self) -> None:
        for kind in range(self.ink.count()):
            self.ink.setItemIcon(kind, mark_icon(self.session.theme, kind, self.px(_MARK)))
        self.ink.setIconSize(QSize(self.px(_MARK), self.px(_MARK)))

    def _on_tool(self) -> None:
        self.changed.emit()

    def _on_changed(self) -> None:
        if self.across.currentIndex() == self.up.currentIndex() and len(self._names) > 2:
            # One feature cannot go both ways: the other one gives way.
            other = self.up if self.sender() is self.across else self.across
            other.blockSignals(True)
            other.setCurrentIndex((other.currentIndex() + 1) % len(self._names))
            other.blockSignals(False)
        self.changed.emit()

    def _retranslate(self) -> None:
        tr = self.session.tr
        for key, button in self.buttons.items():
            title, tip = TOOLS[key]
            button.setText(tr(title))
            button.setToolTip(tr(tip))
        self.clear.setText(tr(Message("region.clear")))
        self.clear.setToolTip(tr(Message("region.clear.tip")))
        self.ink.setAccessibleName(tr(Message("region.ink")))
        self.ink.setToolTip(tr(Message("region.ink")))
        self.value.setAccessibleName(tr(Message("region.value")))
        self.value.setToolTip(tr(Message("region.value")))
        self.value_label.setText(tr(Message("region.target")))
        for label, chooser, name in (
            (self.across_label, self.across, Message("region.across")),
            (self.up_label, self.up, Message("region.up")),
            (self.output_label, self.output, Message("region.output")),
        ):
            label.setText(tr(name))
            chooser.setAccessibleName(tr(name))
        self.residuals.setText(tr(Message("region.residuals")))
        self.residuals.setToolTip(tr(Message("region.residuals.tip")))
        self._widen()

    def _restyle(self) -> None:
        for box in (self.layout(), self.well.layout()):
            if box is not None:
                box.setSpacing(self.px(6 if box is self.layout() else 2))
        margin = self.px(2)
        self.well.setContentsMargins(0, 0, 0, 0)
        if (inner := self.well.layout()) is not None:
            inner.setContentsMargins(margin, margin, margin, margin)
        self.value.setFixedWidth(self.px(86))
        self._widen()
        self._dress()

    def _widen(self) -> None:
        """Give checked buttons room for their heavier letters."""
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        for button in (*self.buttons.values(), self.residuals):
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + self.px(20))


def mark_icon(theme: Theme, kind: int, px: int) -> QIcon:
    """Return the mark of a class as an icon."""
    pixmap = QPixmap(px, px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(px / 2, px / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(class_colour(theme, kind))
    painter.drawPath(mark(kind, px * 0.36))
    painter.end()
    return QIcon(pixmap)
