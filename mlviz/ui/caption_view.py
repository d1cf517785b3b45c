"""The caption under the stage, in letters for the last row, and the lecturer's line."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlviz.document.scenes import scene_steps
from mlviz.i18n import Message
from mlviz.picture.caption import caption
from mlviz.picture.items import Role
from mlviz.trace.steps import Phase, Position
from mlviz.ui.fonts import ui_font
from mlviz.ui.formulas import Typeset, typeset
from mlviz.ui.session import Session
from mlviz.ui.textflow import wrapped
from mlviz.ui.widgets import Panel

_ROLES = {
    None: Role.TEXT,
    Phase.FORWARD: Role.FORWARD,
    Phase.BACKWARD: Role.BACKWARD,
    Phase.UPDATE: Role.UPDATE,
}
# Lengths in letters of the caption.
_SIDE, _TOP = 0.8, 0.4
_WORDS, _FORMULA = 1.45, 2.7
_LABEL = 0.72
_NOTE, _NOTE_LINE = 0.66, 1.4
_MOST_NOTE_LINES = 4


class CaptionView(Panel):
    """What happens now, in words and as a formula; below, what is said at this moment.

    Attributes:
        letters: size of the caption's letters, px.
        shows_caption: whether the step is told.
        shows_notes: whether the lecturer's line is there.
        shows_formula: whether the caption has a formula; it is not said twice on one screen.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.letters = 30
        self.shows_caption = True
        self.shows_notes = True
        self.shows_formula = True
        self._told = -1
        session.timeline_changed.connect(self._on_timeline_changed)
        session.position_changed.connect(self._on_position_changed)
        self._on_timeline_changed()

    def set_letters(self, px: int) -> None:
        """Write in letters of another size."""
        self.letters = px
        self._place()

    def show_parts(self, *, caption: bool, notes: bool, formula: bool = True) -> None:
        """Show the caption, with or without its formula, the lecturer's line, or all of them."""
        self.shows_caption, self.shows_notes, self.shows_formula = caption, notes, formula
        self._place()

    # --- What it says ----------------------------------------------------------------------

    def said(self) -> str:
        """Return what is said now: the scene reached last, at first what the document is about."""
        step = self.session.position.step
        reached = [said for at, said in self._said if at <= step]
        return reached[-1] if reached else self._about

    def _on_timeline_changed(self) -> None:
        session = self.session
        language, document = session.language, session.document
        self._about = _flowing(document.about.in_language(language))
        self._said = [
            (step, _flowing(scene.say.in_language(language)))
            for step, scene in scene_steps(document, session.timeline)
        ]
        self._told = -1
        self._place()
        self._on_position_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell what happened while it was hidden."""
        super().showEvent(event)
        self._on_position_changed()

    def _on_position_changed(self) -> None:
        if self.isHidden():
            return
        self.update()
        if self._told != self.session.position.step:
            self._told = self.session.position.step
            self._describe()

    def _describe(self) -> None:
        tr, told = self.session.tr, caption(self.session.timeline, self.session.position)
        words = (tr(told.title), tr(told.detail), told.text, self.said())
        self.setAccessibleName(tr(Message("lecture.caption")))
        self.setAccessibleDescription(" ".join(filter(None, words)))

    def _retranslate(self) -> None:
        self._on_timeline_changed()

    def _restyle(self) -> None:
        self._place()

    # --- How it looks ----------------------------------------------------------------------

    def _place(self) -> None:
        """Take the room that the longest scene needs, so that nothing moves while it plays."""
        unit = self.letters
        height = _TOP * unit
        if self.shows_caption:
            height += self._caption_height()
        if self._tells_notes():
            height += (self._note_lines() * _NOTE * _NOTE_LINE + _TOP) * unit
        self.setFixedHeight(round(height + _TOP * unit))
        self.update()

    def _caption_height(self) -> float:
        return (_WORDS + (_FORMULA if self.shows_formula else 0)) * self.letters

    def _tells_notes(self) -> bool:
        """Return whether there is a line; a typed formula has nothing to say."""
        return self.shows_notes and bool(self._about or self._said)

    def _inner(self) -> float:
        return max(self.width() - 2 * _SIDE * self.letters, 1.0)

    def _note_font(self) -> QFont:
        return ui_font(_NOTE * self.letters)

    def _note_lines(self) -> int:
        texts = [self._about, *(said for _, said in self._said)]
        counts = [len(wrapped(text, self._note_font(), self._inner())) for text in texts if text]
        return min(max(counts, default=1), _MOST_NOTE_LINES)

    def formula(self) -> Typeset | None:
        """Return the formula as it is shown: the longest that fits when its result is there."""
        session = self.session
        if not self.shows_formula:
            return None
        now = caption(session.timeline, session.position).formulas
        whole = Position(session.position.iteration, session.position.step)
        for number, tex in enumerate(caption(session.timeline, whole).formulas):
            made = typeset(tex, self.letters, session.theme)
            if made.width <= self._inner() and made.height <= _FORMULA * self.letters:
                return typeset(now[min(number, len(now) - 1)], self.letters, session.theme)
        return None

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the words, the formula and the line."""
        painter = QPainter(self)
        theme, unit = self.session.theme, self.letters
        painter.fillRect(self.rect(), theme.colour(Role.PANEL))
        painter.setPen(theme.colour(Role.LINE))
        painter.drawLine(0, 0, self.width(), 0)
        y = _TOP * unit
        if self.shows_caption:
            self._paint_words(painter, y)
            formula = self.formula()
            if formula is not None:
                room = _FORMULA * unit
                top = y + _WORDS * unit + (room - formula.height) / 2
                formula.draw_at_top(painter, _SIDE * unit, top)
            y += self._caption_height()
        if self._tells_notes():
            if self.shows_caption:
                painter.setPen(theme.colour(Role.LINE))
                painter.drawLine(QPointF(_SIDE * unit, y), QPointF(self.width() - _SIDE * unit, y))
            self._paint_notes(painter, y + _TOP * unit)
        painter.end()

    def _paint_words(self, painter: QPainter, y: float) -> None:
        session, unit = self.session, self.letters
        told = caption(session.timeline, session.position)
        title, detail, label = (session.tr(each) for each in (told.title, told.detail, told.label))
        bold, plain, small = ui_font(unit, bold=True), ui_font(unit), ui_font(_LABEL * unit)
        left, right = _SIDE * unit, self.width() - _SIDE * unit
        baseline = y + 1.05 * unit
        # As wide as the last step's, so that nothing moves while it plays.
        end = Position(session.position.iteration, len(session.timeline))
        widest = session.tr(caption(session.timeline, end).label)
        metrics = QFontMetricsF(small)
        room = max(metrics.horizontalAdvance(text) for text in (label, widest))
        painter.setPen(session.theme.colour(Role.MUTED))
        painter.setFont(small)
        painter.drawText(QPointF(right - metrics.horizontalAdvance(label), baseline), label)
        wide = QFontMetricsF(bold).horizontalAdvance(title)
        painter.setPen(session.theme.colour(_ROLES[told.phase]))
        painter.setFont(bold)
        painter.drawText(QPointF(left, baseline), title)
        left += wide + 0.6 * unit
        room = max(right - room - 0.6 * unit - left, 0.0)
        detail = QFontMetricsF(plain).elidedText(detail, Qt.TextElideMode.ElideRight, room)
        painter.setPen(session.theme.colour(Role.TEXT))
        painter.setFont(plain)
        painter.drawText(QPointF(left, baseline), detail)

    def _paint_notes(self, painter: QPainter, y: float) -> None:
        unit, font = self.letters, self._note_font()
        lines = wrapped(self.said(), font, self._inner())
        shown = lines[:_MOST_NOTE_LINES]
        if len(lines) > len(shown):
            rest = " ".join(lines[_MOST_NOTE_LINES - 1 :])
            elide = Qt.TextElideMode.ElideRight
            shown[-1] = QFontMetricsF(font).elidedText(rest, elide, self._inner())
        painter.setPen(self.session.theme.colour(Role.TEXT))
        painter.setFont(font)
        leading = _NOTE * _NOTE_LINE * unit
        for number, line in enumerate(shown):
            box = QRectF(_SIDE * unit, y + number * leading, self._inner() + unit, leading)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), line)


def letters_for(screen_height: int, scale: float, usual: float) -> int:
    """Return the size of letters that the last row can read, px.

    Args:
        screen_height: px.
        scale: the size of everything.
        usual: the scale at which letters are a 28th of the screen's height; never less than
            a 30th is returned.
    """
    return math.ceil(max(screen_height / 28 * scale / usual, screen_height / 30))


def _flowing(text: str) -> str:
    """Return a text on one line: its line ends belong to the file, not to the reader."""
    return " ".join(text.split())
