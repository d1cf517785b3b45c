"""The row above a plot: what it shows, what its lines are, and what else can be set."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mlviz.ui.line_legend import LineLegend
from mlviz.ui.session import Session
from mlviz.ui.widgets import Panel, segments


class PlotHead(Panel):
    """A row of choices, the legend, and further controls.

    Where there is little room the legend has a line of its own.

    Args:
        session: the session.
        names: what there is to choose from; the first one holds.
        controls: what stands on the right.
        parent: the Qt parent.

    Attributes:
        group: the choices.
        choices: their buttons, by name.
        legend: names the lines.
    """

    def __init__(
        self,
        session: Session,
        names: Iterable[str],
        controls: Iterable[QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, parent)
        self.well = QWidget(self)
        self.well.setProperty("kind", "well")
        self.well.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.group, self.choices = segments(self.well, names)
        next(iter(self.choices.values())).setChecked(True)
        self.legend = LineLegend(session, self)
        self._is_narrow = False
        self._row = QHBoxLayout()
        self._row.addWidget(self.well, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.legend, 1)
        for control in controls:
            self._row.addWidget(control)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._restyle()

    @property
    def value(self) -> str:
        """Which choice holds."""
        button = self.group.checkedButton()
        return next(iter(self.choices)) if button is None else button.objectName()

    @property
    def is_narrow(self) -> bool:
        """Whether the legend has a line of its own."""
        return self._is_narrow

    def set_narrow(self, narrow: bool) -> None:
        """Put the legend on a line of its own, or between the choices and the controls."""
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        if narrow:
            self._row.removeWidget(self.legend)
            self._row.insertStretch(1, 1)
            self._column.addWidget(self.legend)
        else:
            self._column.removeWidget(self.legend)
            self._row.takeAt(1)
            self._row.insertWidget(1, self.legend, 1)

    def _restyle(self) -> None:
        px = self.px
        self._column.setSpacing(px(4))
        self._row.setSpacing(px(10))
        inside = self.well.layout()
        assert inside is not None
        inside.setContentsMargins(px(2), px(2), px(2), px(2))
        inside.setSpacing(px(2))
