"""The whole history of a run on one bar, with a cursor that is dragged."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.items import Role
from mlviz.picture.recipe_words import Worded, changes
from mlviz.picture.run_bar import RunBar, epoch_text, loss_at, run_bar, thinned
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.time_bar import KNOB, TimeBar
from mlviz.ui.trials import Turn

_RING = 3.5  # of the focus, beyond the knob
_CLOSEST = 7  # px between two marks
_CATCH = 6  # px around a mark


class LabScrubber(TimeBar):
    """Where the lab stands; a slider to those who cannot see it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._bar: RunBar | None = None
        self._cursor = 1
        self._turns: tuple[Turn, ...] = ()
        self._changed: dict[int, tuple[Worded, ...]] = {}
        self.setMinimum(1)
        self.actionTriggered.connect(self._on_action)
        session.appearance_changed.connect(self.updateGeometry)

    def show_run(self) -> None:
        """Show the run and the cursor as they are now."""
        lab = self.session.lab
        self._cursor = lab.cursor
        trials = lab.trials
        self._bar = run_bar(
            lab.run,
            [trial.born for trial in trials.all if trial.is_branch],
            list(self._changes(trials.shown.changes)),
        )
        self.setMaximum(self._bar.total)
        self.setPageStep(max(self._bar.head // 10, 1))
        self.setValue(lab.cursor)
        self.setAccessibleName(self.session.tr(Message("lab.scrubber")))
        self.update()

    def _changes(self, turns: tuple[Turn, ...]) -> dict[int, tuple[Worded, ...]]:
        """Return what was changed where, as far as numbers depend on it."""
        if turns is not self._turns:
            self._turns = turns
            found = {turn.at: changes(turn.before, turn.after) for turn in turns}
            self._changed = {at: words for at, words in found.items() if words}
        return self._changed

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
        for mark in (bar.best, bar.stop, *bar.branches, *bar.changes, *bar.data):
            if mark is not None and abs(self.x_of(mark) - x) <= _CATCH * self.session.scale:
                return mark
        return round(1 + self._fraction(x) * (bar.total - 1))

    def x_of(self, iteration: float) -> float:
        """Return where an iteration lies, in px from the left."""
        return self._left() + (iteration - 1) / (self.bar.total - 1) * self._length()

    def go(self, x: float, *, dragging: bool) -> None:
        """Go there; what is not computed yet is trained to, unless the cursor is dragged."""
        number = self.iteration_at(x)
        self.session.lab.seek(min(number, self.bar.head) if dragging else number)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go an iteration for each notch."""
        lab = self.session.lab
        turned = event.angleDelta().y()
        if turned:
            lab.seek(min(max(lab.cursor + (1 if turned > 0 else -1), 1), lab.run.head))
        event.accept()

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
        if number in self._changed:
            lines.append(tr(Message("lab.tip.change")))
            lines += [tr(each.words) for each in self._changed[number]]
        if number in bar.data:
            lines.append(tr(Message("lab.tip.data")))
        if number == bar.stop and bar.reason is not None:
            lines.append(tr(bar.reason))
        return "\n".join(lines)

    # --- How it looks ----------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the track, the marks and the cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_track(painter)
        self._paint_measured(painter)
        self._paint_flags(painter)
        self._paint_stop(painter)
        self._paint_hover(painter)
        self._paint_knob(painter, self.x_of(self._cursor), _RING)

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

    def flags(self) -> Iterator[tuple[int, Role, Message]]:
        """Yield what is worth going to, with its word; what has room for its word comes first."""
        bar = self.bar
        if bar.best is not None:
            yield bar.best, Role.FORWARD, Message("lab.mark.best")
        for place in reversed(bar.branches):
            yield place, Role.SELECTED, Message("lab.mark.branch")
        for place in reversed(bar.changes):
            words = self._changed[place]
            said = Message("lab.mark.now", what=words[0].name, value=words[0].after)
            yield place, Role.UPDATE, said if len(words) == 1 else Message("differ.more", some=said)
        for place in reversed(bar.data):
            yield place, Role.UPDATE, Message("lab.mark.data")

    def _paint_flags(self, painter: QPainter) -> None:
        """Put small triangles above the bar and the cursor's knob, with their words beside them."""
        scale = self.session.scale
        painter.setFont(ui_font(11 * scale))
        metrics = painter.fontMetrics()
        tip, half = (self.centre - KNOB - _RING - 2) * scale, 4.5 * scale
        flags = list(self.flags())
        places = (self.x_of(at) for at, *_ in flags)
        taken = [(x - half - scale, x + half + scale) for x in places]
        for place, role, word in flags:
            x, colour = self.x_of(place), self.session.theme.colour(role)
            painter.setPen(QPen(colour, scale))
            painter.drawLine(QPointF(x, tip), QPointF(x, self._track()[0]))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            ends = (QPointF(x - half, tip - 7 * scale), QPointF(x + half, tip - 7 * scale))
            painter.drawPolygon(QPolygonF([QPointF(x, tip), *ends]))
            text = self.session.tr(word)
            width = metrics.horizontalAdvance(text)
            for left in (x + 7 * scale, x - 7 * scale - width):
                fits = left >= 0 and left + width <= self.width()
                if fits and not any(a < left + width and left < b for a, b in taken):
                    taken.append((left - half, left + width + half))
                    painter.setPen(colour)
                    painter.drawText(QPointF(left, tip - 1 * scale), text)
                    break

    def _paint_stop(self, painter: QPainter) -> None:
        """Mark where it stopped by itself; because of a bad number in red."""
        bar, theme, scale = self.bar, self.session.theme, self.session.scale
        if bar.stop is None:
            return
        x, centre = self.x_of(bar.stop), self.centre * scale
        if not bar.is_bad:
            painter.setPen(QPen(theme.colour(Role.TEXT), 2 * scale))
            painter.drawLine(QPointF(x, centre - 11 * scale), QPointF(x, centre + 11 * scale))
            return
        self._paint_alarm(painter, x)
