"""What panels share that look inside of the network: its layers at the cursor and over time."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.learn.run import Run
from mlviz.picture.insides import LayerInside
from mlviz.ui.fields import CalmCombo
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.inside_samples import InsideSamples
from mlviz.ui.lab_view import LabView
from mlviz.ui.picture_canvas import PictureCanvas
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session
from mlviz.ui.widgets import ElidedLabel, Panel, segments

PAD = 20
_ROOM_FOR_TWO = 420.0
_INSIDE = 28


class Symbols(Panel):
    """A row of signs of which one holds, each with its words as a tip.

    Where there is no room for the row it is a list that opens.

    Attributes:
        buttons: by their keys.
        combo: the list.
    """

    chosen = Signal()
    """Another one holds."""

    def __init__(
        self,
        session: Session,
        signs: Mapping[str, str | Message],
        words: Mapping[str, Message],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "well")
        self._signs, self._words = dict(signs), dict(words)
        self.group, self.buttons = segments(self, signs)
        next(iter(self.buttons.values())).setChecked(True)
        self.combo = CalmCombo(self)
        self.combo.hide()
        self._wide = 0
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.group.buttonClicked.connect(self._on_clicked)
        self.combo.activated.connect(self._on_activated)
        self._retranslate()

    @property
    def value(self) -> str:
        """The key of the one that holds."""
        return next(key for key, button in self.buttons.items() if button.isChecked())

    @property
    def is_list(self) -> bool:
        """Whether it is a list now, for want of room."""
        return not self.combo.isHidden()

    def _on_clicked(self) -> None:
        self.combo.setCurrentIndex(list(self.buttons).index(self.value))
        self.chosen.emit()

    def _on_activated(self, place: int) -> None:
        list(self.buttons.values())[place].setChecked(True)
        self.chosen.emit()

    def sizeHint(self) -> QSize:
        """Take what the row takes, whether it is there or not."""
        return QSize(self._wide, self.px(30))

    def minimumSizeHint(self) -> QSize:
        """Shrink to a list."""
        return QSize(min(self._wide, self.px(110)), self.px(30))

    def _place(self) -> None:
        narrow = self.width() < self._wide
        for button in self.buttons.values():
            button.setVisible(not narrow)
        self.combo.setVisible(narrow)
        self.combo.setGeometry(self.rect())

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.combo.clear()
        self.combo.addItems([tr(sign) for sign in self._signs.values()])
        self.combo.setCurrentIndex(list(self.buttons).index(self.value))
        for key, button in self.buttons.items():
            button.setText(tr(self._signs[key]))
            button.setToolTip(tr(self._words[key]))
            button.setAccessibleName(tr(self._words[key]))
        self._restyle()

    def _restyle(self) -> None:
        row = self.layout()
        assert row is not None
        margin = self.px(2)
        row.setContentsMargins(margin, margin, margin, margin)
        row.setSpacing(margin)
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        for button in self.buttons.values():
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + self.px(_INSIDE))
        wide = sum(button.minimumWidth() + margin for button in self.buttons.values())
        self._wide = wide + margin
        self.updateGeometry()
        self._place()


class Told(ElidedLabel):
    """A line that gives way; with room for several lines nothing is left out."""

    def __init__(self, kind: str, parent: QWidget) -> None:
        super().__init__(kind, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.lines = 1
        self._most = 1

    def set_lines(self, lines: int, most: int = 0) -> None:
        """Always take so many lines: nothing moves when there is more or less to tell.

        Where there is little height that is few, and more are taken if they are needed: up to
        `most`.
        """
        if (lines, most) != (self.lines, self._most):
            self.lines, self._most = lines, most
            self.updateGeometry()

    def _taken(self) -> int:
        """Return how many lines it takes."""
        if self._most <= self.lines:
            return self.lines
        metrics, room = self.fontMetrics(), QRect(0, 0, max(self.width(), 1), 2**15)
        needed = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self.text()).height()
        return min(max(-(-needed // metrics.lineSpacing()), self.lines), self._most)

    def setText(self, text: str) -> None:
        """Say something else."""
        super().setText(text)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take another line if there is less room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Take the height of all lines."""
        high = self.fontMetrics().lineSpacing() * self._taken()
        return QSize(super().minimumSizeHint().width(), high)

    def sizeHint(self) -> QSize:
        """Take the height of all lines."""
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        if self._taken() == 1:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect(), int(flags), self.text())


class InsidePanel(LabView):
    """A panel with a row of controls, something to look at, and a line that tells about it.

    Attributes:
        told: the line below.
        head: the row of controls.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.measured = InsideSamples.of(session)
        self.measured.changed.connect(self.request_refresh)
        self.told = Told("muted", self)
        self.head, self.foot = QHBoxLayout(), QHBoxLayout()
        self.foot.addWidget(self.told, 1)
        self.column = QVBoxLayout(self)
        self.column.addLayout(self.head)
        self.column.addLayout(self.foot)

    def put(self, content: QWidget) -> None:
        """Lay something between the controls and the line."""
        self.column.insertWidget(1, content, 1)

    def inside(self, run: Run | None) -> tuple[LayerInside, ...] | None:
        """Return the layers of a run at the cursor; None without a network."""
        return None if run is None else self.measured.inside(run, self.lab.cursor)

    def of_other(self, layers: Sequence[LayerInside]) -> tuple[LayerInside, ...] | None:
        """Return the layers of the run that is compared with, if there are as many."""
        other = self.inside(self.lab.other)
        return other if other is not None and len(other) == len(layers) else None

    def tell(self, words: Message | str) -> None:
        """Say something in the line below; all of it is in the tip."""
        text = self.session.tr(words)
        self.told.setText(text)
        self.told.setToolTip(text)

    def _restyle(self) -> None:
        px = self.px
        self.column.setContentsMargins(px(PAD), px(6), px(PAD), px(8))
        self.column.setSpacing(px(6))
        self.head.setSpacing(px(8))


class PagePanel(InsidePanel):
    """Such a panel whose picture may be taller than there is room.

    Attributes:
        canvas: shows the picture.
        page: scrolls it.
    """

    def __init__(
        self, session: Session, canvas: PictureCanvas, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, parent)
        self.canvas = canvas
        self.page = ScrollPage(self)
        self.page.column.setContentsMargins(0, 0, 0, 0)
        self.page.column.addWidget(canvas)
        self.page.column.addStretch()
        self.page.viewport().installEventFilter(self)
        self.page.verticalScrollBar().valueChanged.connect(self.request_refresh)
        self.put(self.page)
        self.setFocusProxy(canvas)

    @property
    def room(self) -> tuple[float, float]:
        """Width and height that a picture has, px at scale 1."""
        viewport, unit = self.page.viewport(), self.session.scale
        return max(viewport.width() / unit, 80.0), viewport.height() / unit

    @property
    def seen(self) -> tuple[float, float]:
        """From where to where the picture is seen, px at scale 1."""
        top = self.page.verticalScrollBar().value() / self.session.scale
        return top, top + self.room[1]

    def reveal(self, key: str) -> None:
        """Scroll to a box."""
        rect = self.canvas.rect_of(key)
        if rect is not None:
            x, y = rect.center
            margin = self.px(rect.height / 2 + 30)
            self.page.ensureVisible(self.px(x), self.px(y), 0, margin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the picture out anew when there is other room for it."""
        if event.type() == QEvent.Type.Resize:
            self.told.set_lines(2 if self.room[0] >= _ROOM_FOR_TWO else 3)
            self.request_refresh()
        return super().eventFilter(watched, event)


def switch(parent: QWidget) -> QPushButton:
    """Return a button that stays down until it is pressed again."""
    button = QPushButton(parent)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
