"""What stands on the stage besides the graph: the headline, the keys, a word while waiting."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter

from mlviz.i18n import Message
from mlviz.picture.header import header
from mlviz.picture.items import Role
from mlviz.trace.steps import Phase
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session

_ROLES = {
    None: Role.TEXT,
    Phase.FORWARD: Role.FORWARD,
    Phase.BACKWARD: Role.BACKWARD,
    Phase.UPDATE: Role.UPDATE,
}
_LEFT = 20.0
_TITLE_PX, _DETAIL_PX, _HINT_PX = 20.0, 16.0, 11.5
_LESS_PX, _LEAST_PX = 13.5, 12.0
_RISE, _FALL = 8.0, 8.5
"""How far the two lines are above and below the place of one, px at scale 1."""
_TITLE_BASELINE, _HINT_RISE = 31.0, 20.0
_STRIP, _HIGH_STRIP = 46.0, 52.0
"""Height of the strip behind the headline, of one line and of two, px at scale 1."""


def paint_headline(painter: QPainter, rect: QRect, session: Session) -> None:
    """Paint the phase in its colour, and what happens now, at the left upper corner."""
    unit = session.scale
    phase, title, detail = header(session.timeline, session.position)
    first, second = session.tr(title), session.tr(detail)
    bold = ui_font(_TITLE_PX * unit, bold=True)
    x, y, gap = rect.left() + _LEFT * unit, rect.top() + _TITLE_BASELINE * unit, 14 * unit
    room = rect.width() - 2 * _LEFT * unit
    wide = QFontMetricsF(bold).horizontalAdvance(first)
    if wide > room:  # a phase is named wholly: smaller, or not here
        bold = ui_font(max(_TITLE_PX * room / wide, _DETAIL_PX * 0.8) * unit, bold=True)
        wide = QFontMetricsF(bold).horizontalAdvance(first)
        first = first if wide <= room else ""
    left = room - wide - gap
    sizes = [
        size
        for size in (_DETAIL_PX, _LESS_PX)
        if QFontMetricsF(ui_font(size * unit)).horizontalAdvance(second) <= left
    ]
    if session.graph is not None:
        across = painter.viewport().width() - rect.left()  # also behind what is at the right
        high = (_STRIP if sizes else _HIGH_STRIP) * unit
        _veil(painter, QRectF(rect.left(), rect.top(), across, high), session)
    strong, muted = session.theme.colour(_ROLES[phase]), session.theme.colour(Role.MUTED)
    if sizes:
        _words(painter, x, y, first, bold, strong)
        _words(painter, x + wide + gap, y, second, ui_font(sizes[0] * unit), muted)
        return
    # What happens is told whole: below the phase where there is no room beside it.
    plain = ui_font(_LEAST_PX * unit)
    second = QFontMetricsF(plain).elidedText(second, Qt.TextElideMode.ElideRight, room)
    _words(painter, x, y - _RISE * unit, first, bold, strong)
    _words(painter, x, y + _FALL * unit, second, plain, muted)


def paint_hint(painter: QPainter, rect: QRect, room: float, session: Session) -> None:
    """Paint the most useful keys at the left lower corner, if they fit into some px of it."""
    unit = session.scale
    text = session.tr(Message("stage.keys"))
    font = ui_font(_HINT_PX * unit)
    width = QFontMetricsF(font).horizontalAdvance(text)
    if rect.height() < 260 * unit:
        return
    x, y = rect.left() + _LEFT * unit, rect.bottom() + 1 - _HINT_RISE * unit
    low = QRectF(rect.left(), rect.bottom() + 1, rect.width(), -_STRIP * 0.85 * unit)
    if session.graph is not None:
        _veil(painter, low, session)
    if width + 2 * _LEFT * unit <= room:
        _words(painter, x, y, text, font, session.theme.colour(Role.MUTED))


def paint_middle(painter: QPainter, rect: QRect, session: Session, message: Message) -> None:
    """Paint a sentence in the middle of an empty view."""
    unit = session.scale
    margin = round(20 * unit)
    painter.setFont(ui_font(12.5 * unit))
    painter.setPen(session.theme.colour(Role.MUTED))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    inner = rect.adjusted(margin, 0, -margin, 0)
    painter.drawText(inner, int(flags), session.tr(message))


def _veil(painter: QPainter, strip: QRectF, session: Session) -> None:
    """Let what passes behind the words fade out, from the edge of the stage inwards."""
    opaque = QColor(session.theme.colour(Role.STAGE))
    clear = QColor(opaque)
    clear.setAlpha(0)
    fade = QLinearGradient(strip.topLeft(), strip.bottomLeft())
    fade.setColorAt(0, opaque)
    fade.setColorAt(0.9, opaque)
    fade.setColorAt(1, clear)
    painter.fillRect(strip.normalized(), fade)


def _words(painter: QPainter, x: float, y: float, text: str, font: QFont, colour: QColor) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(x, y), text)
