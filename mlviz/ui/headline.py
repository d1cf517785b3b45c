"""What stands on the stage besides the graph: the headline, the keys, a word while waiting."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

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
_TITLE_BASELINE, _HINT_RISE = 31.0, 20.0
_VEIL = 0.88
"""How much of a graph that passes behind the words is hidden."""


def paint_headline(painter: QPainter, rect: QRect, session: Session) -> None:
    """Paint the phase in its colour, and what happens now, at the left upper corner."""
    unit = session.scale
    phase, title, detail = header(session.timeline, session.position)
    first, second = session.tr(title), session.tr(detail)
    bold, plain = ui_font(_TITLE_PX * unit, bold=True), ui_font(_DETAIL_PX * unit)
    x, y, gap = rect.left() + _LEFT * unit, rect.top() + _TITLE_BASELINE * unit, 14 * unit
    room = rect.width() - 2 * _LEFT * unit
    wide = QFontMetricsF(bold).horizontalAdvance(first)
    metrics = QFontMetricsF(plain)
    second = metrics.elidedText(second, Qt.TextElideMode.ElideRight, max(room - wide - gap, 0))
    width = wide + gap + metrics.horizontalAdvance(second)
    veil = QRectF(x - 8 * unit, y - 23 * unit, width + 16 * unit, 32 * unit)
    _veil(painter, veil, session)
    _words(painter, x, y, first, bold, session.theme.colour(_ROLES[phase]))
    _words(painter, x + wide + gap, y, second, plain, session.theme.colour(Role.MUTED))


def paint_hint(painter: QPainter, rect: QRect, session: Session) -> None:
    """Paint the most useful keys at the left lower corner, if there is room."""
    unit = session.scale
    text = session.tr(Message("stage.keys"))
    font = ui_font(_HINT_PX * unit)
    width = QFontMetricsF(font).horizontalAdvance(text)
    if width + 2 * _LEFT * unit > rect.width() or rect.height() < 260 * unit:
        return
    x, y = rect.left() + _LEFT * unit, rect.bottom() + 1 - _HINT_RISE * unit
    veil = QRectF(x - 6 * unit, y - 14 * unit, width + 12 * unit, 20 * unit)
    _veil(painter, veil, session)
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


def _veil(painter: QPainter, area: QRectF, session: Session) -> None:
    colour = QColor(session.theme.colour(Role.STAGE))
    colour.setAlphaF(_VEIL)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(area, 8, 8)


def _words(painter: QPainter, x: float, y: float, text: str, font: QFont, colour: QColor) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(x, y), text)
