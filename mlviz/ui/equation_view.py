"""The explanation panel: what happens now, as typeset formulas and words.

To typeset formulas takes longer than a frame. While the film runs they are made ready one by one,
and what was explained before stays until all of them are.
"""

import time
from collections.abc import Iterator
from functools import partial
from math import floor
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from mlviz.i18n import Message
from mlviz.picture.equation import Block, EquationPicture, equation_picture
from mlviz.picture.items import Role
from mlviz.trace.formula_rows import array_tex
from mlviz.ui.equation_rows import Formula, Words
from mlviz.ui.fonts import is_chinese, ui_font
from mlviz.ui.formulas import Typeset, prepared, speech, typeset, width
from mlviz.ui.line_breaks import folded, wide
from mlviz.ui.moment import Moment, moment
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.textflow import wrapped
from mlviz.ui.turns import Turn
from mlviz.ui.whole_lines import Line, cut

_SIDE, _TOP, _BOTTOM = 20.0, 6.0, 12.0
_TITLE_PX, _HEADING_PX = 14.0, 11.5
_GAPS = {"heading": (12.0, 4.0), "formula": (8.0, 8.0), "rule": (7.0, 5.0), "note": (3.0, 3.0)}
"""Space above and below each kind of block, px at scale 1."""
_LINE = 1.4
"""Height of a line of words, in sizes of its font."""
_LEAST = {"formula": 12.0, "rule": 11.0}
"""Px of the letters below which no formula is made smaller, at scale 1."""
_SMALL, _SMALLER = 0.6, 0.85
"""How close blocks have to stand for letters that are smaller still, and by how much."""
_SHARES = (1.0, 0.86, 0.76, 0.66, 0.58)
_LAST_SHRINK = 0.7
_LINE_COST, _SMALL_COST = 0.5, 5.0
"""What one more line is held to be worth, and to have no height at all."""
_TIGHTER = (
    (1.0, True),
    (0.9, True),
    (0.8, True),
    (0.8, False),
    (0.7, False),
    (0.6, False),
    (0.5, False),
)
"""How closely the blocks may stand, and how small their formulas be, to be seen at once; and
whether it is said what the colours of the factors mean."""
_SCROLLED = 0.7, False
_MOST_CUT = 0.3
"""Share of the panel above which a row that is cut, such as that of a matrix, is shown still."""
_SLICE = 0.002
"""S of a frame in which formulas are made ready."""
_FACTORS = (Role.BACKWARD, Role.POSITIVE)
_PLAIN = (Role.TEXT, Role.MUTED)


class _Arranged(NamedTuple):
    """All blocks, how high they are, and the width that there is for them."""

    rows: list[Words | Formula]
    high: float
    room: float


class EquationView(QAbstractScrollArea):
    """Qt view of `picture.equation`; scrolls only if there is no room."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._moment: tuple[Moment, int | None] | None = None
        self._equation: EquationPicture | None = None
        self._rows: list[Words | Formula] = []
        self._lines: list[Line] = []
        self._wide = self._high = self._room = 0.0
        self._arranged = QSize()
        self._described = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._ahead: Iterator[None] | None = None
        self._turn = Turn(session, self, self._on_turn)
        session.turns.came.connect(self._on_tick)
        session.timeline_changed.connect(self._turn.at_once)
        session.selection_changed.connect(self._turn.at_once)
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._on_appearance_changed)
        self._on_language_changed()

    def sizeHint(self) -> QSize:
        """Ask for the size of the design."""
        return QSize(round(324 * self.session.scale), round(260 * self.session.scale))

    def minimumSizeHint(self) -> QSize:
        """Stay wide enough for a short formula."""
        return QSize(round(160 * self.session.scale), round(80 * self.session.scale))

    def equation(self) -> EquationPicture:
        """Return what is shown."""
        session = self.session
        now = moment(session.timeline, session.position), session.selected
        if self._equation is None or self._moment != now:
            self._equation = equation_picture(session.timeline, session.position, session.selected)
            self._moment = now
        return self._equation

    # --- Changes ---------------------------------------------------------------------------

    def _on_turn(self) -> None:
        """Show the present moment, or begin to make ready what it needs."""
        if not self.session.turns.hasty:
            self._on_changed()
        elif self._ahead is None:
            self._ahead = self._made_ready()

    def _on_tick(self) -> None:
        end = time.perf_counter() + _SLICE
        while self._ahead is not None:
            if next(self._ahead, self) is self:
                self._ahead = None
            elif time.perf_counter() >= end:
                return

    def _made_ready(self) -> Iterator[None]:
        """Show what explains the present moment, once all that it needs is there."""
        session, before = self.session, self._equation
        now = moment(session.timeline, session.position), session.selected
        if now == self._moment:
            return
        equation = equation_picture(session.timeline, session.position, session.selected)
        if equation != before:
            for block in equation.blocks:
                if block.tex:
                    yield from prepared(block.tex, session.theme, block.role)
                    yield
            yield from self._fitted_ahead(equation)
            for row in self._laid_out(equation).rows:
                if isinstance(row, Formula):
                    row.formula.prepare(self.devicePixelRatioF())
                    yield
        self._equation, self._moment = equation, now
        self._show(before)

    def _on_changed(self) -> None:
        self._ahead = None
        before = self._equation
        self.equation()
        self._show(before)

    def _show(self, before: EquationPicture | None) -> None:
        """Show another explanation than before, if it is another."""
        session = self.session
        if self._equation != before:
            self.verticalScrollBar().setValue(0)
            self._arrange()
            if self.equation().title.id == "explain.update.title":
                # A long rule ends with what it is for: the new value.
                self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            # A film that runs is not read aloud, unless somebody listens.
            self._described = False
            if not session.turns.hasty or QAccessible.isActive():
                self._describe()
        elif not (self._described or session.turns.hasty):
            self._describe()

    def _on_language_changed(self) -> None:
        self.setAccessibleName(self.session.tr(Message("equation.name")))
        self._arrange()
        self._describe()

    def _on_appearance_changed(self) -> None:
        self.updateGeometry()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the blocks for the new width."""
        super().resizeEvent(event)
        if self.maximumViewportSize() != self._arranged:
            self._arrange()
        else:  # only a bar came or went, for which there is room already
            self._set_scrolling()

    def _describe(self) -> None:
        """Tell people who cannot see it what is shown, formulas read aloud."""
        equation, session = self.equation(), self.session
        self._described = True
        said = [session.tr(equation.title)]
        for block in equation.blocks:
            if block.tex:
                said.append(speech(block.tex, session.language))
            elif block.text is not None:
                said.append(session.tr(block.text))
        self.setAccessibleDescription("\n".join(said))

    # --- Arranging -------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Place every block below the one before, closer if they fit then; set up scrolling."""
        self._arranged = self.maximumViewportSize()
        self._rows, self._high, self._room = self._laid_out(self._equation or self.equation())
        self._wide = max(
            (row.formula.width for row in self._rows if isinstance(row, Formula)), default=0.0
        )
        self._set_scrolling()

    def _laid_out(self, equation: EquationPicture) -> _Arranged:
        """Return all blocks at their places, for the room that there is."""
        unit, whole = self.session.scale, self.maximumViewportSize()
        room = max(whole.width() - 2 * _SIDE * unit, 40.0)
        for tight, legend in _TIGHTER:
            rows, high = self._place_rows(equation, room, tight, legend)
            if high <= whole.height():
                return _Arranged(rows, high, room)
        # What is scrolled anyhow may be read easily, beside the bar.
        room = max(room - self.verticalScrollBar().sizeHint().width(), 40.0)
        return _Arranged(*self._place_rows(equation, room, *_SCROLLED), room)

    def _fitted_ahead(self, equation: EquationPicture) -> Iterator[None]:
        """Fit what will be laid out, formula by formula; what is found is remembered."""
        whole = self.maximumViewportSize()
        room = max(whole.width() - 2 * _SIDE * self.session.scale, 40.0)
        for tight, legend in _TIGHTER:
            for block in equation.blocks:
                if block.tex:
                    self._fitted(block, room, tight)
                    yield
            if self._place_rows(equation, room, tight, legend)[1] <= whole.height():
                return
            yield

    def _set_scrolling(self) -> None:
        unit, viewport = self.session.scale, self.viewport()
        over = self._wide - self._room
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(round(over), 0) if over > 0.5 else 0)
        across.setPageStep(round(self._room))
        across.setSingleStep(round(24 * unit))
        down.setRange(0, max(round(self._high - viewport.height()), 0))
        down.setPageStep(viewport.height())
        down.setSingleStep(round(24 * unit))
        ratio = self.devicePixelRatioF()
        self._lines = (
            [line for row in self._rows for line in row.seen(ratio)] if down.maximum() else []
        )
        viewport.update()

    def _place_rows(
        self, equation: EquationPicture, room: float, tight: float, legend: bool
    ) -> tuple[list[Words | Formula], float]:
        """Return all blocks, and how high they are; `tight` below 1 brings them together."""
        session = self.session
        unit = session.scale
        text = session.theme.colour(Role.TEXT)
        title = ui_font(_TITLE_PX * unit, bold=True)
        first = self._words(_TOP * unit, session.tr(equation.title), title, text, room)
        rows: list[Words | Formula] = [first]
        y = first.bottom + 4 * unit
        for block in equation.blocks:
            if block.kind == "note" and block.role in _FACTORS and not legend:
                continue
            above, below = _GAPS.get(block.kind, _GAPS["note"])
            row = self._row(block, y + above * unit * tight**2, room, tight)
            rows.append(row)
            y = row.bottom + below * unit * tight**2
        return rows, y + _BOTTOM * unit * tight**2

    def _row(self, block: Block, y: float, room: float, tight: float) -> Words | Formula:
        session = self.session
        unit, theme = session.scale, session.theme
        if block.tex:
            return Formula(y, self._fitted(block, room, tight))
        text = session.tr(block.text) if block.text is not None else ""
        if block.kind == "heading":
            font = ui_font(_HEADING_PX * unit, bold=True)
        else:
            # Small Chinese characters are no more legible for being thickened.
            bold = block.role not in _PLAIN and not is_chinese(text)
            font = ui_font(block.size * unit, bold)
        return self._words(y, text, font, theme.colour(block.role), room)

    def _fitted(self, block: Block, room: float, tight: float) -> Typeset:
        """Return a formula that is no wider than its room: on more lines, or a little smaller."""
        session = self.session
        least = _LEAST[block.kind] * session.scale * (_SMALLER if tight < _SMALL else 1.0)
        usual = max(block.size * session.scale * tight, least)
        found: list[tuple[float, str, float]] = []
        for share in _SHARES:
            size = round(max(usual * share, least), 1)
            tex, lines = block.tex, len(block.rows)
            across = self._width(size, block.role, tex)
            if across > room and block.rows:
                measured = partial(self._width, size, block.role)
                rows = folded(block.rows, room, measured)
                tex, lines, across = array_tex(rows), len(rows), wide(rows, measured)
            over = max(across - room, 0.0)  # only what is taken is drawn
            more = lines - len(block.rows)
            cost = over + more * _LINE_COST + (1 - size / usual) * _SMALL_COST
            found.append((cost, tex, size))
            if not over and not more:
                break
        _, tex, size = min(found, key=lambda entry: entry[0])
        formula = typeset(tex, size, session.theme, block.role)
        if formula.width <= room:
            return formula
        # What cannot be broken any more may be small before it is cut.
        size = floor(10 * formula.size * max(room / formula.width, _LAST_SHRINK)) / 10
        return typeset(formula.tex, size, session.theme, block.role)

    def _width(self, size: float, role: Role, tex: str) -> float:
        return width(tex, size, self.session.theme, role)

    def _words(self, y: float, text: str, font: QFont, colour: QColor, room: float) -> Words:
        lines = tuple(wrapped(text, font, room))
        leading = max(_LINE * font.pixelSize(), QFontMetricsF(font).height())
        return Words(y, lines, font, colour, leading)

    # --- Painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the blocks that are in view."""
        session = self.session
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.viewport().rect()
        ground = session.theme.colour(Role.PANEL)
        painter.fillRect(area, ground)
        down = self.verticalScrollBar().value()
        left = _SIDE * session.scale
        painter.translate(0, -down)
        for row in self._rows:
            if row.bottom >= down and row.y <= down + area.height():
                across = self.horizontalScrollBar().value()
                row.draw(painter, left - across if isinstance(row, Formula) else left)
        painter.resetTransform()
        above, below = cut(self._lines, down, area.height(), _MOST_CUT)
        for covered, y in ((above, 0), (below, area.height() - below)):
            painter.fillRect(0, y, area.width(), covered, ground)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(session.theme.colour(Role.SELECTED), 2))
            painter.drawRect(QRectF(area).adjusted(1, 1, -1, -1))
        painter.end()
