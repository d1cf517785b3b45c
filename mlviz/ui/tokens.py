"""Tokens on a painter: what carries a number along an edge."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from mlviz.picture.items import Role, Token
from mlviz.ui.strokes import diamond
from mlviz.ui.theme import Theme


def paint_token(painter: QPainter, token: Token, theme: Theme, radius: float) -> None:
    """Paint a token, of whatever size it is to have."""
    painter.setOpacity(1)
    colour = theme.colour(token.role)
    if token.hollow:
        painter.setPen(QPen(colour, 2.4))
        painter.setBrush(theme.colour(Role.PANEL))
    else:
        painter.setPen(QPen(theme.colour(Role.STAGE), 1.5))
        painter.setBrush(colour)
    x, y = token.x, token.y
    if token.shape == "diamond":
        painter.drawPolygon(diamond(x, y, radius))
    elif token.shape == "square":
        painter.drawRect(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))
    else:
        painter.drawEllipse(QPointF(x, y), radius, radius)
