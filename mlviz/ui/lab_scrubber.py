"""The whole history of a run on one bar, with a cursor that is dragged."""

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.items import Role
from mlviz.picture.run_bar import RunBar, epoch_text, loss_at, run_bar, thinned
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session

_HEIGHT = 54
_CENTRE = 32  # of the bar, from the top
_BAR = 12
_KNOB, _RING = 9.0, 3.5  # radius of the cursor's knob, and of the ring beyond it
_MARGIN = 12  # room for the cursor's knob at both ends
_CLOSEST = 7  # px between two marks
_CATCH = 6  # px around a mark


class LabScrubber(QSlider):
    """Where the lab stands; a slider to those who cannot see it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.session = session
        self._hover: float | None = None
        self._bar: RunBar | None = None
        self._cursor = 1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimum(1)
        self.actionTriggered.connect(self._on_action)
        session.appearance_changed.connect(self.updateGeometry)

    def show_run(self) -> None:
        """Show the run and the cursor as they are now."""
        lab = self.session.lab
        self._cursor = lab.cursor
        self._bar = run_bar(lab.run, [trial.born for trial in lab.trials.all])
        self.setMaximum(self._bar.total)
        self.setPageStep(max(self._bar.head // 10, 1))
        self.setValue(lab.cursor)
        self.setAccessibleName(self.session.tr(Message("lab.scrubber")))
        self.update()

    @property
    def bar(self) -> RunBar:
        """What is shown."""
        if self._bar is None:
            self.show_run()
        assert self._bar is not None
        return self._bar

    # --- What a person does ----------------------------------------------------------------

    def _on_action(self, _: int) -> None:
        # A key, or somebody's screen reader, has moved the slider.
        wanted = self.sliderPosition()
        if wanted != self.session.lab.cursor:
            self.session.lab.seek(wanted)
            self.setSliderPosition(self.session.lab.cursor)

    def iteration_at(self, x: float) -> int:
        """Return the iteration under a place, in px from the left; a mark nearby wins."""
        bar = self.bar
        for mark in (bar.best, bar.stop, *bar.branches, *bar.data):
            if mark is not None and abs(self.x_of(mark) - x) <= _CATCH * self.session.scale:
                return mark
        part = min(max((x - self._left()) / self._length(), 0.0), 1.0)
        return round(1 + part * (bar.total - 1))

    def x_of(self, iteration: float) -> float:
        """Return where an iteration lies, in px from the left."""
        return self._left() + (iteration - 1) / (self.bar.total - 1) * self._length()

    def _left(self) -> float:
        return _MARGIN * self.session.scale

    def _length(self) -> float:
        return max(self.width() - 2 * _MARGIN * self.session.scale, 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there; what is not computed yet is trained to."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.session.lab.seek(self.iteration_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the cursor as far as there is something, or tell what is under the pointer."""
        x = event.position().x()
        self._hover = x
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.session.lab.seek(min(self.iteration_at(x), self.bar.head))
        self._show_tip(event.globalPosition().toPoint())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing any longer."""
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go an iteration for each notch."""
        lab = self.session.lab
        turned = event.angleDelta().y()
        if turned:
            lab.seek(min(max(lab.cursor + (1 if turned > 0 else -1), 1), lab.run.head))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Tell which iteration is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._hover = event.pos().x()
            self._show_tip(event.globalPos())
            return True
        return super().event(event)

    def tip(self, x: float) -> str:
        """Return what there is at a place."""
        lab, tr, bar = self.session.lab, self.session.tr, self.bar
        number = self.iteration_at(x)
        if number > bar.head:
            return tr(Message("lab.tip.ahead", number=f"{number:,}"))
        epoch, loss = epoch_text(lab.run, number), loss_at(lab.run, number)
        text = "·" if loss is None else format_number(loss, 6)
        lines = [tr(Message("lab.tip", number=f"{number:,}", epoch=epoch, loss=text))]
        if number == bar.best:
            lines.append(tr(Message("lab.tip.best")))
        if number in bar.branches:
            lines.append(tr(Message("lab.tip.branch")))
        if number in bar.data:
            lines.append(tr(Message("lab.tip.data")))
        if number == bar.stop and bar.reason is not None:
            lines.append(tr(bar.reason))
        return "\n".join(lines)

    def _show_tip(self, at: QPoint) -> None:
        if self._hover is not None:
            gap = round(14 * self.session.scale)
            QToolTip.showText(at + QPoint(0, gap), self.tip(self._hover), self)

    # --- How it looks ----------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Take a line for the marks and one for the bar."""
        return QSize(round(400 * self.session.scale), round(_HEIGHT * self.session.scale))

    def minimumSizeHint(self) -> QSize:
        """Shrink to a third of that."""
        return QSize(round(140 * self.session.scale), round(_HEIGHT * self.session.scale))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the track, the marks and the cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_track(painter)
        self._paint_measured(painter)
        for place in self.bar.branches:
            self._paint_flag(painter, place, Role.SELECTED, Message("lab.mark.branch"))
        for place in self.bar.data:
            self._paint_flag(painter, place, Role.UPDATE, Message("lab.mark.data"))
        if self.bar.best is not None:
            self._paint_flag(painter, self.bar.best, Role.FORWARD, Message("lab.mark.best"))
        self._paint_stop(painter)
        if self._hover is not None:
            self._paint_hover(painter)
        self._paint_cursor(painter, self.x_of(self._cursor))

    def _track(self) -> tuple[float, float]:
        height = _BAR * self.session.scale
        return _CENTRE * self.session.scale - height / 2, height

    def _paint_track(self, painter: QPainter) -> None:
        theme, scale = self.session.theme, self.session.scale
        top, height = self._track()
        radius = height / 2
        whole = QRectF(self._left() - radius, top, self._length() + 2 * radius, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.button))
        painter.drawRoundedRect(whole, radius, radius)
        for end, colour in (
            (self.bar.head, QColor(theme.border)),
            (self._cursor, theme.colour(Role.STRONG)),
        ):
            painter.save()
            painter.setClipRect(
                QRectF(0, top - scale, self.x_of(end) + radius * (end > 1), height + 2 * scale)
            )
            painter.setBrush(colour)
            painter.drawRoundedRect(whole, radius, radius)
            painter.restore()

    def _paint_measured(self, painter: QPainter) -> None:
        """Put a mark at every measured iteration, or at every so many."""
        bar, scale = self.bar, self.session.scale
        most = int(self._length() / (_CLOSEST * scale) * bar.head / bar.total)
        places = thinned(bar.measured[bar.measured > 1], bar.total, most)
        top, height = self._track()
        inset = 3 * scale
        done = places <= self._cursor
        for which, role, opacity in (
            (done, Role.PANEL, 0.75),
            (np.logical_not(done), Role.TEXT, 0.45),
        ):
            colour = QColor(self.session.theme.colour(role))
            colour.setAlphaF(opacity)
            painter.setPen(QPen(colour, max(scale, 1.0)))
            xs = [self.x_of(float(place)) for place in places[which]]
            painter.drawLines([QLineF(x, top + inset, x, top + height - inset) for x in xs])

    def _paint_flag(self, painter: QPainter, place: int, role: Role, word: Message) -> None:
        """Put a small triangle above the bar and the cursor's knob, with its word beside it."""
        scale, x, (top, _) = self.session.scale, self.x_of(place), self._track()
        half, tip = 4.5 * scale, (_CENTRE - _KNOB - _RING - 2) * scale
        painter.setPen(QPen(self.session.theme.colour(role), scale))
        painter.drawLine(QPointF(x, tip), QPointF(x, top))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.session.theme.colour(role))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, tip),
                    QPointF(x - half, tip - 7 * scale),
                    QPointF(x + half, tip - 7 * scale),
                ]
            )
        )
        painter.setFont(ui_font(11 * scale))
        painter.setPen(self.session.theme.colour(role))
        text = self.session.tr(word)
        width = painter.fontMetrics().horizontalAdvance(text)
        left = x + 7 * scale
        if left + width > self.width():
            left = x - 7 * scale - width
        painter.drawText(QPointF(left, tip - 1 * scale), text)

    def _paint_stop(self, painter: QPainter) -> None:
        """Mark where it stopped by itself; because of a bad number in red."""
        bar, theme, scale = self.bar, self.session.theme, self.session.scale
        if bar.stop is None:
            return
        x, centre = self.x_of(bar.stop), _CENTRE * scale
        if not bar.is_bad:
            painter.setPen(QPen(theme.colour(Role.TEXT), 2 * scale))
            painter.drawLine(QPointF(x, centre - 11 * scale), QPointF(x, centre + 11 * scale))
            return
        radius = 8.5 * scale
        painter.setPen(QPen(theme.colour(Role.PANEL), 1.5 * scale))
        painter.setBrush(theme.colour(Role.BAD))
        painter.drawEllipse(QPointF(x, centre), radius, radius)
        painter.setFont(ui_font(12 * scale, bold=True))
        box = QRectF(x - radius, centre - radius, 2 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "!")

    def _paint_hover(self, painter: QPainter) -> None:
        top, height = self._track()
        assert self._hover is not None
        colour = QColor(self.session.theme.colour(Role.TEXT))
        colour.setAlphaF(0.5)
        painter.setPen(QPen(colour, max(self.session.scale, 1.0)))
        x = min(max(self._hover, self._left()), self._left() + self._length())
        painter.drawLine(QPointF(x, top - 4), QPointF(x, top + height + 4))

    def _paint_cursor(self, painter: QPainter, x: float) -> None:
        theme, scale = self.session.theme, self.session.scale
        centre = _CENTRE * scale
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), 2 * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = (_KNOB + _RING) * scale
            painter.drawEllipse(QPointF(x, centre), around, around)
        painter.setPen(QPen(theme.colour(Role.STRONG), 2.4 * scale))
        painter.setBrush(theme.colour(Role.PANEL))
        painter.drawEllipse(QPointF(x, centre), _KNOB * scale, _KNOB * scale)
