"""Cards to choose a data set by: each shows its points as they would be."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from mlviz.autograd import Array
from mlviz.document.schema import DataTable
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.learn.data import shipped
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.datasets import GENERATED, SETS, digits, generated_set
from mlviz.picture.items import Role
from mlviz.ui.class_marks import class_colour, mark
from mlviz.ui.fonts import ui_font
from mlviz.ui.session import Session
from mlviz.ui.strokes import hairline, pen
from mlviz.ui.theme import blend
from mlviz.ui.widgets import Panel

POINTS = 150
"""At most so many points of a set are drawn."""

_HEIGHT, _TEXT = 62, 20
_NARROWEST = 74
_RADIUS = 1.7
_SHOWN = {"penguins": (0, 2), "iris": (2, 3), "houses": (12,)}
"""The features that a table is shown by."""


def examples_of(name: str, data: DataTable) -> Dataset:
    """Return a set as it would be if it were chosen beside the wishes of a recipe.

    Raises:
        MLVizError: the wishes cannot be met.
    """
    if name in GENERATED:
        own = data.set == name
        noise, kinds = (data.noise, data.kinds) if own else (None, None)
        count = data.count
        if name != "xor" or count is not None or noise is not None or data.seed is not None:
            count = min(count or POINTS, POINTS)
        return generated_set(name, count, noise, data.seed, kinds)
    if name == "digits":
        return digits()
    return {"iris": shipped.iris, "penguins": shipped.penguins, "houses": shipped.houses}[name]()


class DataCard(QAbstractButton):
    """One set: a picture of it above its name."""

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.examples: Dataset | None = None
        self._picture: QPixmap | None = None
        self._picture_of: tuple[object, ...] = ()

    def sizeHint(self) -> QSize:
        """Take a picture and a line of text."""
        scale = self.session.scale
        return QSize(round(78 * scale), round((_HEIGHT + _TEXT) * scale))

    def show_examples(self, examples: Dataset | None) -> None:
        """Show other points."""
        self.examples = examples
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Return: Space trains wherever the keyboard is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint frame, points and name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, scale = self.session.theme, self.session.scale
        chosen, hovered = self.isChecked(), self.underMouse()
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        line = theme.colour(Role.SELECTED if chosen else Role.LINE)
        painter.setPen(pen(line, 2 * scale if chosen else 1))
        painter.setBrush(QColor(theme.button_hover if hovered else theme.button))
        if not hovered:
            painter.setBrush(theme.colour(Role.STAGE))
        painter.drawRoundedRect(frame, 6 * scale, 6 * scale)
        if self.hasFocus():
            painter.setPen(pen(QColor(theme.focus), 2 * scale, dashed=True))
            inner = frame.adjusted(3, 3, -3, -3)
            painter.drawRoundedRect(inner, 4 * scale, 4 * scale)
        painter.setPen(theme.colour(Role.TEXT))
        painter.setFont(ui_font(11.5 * scale, bold=chosen))
        text = QRectF(frame.left(), frame.bottom() - _TEXT * scale, frame.width(), _TEXT * scale)
        room = round(frame.width() - 6 * scale)
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(text, int(Qt.AlignmentFlag.AlignCenter), name)
        if self.examples is not None:
            gap = 5 * scale
            plane = frame.adjusted(gap, gap * 0.8, -gap, -_TEXT * scale)
            painter.drawPixmap(plane.topLeft(), self._painted(plane))

    def _painted(self, plane: QRectF) -> QPixmap:
        """Return the points as a picture, painted anew only if something is different."""
        assert self.examples is not None
        dots, theme = self.devicePixelRatioF(), self.session.theme
        of = (self.examples, plane.width(), plane.height(), theme.name, self.session.scale, dots)
        if self._picture is None or of != self._picture_of:
            picture = QPixmap(round(plane.width() * dots), round(plane.height() * dots))
            picture.setDevicePixelRatio(dots)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rim = 3 * self.session.scale  # so that no mark is cut off
            inside = QRectF(0, 0, plane.width(), plane.height()).adjusted(rim, rim, -rim, -rim)
            paint_examples(painter, inside, self.examples, self.session)
            painter.end()
            self._picture, self._picture_of = picture, of
        return self._picture


def paint_examples(painter: QPainter, plane: QRectF, data: Dataset, session: Session) -> None:
    """Paint a set into a rectangle: points by class, a curve's points, or small pictures."""
    if data.name == "digits":
        _paint_digits(painter, plane, data.inputs, session)
        return
    columns = _SHOWN.get(data.name, (0, 1) if data.classes else (0,))
    horizontal = data.inputs[:, columns[0]]
    vertical = data.inputs[:, columns[1]] if len(columns) > 1 else data.targets[:, 0]
    x = _spread(horizontal, plane.left(), plane.right())
    y = _spread(vertical, plane.bottom(), plane.top())
    theme, radius = session.theme, _RADIUS * session.scale
    step = max(len(x) // POINTS, 1)
    painter.setPen(Qt.PenStyle.NoPen)
    for kind in range(max(len(data.classes), 1)):
        rows = np.flatnonzero(data.targets == kind) if data.classes else np.arange(len(x))
        colour = class_colour(theme, kind) if data.classes else theme.colour(Role.POSITIVE)
        painter.setBrush(colour)
        shape = mark(kind, radius if len(x) > 8 else 2 * radius)
        for row in rows[::step].tolist():
            painter.translate(x[row], y[row])
            painter.drawPath(shape)
            painter.translate(-x[row], -y[row])


def _spread(values: Array, first: float, last: float) -> list[float]:
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    return [float(place) for place in first + (values - low) / span * (last - first)]


def _paint_digits(painter: QPainter, plane: QRectF, pictures: Array, session: Session) -> None:
    theme = session.theme
    across, down = 4, 2
    side = min(plane.width() / across, plane.height() / down)
    left = plane.center().x() - across * side / 2
    top = plane.center().y() - down * side / 2
    ground, ink = theme.colour(Role.STAGE), theme.colour(Role.TEXT)
    for number in range(across * down):
        image = QImage(8, 8, QImage.Format.Format_RGB32)
        for place, value in enumerate(pictures[number].tolist()):
            image.setPixelColor(place % 8, place // 8, blend(ink, ground, value / 16))
        row, column = divmod(number, across)
        corner = QPointF(left + column * side, top + row * side)
        painter.drawImage(QRectF(corner.x() + 1, corner.y() + 1, side - 2, side - 2), image)
        painter.setPen(hairline(theme.colour(Role.LINE)))


class DataCards(Panel):
    """All sets, a few in a row."""

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._group = QButtonGroup(self)
        self.cards: dict[str, DataCard] = {}
        self._grid = QGridLayout(self)
        self._across = 0
        for name in SETS:
            card = DataCard(session, name, self)
            self._group.addButton(card)
            self.cards[name] = card
        self._group.buttonClicked.connect(self._on_clicked)
        self._drawn: tuple[object, ...] = ()
        self._retranslate()
        self._restyle()

    def show_data(self, data: DataTable) -> None:
        """Show which set is chosen, and all of them as they would be."""
        self._group.setExclusive(False)
        for name, card in self.cards.items():
            card.setChecked(name == data.set)
        self._group.setExclusive(True)
        wishes = (data.set, data.count, data.noise, data.seed, data.kinds)
        if wishes == self._drawn:
            return
        before, self._drawn = self._drawn, wishes
        for name in self._to_draw(before, wishes):
            try:
                self.cards[name].show_examples(examples_of(name, data))
            except MLVizError:
                self.cards[name].show_examples(None)

    def _to_draw(self, before: tuple[object, ...], now: tuple[object, ...]) -> Iterable[str]:
        """Return the cards that look different: while noise is dragged, that is one."""
        if not before:
            return SETS
        if (before[1], before[3]) != (now[1], now[3]):
            return GENERATED
        return {str(name) for name in (before[0], now[0]) if name in GENERATED}

    def _on_clicked(self, card: QAbstractButton) -> None:
        self.chosen.emit(card.objectName())

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("data.sets")))
        for name, card in self.cards.items():
            card.setText(tr(Message(f"data.set.{name}")))
            card.setAccessibleName(card.text())
            card.setToolTip(tr(Message(f"data.set.{name}.tip")))

    def _restyle(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(self.px(6))
        for card in self.cards.values():
            card.updateGeometry()
            card.update()
        self._place()

    def _place(self) -> None:
        """Put as many cards in a row as there is room for."""
        across = 3 if self.width() >= 3 * self.px(_NARROWEST) else 2
        if across != self._across:
            self._across = across
            for place, card in enumerate(self.cards.values()):
                self._grid.addWidget(card, place // across, place % across)
