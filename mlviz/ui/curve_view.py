"""The activation panel: a function, its slope, and where the run stands on them."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.curve import curve_node, curve_picture
from mlviz.picture.items import Picture, Role
from mlviz.ui.headline import paint_middle
from mlviz.ui.moment import Moment, moment
from mlviz.ui.painting import paint
from mlviz.ui.session import Session
from mlviz.ui.turns import Turn
from mlviz.ui.widgets import Panel

_HINT = (324.0, 232.0)
_LEAST, _WORDS = (160.0, 130.0), 92.0
"""Px for a curve, and the height for the words that say that there is none."""
_SIDE = 8.0


class CurveView(Panel):
    """Qt view of `picture.curve`: it fills the widget, whatever its size."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self._shown: object = None
        self._made: tuple[object, Picture | None] | None = None
        self._turn = Turn(session, self, self._on_changed)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.selection_changed.connect(self._turn.at_once)
        self._retranslate()
        self._restyle()

    def picture(self) -> Picture | None:
        """Return what is shown; None if no operation of the run is a function of one number."""
        session = self.session
        unit = session.scale
        width = max(self.width() / unit - 2 * _SIDE, 60.0)
        height = max(self.height() / unit, 60.0)
        key = (self._now(), width, height)
        if self._made is None or self._made[0] != key:
            shown = session.timeline, session.position, session.selected
            self._made = key, curve_picture(*shown, width, height)
        return self._made[1]

    def _nothing(self) -> Message:
        """Say what this panel is for, and whether a finer magnification may have something."""
        is_finest = self.session.level == self.session.levels[-1]
        return Message("curve.none") if is_finest else Message("curve.nothing")

    def _now(self) -> tuple[Moment, int | None]:
        return moment(self.session.timeline, self.session.position), self.session.selected

    def sizeHint(self) -> QSize:
        """Ask for the size of the design."""
        return QSize(self.px(_HINT[0]), self.px(_HINT[1]))

    def minimumSizeHint(self) -> QSize:
        """Stay large enough for a curve, if the run has one."""
        return QSize(self.px(_LEAST[0]), self.px(_LEAST[1] if self.has_function() else _WORDS))

    def has_function(self) -> bool:
        """Return whether there is a function of one variable at the present magnification."""
        session = self.session
        return curve_node(session.timeline, session.position, None) is not None

    def _on_timeline_changed(self) -> None:
        self.updateGeometry()
        self._turn.at_once()

    def _on_changed(self) -> None:
        now = self._now()
        if now != self._shown:
            self._shown = now
            self.update()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("curve.name")))
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curve, or say what this panel is for."""
        session = self.session
        painter = QPainter(self)
        painter.fillRect(self.rect(), session.theme.colour(Role.PANEL))
        picture = self.picture()
        if picture is None:
            paint_middle(painter, self.rect(), session, self._nothing())
        else:
            painter.translate(_SIDE * session.scale, 0)
            paint(painter, picture, session.theme, session.tr, session.scale)
        painter.end()
        summary = picture.summary if picture is not None else self._nothing()
        text = session.tr(summary) if summary is not None else ""
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
