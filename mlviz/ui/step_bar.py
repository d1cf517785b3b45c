"""The bar of time: a segment per phase, a tick per step, and the cursor that is dragged."""

import math
from bisect import bisect_left

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture import player
from mlviz.picture.bad import bad_mark, bad_number
from mlviz.picture.header import header
from mlviz.picture.items import Role
from mlviz.picture.timeline import BarSegment, TimelineBar, position_at, timeline_bar
from mlviz.trace.steps import Phase, Position
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.time_bar import TimeBar

_ROLES = {
    Phase.FORWARD: (Role.FORWARD, Role.FORWARD_SOFT),
    Phase.BACKWARD: (Role.BACKWARD, Role.BACKWARD_SOFT),
    Phase.UPDATE: (Role.UPDATE, Role.UPDATE_SOFT),
}
_CLOSEST_TICKS = 7  # px
_WHEEL_NOTCH = 120


class StepBar(TimeBar):
    """Where the film stands; a slider to those who cannot see it."""

    centre, thickness, margin = 37, 14, 10

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._turned = 0
        self._ticks: tuple[object, list[float], list[QLineF]] | None = None
        self.actionTriggered.connect(self._on_action)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.position_changed.connect(self._on_position_changed)
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._on_appearance_changed)
        self._on_timeline_changed()
        self._on_language_changed()

    # --- What the session says -------------------------------------------------------------

    def _on_timeline_changed(self) -> None:
        self.setRange(0, len(self.session.timeline))
        self._on_position_changed()

    def _on_position_changed(self) -> None:
        self.setValue(self.session.position.step)
        self.update()

    def _on_language_changed(self) -> None:
        self.setAccessibleName(self.session.tr(Message("ui.time.bar")))
        self.update()

    def _on_appearance_changed(self) -> None:
        self.updateGeometry()
        self.update()

    # --- What a person does ----------------------------------------------------------------

    def _on_action(self, _: int) -> None:
        # A key, or somebody's screen reader, has moved the slider.
        wanted = self.sliderPosition()
        if wanted != self.session.position.step:
            self.session.seek(Position(self.session.position.iteration, wanted))
            self.setSliderPosition(self.session.position.step)

    def position_at(self, x: float) -> Position:
        """Return the moment under a place, in px from the left."""
        return position_at(self.session.timeline, self.session.position, self._fraction(x))

    def x_of(self, fraction: float) -> float:
        """Return where a part of the whole time lies, in px from the left."""
        return self._left() + fraction * self._length()

    def go(self, x: float, *, dragging: bool) -> None:
        """Go there."""
        if dragging:
            self.session.turns.drag(True)
        self.session.seek(self.position_at(x))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the cursor."""
        self.session.turns.drag(False)
        super().mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go a step for each notch."""
        turned = event.angleDelta()
        self._turned += turned.y() if abs(turned.y()) >= abs(turned.x()) else -turned.x()
        while abs(self._turned) >= _WHEEL_NOTCH:
            timeline, position = self.session.timeline, self.session.position
            if self._turned > 0:
                self.session.seek(player.next_rest(timeline, position))
                self._turned -= _WHEEL_NOTCH
            else:
                self.session.seek(player.previous_rest(timeline, position))
                self._turned += _WHEEL_NOTCH
        event.accept()

    def tip(self, x: float) -> str:
        """Return which step is at a place."""
        timeline, tr = self.session.timeline, self.session.tr
        position = self.position_at(x)
        _, title, detail = header(timeline, position)
        what = " ".join(filter(None, (tr(title), tr(detail))))
        told = tr(Message("ui.time.tip", step=position.step, steps=len(timeline), what=what))
        bad = bad_number(timeline)
        return told if bad is None else f"{told}\n{tr(Message('bad.mark', step=bad.step))}"

    # --- How it looks ----------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the segments, the ticks and the cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = timeline_bar(self.session.timeline, self.session.position)
        for segment in bar.segments:
            self._paint_segment(painter, segment, bar.cursor)
        self._paint_ticks(painter, bar)
        self._paint_bad(painter)
        if self.isEnabled():
            self._paint_hover(painter)
        self._paint_cursor(painter, self.x_of(bar.cursor))

    def _paint_segment(self, painter: QPainter, segment: BarSegment, cursor: float) -> None:
        theme, scale = self.session.theme, self.session.scale
        strong, soft = (theme.colour(role) for role in _ROLES[segment.phase])
        top, height = self._track()
        left, right = self.x_of(segment.start) + scale, self.x_of(segment.end) - scale
        whole = QRectF(left, top, max(right - left, 1.0), height)
        radius = 4 * scale
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawRoundedRect(whole, radius, radius)
        done = min(self.x_of(cursor), right)
        if done > left:
            painter.save()
            painter.setClipRect(QRectF(left, top, done - left, height))
            painter.setBrush(strong)
            painter.drawRoundedRect(whole, radius, radius)
            painter.restore()
        painter.setPen(strong)
        painter.setFont(self._title_font())
        title = self.title_shown(segment)
        painter.drawText(QPointF(left + 3 * scale, top - 10 * scale), title)

    def _title_font(self) -> QFont:
        return ui_font(12 * self.session.scale, bold=True)

    def title_shown(self, segment: BarSegment) -> str:
        """Return the name of a phase as far as there is room for it."""
        # Behind the last phase there is only the knob's own margin.
        is_last = segment.last == len(self.session.timeline)
        end = self.width() if is_last else self.x_of(segment.end) - self.session.scale
        room = int(end - self.x_of(segment.start) - 4 * self.session.scale)
        metrics, title = QFontMetrics(self._title_font()), self.session.tr(segment.title)
        return metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)

    def ticks_shown(self) -> list[float]:
        """Return where ticks are drawn; if they are too many, only every so many steps."""
        bar = timeline_bar(self.session.timeline, self.session.position)
        gap = self._length() / max(len(bar.ticks), 1)
        every = max(math.ceil(_CLOSEST_TICKS * self.session.scale / gap), 1)
        ends = {round(segment.end, 9) for segment in bar.segments}
        return [
            tick
            for segment in bar.segments
            for tick in bar.ticks[segment.first - 1 : segment.last : every]
            if round(tick, 9) not in ends
        ]

    def _paint_ticks(self, painter: QPainter, bar: TimelineBar) -> None:
        top, height = self._track()
        scale = self.session.scale
        done = QColor(self.session.theme.colour(Role.PANEL))
        ahead = QColor(self.session.theme.colour(Role.FAINT))
        done.setAlphaF(0.75)
        ahead.setAlphaF(0.45)
        above, below = top + 2 * scale, top + height - 2 * scale
        key = (self.session.timeline, self.width(), scale)
        if self._ticks is None or self._ticks[0] != key:
            ticks = self.ticks_shown()
            xs = [self.x_of(tick) for tick in ticks]
            self._ticks = key, ticks, [QLineF(x, above, x, below) for x in xs]
        _, ticks, lines = self._ticks
        now = bisect_left(ticks, bar.cursor)
        for colour, shown in ((done, lines[:now]), (ahead, lines[now:])):
            painter.setPen(QPen(colour, max(scale, 1.0)))
            painter.drawLines(shown)

    def _paint_bad(self, painter: QPainter) -> None:
        """Mark the first bad number by a red disc with an exclamation mark."""
        mark = bad_mark(self.session.timeline)
        if mark is not None:
            self._paint_alarm(painter, self.x_of(mark))

    def _paint_cursor(self, painter: QPainter, x: float) -> None:
        theme, scale = self.session.theme, self.session.scale
        centre = self.centre * scale
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(Role.STRONG))
        painter.drawRoundedRect(
            QRectF(x - 2 * scale, centre - 15 * scale, 4 * scale, 30 * scale), 2 * scale, 2 * scale
        )
        self._paint_knob(painter, x, 3.5)
