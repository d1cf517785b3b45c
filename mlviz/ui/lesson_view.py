"""The lesson: its title, what is said at this moment, and the lines of the formula."""

import re
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from mlviz.document.formula_file import ZERO_WIDTH
from mlviz.document.localtext import LocalText
from mlviz.document.scenes import Scene, scene_steps
from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.session import Session
from mlviz.ui.whole_lines import Covers, Line, lines_of, whole_at

_LINE_HEIGHT = "135%"
_PADDING = 3
"""Px above and below a line of the source."""


class LessonView(QScrollArea):
    """What the document says, and where in its source the film is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._scenes: list[tuple[int, Scene]] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setProperty("kind", "panel")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = self._label("title")
        self.text = self._label("body")
        self._probe = self._label("body")
        self._probe.setParent(page)
        self._probe.hide()
        self.source_heading = self._label("heading")
        self.source = self._label("number")
        self.source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.title, self.text):  # one long word does not hold the others apart
            label.setMinimumWidth(1)
        self._column = QVBoxLayout(page)
        for label in (self.title, self.text, self.source_heading, self.source):
            self._column.addWidget(label)
        self._column.addStretch()
        self.setWidget(page)
        self._covers = Covers(self)

        session.document_changed.connect(self._on_language_changed)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.position_changed.connect(self._on_position_changed)
        session.selection_changed.connect(self._on_position_changed)
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._on_appearance_changed)
        self._on_timeline_changed()
        self._on_appearance_changed()
        self._on_language_changed()

    def _label(self, kind: str) -> QLabel:
        label = QLabel()
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        return label

    def _on_language_changed(self) -> None:
        document, tr = self.session.document, self.session.tr
        self.title.setText(escape(document.title.in_language(self.session.language)))
        self.source_heading.setText(escape(tr(Message("ui.lesson.source")).upper()))
        self.setAccessibleName(tr(Message("ui.dock.lesson")))
        self._on_position_changed()

    def _on_timeline_changed(self) -> None:
        self._scenes = scene_steps(self.session.document, self.session.timeline)
        self._on_position_changed()

    def _on_position_changed(self) -> None:
        text = self._html(self.said())
        is_said_now = self.text.text() != text
        if is_said_now:
            self.text.setText(text)
            self.verticalScrollBar().setValue(0)
        if self._show_source() or is_said_now:
            self._bring_line()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the marked line in view."""
        super().resizeEvent(event)
        self._bring_line()

    def _html(self, said: LocalText) -> str:
        # Line ends inside a paragraph belong to the file, not to the reader.
        paragraphs = said.in_language(self.session.language).split("\n\n")
        return "".join(
            f'<p style="line-height:{_LINE_HEIGHT}; margin-top:0">{escape(" ".join(p.split()))}</p>'
            for p in paragraphs
        )

    def needed_height(self) -> int:
        """Return how high everything is while the longest text is shown, px."""
        margins, gap = self._column.contentsMargins(), self._column.spacing()
        width = self.width() - margins.left() - margins.right()
        texts = [self.session.document.about, *(scene.say for _, scene in self._scenes)]
        heights = []
        for text in dict.fromkeys(map(self._html, texts)):
            self._probe.setText(text)
            heights.append(self._probe.heightForWidth(width))
        self._probe.clear()
        parts = [self.title, self.source_heading, self.source]
        high = max(heights) + sum(
            part.heightForWidth(width) + gap for part in parts if not part.isHidden()
        )
        return high + margins.top() + margins.bottom()

    def _bring_line(self) -> None:
        """Scroll to the line of the source that is marked, as little as it takes.

        At the upper end a line begins then, and none is cut at the lower one.
        """
        # Everything has its new place at once, not when Qt comes to it.
        self._column.activate()
        QApplication.sendEvent(self, QEvent(QEvent.Type.LayoutRequest))
        bar = self.verticalScrollBar()
        if not bar.maximum():
            self._covers.set_lines(())
            return
        lines, rows = self._lines()
        self._covers.set_lines(lines)
        number = self._active_line()
        if number is None or number >= len(rows):
            return
        low = max(rows[number][-1].bottom - self.viewport().height(), 0.0)
        if not low <= bar.value() <= rows[number][0].top:
            place = whole_at(lines, low, rows[number][0].top, self._column.contentsMargins().top())
            bar.setValue(round(place))

    def _lines(self) -> tuple[list[Line], list[list[Line]]]:
        """Return all lines on the page, and those of each row of the source."""
        lines: list[Line] = []
        rows: list[list[Line]] = []
        for label in (self.title, self.text, self.source_heading, self.source):
            if label.isHidden():
                continue
            y, room = label.y(), _PADDING if label is self.source else 0
            rows = [
                [Line(y + line.top - room, y + line.bottom + room) for line in block]
                for block in lines_of(label)
            ]
            lines += [line for row in rows for line in row]
        return lines, [] if self.source.isHidden() else rows

    def said(self) -> LocalText:
        """Return what is said now: the scene that was reached last, at first what it is about."""
        reached = [scene for step, scene in self._scenes if step <= self.session.position.step]
        return reached[-1].say if reached else self.session.document.about

    def _show_source(self) -> bool:
        """Mark the line of the present step; return whether that is another one."""
        count = len(self.session.document.source)
        self.source_heading.setVisible(count > 0)
        self.source.setVisible(count > 0)
        text = self._table(self._active_line(), count)
        changed = self.source.text() != text
        if changed:
            self.source.setText(text)
        return changed

    def _table(self, active: int | None, count: int) -> str:
        """Return the first lines of the source as HTML, one of them marked."""
        theme = self.session.theme
        rows = []
        for number, line in enumerate(self.session.document.source[:count]):
            marked = number == active
            colour = theme.colour(Role.TEXT if marked else Role.MUTED).name()
            fill = f' bgcolor="{QColor(theme.button).name()}"' if marked else ""
            weight = "bold" if marked else "normal"
            rows.append(
                f'<tr{fill}><td style="color:{colour}; padding:{_PADDING}px 8px;'
                f' font-weight:{weight}; white-space:pre-wrap">{escape(breakable(line))}</td></tr>'
            )
        return f'<table width="100%" cellspacing="0">{"".join(rows)}</table>' if rows else ""

    def _active_line(self) -> int | None:
        """Return the line of the selected node, or else of the one that acts."""
        timeline = self.session.timeline
        node = self.session.selected
        if node is None:
            step = timeline.step(self.session.position.step)
            node = step.node if step else None
        return timeline.tape[node].line if node is not None else None

    def _on_appearance_changed(self) -> None:
        scale = self.session.scale
        side = round(20 * scale)
        self._column.setContentsMargins(side, round(4 * scale), side, round(8 * scale))
        self._column.setSpacing(round(12 * scale))
        self._show_source()


_LONG = re.compile(r"\S{20,}")
_BEHIND_A_SIGN = re.compile(r"(?<!\*\*)(?<=[(*/+@,])(?=\w)")


def breakable(line: str) -> str:
    """Return a line of source that may be broken behind its signs where no space is for long.

    The place is marked by a character that is not seen; the reader of formulas leaves it out.
    """
    return _LONG.sub(lambda piece: _BEHIND_A_SIGN.sub(ZERO_WIDTH, piece[0]), line)
