"""A card of the gallery: the picture of an example, its title, and what it shows."""

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from mlviz.document.examples import ExampleInfo
from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.thumbnail import Thumbnail
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.thumbnail_paint import thumbnail_pixmap

WIDTH, PICTURE = 268, 132
_TEXT, _GAP, _ROUND = 88, 12, 8
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class GalleryCard(QAbstractButton):
    """One example."""

    moved = Signal(int, int)
    """An arrow key: to the next card across, or down."""

    def __init__(
        self, session: Session, example: ExampleInfo, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.example = example
        self.thumbnail: Thumbnail | None = None
        self._picture: QPixmap | None = None
        language = session.language
        self.title = example.title.in_language(language)
        self.shows = example.shows.in_language(language)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.shows)
        self.setToolTip(example.about.in_language(language))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Take a picture and four lines of text."""
        scale = self.session.scale
        return QSize(round(WIDTH * scale), round((PICTURE + _TEXT) * scale))

    def show_thumbnail(self, found: Thumbnail) -> None:
        """Show what the example looks like."""
        self.thumbnail, self._picture = found, None
        self.update()

    def picture(self) -> QPixmap | None:
        """Return the picture in the card's present size; None while there is none."""
        ratio = self.devicePixelRatioF()
        size = max(self.width() - 2, 1), round(PICTURE * self.session.scale)
        wanted = QSize(round(size[0] * ratio), round(size[1] * ratio))
        present = self._picture
        if self.thumbnail is not None and (present is None or present.size() != wanted):
            session = self.session
            present = thumbnail_pixmap(self.thumbnail, session.theme, session.tr, size, ratio)
            self._picture = present
        return present

    def speaks_of(self, words: str) -> bool:
        """Return whether all words stand in its texts, in one of its languages."""
        example = self.example
        texts = (example.title, example.shows, example.about)
        said = " ".join([example.name, *(f"{text.en} {text.zh_CN}" for text in texts)]).casefold()
        return all(word in said for word in words.casefold().split())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next card with the arrow keys; Return opens."""
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is not None:
            self.moved.emit(*arrow)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint frame, picture and words."""
        picture = self.picture()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, scale = self.session.theme, self.session.scale
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        inside = QPainterPath()
        inside.addRoundedRect(frame, _ROUND * scale, _ROUND * scale)
        painter.fillPath(inside, theme.colour(Role.PANEL))
        if self.underMouse():
            painter.fillPath(inside, QColor(theme.button_hover))
        top = QRectF(frame.left(), frame.top(), frame.width(), PICTURE * scale)
        painter.save()
        painter.setClipPath(inside)
        painter.fillRect(top, theme.colour(Role.STAGE))
        if picture is not None:
            painter.drawPixmap(top.topLeft(), picture)
        painter.setPen(theme.colour(Role.LINE))
        painter.drawLine(top.bottomLeft(), top.bottomRight())
        painter.restore()
        if self.example.face == "lab":
            self._tag(painter, top, self.session.tr(Message("gallery.in_lab")))
        self._write(painter, frame, top.bottom())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        is_open = self.example.path == self.session.document.path
        line = QColor(theme.focus) if self.hasFocus() else theme.colour(Role.LINE)
        if is_open and not self.hasFocus():
            line = theme.colour(Role.FORWARD)
        painter.setPen(pen(line, 2 * scale if self.hasFocus() or is_open else 1))
        painter.drawRoundedRect(frame, _ROUND * scale, _ROUND * scale)

    def _tag(self, painter: QPainter, picture: QRectF, text: str) -> None:
        """Write a word into the corner of the picture."""
        theme, scale = self.session.theme, self.session.scale
        painter.setFont(ui_font(11 * scale))
        width = painter.fontMetrics().horizontalAdvance(text) + 14 * scale
        plate = QRectF(picture.right() - width - 8 * scale, picture.top() + 8 * scale, 0, 0)
        plate.setSize(QSizeF(width, 20 * scale))
        painter.setPen(pen(theme.colour(Role.LINE), 1))
        painter.setBrush(theme.colour(Role.PANEL))
        painter.drawRoundedRect(plate, 10 * scale, 10 * scale)
        painter.setPen(theme.colour(Role.MUTED))
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), text)

    def _write(self, painter: QPainter, frame: QRectF, top: float) -> None:
        """Write the title, and below it what the example shows, in three lines at most."""
        theme, scale = self.session.theme, self.session.scale
        gap = _GAP * scale
        line = QRectF(frame.left() + gap, top + 7 * scale, frame.width() - 2 * gap, 20 * scale)
        painter.setFont(ui_font(13 * scale, bold=True))
        painter.setPen(theme.colour(Role.TEXT))
        title = painter.fontMetrics().elidedText(
            self.title, Qt.TextElideMode.ElideRight, int(line.width())
        )
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), title)
        painter.setFont(ui_font(12 * scale))
        painter.setPen(theme.colour(Role.MUTED))
        below = QRectF(line.left(), line.bottom() + 2 * scale, line.width(), 52 * scale)
        wrapped = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        painter.drawText(below, int(wrapped), self.shows)
